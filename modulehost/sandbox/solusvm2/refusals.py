"""Refusals, and reading what a caller sent: the API answers them as JSON, the panel shows them to a person."""

import re
from collections.abc import Mapping
from typing import Any, NoReturn, TypeVar

R = TypeVar("R")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+\Z")
INVALID = "The given data was invalid."


class Refused(Exception):
    """The vendor refuses: HTTP status, message, and for 422 what is wrong with which field."""

    def __init__(
        self,
        status: int,
        message: str,
        errors: dict[str, list[str]] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.message, self.errors, self.headers = status, message, errors or {}, headers or {}

    @property
    def words(self) -> str:
        """Everything that is wrong, as a sentence for a page."""
        return " ".join(text for texts in self.errors.values() for text in texts) or self.message


def invalid(field: str, text: str) -> NoReturn:
    """Refuse one field."""
    raise Refused(422, INVALID, {field: [text]})


class Given:
    """A JSON body that is being read: collects what is wrong, and `done` refuses it all at once.

    A reader answers None where the field is absent or null.
    """

    def __init__(self, body: Mapping[str, Any]) -> None:
        self.body = body
        self.errors: dict[str, list[str]] = {}

    def refuse(self, name: str, text: str) -> None:
        """Note what is wrong with a field."""
        self.errors.setdefault(name, []).append(text)

    def done(self) -> None:
        """Raise Refused 422 if anything was wrong."""
        if self.errors:
            raise Refused(422, INVALID, self.errors)

    def _value(self, name: str, required: bool) -> Any:
        value = self.body.get(name)
        if required and (value is None or (isinstance(value, str) and not value.strip())):
            self.refuse(name, f"The {name} field is required.")
            return None
        return value

    def text(self, name: str, required: bool = False, longest: int = 255) -> str | None:
        """A text without the blanks around it."""
        value = self._value(name, required)
        if value is None:
            return None
        if not isinstance(value, str) or len(value) > longest:
            self.refuse(name, f"The {name} has to be text of at most {longest} characters.")
            return None
        return value.strip()

    def email(self, name: str, required: bool = False) -> str | None:
        """An e-mail address."""
        value = self.text(name, required)
        if value is not None and name not in self.errors and not _EMAIL.match(value):
            self.refuse(name, f"The {name} has to be a valid e-mail address.")
        return value

    def choice(self, name: str, options: tuple[str, ...], required: bool = False) -> str | None:
        """One of the texts of `options`."""
        value = self._value(name, required)
        if value is not None and value not in options:
            self.refuse(name, f"The {name} has to be one of {', '.join(options)}.")
            return None
        return value  # type: ignore[no-any-return]

    def number(self, name: str, required: bool = False, least: int = 0, most: int = 2**31 - 1) -> int | None:
        """A whole number."""
        value = self._value(name, required)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self.refuse(name, f"The {name} has to be a whole number of at least {least}.")
            return None
        return value

    def flag(self, name: str) -> bool | None:
        """True or false."""
        value = self.body.get(name)
        if value is not None and not isinstance(value, bool):
            self.refuse(name, f"The {name} has to be true or false.")
            return None
        return value

    def row(self, name: str, table: Mapping[str, R], required: bool = False) -> R | None:
        """The object of a table whose id the field holds."""
        value = self._value(name, required)
        if value is None:
            return None
        found = None if isinstance(value, bool) or not isinstance(value, int) else table.get(str(value))
        if found is None:
            self.refuse(name, f"The selected {name} is invalid.")
        return found

    def list_of(self, name: str, kind: type) -> list[Any] | None:
        """A list of texts or numbers."""
        value = self.body.get(name)
        if value is None:
            return None
        if not isinstance(value, list) or any(type(one) is not kind for one in value):
            self.refuse(name, f"The {name} has to be a list of {'numbers' if kind is int else 'texts'}.")
            return None
        return value

    def part(self, name: str) -> "Given | None":
        """An object inside the body; its errors are kept under `name.field`."""
        value = self.body.get(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            self.refuse(name, f"The {name} has to be an object.")
            return None
        return _Part(value, self, name)


class _Part(Given):
    def __init__(self, body: Mapping[str, Any], whole: Given, name: str) -> None:
        super().__init__(body)
        self.whole, self.name = whole, name

    def refuse(self, name: str, text: str) -> None:
        super().refuse(name, text)
        self.whole.refuse(f"{self.name}.{name}", text)
