"""What becomes of an order: accepted, cancelled, marked as fraud, pending again, deleted.

A module command is never run while a unit is open. An order whose items all became Active some other way (saved as
Active one by one) is accepted by itself; a successful Create alone accepts nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete as delete_rows
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from modulehost import events, hooks, journal, lifecycle, mail
from modulehost.billing import invoices, once
from modulehost.context import Ctx
from modulehost.lifecycle.subjects import set_addon_status
from modulehost.ordering import addonrows, orderaddons, servers, setup, upgrades
from modulehost.schema import (
    Command,
    CustomField,
    CustomFieldValue,
    EmailTemplate,
    Invoice,
    InvoiceItem,
    Order,
    Product,
    Service,
    ServiceAddon,
    ServiceConfigOption,
    Upgrade,
    table,
)
from modulehost.vault import Vault

NOT_PENDING = "Order ID not found or Status not Pending"
NOT_FOUND = "Order ID Not Found"
_RUNNING = ("Active", "Suspended")
#: values of tblproducts.autosetup that acceptance sets up; those "as soon as ordered" are here when an order came without it
_AT_ACCEPTANCE = ("on", "order")


@dataclass(frozen=True)
class Forced:
    """What an administrator decides for one service of an order: empty and 0 leave it as it is, `create` None to the product."""

    serverid: int = 0
    username: str = ""
    password: str = ""
    create: bool | None = None


def accept(
    ctx: Ctx,
    order_id: int,
    *,
    autosetup: bool | None = None,
    serverid: int = 0,
    username: str = "",
    password: str = "",
    sendemail: bool = True,
    request_key: str = "",
    forced: Mapping[int, Forced] | None = None,
) -> list[str]:
    """Accept a Pending order; returns error texts, empty when it is Active now.

    Create runs for its Pending services and addons where the product is set up at acceptance (or was to be at an order that came by
    API), for all with `autosetup` True and for none with False. A Create that fails leaves the order Pending and its text is
    among the errors. Those without a Create to run become Active. `serverid`, `username` and `password` are set on the
    Pending services first; `forced` says it for single ones. A service without a server gets one. Upgrades are
    carried out, paid or not; with `autosetup` False without their module.
    """
    if _pending(ctx, order_id) is None:
        return [NOT_PENDING]
    with ctx.unit(read=True) as db:
        upgraded = _has_upgrades(db, order_id)
    if upgraded:  # what completes them may be quicker than this function, and accepts the order, too
        once.fire_once(ctx, str(order_id), "AcceptOrder", orderid=order_id)
    else:
        hooks.fire(ctx, "AcceptOrder", orderid=order_id)
    with ctx.unit() as db:
        waiting = _services(db, order_id, ("Pending",))
        everybody = Forced(serverid, username, password, autosetup)
        decided = {service.id: (forced or {}).get(service.id, everybody) for service, _product in waiting}
        for service, product in waiting:
            _force(ctx, service, decided[service.id])
            servers.ensure(db, service, product)
    errors: list[str] = []
    for service, product in waiting:
        create = decided[service.id].create
        wanted = sets_up(product) if create is None else create
        if wanted and product.servertype:
            key = f"{request_key[:48]}:{service.id}" if request_key else None
            outcome = lifecycle.run(ctx, service.id, "CreateAccount", request_key=key)
            if not (outcome.ok or outcome.state == "pending"):
                errors.append(f"{product.name} (service {service.id}): {outcome.message}")
    if upgraded:
        key = f"{request_key[:48]}:upgrade" if request_key else None
        errors += upgrades.accept(ctx, order_id, autosetup is not False, key)
    errors += orderaddons.create(ctx, order_id, autosetup, request_key)
    if errors:
        return errors
    with ctx.unit() as db:
        if not _change(db, order_id, "Active", from_status="Pending"):
            return [] if upgraded and db.get_one(Order, order_id).status == "Active" else [NOT_PENDING]
        orderaddons.activate(db, order_id, sendemail)
        unfinished = _unfinished(db, [service.id for service, _product in waiting])
        for service, product in _services(db, order_id, ("Pending",)):
            if service.id in unfinished:
                continue
            setup.activate(db, service)
            if sendemail and not product.servertype:
                _welcome(db, service, product)
        journal.activity(db, f"Order Accepted - Order ID: {order_id}")
        events.emit(db, "order.accepted", orderid=order_id)
    events.drain(ctx)
    return []


def sets_up(product: Product) -> bool:
    """Whether acceptance runs Create for a Pending service of this product when nobody says otherwise."""
    return bool(product.servertype) and product.autosetup in _AT_ACCEPTANCE


def service_saved(ctx: Ctx, service_id: int) -> bool:
    """Accept the Pending order of a service that was saved, once all its items are Active; tells whether it was."""
    with ctx.unit(read=True) as db:
        service = db.get(Service, service_id)
        order_id = service.orderid if service and service.domainstatus == "Active" else 0
    return _accept_if_all_active(ctx, order_id)


def addon_saved(ctx: Ctx, addon_id: int) -> bool:
    """The same for an addon of a service that was saved."""
    with ctx.unit(read=True) as db:
        addon = db.get(ServiceAddon, addon_id)
        order_id = addon.orderid if addon and addon.status == "Active" else 0
    return _accept_if_all_active(ctx, order_id)


def _accept_if_all_active(ctx: Ctx, order_id: int) -> bool:
    with ctx.unit(read=True) as db:
        if not order_id or not _all_active(db, order_id):
            return False
    if _pending(ctx, order_id) is None:
        return False
    hooks.fire(ctx, "AcceptOrder", orderid=order_id)
    with ctx.unit() as db:
        accepted = _change(db, order_id, "Active", from_status="Pending")
        if accepted:
            journal.activity(db, f"Order Accepted - Order ID: {order_id} (all items are Active)")
            events.emit(db, "order.accepted", orderid=order_id)
    events.drain(ctx)
    return accepted


def on_upgrade_completed(ctx: Ctx, payload: dict[str, int]) -> None:
    """Subscriber of `upgrade.completed`: an order of upgrades alone is accepted once they are all done."""
    order_id = payload["orderid"]
    with ctx.unit(read=True) as db:
        left = select(Upgrade.id).where(Upgrade.orderid == order_id, Upgrade.status != "Completed").limit(1)
        others = select(Service.id).where(Service.orderid == order_id).limit(1)
        if db.scalar(left) is not None or db.scalar(others) is not None:
            return
    if _pending(ctx, order_id) is None:
        return
    once.fire_once(ctx, str(order_id), "AcceptOrder", orderid=order_id)
    with ctx.unit() as db:
        if _change(db, order_id, "Active", from_status="Pending"):
            journal.activity(db, f"Order Accepted - Order ID: {order_id} (the upgrade is done)")
            events.emit(db, "order.accepted", orderid=order_id)


def on_service_saved(ctx: Ctx, payload: dict[str, int]) -> None:
    """Subscriber of `service.saved`."""
    service_saved(ctx, payload["serviceid"])


def on_addon_saved(ctx: Ctx, payload: dict[str, int]) -> None:
    """Subscriber of `addon.saved`."""
    addon_saved(ctx, payload["addonid"])


def cancel(ctx: Ctx, order_id: int, *, reason: str = "") -> list[str]:
    """Cancel a Pending order with its items and its unpaid invoice; returns error texts.

    Services that run already are terminated by their module first; where that fails nothing is changed.
    """
    if _pending(ctx, order_id) is None:
        return [NOT_PENDING]
    hooks.fire(ctx, "CancelOrder", orderid=order_id)
    return _end(ctx, order_id, "Cancelled", reason)


def fraud(ctx: Ctx, order_id: int) -> list[str]:
    """Mark an order and its items as Fraud, as `cancel` does; whatever its status."""
    if _order(ctx, order_id) is None:
        return [NOT_FOUND]
    hooks.fire(ctx, "FraudOrder", orderid=order_id)
    return _end(ctx, order_id, "Fraud", "")


def pend(ctx: Ctx, order_id: int) -> list[str]:
    """Set an order and its items back to Pending, and its cancelled invoice to Unpaid; returns error texts."""
    order = _order(ctx, order_id)
    if order is None:
        return [NOT_FOUND]
    hooks.fire(ctx, "PendingOrder", orderid=order_id)
    with ctx.unit() as db:
        _change(db, order_id, "Pending")
        _set_items(db, order_id, "Pending")
        invoice = db.get(Invoice, order.invoiceid) if order.invoiceid else None
        if invoice is not None and invoice.status == "Cancelled":
            invoices.set_status(db, invoice, "Unpaid")
            invoice.date_cancelled = None
        journal.activity(db, f"Order Set To Pending - Order ID: {order_id}")
    events.drain(ctx)
    return []


def delete(ctx: Ctx, order_id: int) -> list[str]:
    """Delete a Cancelled or Fraud order with its items and its invoice; returns error texts."""
    order = _order(ctx, order_id)
    if order is None:
        return ["Order ID not found"]
    if order.status not in ("Cancelled", "Fraud"):
        return ["The order status must be in Cancelled or Fraud to be deleted"]
    hooks.fire(ctx, "DeleteOrder", orderid=order_id)
    with ctx.unit() as db:
        ids = list(db.scalars(select(Service.id).where(Service.orderid == order_id)))
        fields = select(CustomField.id).where(CustomField.type == "product")
        db.execute(delete_rows(ServiceConfigOption).where(ServiceConfigOption.relid.in_(ids)))
        db.execute(
            delete_rows(CustomFieldValue).where(CustomFieldValue.relid.in_(ids), CustomFieldValue.fieldid.in_(fields))
        )
        mine = (ServiceAddon.orderid == order_id) | ServiceAddon.hostingid.in_(ids)
        addonrows.remove(db, db.scalars(select(ServiceAddon).where(mine)).all())
        db.execute(delete_rows(Service).where(Service.id.in_(ids)))
        for id_ in ids:
            hooks.later(db, "ServiceDelete", userid=order.userid, clientId=order.userid, serviceid=id_)
        if order.invoiceid:
            db.execute(delete_rows(InvoiceItem).where(InvoiceItem.invoiceid == order.invoiceid))
            db.execute(delete_rows(Invoice).where(Invoice.id == order.invoiceid))
        db.execute(delete_rows(Upgrade).where(Upgrade.orderid == order_id))
        db.execute(delete_rows(Order).where(Order.id == order_id))
        journal.activity(db, f"Order Deleted - Order ID: {order_id}", order.userid)
    events.drain(ctx)
    return []


def _end(ctx: Ctx, order_id: int, status: str, reason: str) -> list[str]:
    with ctx.unit(read=True) as db:
        running = [(s, p) for s, p in _services(db, order_id, _RUNNING) if p.servertype]
    errors = orderaddons.terminate(ctx, order_id)
    for service, product in running:
        outcome = lifecycle.run(ctx, service.id, "TerminateAccount")
        if not (outcome.ok or outcome.state == "pending"):
            errors.append(f"{product.name} (service {service.id}): {outcome.message}")
    if errors:
        return errors
    with ctx.unit() as db:
        order = db.get_one(Order, order_id, with_for_update=True)
        order.status = status
        if reason:
            order.notes = f"{order.notes}\n{reason}".strip()
        _set_items(db, order_id, status)
        invoice = db.get(Invoice, order.invoiceid) if order.invoiceid else None
        if invoice is not None and invoice.status in ("Unpaid", "Draft"):
            invoices.set_status(db, invoice, "Cancelled")
        journal.activity(db, f"Order Set To {status} - Order ID: {order_id}", order.userid)
    events.drain(ctx)
    return []


def _order(ctx: Ctx, order_id: int) -> Order | None:
    with ctx.unit(read=True) as db:
        return db.get(Order, order_id)


def _pending(ctx: Ctx, order_id: int) -> Order | None:
    order = _order(ctx, order_id)
    return order if order is not None and order.status == "Pending" else None


def _services(db: Session, order_id: int, statuses: Sequence[str]) -> list[tuple[Service, Product]]:
    rows = db.execute(
        select(Service, Product)
        .join(Product, Product.id == Service.packageid)
        .where(Service.orderid == order_id, Service.domainstatus.in_(statuses))
        .order_by(Service.id)
    )
    return [(service, product) for service, product in rows]


def _change(db: Session, order_id: int, status: str, from_status: str = "") -> bool:
    """Change an order's status, from a certain one if asked; of two at the same moment one succeeds."""
    changed = update(Order).where(Order.id == order_id)
    if from_status:
        changed = changed.where(Order.status == from_status)
    result = db.execute(changed.values(status=status))
    return bool(result.rowcount)  # type: ignore[attr-defined]


def _unfinished(db: Session, service_ids: Sequence[int]) -> set[int]:
    """The services whose Create is still under way, here or at the vendor."""
    rows = select(Command.service_id).where(
        Command.service_id.in_(service_ids),
        Command.addon_id == 0,
        Command.function == "CreateAccount",
        Command.state.in_(("running", "pending")),
    )
    return set(db.scalars(rows))


def _all_active(db: Session, order_id: int) -> bool:
    domains = table("tbldomains")
    statuses = set(db.scalars(select(Service.domainstatus).where(Service.orderid == order_id)))
    statuses |= set(db.scalars(select(ServiceAddon.status).where(ServiceAddon.orderid == order_id)))
    statuses |= set(db.scalars(select(domains.c.status).where(domains.c.orderid == order_id)))
    return statuses == {"Active"}


def _set_items(db: Session, order_id: int, status: str) -> None:
    domains = table("tbldomains")
    db.execute(update(Service).where(Service.orderid == order_id).values(domainstatus=status))
    for addon in db.scalars(select(ServiceAddon).where(ServiceAddon.orderid == order_id)):
        set_addon_status(db, addon, status)
    db.execute(update(domains).where(domains.c.orderid == order_id).values(status=status))
    # What an upgrade has changed already is not taken back with its order.
    waiting = update(Upgrade).where(Upgrade.orderid == order_id, Upgrade.status != "Completed", Upgrade.paid != "Y")
    db.execute(waiting.values(status=status))


def _has_upgrades(db: Session, order_id: int) -> bool:
    return db.scalar(select(Upgrade.id).where(Upgrade.orderid == order_id).limit(1)) is not None


def _force(ctx: Ctx, service: Service, by: Forced) -> None:
    if by.serverid:
        service.server = by.serverid
    if by.username:
        service.username = by.username
    if by.password:
        service.password = ctx.host.part(Vault).encrypt(by.password)


def _welcome(db: Session, service: Service, product: Product) -> None:
    template = db.get(EmailTemplate, product.welcomeemail) if product.welcomeemail else None
    if template is not None:
        mail.queue(db, template.name, service.userid, rel_id=service.id)
