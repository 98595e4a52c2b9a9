"""date(), strftime codes and the date_format modifier; all times are UTC."""

from __future__ import annotations

import calendar
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

from ..errors import PhpError
from ..objects import HostObject
from .convert import is_array, parse_number, to_int, to_str
from .strtotime import EPOCH, parse
from .table import Table

DATES = Table()
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
            out.append(_letter(letter, when, stamp))
    return "".join(out)


def _letter(letter: str, when: datetime, stamp: int) -> str:
    iso = when.isocalendar()
    hour = when.hour % 12 or 12
    suffix = "th" if 11 <= when.day <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(when.day % 10, "th")
    simple: dict[str, Any] = {
        "d": f"{when.day:02}", "D": calendar.day_abbr[when.weekday()], "j": when.day, "S": suffix,
        "l": calendar.day_name[when.weekday()], "N": iso[2], "w": iso[2] % 7, "z": when.timetuple().tm_yday - 1,
        "W": f"{iso[1]:02}", "F": calendar.month_name[when.month], "m": f"{when.month:02}", "v": "000",
        "M": calendar.month_abbr[when.month], "n": when.month, "t": calendar.monthrange(when.year, when.month)[1],
        "L": int(calendar.isleap(when.year)), "o": iso[0], "Y": f"{when.year:04}", "y": f"{when.year % 100:02}",
        "a": "am" if when.hour < 12 else "pm", "A": "AM" if when.hour < 12 else "PM", "g": hour, "G": when.hour,
        "h": f"{hour:02}", "H": f"{when.hour:02}", "i": f"{when.minute:02}", "s": f"{when.second:02}",
        "u": "000000", "e": "UTC", "I": "0", "O": "+0000", "P": "+00:00", "p": "Z", "T": "UTC", "Z": "0", "U": stamp,
        "B": f"{int(((stamp + 3600) % 86400) / 86.4):03}",
    }  # fmt: skip
    if letter == "c":
        return php_date("Y-m-d\\TH:i:sP", stamp)
    if letter == "r":
        return php_date("D, d M Y H:i:s O", stamp)
    return str(simple.get(letter, letter))


def strftime(template: str, stamp: int) -> str:
    """strftime() in the C locale."""
    when = moment(stamp)
    return re.sub(r"%([a-zA-Z%])", lambda match: _code(match.group(1), when, stamp), template)


def _code(code: str, when: datetime, stamp: int) -> str:
    iso = when.isocalendar()
    hour = when.hour % 12 or 12
    yday = when.timetuple().tm_yday
    simple: dict[str, Any] = {
        "a": calendar.day_abbr[when.weekday()], "A": calendar.day_name[when.weekday()], "d": f"{when.day:02}",
        "e": f"{when.day:2}", "j": f"{yday:03}", "u": iso[2], "w": iso[2] % 7, "V": f"{iso[1]:02}",
        "U": f"{(yday + 6 - iso[2] % 7) // 7:02}", "W": f"{(yday + 6 - (iso[2] - 1)) // 7:02}",
        "b": calendar.month_abbr[when.month], "h": calendar.month_abbr[when.month],
        "B": calendar.month_name[when.month], "m": f"{when.month:02}", "C": f"{when.year // 100:02}",
        "g": f"{iso[0] % 100:02}", "G": iso[0], "y": f"{when.year % 100:02}", "Y": when.year,
        "H": f"{when.hour:02}", "k": f"{when.hour:2}", "I": f"{hour:02}", "l": f"{hour:2}",
        "M": f"{when.minute:02}", "p": "AM" if when.hour < 12 else "PM", "P": "am" if when.hour < 12 else "pm",
        "S": f"{when.second:02}", "z": "+0000", "Z": "UTC", "s": stamp, "n": "\n", "t": "\t", "%": "%",
    }  # fmt: skip
    longer = {
        "r": "%I:%M:%S %p", "R": "%H:%M", "T": "%H:%M:%S", "X": "%H:%M:%S", "D": "%m/%d/%y", "x": "%m/%d/%y",
        "F": "%Y-%m-%d", "c": "%a %b %e %H:%M:%S %Y", "v": "%e-%b-%Y",
    }  # fmt: skip
    return strftime(longer[code], stamp) if code in longer else str(simple.get(code, "%" + code))


def to_timestamp(value: Any, now: int) -> int:
    """The time a value stands for, as the date_format modifier reads it; unreadable text is now."""
    if isinstance(value, HostObject):
        return to_int(value.call_method("getTimestamp", []))
    if isinstance(value, date):
        return timestamp(value)
    if isinstance(value, int | float):
        return int(value)
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
        return int(number)
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
