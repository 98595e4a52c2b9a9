"""Ordering an upgrade: the price with what hooks say, the order's rows, then the invoice or no charge."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost import events, hooks, journal
from modulehost.billing import gateways, invoices, issuing, once, promotions, tax, upgrades
from modulehost.billing.dates import period_text
from modulehost.billing.upgrades import Change
from modulehost.context import Ctx, ctx_of
from modulehost.language import Phrase
from modulehost.money import ZERO, MoneyError, amount, currency_of, places, plain
from modulehost.ordering import hookpoints
from modulehost.ordering.upgrades import checks
from modulehost.ordering.upgrades.checks import UpgradeRefused
from modulehost.ordering.upgrades.completing import credits_downgrades, told
from modulehost.ordering.writing import free_number
from modulehost.schema import Client, Order, Product, Promotion, Service, TransientData, Upgrade
from modulehost.vault import hash_token

KEY_SECONDS = 7 * 86400
WAIT_SECONDS = 20
_NOT_FOR_IT = "host.promoNotForUpgrades"


@dataclass(frozen=True)
class UpgradeRequest:
    """What is to change. `kind`: package (with `pid`, `billingcycle`) or configoptions (with `options`: id -> value).

    `trusted`: staff or API, who may choose any product and hidden options. `charge` False: nothing is due, nothing credited.
    """

    service_id: int
    kind: str = upgrades.PACKAGE
    pid: int = 0
    billingcycle: str = ""
    options: Mapping[int, str | int] = field(default_factory=dict)
    paymentmethod: str = ""
    promocode: str = ""
    ip: str = ""
    requestor_id: int = 0
    admin_requestor_id: int = 0
    trusted: bool = False
    charge: bool = True


@dataclass(frozen=True)
class Offer:
    """The changes with their price: `subtotal` is what they cost, less `discount` and with tax `total`, never below zero.

    `credited` is what a downgrade gives back to the client's credit balance.
    """

    changes: list[Change]
    subtotal: Decimal
    discount: Decimal
    promotion: Promotion | None
    tax: tax.Taxed
    total: Decimal
    credited: Decimal


@dataclass(frozen=True)
class PlacedUpgrade:
    """What was ordered; `invoice_id` 0: nothing to pay. `repeated`: this request had been placed before."""

    order_id: int
    ordernum: int
    upgrade_ids: list[int]
    invoice_id: int = 0
    repeated: bool = False


def offer(ctx: Ctx, request: UpgradeRequest) -> Offer:
    """What a request would cost now. Hook: OrderProductUpgradeOverride. Raises UpgradeRefused."""
    with ctx.unit(read=True) as db:
        service, found = _checked(db, request)
        off, promotion = _discount(db, request, service, found)
    overrides = _overrides(ctx, request, service, found, off)
    with ctx.unit(read=True) as db:
        return _summed(db, service, *_overridden(found, off, overrides), promotion, request.charge)


def place(ctx: Ctx, request: UpgradeRequest, request_key: str | None = None) -> PlacedUpgrade:
    """Order the change. The same `request_key` of the same service places one order; the second call gets the first's.

    Hooks: ShoppingCartValidateUpgrade (not for staff and API), OrderProductUpgradeOverride, PreUpgradeCheckout. Raises
    UpgradeRefused.
    """
    with ctx.unit(read=True) as db:
        if done := _placed_before(db, request, request_key):
            return done
        service, found = _checked(db, request)
        off, _promotion = _discount(db, request, service, found)
    if not request.trusted:
        results = hooks.fire(ctx, "ShoppingCartValidateUpgrade", id=service.id, pid=request.pid or service.packageid)
        if refused := hookpoints.texts(results):
            raise UpgradeRefused(refused)
    overrides = _overrides(ctx, request, service, found, off)
    with ctx.unit() as db:
        # The lock on the service lets two requests at the same moment come one after the other.
        db.get(Service, request.service_id, with_for_update=True, populate_existing=True)
        if done := _placed_before(db, request, request_key):
            return done
        service, found = _checked(db, request)
        off, promotion = _discount(db, request, service, found)
        found, discount = _overridden(found, off, overrides)
        placed = _write(db, request, service, found, discount, promotion)
        if request_key:
            _remember(db, request, request_key, placed)
    events.drain(ctx)
    return _with_invoice(ctx, placed)


def on_placed(ctx: Ctx, payload: dict[str, Any]) -> None:
    """Subscriber of `upgrade.placed`: asks the last hook about each amount, then writes the invoice, or nothing is due."""
    order_id, given = payload["orderid"], payload["discount"]
    with ctx.unit(read=True) as db:
        rows = db.scalars(select(Upgrade).where(Upgrade.orderid == order_id).order_by(Upgrade.id)).all()
    amounts: dict[int, Decimal] = {}
    discount = amount(given)
    for row in rows if payload["charge"] else ():
        arguments = {"clientId": row.userid, "upgradeId": row.id, "serviceId": row.relid}
        results = once.fire_once(
            ctx, str(row.id), "PreUpgradeCheckout", **arguments, amount=float(row.amount), discount=float(discount)
        )
        for answer in hooks.values(results):
            if isinstance(answer, Mapping):
                amounts[row.id] = _money(answer.get("amount"), amounts.get(row.id, row.amount))
                discount = _money(answer.get("discount"), discount)
    with ctx.unit() as db:
        _bill(db, order_id, amounts, discount, payload["charge"])


def _bill(db: Session, order_id: int, amounts: Mapping[int, Decimal], discount: Decimal, charge: bool) -> None:
    order = db.get(Order, order_id, with_for_update=True, populate_existing=True)
    if order is None or not once.claim(db, f"upgrade-billed:{order_id}"):
        return
    rows = db.scalars(select(Upgrade).where(Upgrade.orderid == order_id).order_by(Upgrade.id)).all()
    for row in rows:
        row.amount = amounts.get(row.id, row.amount) if charge else ZERO
    due = sum((row.amount for row in rows), ZERO) - discount
    if due <= 0:
        events.emit(db, "upgrade.due", orderid=order_id)
        return
    client, service = db.get_one(Client, order.userid), db.get_one(Service, rows[0].relid)
    taxed = _taxed(db, service, rows[0].type, rows[0].newvalue)
    items = [
        invoices.Item(_line(db, service, row), row.amount, "Upgrade", row.id, taxed, ctx_of(db).host.clock.today()) for row in rows
    ]
    if discount:
        items.append(invoices.Item("Upgrade Discount", -discount, "PromoHosting", service.id, taxed))
    invoice = invoices.create(db, client, items, paymentmethod=order.paymentmethod)
    order.invoiceid, order.amount = invoice.id, invoice.total
    issuing.announce(db, invoice)


def _taxed(db: Session, service: Service, kind: str, new: str) -> bool:
    """Whether it is taxed: by the product that the service gets, or that it has where only options change."""
    product = db.get(Product, int(new.partition(",")[0]) if kind == upgrades.PACKAGE else service.packageid)
    return bool(product and product.tax)


def _line(db: Session, service: Service, row: Upgrade) -> str:
    head = f"Upgrade/Downgrade: {service.domain}" if service.domain else "Upgrade/Downgrade"
    period = period_text(db, ctx_of(db).host.clock.today(), service.nextduedate) if row.days_remaining else ""
    return "\n".join(part for part in (head, told(db, row), period) if part)


def _checked(db: Session, request: UpgradeRequest) -> tuple[Service, list[Change]]:
    service = db.get(Service, request.service_id)
    if service is None:
        raise UpgradeRefused(["Service ID Not Found"])
    if request.kind not in (upgrades.PACKAGE, upgrades.CONFIGOPTIONS):
        raise UpgradeRefused(["Invalid Upgrade Type"])
    if request.paymentmethod:
        try:
            gateways.find(db, request.paymentmethod)
        except gateways.GatewayError as error:
            raise UpgradeRefused([str(error)]) from None
    arguments = (request.kind, request.pid, request.billingcycle, request.options, request.trusted)
    return service, checks.changes(db, service, *arguments)


def _discount(db: Session, request: UpgradeRequest, service: Service, found: list[Change]) -> tuple[Decimal, Promotion | None]:
    """What the promotion code takes off, and the promotion."""
    if not request.promocode.strip():
        return ZERO, None
    client = db.get_one(Client, service.userid)
    package = request.kind == upgrades.PACKAGE
    token = found[0].new.partition(",")[0] if package else str(service.packageid)
    ids = [] if package else [int(one.original.partition("=>")[0]) for one in found]
    try:
        chosen = promotions.check(db, request.promocode, client=client, tokens={token}, upgrade=True)
    except promotions.PromotionRefused as error:
        raise UpgradeRefused([str(error)], error.key) from None
    due, wanted = sum((one.amount for one in found), ZERO), token if package else ""
    if not promotions.upgrade_applies(chosen, token=wanted, options=ids):
        raise UpgradeRefused([Phrase(_NOT_FOR_IT)], _NOT_FOR_IT)
    off = promotions.upgrade_discount(db, chosen, due, currency_of(db, client), token=wanted, options=ids)
    return off if request.charge else ZERO, chosen


def _overrides(
    ctx: Ctx, request: UpgradeRequest, service: Service, found: list[Change], discount: Decimal
) -> dict[str, Any]:
    """What OrderProductUpgradeOverride says about a change of product; the last answer to each name counts."""
    point = "OrderProductUpgradeOverride"
    if request.kind != upgrades.PACKAGE or not hooks.heard(ctx, point):
        return {}
    with ctx.unit(read=True) as db:
        old, new = db.get_one(Product, service.packageid), db.get_one(Product, int(found[0].new.partition(",")[0]))
    one = found[0]
    results = hooks.fire(
        ctx, point, oldproductid=old.id, oldproductname=old.name, newproductid=new.id, newproductname=new.name, days=one.days,
        totaldays=one.total, newproductbillingcycle=one.cycle.key, price=float(one.amount), discount=float(discount),
        promoqualifies=bool(discount),
    )  # fmt: skip
    answers: dict[str, Any] = {}
    for answer in hooks.values(results):
        if isinstance(answer, Mapping):
            answers |= dict(answer)
    return answers


def _overridden(found: list[Change], off: Decimal, answers: Mapping[str, Any]) -> tuple[list[Change], Decimal]:
    """The changes with a hook's price and days, and its discount. What is ordered is not its to change: ids and cycle stay."""
    if not answers:
        return found, off
    one = found[0]
    price = _money(answers.get("price"), one.amount)
    days, total = (_days(answers.get(name), known) for name, known in (("days", one.days), ("totaldays", one.total)))
    changed = replace(one, charge=one.credit + price, days=days, total=total)
    return [changed, *found[1:]], max(_money(answers.get("discount"), off), ZERO)


def _money(value: Any, known: Decimal) -> Decimal:
    if value is None:
        return known
    try:
        return amount(str(value))  # hooks may use floats, which count as they are printed
    except MoneyError as error:
        raise UpgradeRefused([Phrase("host.error.hookPrice", f"A hook of the upgrade gave a wrong price: {error}")]) from None


def _days(value: Any, known: int) -> int:
    return int(value) if isinstance(value, int) and not isinstance(value, bool) else known


def _summed(
    db: Session, service: Service, found: list[Change], discount: Decimal, promotion: Promotion | None, charge: bool
) -> Offer:
    subtotal = sum((one.amount for one in found), ZERO) if charge else ZERO
    due = max(subtotal - discount, ZERO)
    client = db.get_one(Client, service.userid)
    rates = tax.rates(db, client) if _taxed(db, service, found[0].kind, found[0].new) else (ZERO, ZERO)
    # The same lines as on the invoice: tax may be rounded for each of them.
    lines = [*(one.amount for one in found), -discount] if due else []
    parts = tax.of_lines(db, lines, *rates, places(currency_of(db, client)))
    back = -subtotal if subtotal < 0 and credits_downgrades(db) else ZERO
    return Offer(found, subtotal, discount, promotion, parts, parts.net + parts.tax + parts.tax2, back)


def _write(
    db: Session,
    request: UpgradeRequest,
    service: Service,
    found: list[Change],
    discount: Decimal,
    promotion: Promotion | None,
) -> PlacedUpgrade:
    host = ctx_of(db).host
    client = db.get_one(Client, service.userid)
    active = [one.module for one in gateways.active(db)]
    usual = next((one for one in (service.paymentmethod, client.defaultgateway) if one in active), gateways.default(db))
    order = Order(
        ordernum=free_number(db), userid=service.userid, requestor_id=request.requestor_id,
        admin_requestor_id=request.admin_requestor_id, date=host.clock.now(), orderdata="[]",
        paymentmethod=request.paymentmethod or usual, status="Pending", ipaddress=request.ip,
    )  # fmt: skip
    if promotion is not None:
        try:
            promotions.take(db, promotion)
        except promotions.PromotionRefused as error:
            raise UpgradeRefused([str(error)], error.key) from None
        order.promocode, order.promotype, order.promovalue = promotion.code, promotion.type, plain(promotion.value)
    db.add(order)
    db.flush()
    rows = [
        Upgrade(
            userid=service.userid, orderid=order.id, type=one.kind, date=host.clock.today(), relid=service.id,
            originalvalue=one.original, newvalue=one.new, new_cycle=one.cycle.key, amount=one.amount, credit_amount=one.credit,
            days_remaining=one.days, total_days_in_cycle=one.total, new_recurring_amount=one.recurring,
            recurringchange=one.difference, status="Pending", paid="N",
        )
        for one in found
    ]  # fmt: skip
    db.add_all(rows)
    db.flush()
    journal.activity(db, f"Upgrade Order Placed - Order ID: {order.id} - Service ID: {service.id}", service.userid)
    events.emit(db, "upgrade.placed", orderid=order.id, discount=plain(discount), charge=request.charge)
    return PlacedUpgrade(order.id, order.ordernum, [row.id for row in rows])


def _with_invoice(ctx: Ctx, placed: PlacedUpgrade) -> PlacedUpgrade:
    """The order with its invoice. Another process may be the one that writes it just now: it is waited for."""
    limit = time.monotonic() + (WAIT_SECONDS if ctx.call is None else 0)
    while True:
        with ctx.unit(read=True) as db:
            order = db.get_one(Order, placed.order_id)
            billed = db.scalar(select(TransientData.id).where(TransientData.name == f"mh-once:upgrade-billed:{order.id}").limit(1))
        if billed is not None or time.monotonic() > limit:
            return replace(placed, invoice_id=order.invoiceid)
        time.sleep(0.05)


def _key_name(request: UpgradeRequest, key: str) -> str:
    return f"upgrade:{request.service_id}:{hash_token(key)}"


def _placed_before(db: Session, request: UpgradeRequest, key: str | None) -> PlacedUpgrade | None:
    if not key:
        return None
    row = db.scalar(select(TransientData).where(TransientData.name == _key_name(request, key)).limit(1))
    if row is None:
        return None
    placed = PlacedUpgrade(**json.loads(row.data), repeated=True)
    order = db.get(Order, placed.order_id)
    return replace(placed, invoice_id=order.invoiceid if order else 0)


def _remember(db: Session, request: UpgradeRequest, key: str, placed: PlacedUpgrade) -> None:
    data = {"order_id": placed.order_id, "ordernum": placed.ordernum, "upgrade_ids": placed.upgrade_ids}
    expires = int(ctx_of(db).host.clock.time()) + KEY_SECONDS
    db.add(TransientData(name=_key_name(request, key), data=json.dumps(data), expires=expires))
    db.flush()
