"""What tables know of addon modules.

tbladdonmodules has a row for each saved field, plus `version` (the one that was activated or upgraded last) and `access`
(ids of the admin roles that may open the module, with commas). tblconfiguration has ActiveAddonModules and
AddonModulesHooks (names with commas) and AddonModulesPerms: role id => module => label, the Addons menu; its form, JSON,
is ours, because the original's is not public.
"""

import json
from collections.abc import Iterable, Mapping

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from modulehost import settings
from modulehost.context import ctx_of
from modulehost.schema import AddonModuleSetting
from modulehost.vault import Vault


def active(db: Session) -> list[str]:
    """The names of the active addon modules, in the order of their activation."""
    return _names(db, "ActiveAddonModules")


def is_active(db: Session, module: str) -> bool:
    """Whether that addon module is active."""
    return module in active(db)


def switch(db: Session, module: str, on: bool) -> None:
    """Put a module onto the list of active ones, or take it off."""
    _list(db, "ActiveAddonModules", module, on)


def note_hooks(db: Session, module: str, has: bool) -> None:
    """Note whether a module brings hook functions."""
    _list(db, "AddonModulesHooks", module, has)


def raw(db: Session, module: str) -> dict[str, str]:
    """All rows of a module as they lie there, secrets encrypted."""
    rows = db.scalars(
        select(AddonModuleSetting).where(AddonModuleSetting.module == module).order_by(AddonModuleSetting.id)
    )
    return {row.setting: row.value for row in rows}


def values(db: Session, module: str) -> dict[str, str]:
    """All rows of a module, secrets decrypted; `version` and `access` among them. Raises VaultError."""
    vault = ctx_of(db).host.part(Vault)
    return {name: vault.decrypt(value) for name, value in raw(db, module).items()}


def store(db: Session, module: str, given: Mapping[str, str], secrets: Iterable[str] = ()) -> None:
    """Write rows of a module; those named in `secrets` are encrypted at rest."""
    vault, hidden = ctx_of(db).host.part(Vault), set(secrets)
    known = {
        row.setting: row for row in db.scalars(select(AddonModuleSetting).where(AddonModuleSetting.module == module))
    }
    for name, value in given.items():
        row = known.get(name)
        if row is None:
            row = AddonModuleSetting(module=module, setting=name)
            db.add(row)
        row.value = vault.encrypt(value) if name in hidden else value
    db.flush()


def forget(db: Session, module: str) -> None:
    """Delete all rows of a module."""
    db.execute(delete(AddonModuleSetting).where(AddonModuleSetting.module == module))
    grant(db, module, "", [])
    note_hooks(db, module, False)


# --- access ----------------------------------------------------------------------------------------------------------


def access(db: Session, module: str) -> list[int]:
    """The ids of the admin roles that may open a module."""
    text = raw(db, module).get("access", "")
    return [int(part) for part in text.split(",") if part.isascii() and part.strip().isdigit()]


def allowed(db: Session, module: str, role_id: int) -> bool:
    """Whether admins of that role may open the module: it is active, and its access names the role."""
    return is_active(db, module) and role_id in access(db, module)


def grant(db: Session, module: str, label: str, role_ids: Iterable[int]) -> None:
    """Let exactly these roles open the module; `label` names it in their menu."""
    chosen = sorted(set(role_ids))
    permissions = _permissions(db)
    for role in {*permissions, *(str(one) for one in chosen)}:
        mine = permissions.setdefault(role, {})
        mine.pop(module, None)
        if role.isdigit() and int(role) in chosen:
            mine[module] = label
    settings.put(db, "AddonModulesPerms", json.dumps({role: mine for role, mine in permissions.items() if mine}))
    if label:
        store(db, module, {"access": ",".join(str(one) for one in chosen)})


def labels(db: Session, role_id: int) -> dict[str, str]:
    """The Addons menu of a role: active modules that it may open, name => label."""
    known = active(db)
    return {name: label for name, label in _permissions(db).get(str(role_id), {}).items() if name in known}


def _permissions(db: Session) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(settings.get(db, "AddonModulesPerms") or "{}")
    return found


def _names(db: Session, setting: str) -> list[str]:
    return [name for name in settings.get(db, setting).split(",") if name]


def _list(db: Session, setting: str, module: str, on: bool) -> None:
    names = [name for name in _names(db, setting) if name != module]
    settings.put(db, setting, ",".join([*names, module] if on else names))
