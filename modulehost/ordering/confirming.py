"""What a placed order consists of and what it costs, from its rows: for the page that confirms it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost.billing import invoices
from modulehost.billing.options import Selected, options_of_service
from modulehost.lifecycle.subjects import addon_name
from modulehost.money import ZERO
from modulehost.schema import Invoice, InvoiceItem, Order, Product, Service, ServiceAddon

#: tblinvoiceitems.type of what a service and an addon cost; all others are lines of their own
_OF_SERVICE, _OF_ADDON = ("Hosting", "Setup"), ("Addon",)


@dataclass(frozen=True)
class Ordered:
    """One service or addon (`addon`). `today` is its part of the first invoice, `recurring` what each `billingcycle` costs."""

    name: str
    domain: str
    qty: int
    today: Decimal
    recurring: Decimal
    billingcycle: str
    options: Sequence[Selected] = ()
    addon: bool = False


@dataclass(frozen=True)
class Summary:
    """`others`: discounts and what hooks added, as the invoice words them. `due` is what is still to be paid."""

    lines: list[Ordered] = field(default_factory=list)
    others: list[tuple[str, Decimal]] = field(default_factory=list)
    tax: Decimal = ZERO
    tax2: Decimal = ZERO
    total: Decimal = ZERO
    due: Decimal = ZERO


def summary(db: Session, order: Order) -> Summary:
    """The services and addons of an order in the order they were written, and its sums. An order without invoice has no due sum."""
    invoice = db.get(Invoice, order.invoiceid) if order.invoiceid else None
    items = invoices.items_of(db, invoice.id) if invoice is not None else []
    found = []
    addons = select(ServiceAddon).where(ServiceAddon.orderid == order.id).order_by(ServiceAddon.id)
    waiting = list(db.scalars(addons))
    services = select(Service, Product).outerjoin(Product, Product.id == Service.packageid)
    for service, product in db.execute(services.where(Service.orderid == order.id).order_by(Service.id)).all():
        chosen = options_of_service(db, service.id, product) if product is not None else []
        found.append(Ordered(
            product.name if product is not None else f"Product {service.packageid}", service.domain, service.qty,
            _part(items, _OF_SERVICE, service.id, service.firstpaymentamount if invoice is None else ZERO), service.amount,
            service.billingcycle, chosen,
        ))  # fmt: skip
        found += [_addon(db, row, "", items, invoice) for row in waiting if row.hostingid == service.id]
        waiting = [row for row in waiting if row.hostingid != service.id]
    for row in waiting:
        parent = db.get(Service, row.hostingid)
        found.append(_addon(db, row, parent.domain if parent is not None else "", items, invoice))
    others = [(one.description, one.amount) for one in items if one.type not in (*_OF_SERVICE, *_OF_ADDON)]
    if invoice is None:
        return Summary(found, others, total=order.amount)
    return Summary(found, others, invoice.tax, invoice.tax2, invoice.total, invoices.balance(db, invoice))


def _addon(db: Session, row: ServiceAddon, domain: str, items: Sequence[InvoiceItem], invoice: Invoice | None) -> Ordered:
    today = _part(items, _OF_ADDON, row.id, row.firstpaymentamount if invoice is None else ZERO)
    return Ordered(addon_name(db, row), domain, row.qty, today, row.recurring, row.billingcycle, addon=True)


def _part(items: Sequence[InvoiceItem], types: Sequence[str], relid: int, otherwise: Decimal) -> Decimal:
    return sum((one.amount for one in items if one.type in types and one.relid == relid), otherwise)
