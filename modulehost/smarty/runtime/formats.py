"""sprintf, number_format, round and the dump formats."""

from __future__ import annotations

import json
import math
import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from ..errors import PhpError
from ..objects import HostObject
from .convert import (
    Budget,
    float_repr,
    float_to_str,
    is_array,
    is_list,
    pairs,
    to_float,
    to_int,
    to_str,
    type_name,
)
from .table import as_string, check_size


def sprintf(template: str, args: list[Any]) -> str:
    """sprintf(): ArgumentCountError when arguments are missing, ValueError for unknown specifiers."""
    out: list[str] = []
    at = used = 0
    while True:
        percent = template.find("%", at)
        if percent < 0:
            out.append(template[at:])
            return "".join(out)
        out.append(template[at:percent])
        match = _ONE.match(template, percent)
        if match is None:
            raise PhpError("Missing or unknown format specifier")
        at = match.end()
        if match.group("percent"):
            out.append("%")
            continue
        if match.group("arg"):
            position = int(match.group("arg")) - 1
            if position < 0:
                raise PhpError("Argument number specifier must be greater than zero")
        else:
            position, used = used, used + 1
        if position >= len(args):
            raise PhpError(f"{position + 2} arguments are required, {len(args) + 1} given")
        out.append(_one(match, args[position]))


_ONE = re.compile(
    r"%(?:(?P<percent>%)|(?:(?P<arg>\d+)\$)?(?P<flags>(?:[-+ 0]|'.)*)(?P<width>\d+)?(?:\.(?P<prec>\d*))?l?"
    r"(?P<type>[bcdeEfFgGosuxX]))",
    re.S,
)


_FLAG = re.compile(r"'.|[-+ 0]", re.S)


def _one(match: re.Match[str], value: Any) -> str:
    flags = match.group("flags")
    left, plus, pad = False, False, " "
    for flag in _FLAG.findall(flags) if flags else ():
        if flag == "-":
            left = True
        elif flag == "+":
            plus = True
        else:
            pad = flag[-1]
    width = int(match.group("width") or 0)
    precision = None if match.group("prec") is None else int(match.group("prec") or 0)
    check_size(width + (precision or 0))
    kind = match.group("type")
    text = _convert(kind, value, precision, plus)
    missing = width - len(text.encode("utf-8", "surrogateescape"))
    if missing <= 0:
        return text
    if left:
        return text + pad * missing
    if pad == "0" and text[:1] in ("-", "+") and kind in "deEfFgG":
        return text[0] + "0" * missing + text[1:]
    return pad * missing + text


def _convert(kind: str, value: Any, precision: int | None, plus: bool) -> str:
    if kind == "s":
        text = to_str(value)
        if precision is not None:
            return text.encode("utf-8", "surrogateescape")[:precision].decode("utf-8", "surrogateescape")
        return text
    if kind in "eEfFgG":
        number = to_float(value)
        sign = "+" if plus and number >= 0 else ""
        digits = 6 if precision is None else min(precision, 53)
        if not math.isfinite(number):
            return sign + float_to_str(number)
        if kind in "fF":
            return f"{sign}{number:.{digits}f}"
        if kind in "eE":
            text = f"{number:.{digits}e}"
            mantissa, exponent = text.split("e")
            text = f"{mantissa}{kind}{exponent[0]}{int(exponent[1:])}"
            return sign + text
        text = f"{number:.{digits or 1}g}"
        if "e" in text:
            mantissa, exponent = text.split("e")
            text = f"{mantissa}{'e' if kind == 'g' else 'E'}{exponent[0]}{int(exponent[1:])}"
        return sign + text
    integer = to_int(value)
    if kind == "d":
        return ("+" if plus and integer >= 0 else "") + str(integer)
    if kind == "c":
        return bytes([integer % 256]).decode("utf-8", "surrogateescape")
    unsigned = integer % 2**64
    return {"u": str(unsigned), "x": f"{unsigned:x}", "X": f"{unsigned:X}", "o": f"{unsigned:o}", "b": f"{unsigned:b}"}[
        kind
    ]


def round_half(number: float, digits: int = 0) -> float:
    """round(): halves away from zero."""
    if number == 0 or not math.isfinite(number):
        return number
    exact = Decimal(f"{number:.14e}")  # PHP 8.2 rounds to 15 significant digits first
    size = exact.adjusted()
    if size + digits >= 15 or digits > 40:
        return number
    if size < -digits - 1:
        return math.copysign(0.0, number)
    return float(exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP))


def number_format(number: float, decimals: int = 0, point: str | None = ".", thousands: str | None = ",") -> str:
    """number_format()."""
    point = "." if point is None else point
    thousands = "," if thousands is None else thousands
    decimals = max(0, decimals)
    check_size(decimals)
    rounded = abs(round_half(number, decimals))
    if not math.isfinite(rounded):
        return float_to_str(number).lower()
    text = f"{rounded:.{min(decimals, 300)}f}"
    if decimals > 300:
        text += "0" * (decimals - 300)
    negative = number < 0 and any(char not in "0." for char in text)
    whole, _, part = text.partition(".")
    if thousands or len(whole) > 3:
        groups: list[str] = []
        while len(whole) > 3:
            groups.insert(0, whole[-3:])
            whole = whole[:-3]
        whole = thousands.join([whole, *groups])
    return ("-" if negative else "") + whole + (point + part if decimals else "")


def json_encode(value: Any, flags: int = 0) -> str:
    """json_encode() with the flags HEX_TAG, HEX_AMP, HEX_APOS, HEX_QUOT, SLASHES, PRETTY, UNICODE and others."""
    return _json(value, flags, 0, Budget())


def _json(value: Any, flags: int, depth: int, budget: Budget) -> str:
    budget.spend()
    if depth > 200:
        raise PhpError("json_encode(): the value is too deep")
    if value is None or isinstance(value, bool):
        return "null" if value is None else ("true" if value else "false")
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, float):
        if value != value or math.isinf(value):
            raise PhpError("json_encode(): Inf and NaN cannot be JSON encoded")
        text = float_repr(value, "e")
        return text + ".0" if flags & 1024 and re.fullmatch(r"-?\d+", text) else text
    if isinstance(value, HostObject):
        plain = value.to_json()
        return _json_pairs(pairs(plain), flags, depth, budget) if is_array(plain) else _json(plain, flags, depth, budget)
    if is_array(value):
        if is_list(value) and not flags & 16:
            items = [_json(item, flags, depth + 1, budget) for _, item in pairs(value)]
            return _wrap("[", "]", items, flags, depth)
        return _json_pairs(pairs(value), flags, depth, budget)
    text = to_str(value)
    if flags & 32 and (number := _numeric(text)) is not None:
        return _json(number, flags & ~32, depth, budget)
    return _json_string(text, flags)


def _numeric(text: str) -> int | float | None:
    from .convert import parse_number

    number, whole = parse_number(text)
    return number if whole else None


def _json_pairs(items: Any, flags: int, depth: int, budget: Budget) -> str:
    colon = ": " if flags & 128 else ":"
    parts = [_json_string(to_str(k), flags & ~32) + colon + _json(v, flags, depth + 1, budget) for k, v in items]
    return _wrap("{", "}", parts, flags, depth)


def _wrap(opening: str, closing: str, parts: list[str], flags: int, depth: int) -> str:
    if not parts or not flags & 128:
        return opening + ",".join(parts) + closing
    pad = "    " * (depth + 1)
    return f"{opening}\n" + ",\n".join(pad + part for part in parts) + f"\n{'    ' * depth}{closing}"


def _json_string(text: str, flags: int) -> str:
    if any("\udc80" <= char <= "\udcff" for char in text):
        raise PhpError("json_encode(): Malformed UTF-8 characters")
    out = json.dumps(text, ensure_ascii=not flags & 256)
    if flags & 256:
        out = out.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029") if not flags & 2048 else out
    out = out.replace("\x7f", "\x7f")
    if not flags & 64:
        out = out.replace("/", "\\/")
    inner = out[1:-1]
    for bit, char, code in ((1, "<", "\\u003C"), (1, ">", "\\u003E"), (2, "&", "\\u0026"), (4, "'", "\\u0027")):
        if flags & bit:
            inner = inner.replace(char, code)
    if flags & 8:
        inner = re.sub(r'\\(["\\])', lambda m: "\\u0022" if m.group(1) == '"' else m.group(0), inner)
    return f'"{inner}"'


def var_export(value: Any, indent: int = 0, budget: Budget | None = None) -> str:
    """var_export()."""
    budget = budget or Budget()
    budget.spend(1 + indent)
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if value > -(2**63) else "-9223372036854775807-1"
    if isinstance(value, float):
        text = float_repr(value)
        return text + ".0" if re.fullmatch(r"-?\d+", text) else text
    if is_array(value):
        pad = " " * indent
        lines = [f"{pad}array (" if indent else "array ("]
        for key, item in pairs(value):
            shown = key if isinstance(key, int) else var_export(key)
            gap = "\n" if is_array(item) or isinstance(item, HostObject) else ""
            lines.append(f"{pad}  {shown} => {gap}{var_export(item, indent + 2, budget)},")
        return "\n".join(lines) + f"\n{pad})"
    if isinstance(value, HostObject):
        pad = " " * indent
        plain = value.php_class() == "stdClass"
        start = f"{pad}(object) array(" if plain else f"{pad}\\{value.php_class()}::__set_state(array("
        lines = [start]
        for key, item in value.iterate():
            gap = "\n" if is_array(item) or isinstance(item, HostObject) else ""
            lines.append(f"{pad}   {var_export(key)} => {gap}{var_export(item, indent + 2, budget)},")
        return "\n".join(lines) + f"\n{pad}{')' if plain else '))'}"
    text = to_str(value).replace("\\", "\\\\").replace("'", "\\'")
    return "'" + text.replace("\0", "' . \"\\0\" . '") + "'"


def print_r(value: Any, indent: int = 0, budget: Budget | None = None) -> str:
    """print_r()."""
    budget = budget or Budget()
    budget.spend(1 + indent)
    if not is_array(value) and not isinstance(value, HostObject):
        return to_str(value)
    pad = " " * indent
    head = "Array" if is_array(value) else f"{value.php_class()} Object"
    items = pairs(value) if is_array(value) else value.iterate()
    body = "".join(f"{pad}    [{to_str(key)}] => {print_r(item, indent + 8, budget)}\n" for key, item in items)
    return f"{head}\n{pad}(\n{body}{pad})\n"


def text_of(value: Any) -> str:
    """A string argument, with PHP's TypeError for arrays."""
    try:
        return as_string(value)
    except PhpError:
        raise PhpError(f"A string is needed, {type_name(value)} given") from None
