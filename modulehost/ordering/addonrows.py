"""The rows of a service's addon: written with an order, made Active, removed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import delete as delete_rows
from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost import hooks
from modulehost.billing import invoices, linetexts, promotions, proration
from modulehost.billing.cycles import next_date
from modulehost.billing.dates import period_text
from modulehost.context import ctx_of
from modulehost.lifecycle import OfAddon, states
from modulehost.lifecycle.subjects import addon_name, set_addon_status, told
from modulehost.money import ZERO, currency_of
from modulehost.ordering import fields, servers
from modulehost.ordering.addonlines import AddonLine
from modulehost.schema import (
    Addon,
    Client,
    CustomField,
    CustomFieldValue,
    Order,
    Product,
    Promotion,
    Service,
    ServiceAddon,
)


@dataclass(frozen=True)
class Off:
    """What a promotion takes off an addon: off the first payment, and off each period for as long as it lasts."""

    promotion: Promotion
    first: Decimal
    recurring: Decimal


def write(
    db: Session, order: Order, service: Service, line: AddonLine, billed: bool, off: Off | None = None
) -> ServiceAddon:
    """The Pending addon of an order. AddonAdd follows the commit.

    The table has no column for a promotion: a lasting one is in `recurring` already.
    """
    today, now = ctx_of(db).host.clock.today(), ctx_of(db).host.clock.now()
    free = line.cycle.key == "free"
    row = ServiceAddon(
        orderid=order.id,
        hostingid=service.id,
        addonid=line.addon.id,
        userid=order.userid,
        server=server_for(db, line.addon, service),
        qty=line.qty,
        firstpaymentamount=line.total - (off.first if off else ZERO),
        setupfee=line.setup,
        recurring=line.recurring - (off.recurring if off else ZERO) if line.cycle.recurs else ZERO,
        billingcycle=line.cycle.label,
        tax="on" if line.addon.tax else "",
        status="Pending",
        regdate=today,
        nextduedate=None if free else today,
        nextinvoicedate=_next_invoice(line, today, billed),
        proratadate=line.until,
        paymentmethod=order.paymentmethod,
        created_at=now,
        updated_at=now,
    )
    db.add(row)
    db.flush()
    fields.store(db, row.id, line.customfields)
    hooks.later(db, "AddonAdd", **told(row))
    return row


def _next_invoice(line: AddonLine, today: date, billed: bool) -> date | None:
    if line.cycle.key == "free":
        return None
    return (line.until or next_date(today, line.cycle)) if billed else today


def server_for(db: Session, addon: Addon, service: Service) -> int:
    """The server of a new addon: its service's where both have the same module, else one as a product gets it."""
    if not addon.module:
        return 0
    parent = db.get(Product, service.packageid)
    if service.server and parent is not None and parent.servertype == addon.module:
        return service.server
    return servers.choose_for(db, addon.module, addon.server_group_id)


def invoice_items(
    db: Session, row: ServiceAddon, service: Service, line: AddonLine, off: Off | None = None
) -> list[invoices.Item]:
    """The period's line; the set-up fee and a promotion's discount as lines of their own. A free addon has none."""
    if line.cycle.key == "free":
        return []
    start = row.regdate
    title = linetexts.addon_text(line.addon.name, service.domain, units=line.qty)
    period = period_text(db, start, line.until or (next_date(start, line.cycle) if start else None))
    notes = proration.note(line.until) if line.until else ""
    items = [invoices.Item(f"{title} {period}".strip(), line.first, "Addon", row.id, bool(line.addon.tax), start, notes)]
    if line.setup:
        items.append(invoices.Item(f"{title} Setup Fee", line.setup, "Addon", row.id, bool(line.addon.tax), start))
    if off is not None and off.first:
        currency = currency_of(db, db.get(Client, row.userid))
        items.append(promotions.line(db, off.promotion, service, off.first, currency, bool(line.addon.tax), start))
    return items


def activate(db: Session, row: ServiceAddon, *, welcome: bool = True) -> None:
    """Make an addon Active without a module: its welcome mail is queued, AddonActivated and AddonActivation follow the commit."""
    set_addon_status(db, row, "Active")
    if welcome:
        states.welcome_addon(db, OfAddon(row.id))
    hooks.later(db, "AddonActivation", **activation(row))
    db.flush()


def activation(row: ServiceAddon) -> dict[str, int]:
    """The arguments of AddonActivation."""
    return {**told(row), "clientid": row.userid}


def remove(db: Session, rows: Iterable[ServiceAddon]) -> None:
    """Delete addons of services with their field values. AddonDeleted follows the commit."""
    for row in rows:
        mine = select(CustomField.id).where(CustomField.type == "addon", CustomField.relid == row.addonid)
        held = (CustomFieldValue.relid == row.id, CustomFieldValue.fieldid.in_(mine))
        db.execute(delete_rows(CustomFieldValue).where(*held))
        hooks.later(db, "AddonDeleted", id=row.id)
        db.delete(row)
    db.flush()


def of_services(db: Session, service_ids: Iterable[int]) -> list[tuple[ServiceAddon, str]]:
    """The addons of these services with the names to show, oldest first."""
    found = select(ServiceAddon).where(ServiceAddon.hostingid.in_(list(service_ids))).order_by(ServiceAddon.id)
    return [(row, addon_name(db, row)) for row in db.scalars(found)]
