"""PHP's mathematical and type functions."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

from ..errors import PhpError
from ..objects import HostObject
from .convert import is_array, parse_number, to_float, to_int, to_str, truth, wrap_int
from .formats import round_half
from .operators import power
from .table import Table

NUMBERS = Table()
add = NUMBERS.add

add("abs", "n")(abs)
add("ceil", "n")(lambda n: float(math.ceil(n)) if math.isfinite(n) else n)
add("floor", "n")(lambda n: float(math.floor(n)) if math.isfinite(n) else n)
add("sqrt", "f")(lambda n: math.sqrt(n) if n >= 0 else math.nan)
add("pow", "n n")(power)
add("fmod", "f f")(lambda a, b: math.fmod(a, b) if b and math.isfinite(a) else math.nan)
add("pi", "")(lambda: math.pi)
add("exp", "f")(lambda n: math.exp(n) if n < 709 else math.inf)
add("log", "f f?")(lambda n, b=math.e: _log(n, b))
add("log10", "f")(lambda n: _log(n, 10.0))
add("sin", "f")(lambda n: math.sin(n) if math.isfinite(n) else math.nan)
add("cos", "f")(lambda n: math.cos(n) if math.isfinite(n) else math.nan)
add("tan", "f")(lambda n: math.tan(n) if math.isfinite(n) else math.nan)
add("atan", "f")(math.atan)
add("asin", "f")(lambda n: math.asin(n) if abs(n) <= 1 else math.nan)
add("acos", "f")(lambda n: math.acos(n) if abs(n) <= 1 else math.nan)
add("deg2rad", "f")(math.radians)
add("rad2deg", "f")(math.degrees)
add("hypot", "f f")(math.hypot)
add("is_nan", "f")(lambda n: n != n)
add("is_infinite", "f")(math.isinf)
add("is_finite", "f")(math.isfinite)
add("dechex", "i")(lambda n: f"{n % 2**64:x}")
add("hexdec", "s")(lambda s: int("0" + "".join(c for c in s if c in "0123456789abcdefABCDEF"), 16))
add("decbin", "i")(lambda n: f"{n % 2**64:b}")
add("bindec", "s")(lambda s: int("0" + "".join(c for c in s if c in "01"), 2))


@add("intdiv", "i i")
def intdiv(number: int, by: int) -> int:
    if by == 0:
        raise PhpError("Division by zero")
    return wrap_int(abs(number) // abs(by) * (1 if (number < 0) == (by < 0) else -1))


def _log(number: float, base: float) -> float:
    if base <= 0:
        raise PhpError("log(): Argument #2 ($base) must be greater than 0")
    if base == 1:
        return math.nan
    if number <= 0:
        return -math.inf if number == 0 else math.nan
    if base == math.e:
        return math.log(number)
    return math.log10(number) if base == 10 else math.log(number, base)


@add("round", "n i? i?")
def php_round(number: int | float, digits: int = 0, mode: int = 1) -> int | float:
    if isinstance(number, int):
        return int(round_half(float(number), digits)) if digits < 0 else float(number)
    return round_half(number, digits)


@add("intval", "m i?")
def intval(value: Any, base: int = 10) -> int:
    if base == 10 or not isinstance(value, str):
        return to_int(value)
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"[:base]
    number = 0
    for char in value.strip().lower().removeprefix("0x" if base == 16 else "0b" if base == 2 else "\0"):
        if char not in digits:
            break
        number = number * base + digits.index(char)
    return number


add("floatval doubleval", "m")(to_float)
add("strval", "m")(to_str)
add("boolval", "m")(truth)
add("is_array", "m")(is_array)
add("is_string", "m")(lambda v: isinstance(v, str | Decimal))
add("is_int is_integer is_long", "m")(lambda v: isinstance(v, int) and not isinstance(v, bool))
add("is_float is_double", "m")(lambda v: isinstance(v, float))
add("is_bool", "m")(lambda v: isinstance(v, bool))
add("is_null", "m")(lambda v: v is None)
add("is_object", "m")(lambda v: isinstance(v, HostObject))
add("is_scalar", "m")(lambda v: isinstance(v, bool | int | float | str | Decimal))
add("is_iterable", "m")(lambda v: is_array(v) or isinstance(v, HostObject))
add("is_countable", "m")(lambda v: is_array(v) or (isinstance(v, HostObject) and v.count() is not None))


@add("is_numeric", "m")
def is_numeric(value: Any) -> bool:
    if isinstance(value, bool) or value is None or is_array(value) or isinstance(value, HostObject):
        return False
    return isinstance(value, int | float) or parse_number(to_str(value))[1]


@add("gettype", "m")
def gettype(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "double"
    if is_array(value):
        return "array"
    return "object" if isinstance(value, HostObject) else "string"


add("get_class", "m")(lambda v: v.php_class() if isinstance(v, HostObject) else False)
add("method_exists", "m s")(lambda v, name: isinstance(v, HostObject) and v.method_exists(name))
add("property_exists", "m s")(lambda v, name: isinstance(v, HostObject) and v.get_property(name) is not None)
