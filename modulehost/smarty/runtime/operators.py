"""PHP 8 comparison and arithmetic."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

from ..errors import LimitError, PhpError
from ..objects import HostObject
from .convert import (
    INT_MAX,
    INT_MIN,
    Budget,
    is_array,
    pairs,
    parse_number,
    to_int,
    to_number,
    to_str,
    truth,
    type_name,
)

MAX_STRING = 32 * 1024 * 1024


def _plain(value: Any) -> Any:
    return value if value.__class__ in (str, int, float, list, dict, bool) else _unusual(value)


def _unusual(value: Any) -> Any:
    if value is None or is_array(value) or isinstance(value, HostObject | bool | int | float):
        return value
    return to_str(value)


def equal(a: Any, b: Any) -> bool:
    """`==`."""
    kind = a.__class__
    if kind is b.__class__:
        if kind is str:
            return a == b or (_maybe_numeric(a) and _maybe_numeric(b) and _compare_strings(a, b) == 0)
        if kind is int or kind is bool or kind is float:
            return bool(a == b)
    return compare(a, b) == 0


def _maybe_numeric(text: str) -> bool:
    return bool(text) and text[0] in "0123456789+-. \t\n\r\v\f"


def _compare_strings(a: str, b: str) -> int:
    x, whole = parse_number(a)
    if whole:
        y, whole = parse_number(b)
        if whole and x is not None and y is not None:
            return (x > y) - (x < y)
    left, right = a.encode("utf-8", "surrogateescape"), b.encode("utf-8", "surrogateescape")
    return (left > right) - (left < right)


def compare(a: Any, b: Any, budget: Budget | None = None) -> int:
    """`<=>`: negative, 0 or positive; 2 when the values cannot be ordered (so neither equal nor less)."""
    a, b = _plain(a), _plain(b)
    if isinstance(a, bool) or isinstance(b, bool) or a is None or b is None:
        return _compare_loose(a, b)
    if isinstance(a, str) and isinstance(b, str):
        return _compare_strings(a, b)
    if is_array(a) or is_array(b):
        return _compare_arrays(a, b, budget or Budget())
    if isinstance(a, HostObject) or isinstance(b, HostObject):
        return _compare_objects(a, b)
    if isinstance(a, str):
        return -_number_string(b, a) if _number_string(b, a) != 2 else 2
    if isinstance(b, str):
        return _number_string(a, b)
    if a != a or b != b:
        return 2
    return int(a > b) - int(a < b)


def _compare_loose(a: Any, b: Any) -> int:
    if a is None and isinstance(b, str):
        return -1 if b else 0
    if b is None and isinstance(a, str):
        return 1 if a else 0
    x, y = truth(a), truth(b)
    return (x > y) - (x < y)


def _number_string(number: int | float, text: str) -> int:
    other, whole = parse_number(text)
    if not whole or other is None:
        return _compare_strings_plain(to_str(number), text)
    if number != number:
        return 2
    return (number > other) - (number < other)


def _compare_strings_plain(a: str, b: str) -> int:
    return (a > b) - (a < b)


def _compare_arrays(a: Any, b: Any, budget: Budget) -> int:
    if not is_array(a):
        return -1
    if not is_array(b):
        return 1
    if len(a) != len(b):
        return 1 if len(a) > len(b) else -1
    budget.spend(len(a) + 1)
    other = dict(pairs(b))
    for key, value in pairs(a):
        if key not in other:
            return 2
        result = compare(value, other[key], budget)
        if result:
            return result
    return 0


def _compare_objects(a: Any, b: Any) -> int:
    if isinstance(a, HostObject) and isinstance(b, HostObject):
        if a is b:
            return 0
        if a.php_class() != b.php_class():
            return 2
        return _compare_arrays(dict(a.iterate()), dict(b.iterate()), Budget())
    if isinstance(a, str):
        return compare(a, b.to_string())
    if isinstance(b, str):
        return compare(a.to_string(), b)
    return compare(1, b) if isinstance(a, HostObject) else compare(a, 1)


def identical(a: Any, b: Any, budget: Budget | None = None) -> bool:
    """`===`."""
    a, b = _plain(a), _plain(b)
    if isinstance(a, HostObject) or isinstance(b, HostObject):
        return a is b
    if is_array(a):
        if not is_array(b) or len(a) != len(b):
            return False
        budget = budget or Budget()
        budget.spend(len(a) + 1)
        return all(
            k == k2 and k.__class__ is k2.__class__ and identical(v, v2, budget)
            for (k, v), (k2, v2) in zip(pairs(a), pairs(b), strict=True)
        )
    return a.__class__ is b.__class__ and bool(a == b)


def less(a: Any, b: Any) -> bool:
    """`<`."""
    if a.__class__ is int and b.__class__ is int:
        return bool(a < b)
    return compare(a, b) == -1


def less_equal(a: Any, b: Any) -> bool:
    """`<=`."""
    if a.__class__ is int and b.__class__ is int:
        return bool(a <= b)
    return compare(a, b) in (-1, 0)


def _fit(number: int | float) -> int | float:
    if number.__class__ is int and not INT_MIN <= number <= INT_MAX:
        return float(number)
    return number


def add(a: Any, b: Any) -> Any:
    """`+`; two arrays are united."""
    if is_array(a) and is_array(b):
        return _unite(a, b)
    return _fit(to_number(a, "+") + to_number(b, "+"))


def _unite(a: Any, b: Any) -> dict[Any, Any]:
    united = dict(pairs(a))
    for key, value in pairs(b):
        united.setdefault(key, value)
    return united


def subtract(a: Any, b: Any) -> int | float:
    """`-`."""
    return _fit(to_number(a, "-") - to_number(b, "-"))


def multiply(a: Any, b: Any) -> int | float:
    """`*`."""
    return _fit(to_number(a, "*") * to_number(b, "*"))


def divide(a: Any, b: Any) -> int | float:
    """`/`: an int when it divides exactly."""
    x, y = to_number(a, "/"), to_number(b, "/")
    if y == 0:
        raise PhpError("Division by zero")
    if x.__class__ is int and y.__class__ is int:
        return _fit(x // y) if x % y == 0 else x / y
    return x / y


def modulo(a: Any, b: Any) -> int:
    """`%`: integers, with the sign of the left operand."""
    x, y = to_int(to_number(a, "%")), to_int(to_number(b, "%"))
    if y == 0:
        raise PhpError("Modulo by zero")
    rest = abs(x) % abs(y)
    return -rest if x < 0 else rest


def power(a: Any, b: Any) -> int | float:
    """`**`."""
    x, y = to_number(a, "**"), to_number(b, "**")
    if x.__class__ is int and y.__class__ is int and y >= 0:
        if abs(x) <= 1 or y * math.log2(abs(x)) < 64:
            return _fit(x ** int(y))
        x = float(x)
    try:
        result = float(x) ** float(y)
    except OverflowError:
        return math.inf if x > 0 or y % 2 == 0 else -math.inf
    except ZeroDivisionError:
        return math.inf
    return math.nan if isinstance(result, complex) else result


def bit_and(a: Any, b: Any) -> int:
    """`&`."""
    return to_int(to_number(a, "&")) & to_int(to_number(b, "&"))


def bit_xor(a: Any, b: Any) -> int:
    """`^`."""
    return to_int(to_number(a, "^")) ^ to_int(to_number(b, "^"))


def negative(a: Any) -> int | float:
    """Unary `-`."""
    return multiply(a, -1) if not isinstance(a, float) else -a


def positive(a: Any) -> int | float:
    """Unary `+`."""
    return to_number(a, "*")


def concat(*parts: Any) -> str:
    """`.`, with a limit on the length of the result."""
    text = "".join([part if part.__class__ is str else to_str(part) for part in parts])
    if len(text) > MAX_STRING:
        raise LimitError(f"A string grew beyond {MAX_STRING} characters")
    return text


def logical_xor(a: Any, b: Any) -> bool:
    """`xor`."""
    return truth(a) is not truth(b)


def increment(value: Any, step: int) -> Any:
    """What `$n++` and `$n--` leave in the variable."""
    if value is None:
        return 1 if step > 0 else None
    if isinstance(value, bool):
        return value
    if isinstance(value, str | Decimal):
        text = to_str(value)
        number, whole = parse_number(text)
        if whole and number is not None:
            return _fit(number + step)
        return (_next_string(text) if text else "1") if step > 0 else (text or -1)
    if is_array(value) or isinstance(value, HostObject):
        raise PhpError(f"Cannot {'increment' if step > 0 else 'decrement'} {type_name(value)}")
    return _fit(value + step)


def _next_string(text: str) -> str:
    chars = list(text)
    at = len(chars) - 1
    while at >= 0:
        char = chars[at]
        if not ("a" <= char <= "z" or "A" <= char <= "Z" or "0" <= char <= "9"):
            return "".join(chars)
        if char not in "zZ9":
            chars[at] = chr(ord(char) + 1)
            return "".join(chars)
        chars[at] = {"z": "a", "Z": "A", "9": "0"}[char]
        if at == 0 or not chars[at - 1].isalnum():
            chars.insert(at, {"z": "a", "Z": "A", "9": "1"}[char])
            return "".join(chars)
        at -= 1
    return "".join(chars)
