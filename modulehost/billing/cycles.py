"""Billing cycles: their names in the API, the tables and the price columns, and the dates they lead to.

A due date that falls on a day its month does not have is the month's last day, and the service goes back to its own day
in the next month that has it: a service of January 31 is due on February 28 and on March 31.
"""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from modulehost.language import Phrase


class CycleError(ValueError):
    """A word that names no billing cycle."""


@dataclass(frozen=True)
class Cycle:
    """One cycle. `key` as API and cart say it, `label` as tblhosting.billingcycle holds it; `months` 0: never again.

    `column` and `setup_column` are those of tblpricing, empty for the free cycle.
    """

    key: str
    label: str
    months: int
    column: str
    setup_column: str

    @property
    def recurs(self) -> bool:
        """Whether there is a next time."""
        return self.months > 0


FREE = Cycle("free", "Free Account", 0, "", "")
ONETIME = Cycle("onetime", "One Time", 0, "monthly", "msetupfee")
MONTHLY = Cycle("monthly", "Monthly", 1, "monthly", "msetupfee")
CYCLES: dict[str, Cycle] = {
    one.key: one
    for one in (
        FREE,
        ONETIME,
        MONTHLY,
        Cycle("quarterly", "Quarterly", 3, "quarterly", "qsetupfee"),
        Cycle("semiannually", "Semi-Annually", 6, "semiannually", "ssetupfee"),
        Cycle("annually", "Annually", 12, "annually", "asetupfee"),
        Cycle("biennially", "Biennially", 24, "biennially", "bsetupfee"),
        Cycle("triennially", "Triennially", 36, "triennially", "tsetupfee"),
    )
}
RECURRING: tuple[Cycle, ...] = tuple(one for one in CYCLES.values() if one.recurs)


def cycle(name: "str | Cycle") -> Cycle:
    """The cycle called `name`: a key (`semiannually`, `freeaccount`) or a label (`Semi-Annually`, `One-Time`).

    Raises CycleError.
    """
    if isinstance(name, Cycle):
        return name
    plain = "".join(letter for letter in name.lower() if letter.isalpha())
    found = CYCLES.get("free" if plain == "freeaccount" else plain)
    if found is None:
        text = f"{name!r} is not a billing cycle; use one of {', '.join(CYCLES)}"
        raise CycleError(Phrase("host.cycleInvalid", text))
    return found


def told(one: Cycle) -> Phrase:
    """A cycle's label as an error says it."""
    return Phrase(f"orderpaymentterm{one.key}", one.label)


def next_date(day: date, name: "str | Cycle", anchor: int | None = None) -> date | None:
    """The due date after `day`; None for free and one-time. `anchor` is the service's own day of the month (1 to 31)."""
    months = cycle(name).months
    return add_months(day, months, anchor) if months else None


def period_end(day: date, name: "str | Cycle", anchor: int | None = None) -> date | None:
    """The last day of the period that starts on `day`; None for free and one-time."""
    following = next_date(day, name, anchor)
    return following - timedelta(days=1) if following else None


def add_months(day: date, months: int, anchor: int | None = None) -> date:
    """`day` moved by whole months, on the anchor's day of the month or the last one the month has."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(anchor or day.day, last))


def anchor_of(registered: date | None, due: date, prorated: int = 0) -> int:
    """The day of the month a service is due on: its own one while `due` is only a short month's stand-in.

    Its own day is that of its registration, or of its product's proration when `due` keeps to that one (`prorated`, 0: none).
    """
    last = calendar.monthrange(due.year, due.month)[1]
    if prorated and min(prorated, last) == due.day:
        return prorated
    if registered is not None and due.day == last and registered.day > due.day:
        return registered.day
    return due.day
