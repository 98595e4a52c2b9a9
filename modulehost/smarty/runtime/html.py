"""HTML and URL escaping as PHP does it."""

from __future__ import annotations

import html
import re
from html.entities import codepoint2name
from typing import Any
from urllib.parse import quote, quote_plus, unquote_to_bytes

from .convert import to_str
from .table import Table

STRINGS_HTML = Table()
ENT_COMPAT, ENT_QUOTES = 2, 3
_DOUBLE = re.compile(r"&(?!#[0-9]+;|#[xX][0-9a-fA-F]+;|[A-Za-z][A-Za-z0-9]*;)")
_SPECIAL = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#039;"})


def escape_html(text: str) -> str:
    """htmlspecialchars with ENT_QUOTES."""
    return text.translate(_SPECIAL)


def specialchars(text: str, flags: int = ENT_QUOTES, double: bool = True) -> str:
    """htmlspecialchars()."""
    text = text.replace("&", "&amp;") if double else _DOUBLE.sub("&amp;", text)
    text = text.replace("<", "&lt;").replace(">", "&gt;")
    if flags & ENT_COMPAT:
        text = text.replace('"', "&quot;")
    return text.replace("'", "&#039;") if flags & ENT_QUOTES == ENT_QUOTES else text


def all_entities(text: str, flags: int = ENT_QUOTES, double: bool = True) -> str:
    """htmlentities()."""
    text = specialchars(text, flags, double)
    if text.isascii():
        return text
    return "".join(
        f"&{codepoint2name[ord(char)]};" if ord(char) > 127 and ord(char) in codepoint2name else char for char in text
    )


def decode(text: str, special_only: bool, flags: int = ENT_QUOTES) -> str:
    """htmlspecialchars_decode() or html_entity_decode()."""
    if special_only:
        pairs = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}
        if flags & ENT_COMPAT:
            pairs["&quot;"] = '"'
        if flags & ENT_QUOTES == ENT_QUOTES:
            pairs |= {"&#039;": "'", "&#39;": "'", "&#x27;": "'"}
        return re.sub(r"&(?:lt|gt|amp|quot|#0*39|#x27);", lambda m: pairs.get(m.group(0), m.group(0)), text)

    def one(match: re.Match[str]) -> str:
        if match.group(0) in ("&quot;", "&#34;") and not flags & ENT_COMPAT:
            return match.group(0)
        if match.group(0) in ("&#039;", "&#39;", "&apos;") and flags & ENT_QUOTES != ENT_QUOTES:
            return match.group(0)
        return html.unescape(match.group(0))

    return re.sub(r"&(?:#[0-9]+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);", one, text)


def raw_url(text: str, safe: str = "") -> str:
    """rawurlencode()."""
    return quote(text.encode("utf-8", "surrogateescape"), safe=safe + "~-_.")


def form_url(text: str) -> str:
    """urlencode()."""
    return quote_plus(text.encode("utf-8", "surrogateescape"), safe="-_.").replace("~", "%7E")


def unquote(text: str) -> str:
    """rawurldecode()."""
    return unquote_to_bytes(text.encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")


_JS = {"\\": "\\\\", "'": "\\'", '"': '\\"', "\r": "\\r", "\n": "\\n", "`": "\\`", "${": "\\$\\{"}
_JS |= {"</": "<\\/", "<!--": "<\\!--", "<s": "<\\s", "<S": "<\\S"}
_JS_PATTERN = re.compile(r"\\|'|\"|\r|\n|</|<!--|<s|<S|`|\$\{")


def escape(value: Any, kind: str = "html", charset: str | None = None, double: bool = True) -> str:
    """The escape modifier."""
    text = to_str(value)
    if kind == "html":
        return specialchars(text, ENT_QUOTES, double)
    if kind == "htmlall":
        return all_entities(text, ENT_QUOTES, double)
    if kind == "url":
        return raw_url(text)
    if kind == "urlpathinfo":
        return raw_url(text, "/")
    if kind == "quotes":
        return re.sub(r"(?<!\\)'", r"\\'", text)
    if kind == "javascript":
        return _JS_PATTERN.sub(lambda m: _JS[m.group(0)], text)
    data = text.encode("utf-8", "surrogateescape")
    if kind == "hex":
        return "".join(f"%{byte:02x}" for byte in data)
    if kind == "hexentity":
        return "".join(f"&#x{ord(char):X};" for char in text)
    if kind == "decentity":
        return "".join(f"&#{ord(char)};" for char in text)
    if kind == "mail":
        return text.replace("@", " [AT] ").replace(".", " [DOT] ")
    if kind == "nonstd":
        return "".join(f"&#{ord(char)};" if ord(char) > 126 else char for char in text)
    return text


def unescape(value: Any, kind: str = "html", charset: str | None = None, double: bool = True) -> str:
    """The unescape modifier."""
    text = to_str(value)
    if kind in ("entity", "htmlall"):
        return decode(text, False)
    if kind == "html":
        return decode(text, True)
    if kind == "url":
        return unquote(text)
    return text


STRINGS_HTML.add("htmlspecialchars", "s i? s!? b?")(lambda s, f=3, c=None, d=True: specialchars(s, f, d))
STRINGS_HTML.add("htmlentities", "s i? s!? b?")(lambda s, f=3, c=None, d=True: all_entities(s, f, d))
STRINGS_HTML.add("htmlspecialchars_decode", "s i?")(lambda s, f=3: decode(s, True, f))
STRINGS_HTML.add("html_entity_decode", "s i? s!?")(lambda s, f=3, c=None: decode(s, False, f))
STRINGS_HTML.add("urlencode", "s")(form_url)
STRINGS_HTML.add("rawurlencode", "s")(raw_url)
STRINGS_HTML.add("urldecode", "s")(lambda s: unquote(s.replace("+", " ")))
STRINGS_HTML.add("rawurldecode", "s")(unquote)
