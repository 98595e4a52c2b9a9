"""Activating, deactivating and configuring an addon module."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from modulehost import hooks, journal, runtimes
from modulehost.context import Ctx
from modulehost.contract import AddonConfig
from modulehost.lifecycle.addons import rows
from modulehost.lifecycle.addons.cards import card, find
from modulehost.lifecycle.addons.running import call
from modulehost.runtimes import ModuleFailed


class Refused(ValueError):
    """What was asked for cannot be done; `errors` by field name."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = errors


@dataclass(frozen=True)
class Said:
    """What `_activate` or `_deactivate` said. `status`: success, info or error; `text` may be HTML. Done unless it is error."""

    status: str = "success"
    text: str = ""

    @property
    def done(self) -> bool:
        """Whether the module was switched."""
        return self.status != "error"


def activate(ctx: Ctx, name: str) -> Said:
    """Run `_activate`, and unless it says error, put the module among the active ones with its version stored.

    No role may open it until its access is saved. Raises ModuleFailed, Refused when it is active already.
    """
    module = find(ctx, name)
    config, problems = card(ctx, module.name)
    if problems:
        raise ModuleFailed("; ".join(problems), "raised")
    with ctx.unit(read=True) as db:
        if rows.is_active(db, module.name):
            raise Refused({"module": f"The addon module {config.name} is active already."})
    said = _ask(ctx, module.name, "activate")
    if said.done:
        with ctx.unit() as db:
            rows.switch(db, module.name, True)
            rows.store(db, module.name, {"version": config.version, "access": ""})
            rows.note_hooks(db, module.name, (module.folder / "hooks.py").exists())
            journal.activity(db, f"Addon Module Activated: {config.name}")
    return said


def deactivate(ctx: Ctx, name: str) -> Said:
    """Run `_deactivate`, and unless it says error, forget the module's settings and switch it off.

    A module whose files are gone or do not load is switched off without being asked. Raises ModuleFailed, Refused.
    """
    with ctx.unit(read=True) as db:
        if not rows.is_active(db, name):
            raise Refused({"module": f"There is no active addon module {name}."})
    try:
        said = _ask(ctx, name, "deactivate")
    except ModuleFailed as failure:
        if failure.kind not in ("missing", "load"):
            raise
        said = Said("info", f"{name}_deactivate was not called: {failure}")
    if said.done:
        with ctx.unit() as db:
            rows.switch(db, name, False)
            rows.forget(db, name)
            journal.activity(db, f"Addon Module Deactivated: {name}")
    return said


def save(ctx: Ctx, name: str, given: Mapping[str, str], role_ids: Iterable[int]) -> AddonConfig:
    """Store the fields and who may open the module. `given` leaves out secrets that stay; a yes/no left out is off.

    Fires AddonModuleConfigSave. Raises Refused (by field name), ModuleFailed.
    """
    module = find(ctx, name)
    config, _ = card(ctx, module.name)
    errors, wanted = {}, {}
    for field in config.fields:
        if field.key not in given and field.type != "yesno":
            continue
        value = given.get(field.key, "").replace("\r\n", "\n")
        if field.type == "yesno":
            value = "on" if value else ""
        if field.options and value and value not in [key for key, _ in field.options]:
            errors[field.key] = f"{field.label}: “{value}” is not one of the choices."
        wanted[field.key] = value
    with ctx.unit() as db:
        if not rows.is_active(db, module.name):
            errors["module"] = f"The addon module {config.name} is not active."
        if errors:
            raise Refused(errors)
        rows.store(db, module.name, wanted, config.secrets)
        rows.grant(db, module.name, config.name, role_ids)
        rows.note_hooks(db, module.name, (module.folder / "hooks.py").exists())
        journal.activity(db, f"Addon Module Settings Modified: {config.name}")
    hooks.fire(ctx, "AddonModuleConfigSave")
    return config


def _ask(ctx: Ctx, name: str, function: str) -> Said:
    module = find(ctx, name)
    if function not in runtimes.functions(ctx, module):
        return Said()
    returned = call(ctx, module, function, seconds=ctx.host.config.action_seconds)
    if returned.problems:
        raise ModuleFailed("; ".join(returned.problems), "raised")
    value = returned.value if isinstance(returned.value, Mapping) else {}
    return Said(str(value.get("status") or "success"), str(value.get("description") or ""))
