"""The functions a template may call: everything else is refused when the template is compiled."""

from __future__ import annotations

import json
from typing import Any

from ..errors import PhpError
from ..objects import PlainObject
from .arrays import ARRAYS
from .convert import to_str
from .dates import DATES
from .html import STRINGS_HTML
from .numbers import NUMBERS
from .patterns import PATTERNS
from .strings import STRINGS
from .table import Entry, Table
from .urls import URLS

OTHERS = Table()


@OTHERS.add("json_decode", "s b!? i? i?")
def json_decode(text: str, assoc: bool | None = None, depth: int = 512, flags: int = 0) -> Any:
    try:
        return _php(json.loads(text), bool(assoc) or bool(flags & 1))
    except (ValueError, RecursionError):
        return None


def _php(value: Any, assoc: bool) -> Any:
    from .convert import array_key, compact

    if isinstance(value, list):
        return [_php(item, assoc) for item in value]
    if isinstance(value, dict):
        if assoc:
            return compact({array_key(key): _php(item, assoc) for key, item in value.items()})
        return PlainObject({key: _php(item, assoc) for key, item in value.items()})
    return value


OTHERS.add("constant", "s", page=True)(lambda page, name: _constant(page, name))
OTHERS.add("defined", "s", page=True)(lambda page, name: page.constant(name) is not None)
OTHERS.add("function_exists is_callable", "m", page=True)(lambda page, name: _exists(page, name))
OTHERS.add("rand mt_rand random_int", "i? i?", page=True)(
    lambda page, low=0, high=2147483647: page.environment.random_int(low, high)
)


def _constant(page: Any, name: str) -> Any:
    value = page.constant(name)
    if value is None:
        raise PhpError(f'Undefined constant "{name}"')
    return value


def _exists(page: Any, name: Any) -> bool:
    lower = to_str(name).lower() if not isinstance(name, list | dict) else ""
    return lower in FUNCTIONS or lower in page.environment.host_functions


FUNCTIONS: dict[str, Entry] = {**STRINGS, **STRINGS_HTML, **ARRAYS, **NUMBERS, **DATES, **PATTERNS, **URLS, **OTHERS}
