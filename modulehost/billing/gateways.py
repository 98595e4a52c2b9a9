"""Payment methods: rows of tblpaymentgateways, a method being active when it has a `name` row.

Their modules are asked in gatewaymodules.py. Two are bundled and active on a fresh install: Mail In Payment shows
instructions, the Test Gateway plays a vendor.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from modulehost.context import ctx_of
from modulehost.language import Phrase
from modulehost.schema import GatewaySetting
from modulehost.vault import MARK, Vault

MAIL_IN, TEST = "mailin", "testpay"
#: system name -> its settings at activation
BUNDLED: dict[str, dict[str, str]] = {
    MAIL_IN: {
        "name": "Mail In Payment",
        "type": "Invoices",
        "visible": "on",
        "instructions": "Send your payment with the invoice number to the address on this invoice.",
    },
    TEST: {"name": "Test Gateway", "type": "CC", "visible": "on"},
}


class GatewayError(ValueError):
    """A payment method that does not exist or is not active."""


@dataclass(frozen=True)
class Gateway:
    """An active payment method; `visible` on the order form or not."""

    module: str
    displayname: str
    type: str
    visible: bool
    order: int


def active(db: Session) -> list[Gateway]:
    """The active methods in their order."""
    found = []
    for module, values in _settings(db).items():
        if "name" in values:
            name, order = values["name"]
            shown = values.get("visible", ("on", 0))[0]
            found.append(Gateway(module, name, values.get("type", ("Invoices", 0))[0], shown == "on", order))
    return sorted(found, key=lambda one: (one.order, one.displayname))


def find(db: Session, module: str) -> Gateway:
    """An active method by its system name. Raises GatewayError, whose text names the active ones."""
    offered = active(db)
    for one in offered:
        if one.module == module:
            return one
    valid = ", ".join(one.module for one in offered)
    raise GatewayError(Phrase("host.chooseGateway", f"Invalid Payment Method. Valid options include {valid}"))


def default(db: Session) -> str:
    """The method that is taken when nobody chose one: the first visible; empty when none is active."""
    offered = active(db)
    return next((one.module for one in offered if one.visible), offered[0].module if offered else "")


def activate(db: Session, module: str, **given: str) -> Gateway:
    """Activate a bundled method without asking its module, or change its settings. Raises GatewayError for an unknown one."""
    held = _settings(db).get(module)
    if module not in BUNDLED and not held:
        raise GatewayError(f"there is no payment gateway {module!r}; bundled are {', '.join(BUNDLED)}")
    store(db, module, {**({} if held else BUNDLED[module]), **given})
    return find(db, module)


def deactivate(db: Session, module: str) -> None:
    """Forget a method and its settings; invoices that name it keep the name."""
    db.execute(delete(GatewaySetting).where(GatewaySetting.gateway == module))


def setting(db: Session, module: str, name: str) -> str:
    """One setting of a method, empty when it has none."""
    return _settings(db).get(module, {}).get(name, ("", 0))[0]


def values(db: Session, module: str) -> dict[str, str]:
    """All settings of a method, secrets decrypted. Raises VaultError."""
    vault = ctx_of(db).host.part(Vault)
    return {name: vault.decrypt(value) for name, (value, _order) in _settings(db).get(module, {}).items()}


def secret_values(db: Session, module: str) -> list[str]:
    """The decrypted values of those settings of a method that are encrypted at rest."""
    vault = ctx_of(db).host.part(Vault)
    return [vault.decrypt(value) for value, _order in _settings(db).get(module, {}).values() if value.startswith(MARK)]


def store(db: Session, module: str, given: Mapping[str, str], secrets: Iterable[str] = ()) -> None:
    """Write settings of a method, which is active then; those named in `secrets` are encrypted at rest."""
    vault, hidden = ctx_of(db).host.part(Vault), set(secrets)
    held = _settings(db).get(module)
    order = next(iter(held.values()))[1] if held else (db.scalar(select(func.max(GatewaySetting.order))) or 0) + 1
    for name, value in given.items():
        row = db.scalar(select(GatewaySetting).where(GatewaySetting.gateway == module, GatewaySetting.setting == name).limit(1))
        if row is None:
            row = GatewaySetting(gateway=module, setting=name, order=order)
            db.add(row)
        row.value = vault.encrypt(value) if name in hidden else value
    db.flush()


def move(db: Session, module: str, up: bool) -> None:
    """Move an active method one place up or down in the order in which clients see them."""
    names = [one.module for one in active(db)]
    if module not in names:
        raise GatewayError(f"there is no active payment gateway {module!r}")
    place = names.index(module)
    other = place + (-1 if up else 1)
    if 0 <= other < len(names):
        names[place], names[other] = names[other], names[place]
    for number, name in enumerate(names, 1):
        db.execute(update(GatewaySetting).where(GatewaySetting.gateway == name).values(order=number))


def _settings(db: Session) -> dict[str, dict[str, tuple[str, int]]]:
    found: dict[str, dict[str, tuple[str, int]]] = {}
    for row in db.scalars(select(GatewaySetting).order_by(GatewaySetting.order, GatewaySetting.id)):
        found.setdefault(row.gateway, {}).setdefault(row.setting, (row.value, row.order))
    return found
