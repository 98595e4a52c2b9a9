"""Setting services up by themselves: at the order or at its payment, as the product says (tblproducts.autosetup).

What is due for it is announced as `service.setup` {serviceid, cause}, on which lifecycle runs Create; the order stays Pending
until it is accepted. A product without a module has nothing to run: its service is Active at once.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost import events
from modulehost.billing import once
from modulehost.context import Ctx, ctx_of
from modulehost.ordering import addonrows, servers
from modulehost.schema import Addon, InvoiceItem, Order, Product, Service, ServiceAddon


@dataclass(frozen=True)
class _Kind:
    """What is set up: a service of a product, or an addon of one; the names of the columns that say so."""

    row: Any
    sold: Any
    sold_id: Any
    status: Any
    when: str
    module: str
    event: str
    key: str
    prepare: Callable[[Session, Any, Any], Any]
    activate: Callable[[Session, Any], Any]


def start(db: Session, service_ids: Iterable[int], when: Collection[str], cause: str) -> list[int]:
    """Set up those of the services that are Pending and whose product says one of `when` (order, payment, on).

    `cause` names the order or invoice: a service is set up once for each.
    """
    return _start(db, _SERVICES, service_ids, when, cause)


def start_addons(db: Session, addon_ids: Iterable[int], when: Collection[str], cause: str) -> list[int]:
    """The same for addons of services and tbladdons.autoactivate; announced as `addon.setup` {addonid, cause}."""
    return _start(db, _ADDONS, addon_ids, when, cause)


def _start(db: Session, kind: _Kind, row_ids: Iterable[int], when: Collection[str], cause: str) -> list[int]:
    ids = list(row_ids)
    if not ids or not when:
        return []
    wanted = select(kind.row, kind.sold).join(kind.sold, kind.sold.id == kind.sold_id)
    wanted = wanted.where(kind.row.id.in_(ids), kind.status == "Pending").order_by(kind.row.id)
    started = []
    for row, sold in db.execute(wanted).all():
        if getattr(sold, kind.when) not in when:
            continue
        started.append(row.id)
        if getattr(sold, kind.module):
            kind.prepare(db, row, sold)
            events.emit(db, kind.event, **{kind.key: row.id}, cause=cause)
        else:
            kind.activate(db, row)
    return started


def activate(db: Session, service: Service) -> None:
    """Make a service Active without a module."""
    service.domainstatus, service.updated_at = "Active", ctx_of(db).host.clock.now()
    db.flush()


_SERVICES = _Kind(
    Service, Product, Service.packageid, Service.domainstatus, "autosetup", "servertype", "service.setup", "serviceid",
    servers.ensure, activate,
)  # fmt: skip
_ADDONS = _Kind(
    ServiceAddon, Addon, ServiceAddon.addonid, ServiceAddon.status, "autoactivate", "module", "addon.setup", "addonid",
    lambda _db, _row, _sold: None, addonrows.activate,
)  # fmt: skip


def on_paid(ctx: Ctx, payload: dict[str, Any]) -> None:
    """Subscriber of `invoice.paid`: sets up what waits for its first payment."""
    with ctx.unit() as db:
        lines = select(InvoiceItem.type, InvoiceItem.relid).where(InvoiceItem.invoiceid == payload["invoiceid"])
        paid, cause = db.execute(lines.order_by(InvoiceItem.id)).all(), f"invoice-{payload['invoiceid']}"
        start(db, [relid for type_, relid in paid if type_ == "Hosting"], {"payment"}, cause)
        start_addons(db, [relid for type_, relid in paid if type_ == "Addon"], {"payment"}, cause)


def on_settled(ctx: Ctx, payload: dict[str, Any]) -> None:
    """Subscriber of `invoice.settled`: tells that an order's first invoice is paid."""
    with ctx.unit(read=True) as db:
        orders = db.scalars(select(Order).where(Order.invoiceid == payload["invoiceid"]).order_by(Order.id)).all()
    for order in orders:
        once.fire_once(
            ctx, str(order.id), "OrderPaid", orderId=order.id, userId=order.userid, invoiceId=payload["invoiceid"]
        )
