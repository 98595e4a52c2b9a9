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
    among,
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
class Kind:
    """What of its product counts for a service. `most`: periods in all, `prorated`: its day of the month; 0 for neither."""

    id: int
    name: str
    taxed: bool
    most: int
    prorated: int
    charge_next_from: int
    optional: bool = False


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
    kind: Kind | None = None
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
    services_due = (among(Service.id, service_ids), terms.due(Service.nextinvoicedate, Service.billingcycle))
    addons_due = (among(ServiceAddon.id, addon_ids), terms.due(ServiceAddon.nextinvoicedate, ServiceAddon.billingcycle))
    owners = set(db.scalars(select(Service.userid).where(among(Service.id, service_ids)).distinct()))
    if addon_ids:
        owners |= set(db.scalars(select(ServiceAddon.userid).where(among(ServiceAddon.id, addon_ids)).distinct()))
    locked = select(*_CLIENT).where(among(Client.id, owners)).order_by(Client.id).with_for_update()
    clients = {row.id: row for row in db.connection().execute(locked).all()}
    running = Service.domainstatus.in_(BILLED)
    services = db.connection().execute(select(*_SERVICE).where(*services_due, running).order_by(Service.id).with_for_update()).all()
    running = ServiceAddon.status.in_(BILLED)
    addons_locked = select(*_ADDON).where(*addons_due, running).order_by(ServiceAddon.id).with_for_update()
    addons = db.connection().execute(addons_locked).all() if addon_ids else []
    subjects = _subjects(db, services, addons)
    return Facts(
        subjects,
        clients,
        _separate(db, clients.values()),
        {one.id: one for one in db.scalars(select(Currency))},
        _promotions(db, {one.promoid for one in subjects if one.promoid}),
        _cancelling(db, {one.service for one in subjects}),
        *_lines(db, subjects),
        _invoiced(db, subjects),
        usage.charging(db, {row.packageid for row in services}) if terms.usage else set(),
    )


def _subjects(db: Session, services: Sequence[Any], addons: Sequence[Any]) -> list[Subject]:
    products = _products(db, {row.packageid for row in services})
    chosen = _options(db, [row.id for row in services if row.packageid in products and products[row.packageid].optional])
    cycles, domains, found = _Cycles(), {}, []
    # Taken apart at once: a name of a row costs more than a place.
    for id_, userid, package, regdate, domain, method, qty, first, amount, label, due, start, promoid, promocount in services:
        kind, domains[id_] = products.get(package), domain
        name, taxed = (kind.name, kind.taxed) if kind is not None else (f"Product {package}", False)
        found.append(Subject(
            HOSTING, id_, userid, start, regdate, due, cycles[label], label, first, amount, method, qty, name, domain, taxed, id_, kind,
            promoid, promocount or 0, None, chosen.get(id_, ()),
        ))  # fmt: skip
    if not addons:
        return found
    missing = {row.hostingid for row in addons} - domains.keys()
    domains |= dict(db.connection().execute(select(Service.id, Service.domain).where(among(Service.id, missing))).all())
    names = dict(db.connection().execute(select(Addon.id, Addon.name).where(Addon.id.in_({row.addonid for row in addons}))).all())
    for row in addons:
        found.append(Subject(
            ADDON, row.id, row.userid, row.nextinvoicedate, row.regdate, row.nextduedate, cycles[row.billingcycle],
            row.billingcycle, row.firstpaymentamount, row.recurring, row.paymentmethod, row.qty,
            row.name or names.get(row.addonid, f"Addon {row.addonid}"), domains.get(row.hostingid, ""), row.tax == "on",
            row.hostingid, until=row.proratadate,
        ))  # fmt: skip
    return found


def _products(db: Session, ids: Iterable[int]) -> dict[int, Kind]:
    found = db.scalars(select(Product).where(among(Product.id, ids))).all()
    linked = set(db.scalars(select(ProductConfigLink.pid).where(among(ProductConfigLink.pid, ids))))
    return {
        one.id: Kind(
            one.id, one.name, bool(one.tax), one.recurringcycles, one.proratadate if one.proratabilling else 0,
            one.proratachargenextmonth, one.id in linked,
        )
        for one in found
    }  # fmt: skip


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
    if not ids:
        return {}
    rows = db.connection().execute(
        select(
            ServiceConfigOption.relid, ConfigOption.optionname, ConfigOption.optiontype, ConfigOptionSub.optionname,
            ServiceConfigOption.qty,
        )
        .join(Service, Service.id == ServiceConfigOption.relid)
        .join(ConfigOption, ConfigOption.id == ServiceConfigOption.configid)
        .join(ProductConfigLink, and_(ProductConfigLink.gid == ConfigOption.gid, ProductConfigLink.pid == Service.packageid))
        .join(ConfigOptionSub, and_(ConfigOptionSub.id == ServiceConfigOption.optionid, ConfigOptionSub.configid == ConfigOption.id))
        .where(among(ServiceConfigOption.relid, ids))
        .order_by(ServiceConfigOption.relid, ConfigOption.gid, ConfigOption.order, ConfigOption.id)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for relid, name, kind, choice, qty in rows.all():
        shown = options.shown(options.type_of(kind), options.split_name(choice)[1], qty)
        found[relid].append(f"{options.split_name(name)[1]}: {shown}")
    return {relid: tuple(texts) for relid, texts in found.items()}


def _promotions(db: Session, ids: set[int]) -> dict[int, Promotion]:
    return {one.id: one for one in db.scalars(select(Promotion).where(Promotion.id.in_(ids)))} if ids else {}


def _separate(db: Session, clients: Iterable[Any]) -> set[int]:
    """Clients whose items get an invoice each, by themselves or by their group."""
    clients = list(clients)
    groups = set(db.scalars(select(ClientGroup.id).where(ClientGroup.separateinvoices == "on")))
    return {one.id for one in clients if one.separateinvoices or one.groupid in groups}


def _cancelling(db: Session, service_ids: Iterable[int]) -> set[int]:
    """Services whose client has asked for their end."""
    return set(db.scalars(select(CancelRequest.relid).where(among(CancelRequest.relid, service_ids), waiting_request())))


def _lines(
    db: Session, subjects: Sequence[Subject]
) -> tuple[set[tuple[str, int]], dict[tuple[str, int], set[date]]]:
    """What has an unpaid invoice, and which periods from the next one on have a line; a cancelled invoice counts for neither."""
    unpaid: set[tuple[str, int]] = set()
    covered: dict[tuple[str, int], set[date]] = defaultdict(set)
    for model, kind in ((Service, HOSTING), (ServiceAddon, ADDON)):
        ids = [one.id for one in subjects if one.type == kind]
        if not ids:
            continue
        ahead = and_(InvoiceItem.duedate >= model.nextinvoicedate, Invoice.status != "Cancelled")
        rows = db.connection().execute(
            select(InvoiceItem.relid, InvoiceItem.duedate, Invoice.status)
            .join(Invoice, Invoice.id == InvoiceItem.invoiceid)
            .join(model, model.id == InvoiceItem.relid)
            .where(InvoiceItem.type == kind, among(InvoiceItem.relid, ids), or_(Invoice.status.in_(UNPAID), ahead))
        )
        for relid, day, status in rows.all():
            if status in UNPAID:
                unpaid.add((kind, relid))
            if day is not None:
                covered[kind, relid].add(day)
    return unpaid, covered


def _invoiced(db: Session, subjects: Sequence[Subject]) -> dict[int, int]:
    """How many periods have been invoiced of the services whose product ends after some (recurringcycles)."""
    ids = [one.id for one in subjects if one.kind is not None and one.kind.most]
    if not ids:
        return {}
    rows = db.connection().execute(
        select(InvoiceItem.relid, func.count(InvoiceItem.duedate.distinct()))
        .join(Invoice, Invoice.id == InvoiceItem.invoiceid)
        .where(InvoiceItem.type == HOSTING, among(InvoiceItem.relid, ids), Invoice.status != "Cancelled")
        .group_by(InvoiceItem.relid)
    )
    return dict(rows.all())
