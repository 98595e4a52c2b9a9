"""Dates in words and figures, as strtotime() reads them; all times are UTC."""

from __future__ import annotations

import calendar
import re
from datetime import datetime, timedelta

EPOCH = datetime(1970, 1, 1)
MONTH_NAMES: tuple[str, ...] = ("", "January", "February", "March", "April", "May", "June", "July", "August", "September")
MONTH_NAMES += ("October", "November", "December")
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = {name.lower(): at for at, name in enumerate(MONTH_NAMES) if name}
MONTHS |= {name[:3]: at for name, at in MONTHS.items()} | {"sept": 9}
DAYS = {name.lower(): at for at, name in enumerate(DAY_NAMES)}
DAYS |= {name[:3]: at for name, at in DAYS.items()} | {"tues": 1, "wednes": 2, "thur": 3, "thurs": 3}
_MONTH = "(?:" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b\.?"
_DAY = "(?:" + "|".join(sorted(DAYS, key=len, reverse=True)) + r")\b"
_UNIT = (
    r"(?:sec(?:ond)?s?|min(?:ute)?s?|hours?|days?|weekdays?|weeks?|fortnights?|months?|years?|" + _DAY + r")"
)
_WORDS = {
    "last": -1, "previous": -1, "this": 0, "next": 1, "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5,
    "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12,
}  # fmt: skip
_TOKENS = re.compile(
    rf"""[\s,]*(?:
    (?P<stamp>@-?\d+(?:\.\d*)?)
    |(?P<iso>(?P<y>[+-]?\d{{4}})-(?P<m>\d{{1,2}})(?:-(?P<d>\d{{1,2}}))?(?=[T\s,]|$))
    |(?P<us>(?P<um>\d{{1,2}})/(?P<ud>\d{{1,2}})/(?P<uy>\d{{4}}|\d{{2}}))
    |(?P<ys>(?P<ysy>\d{{4}})/(?P<ysm>\d{{1,2}})/(?P<ysd>\d{{1,2}}))
    |(?P<eu>(?P<ed>\d{{1,2}})[.-](?P<em>\d{{1,2}})[.-](?P<ey>\d{{4}}))
    |(?P<long>(?P<ld>\d{{1,2}})(?:st|nd|rd|th)?[\s.-]*(?P<lm>{_MONTH})(?:[\s,.-]*(?P<ly>\d{{4}})(?!:))?)
    |(?P<mon>(?P<mm>{_MONTH})[\s.-]*(?P<md>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:])(?:[\s,.]+(?P<my>\d{{4}})(?!:))?)
    |(?P<mony>(?P<nm>{_MONTH})[\s,.-]*(?P<ny>\d{{4}}))
    |(?P<monthonly>{_MONTH})
    |(?P<compact>(?P<cy>\d{{4}})(?P<cm>\d{{2}})(?P<cd>\d{{2}})(?:T?(?P<ch>\d{{2}})(?P<ci>\d{{2}})(?P<cs>\d{{2}})?)?(?!\d))
    |T?(?P<time>(?P<h>\d{{1,2}}):(?P<i>\d{{2}})(?::(?P<s>\d{{2}})(?:[.,]\d+)?)?(?:\s*(?P<ap>[ap]\.?m\.?))?)
    |(?P<hour>(?P<hh>\d{{1,2}})\s*(?P<hap>[ap]\.?m\.?))
    |(?P<zone>Z\b|UTC|GMT|(?:GMT)?(?P<zs>[+-])(?P<zh>\d{{2}}):?(?P<zm>\d{{2}})?(?!\d)(?!\s*{_UNIT}))
    |(?P<edge>(?P<ew>first|last)\s+day\s+of)
    |(?P<rel>(?P<rn>[+-]?\s*\d+|last|previous|this|next|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth
        |tenth|eleventh|twelfth)\s*(?P<ru>{_UNIT})(?P<ago>\s+ago)?)
    |(?P<word>now|today|midnight|noon|tomorrow|yesterday)\b
    |(?P<day>{_DAY})
    |(?P<fouryear>\d{{4}})(?=\s|$)
    )""",
    re.X | re.I,
)


def parse(text: str, now: int) -> int | None:
    """The Unix time of a date text, or None when it cannot be read."""
    text = text.strip()
    if not text or len(text) > 200:
        return None
    try:
        return _parse(text, now)
    except (ValueError, OverflowError):
        return None


def _year(text: str) -> int:
    year = int(text)
    if len(text) == 2:
        year += 2000 if year < 70 else 1900
    return year


class _State:
    def __init__(self, now: int) -> None:
        self.base = EPOCH + timedelta(seconds=now)
        self.date: tuple[int, int, int] | None = None
        self.time: tuple[int, int, int] | None = None
        self.offset = 0
        self.relative: list[tuple[int, str]] = []
        self.edge = ""
        self.weekday: tuple[int, int] | None = None
        self.zeroed = False


def _parse(text: str, now: int) -> int | None:
    state = _State(now)
    at = 0
    while at < len(text):
        match = _TOKENS.match(text, at)
        if match is None or match.end() == at:
            return None if text[at:].strip(" ,") else _finish(state)
        at = match.end()
        if match.group("stamp"):
            state.base = EPOCH + timedelta(seconds=float(match.group("stamp")[1:]))
            state.date, state.time = None, None
            continue
        _token(state, match)
    return _finish(state)


def _token(state: _State, m: re.Match[str]) -> None:
    group = m.group
    if group("iso"):
        state.date = (int(group("y")), int(group("m")), int(group("d") or 1))
    elif group("us"):
        state.date = (_year(group("uy")), int(group("um")), int(group("ud")))
    elif group("ys"):
        state.date = (int(group("ysy")), int(group("ysm")), int(group("ysd")))
    elif group("eu"):
        state.date = (int(group("ey")), int(group("em")), int(group("ed")))
    elif group("long"):
        state.date = (int(group("ly") or state.base.year), MONTHS[group("lm").lower().rstrip(".")], int(group("ld")))
    elif group("mon"):
        state.date = (int(group("my") or state.base.year), MONTHS[group("mm").lower().rstrip(".")], int(group("md")))
    elif group("mony"):
        state.date = (int(group("ny")), MONTHS[group("nm").lower().rstrip(".")], 1)
    elif group("monthonly"):
        state.date = (state.base.year, MONTHS[group("monthonly").lower().rstrip(".")], state.base.day)
    elif group("compact"):
        state.date = (int(group("cy")), int(group("cm")), int(group("cd")))
        if group("ch"):
            state.time = (int(group("ch")), int(group("ci")), int(group("cs") or 0))
    elif group("time") or group("hour"):
        hour = int(group("h") or group("hh"))
        meridian = (group("ap") or group("hap") or "").lower()
        if meridian:
            hour = hour % 12 + (12 if meridian[0] == "p" else 0)
        state.time = (hour, int(group("i") or 0), int(group("s") or 0))
    elif group("zone"):
        if group("zs"):
            seconds = int(group("zh")) * 3600 + int(group("zm") or 0) * 60
            state.offset = seconds if group("zs") == "+" else -seconds
    elif group("edge"):
        state.edge = group("ew").lower()
    elif group("rel"):
        word = group("rn").lower().replace(" ", "")
        amount = _WORDS[word] if word in _WORDS else int(word)
        unit = group("ru").lower()
        amount = -amount if group("ago") else amount
        if unit in DAYS:
            state.weekday = (DAYS[unit], amount)
            state.zeroed = True
        else:
            state.relative.append((amount, unit))
    elif group("word"):
        word = group("word").lower()
        if word != "now":
            state.zeroed = True
        if word == "noon":
            state.time = (12, 0, 0)
        if word in ("tomorrow", "yesterday"):
            state.relative.append((1 if word == "tomorrow" else -1, "day"))
    elif group("day"):
        state.weekday = (DAYS[group("day").lower()], 0)
        state.zeroed = True
    elif group("fouryear"):
        if state.date is not None and state.time is not None:
            state.date = (int(group("fouryear")), *state.date[1:])
        else:
            state.time = (int(group("fouryear")[:2]), int(group("fouryear")[2:]), 0)


def _finish(state: _State) -> int:
    base = state.base
    year, month, day = state.date or (base.year, base.month, base.day)
    if not 0 <= month <= 12 or not 0 <= day <= 31:
        raise ValueError("no such date")
    if state.time is not None:
        hour, minute, second = state.time
        if hour > 24 or minute > 59 or second > 60:
            raise ValueError("no such time")
    elif state.date or state.zeroed:
        hour = minute = second = 0
    else:
        hour, minute, second = base.hour, base.minute, base.second
    seconds = 0
    for amount, unit in state.relative:
        if unit.startswith("month"):
            month += amount
        elif unit.startswith("year"):
            year += amount
        elif unit.startswith("week") and not unit.startswith("weekday"):
            day += 7 * amount
        elif unit.startswith("fortnight"):
            day += 14 * amount
        elif unit.startswith(("day", "weekday")):
            day += amount
        else:
            seconds += amount * (3600 if unit.startswith("hour") else 60 if unit.startswith("min") else 1)
    year += (month - 1) // 12
    month = (month - 1) % 12 + 1
    if state.edge:
        day = 1 if state.edge == "first" else calendar.monthrange(year, month)[1]
    moment = datetime(year, month, 1) + timedelta(days=day - 1, hours=hour, minutes=minute, seconds=second)
    if state.weekday:
        wanted, amount = state.weekday
        ahead = (wanted - moment.weekday()) % 7
        if amount > 0 and ahead == 0:
            ahead = 7
        if amount < 0:
            ahead = ahead - 7 if ahead else -7
        moment += timedelta(days=ahead + 7 * (amount - 1 if amount > 1 else 0))
    return int((moment - EPOCH).total_seconds()) + seconds - state.offset
