"""Carrying an upgrade out: the service changes, the module's ChangePackage runs, the order is done. Every step is repeatable."""

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from modulehost import events, hooks, journal, lifecycle, mail, settings
from modulehost.billing import movements, options, upgrades
from modulehost.billing.cycles import FREE, cycle, next_date
from modulehost.context import Ctx, ctx_of
from modulehost.money import ZERO, currency_of
from modulehost.ordering import fields, servers
from modulehost.runtimes import ModuleFailed
from modulehost.schema import (
    Client,
    ConfigOption,
    ConfigOptionSub,
    EmailTemplate,
    InvoiceItem,
    Order,
    Product,
    Service,
    ServiceConfigOption,
    Upgrade,
)

_HOOKS = {upgrades.PACKAGE: "AfterProductUpgrade", upgrades.CONFIGOPTIONS: "AfterConfigOptionsUpgrade"}


def credits_downgrades(db: Session) -> bool:
    """Whether a downgrade gives back what is left of the term, as client credit (setting CreditOnDowngrade)."""
    return settings.on(db, "CreditOnDowngrade")


def told(db: Session, row: Upgrade) -> str:
    """An upgrade in words: `Small => Large (Monthly)` or `Mailboxes: 2 => 5`."""
    if row.type == upgrades.PACKAGE:
        names = [_product_name(db, text) for text in (row.originalvalue, row.newvalue)]
        return f"{names[0]} => {names[1]} ({cycle(row.new_cycle or 'free').label})"
    option_id, _, before = row.originalvalue.partition("=>")
    option = db.get(ConfigOption, int(option_id)) if option_id.isdigit() else None
    label = options.split_name(option.optionname)[1] if option else f"Option {option_id}"
    return f"{label}: {_value(db, option, before)} => {_value(db, option, row.newvalue)}"


def on_paid(ctx: Ctx, payload: dict[str, Any]) -> None:
    """Subscriber of `invoice.paid`: the upgrades that its lines pay for."""
    with ctx.unit(read=True) as db:
        lines = select(InvoiceItem.relid).where(InvoiceItem.invoiceid == payload["invoiceid"], InvoiceItem.type == "Upgrade")
        orders = set(db.scalars(select(Upgrade.orderid).where(Upgrade.id.in_(lines))))
    for order_id in sorted(orders):
        _apply(ctx, order_id)


def on_due(ctx: Ctx, payload: dict[str, Any]) -> None:
    """Subscriber of `upgrade.due`: nothing is to be paid."""
    _apply(ctx, payload["orderid"])


def on_applied(ctx: Ctx, payload: dict[str, Any]) -> None:
    """Subscriber of `upgrade.applied`: the module's turn, once for each order."""
    _run(ctx, payload["orderid"], f"upgrade:{payload['orderid']}")


def on_changed(ctx: Ctx, payload: dict[str, Any]) -> None:
    """Subscriber of `service.packagechanged`: the module has changed the account, so what was applied is done."""
    _finish(ctx, service_id=payload["serviceid"])


def accept(ctx: Ctx, order_id: int, run: bool = True, request_key: str | None = None) -> list[str]:
    """What accepting the order means for its upgrades: carried out, paid or not; without the module when not `run`.

    Returns error texts; what has failed before is tried again.
    """
    _apply(ctx, order_id, announced=False)
    with ctx.unit(read=True) as db:
        if not _open(db, order_id):
            return []
    if not run:
        _finish(ctx, order_id=order_id)
        return []
    if error := _run(ctx, order_id, request_key):
        return [error]
    with ctx.unit(read=True) as db:
        left = _open(db, order_id)
    return [f"upgrade {row.id} could not be carried out; see the activity log" for row in left]


def _apply(ctx: Ctx, order_id: int, announced: bool = True) -> None:
    """Change the service as the order says, once; a downgrade's credit is given with it."""
    with ctx.unit() as db:
        order = db.get(Order, order_id, with_for_update=True, populate_existing=True)
        rows = [row for row in _open(db, order_id) if row.paid != "Y"] if order is not None else []
        if order is None or not rows:
            return
        service = db.get(Service, rows[0].relid, with_for_update=True, populate_existing=True)
        if service is None or service.domainstatus not in ("Pending", "Active", "Suspended"):
            state = service.domainstatus if service else "deleted"
            journal.activity(db, f"Upgrade Not Carried Out - Order ID: {order_id} - the service is {state}", order.userid)
            return
        for row in rows:
            text = told(db, row)
            (_package if row.type == upgrades.PACKAGE else _option)(db, service, row)
            row.paid = "Y"
            journal.activity(db, f"Service Upgraded - Service ID: {service.id} - {text}", order.userid)
        service.updated_at = ctx.host.clock.now()
        back = -sum((row.amount for row in rows), ZERO)
        if back > 0 and credits_downgrades(db):
            client = db.get_one(Client, order.userid, with_for_update=True, populate_existing=True)
            movements.add(db, client, back, f"Upgrade/Downgrade Credit - Order #{order.ordernum}")
        if announced:
            events.emit(db, "upgrade.applied", orderid=order_id)


def _package(db: Session, service: Service, row: Upgrade) -> None:
    clock = ctx_of(db).host.clock
    pid, _, name = row.newvalue.partition(",")
    old, new = db.get(Product, service.packageid), db.get_one(Product, int(pid))
    wanted, before = cycle(name), cycle(service.billingcycle)
    currency = currency_of(db, db.get(Client, service.userid))
    selected = upgrades.carried(db, service, new, currency, wanted)
    service.qty = upgrades.quantity(service, new)
    if old is not None and old.id != new.id:
        fields.carry(db, service, old, new)
    service.packageid, service.billingcycle, service.amount = new.id, wanted.label, row.new_recurring_amount
    if not wanted.recurs:
        service.nextduedate = service.nextinvoicedate = None
    elif not before.recurs or service.nextduedate is None:
        service.nextduedate = service.nextinvoicedate = next_date(clock.today(), wanted)
    if wanted is FREE:
        service.amount = ZERO
    if old is None or old.servertype != new.servertype:
        service.server = servers.choose(db, new)
    keep = [one.option.id for one in selected]
    gone = delete(ServiceConfigOption).where(ServiceConfigOption.relid == service.id)
    db.execute(gone.where(ServiceConfigOption.configid.not_in(keep)))
    options.store_options(db, service.id, selected)


def _option(db: Session, service: Service, row: Upgrade) -> None:
    option_id = int(row.originalvalue.partition("=>")[0])
    product = db.get_one(Product, service.packageid)
    chosen = options.read_options(db, product, {option_id: row.newvalue}, hidden=True)
    options.store_options(db, service.id, [one for one in chosen if one.option.id == option_id])
    service.amount += row.recurringchange


def _run(ctx: Ctx, order_id: int, request_key: str | None) -> str:
    """ChangePackage for what was applied; returns an error text. A module without it has nothing to do."""
    with ctx.unit(read=True) as db:
        rows = [row for row in _open(db, order_id) if row.paid == "Y"]
        service = db.get(Service, rows[0].relid) if rows else None
        product = db.get(Product, service.packageid) if service else None
    if service is None:
        return ""
    if product is None or not product.servertype or not _known(ctx, service.id):
        _finish(ctx, order_id=order_id)
        return ""
    outcome = lifecycle.run(ctx, service.id, "ChangePackage", request_key=request_key, automated=True)
    if outcome.ok:
        # For an outcome that an earlier call had: its announcement may be long delivered.
        _finish(ctx, order_id=order_id)
        return ""
    return "" if outcome.state == "pending" else f"{product.name} (service {service.id}): {outcome.message}"


def _known(ctx: Ctx, service_id: int) -> bool:
    try:
        return "ChangePackage" in lifecycle.supports(ctx, service_id)
    except ModuleFailed:
        return True  # the command says what is wrong with the module, and waits in the queue


def _finish(ctx: Ctx, *, order_id: int = 0, service_id: int = 0) -> None:
    """Complete what was applied, of an order or of a service; mail, hooks and announcement belong to the unit."""
    with ctx.unit() as db:
        wanted = select(Upgrade).where(Upgrade.status == "Pending", Upgrade.paid == "Y").order_by(Upgrade.id)
        wanted = wanted.where(Upgrade.orderid == order_id if order_id else Upgrade.relid == service_id)
        rows = db.scalars(wanted.with_for_update()).all()
        for row in rows:
            row.status = "Completed"
            if point := _HOOKS.get(row.type):
                _after(db, point, row.id)
        for number in sorted({row.orderid for row in rows}):
            events.emit(db, "upgrade.completed", orderid=number)
        if rows and (service := db.get(Service, rows[0].relid)) is not None:
            product = db.get(Product, service.packageid)
            chosen = db.get(EmailTemplate, product.upgradeemail) if product and product.upgradeemail else None
            if chosen is not None:
                mail.queue(db, chosen.name, service.userid, rel_id=service.id)
    events.drain(ctx)


def _after(db: Session, point: str, upgrade_id: int) -> None:
    if point == "AfterProductUpgrade":
        hooks.later(db, "AfterProductUpgrade", upgradeid=upgrade_id)
    else:
        hooks.later(db, "AfterConfigOptionsUpgrade", upgradeid=upgrade_id)


def _open(db: Session, order_id: int) -> list[Upgrade]:
    wanted = select(Upgrade).where(Upgrade.orderid == order_id, Upgrade.status == "Pending").order_by(Upgrade.id)
    return list(db.scalars(wanted))


def _product_name(db: Session, value: str) -> str:
    pid = value.partition(",")[0]
    product = db.get(Product, int(pid)) if pid.isdigit() else None
    return product.name if product else f"Product {pid}"


def _value(db: Session, option: ConfigOption | None, value: str) -> str:
    if option is None or not value or int(option.optiontype or 0) == options.QUANTITY:
        return value or "-"
    if int(option.optiontype) == options.YES_NO:
        return "Yes" if value == "1" else "No"
    choice = db.get(ConfigOptionSub, int(value)) if value.isdigit() else None
    return options.split_name(choice.optionname)[1] if choice else value
