"""Tax: which rates a client pays, and what they make of a sum.

Two levels. A rule fits by country and state, by country alone, or everybody; the closest one counts, for each level by
itself. Exclusive tax comes on top of the price, inclusive tax is part of it. The second level is taken of the net sum, or of
the net sum with the first level's tax when it is compound (setting TaxL2Compound). Tax is computed of the whole sum, or line
by line and then added up (setting TaxPerLineItem), half-up to the places of the currency.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost import settings
from modulehost.money import ZERO, amount
from modulehost.schema import Client, Tax

HUNDRED = Decimal(100)
NONE = Decimal("0.000")


@dataclass(frozen=True)
class Taxed:
    """A sum taken apart: net, and the tax of both levels."""

    net: Decimal
    tax: Decimal = ZERO
    tax2: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        """What is to be paid."""
        return self.net + self.tax + self.tax2

    def __add__(self, other: "Taxed") -> "Taxed":
        return Taxed(self.net + other.net, self.tax + other.tax, self.tax2 + other.tax2)


@dataclass(frozen=True)
class Levels:
    """The rules that count for somebody; None: no tax of that level."""

    first: Tax | None = None
    second: Tax | None = None

    @property
    def rates(self) -> tuple[Decimal, Decimal]:
        """Both rates in per cent."""
        return (self.first.taxrate if self.first else NONE, self.second.taxrate if self.second else NONE)

    @property
    def names(self) -> tuple[str, str]:
        """What people call the two taxes, such as `VAT`; empty without a rule."""
        return (self.first.name if self.first else "", self.second.name if self.second else "")


@dataclass(frozen=True)
class Rules:
    """All rules, none while tax is switched off: read once, asked for many clients."""

    rows: tuple[Tax, ...] = ()

    def levels(self, country: str, state: str = "") -> Levels:
        """The rules for an address: of each level the closest one."""
        here = (country.strip().lower(), state.strip().lower())
        order = {here: 0, (here[0], ""): 1, ("", ""): 2}
        found: dict[int, tuple[int, Tax]] = {}
        for rule in self.rows:
            closeness = order.get((rule.country.strip().lower(), rule.state.strip().lower()))
            if closeness is not None and (rule.level not in found or closeness < found[rule.level][0]):
                found[rule.level] = (closeness, rule)
        first, second = found.get(1), found.get(2)
        return Levels(first[1] if first else None, second[1] if second else None)


def rules(db: Session) -> Rules:
    """The rules as they are now (setting TaxEnabled)."""
    if not settings.on(db, "TaxEnabled"):
        return Rules()
    return Rules(tuple(db.scalars(select(Tax).order_by(Tax.id))))


def levels(db: Session, country: str, state: str = "") -> Levels:
    """The rules for an address; none while tax is switched off."""
    return rules(db).levels(country, state)


def of_client(db: Session, client: Client) -> Levels:
    """The rules for a client; none when the client is exempt."""
    return Levels() if client.taxexempt else levels(db, client.country, client.state)


def rates(db: Session, client: Client) -> tuple[Decimal, Decimal]:
    """The client's rates in per cent; none when tax is switched off or the client is exempt."""
    return of_client(db, client).rates


def inclusive(db: Session) -> bool:
    """Whether prices contain the tax (setting TaxType)."""
    return settings.get(db, "TaxType").lower() == "inclusive"


def taxes(db: Session, kind: str) -> bool:
    """Whether lines of a kind that no product or addon decides about are taxed: LateFee or CustomInvoices."""
    return settings.on(db, f"Tax{kind}")


def apart(
    total: Decimal, rate: Decimal, rate2: Decimal, inclusive: bool = False, compound: bool = False, places: int = 2
) -> Taxed:
    """The net sum and the tax in (inclusive) or on (exclusive) `total`, rounded half up to `places`."""
    first, second = rate / HUNDRED, rate2 / HUNDRED
    if not inclusive:
        tax = amount(total * first, places)
        return Taxed(total, amount(tax), amount((total + tax if compound else total) * second, places))
    factor = (1 + first) * (1 + second) if compound else 1 + first + second
    whole = amount(total - total / factor, places)
    tax2 = amount(total / factor * ((1 + first) if compound else 1) * second, places)
    return Taxed(total - whole, whole - tax2, tax2)


@dataclass(frozen=True)
class Method:
    """How tax is computed: part of the price, the second level on the first one, line by line."""

    inclusive: bool = False
    compound: bool = False
    per_line: bool = False

    def of_lines(self, lines: Iterable[Decimal], rate: Decimal, rate2: Decimal, places: int = 2) -> Taxed:
        """The taxed lines of an invoice or a cart together: of their sum, or each for itself."""
        if not self.per_line:
            return self.of_sum(sum(lines, ZERO), rate, rate2, places)
        return sum((self.of_sum(line, rate, rate2, places) for line in lines), Taxed(ZERO))

    def of_sum(self, total: Decimal, rate: Decimal, rate2: Decimal, places: int = 2) -> Taxed:
        """`apart` in this way."""
        if not (rate or rate2):
            return Taxed(total)
        return apart(total, rate, rate2, self.inclusive, self.compound, places)


def method(db: Session) -> Method:
    """The settings TaxType, TaxL2Compound and TaxPerLineItem, read once for many sums."""
    return Method(inclusive(db), settings.on(db, "TaxL2Compound"), settings.on(db, "TaxPerLineItem"))


def of_sum(db: Session, total: Decimal, rate: Decimal, rate2: Decimal, places: int = 2) -> Taxed:
    """`apart` by the settings TaxType and TaxL2Compound."""
    return method(db).of_sum(total, rate, rate2, places)


def of_lines(db: Session, lines: Iterable[Decimal], rate: Decimal, rate2: Decimal, places: int = 2) -> Taxed:
    """The taxed lines of an invoice or a cart together: of their sum, or each for itself (setting TaxPerLineItem)."""
    return method(db).of_lines(lines, rate, rate2, places)
