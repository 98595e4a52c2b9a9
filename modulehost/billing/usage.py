"""What usage costs: the metrics that a product charges for, and the lines of a term's usage.

tblusage_items names the metric and what is included; tblpricing_bracket the ranges of units beyond that, with a price per
unit in tblpricing (type `usage`, relid the bracket, column monthly). Schemes: `simple` (one price), `total` (the range that
the whole quantity falls into prices all of it), `graduated` (each range prices the units within it). The words of the
schemes are ours; how the tables spell them is not documented.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost.billing.catalog import prices
from modulehost.billing.cycles import add_months, anchor_of, cycle
from modulehost.billing.dates import period_text
from modulehost.billing.invoices import Item, add_items, create
from modulehost.context import Host, ctx_of
from modulehost.money import ZERO, amount, currency_of, places
from modulehost.schema import (
    Client,
    Invoice,
    InvoiceItem,
    ModuleStore,
    PricingBracket,
    Product,
    ServerTenant,
    Service,
    TenantStat,
    UsageItem,
    same,
)

SCHEMES = {"simple": "Simple", "total": "Total", "graduated": "Graduated"}
TYPE = "Usage"  # tblinvoiceitems.type of the lines; a Hosting line would move the service's due date
SNAPSHOT, DAY, MONTH = "snapshot", "day", "month"
ALREADY = "mh-usage:"  # begins the notes of a line, which name the metric
_SETTLED = "modulehost:usage-settled"  # scope of the mark: up to which day a service's usage has been settled

Naming = Callable[[Session, Service], tuple[str, dict[str, str]]]


@dataclass(frozen=True)
class Period:
    """A term of a service: from `start` to the day before `end`."""

    start: date
    end: date


@dataclass(frozen=True)
class Bracket:
    """From `floor` up to, not including, `ceiling` (None: without an end) a unit costs `price`."""

    floor: Decimal
    ceiling: Decimal | None
    price: Decimal


def cost(quantity: Decimal, scheme: str, brackets: Sequence[Bracket]) -> Decimal:
    """The exact price of so many units, not rounded."""
    total = Decimal(0)
    for one in brackets:
        above = quantity - one.floor
        inside = one.ceiling is None or quantity < one.ceiling
        if scheme == "graduated" and above > 0:
            total += (above if one.ceiling is None else min(above, one.ceiling - one.floor)) * one.price
        elif scheme != "graduated" and above >= 0 and inside:
            return quantity * one.price
    return total


def items_of(db: Session, product_id: int) -> list[UsageItem]:
    """The metrics that a product charges for."""
    mine = (UsageItem.rel_type == "Product", UsageItem.rel_id == product_id, UsageItem.deleted_at.is_(None))
    return list(db.scalars(select(UsageItem).where(*mine).order_by(UsageItem.id)))


def brackets_of(db: Session, item: UsageItem) -> list[PricingBracket]:
    """The ranges of a metric, lowest first."""
    mine = (PricingBracket.rel_type == "usage", PricingBracket.rel_id == str(item.id), PricingBracket.deleted_at.is_(None))
    return list(db.scalars(select(PricingBracket).where(*mine).order_by(PricingBracket.floor, PricingBracket.id)))


def priced(db: Session, item: UsageItem, currency_id: int) -> tuple[str, list[Bracket]]:
    """Scheme and ranges in one currency; no ranges when a price in it is missing: what has no price is not charged."""
    rows = brackets_of(db, item)
    known = prices.rows(db, "usage", [row.id for row in rows])
    if not rows or any((row.id, currency_id) not in known for row in rows):
        return "simple", []
    found = [Bracket(r.floor, r.ceiling or None, known[r.id, currency_id].monthly) for r in rows]
    return rows[0].schema_type, found


def ended_term(db: Session, service: Service) -> Period | None:
    """The last term of a service that has ended by today; None before its first has."""
    today, due = ctx_of(db).host.clock.today(), service.nextduedate
    if due is None or not cycle(service.billingcycle).recurs:
        return None
    product = db.get(Product, service.packageid)
    prorated = product.proratadate if product is not None and product.proratabilling else 0
    months, anchor = cycle(service.billingcycle).months, anchor_of(service.regdate, due, prorated)
    end = due
    while end > today:
        end = add_months(end, -months, anchor)
    start = add_months(end, -months, anchor)
    if service.regdate is not None and start < service.regdate:
        # A first term that ends on the product's own day is shorter; before the registration there is none.
        return Period(service.regdate, end) if end > service.regdate else None
    return Period(start, end)


def usage_items(db: Session, service: Service, period: Period, tenant: str, labels: dict[str, str]) -> list[Item]:
    """The lines of what a service used beyond what is included in a term, in its client's currency; nothing is written.

    `tenant` is the name its module measures it under, `labels` the metrics' names. Days and months count in the term in which
    they end, so no value is charged in two; a metric that has a line for the term already has no second one.
    """
    return [item for item, _stats in _lines(db, service, period, tenant, labels)]


class Names:
    """Who knows the name a service is measured under, and what its metrics are called: `host.part(Names)`."""

    def __init__(self, host: Host) -> None:
        self.function: Naming = lambda db, service: ("", {})


def provide(host: Host, function: Naming) -> None:
    """Let `function(db, service)` give (tenant, labels by metric). Modules are described in a room above this one."""
    host.part(Names).function = function


def charge(db: Session, service: Service, invoice: Invoice | None = None) -> Invoice | None:
    """Charge what a service used in its last term that has ended: on `invoice`, or on one made for it.

    Returns the invoice that has the lines, None when there are none. *Invoice Usage Now* and whoever makes a renewal invoice
    call this one function. The term is settled with it, also when it cost nothing: a second time charges nothing, whatever has
    been measured since. Nothing is announced.
    """
    found = settle(db, service)
    if found and invoice is None:
        invoice = create(db, db.get_one(Client, service.userid), [], paymentmethod=service.paymentmethod)
    if found and invoice is not None:
        for _item, stats in found:
            for stat in stats:
                stat.invoice_id = invoice.id
        add_items(db, invoice, [item for item, _stats in found])
    db.flush()
    return invoice if found else None


def settle(db: Session, service: Service) -> list[tuple[Item, list[TenantStat]]]:
    """The lines of a service's last ended term with the values they charge; the term is settled with it.

    For who writes the lines by himself: he puts the invoice's id into each value's `invoice_id`.
    """
    db.refresh(service, with_for_update=True)  # under which two callers do not both find the same lines
    period, product = ended_term(db, service), db.get(Product, service.packageid)
    if period is None or product is None or not _charges(db, product) or _settled(db, service, period, product.servertype):
        return []
    tenant, labels = ctx_of(db).host.part(Names).function(db, service)
    return _lines(db, service, period, tenant, labels)


def charging(db: Session, product_ids: Iterable[int]) -> set[int]:
    """Those of these products that charge for usage."""
    mine = (UsageItem.rel_type == "Product", UsageItem.rel_id.in_(list(product_ids)), UsageItem.deleted_at.is_(None))
    shown = (UsageItem.is_hidden == 0, UsageItem.module == Product.servertype)
    return set(db.scalars(select(UsageItem.rel_id).join(Product, Product.id == UsageItem.rel_id).where(*mine, *shown)))


def _charges(db: Session, product: Product) -> bool:
    return any(not item.is_hidden and item.module == product.servertype for item in items_of(db, product.id))


def _settled(db: Session, service: Service, period: Period, module: str) -> bool:
    """Whether the term has been settled before; if not, it is from now on."""
    mine = {"module_type": "servers", "module": module, "scope": _SETTLED, "name": str(service.id)}
    row = db.scalar(select(ModuleStore).filter_by(**mine))
    if row is not None and row.value >= period.end.isoformat():
        return True
    if row is None:
        row = ModuleStore(**mine)
        db.add(row)
    row.value, row.updated_at = period.end.isoformat(), ctx_of(db).host.clock.now()
    db.flush()
    return False


def _lines(
    db: Session, service: Service, period: Period, tenant: str, labels: dict[str, str]
) -> list[tuple[Item, list[TenantStat]]]:
    product, client = db.get(Product, service.packageid), db.get(Client, service.userid)
    if product is None or not tenant or not service.server:
        return []
    currency = currency_of(db, client)
    lines = (InvoiceItem.type == TYPE, InvoiceItem.relid == service.id, InvoiceItem.duedate == period.end)
    written = set(db.scalars(select(InvoiceItem.notes).where(*lines)))
    found = []
    for item in items_of(db, product.id):
        note = f"{ALREADY}{item.metric}"
        if item.is_hidden or note in written or item.module != product.servertype:
            continue
        stats = _stats(db, service, period, tenant, item.metric)
        used = sum((stat.value for stat in stats), Decimal(0))
        beyond = used - item.included
        if beyond <= 0:
            continue
        scheme, brackets = priced(db, item, currency.id)
        due = amount(cost(beyond, scheme, brackets), places(currency))
        if due == ZERO:
            continue
        label = labels.get(item.metric, item.metric)
        term = period_text(db, period.start, period.end)
        text = f"{product.name}: {label}: {number_text(used)}, {number_text(item.included)} included {term}"
        found.append((Item(text, due, TYPE, service.id, bool(product.tax), period.end, note), stats))
    return found


def _stats(db: Session, service: Service, period: Period, tenant: str, metric: str) -> list[TenantStat]:
    """The values that count in a term: the latest snapshot, or the days and months that ended within it."""
    rows = db.scalars(
        select(TenantStat)
        .join(ServerTenant, ServerTenant.id == TenantStat.tenant_id)
        .where(ServerTenant.server_id == service.server, same(ServerTenant.tenant, tenant), TenantStat.metric == metric)
        .where(TenantStat.invoice_id.is_(None))
        .order_by(TenantStat.measured_at, TenantStat.id)
    )
    found, last = [], None
    for row in rows:
        day = (datetime(1970, 1, 1) + timedelta(seconds=int(row.measured_at))).date()
        if row.type == SNAPSHOT:
            last = row
        else:
            ends = day + timedelta(days=1) if row.type == DAY else add_months(day.replace(day=1), 1)
            if period.start < ends <= period.end:
                found.append(row)
    return found or ([last] if last is not None else [])


def number_text(value: Decimal) -> str:
    """A quantity without needless zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
