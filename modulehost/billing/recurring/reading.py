"""The rows of one chunk, locked, with all that their lines are made of: a fixed number of queries for any number of rows."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from modulehost.billing import credit, options, usage
from modulehost.billing.cycles import Cycle, CycleError, cycle
from modulehost.billing.recurring.terms import BILLED, Terms
from modulehost.schema import (
    Addon,
    CancelRequest,
    Client,
    ClientGroup,
    ConfigOption,
    ConfigOptionSub,
    Currency,
    Invoice,
    InvoiceItem,
    Product,
    ProductConfigLink,
    Promotion,
    Service,
    ServiceAddon,
    ServiceConfigOption,
    waiting_request,
)

HOSTING, ADDON = "Hosting", "Addon"
#: invoices that still ask for money: while there is one for an item, it gets no second one (setting ContinuousInvoiceGeneration)
UNPAID = credit.OPEN

_SERVICE = (
    Service.id, Service.userid, Service.packageid, Service.regdate, Service.domain, Service.paymentmethod, Service.qty,
    Service.firstpaymentamount, Service.amount, Service.billingcycle, Service.nextduedate, Service.nextinvoicedate,
    Service.promoid, Service.promocount,
)  # fmt: skip
_ADDON = (
    ServiceAddon.id, ServiceAddon.userid, ServiceAddon.hostingid, ServiceAddon.addonid, ServiceAddon.name, ServiceAddon.qty,
    ServiceAddon.firstpaymentamount, ServiceAddon.recurring, ServiceAddon.billingcycle, ServiceAddon.tax, ServiceAddon.regdate,
    ServiceAddon.nextduedate, ServiceAddon.nextinvoicedate, ServiceAddon.paymentmethod, ServiceAddon.proratadate,
)  # fmt: skip
_CLIENT = (
    Client.id, Client.firstname, Client.lastname, Client.companyname, Client.status, Client.currency, Client.credit,
    Client.taxexempt, Client.country, Client.state, Client.defaultgateway, Client.separateinvoices, Client.groupid,
)  # fmt: skip


@dataclass(slots=True)
class Subject:
    """A service or an addon as it is invoiced. `option_lines` stand below its text; `until` ends a first period of its own length."""

    type: str
    id: int
    userid: int
    start: date
    regdate: date | None
    due: date | None
    cycle: Cycle | None
    label: str
    first: Decimal
    amount: Decimal
    method: str
    qty: int
    name: str
    domain: str
    taxed: bool
    service: int  # the service itself, or the one that an addon is for
    product: Product | None = None
    promoid: int = 0
    promocount: int = 0
    until: date | None = None
    option_lines: tuple[str, ...] = ()


@dataclass
class Facts:
    """What is known of a chunk. `covered`: the days on which invoiced periods begin, by (type, id), from the next one on."""

    subjects: list[Subject]
    clients: dict[int, Any]
    separate: set[int] = field(default_factory=set)
    currencies: dict[int, Currency] = field(default_factory=dict)
    promotions: dict[int, Promotion] = field(default_factory=dict)
    cancelling: set[int] = field(default_factory=set)
    unpaid: set[tuple[str, int]] = field(default_factory=set)
    covered: dict[tuple[str, int], set[date]] = field(default_factory=dict)
    invoiced: dict[int, int] = field(default_factory=dict)
    using: set[int] = field(default_factory=set)


def read(db: Session, terms: Terms, service_ids: Sequence[int], addon_ids: Sequence[int]) -> Facts:
    """Lock the rows that are still due, clients first as payments do, and read what their lines need."""
    services_due = (Service.id.in_(service_ids), terms.due(Service.nextinvoicedate, Service.billingcycle))
    addons_due = (ServiceAddon.id.in_(addon_ids), terms.due(ServiceAddon.nextinvoicedate, ServiceAddon.billingcycle))
    owners = set(db.scalars(select(Service.userid).where(Service.id.in_(service_ids)).distinct()))
    owners |= set(db.scalars(select(ServiceAddon.userid).where(ServiceAddon.id.in_(addon_ids)).distinct()))
    locked = select(*_CLIENT).where(Client.id.in_(owners)).order_by(Client.id).with_for_update()
    clients = {row.id: row for row in db.execute(locked)}
    running = Service.domainstatus.in_(BILLED)
    services = db.execute(select(*_SERVICE).where(*services_due, running).order_by(Service.id).with_for_update()).all()
    running = ServiceAddon.status.in_(BILLED)
    addons = db.execute(select(*_ADDON).where(*addons_due, running).order_by(ServiceAddon.id).with_for_update()).all()
    subjects = _subjects(db, services, addons)
    return Facts(
        subjects,
        clients,
        _separate(db, clients.values()),
        {one.id: one for one in db.scalars(select(Currency))},
        {one.id: one for one in db.scalars(select(Promotion).where(Promotion.id.in_({s.promoid for s in subjects if s.promoid})))},
        _cancelling(db, {one.service for one in subjects}),
        *_lines(db, subjects),
        _invoiced(db, subjects),
        usage.charging(db, {row.packageid for row in services}) if terms.usage else set(),
    )


def _subjects(db: Session, services: Sequence[Any], addons: Sequence[Any]) -> list[Subject]:
    parents = {row.id: row for row in services}
    missing = {row.hostingid for row in addons} - parents.keys()
    columns = (Service.id, Service.domain, Service.packageid)
    parents |= {row.id: row for row in db.execute(select(*columns).where(Service.id.in_(missing)))}
    products = {one.id: one for one in db.scalars(select(Product).where(Product.id.in_({row.packageid for row in parents.values()})))}
    kinds = {one.id: one for one in db.scalars(select(Addon).where(Addon.id.in_({row.addonid for row in addons})))}
    chosen, cycles = _options(db, [row.id for row in services]), _Cycles()
    found = []
    for row in services:
        product = products.get(row.packageid)
        found.append(Subject(
            HOSTING, row.id, row.userid, row.nextinvoicedate, row.regdate, row.nextduedate, cycles[row.billingcycle],
            row.billingcycle, row.firstpaymentamount, row.amount, row.paymentmethod, row.qty,
            product.name if product else f"Product {row.packageid}", row.domain, bool(product and product.tax), row.id,
            product, row.promoid, row.promocount or 0, None, chosen.get(row.id, ()),
        ))  # fmt: skip
    for row in addons:
        parent, kind = parents.get(row.hostingid), kinds.get(row.addonid)
        found.append(Subject(
            ADDON, row.id, row.userid, row.nextinvoicedate, row.regdate, row.nextduedate, cycles[row.billingcycle],
            row.billingcycle, row.firstpaymentamount, row.recurring, row.paymentmethod, row.qty,
            row.name or (kind.name if kind else f"Addon {row.addonid}"), parent.domain if parent else "", row.tax == "on",
            row.hostingid, until=row.proratadate,
        ))  # fmt: skip
    return sorted(found, key=lambda one: one.userid)  # stable: services before addons, each by id


class _Cycles(dict[str, Cycle | None]):
    """Cycles by what tables call them; None for what is none."""

    def __missing__(self, label: str) -> Cycle | None:
        try:
            self[label] = cycle(label)
        except CycleError:
            self[label] = None
        return self[label]


def _options(db: Session, ids: list[int]) -> dict[int, tuple[str, ...]]:
    """Per service what it has of its product's options, as lines of text."""
    rows = db.execute(
        select(
            ServiceConfigOption.relid, ConfigOption.optionname, ConfigOption.optiontype, ConfigOptionSub.optionname,
            ServiceConfigOption.qty,
        )
        .join(Service, Service.id == ServiceConfigOption.relid)
        .join(ConfigOption, ConfigOption.id == ServiceConfigOption.configid)
        .join(ProductConfigLink, and_(ProductConfigLink.gid == ConfigOption.gid, ProductConfigLink.pid == Service.packageid))
        .join(ConfigOptionSub, and_(ConfigOptionSub.id == ServiceConfigOption.optionid, ConfigOptionSub.configid == ConfigOption.id))
        .where(ServiceConfigOption.relid.in_(ids))
        .order_by(ServiceConfigOption.relid, ConfigOption.gid, ConfigOption.order, ConfigOption.id)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for relid, name, kind, choice, qty in rows:
        shown = options.shown(options.type_of(kind), options.split_name(choice)[1], qty)
        found[relid].append(f"{options.split_name(name)[1]}: {shown}")
    return {relid: tuple(texts) for relid, texts in found.items()}


def _separate(db: Session, clients: Iterable[Any]) -> set[int]:
    """Clients whose items get an invoice each, by themselves or by their group."""
    clients = list(clients)
    groups = set(db.scalars(select(ClientGroup.id).where(ClientGroup.separateinvoices == "on")))
    return {one.id for one in clients if one.separateinvoices or one.groupid in groups}


def _cancelling(db: Session, service_ids: Iterable[int]) -> set[int]:
    """Services whose client has asked for their end."""
    return set(db.scalars(select(CancelRequest.relid).where(CancelRequest.relid.in_(list(service_ids)), waiting_request())))


def _lines(
    db: Session, subjects: Sequence[Subject]
) -> tuple[set[tuple[str, int]], dict[tuple[str, int], set[date]]]:
    """What has an unpaid invoice, and which periods from the next one on have a line; a cancelled invoice counts for neither."""
    unpaid: set[tuple[str, int]] = set()
    covered: dict[tuple[str, int], set[date]] = defaultdict(set)
    for model, kind in ((Service, HOSTING), (ServiceAddon, ADDON)):
        ids = [one.id for one in subjects if one.type == kind]
        ahead = and_(InvoiceItem.duedate >= model.nextinvoicedate, Invoice.status != "Cancelled")
        rows = db.execute(
            select(InvoiceItem.relid, InvoiceItem.duedate, Invoice.status)
            .join(Invoice, Invoice.id == InvoiceItem.invoiceid)
            .join(model, model.id == InvoiceItem.relid)
            .where(InvoiceItem.type == kind, InvoiceItem.relid.in_(ids), or_(Invoice.status.in_(UNPAID), ahead))
        )
        for relid, day, status in rows:
            if status in UNPAID:
                unpaid.add((kind, relid))
            if day is not None:
                covered[kind, relid].add(day)
    return unpaid, covered


def _invoiced(db: Session, subjects: Sequence[Subject]) -> dict[int, int]:
    """How many periods have been invoiced of the services whose product ends after some (recurringcycles)."""
    ids = [one.id for one in subjects if one.product is not None and one.product.recurringcycles]
    rows = db.execute(
        select(InvoiceItem.relid, func.count(InvoiceItem.duedate.distinct()))
        .join(Invoice, Invoice.id == InvoiceItem.invoiceid)
        .where(InvoiceItem.type == HOSTING, InvoiceItem.relid.in_(ids), Invoice.status != "Cancelled")
        .group_by(InvoiceItem.relid)
    )
    return dict(rows.all()) if ids else {}
