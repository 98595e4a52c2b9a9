"""Setting services up by themselves: at the order or at its payment, as the product says (tblproducts.autosetup).

What is due for it is announced as `service.setup` {serviceid, cause}, on which lifecycle runs Create; the order stays Pending
until it is accepted. A product without a module has nothing to run: its service is Active at once.
"""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost import events
from modulehost.billing import once
from modulehost.context import Ctx, ctx_of
from modulehost.ordering import addonrows, servers
from modulehost.schema import Addon, InvoiceItem, Order, Product, Service, ServiceAddon


def start(db: Session, service_ids: Iterable[int], when: Collection[str], cause: str) -> list[int]:
    """Set up those of the services that are Pending and whose product says one of `when` (order, payment, on).

    `cause` names the order or invoice: a service is set up once for each.
    """
    ids = list(service_ids)
    if not ids or not when:
        return []
    rows = db.execute(
        select(Service, Product)
        .join(Product, Product.id == Service.packageid)
        .where(Service.id.in_(ids), Service.domainstatus == "Pending")
        .order_by(Service.id)
    ).all()
    started = []
    for service, product in rows:
        if product.autosetup in when:
            started.append(service.id)
            if product.servertype:
                servers.ensure(db, service, product)
                events.emit(db, "service.setup", serviceid=service.id, cause=cause)
            else:
                activate(db, service)
    return started


def start_addons(db: Session, addon_ids: Iterable[int], when: Collection[str], cause: str) -> list[int]:
    """The same for addons of services and tbladdons.autoactivate; announced as `addon.setup` {addonid, cause}."""
    ids = list(addon_ids)
    if not ids or not when:
        return []
    rows = db.execute(
        select(ServiceAddon, Addon)
        .join(Addon, Addon.id == ServiceAddon.addonid)
        .where(ServiceAddon.id.in_(ids), ServiceAddon.status == "Pending")
        .order_by(ServiceAddon.id)
    ).all()
    started = []
    for row, addon in rows:
        if addon.autoactivate in when:
            started.append(row.id)
            if addon.module:
                events.emit(db, "addon.setup", addonid=row.id, cause=cause)
            else:
                addonrows.activate(db, row)
    return started


def activate(db: Session, service: Service) -> None:
    """Make a service Active without a module."""
    service.domainstatus, service.updated_at = "Active", ctx_of(db).host.clock.now()
    db.flush()


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
