"""Tax: which rates a client pays, and what they make of a sum.

Two levels. A rule fits a client by country and state, by country alone, or everybody; the closest one counts, for each
level by itself. Exclusive tax comes on top of the price, inclusive tax is part of it. The second level is taken of the
net sum, or of the net sum with the first level when it is compound (setting TaxL2Compound).
"""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost import settings
from modulehost.money import ZERO, amount
from modulehost.schema import Client, Tax

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Taxed:
    """A sum taken apart: net, and the tax of both levels."""

    net: Decimal
    tax: Decimal = ZERO
    tax2: Decimal = ZERO


def rates(db: Session, client: Client) -> tuple[Decimal, Decimal]:
    """The client's rates in per cent; none when tax is switched off or the client is exempt."""
    if not settings.on(db, "TaxEnabled") or client.taxexempt:
        return Decimal("0.000"), Decimal("0.000")
    rules = db.scalars(select(Tax).order_by(Tax.id)).all()

    def closest(level: int) -> Decimal:
        country, state = client.country.lower(), client.state.lower()
        for wanted in ((country, state), (country, ""), ("", "")):
            for rule in rules:
                if rule.level == level and (rule.country.lower(), rule.state.lower()) == wanted:
                    return rule.taxrate
        return Decimal("0.000")

    return closest(1), closest(2)


def apart(total: Decimal, rate: Decimal, rate2: Decimal, inclusive: bool = False, compound: bool = False) -> Taxed:
    """The net sum and the tax in (inclusive) or on (exclusive) `total`; amounts are rounded half up to two places."""
    first = rate / HUNDRED
    second = rate2 / HUNDRED * (1 + first if compound else 1)
    if not inclusive:
        return Taxed(total, amount(total * first), amount(total * second))
    whole = amount(total - total / (1 + first + second))
    tax2 = amount(total / (1 + first + second) * second)
    return Taxed(total - whole, whole - tax2, tax2)


def of_sum(db: Session, total: Decimal, rate: Decimal, rate2: Decimal) -> Taxed:
    """`apart` by the settings TaxType and TaxL2Compound."""
    inclusive = settings.get(db, "TaxType").lower() == "inclusive"
    return apart(total, rate, rate2, inclusive, settings.on(db, "TaxL2Compound"))
