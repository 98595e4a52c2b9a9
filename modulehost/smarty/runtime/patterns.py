"""PCRE functions on Python's re: delimiters, flags and replacement references are translated."""

from __future__ import annotations

import re
from functools import lru_cache
from re import _parser  # type: ignore[attr-defined]
from typing import Any

from ..errors import PhpError
from .convert import is_array, pairs
from .table import Table, as_string

PATTERNS = Table()
add = PATTERNS.add
_CLOSERS = {"(": ")", "[": "]", "{": "}", "<": ">"}
_FLAGS = {"i": re.I, "m": re.M, "s": re.S, "x": re.X, "u": re.U}
MAX_SUBJECT = 100_000


@lru_cache(maxsize=512)
def pattern(text: str) -> re.Pattern[str]:
    """A PCRE with delimiters as a Python pattern; the `e` flag is refused."""
    text = text.lstrip()
    if not text or text[0].isalnum() or text[0] in "\\ ":
        raise PhpError("A regular expression needs delimiters")
    closer = _CLOSERS.get(text[0], text[0])
    end = text.rfind(closer)
    if end <= 0:
        raise PhpError(f"No ending delimiter {closer!r} in a regular expression")
    flags = 0 if "u" in text[end:] else re.A
    for letter in text[end + 1 :].strip():
        if letter in "UDSXA":
            continue
        if letter not in _FLAGS:
            raise PhpError(f"Unknown modifier {letter!r} of a regular expression")
        flags |= 0 if letter == "u" else _FLAGS[letter]
    body = re.sub(r"\(\?<([A-Za-z_]\w*)>", r"(?P<\1>", text[1:end])
    body = re.sub(r"(?<!\\)\$(?=\)|$)", r"(?=\\n?\\Z)", body) if not flags & re.M else body
    body = body.replace(r"\h", r"[ \t]").replace(r"\R", r"(?:\r\n|\n|\r)").replace(r"\z", r"\Z")
    for name, chars in (("alpha", "a-zA-Z"), ("digit", "0-9"), ("alnum", "a-zA-Z0-9"), ("space", r"\s"),
                        ("upper", "A-Z"), ("lower", "a-z"), ("punct", r"!-/:-@\[-`{-~")):  # fmt: skip
        body = body.replace(f"[:{name}:]", chars)
    try:
        compiled = re.compile(body, flags)
        if _ambiguous(list(_parser.parse(body, flags)), False):
            raise PhpError("A regular expression with a repeat of a repeat could run for ever")
    except (re.error, OverflowError, RecursionError) as error:
        raise PhpError(f"Regular expression error: {error}") from None
    return compiled


def _ambiguous(items: list[Any], repeated: bool) -> bool:
    """Whether an endless repeat holds nothing for certain but another one, as in (a+)+ or (a+b?)*."""
    certain = []
    for op, av in items:
        name = str(op)
        if name in ("MAX_REPEAT", "MIN_REPEAT"):
            low, high, body = av
            endless = high > 100
            if _ambiguous(list(body), endless):
                return True
            if low or endless:
                certain.append(endless)
        elif name == "SUBPATTERN":
            if _ambiguous(list(av[3]), repeated and len(items) == 1):
                return True
            certain.append(False)
        elif name == "BRANCH":
            if any(_ambiguous(list(branch), repeated and len(items) == 1) for branch in av[1]):
                return True
            certain.append(False)
        elif name not in ("AT", "ASSERT", "ASSERT_NOT"):
            certain.append(False)
    return repeated and bool(certain) and all(certain)


def substitute(search: Any, replacement: Any, subject: str, limit: int = -1) -> str:
    """preg_replace() on one string; arrays of patterns work one after the other."""
    if len(subject) > MAX_SUBJECT:
        raise PhpError(f"Regular expressions work on at most {MAX_SUBJECT} characters")
    if not is_array(search):
        return _once(as_string(search), as_string(replacement), subject, limit)
    many = [as_string(item) for _, item in pairs(replacement)] if is_array(replacement) else None
    for at, (_, one) in enumerate(pairs(search)):
        new = as_string(replacement) if many is None else (many[at] if at < len(many) else "")
        subject = _once(as_string(one), new, subject, limit)
    return subject


def _once(search: str, new: str, subject: str, limit: int) -> str:
    def expand(match: re.Match[str]) -> str:
        def one(found: re.Match[str]) -> str:
            number = int(found.group(1) or found.group(2) or found.group(3))
            return (match.group(number) or "") if number <= (match.re.groups) else ""

        return re.sub(r"\$\{(\d{1,2})\}|\$(\d{1,2})|\\(\d{1,2})", one, new)

    return pattern(search).sub(expand, subject, count=max(limit, 0))


@add("preg_replace", "m m m i?")
def preg_replace(search: Any, new: Any, subject: Any, limit: int = -1) -> Any:
    if is_array(subject):
        changed = {key: substitute(search, new, as_string(item), limit) for key, item in pairs(subject)}
        return list(changed.values()) if isinstance(subject, list) else changed
    return substitute(search, new, as_string(subject), limit)


add("preg_match", "s s")(lambda p, s: 1 if pattern(p).search(s[:MAX_SUBJECT]) else 0)
add("preg_match_all", "s s")(lambda p, s: sum(1 for _ in pattern(p).finditer(s[:MAX_SUBJECT])))
add("preg_quote", "s s!?")(
    lambda s, d=None: re.sub(r"([.\\+*?\[^\]$(){}=!<>|:\-#" + re.escape(d or "/" * 0) + "])", r"\\\1", s)
)


@add("preg_split", "s s i? i?")
def preg_split(search: str, subject: str, limit: int = -1, flags: int = 0) -> list[str]:
    parts = pattern(search).split(subject[:MAX_SUBJECT], max(limit - 1, 0))
    texts = [part or "" for part in parts]
    return [part for part in texts if part] if flags & 1 else texts
