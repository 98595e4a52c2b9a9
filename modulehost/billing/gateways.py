"""Payment methods: rows of tblpaymentgateways, a method being active when it has a `name` row.

Bundled are two: Mail In Payment shows instructions, the Test Gateway pays at once from the invoice page.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from modulehost import settings
from modulehost.billing import invoices
from modulehost.language import Phrase
from modulehost.schema import GatewaySetting, Invoice

MAIL_IN, TEST = "mailin", "testpay"
#: system name -> its settings at activation
BUNDLED: dict[str, dict[str, str]] = {
    MAIL_IN: {
        "name": "Mail In Payment",
        "type": "Invoices",
        "visible": "on",
        "instructions": "Send your payment with the invoice number to the address on this invoice.",
    },
    TEST: {"name": "Test Gateway", "type": "Invoices", "visible": "on"},
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


def activate(db: Session, module: str, **values: str) -> Gateway:
    """Activate a bundled method, or change its settings. Raises GatewayError for an unknown one."""
    if module not in BUNDLED:
        raise GatewayError(f"there is no payment gateway {module!r}; bundled are {', '.join(BUNDLED)}")
    held = _settings(db).get(module)
    order = next(iter(held.values()))[1] if held else (db.scalar(select(func.max(GatewaySetting.order))) or 0) + 1
    wanted = {**({} if held else BUNDLED[module]), **values}
    for name, value in wanted.items():
        row = db.scalar(select(GatewaySetting).where(GatewaySetting.gateway == module, GatewaySetting.setting == name).limit(1))
        if row is None:
            db.add(GatewaySetting(gateway=module, setting=name, value=value, order=order))
        else:
            row.value = value
    db.flush()
    return find(db, module)


def deactivate(db: Session, module: str) -> None:
    """Forget a method and its settings; invoices that name it keep the name."""
    db.execute(delete(GatewaySetting).where(GatewaySetting.gateway == module))


def setting(db: Session, module: str, name: str) -> str:
    """One setting of a method, empty when it has none."""
    return _settings(db).get(module, {}).get(name, ("", 0))[0]


def link(db: Session, invoice: Invoice) -> dict[str, Any]:
    """What the invoice page shows for payment.

    `kind`: none (nothing due or method not active), instructions (`text`), or button (`text`, POST `fields` to `action`).
    `amount` is what is due.
    """
    due = invoices.balance(db, invoice)
    shown: dict[str, Any] = {"kind": "none", "gateway": invoice.paymentmethod, "amount": due, "text": ""}
    if invoice.status != "Unpaid" or due <= 0:
        return shown
    try:
        method = find(db, invoice.paymentmethod)
    except GatewayError as error:
        return {**shown, "text": str(error)}
    if method.module == TEST:
        url = f"{settings.system_url(db)}viewinvoice.php?id={invoice.id}"
        return {**shown, "kind": "button", "text": "Pay Now", "action": url, "fields": {"pay": TEST}}
    return {**shown, "kind": "instructions", "text": setting(db, method.module, "instructions")}


def _settings(db: Session) -> dict[str, dict[str, tuple[str, int]]]:
    found: dict[str, dict[str, tuple[str, int]]] = {}
    for row in db.scalars(select(GatewaySetting).order_by(GatewaySetting.order, GatewaySetting.id)):
        found.setdefault(row.gateway, {}).setdefault(row.setting, (row.value, row.order))
    return found
