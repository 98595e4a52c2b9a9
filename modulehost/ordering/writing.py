"""The rows of an order: the order itself, its services with options and custom fields, and its invoice."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost import events, journal, mail, settings
from modulehost.billing import invoices, linetexts, options, promotions, proration
from modulehost.billing.cycles import next_date
from modulehost.billing.dates import date_text, period_text
from modulehost.context import ctx_of
from modulehost.money import ZERO, amount, currency_of, formatted, plain
from modulehost.ordering import addonrows, fields, lines, servers
from modulehost.ordering.addonlines import AddonLine
from modulehost.ordering.discounts import OWN, AddonPlace, Discounts
from modulehost.ordering.hookpoints import Adjustment
from modulehost.schema import Client, Currency, Invoice, Order, Product, Service, ServiceAddon
from modulehost.vault import Vault

ORDER_MAIL = "Order Confirmation"


@dataclass(frozen=True)
class OrderRequest:
    """What is ordered, by whom and how.

    `items` as in the cart; `addons` are for services that the client has. `trusted`: from API or admin (hidden products
    and options, price overrides, no required fields). `autosetup` False: products set up "as soon as ordered" wait for
    acceptance, as with the API's AddOrder. `promooverride`: the code counts whatever its conditions say, for all products.
    `form`: the posted checkout form, which the validation hook gets; None when there is none.
    """

    client_id: int
    items: list[dict[str, Any]] = field(default_factory=list)
    paymentmethod: str = ""
    notes: str = ""
    promocode: str = ""
    promooverride: bool = False
    ip: str = ""
    contact_id: int = 0
    requestor_id: int = 0
    admin_requestor_id: int = 0
    noinvoice: bool = False
    noinvoiceemail: bool = False
    noemail: bool = False
    autosetup: bool = True
    trusted: bool = False
    form: dict[str, Any] | None = None
    addons: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Placed:
    """What an order became; `invoice_id` 0: nothing to pay. `repeated`: this request had been placed before."""

    order_id: int
    ordernum: int
    service_ids: list[int] = field(default_factory=list)
    addon_ids: list[int] = field(default_factory=list)
    invoice_id: int = 0
    repeated: bool = False


def write(
    db: Session,
    request: OrderRequest,
    client: Client,
    checked: Sequence[lines.Line],
    own_addons: Sequence[AddonLine] = (),
    adjustments: Sequence[Adjustment] = (),
    ordernum: int = 0,
    discounts: Discounts | None = None,
) -> Placed:
    """Write order, services, addons and invoice as Pending and Unpaid; mail and announcement (`order.placed`) are rows too.

    Counts a use of the promotion. Raises ItemErrors (out of stock), PromotionRefused (used up meanwhile).
    """
    host, discounts = ctx_of(db).host, discounts or Discounts()
    promotion = discounts.promotion
    if promotion is not None:
        promotions.take(db, promotion)
    order = Order(
        ordernum=ordernum or free_number(db),
        userid=client.id,
        contactid=request.contact_id,
        requestor_id=request.requestor_id,
        admin_requestor_id=request.admin_requestor_id,
        date=host.clock.now(),
        orderdata="[]",
        paymentmethod=request.paymentmethod,
        status="Pending",
        ipaddress=request.ip,
        notes=request.notes,
        promocode=promotion.code if promotion else "",
        promotype=promotion.type if promotion else "",
        promovalue=plain(promotion.value) if promotion else "",
    )
    db.add(order)
    db.flush()
    services: list[Service] = []
    addons: list[ServiceAddon] = []
    items: list[invoices.Item] = []
    # Always in the same order, so that two orders for the same products cannot wait for each other.
    for line in sorted(checked, key=lambda one: one.product.id):
        _take_from_stock(db, line)
    currency = currency_of(db, client)
    for place, line in enumerate(checked):
        reduction = discounts.by_place.get(place)
        for n in range(line.services):
            off = reduction.first.total if reduction and n < reduction.times else ZERO
            service = _service(db, request, order, line, billed=not request.noinvoice, off=off)
            if promotion is not None and off:
                service.promoid, service.promocount = promotion.id, 1
            services.append(service)
            items += _invoice_items(db, service, line)
            if promotion is not None and off:
                items.append(promotions.line(db, promotion, service, off, currency, bool(line.product.tax)))
            for number, addon in enumerate(line.addons):
                part = _off_addon(discounts, (place, number), n)
                addons.append(addonrows.write(db, order, service, addon, not request.noinvoice, part))
                items += addonrows.invoice_items(db, addons[-1], service, addon, part)
    for place, addon in enumerate(own_addons):
        assert addon.service is not None, "check_own found it"
        part = _off_addon(discounts, (OWN, place))
        addons.append(addonrows.write(db, order, addon.service, addon, not request.noinvoice, part))
        items += addonrows.invoice_items(db, addons[-1], addon.service, addon, part)
    items += [invoices.Item(one.description, one.amount, taxed=one.taxed) for one in adjustments]
    invoice: Invoice | None = None
    if items and not request.noinvoice:
        due = host.clock.today() + timedelta(days=max(settings.number(db, "OrderDaysGrace"), 0))
        invoice = invoices.create(db, client, items, paymentmethod=request.paymentmethod, duedate=due)
        order.invoiceid, order.amount = invoice.id, invoice.total
    else:
        order.amount = amount(sum((item.amount for item in items), ZERO))
    order.orderdata = json.dumps([service.id for service in services])
    journal.activity(db, f"New Order Placed - Order ID: {order.id} - User ID: {client.id}", client.id)
    if not request.noemail:
        mail.queue(db, ORDER_MAIL, client.id, _mail_fields(db, order, checked, own_addons, client, discounts, adjustments, invoice))
    addon_ids = [one.id for one in addons]
    placed = Placed(order.id, order.ordernum, [service.id for service in services], addon_ids, order.invoiceid)
    events.emit(
        db,
        "order.placed",
        orderid=order.id,
        ordernumber=order.ordernum,
        serviceids=placed.service_ids,
        addonids=placed.addon_ids,
        invoiceid=order.invoiceid,
        paymentmethod=order.paymentmethod,
        autosetup=request.autosetup,
        nothing_due=not items and not request.noinvoice,
        source=_source(ctx_of(db).actor.kind),
        user=ctx_of(db).actor.id if ctx_of(db).actor.kind == "admin" else "system",
        send=not request.noinvoiceemail and not settings.on(db, "NoInvoiceEmailOnOrder"),
    )
    db.flush()
    return placed


def _source(kind: str) -> str:
    return {"admin": "adminarea", "api": "api"}.get(kind, "autogen")


def free_number(db: Session) -> int:
    """An order number that clients see: ten random digits that no order has."""
    while True:
        number = int(ctx_of(db).host.entropy.digits(10))
        if db.scalar(select(Order.id).where(Order.ordernum == number).limit(1)) is None:
            return number


def _off_addon(discounts: Discounts, place: AddonPlace, n: int = 0) -> addonrows.Off | None:
    first = discounts.addon(place, n)
    if discounts.promotion is None or not first:
        return None
    return addonrows.Off(discounts.promotion, first, discounts.addon_recurring(place, n))


def _take_from_stock(db: Session, line: lines.Line) -> None:
    if not line.product.stockcontrol:
        return
    product = db.get_one(Product, line.product.id, with_for_update=True, populate_existing=True)
    if product.qty < line.qty:
        raise lines.ItemErrors([f"{product.name} is out of stock: {max(product.qty, 0)} left"])
    product.qty -= line.qty
    db.flush()


def _service(db: Session, request: OrderRequest, order: Order, line: lines.Line, billed: bool, off: Decimal) -> Service:
    host = ctx_of(db).host
    today, now, item = host.clock.today(), host.clock.now(), line.item
    free = line.cycle.key == "free"
    password = str(item.get("rootpw") or "")
    host_name = str(item.get("hostname") or "").strip()
    service = Service(
        userid=order.userid,
        orderid=order.id,
        packageid=line.product.id,
        server=servers.choose(db, line.product),
        regdate=today,
        domain=line.domain,
        paymentmethod=order.paymentmethod,
        qty=line.units,
        firstpaymentamount=line.single.total - off,
        amount=line.single.recurring if line.cycle.recurs else ZERO,
        billingcycle=line.cycle.label,
        nextduedate=None if free else today,
        nextinvoicedate=_next_invoice(line, today, billed),
        domainstatus="Pending",
        password=host.part(Vault).encrypt(password),
        created_at=now,
        updated_at=now,
    )
    for column, name in (("ns1", "ns1prefix"), ("ns2", "ns2prefix")):
        prefix = str(item.get(name) or "").strip()
        setattr(service, column, f"{prefix}.{host_name}" if prefix and host_name else prefix)
    db.add(service)
    db.flush()
    options.store_options(db, service.id, line.selected)
    fields.store(db, service.id, line.customfields)
    return service


def _next_invoice(line: lines.Line, today: date, billed: bool) -> date | None:
    if line.cycle.key == "free":
        return None
    return (line.quote.until or next_date(today, line.cycle)) if billed else today


def _invoice_items(db: Session, service: Service, line: lines.Line) -> list[invoices.Item]:
    """The period's line with the options below it, and the set-up fee as a line of its own. A free product has none."""
    if line.cycle.key == "free":
        return []
    price, start, until = line.single, service.regdate, line.quote.until
    period = period_text(db, start, until or (next_date(start, line.cycle) if start else None))
    chosen = [f"{one.option.label}: {one.shown}" for one in line.selected]
    text = linetexts.service_text(line.product.name, service.domain, period, line.units, chosen)
    taxed = bool(line.product.tax)
    items = [invoices.Item(text, price.first, "Hosting", service.id, taxed, start, proration.note(until) if until else "")]
    if price.setup:
        items.append(invoices.Item(f"{line.product.name} Setup Fee", price.setup, "Setup", service.id, taxed, start))
    return items


def _mail_fields(
    db: Session,
    order: Order,
    checked: Sequence[lines.Line],
    own_addons: Sequence[AddonLine],
    client: Client,
    discounts: Discounts,
    adjustments: Sequence[Adjustment],
    invoice: Invoice | None,
) -> dict[str, Any]:
    """`order_details`: every line with its price, what was taken off and added, the tax, and what is due today."""
    currency = currency_of(db, client)
    details = []
    for line in checked:
        text = f"{line.qty} x {line.product.name}" if line.qty > 1 else line.product.name
        details.append(f"{text} - {line.domain}" if line.domain else text)
        details += [f"{one.option.label}: {one.shown}" for one in line.selected]
        details.append(f"First payment: {formatted(line.quote.total, currency)}")
        if line.cycle.recurs:
            details.append(f"Recurring: {formatted(line.quote.recurring, currency)} {line.cycle.label}")
        for addon in line.addons:
            details += _addon_text(addon, currency)
        details.append("")
    for addon in own_addons:
        details += [*_addon_text(addon, currency), ""]
    if discounts.promotion is not None:
        text = promotions.describe(db, discounts.promotion, currency)
        details.append(
            f"Promotional Code: {discounts.promotion.code} - {text}: {formatted(-discounts.total, currency)}"
        )
    details += [f"{one.description}: {formatted(one.amount, currency)}" for one in adjustments]
    taxes = [one for one in (invoice.tax, invoice.tax2) if one] if invoice is not None else []
    details += [f"Tax: {formatted(one, currency)}" for one in taxes]
    details.append(f"Total due today: {formatted(order.amount, currency)}")
    return {
        "order_id": order.id,
        "order_number": order.ordernum,
        "order_date": date_text(db, order.date),
        "order_details": "\n".join(details),
        "invoice_id": order.invoiceid or "",
    }


def _addon_text(line: AddonLine, currency: Currency) -> list[str]:
    name = f"{line.qty} x {line.addon.name}" if line.qty > 1 else line.addon.name
    domain = f" - {line.service.domain}" if line.service is not None and line.service.domain else ""
    found = [f"Addon: {name}{domain}", f"First payment: {formatted(line.total, currency)}"]
    if line.cycle.recurs:
        found.append(f"Recurring: {formatted(line.recurring, currency)} {line.cycle.label}")
    return found
