"""Spans of time as people type them: `45d`, `2h`, `1d12h`, `90m`, `3w`."""

import re
from datetime import timedelta

_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


def parse(text: str) -> timedelta:
    """The span that `text` names. Raises ValueError with the forms that are understood."""
    parts = re.findall(r"(\d+)\s*([wdhms])", text.strip().lower())
    if not parts or re.sub(r"\d+\s*[wdhms]|\s", "", text.strip().lower()):
        raise ValueError(f"{text!r} is not a span of time; write for example 45d, 12h, 1d12h or 3w")
    try:
        return sum((timedelta(**{_UNITS[unit]: int(number)}) for number, unit in parts), timedelta(0))
    except OverflowError:
        raise ValueError(f"{text!r} is too long a span of time") from None
