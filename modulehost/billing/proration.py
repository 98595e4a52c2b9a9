"""Proration: a first period that ends on the product's own day of the month, and its part of the price.

Customary rather than documented, hence in this place only: the period runs from the order to the next such day D, and its
price is the monthly part of the price by days, of the month that ends on D. From day C of the month on, one whole cycle is
charged with it and the period runs on to that cycle's end; C of 0: never. An order on D itself has a whole cycle.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from modulehost.billing.cycles import Cycle, add_months, cycle
from modulehost.money import amount

#: begins the notes of a line whose period does not end with its cycle, followed by the day on which the next one begins
UNTIL = "mh-until:"


@dataclass(frozen=True)
class Proration:
    """A first period: it lasts to the day before `end`; `days` of `of` days of a month are paid, and `whole` cycles."""

    end: date
    days: int
    of: int
    whole: int

    def share(self, recurring: Decimal, wanted: Cycle, places: int = 2) -> Decimal:
        """What of a recurring price is due for it, half-up."""
        part = amount(recurring / wanted.months * self.days / self.of, places)
        return amount(part + recurring * self.whole)


def first_period(start: date, name: str | Cycle, day: int, charge_next_from: int = 0) -> Proration | None:
    """The first period of something ordered on `start` that is due on the `day`th; None when it has a whole cycle as always."""
    wanted = cycle(name)
    if not wanted.recurs or day < 1:
        return None
    this = add_months(start, 0, day)
    if this == start:
        return None
    begin, end = (add_months(this, -1, day), this) if start < this else (this, add_months(this, 1, day))
    whole = 1 if 0 < charge_next_from <= start.day else 0
    last = add_months(end, wanted.months, day) if whole else end
    return Proration(last, (end - start).days, (end - begin).days, whole)


def note(end: date) -> str:
    """The notes of a line whose period ends before `end`."""
    return f"{UNTIL}{end.isoformat()}"


def end_of(notes: str) -> date | None:
    """The day on which the period after a line's begins, where the line itself says so."""
    if not notes.startswith(UNTIL):
        return None
    try:
        return date.fromisoformat(notes.removeprefix(UNTIL)[:10])
    except ValueError:
        return None
