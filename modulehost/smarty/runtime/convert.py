"""PHP 8 conversions between null, bool, int, float, string and array."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ..errors import LimitError, PhpError
from ..objects import HostObject, PlainObject

INT_MAX = 2**63 - 1
INT_MIN = -(2**63)
NUMERIC = re.compile(r"[ \t\n\r\v\f]*([+-]?(?:[0-9]+(\.[0-9]*)?|(\.[0-9]+))([eE][+-]?[0-9]+)?)([ \t\n\r\v\f]*)")
_INT_KEY = re.compile(r"(?:0|-?[1-9][0-9]{0,18})\Z")


def float_to_str(value: float, precision: int = 14) -> str:
    """A float as echo prints it: 14 significant digits, `1.0E+25` when large or small."""
    if value != value:
        return "NAN"
    if value in (math.inf, -math.inf):
        return "INF" if value > 0 else "-INF"
    if value == 0:
        return "-0" if math.copysign(1.0, value) < 0 else "0"
    mantissa, exponent = f"{value:.{precision - 1}e}".split("e")
    return _layout(mantissa, int(exponent), precision, "E")


def float_repr(value: float, mark: str = "E") -> str:
    """A float in its shortest exact form, as var_export (`E`) and json_encode (`e`) print it."""
    if value != value or value in (math.inf, -math.inf) or value == 0:
        return float_to_str(value)
    text = repr(value)
    if "e" in text:
        mantissa, exponent = text.split("e")
        return _layout(mantissa, int(exponent), 17, mark)
    sign = "-" if text[0] == "-" else ""
    whole, _, part = text.lstrip("-").partition(".")
    digits = (whole + part).lstrip("0")
    exponent_int = len(whole) - 1 if whole != "0" else -(len(part) - len(part.lstrip("0"))) - 1
    digits = digits.rstrip("0") or "0"
    return _layout(f"{sign}{digits[0]}.{digits[1:] or '0'}", exponent_int, 17, mark)


def _layout(mantissa: str, exponent: int, precision: int, mark: str) -> str:
    sign = "-" if mantissa[0] == "-" else ""
    digits = mantissa.lstrip("-").replace(".", "").rstrip("0") or "0"
    if exponent < -4 or exponent >= precision:
        return f"{sign}{digits[0]}.{digits[1:] or '0'}{mark}{'+' if exponent >= 0 else '-'}{abs(exponent)}"
    if exponent < 0:
        return f"{sign}0.{'0' * (-exponent - 1)}{digits}"
    if len(digits) <= exponent + 1:
        return sign + digits + "0" * (exponent + 1 - len(digits))
    return f"{sign}{digits[: exponent + 1]}.{digits[exponent + 1 :]}"


def to_str(value: Any) -> str:
    """String conversion as in echo."""
    kind = value.__class__
    if kind is str:
        return value  # type: ignore[no-any-return]
    if kind is int:
        return str(value)
    if value is None or value is False:
        return ""
    if value is True:
        return "1"
    if kind is float:
        return float_to_str(value)
    if kind is list or kind is dict or kind is tuple:
        return "Array"
    if isinstance(value, HostObject):
        return value.to_string()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict | list | tuple):
        return "Array"
    if isinstance(value, int):
        return str(int(value))
    raise PhpError(f"A value of type {kind.__name__} cannot be printed in a template")


def truth(value: Any) -> bool:
    """Boolean conversion: '', '0', 0, 0.0, null, false and empty arrays are false."""
    if value.__class__ is Decimal:
        return str(value) != "0"
    return bool(value) and value != "0"


def parse_number(text: str) -> tuple[int | float | None, bool]:
    """The number at the start of a string, and whether the whole string is numeric."""
    match = NUMERIC.match(text)
    if match is None:
        return None, False
    whole = match.end() == len(text)
    digits = match.group(1)
    if match.group(2) is None and match.group(3) is None and match.group(4) is None:
        if len(digits) > 4000:
            return math.inf, whole
        number = int(digits)
        if INT_MIN <= number <= INT_MAX:
            return number, whole
        return float(number), whole
    return float(digits), whole


def to_number(value: Any, op: str = "+") -> int | float:
    """An operand of arithmetic; TypeError for arrays and non-numeric strings, as in PHP 8."""
    kind = value.__class__
    if kind is int or kind is float:
        return value  # type: ignore[no-any-return]
    if value is None:
        return 0
    if kind is bool:
        return 1 if value else 0
    if isinstance(value, Decimal):
        value = format(value, "f")
    if isinstance(value, str):
        number, _ = parse_number(value)
        if number is None:
            raise PhpError(f"Unsupported operand types: string {op} number: {value[:40]!r} is not numeric")
        return number
    raise PhpError(f"Unsupported operand types: {type_name(value)} {op} number")


def wrap_int(number: int) -> int:
    """A Python int cut to 64 bits."""
    return ((number + 2**63) % 2**64) - 2**63


def to_int(value: Any) -> int:
    """(int): truncation, leading digits of a string."""
    kind = value.__class__
    if kind is int:
        return value  # type: ignore[no-any-return]
    if kind is float:
        if value != value or value in (math.inf, -math.inf):
            return 0
        return wrap_int(int(value))
    if value is None or kind is bool:
        return 1 if value else 0
    if isinstance(value, Decimal):
        value = format(value, "f")
    if isinstance(value, str):
        number, _ = parse_number(value)
        if number.__class__ is float:
            return to_int(number) if abs(number or 0) < 2**63 else (INT_MAX if (number or 0) > 0 else INT_MIN)
        return int(number or 0)
    if is_array(value):
        return 1 if value else 0
    return 1


def to_float(value: Any) -> float:
    """(float)."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, str):
        return float(parse_number(value)[0] or 0)
    if value.__class__ is float:
        return value
    return float(to_int(value))


def is_array(value: Any) -> bool:
    return isinstance(value, dict | list | tuple)


def is_list(value: Any) -> bool:
    """Whether the keys are 0, 1, 2 ... in order."""
    if isinstance(value, dict):
        return all(key == at and key.__class__ is int for at, key in enumerate(value))
    return True


def to_array(value: Any) -> list[Any] | dict[Any, Any]:
    """(array): null is empty, a scalar is a list of one, an object gives its properties."""
    if isinstance(value, list | dict):
        return value
    if isinstance(value, tuple):
        return list(value)
    if value is None:
        return []
    if isinstance(value, HostObject):
        return dict(value.iterate())
    return [value]


def to_object(value: Any) -> HostObject:
    """(object)."""
    if isinstance(value, HostObject):
        return value
    if value is None:
        return PlainObject({})
    if is_array(value):
        return PlainObject({to_str(key): item for key, item in pairs(value)})
    return PlainObject({"scalar": value})


def pairs(value: Any) -> Iterable[tuple[Any, Any]]:
    """Keys and values of an array."""
    return value.items() if isinstance(value, dict) else enumerate(value)


def values(value: Any) -> list[Any]:
    """The values of an array as a list."""
    return list(value.values()) if isinstance(value, dict) else list(value)


def compact(array: dict[Any, Any]) -> list[Any] | dict[Any, Any]:
    """A packed array when the keys allow it."""
    return list(array.values()) if is_list(array) else array


def array_key(key: Any) -> int | str:
    """The key PHP stores: '7' is 7, 1.9 is 1, null is ''."""
    kind = key.__class__
    if kind is int:
        return key  # type: ignore[no-any-return]
    if kind is str:
        if _INT_KEY.match(key):
            number = int(key)
            if INT_MIN <= number <= INT_MAX:
                return number
        return key  # type: ignore[no-any-return]
    if key is None:
        return ""
    if kind is bool:
        return 1 if key else 0
    if kind is float:
        return to_int(key)
    if isinstance(key, str | Decimal):
        return array_key(to_str(key))
    raise PhpError(f"Illegal offset type {type_name(key)}")


def index_text(text: str) -> str:
    """Text fit for an id attribute."""
    return re.sub(r"[^\w\-.]", "_", text, flags=re.A)


class Budget:
    """Counts the values a deep operation visits: shared arrays can be exponentially large to walk."""

    __slots__ = ("left",)

    def __init__(self, left: int = 300_000) -> None:
        self.left = left

    def spend(self, count: int = 1) -> None:
        self.left -= count
        if self.left < 0:
            raise LimitError("An array is too large or too deep to walk")


def type_name(value: Any) -> str:
    """PHP's name of the type, as in its messages."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int):
        return "int"
    if isinstance(value, float):
        return "float"
    if isinstance(value, str | Decimal):
        return "string"
    if is_array(value):
        return "array"
    if isinstance(value, HostObject):
        return value.php_class()
    return type(value).__name__


def cast(kind: str, value: Any) -> Any:
    """A cast by its name in the template."""
    return CASTS[kind](value)


CASTS: dict[str, Any] = {
    "int": to_int, "integer": to_int, "bool": truth, "boolean": truth, "float": to_float, "double": to_float,
    "real": to_float, "string": to_str, "binary": to_str, "array": to_array, "object": to_object,
}  # fmt: skip
