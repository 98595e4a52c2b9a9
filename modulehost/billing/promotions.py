"""Promotion codes: whether one may be used, and what it takes off.

A promotion names goods by tokens: `3` is a product, `A5` an addon, `D.com` a top-level domain. It takes something off the first
payment of each service that it applies to; a recurring one also off each later invoice, `recurfor` times in all (0: without
end). tblhosting.promoid and promocount say so; tblhosting.amount stays the full price, and every invoice has the discount as a
line of its own (type PromoHosting). An addon has no such columns: what is taken off it for good is off its recurring amount.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from modulehost import money
from modulehost.billing.cycles import Cycle, CycleError, cycle
from modulehost.billing.invoices import Item
from modulehost.billing.prices import Price
from modulehost.context import ctx_of
from modulehost.language import Phrase
from modulehost.money import ZERO, amount
from modulehost.schema import Client, Currency, Order, Product, Promotion, Service, ServiceAddon, same

PERCENTAGE, FIXED, OVERRIDE, FREE_SETUP = "Percentage", "Fixed Amount", "Price Override", "Free Setup"
TYPES = (PERCENTAGE, FIXED, OVERRIDE, FREE_SETUP)
_NOT_ORDERED = ("Cancelled", "Fraud")


class PromotionRefused(ValueError):
    """A code that cannot be used. `key` is the phrase that says why, the message its English text."""

    def __init__(self, key: str) -> None:
        super().__init__(Phrase(key))
        self.key = key


@dataclass(frozen=True)
class Good:
    """What is ordered: `token` as promotions name it, the price of one unit, and how many units each count by themselves.

    `first` is what the first payment of a unit is where it is not the price, as with a first period that is prorated.
    """

    token: str
    cycle: Cycle
    price: Price
    count: int = 1
    first: Price | None = None


NOTHING = Price()


@dataclass(frozen=True)
class Reduction:
    """What is taken off a period of one unit of a good (`setup` and `recurring`), off its first payment, and of how many units."""

    unit: Price
    times: int = 0
    first: Price = NOTHING

    @property
    def total(self) -> Decimal:
        """Off the first payment of all units."""
        return self.first.total * self.times


def find(db: Session, code: str) -> Promotion | None:
    """The promotion with this code, in any case."""
    if not code.strip():
        return None
    return db.scalar(select(Promotion).where(same(Promotion.code, code.strip())).order_by(Promotion.id).limit(1))


def check(
    db: Session,
    code: str,
    *,
    client: Client | None = None,
    tokens: Collection[str] = (),
    upgrade: bool = False,
    anything: bool = False,
) -> Promotion:
    """The promotion, if it may be used now: by this client (None: somebody not known yet), with these goods in the order.

    `upgrade`: for an upgrade order. `anything` (staff): neither dates, uses nor what is required are looked at.
    Raises PromotionRefused.
    """
    found = find(db, code)
    if found is None:
        raise PromotionRefused("ordercodenotfound")
    if anything:
        return found
    today = ctx_of(db).host.clock.today()
    if found.startdate and found.startdate > today:
        raise PromotionRefused("promoprestart")
    if found.expirationdate and found.expirationdate < today:
        raise PromotionRefused("promoexpired")
    if found.maxuses and found.uses >= found.maxuses:
        raise PromotionRefused("promomaxusesreached")
    if upgrade and not found.upgrades:
        raise PromotionRefused("host.promoNotForUpgrades")
    _check_client(db, found, client)
    wanted = listed(found.requires)
    if wanted and not wanted & set(tokens) and not (found.requiresexisting and client and wanted & _held(db, client)):
        raise PromotionRefused("host.promoRequires")
    return found


def _check_client(db: Session, found: Promotion, client: Client | None) -> None:
    if found.existingclient:
        active = select(Service.id).where(
            Service.userid == (client.id if client else 0), Service.domainstatus == "Active"
        )
        if db.scalar(active.limit(1)) is None:
            raise PromotionRefused("promoexistingclient")
    if client is None:
        return
    orders = select(Order.id).where(Order.userid == client.id, Order.status.not_in(_NOT_ORDERED)).limit(1)
    if found.newsignups and db.scalar(orders) is not None:
        raise PromotionRefused("promonewsignupsonly")
    if found.onceperclient and db.scalar(orders.where(same(Order.promocode, found.code))) is not None:
        raise PromotionRefused("promoonceperclient")


def _held(db: Session, client: Client) -> set[str]:
    """The tokens of what the client has running."""
    products = select(Service.packageid).where(Service.userid == client.id, Service.domainstatus == "Active").distinct()
    addons = (
        select(ServiceAddon.addonid).where(ServiceAddon.userid == client.id, ServiceAddon.status == "Active").distinct()
    )
    return {str(id_) for id_ in db.scalars(products)} | {f"A{id_}" for id_ in db.scalars(addons)}


def listed(text: str) -> set[str]:
    """The tokens of a comma list."""
    return {part.strip() for part in text.split(",") if part.strip()}


def cycles(promotion: Promotion) -> set[str]:
    """Keys of the cycles it is for; empty: all."""
    found = set()
    for name in listed(promotion.cycles):
        try:
            found.add(cycle(name).key)
        except CycleError:
            found.add(name)  # names no cycle of this host, and so fits none
    return found


def applies(promotion: Promotion, token: str, wanted: Cycle) -> bool:
    """Whether it takes something off this good in this cycle. Without any `appliesto` it applies to nothing."""
    only = cycles(promotion)
    return token in listed(promotion.appliesto) and (not only or wanted.key in only)


def discount(db: Session, promotion: Promotion, price: Price, currency: Currency) -> Price:
    """What it takes off the first payment of one unit at this price, never more than the price.

    Percentage is off both parts; Fixed Amount off the period's price, its rest off the set-up fee; Price Override makes the
    period cost `value`; Free Setup is the set-up fee. Amounts are entered in the default currency.
    """
    setup, recurring = max(price.setup, ZERO), max(price.recurring, ZERO)
    if promotion.type == FREE_SETUP:
        return Price(setup=setup)
    if promotion.type == PERCENTAGE:
        places, part = money.places(currency), min(max(promotion.value, ZERO), Decimal(100)) / 100
        return Price(amount(amount(setup * part, places)), amount(amount(recurring * part, places)))
    value = amount(money.converted(promotion.value, money.default_currency(db), currency))
    if promotion.type == OVERRIDE:
        return Price(recurring=max(recurring - value, ZERO))
    off = min(value, recurring)
    return Price(min(value - off, setup), off)


def spread(
    db: Session, promotion: Promotion, goods: Sequence[Good], currency: Currency, anything: bool = False
) -> list[Reduction]:
    """What each good of an order gets off, in their order. With `applyonce` the first unit that it applies to, only."""
    found: list[Reduction] = []
    used = False
    for good in goods:
        off = Price()
        if not (used and promotion.applyonce) and (anything or applies(promotion, good.token, good.cycle)):
            off = discount(db, promotion, good.price, currency)
        first = discount(db, promotion, good.first, currency) if off != NOTHING and good.first is not None else off
        times = (1 if promotion.applyonce else good.count) if off.setup or off.recurring else 0
        used = used or times > 0
        found.append(Reduction(off, times, first))
    return found


def take(db: Session, promotion: Promotion) -> None:
    """Count one use, if there is one left: of two orders at the same moment one gets it. Raises PromotionRefused."""
    left = or_(Promotion.maxuses == 0, Promotion.uses < Promotion.maxuses)
    counted = update(Promotion).where(Promotion.id == promotion.id, left).values(uses=Promotion.uses + 1)
    if not db.execute(counted.execution_options(synchronize_session=False)).rowcount:  # type: ignore[attr-defined]
        raise PromotionRefused("promomaxusesreached")
    db.refresh(promotion)


def uses(db: Session, promotion: Promotion) -> int:
    """How many services have it."""
    return db.scalar(select(func.count()).select_from(Service).where(Service.promoid == promotion.id)) or 0


def describe(db: Session, promotion: Promotion, currency: Currency) -> str:
    """What it gives, for carts and invoices: `10% Recurring Discount`, `$5.00 USD One Time Discount`, `Free Setup`."""
    if promotion.type == FREE_SETUP:
        return "Free Setup"
    if promotion.type == PERCENTAGE:
        value = f"{promotion.value.normalize():f}%"
    else:
        value = money.formatted(money.converted(promotion.value, money.default_currency(db), currency), currency)
    what = "Price Override" if promotion.type == OVERRIDE else "Discount"
    return f"{value} {'Recurring' if promotion.recurring else 'One Time'} {what}"


def line(
    db: Session,
    promotion: Promotion,
    service: Service,
    off: Decimal,
    currency: Currency,
    taxed: bool,
    start: date | None = None,
) -> Item:
    """The line of an invoice that takes `off` off a service or one of its addons, whose period starts at `start`."""
    text = line_text(db, promotion, currency)
    return Item(text, -off, "PromoHosting", service.id, taxed, start or service.nextduedate)


def line_text(db: Session, promotion: Promotion, currency: Currency) -> str:
    """What such a line says."""
    return f"Promotional Code: {promotion.code} - {describe(db, promotion, currency)}"


# --- later invoices ------------------------------------------------------------------------------------------------------


def of_service(db: Session, service: Service) -> Promotion | None:
    """The promotion that still takes something off the service's invoices."""
    found = db.get(Promotion, service.promoid) if service.promoid else None
    return found if found is not None and lasts(found, service.promocount or 0) else None


def lasts(promotion: Promotion, used: int) -> bool:
    """Whether it takes something off one more invoice of a service that has had it `used` times."""
    return bool(promotion.recurring) and not (promotion.recurfor and used >= promotion.recurfor)


def renewal(db: Session, service: Service, full: Decimal | None = None) -> Decimal:
    """What the promotion takes off the next period, of `full` (default: the service's recurring amount)."""
    found = of_service(db, service)
    if found is None:
        return ZERO
    currency = money.currency_of(db, db.get(Client, service.userid))
    return discount(db, found, Price(recurring=service.amount if full is None else full), currency).recurring


def renewal_items(db: Session, service: Service) -> list[Item]:
    """The discount line of a service's next invoice, none without discount. Counts the use: the caller invoices in this unit."""
    found, off = of_service(db, service), renewal(db, service)
    if found is None or not off:
        return []
    service.promocount = (service.promocount or 0) + 1
    db.flush()
    product = db.get(Product, service.packageid)
    currency = money.currency_of(db, db.get(Client, service.userid))
    return [line(db, found, service, off, currency, bool(product and product.tax))]


# --- upgrades ------------------------------------------------------------------------------------------------------------


def upgrade_config(promotion: Promotion) -> dict[str, Any]:
    """`type` (product or configoptions), `value`, `discounttype` (Percentage or Fixed Amount) and `configoptions` (ids)."""
    try:
        stored = json.loads(promotion.upgradeconfig or "{}")
    except ValueError:
        stored = {}
    empty = {"value": "0.00", "type": "product", "discounttype": PERCENTAGE, "configoptions": []}
    return {**empty, **(stored if isinstance(stored, dict) else {})}


def upgrade_applies(promotion: Promotion, *, token: str = "", options: Iterable[int] = ()) -> bool:
    """Whether it is for an upgrade to the product `token`, or for changed options (their ids)."""
    config = upgrade_config(promotion)
    if config["type"] == "product":
        return bool(token) and token in listed(promotion.appliesto)
    chosen, changed = {str(one) for one in config["configoptions"]}, {str(one) for one in options}
    return bool(changed) and (not chosen or bool(chosen & changed))


def describe_upgrade(db: Session, promotion: Promotion, currency: Currency) -> str:
    """What it gives for an upgrade: `50% Discount`, `$5.00 USD Discount`."""
    config = upgrade_config(promotion)
    value = amount(str(config["value"] or 0))
    if config["discounttype"] == PERCENTAGE:
        return f"{value.normalize():f}% Discount"
    return f"{money.formatted(money.converted(value, money.default_currency(db), currency), currency)} Discount"


def upgrade_discount(
    db: Session, promotion: Promotion, due: Decimal, currency: Currency, *, token: str = "", options: Iterable[int] = ()
) -> Decimal:
    """What it takes off the amount due for an upgrade to the product `token`, or for changed options (their ids).

    Never more than `due`; a credit (below zero) gets nothing off.
    """
    config = upgrade_config(promotion)
    if not upgrade_applies(promotion, token=token, options=options) or due <= 0:
        return ZERO
    value = amount(str(config["value"] or 0))
    if config["discounttype"] == PERCENTAGE:
        return amount(amount(due * min(max(value, ZERO), Decimal(100)) / 100, money.places(currency)))
    return min(due, amount(money.converted(value, money.default_currency(db), currency)))
