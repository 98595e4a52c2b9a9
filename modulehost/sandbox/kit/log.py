"""The request log: what came, what was answered, without the secrets."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from werkzeug.datastructures import Headers

from modulehost.sandbox.kit.state import MASK

MAX_BODY = 20_000
_DULL = (
    "cookie",
    "set-cookie",
    "sec-",
    "upgrade-insecure",
    "content-security",
    "referrer-policy",
    "x-frame",
    "x-content-type",
)
_TEXT = re.compile(r"application/(json|xml|x-www-form-urlencoded)|multipart/form-data|text/(plain|xml)")


@dataclass
class Entry:
    """One request and its answer; `status` 0 means that the connection was closed without one. `at` is the host's time."""

    number: int
    at: str
    method: str
    path: str
    status: int
    ms: int
    request_headers: dict[str, str] = field(default_factory=dict)
    request_body: str = ""
    response_headers: dict[str, str] = field(default_factory=dict)
    response_body: str = ""
    faults: list[str] = field(default_factory=list)


def mask(text: str, secrets: Iterable[str]) -> str:
    """`text` (JSON, a form, a query, a multipart body) with the values of the named parameters hidden."""
    names = "|".join(re.escape(one) for one in sorted(secrets))
    if not names or not text:
        return text
    # Only texts: the number in `"status": {"code": 200}` is no authorization code.
    text = re.sub(rf'("(?:{names})"\s*:\s*)"(?:[^"\\]|\\.)*"', rf'\1"{MASK}"', text)
    text = re.sub(rf'(name="(?:{names})"\r?\n\r?\n)[^\r\n]*', rf"\1{MASK}", text)
    return re.sub(rf"(?<![\w-])((?:{names})=)[^&\s\"]+", rf"\1{MASK}", text)


def headers(given: Headers, secrets: Iterable[str]) -> dict[str, str]:
    """The headers worth reading; of `Authorization` only the scheme, of cookies nothing."""
    kept: dict[str, str] = {}
    for name, value in given.items():
        low = name.lower()
        if low == "authorization":
            scheme, _, rest = value.partition(" ")
            kept[name] = f"{scheme} {MASK}" if rest else MASK
        elif not low.startswith(_DULL):
            kept[name] = mask(value, secrets)
    return kept


def body(data: bytes, content_type: str, secrets: Iterable[str]) -> str:
    """A body as text for the log; pages, images and very long bodies only by their size."""
    if not data:
        return ""
    if not _TEXT.match(content_type or ""):
        return f"({content_type or 'no content type'}, {len(data)} bytes)"
    text = mask(data.decode("utf-8", "replace"), secrets)
    return text if len(text) <= MAX_BODY else text[:MAX_BODY] + f"... ({len(data)} bytes)"
