"""Checks of what people and programs enter: each takes the whole form and one field's name."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from modulehost import money

Data = Mapping[str, Any]


class Invalid(ValueError):
    """What was entered cannot be stored. `errors` maps each field to a text that says what is wrong with it."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = dict(errors)


class Form:
    """Reads fields and collects what is wrong with them; `done()` raises Invalid when anything is."""

    def __init__(self, data: Data) -> None:
        self.data = data
        self.errors: dict[str, str] = {}

    def text(self, name: str, label: str = "", required: bool = False, longest: int = 65535) -> str:
        """Text without blanks at its ends."""
        value = str(self.data.get(name) or "").strip()
        if required and not value:
            self.errors[name] = f"{label or name} is required."
        elif len(value) > longest:
            self.errors[name] = f"{label or name} has {len(value)} characters; at most {longest} fit."
        return value

    def number(self, name: str, label: str = "", least: int | None = 0, most: int = 2_000_000_000) -> int:
        """A whole number; empty is 0."""
        raw = str(self.data.get(name) or 0).strip()
        try:
            value = int(raw)
        except ValueError:
            self.errors[name] = f"{label or name} must be a whole number, not {raw!r}."
            return 0
        if least is not None and value < least:
            self.errors[name] = f"{label or name} must not be below {least}."
        elif value > most:
            self.errors[name] = f"{label or name} must not be above {most}."
        return value

    def flag(self, name: str) -> int:
        """1 or 0: a tick box of a form, or a boolean of an API call."""
        return 1 if flag(self.data.get(name)) else 0

    def one_of(self, name: str, choices: Collection[str], label: str = "", default: str = "") -> str:
        """One of the known words."""
        value = str(self.data.get(name) or default)
        if value not in choices:
            known = ", ".join(repr(c) for c in choices)
            self.errors[name] = f"{label or name} must be one of {known}, not {value!r}."
        return value

    def money(self, name: str, label: str = "") -> Decimal:
        """An amount; empty is 0.00. -1 stands for "not offered" where prices are meant."""
        try:
            value = money.amount(self.data.get(name) or "0")
        except money.MoneyError as error:
            self.errors[name] = f"{label or name}: {error}."
            return money.ZERO
        if abs(value) >= Decimal(10) ** 14:
            self.errors[name] = f"{label or name} is too large."
        return value

    def done(self) -> None:
        """Raises Invalid when any field was wrong."""
        if self.errors:
            raise Invalid(self.errors)


def flag(value: Any) -> bool:
    """Whether a form's or an API call's value means yes."""
    return str(value or "").strip().lower() in ("1", "on", "true", "yes")


def list_of(data: Data, name: str) -> list[Any]:
    """The values of a field that may be given several times: a form's multiple choice or a plain list."""
    many = getattr(data, "getlist", None)
    if many is not None:
        return list(many(name))
    value = data.get(name) or []
    return list(value) if isinstance(value, list | tuple | set | frozenset) else [value]


def ids_of(data: Data, name: str) -> list[int]:
    """Like `list_of`, for row ids; what is no id is left out."""
    texts = [str(value) for value in list_of(data, name)]
    return [int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < 10]
