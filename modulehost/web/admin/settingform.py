"""Pages of settings: a field is declared once, and shown, checked, stored and logged from that.

A page is a list of sections. `shown` makes what the template draws, `read` takes the form and says what is wrong with it by
field, `store` writes what changed and names it in the activity log. Secrets are shown as a mask and stored encrypted.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from modulehost import journal, money, settings
from modulehost.accounts import users
from modulehost.context import ctx_of
from modulehost.vault import Vault, VaultError
from modulehost.web.admin.site import MASK
from modulehost.web.numbers import is_whole

Choices = Sequence[tuple[str, str]]
TEXT, EMAIL, URL, AREA, PASSWORD = "text", "email", "url", "area", "password"
YESNO, NUMBER, AMOUNT, CHOICE, SEVERAL = "yesno", "number", "amount", "choice", "several"
LONGEST = 60_000  # characters: what MySQL's TEXT holds of plain letters
_QUOTED = 60  # longer values are not written out in the activity log


@dataclass(frozen=True)
class Field:
    """One setting as people see it.

    `kind`: text, email, url, area (several lines), password (masked, encrypted), yesno, number (whole), amount (money or
    per cent), choice, several (ticks, stored as a comma list). `words` stand beside a tick. `choices` may be a function, called
    while the page is made. A number or amount lies in `least`..`most`; empty is refused unless `blank`. `inverse`: the tick
    means that the setting is off. `check` says what is wrong with a value, or nothing. `literal`: the choices are names, not words.
    """

    key: str
    label: str
    kind: str = TEXT
    hint: str = ""
    words: str = ""
    choices: Choices | Callable[[], Choices] = ()
    required: bool = False
    blank: bool = False
    least: int = 0
    most: int = 100_000
    size: str = ""
    rows: int = 4
    unit: str = ""
    inverse: bool = False
    literal: bool = False
    check: Callable[[str], str] | None = None

    def offered(self) -> Choices:
        """What can be chosen now."""
        return self.choices() if callable(self.choices) else self.choices


@dataclass(frozen=True)
class Section:
    """Fields under a heading; `fields` without a heading stand for themselves."""

    heading: str
    fields: tuple[Field, ...]
    hint: str = ""


@dataclass(frozen=True)
class Given:
    """A form that was read: values by key as they would be stored, and what is wrong with them by key."""

    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def fields_of(sections: Iterable[Section]) -> list[Field]:
    """All fields of a page."""
    return [one for section in sections for one in section.fields]


def shown(db: Session, sections: Iterable[Section], form: "MultiDict[str, str] | None" = None) -> dict[str, Any]:
    """What each field shows: what was sent (`form`) or, without it, what is stored. Secrets never leave: they are a mask."""
    found: dict[str, Any] = {}
    for one in fields_of(sections):
        stored = settings.get(db, one.key)
        if one.kind == PASSWORD:
            found[one.key] = MASK if stored else ""
        elif form and one.kind == SEVERAL:
            found[one.key] = form.getlist(one.key)
        elif form:
            found[one.key] = form.get(one.key, "" if one.kind == YESNO else stored)
        elif one.kind == SEVERAL:
            found[one.key] = [part.strip() for part in stored.split(",") if part.strip()]
        elif one.kind == YESNO:
            found[one.key] = "on" if settings.on(db, one.key) != one.inverse else ""
        else:
            found[one.key] = stored
    return found


def read(sections: Iterable[Section], form: "MultiDict[str, str]") -> Given:
    """Take the form's fields. What the form does not name stays as it is, but a tick that is missing is off."""
    given = Given()
    for one in fields_of(sections):
        if one.kind == YESNO:
            given.values[one.key] = "on" if (one.key in form) != one.inverse else ""
        elif one.kind == SEVERAL:
            known = [value for value, _ in one.offered()]
            given.values[one.key] = ",".join(value for value in known if value in form.getlist(one.key))
        elif one.key in form and not (one.kind == PASSWORD and form[one.key] == MASK):
            _take(given, one, form[one.key].replace("\r\n", "\n").strip())
    return given


def _take(given: Given, one: Field, text: str) -> None:
    wrong = _wrong(one, text)
    if wrong:
        given.errors[one.key] = wrong
    given.values[one.key] = money.plain(Decimal(text)) if one.kind == AMOUNT and text and not wrong else text


def _wrong(one: Field, text: str) -> str:
    if not text and one.required:
        return f"{one.label} is required."
    if len(text) > LONGEST:
        return f"{one.label} has {len(text)} characters; at most {LONGEST} fit."
    if one.kind != AREA and "\n" in text:
        return f"{one.label} must be one line."
    if found := _KINDS.get(one.kind, _anything)(one, text):
        return found
    return one.check(text) if one.check is not None and text else ""


def _anything(one: Field, text: str) -> str:
    return ""


def _number(one: Field, text: str) -> str:
    if not text and one.blank:
        return ""
    if not is_whole(text):
        return f"{one.label} must be a whole number."
    return _range(one, int(text))


def _amount(one: Field, text: str) -> str:
    if not text and one.blank:
        return ""
    if not re.fullmatch(r"\d{1,12}(\.\d{1,2})?", text):
        return f"{one.label} must be an amount such as 10 or 12.50."
    return _range(one, Decimal(text))


def _range(one: Field, value: int | Decimal) -> str:
    if value < one.least:
        return f"{one.label} must not be below {one.least}."
    return f"{one.label} must not be above {one.most}." if value > one.most else ""


def _choice(one: Field, text: str) -> str:
    return "" if text in [value for value, _ in one.offered()] else f"{one.label}: “{text[:80]}” is not one of the choices."


def _email(one: Field, text: str) -> str:
    return "" if not text or users.valid_mail(text) else f"{one.label} must be an email address such as billing@example.com."


def _url(one: Field, text: str) -> str:
    return "" if not text or is_web_address(text) else f"{one.label} must begin with http:// or https:// and name a host, or be empty."


def is_web_address(text: str) -> bool:
    """Whether a text is a full address of the web."""
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", text)
    except ValueError:  # [ without ]
        return False


_KINDS: dict[str, Callable[[Field, str], str]] = {
    NUMBER: _number, AMOUNT: _amount, CHOICE: _choice, EMAIL: _email, URL: _url,
}  # fmt: skip


def store(db: Session, sections: Iterable[Section], values: Mapping[str, str], page: str) -> list[str]:
    """Write what changed, with one line in the activity log that names it; returns the keys that changed.

    Old and new are written out where they are short; of secrets it says no more than that they changed.
    """
    changed = []
    for one in fields_of(sections):
        if one.key not in values:
            continue
        old, new = settings.get(db, one.key), values[one.key]
        if one.kind == PASSWORD:
            if _opened(db, old) != new:
                settings.put(db, one.key, ctx_of(db).host.part(Vault).encrypt(new))
                changed.append((one.key, f"{one.key} changed"))
        elif one.kind == YESNO and settings.on(db, one.key) == (new == "on"):
            continue
        elif old != new:
            settings.put(db, one.key, new)
            said = f" from '{old}' to '{new}'" if _is_short(old, new) else ""
            changed.append((one.key, f"{one.key} changed{said}"))
    if changed:
        journal.activity(db, f"{page} Modified - {'; '.join(text for _, text in changed)}")
    return [key for key, _ in changed]


def _opened(db: Session, stored: str) -> str | None:
    """A stored secret; None when it cannot be read, so that it can be entered anew."""
    try:
        return ctx_of(db).host.part(Vault).decrypt(stored)
    except VaultError:
        return None


def _is_short(*texts: str) -> bool:
    return all(len(text) <= _QUOTED and "\n" not in text for text in texts)


def in_order(values: Mapping[str, str], low: str, high: str, text: str) -> dict[str, str]:
    """An error at `high` unless it is at least `low`, as far as both can be read. 0 stands for no limit."""
    try:
        if Decimal(values[high]) and Decimal(values[low]) > Decimal(values[high]):
            return {high: text}
    except (KeyError, ArithmeticError):
        pass
    return {}
