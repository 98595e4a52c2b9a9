"""PHP's string functions: byte semantics where PHP counts bytes."""

from __future__ import annotations

import base64
import hashlib
import re
import zlib
from typing import Any

from ..errors import PhpError
from .convert import is_array, pairs, to_str
from .formats import json_encode, number_format, print_r, sprintf, var_export
from .table import Table, as_float, as_string, check_size
from .wrapping import wordwrap

STRINGS = Table()
add = STRINGS.add
BLANK = " \n\r\t\v\0"


def to_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def from_bytes(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def slice_range(size: int, start: int, length: int | None) -> tuple[int, int]:
    """Where substr() begins and ends."""
    begin = max(0, size + start) if start < 0 else min(start, size)
    if length is None:
        return begin, size
    end = size + length if length < 0 else min(begin + length, size)
    return begin, max(begin, end)


@add("substr", "s i i!?")
def substr(text: str, start: int, length: int | None = None) -> str:
    if text.isascii():
        begin, end = slice_range(len(text), start, length)
        return text[begin:end]
    data = to_bytes(text)
    begin, end = slice_range(len(data), start, length)
    return from_bytes(data[begin:end])


@add("mb_substr", "s i i!? s!?")
def mb_substr(text: str, start: int, length: int | None = None, charset: str | None = None) -> str:
    begin, end = slice_range(len(text), start, length)
    return text[begin:end]


def _trim_chars(chars: str) -> str:
    return re.sub(r"(.)\.\.(.)", lambda m: "".join(map(chr, range(ord(m[1]), ord(m[2]) + 1))), chars, flags=re.S)


add("trim", "s s?")(lambda s, c=BLANK: s.strip(_trim_chars(c)))
add("ltrim", "s s?")(lambda s, c=BLANK: s.lstrip(_trim_chars(c)))
add("rtrim chop", "s s?")(lambda s, c=BLANK: s.rstrip(_trim_chars(c)))

_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
_UPPER = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
add("strlen", "s")(lambda s: len(s) if s.isascii() else len(to_bytes(s)))
add("mb_strlen", "s s!?")(lambda s, c=None: len(s))
add("strtolower", "s")(lambda s: s.translate(_LOWER))
add("strtoupper", "s")(lambda s: s.translate(_UPPER))
add("mb_strtolower", "s s!?")(lambda s, c=None: s.lower())
add("mb_strtoupper", "s s!?")(lambda s, c=None: s.upper())
add("ucfirst", "s")(lambda s: s[:1].translate(_UPPER) + s[1:])
add("lcfirst", "s")(lambda s: s[:1].translate(_LOWER) + s[1:])
add("strrev", "s")(lambda s: from_bytes(to_bytes(s)[::-1]))
add("addslashes", "s")(lambda s: re.sub(r"(['\"\\])", r"\\\1", s).replace("\0", "\\0"))
add("stripslashes", "s")(lambda s: re.sub(r"\\(.?)", lambda m: "\0" if m[1] == "0" else m[1], s, flags=re.S))
add("nl2br", "s b?")(lambda s, x=True: re.sub(r"\r\n|\n\r|\n|\r", lambda m: ("<br />" if x else "<br>") + m[0], s))
add("md5", "s")(lambda s: hashlib.md5(to_bytes(s), usedforsecurity=False).hexdigest())
add("sha1", "s")(lambda s: hashlib.sha1(to_bytes(s), usedforsecurity=False).hexdigest())
add("crc32", "s")(lambda s: zlib.crc32(to_bytes(s)))
add("base64_encode", "s")(lambda s: base64.b64encode(to_bytes(s)).decode())
add("bin2hex", "s")(lambda s: to_bytes(s).hex())
add("ord", "s")(lambda s: to_bytes(s)[0] if s else 0)
add("chr", "i")(lambda n: from_bytes(bytes([n % 256])))
add("strcmp", "s s")(lambda a, b: (to_bytes(a) > to_bytes(b)) - (to_bytes(a) < to_bytes(b)))
add("strcasecmp", "s s")(lambda a, b: (a.translate(_LOWER) > b.translate(_LOWER)) - (a.translate(_LOWER) < b.translate(_LOWER)))
add("strncmp", "s s i")(lambda a, b, n: (a[:n] > b[:n]) - (a[:n] < b[:n]))
add("strncasecmp", "s s i")(lambda a, b, n: (a[:n].lower() > b[:n].lower()) - (a[:n].lower() < b[:n].lower()))
add("str_contains", "s s")(lambda a, b: b in a)
add("str_starts_with", "s s")(lambda a, b: a.startswith(b))
add("str_ends_with", "s s")(lambda a, b: a.endswith(b))
add("ctype_digit", "m")(lambda s: isinstance(s, str) and s.isascii() and s.isdigit())
add("ctype_alpha", "m")(lambda s: isinstance(s, str) and s.isascii() and s.isalpha())
add("ctype_alnum", "m")(lambda s: isinstance(s, str) and s.isascii() and s.isalnum())
add("ctype_upper", "m")(lambda s: isinstance(s, str) and bool(re.fullmatch(r"[A-Z]+", s)))
add("ctype_lower", "m")(lambda s: isinstance(s, str) and bool(re.fullmatch(r"[a-z]+", s)))
add("quotemeta", "s")(lambda s: re.sub(r"([.\\+*?\[^\]$()])", r"\\\1", s))
add("utf8_encode", "s")(lambda s: to_bytes(s).decode("latin-1"))
add("utf8_decode", "s")(lambda s: from_bytes(s.encode("latin-1", "replace")))


@add("base64_decode", "s b?")
def base64_decode(text: str, strict: bool = False) -> str | bool:
    kept = re.sub(r"[^A-Za-z0-9+/]", "", text)
    return from_bytes(base64.b64decode(kept + "=" * (-len(kept) % 4))) if len(kept) % 4 != 1 else False


@add("ucwords", "s s?")
def ucwords(text: str, delimiters: str = " \t\r\n\f\v") -> str:
    pattern = "(^|[" + re.escape(delimiters) + "])([a-z])" if delimiters else "(^)([a-z])"
    return re.sub(pattern, lambda m: m[1] + m[2].upper(), text)


@add("mb_convert_case", "s i s!?")
def mb_convert_case(text: str, mode: int, charset: str | None = None) -> str:
    if mode in (0, 4):
        return text.upper()
    if mode in (1, 5):
        return text.lower()
    return re.sub(r"\w[\w']*", lambda m: m[0][0].upper() + m[0][1:].lower(), text)


@add("str_repeat", "s i")
def str_repeat(text: str, times: int) -> str:
    if times < 0:
        raise PhpError("str_repeat(): Argument #2 ($times) must be greater than or equal to 0")
    check_size(len(text) * times)
    return text * times


@add("str_pad", "s i s? i?")
def str_pad(text: str, length: int, pad: str = " ", kind: int = 1) -> str:
    if not pad:
        raise PhpError("str_pad(): Argument #3 ($pad_string) must be a non-empty string")
    missing = length - len(to_bytes(text))
    if missing <= 0:
        return text
    check_size(length)
    left = 0 if kind == 1 else (missing if kind == 0 else missing // 2)
    right = missing - left
    return (pad * left)[:left] + text + (pad * right)[:right]


def _find(text: str, needle: str, offset: int, last: bool = False) -> int | bool:
    data, sought = to_bytes(text), to_bytes(needle)
    if not -len(data) <= offset <= len(data):
        raise PhpError("Offset not contained in string")
    start = offset if offset >= 0 else len(data) + offset
    if last and offset < 0:
        found = data.rfind(sought, 0, len(data) + offset + len(sought))
    else:
        found = data.rfind(sought, start) if last else data.find(sought, start)
    return found if found >= 0 else False


add("strpos", "s s i?")(lambda s, n, o=0: _find(s, n, o))
add("stripos", "s s i?")(lambda s, n, o=0: _find(s.translate(_LOWER), n.translate(_LOWER), o))
add("strrpos", "s s i?")(lambda s, n, o=0: _find(s, n, o, True))
add("substr_count", "s s")(lambda s, n: s.count(n))


@add("mb_strpos", "s s i? s!?")
def mb_strpos(text: str, needle: str, offset: int = 0, charset: str | None = None) -> int | bool:
    found = text.find(needle, offset)
    return found if found >= 0 else False


@add("strstr", "s s b?")
def strstr(text: str, needle: str, before: bool = False) -> str | bool:
    at = text.find(needle)
    return False if at < 0 else (text[:at] if before else text[at:])


@add("stristr", "s s b?")
def stristr(text: str, needle: str, before: bool = False) -> str | bool:
    at = text.translate(_LOWER).find(needle.translate(_LOWER))
    return False if at < 0 else (text[:at] if before else text[at:])


@add("strrchr", "s s")
def strrchr(text: str, needle: str) -> str | bool:
    at = text.rfind(needle[:1])
    return False if at < 0 else text[at:]


def replace(search: Any, replacement: Any, subject: Any, ignore_case: bool = False) -> Any:
    """str_replace() and str_ireplace(): arrays of needles, replacements and subjects."""
    if is_array(subject):
        changed = {key: replace(search, replacement, item, ignore_case) for key, item in pairs(subject)}
        return list(changed.values()) if isinstance(subject, list) else changed
    text = as_string(subject)
    if not is_array(search):
        if is_array(replacement):
            raise PhpError("str_replace(): Argument #2 ($replace) must be of type string, array given")
        return _replace_one(text, as_string(search), as_string(replacement), ignore_case)
    many = [as_string(item) for _, item in pairs(replacement)] if is_array(replacement) else None
    for at, (_, needle) in enumerate(pairs(search)):
        new = as_string(replacement) if many is None else (many[at] if at < len(many) else "")
        text = _replace_one(text, as_string(needle), new, ignore_case)
    return text


def _replace_one(text: str, needle: str, new: str, ignore_case: bool) -> str:
    if not needle:
        return text
    if ignore_case:
        return re.sub(re.escape(needle), lambda m: new, text, flags=re.I)
    if len(new) > len(needle):
        check_size(len(text) + text.count(needle) * len(new))
    return text.replace(needle, new)


add("str_replace", "m m m")(lambda s, r, t: replace(s, r, t))
add("str_ireplace", "m m m")(lambda s, r, t: replace(s, r, t, True))


@add("substr_replace", "s s i i!?")
def substr_replace(text: str, new: str, start: int, length: int | None = None) -> str:
    data = to_bytes(text)
    begin, end = slice_range(len(data), start, length)
    return from_bytes(data[:begin] + to_bytes(new) + data[end:])


@add("strtr", "s m s?")
def strtr(text: str, first: Any, second: str | None = None) -> str:
    if second is not None:
        return text.translate({ord(a): b for a, b in zip(as_string(first), second, strict=False)})
    if not is_array(first):
        raise PhpError("strtr(): Argument #2 ($from) must be of type array when there are two arguments")
    table = {to_str(key): to_str(item) for key, item in pairs(first) if to_str(key)}
    if not table:
        return text
    pattern = "|".join(re.escape(key) for key in sorted(table, key=len, reverse=True))
    return re.sub(pattern, lambda m: table[m[0]], text)


add("wordwrap", "s i? s? b?")(lambda s, w=75, mark="\n", cut=False: wordwrap(s, w, mark, cut))


@add("number_format", "m i? s!? s!?")
def format_number(value: Any, decimals: int = 0, point: str | None = ".", thousands: str | None = ",") -> str:
    return number_format(as_float(value), decimals, point, thousands)


@add("strip_tags", "s m?")
def strip_tags(text: str, allowed: Any = None) -> str:
    keep = "".join(f"<{to_str(item)}>" for _, item in pairs(allowed)) if is_array(allowed) else to_str(allowed)
    names = {name.lower() for name in re.findall(r"<\s*/?\s*(\w+)", keep)}
    out: list[str] = []
    at = 0
    while (start := text.find("<", at)) >= 0:
        out.append(text[at:start])
        if text[start + 1 : start + 2].isspace():
            out.append("<")
            at = start + 1
            continue
        match = _TAG.match(text, start)
        at = match.end() if match else len(text)
        name = re.match(r"</?\s*([\w:-]+)", text[start:at])
        if name and name.group(1).lower() in names:
            out.append(text[start:at])
    return "".join([*out, text[at:]])


_TAG = re.compile(r"<!--.*?-->|<(?:\"[^\"]*\"|'[^']*'|[^>\"'])*>", re.S)


@add("explode", "s s i?")
def explode(separator: str, text: str, limit: int | None = None) -> list[str]:
    if not separator:
        raise PhpError("explode(): Argument #1 ($separator) cannot be empty")
    if limit is not None and limit > 0:
        return text.split(separator, limit - 1)
    parts = text.split(separator)
    if limit is None:
        return parts
    return [text] if limit == 0 and len(parts) == 1 else (text.split(separator, 0) if limit == 0 else parts[:limit])


@add("implode join", "m m?")
def implode(glue: Any, items: Any = None) -> str:
    if items is None:
        glue, items = "", glue
    if is_array(glue) and not is_array(items):
        raise PhpError("implode(): Argument #1 ($separator) must be of type string, array given")
    if not is_array(items):
        raise PhpError("implode(): Argument #2 ($array) must be of type ?array")
    return to_str(glue).join([to_str(item) for _, item in pairs(items)])


@add("str_split", "s i?")
def str_split(text: str, size: int = 1) -> list[str]:
    data = to_bytes(text)
    if size < 1:
        raise PhpError("str_split(): Argument #2 ($length) must be greater than 0")
    return [from_bytes(data[at : at + size]) for at in range(0, len(data), size)] or [""]


@add("mb_str_split", "s i?")
def mb_str_split(text: str, size: int = 1) -> list[str]:
    if size < 1:
        raise PhpError("mb_str_split(): Argument #2 ($length) must be greater than 0")
    return [text[at : at + size] for at in range(0, len(text), size)]


@add("str_word_count", "s")
def str_word_count(text: str) -> int:
    return len(re.findall(r"[A-Za-z'-]+", text))


add("sprintf", "s m*")(lambda f, *a: sprintf(f, list(a)))
add("vsprintf", "s a")(lambda f, a: sprintf(f, [item for _, item in pairs(a)]))
add("print_r", "m b?")(lambda v, r=False: print_r(v))
add("var_export", "m b?")(lambda v, r=False: var_export(v))
add("json_encode", "m i? i?")(lambda v, f=0, d=512: json_encode(v, f))
