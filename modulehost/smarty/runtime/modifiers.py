"""The engine's own modifiers; PHP functions are the rest."""

from __future__ import annotations

import re
from typing import Any

from ..errors import PhpError
from ..objects import HostObject
from . import html
from .convert import is_array, to_str
from .dates import date_format
from .formats import number_format, sprintf
from .numbers import php_round
from .patterns import substitute
from .strings import explode, str_repeat, strip_tags
from .strings import replace as str_replace
from .table import Table, as_float, as_number, check_size
from .wrapping import mb_wordwrap

MODIFIERS = Table()
add = MODIFIERS.add

add("upper", "s")(str.upper)
add("lower", "s")(str.lower)
add("escape", "m s!? s!? b?")(
    lambda v, kind="html", charset=None, double=True: html.escape(v, kind or "html", charset, double)
)
add("unescape", "m s!? s!? b?")(lambda v, kind="html", charset=None, double=True: html.unescape(v, kind or "html"))
add("nl2br", "s")(lambda s: re.sub(r"\r\n|\n\r|\n|\r", lambda m: "<br />" + m[0], s))
add("strip_tags", "s m?")(lambda s, blank=True: re.sub(r"<[^>]*?>", " ", s) if to_str(blank) else strip_tags(s))
add("string_format", "m s")(lambda v, f: sprintf(f, [v]))
add("strip", "s s?")(lambda s, new=" ": re.sub(r"\s+", lambda m: new, s))
add("noprint", "m m*")(lambda *a: "")
add("spacify", "s s?")(lambda s, gap=" ": gap.join(s))
add("count_words", "s")(lambda s: len(re.findall(r"[^\W\d_][^\W\d_\u0300-\u036f'\u2010-\u2015\u2019-]*", s)) if s else 0)
add("count_characters", "s b?")(lambda s, blanks=False: len(s) if blanks else len(re.sub(r"\s", "", s)))
add("count_sentences", "s")(lambda s: len(re.findall(r"\w[.?!](?!\w)", s)))
add("count_paragraphs", "s")(lambda s: len(re.findall(r"[\r\n]+", s)) + 1)
add("indent", "s i? s?")(lambda s, n=4, c=" ": _indent(s, n, c))
add("wordwrap mb_wordwrap", "s i? s? b?")(lambda s, w=80, mark="\n", cut=False: mb_wordwrap(s, w, mark, cut))
add("from_charset", "s s?")(lambda s, c="": s)
add("to_charset", "s s?")(lambda s, c="": s)
add("round", "m i? i?")(lambda v, digits=0, mode=1: php_round(_number(v), digits))
add("number_format", "m i? s!? s!?")(lambda v, d=0, p=".", t=",": number_format(as_float(v), d, p, t))
add("str_repeat", "s i")(str_repeat)
add("strlen", "s")(lambda s: len(s.encode("utf-8", "surrogateescape")))
add("explode", "s s! i?")(lambda sep, s, *limit: explode(sep, s or "", *limit))
add("replace", "s m m")(lambda s, a, b: "" if s == "" else str_replace(a, b, s))
add("regex_replace", "s m m i?")(lambda s, a, b, limit=-1: substitute(a, b, s, limit))
add("date_format", "m m? m? m?", page=True)(date_format)
add("debug_print_var", "m m*")(lambda v, *a: html.escape(to_str(v)))


def _number(value: Any) -> int | float:
    try:
        return as_number(value)
    except PhpError:
        if is_array(value):
            raise
        return 0


_LINE_START = re.compile(r"\A|(?<=\n)(?!\Z)")


def _indent(text: str, size: int, char: str) -> str:
    check_size(len(text) + (text.count("\n") + 1) * max(size, 0) * len(char))
    return _LINE_START.sub(lambda m: char * size, text)


@add("count", "m i?")
def count(value: Any, mode: int = 0) -> int:
    if is_array(value):
        return len(value)
    if isinstance(value, HostObject):
        size = value.count()
        return 1 if size is None else size
    return 0 if value is None else 1


@add("capitalize", "s b? b?")
def capitalize(text: str, digits: bool = False, rest_lower: bool = False) -> str:
    raised = text.lower() if rest_lower else text
    raised = re.sub(r"(^|[^\w']|[\d_])([^\W\d_])", lambda m: m[1] + m[2].upper(), raised)
    if digits:
        return raised
    out, at = [], 0
    for match in re.finditer(r"[\w']*\d[\w']*", text):
        out += [raised[at : match.start()], match.group(0)]
        at = match.end()
    return "".join(out) + raised[at:] if len(raised) == len(text) else raised


@add("truncate", "s i? s? b? b?")
def truncate(text: str, length: int = 80, etc: str = "...", break_words: bool = False, middle: bool = False) -> str:
    if length == 0:
        return ""
    if len(text) <= length:
        return text
    length -= min(length, len(etc))
    if not break_words and not middle:
        text = re.sub(r"\s+?(\S+)?$", "", text[: length + 1])
    if not middle:
        return text[:length] + etc
    half = length // 2
    return text[:half] + etc + (text[-half:] if half else text[:length])


