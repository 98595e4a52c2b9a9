"""Secrets do not reach a log: every occurrence of a known secret is replaced."""

import html
import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, quote_plus

MASK = "********"


def as_text(value: Any) -> str:
    """A request or response as the module log shows it: text as it is, everything else as indented JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).decode("utf-8", "replace")
    try:
        return json.dumps(value, indent=2, default=str, ensure_ascii=False)
    except (TypeError, ValueError):
        return repr(value)


def mask(text: str, secrets: Iterable[Any]) -> str:
    """`text` without any of `secrets`, nor their URL-, JSON-, HTML- or Python-encoded forms.

    Texts below three characters are left alone: they would eat everything.
    """
    forms: set[str] = set()
    for secret in secrets:
        plain = secret if isinstance(secret, str) else as_text(secret)
        if len(plain) >= 3:
            coded = json.dumps(plain)[1:-1]
            forms |= {plain, quote(plain, safe=""), quote_plus(plain), coded, html.escape(plain), repr(plain)[1:-1]}
            forms |= {coded.replace("/", "\\/"), json.dumps(plain, ensure_ascii=False)[1:-1]}  # PHP writes \/ for /
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, MASK)
    return text
