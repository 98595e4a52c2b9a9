"""What an upgrade or a downgrade costs: the arithmetic of the days that are left in the term.

Publicly documented: the old price per day times the days until the next due date is credited, the new price per day times
the same days is charged, and the due date does not change; a free product that becomes a paid one is due one cycle after
the day of the upgrade. The price per day is the recurring amount (the service's own, then the new one) by the days of the cycle.

Customary only, and kept here: the days of a cycle are those of the one that ends on the next due date; both parts are rounded
by themselves; set-up fees are not charged; days before today count as none; a one-time product is credited with its
present price when it becomes another one-time product, and with nothing when it becomes a recurring one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from modulehost.billing import pricing
from modulehost.billing.cycles import FREE, ONETIME, Cycle, CycleError, add_months, anchor_of, cycle, next_date
from modulehost.billing.options import OptionErrors, Selected, not_offered, options_of, options_of_service, read_options
from modulehost.billing.prices import choice_prices
from modulehost.context import ctx_of
from modulehost.language import Phrase
from modulehost.money import ZERO, amount
from modulehost.schema import Currency, Product, Service, table

PACKAGE, CONFIGOPTIONS = "package", "configoptions"
SCALED = 3  # tblproducts.allowqty: one service with a quantity


class NotChanged(ValueError):
    """What was chosen is what the service has."""


@dataclass(frozen=True)
class Change:
    """One row of tblupgrades to be. `original` and `new` are its originalvalue and newvalue; `shown` is for people."""

    kind: str
    original: str
    new: str
    shown: str
    cycle: Cycle
    days: int
    total: int
    credit: Decimal
    charge: Decimal
    recurring: Decimal  # of the whole service after the change
    difference: Decimal  # of the recurring amount

    @property
    def amount(self) -> Decimal:
        """Due today; below zero for a downgrade."""
        return self.charge - self.credit


def term(service: Service, today: date, name: str | Cycle | None = None) -> tuple[int, int]:
    """(days until the next due date, days of the cycle that ends there); `name`: of that cycle and not the service's own.

    (0, 0) for what has no next due date. What was paid ahead makes more days than the cycle has.
    """
    wanted, due = cycle(name or service.billingcycle), service.nextduedate
    if not wanted.recurs or due is None:
        return 0, 0
    begin = add_months(due, -wanted.months, anchor_of(service.regdate, due))
    return max((due - today).days, 0), (due - begin).days


def targets(db: Session, product: Product) -> list[Product]:
    """The products that a product may be changed to (tblproduct_upgrade_products), in the order of the shop."""
    links = table("tblproduct_upgrade_products")
    found = select(Product).join(links, links.c.upgrade_product_id == Product.id)
    found = found.where(links.c.product_id == product.id, Product.retired == 0).distinct()
    return sorted(db.scalars(found), key=lambda one: (one.gid, one.order, one.id))


def set_targets(db: Session, product: Product, wanted: list[int]) -> None:
    """Replace the products that a product may be changed to; the product itself stands for another billing cycle."""
    links, now = table("tblproduct_upgrade_products"), ctx_of(db).host.clock.now()
    db.execute(delete(links).where(links.c.product_id == product.id))
    for target in sorted(set(db.scalars(select(Product.id).where(Product.id.in_(wanted))))):
        db.execute(insert(links).values(product_id=product.id, upgrade_product_id=target, created_at=now, updated_at=now))


def carried(db: Session, service: Service, new: Product, currency: Currency, name: str | Cycle) -> list[Selected]:
    """What the service has of the options that the new product offers too; the others take their defaults."""
    old = db.get(Product, service.packageid)
    has = options_of_service(db, service.id, old) if old is not None else []
    kept = {one.option.id: one.qty if one.option.counts else one.choice.id for one in has}
    found: list[Selected] = []
    for option in options_of(db, new, currency, name, hidden=True):
        values: dict[int, str | int] = {option.id: kept[option.id]} if option.id in kept else {}
        try:
            chosen = read_options(db, new, values, currency, name, hidden=True)
        except OptionErrors:  # what it has is not offered any more
            chosen = read_options(db, new, {}, currency, name, hidden=True)
        found += [one for one in chosen if one.option.id == option.id]
    return found


def quantity(service: Service, product: Product) -> int:
    """The quantity that a service keeps with a product."""
    return max(service.qty, 1) if product.allowqty == SCALED else 1


def package(db: Session, service: Service, new: Product, name: str | Cycle, currency: Currency) -> Change:
    """The change to another product or cycle. Raises NotChanged, NotOffered (pricing), CycleError."""
    today, now_, wanted = ctx_of(db).host.clock.today(), cycle(service.billingcycle), cycle(name)
    old = db.get(Product, service.packageid)
    if service.packageid == new.id and now_ == wanted:
        raise NotChanged(Phrase("host.error.upgradeSame"))
    if wanted not in pricing.cycles_of(db, new, currency):
        raise pricing.NotOffered(pricing.not_sold(new, wanted, pricing.cycles_of(db, new, currency)))
    price = pricing.quote(db, new, currency, wanted, carried(db, service, new, currency, wanted), quantity(service, new)).recurring
    days, total = term(service, today)
    credit = _part(service.amount, days, total) if now_.recurs else ZERO
    if now_.recurs and wanted.recurs:
        charge = _part(price, days, term(service, today, wanted)[1])
    else:
        charge = ZERO if wanted is FREE else price
    if now_ == ONETIME == wanted and old is not None:
        credit = _listed(db, service, old, currency)
    if not now_.recurs and wanted.recurs:
        following = next_date(today, wanted)
        days = total = (following - today).days if following else 0
    recurring = price if wanted.recurs else ZERO
    before = service.amount if now_.recurs else ZERO
    shown = f"{old.name if old else service.packageid} => {new.name}"
    return Change(
        PACKAGE, f"{service.packageid},{now_.key}", f"{new.id},{wanted.key}", shown, wanted, days, total, amount(credit),
        amount(charge), recurring, recurring - before,
    )  # fmt: skip


def option_changes(
    db: Session, service: Service, product: Product, values: Mapping[int, str | int], currency: Currency, hidden: bool = False
) -> list[Change]:
    """One change for each option whose value differs. Raises NotChanged, OptionErrors, NotOffered.

    Only visible options may be changed, unless `hidden`; those that `values` does not name keep what they have.
    """
    name, today = cycle(service.billingcycle), ctx_of(db).host.clock.today()
    allowed = {one.id for one in options_of(db, product, currency, name, hidden=hidden)}
    strange: list[str] = [not_offered(product, one) for one in values if one not in allowed]
    if strange:
        raise OptionErrors(strange)
    has = {one.option.id: one for one in options_of_service(db, service.id, product)}
    kept: dict[int, str | int] = {k: v.qty if v.option.counts else v.choice.id for k, v in has.items() if k in allowed}
    chosen = read_options(db, product, {**kept, **values}, currency, name, hidden=hidden)
    units, (days, total) = quantity(service, product), term(service, today)
    found, recurring = [], service.amount
    for one in chosen:
        before = has.get(one.option.id)
        if one.option.id not in values or (before and (before.choice.id, before.qty) == (one.choice.id, one.qty)):
            continue
        was, is_ = _unit(db, product, currency, name, before) * units, _unit(db, product, currency, name, one) * units
        if name.recurs:
            credit, charge, difference = _part(was, days, total), _part(is_, days, total), is_ - was
        else:
            credit, charge, difference = was, is_, ZERO
        recurring += difference
        found.append(
            Change(CONFIGOPTIONS, f"{one.option.id}=>{_stored(before)}", _stored(one),
                   f"{one.option.label}: {before.shown if before else '-'} => {one.shown}", name, days, total, amount(credit),
                   amount(charge), recurring, difference)
        )  # fmt: skip
    if not found:
        raise NotChanged(Phrase("host.error.nothingChanged"))
    return found


def _part(price: Decimal, days: int, total: int) -> Decimal:
    return amount(price * days / total) if total else ZERO


def _listed(db: Session, service: Service, product: Product, currency: Currency) -> Decimal:
    selected = options_of_service(db, service.id, product)
    try:
        return pricing.quote(db, product, currency, ONETIME, selected, quantity(service, product)).recurring
    except (pricing.NotOffered, CycleError):
        return ZERO


def _unit(db: Session, product: Product, currency: Currency, name: Cycle, one: Selected | None) -> Decimal:
    """What an option's choice costs for one unit of the product in that cycle; nothing when it is not sold so any more."""
    if one is None:
        return ZERO
    price = choice_prices(db, [one.choice.id], currency, name)[one.choice.id]
    return price.recurring * one.qty if price is not None else ZERO


def _stored(one: Selected | None) -> str:
    if one is None:
        return ""
    return str(one.qty if one.option.counts else one.choice.id)
