"""API answers as JSON, XML or name-value pairs (the documented default)."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from modulehost.schema import day_text, moment_text

JSON, XML, NVP = "json", "xml", "nvp"
TYPES = {JSON: "application/json", XML: "application/xml; charset=utf-8", NVP: "text/plain; charset=utf-8"}
_NAME = re.compile(r"[A-Za-z_][\w.-]*\Z", re.ASCII)
_CONTROL = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def kind(wanted: str) -> str:
    """The format that a request's `responsetype` names; name-value pairs for everything else."""
    wanted = wanted.strip().lower()
    return wanted if wanted in (JSON, XML) else NVP


def write(answer: Mapping[str, Any], wanted: str, action: str = "", version: str = "") -> str:
    """`answer` in format `wanted`."""
    if wanted == JSON:
        return json.dumps(answer, default=_plain, ensure_ascii=False)
    if wanted == XML:
        inner = "".join(_elements("action", action.lower())) + "".join(
            part for name, value in answer.items() for part in _elements(name, value)
        )
        return f'<?xml version="1.0" encoding="utf-8"?>\n<whmcsapi version="{escape(version)}">\n{inner}</whmcsapi>\n'
    return "".join(f"{name}={value};" for name, value in _pairs("", answer))


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, date):
        return day_text(value)
    raise TypeError(f"an API answer holds {type(value).__name__}, which no response format can write")


def _text(value: Any) -> str:
    # As PHP prints them: true is 1, false and null are empty.
    if value is None or value is False:
        return ""
    if value is True:
        return "1"
    return value if isinstance(value, str) else str(value) if isinstance(value, int) else str(_plain(value))


def _elements(name: str, value: Any) -> Iterator[str]:
    tag = name if _NAME.match(name) else "item"
    key = "" if tag == name else f' name="{escape(name, {chr(34): "&quot;"})}"'
    if isinstance(value, list | tuple):
        for one in value:
            yield from _elements(name, one)
    elif isinstance(value, Mapping):
        yield f"<{tag}{key}>\n"
        for inner, one in value.items():
            yield from _elements(str(inner), one)
        yield f"</{tag}>\n"
    else:
        yield f"<{tag}{key}>{escape(_CONTROL.sub('', _text(value)))}</{tag}>\n"


def _pairs(prefix: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, one in value.items():
            yield from _pairs(f"{prefix}[{name}]" if prefix else str(name), one)
    elif isinstance(value, list | tuple):
        for place, one in enumerate(value):
            yield from _pairs(f"{prefix}[{place}]", one)
    else:
        yield prefix, _text(value)
