"""Days and moments as clients read them (settings ClientDateFormat, else DateFormat)."""

from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from modulehost import settings

#: the settings' patterns as strftime takes them
FORMATS = {
    "DD/MM/YYYY": "%d/%m/%Y", "DD.MM.YYYY": "%d.%m.%Y", "DD-MM-YYYY": "%d-%m-%Y", "MM/DD/YYYY": "%m/%d/%Y",
    "YYYY/MM/DD": "%Y/%m/%d", "YYYY-MM-DD": "%Y-%m-%d",
}  # fmt: skip


class DateText(str):
    """A written date that knows its `moment`, so that a page can have it written anew; `timed`: it tells the time, too."""

    moment: datetime
    timed: bool

    def __new__(cls, text: str, moment: datetime, timed: bool = False) -> "DateText":
        made = super().__new__(cls, text)
        made.moment, made.timed = moment, timed
        return made


def date_text(db: Session, day: date | None) -> str:
    """A day as clients read it; empty when unset."""
    if day is None:
        return ""
    return DateText(day.strftime(_pattern(db)), datetime.combine(day, time()))


def read_day(db: Session, text: str) -> date | None:
    """The day that a text in the system's format (setting DateFormat) names; None when it is none."""
    pattern = FORMATS.get((settings.get(db, "DateFormat") or "DD/MM/YYYY").upper(), "%d/%m/%Y")
    try:
        return datetime.strptime(text.strip(), pattern).date()
    except ValueError:
        return None


def moment_text(db: Session, moment: datetime | None) -> str:
    """A day with its time, `31/01/2026 14:05`; empty when unset."""
    if moment is None:
        return ""
    return DateText(moment.strftime(f"{_pattern(db)} %H:%M"), moment, timed=True)


def period_text(db: Session, start: date | None, following: date | None) -> str:
    """`(01/01/2016 - 31/01/2016)`: from the start of a period to the day before the next; empty without an end."""
    return PeriodTexts(db)(start, following)


class PeriodTexts:
    """`period_text` for many periods: the setting is read once, and each text is made once."""

    def __init__(self, db: Session) -> None:
        self._pattern = _pattern(db)
        self._known: dict[tuple[date | None, date | None], str] = {}

    def __call__(self, start: date | None, following: date | None) -> str:
        """The text of one period."""
        if start is None or following is None:
            return ""
        found = self._known.get((start, following))
        if found is None:
            last = following - timedelta(days=1)
            found = self._known[start, following] = f"({start.strftime(self._pattern)} - {last.strftime(self._pattern)})"
        return found


def _pattern(db: Session) -> str:
    chosen = settings.get(db, "ClientDateFormat") or settings.get(db, "DateFormat")
    return FORMATS.get(chosen.upper(), "%d/%m/%Y")
