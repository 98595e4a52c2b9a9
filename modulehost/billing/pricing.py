"""The price of an order line: product, cycle, options and quantity together.

total = set-up + one period; an option's part is its unit price times the chosen quantity, and the whole is multiplied by
the number of products.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from modulehost.billing import proration
from modulehost.billing.cycles import Cycle, cycle, told
from modulehost.billing.options import (
    HIGHEST_QUANTITY,
    Choice,
    Option,
    OptionErrors,
    Selected,
    options_of,
    read_options,
)
from modulehost.billing.prices import Price, choice_prices, currency_id, cycles_of, product_price
from modulehost.language import Phrase
from modulehost.money import ZERO, places
from modulehost.schema import Currency, Product

__all__ = [
    "HIGHEST_QUANTITY",
    "Choice",
    "Line",
    "NotOffered",
    "Option",
    "OptionErrors",
    "Price",
    "Quote",
    "Selected",
    "cycles_of",
    "options_of",
    "product_price",
    "quote",
    "read_options",
]
#: the highest amount that the money columns, decimal(16,2), hold
HIGHEST_AMOUNT = Decimal("99999999999999.99")


class NotOffered(ValueError):
    """A product that cannot be bought so; the text says what is offered."""


@dataclass(frozen=True)
class Line:
    """One line of a quote: the product (`option_id` 0) or an option, for all units of the order line."""

    description: str
    shown: str
    setup: Decimal
    recurring: Decimal
    option_id: int = 0


@dataclass(frozen=True)
class Quote:
    """What an order line costs: `setup` once, `recurring` each period (or once), `total` first.

    `first` is what of the price the first period costs. It differs where the product bills on a day of the month, and then
    `until` is the day on which the next period begins.
    """

    cycle: Cycle
    qty: int
    lines: tuple[Line, ...]
    setup: Decimal
    recurring: Decimal
    first: Decimal
    until: date | None = None

    @property
    def total(self) -> Decimal:
        """Due with the first invoice."""
        return self.setup + self.first


def quote(
    db: Session,
    product: Product,
    currency: Currency | int,
    name: str | Cycle,
    selected: Sequence[Selected] = (),
    qty: int = 1,
    override: Price | None = None,
    less: Decimal = ZERO,
    start: date | None = None,
) -> Quote:
    """The price of `qty` times a product with the options chosen; `override` stands in for the product's own price.

    `start`: the day of the order, from which a first period may be prorated; None: a whole period is priced.
    `less`: per cent that the client's group takes off (billing.clientgroups); of each unit, and not off an override.
    Raises NotOffered when the product has no price in that currency and cycle, or an option's choice has none, or the
    sum is more than an invoice can hold.
    """
    wanted = cycle(name)
    own = product_price(db, product, currency, wanted) if override is None else None
    base = override or (own.reduced(less) if own else None)
    if base is None:
        raise NotOffered(not_sold(product, wanted, cycles_of(db, product, currency)))
    # Prices are read anew: the selection may have been read for another cycle.
    prices = choice_prices(db, {one.choice.id for one in selected}, currency_id(currency), wanted)
    lines = [_line(product.name, wanted.label, base.times(qty))]
    for one in selected:
        unit = prices[one.choice.id]
        if unit is None:
            text = Phrase("host.error.choiceCycle", option=one.option.label, choice=one.choice.label, cycle=told(wanted))
            raise NotOffered(text)
        lines.append(_line(one.option.label, one.shown, unit.reduced(less).times(one.qty * qty), one.option.id))
    setup, recurring = sum((x.setup for x in lines), ZERO), sum((x.recurring for x in lines), ZERO)
    found = Quote(wanted, qty, tuple(lines), setup, recurring, recurring)
    if start is not None and product.proratabilling:
        found = _prorated(found, product, currency, start)
    if max(abs(found.total), abs(setup + recurring)) > HIGHEST_AMOUNT:
        raise NotOffered(Phrase("host.error.totalTooHigh", product=product.name, most=HIGHEST_AMOUNT))
    return found


def _prorated(found: Quote, product: Product, currency: Currency | int, start: date) -> Quote:
    first = proration.first_period(start, found.cycle, product.proratadate, product.proratachargenextmonth)
    if first is None:
        return found
    services = found.qty if product.allowqty == 1 else 1  # each of several services is an invoice line, rounded by itself
    decimals = 2 if isinstance(currency, int) else places(currency)
    part = first.share(found.recurring / services, found.cycle, decimals) * services
    return replace(found, first=part, until=first.end)


def not_sold(product: Product, wanted: Cycle, offered: Sequence[Cycle]) -> Phrase:
    """That a product cannot be had in a cycle, and in which it can."""
    if not offered:
        return Phrase("host.error.noPrice", product=product.name)
    return Phrase("host.error.cycle", product=product.name, cycle=told(wanted), cycles=[told(one) for one in offered])


def _line(description: str, shown: str, price: Price, option_id: int = 0) -> Line:
    return Line(description, shown, price.setup, price.recurring, option_id)
