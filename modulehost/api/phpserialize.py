"""PHP's serialize() format, as far as API clients send it: scalars and arrays. Objects and references are refused.

Reading: null -> None, bool, int, float -> Decimal, string -> str, array -> dict with int and str keys in their order.
"""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

MAX_DEPTH = 20


class PhpFormatError(ValueError):
    """Text that is not a serialized scalar or array; says where reading stopped."""


def dumps(value: Any) -> bytes:
    """`value` (None, bool, int, Decimal, text, list, tuple or mapping of those) as PHP's serialize() writes it."""
    if value is None:
        return b"N;"
    if isinstance(value, bool):
        return b"b:%d;" % value
    if isinstance(value, int):
        return b"i:%d;" % value
    if isinstance(value, Decimal):
        return b"d:%s;" % str(value).encode()
    if isinstance(value, str | bytes):
        raw = value.encode() if isinstance(value, str) else value
        return b's:%d:"%s";' % (len(raw), raw)
    if isinstance(value, Mapping | list | tuple):
        pairs = list(value.items() if isinstance(value, Mapping) else enumerate(value))
        return b"a:%d:{%s}" % (len(pairs), b"".join(dumps(_key(key)) + dumps(one) for key, one in pairs))
    raise PhpFormatError(f"{type(value).__name__} cannot be serialized; use text, numbers, lists and maps")


def loads(data: bytes) -> Any:
    """What serialize() was given. Raises PhpFormatError."""
    value, end = _read(data, 0, 0)
    if end != len(data):
        raise PhpFormatError(f"{len(data) - end} bytes follow the serialized value at byte {end}")
    return value


def _key(key: Any) -> Any:
    # PHP makes integers of keys that are written like one.
    if isinstance(key, str) and (
        key == "0" or (key.lstrip("-").isdecimal() and key.lstrip("-")[0] != "0" and key.isascii())
    ):
        return int(key)
    return key


def _read(data: bytes, at: int, depth: int) -> tuple[Any, int]:
    if depth > MAX_DEPTH:
        raise PhpFormatError(f"arrays are nested deeper than {MAX_DEPTH}")
    kind = data[at : at + 2]
    if kind == b"N;":
        return None, at + 2
    if kind == b"s:":
        return _text(data, at)
    if kind == b"a:":
        return _array(data, at, depth)
    if kind in (b"b:", b"i:", b"d:"):
        text, end = _until(data, at + 2, b";")
        try:
            return _scalar(kind, text), end
        except (ValueError, InvalidOperation):
            raise PhpFormatError(f"byte {at}: {text[:40]!r} is not a number") from None
    if kind in (b"O:", b"C:", b"R:", b"r:", b"E:"):
        raise PhpFormatError(f"byte {at}: objects and references are refused; send scalars and arrays")
    raise PhpFormatError(f"byte {at}: {data[at : at + 10]!r} begins no serialized value")


def _scalar(kind: bytes, text: str) -> Any:
    if kind == b"b:":
        return bool(int(text))
    return int(text) if kind == b"i:" else Decimal(text)


def _text(data: bytes, at: int) -> tuple[str, int]:
    length, start = _length(data, at + 2)
    end = start + 1 + length
    if data[start : start + 1] != b'"' or data[end : end + 2] != b'";':
        raise PhpFormatError(f"byte {at}: a string of {length} bytes does not end where it should")
    return data[start + 1 : end].decode("utf-8", "replace"), end + 2


def _array(data: bytes, at: int, depth: int) -> tuple[dict[int | str, Any], int]:
    count, start = _length(data, at + 2)
    if data[start : start + 1] != b"{":
        raise PhpFormatError(f"byte {start}: an array must begin with {{")
    at, out = start + 1, {}
    for _ in range(count):
        key, at = _read(data, at, depth + 1)
        if not isinstance(key, int | str) or isinstance(key, bool):
            raise PhpFormatError(f"byte {at}: an array key must be a whole number or text")
        out[key], at = _read(data, at, depth + 1)
    if data[at : at + 1] != b"}":
        raise PhpFormatError(f"byte {at}: the array has more than the {count} elements it announced")
    return out, at + 1


def _length(data: bytes, at: int) -> tuple[int, int]:
    text, end = _until(data, at, b":")
    if not (text.isascii() and text.isdecimal()) or int(text) > len(data):
        raise PhpFormatError(f"byte {at}: {text[:40]!r} is not a possible length")
    return int(text), end


def _until(data: bytes, at: int, sign: bytes) -> tuple[str, int]:
    end = data.find(sign, at, at + 400)
    if end < 0:
        raise PhpFormatError(f"byte {at}: the text ends within a value")
    return data[at:end].decode("ascii", "replace"), end + 1
