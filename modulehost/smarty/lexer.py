"""Source text: normalising, the {strip} rules, and the patterns the parsers scan with."""

from __future__ import annotations

import re

ID = re.compile(r"[0-9]*[a-zA-Z_]\w*", re.A)
NUMBER = re.compile(r"[0-9]+(?:\.(?![A-Za-z_])[0-9]*)?|\.[0-9]+")
DOLLAR_ID = re.compile(r"\$([0-9]*[a-zA-Z_]\w*)", re.A)
SINGLE = re.compile(r"'((?:[^'\\]|\\.)*)'", re.S)
SPACE = re.compile(r"\s*")
SPACES = re.compile(r"\s+")
ATTR = re.compile(r"\s+([0-9]*[a-zA-Z_][a-zA-Z0-9_\-:]*)\s*=(?![=>])\s*", re.A)
BARE_ATTR = re.compile(r"\s+([a-zA-Z_]\w*)(?=\s|\})", re.A)
RESERVED_ATTR = re.compile(r"\s+(?:to|step|as)\s")
TAG_END = re.compile(r"\s*\}")
MODIFIER = re.compile(r"\|@?([a-zA-Z_][\w]*)", re.A)
COLON = re.compile(r"\s*:(?!:)\s*")
OPERATOR = re.compile(
    r"\s+(is)\s+(?P<not>not\s+)?(?:(?P<div>div)\s+by\s+|(?P<par>odd|even)(?!\w)(?P<by>\s+by\s+)?|(?P<in>in)\s+)"
    r"|\s+(?P<word>eq|neq?|gte?|ge|lte?|le|mod|and|or|xor)\s+"
    r"|\s*(?P<op>===|!==|==|!=|<>|<=(?!>)|>=|<(?![<=])|>(?![>=])|&&|\|\||\*\*|\*|/|%|\+(?!\+)|-(?![->])|&|\^)\s*",
    re.I | re.A,
)
CAST = re.compile(
    r"\(\s*(int(?:eger)?|bool(?:ean)?|float|double|real|string|binary|array|object)\s*\)\s*", re.I | re.A
)
INCDEC = re.compile(r"\s*(\+\+|--)\s*")
EQUAL = re.compile(r"\s*=(?![=>])\s*")
ARROW = re.compile(r"\s*->\s*")
APTR = re.compile(r"\s*=>\s*")
COMMA = re.compile(r"\s*,\s*")
OPEN = re.compile(r"\s*\(\s*")
CLOSE = re.compile(r"\s*\)")
QMARK = re.compile(r"\s*\?\s*")
BRACES_TEXT = re.compile(r"\{+(?=\s)|\{\}")
SIMPLE_VAR = re.compile(r"\{\$([0-9]*[a-zA-Z_]\w*)(\s*)\}", re.A)

WORD_OPERATORS = {
    "eq": "==", "ne": "!=", "neq": "!=", "gt": ">", "gte": ">=", "ge": ">=", "lt": "<", "lte": "<=", "le": "<=",
    "mod": "%", "and": "&&", "or": "||", "xor": "xor", "<>": "!=",
}  # fmt: skip
LOGICAL = {"===", "!==", "==", "!=", "<=", ">=", "<", ">", "&&", "||", "xor"}

_KEPT = re.compile(r"<(script|pre|textarea)\b[^>]*>.*?</\1>", re.I | re.S)
_ATTR_GAP = re.compile(r"([a-z0-9]\s*=\s*\"[^\"]*\"|'[^']*'|<[a-z0-9_]+)\s+([a-z/>])", re.I)


def normalise(source: str) -> str:
    """The source as the engine reads it: no byte order mark, every line end a newline."""
    if source.startswith("\ufeff"):
        source = source[1:]
    return source.replace("\r\n", "\n").replace("\r", "\n")


def strip_text(text: str) -> str:
    """What {strip} leaves of one piece of text between tags."""
    kept: list[str] = []

    def keep(match: re.Match[str]) -> str:
        kept.append(match.group(0))
        return f"\x00{len(kept) - 1}\x00"

    text = _KEPT.sub(keep, text)
    text = re.sub(r">[ \t]+(?=<)", "> ", text)
    text = re.sub(r">[ \t]*\n\s*(?=<)", ">", text)
    text = _ATTR_GAP.sub(r"\1 \2", text)
    text = re.sub(r">[ \t]+\Z", "> ", text)
    text = re.sub(r"[ \t]*\n[ \t\n]*", "", text)
    return re.sub(r"\x00(\d+)\x00", lambda m: kept[int(m.group(1))], text) if kept else text


def unquote_single(body: str) -> str:
    """The value of a single-quoted string: only \\' and \\\\ are escapes."""
    return re.sub(r"\\(['\\])", r"\1", body) if "\\" in body else body


_DQ_ESCAPE = re.compile(r"\\(?:([ntrvef\\$\"])|x([0-9A-Fa-f]{1,2})|([0-7]{1,3}))")
_DQ_PLAIN = {"n": "\n", "t": "\t", "r": "\r", "v": "\v", "e": "\x1b", "f": "\f", "\\": "\\", "$": "$", '"': '"'}


def unescape_double(text: str) -> str:
    """The value of text in a double-quoted string, with PHP's escapes; bytes become UTF-8 where they can."""
    if "\\" not in text:
        return text
    raw = False

    def one(match: re.Match[str]) -> str:
        nonlocal raw
        if match.group(1):
            return _DQ_PLAIN[match.group(1)]
        code = int(match.group(2), 16) if match.group(2) else int(match.group(3), 8) & 255
        if code < 128:
            return chr(code)
        raw = True
        return chr(0xDC00 + code)

    text = _DQ_ESCAPE.sub(one, text)
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape") if raw else text
