"""The parameters of an API call: texts from a form, or Python values from localAPI."""

import base64
import binascii
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from modulehost.api import phpserialize
from modulehost.money import MoneyError, amount


class ApiError(Exception):
    """An action's refusal; the text is the `message` of the answer."""


class Values(Mapping[str, Any]):
    """What an action was given, with one reader per documented type. Empty text counts as not given."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.given = dict(given)

    def __getitem__(self, name: str) -> Any:
        return self.given[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.given)

    def __len__(self) -> int:
        return len(self.given)

    def has(self, name: str) -> bool:
        """Whether a parameter was given and is not empty."""
        return self.given.get(name) not in (None, "", [], {}, ())

    def text(self, name: str, default: str = "") -> str:
        """A text."""
        value = self.given.get(name)
        if value is None:
            return default
        if isinstance(value, Mapping | list | tuple):
            raise ApiError(f"Parameter '{name}' must be a text, not an array")
        if isinstance(value, bool):
            return "1" if value else ""
        return str(value)

    def number(self, name: str, default: int = 0) -> int:
        """A whole number; text that is none counts as `default` 0 would in PHP: its leading digits."""
        text = self.text(name).strip()
        if not text:
            return default
        sign, digits = (-1, text[1:]) if text.startswith("-") else (1, text)
        leading = digits[: len(digits) - len(digits.lstrip("0123456789"))]
        return sign * int(leading[:18]) if leading else 0

    def flag(self, name: str, default: bool = False) -> bool:
        """A yes/no value: true, 1, on, yes."""
        text = self.text(name).strip().lower()
        return text in ("1", "true", "on", "yes") if text else default

    def amount(self, name: str) -> Decimal | None:
        """An amount such as `12.50`; None when not given."""
        if not self.has(name):
            return None
        return self.money(name, self.given[name])

    @staticmethod
    def money(name: str, value: Any) -> Decimal:
        """`value` as an amount; PHP and Python clients may send floats, which count as they are printed."""
        try:
            return amount(str(value))
        except MoneyError:
            raise ApiError(f"Parameter '{name}' must be an amount such as 12.50, not {str(value)[:40]!r}") from None

    def day(self, name: str) -> date | None:
        """A date `2026-01-31`; None when not given or the zero date."""
        text = self.text(name).strip()
        if not text or text.startswith("0000-00-00"):
            return None
        try:
            return date.fromisoformat(text[:10])
        except ValueError:
            raise ApiError(f"Parameter '{name}' must be a date such as 2026-01-31, not {text[:40]!r}") from None

    def moment(self, name: str) -> datetime | None:
        """A date and time `2026-01-31 23:59:59`, or a date; None when not given or the zero date."""
        text = self.text(name).strip()
        if not text or text.startswith("0000-00-00"):
            return None
        try:
            return datetime.fromisoformat(text).replace(microsecond=0, tzinfo=None)
        except ValueError:
            raise ApiError(
                f"Parameter '{name}' must be a time such as 2026-01-31 23:59:59, not {text[:40]!r}"
            ) from None

    def array(self, name: str, strict: bool = False) -> dict[int, Any]:
        """A list by index. A single value counts as a list of one, unless `strict`: then the documented error."""
        value = self.given.get(name)
        if value in (None, ""):
            return {}
        if isinstance(value, list | tuple):
            return dict(enumerate(value))
        if isinstance(value, Mapping):
            return {_index(key, place): one for place, (key, one) in enumerate(value.items())}
        if strict:
            raise ApiError(f"Expecting parameter '{name}' to be an array")
        return {0: value}

    def map(self, name: str) -> dict[Any, Any]:
        """A map, sent as base64(serialize(array)) or, by localAPI and bracketed form fields, as a map."""
        return unpack(name, self.given.get(name))

    def page(self) -> tuple[int, int]:
        """limitstart and limitnum of a list."""
        return max(self.number("limitstart"), 0), max(self.number("limitnum", 25), 0)

    def not_modelled(self, *names: str) -> None:
        """Refuse parameters that the host has nothing to do with, rather than ignore them."""
        for name in names:
            if _says_something(self.given.get(name)):
                raise ApiError(f"The parameter '{name}' is not modelled by this host; leave it out")


def unpack(name: str, value: Any) -> dict[Any, Any]:
    """One map of parameter `name`: a map, or base64(serialize(array)). Raises ApiError."""
    if value in (None, ""):
        return {}
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, list | tuple):
        return dict(enumerate(value))
    try:
        found = phpserialize.loads(base64.b64decode(str(value), validate=True))
    except (binascii.Error, ValueError) as failure:
        raise ApiError(f"Parameter '{name}' must be base64(serialize(array)): {failure}") from None
    if not isinstance(found, dict):
        raise ApiError(f"Parameter '{name}' must be base64(serialize(array)), not a single value")
    return found


def _says_something(value: Any) -> bool:
    """Whether a parameter asks for anything: not empty, not no, and no list of only such values."""
    if isinstance(value, Mapping):
        return any(_says_something(one) for one in value.values())
    if isinstance(value, list | tuple):
        return any(_says_something(one) for one in value)
    return str("" if value is None else value).strip().lower() not in ("", "0", "false")


def _index(key: Any, place: int) -> int:
    text = str(key)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else place
