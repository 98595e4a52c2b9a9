"""What a run goes by: days and settings, read once."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.orm import InstrumentedAttribute, Session

from modulehost import settings
from modulehost.billing import gateways, tax
from modulehost.billing.cycles import CYCLES, Cycle
from modulehost.billing.dates import PeriodTexts
from modulehost.context import ctx_of
from modulehost.money import default_currency
from modulehost.schema import Currency

#: what is invoiced: these go on, the others wait for their acceptance or have ended
BILLED = ("Active", "Suspended")
#: before this day a date is unset
_FIRST = date(1, 1, 1)
_SUFFIX = {
    "monthly": "Monthly", "quarterly": "Quarterly", "semiannually": "SemiAnnually", "annually": "Annually",
    "biennially": "Biennially", "triennially": "Triennially",
}  # fmt: skip


@dataclass(frozen=True)
class Terms:
    """`until` is per cycle key the last day whose periods are invoiced now."""

    today: date
    now: datetime
    until: dict[str, date]
    continuous: bool
    credit: bool
    usage: bool
    gateway: str
    method: tax.Method
    rules: tax.Rules
    periods: PeriodTexts
    currency: Currency

    @cached_property
    def latest(self) -> date:
        """The last day of all cycles."""
        return max(self.until.values())

    def due(
        self, day: InstrumentedAttribute[date | None], label: InstrumentedAttribute[str]
    ) -> ColumnElement[bool]:
        """Whether a row's next period is to be invoiced, by its columns nextinvoicedate and billingcycle."""
        by_day: dict[date, list[str]] = {}
        for key, until in self.until.items():
            by_day.setdefault(until, []).append(CYCLES[key].label)
        first, *later = sorted(by_day)
        # A label in another spelling is due with the shortest time; planning looks at it again.
        cases = [day <= first, *(and_(label.in_(by_day[until]), day <= until) for until in later)]
        return and_(day > _FIRST, day <= self.latest, or_(*cases))


def read(db: Session) -> Terms:
    """The terms as they are now."""
    clock = ctx_of(db).host.clock
    return Terms(
        clock.today(),
        clock.now(),
        {key: clock.today() + timedelta(days=days_before(db, one)) for key, one in CYCLES.items() if key != "free"},
        settings.on(db, "ContinuousInvoiceGeneration"),
        not settings.on(db, "NoAutoApplyCredit"),
        settings.on(db, "mh_invoice_usage"),
        gateways.default(db),
        tax.method(db),
        tax.rules(db),
        PeriodTexts(db),
        default_currency(db),
    )


def days_before(db: Session, name: Cycle) -> int:
    """How many days before its due date a period of this cycle is invoiced: the cycle's own setting, or the general one."""
    own = settings.get(db, f"CreateInvoiceDaysBefore{_SUFFIX[name.key]}").strip() if name.key in _SUFFIX else ""
    if own.isascii() and own.isdecimal():
        return int(own)
    return max(settings.number(db, "CreateInvoiceDaysBefore"), 0)
