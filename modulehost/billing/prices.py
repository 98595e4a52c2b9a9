"""What tblpricing holds for products, product addons and for the choices of configurable options.

A recurring price of -1.00 means that the cycle is not offered; 0.00 is a price. One-time prices stand in the monthly
columns. Nothing is converted between currencies: what has no row in a currency is not sold in it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost.billing.cycles import CYCLES, FREE, ONETIME, RECURRING, Cycle, CycleError, cycle
from modulehost.money import ZERO, amount
from modulehost.schema import Addon, Currency, Pricing, Product

NOT_OFFERED = Decimal("-1.00")


@dataclass(frozen=True)
class Price:
    """A set-up fee and what is paid for each period (or once, or nothing)."""

    setup: Decimal = ZERO
    recurring: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """Both together: what is paid first."""
        return self.setup + self.recurring

    def times(self, count: int) -> "Price":
        """The price of `count` units."""
        return Price(self.setup * count, self.recurring * count)

    def reduced(self, percent: Decimal) -> "Price":
        """This price less so many per cent, half-up."""
        if not percent:
            return self
        part = 1 - percent / 100
        return Price(amount(self.setup * part), amount(self.recurring * part))

    def __add__(self, other: "Price") -> "Price":
        return Price(self.setup + other.setup, self.recurring + other.recurring)


def currency_id(currency: Currency | int) -> int:
    """tblcurrencies.id of a row or an id."""
    return currency if isinstance(currency, int) else currency.id


def product_price(db: Session, product: Product, currency: Currency | int, name: str | Cycle) -> Price | None:
    """What `product` costs in that currency and cycle, without options; None when it is not offered so."""
    wanted = cycle(name)
    if wanted not in _cycles_of_paytype(product.paytype):
        return None
    if wanted is FREE:
        return Price()
    row = _row(db, "product", product.id, currency)
    return _price(row, wanted) if row else None


def cycles_of(db: Session, product: Product, currency: Currency | int) -> list[Cycle]:
    """The cycles in which a product can be bought in that currency, shortest first."""
    possible = _cycles_of_paytype(product.paytype)
    if possible == (FREE,):
        return [FREE]
    row = _row(db, "product", product.id, currency)
    return [one for one in possible if row and _price(row, one) is not None]


def addon_price(db: Session, addon: Addon, currency: Currency | int, name: str | Cycle) -> Price | None:
    """What one unit of a product addon costs in that currency and cycle; None when it is not offered so."""
    wanted = cycle(name)
    if wanted not in _cycles_of_addon(addon):
        return None
    if wanted is FREE:
        return Price()
    row = _row(db, "addon", addon.id, currency)
    return _addon_price(row, addon, wanted) if row else None


def addon_cycles(db: Session, addon: Addon, currency: Currency | int) -> list[Cycle]:
    """The cycles in which a product addon can be bought in that currency, shortest first."""
    possible = _cycles_of_addon(addon)
    if possible == (FREE,):
        return [FREE]
    row = _row(db, "addon", addon.id, currency)
    return [one for one in possible if row and _addon_price(row, addon, one) is not None]


def _cycles_of_addon(addon: Addon) -> tuple[Cycle, ...]:
    """tbladdons.billingcycle: free, onetime, recurring, or the name of the only cycle."""
    kind = addon.billingcycle.strip().lower()
    if kind == "recurring":
        return RECURRING
    try:
        return (cycle(kind or "free"),)
    except CycleError:
        return ()


def _addon_price(row: Pricing, addon: Addon, wanted: Cycle) -> Price | None:
    # An addon that names its only cycle has its price in the monthly columns, as one-time prices have.
    return _price(row, wanted if addon.billingcycle.strip().lower() == "recurring" else ONETIME)


def choice_prices(db: Session, choices: Iterable[int], currency: Currency | int, name: str | Cycle) -> dict[int, Price | None]:
    """Per choice (tblproductconfigoptionssub.id) its price in that currency and cycle.

    None: not offered. A choice without a price row costs nothing, and so does every choice of a free product. A price
    below zero other than -1.00 is a discount.
    """
    wanted, ids = cycle(name), list(choices)
    prices: dict[int, Price | None] = dict.fromkeys(ids, Price())
    if wanted is FREE or not ids:
        return prices
    rows = select(Pricing).where(
        Pricing.type == "configoptions", Pricing.relid.in_(ids), Pricing.currency == currency_id(currency)
    )
    for row in db.scalars(rows.order_by(Pricing.id.desc())):
        recurring, setup = getattr(row, wanted.column), getattr(row, wanted.setup_column)
        prices[row.relid] = None if recurring == NOT_OFFERED else Price(setup, recurring)
    return prices


def _cycles_of_paytype(paytype: str) -> tuple[Cycle, ...]:
    return {"free": (FREE,), "onetime": (ONETIME,), "recurring": RECURRING}.get(paytype.lower(), tuple(CYCLES.values()))


def _row(db: Session, kind: str, relid: int, currency: Currency | int) -> Pricing | None:
    found = select(Pricing).where(
        Pricing.type == kind, Pricing.relid == relid, Pricing.currency == currency_id(currency)
    )
    return db.scalar(found.order_by(Pricing.id).limit(1))


def _price(row: Pricing, wanted: Cycle) -> Price | None:
    recurring: Decimal = getattr(row, wanted.column)
    return None if recurring < 0 else Price(max(getattr(row, wanted.setup_column), ZERO), recurring)
