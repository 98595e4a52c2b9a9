"""date(), strftime codes and the date_format modifier; all times are UTC."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from ..errors import PhpError
from ..objects import HostObject
from .convert import is_array, parse_number, to_int, to_str
from .strtotime import DAY_NAMES, EPOCH, MONTH_NAMES, parse
from .table import Table

DATES = Table()
DAY_ABBR = tuple(name[:3] for name in DAY_NAMES)
MONTH_ABBR = tuple(name[:3] for name in MONTH_NAMES)
add = DATES.add


def moment(stamp: int) -> datetime:
    """A naive UTC datetime of a Unix time."""
    try:
        return EPOCH + timedelta(seconds=stamp)
    except OverflowError:
        raise PhpError(f"The time {stamp} is outside of the calendar") from None


def timestamp(when: date) -> int:
    """The Unix time of a date or datetime (naive ones are UTC)."""
    if isinstance(when, datetime):
        if when.tzinfo is not None:
            when = when.astimezone(UTC).replace(tzinfo=None)
        return int((when - EPOCH).total_seconds())
    return int((datetime(when.year, when.month, when.day) - EPOCH).total_seconds())


def php_date(letters: str, stamp: int) -> str:
    """date()."""
    when = moment(stamp)
    out: list[str] = []
    escaped = False
    for letter in letters:
        if escaped:
            out.append(letter)
            escaped = False
        elif letter == "\\":
            escaped = True
        else:
            out.append(str(_LETTERS[letter](when)) if letter in _LETTERS else letter)
    return "".join(out)


def _suffix(day: int) -> str:
    return "th" if 11 <= day <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")


_LETTERS: dict[str, Callable[[datetime], Any]] = {
    "d": lambda d: f"{d.day:02}", "D": lambda d: DAY_ABBR[d.weekday()], "j": lambda d: d.day,
    "S": lambda d: _suffix(d.day), "l": lambda d: DAY_NAMES[d.weekday()], "N": lambda d: d.isoweekday(),
    "w": lambda d: d.isoweekday() % 7, "z": lambda d: d.timetuple().tm_yday - 1,
    "W": lambda d: f"{d.isocalendar()[1]:02}", "F": lambda d: MONTH_NAMES[d.month], "m": lambda d: f"{d.month:02}",
    "M": lambda d: MONTH_ABBR[d.month], "n": lambda d: d.month, "t": lambda d: calendar.monthrange(d.year, d.month)[1],
    "L": lambda d: int(calendar.isleap(d.year)), "o": lambda d: d.isocalendar()[0], "Y": lambda d: f"{d.year:04}",
    "y": lambda d: f"{d.year % 100:02}", "a": lambda d: "am" if d.hour < 12 else "pm",
    "A": lambda d: "AM" if d.hour < 12 else "PM", "g": lambda d: d.hour % 12 or 12, "G": lambda d: d.hour,
    "h": lambda d: f"{d.hour % 12 or 12:02}", "H": lambda d: f"{d.hour:02}", "i": lambda d: f"{d.minute:02}",
    "s": lambda d: f"{d.second:02}", "u": lambda d: "000000", "v": lambda d: "000", "e": lambda d: "UTC",
    "I": lambda d: "0", "O": lambda d: "+0000", "P": lambda d: "+00:00", "p": lambda d: "Z", "T": lambda d: "UTC",
    "Z": lambda d: "0", "U": timestamp, "B": lambda d: f"{int((timestamp(d) + 3600) % 86400 / 86.4):03}",
    "c": lambda d: php_date("Y-m-d\\TH:i:sP", timestamp(d)), "r": lambda d: php_date("D, d M Y H:i:s O", timestamp(d)),
}  # fmt: skip


def strftime(template: str, stamp: int) -> str:
    """strftime() in the C locale."""
    when = moment(stamp)
    return _STRFTIME.sub(lambda match: _code(match.group(1), when), template)


def _code(code: str, when: datetime) -> str:
    if code in _LONGER:
        return _STRFTIME.sub(lambda match: _code(match.group(1), when), _LONGER[code])
    return str(_CODES[code](when)) if code in _CODES else "%" + code


_STRFTIME = re.compile(r"%([a-zA-Z%])")
_LONGER = {
    "r": "%I:%M:%S %p", "R": "%H:%M", "T": "%H:%M:%S", "X": "%H:%M:%S", "D": "%m/%d/%y", "x": "%m/%d/%y",
    "F": "%Y-%m-%d", "c": "%a %b %e %H:%M:%S %Y", "v": "%e-%b-%Y",
}  # fmt: skip
_CODES: dict[str, Callable[[datetime], Any]] = {
    "a": _LETTERS["D"], "A": _LETTERS["l"], "d": _LETTERS["d"], "e": lambda d: f"{d.day:2}",
    "j": lambda d: f"{d.timetuple().tm_yday:03}", "u": _LETTERS["N"], "w": _LETTERS["w"], "V": _LETTERS["W"],
    "U": lambda d: f"{(d.timetuple().tm_yday + 6 - d.isoweekday() % 7) // 7:02}",
    "W": lambda d: f"{(d.timetuple().tm_yday + 6 - d.weekday()) // 7:02}",
    "b": _LETTERS["M"], "h": _LETTERS["M"], "B": _LETTERS["F"], "m": _LETTERS["m"],
    "C": lambda d: f"{d.year // 100:02}", "g": lambda d: f"{d.isocalendar()[0] % 100:02}", "G": _LETTERS["o"],
    "y": _LETTERS["y"], "Y": lambda d: d.year, "H": _LETTERS["H"], "k": lambda d: f"{d.hour:2}", "I": _LETTERS["h"],
    "l": lambda d: f"{d.hour % 12 or 12:2}", "M": _LETTERS["i"], "p": _LETTERS["A"], "P": _LETTERS["a"],
    "S": _LETTERS["s"], "z": _LETTERS["O"], "Z": _LETTERS["e"], "s": timestamp, "n": lambda d: "\n",
    "t": lambda d: "\t", "%": lambda d: "%",
}  # fmt: skip


def to_timestamp(value: Any, now: int) -> int:
    """The time a value stands for, as the date_format modifier reads it; unreadable text is now."""
    if isinstance(value, HostObject):
        return to_int(value.call_method("getTimestamp", []))
    if isinstance(value, date):
        return timestamp(value)
    if isinstance(value, int | float):
        return to_int(value)
    text = to_str(value)
    if re.fullmatch(r"\d{14}", text):
        fields = [int(text[:4]), *(int(text[at : at + 2]) for at in range(4, 14, 2))]
        year, month, day, hour, minute, second = fields
        try:
            return timestamp(datetime(year, month, day, hour, minute, second))
        except ValueError:
            return now
    number, whole = parse_number(text)
    if whole and number is not None:
        return to_int(number)
    found = parse(text, now)
    return now if found is None else found


def date_format(page: Any, value: Any = None, template: Any = None, default: Any = "", kind: Any = "auto") -> str:
    """The date_format modifier."""
    template = "%b %e, %Y" if template is None else to_str(template)

    def empty(candidate: Any) -> bool:
        return not candidate or (isinstance(candidate, str) and candidate in ("0", "0000-00-00", "0000-00-00 00:00:00"))

    if empty(value) or is_array(value):
        if empty(default):
            return ""
        value = default
    stamp = to_timestamp(value, page.now())
    return strftime(template, stamp) if "%" in template else php_date(template, stamp)


add("time", "", page=True)(lambda page: page.now())
add("microtime", "b?", page=True)(lambda page, as_float=False: float(page.now()))
add("date gmdate", "s i!?", page=True)(lambda page, f, t=None: php_date(f, page.now() if t is None else t))
add("strtotime", "s i!?", page=True)(lambda page, s, n=None: _strtotime(s, page.now() if n is None else n))
add("mktime gmmktime", "i i!? i!? i!? i!? i!?", page=True)(lambda page, *parts: _mktime(page, parts))
add("checkdate", "i i i")(lambda m, d, y: 1 <= m <= 12 and 1 <= y < 9999 and 1 <= d <= calendar.monthrange(y, m)[1])


def _strtotime(text: str, now: int) -> int | bool:
    found = parse(text, now)
    return False if found is None else found


def _mktime(page: Any, parts: tuple[int | None, ...]) -> int:
    now = moment(page.now())
    defaults = [now.hour, now.minute, now.second, now.month, now.day, now.year]
    given = [*parts, *[None] * (6 - len(parts))]
    hour, minute, second, month, day, year = (d if p is None else p for p, d in zip(given, defaults, strict=True))
    year += (month - 1) // 12
    try:
        start = datetime(year, (month - 1) % 12 + 1, 1)
        return timestamp(start + timedelta(days=day - 1, hours=hour, minutes=minute, seconds=second))
    except (ValueError, OverflowError):
        raise PhpError("mktime(): the date is outside of the calendar") from None
