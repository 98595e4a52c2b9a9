"""Encoding of what clients typed before it reaches a template.

Themes of the emulated system print variables as they are (autoescape off), because its client data is HTML-encoded before
a template sees it. So everything that a page hands to a template passes here: text is encoded unless the page says with
`markupsafe.Markup` that it is HTML of our own making.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from markupsafe import Markup

_SIGNS = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#039;"})


class Raw(dict[str, Any]):
    """A dict that is ours word for word: phrases may hold HTML and are not encoded."""


def text(value: object) -> str:
    """One text with `& < > " '` as entities; Markup stays as it is."""
    return str(value) if isinstance(value, Markup) else str(value).translate(_SIGNS)


def encoded(value: Any) -> Any:
    """A copy of `value` (text, number, list, dict, nested) with every text encoded; dict keys too.

    Decimals and dates become text, as templates know only texts, numbers and arrays. Host objects (menu items, records)
    pass: they encode what they hold themselves.
    """
    if isinstance(value, str):
        return text(value)
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, Raw):
        return dict(value)
    if isinstance(value, dict):
        return {(text(k) if isinstance(k, str) else k): encoded(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [encoded(v) for v in value]
    if isinstance(value, (Decimal, date)):
        return text(value)
    return value


def html(written: str) -> Markup:
    """HTML that an administrator wrote (a product's description): printed as it is, as the emulated system does."""
    return Markup(written)  # noqa: S704
