"""Functions on addresses, paths and numbers in other notations, and rarer ones on text."""

from __future__ import annotations

import hashlib
import ipaddress
import re
from typing import Any
from urllib.parse import urlsplit

from ..errors import PhpError
from ..objects import HostObject
from .access import instance_of
from .convert import Budget, is_array, pairs, to_str
from .html import form_url, raw_url
from .strings import from_bytes, to_bytes
from .table import Table, check_size

URLS = Table()
add = URLS.add


@add("parse_url", "s i?")
def parse_url(text: str, part: int = -1) -> Any:
    try:
        found = urlsplit(text)
        port = found.port
    except ValueError:
        return False
    names = ("scheme", "host", "port", "user", "pass", "path", "query", "fragment")
    host = re.sub(r"^.*@|:\d*$", "", found.netloc)
    values = (found.scheme, host, port, found.username, found.password, found.path, found.query, found.fragment)
    result = {name: value for name, value in zip(names, values, strict=True) if value not in (None, "")}
    return result if part < 0 else result.get(names[part] if part < len(names) else "")


@add("http_build_query", "m s? s!? i?")
def http_build_query(data: Any, prefix: str = "", separator: str | None = None, kind: int = 1) -> str:
    quote = raw_url if kind == 2 else form_url
    out: list[str] = []

    budget = Budget()

    def walk(value: Any, name: str) -> None:
        budget.spend(1 + (len(name) >> 3))
        if value is None:
            return
        if isinstance(value, HostObject):
            value = dict(value.iterate())
        if is_array(value):
            for key, item in pairs(value):
                walk(item, f"{name}{quote('[')}{quote(to_str(key))}{quote(']')}")
            return
        text = str(int(value)) if isinstance(value, bool) else to_str(value)
        out.append(f"{name}={quote(text)}")

    if isinstance(data, HostObject):
        data = dict(data.iterate())
    if not is_array(data):
        raise PhpError("http_build_query(): Argument #1 ($data) must be of type array")
    for key, item in pairs(data):
        walk(item, quote(prefix + str(key) if isinstance(key, int) else to_str(key)))
    return (separator or "&").join(out)


@add("basename", "s s?")
def basename(path: str, suffix: str = "") -> str:
    name = path.rstrip("/").rpartition("/")[2]
    return name[: -len(suffix)] if suffix and name.endswith(suffix) and name != suffix else name


@add("dirname", "s")
def dirname(path: str) -> str:
    head, slash, _ = path.rstrip("/").rpartition("/")
    return head.rstrip("/") or "/" if slash else "."


@add("pathinfo", "s")
def pathinfo(path: str) -> dict[str, str]:
    name = basename(path)
    stem, dot, extension = name.rpartition(".")
    result = {"dirname": dirname(path), "basename": name}
    if dot:
        result["extension"] = extension
    return {**result, "filename": stem if dot else name}


@add("ip2long", "s")
def ip2long(text: str) -> int | bool:
    try:
        return int(ipaddress.IPv4Address(text))
    except ValueError:
        return False


add("long2ip", "i")(lambda number: str(ipaddress.IPv4Address(number % 2**32)))


@add("base_convert", "s i i")
def base_convert(text: str, source: int, target: int) -> str:
    figures = "0123456789abcdefghijklmnopqrstuvwxyz"
    if not 2 <= source <= 36 or not 2 <= target <= 36:
        raise PhpError("base_convert(): bases lie between 2 and 36")
    check_size(len(text) * 1000)
    number = 0
    for char in text.lower():
        if char in figures[:source]:
            number = number * source + figures.index(char)
    out = ""
    while number:
        number, rest = divmod(number, target)
        out = figures[rest] + out
    return out or "0"


@add("hash", "s s")
def hashed(kind: str, text: str) -> str:
    if kind not in ("md5", "sha1", "sha224", "sha256", "sha384", "sha512"):
        raise PhpError(f"hash(): Argument #1 ($algo): {kind!r} is not supported")
    return hashlib.new(kind, to_bytes(text), usedforsecurity=False).hexdigest()


@add("levenshtein", "s s")
def levenshtein(first: str, second: str) -> int:
    a, b = to_bytes(first[:1000]), to_bytes(second[:1000])
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        previous, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (x != y))
    return row[-1]


@add("chunk_split", "s i? s?")
def chunk_split(text: str, size: int = 76, end: str = "\r\n") -> str:
    if size < 1:
        raise PhpError("chunk_split(): Argument #2 ($length) must be greater than 0")
    check_size(len(text) * (1 + len(end)))
    data = to_bytes(text)
    return "".join(from_bytes(data[at : at + size]) + end for at in range(0, len(data), size))


@add("mb_strimwidth", "s i i s? s!?")
def mb_strimwidth(text: str, start: int, width: int, end: str = "", charset: str | None = None) -> str:
    text = text[start:]
    return text if len(text) <= width else text[: max(0, width - len(end))] + end


add("mb_strwidth", "s s!?")(lambda s, c=None: len(s))
add("mb_substr_count", "s s s!?")(lambda s, n, c=None: s.count(n))
add("mb_convert_encoding", "s s m?")(lambda s, to, source=None: s)
add("iconv", "s s s")(lambda source, to, s: s)
add("octdec", "s")(lambda s: int("0" + "".join(c for c in s if c in "01234567"), 8))
add("decoct", "i")(lambda n: f"{n % 2**64:o}")
add("is_a", "m s b?")(lambda v, name, strings=False: instance_of(v, name))
add("strspn", "s s")(lambda s, chars: len(s) - len(s.lstrip(chars)) if chars else 0)
add("strcspn", "s s")(lambda s, chars: next((at for at, c in enumerate(s) if c in chars), len(s)))
add("strpbrk", "s s")(lambda s, chars: next((s[at:] for at, c in enumerate(s) if c in chars), False))
add("substr_compare", "s s i")(lambda a, b, n: (a[n:] > b) - (a[n:] < b))
