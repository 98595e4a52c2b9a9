"""Proration: a first period that ends on a given day, and its part of the price.

Customary rather than documented, hence in this place only. A product's first period runs from the order to the next day D of a
month, and its price is the monthly part of the price by days, of the month that ends on D. From day C of the month on, one
whole cycle is charged with it and the period runs on to that cycle's end; C of 0: never. An order on D itself has a whole
cycle. An addon's first period runs to the next date on which it can fall due together with its service, and its price is that
of its cycle by days.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from modulehost.billing.cycles import Cycle, add_months, cycle
from modulehost.money import ZERO, amount

#: begins the notes of a line whose period does not end with its cycle, followed by the day on which the next one begins
UNTIL = "mh-until:"


@dataclass(frozen=True)
class Proration:
    """A first period to the day before `end`: `days` of the `of` days that `months` months have, and `whole` cycles."""

    end: date
    days: int
    of: int
    months: int
    whole: int = 0

    def share(self, recurring: Decimal, wanted: Cycle, places: int = 2) -> Decimal:
        """What of a recurring price is due for it, half-up."""
        part = amount(recurring * self.months / wanted.months * self.days / self.of, places) if recurring else ZERO
        return amount(part + recurring * self.whole)


def first_period(start: date, name: str | Cycle, day: int, charge_next_from: int = 0) -> Proration | None:
    """The first period of a product ordered on `start` that is due on the `day`th; None when it has a whole cycle as always."""
    wanted = cycle(name)
    if not wanted.recurs or day < 1:
        return None
    this = add_months(start, 0, day)
    if this == start:
        return None
    begin, end = (add_months(this, -1, day), this) if start < this else (this, add_months(this, 1, day))
    whole = 1 if 0 < charge_next_from <= start.day else 0
    last = add_months(end, wanted.months, day) if whole else end
    return Proration(last, (end - start).days, (end - begin).days, 1, whole)


def with_service(start: date, name: str | Cycle, due: date | None) -> Proration | None:
    """The first period of an addon ordered on `start` for a service that is due on `due`; None when it has a whole cycle."""
    wanted = cycle(name)
    if not wanted.recurs or due is None or due <= start:
        return None
    end, steps = due, 0
    while (begin := add_months(due, -wanted.months * (steps + 1), due.day)) > start:
        end, steps = begin, steps + 1
    return None if begin == start else Proration(end, (end - start).days, (end - begin).days, wanted.months)


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
