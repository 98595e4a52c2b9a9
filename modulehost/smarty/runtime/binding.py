"""The names that compiled templates use."""

from __future__ import annotations

import math
from typing import Any

from . import access, convert, operators
from .functions import FUNCTIONS
from .html import escape_html
from .loops import Loop, for_count
from .modifiers import MODIFIERS

MISSING = object()
SMARTY_VERSION = "4.3.0"


def store(page: Any, base: Any, path: list[Any], value: Any) -> Any:
    """An element assignment; copying a large array counts as work."""
    if base.__class__ is list or base.__class__ is dict:
        page.charge(1 + (len(base) >> 7))
    return access.store(base, path, value)


def append_to(page: Any, base: Any, value: Any, key: Any = access.APPEND) -> Any:
    return store(page, base, [key], value)


def greater(a: Any, b: Any) -> bool:
    return operators.less(b, a)


def greater_equal(a: Any, b: Any) -> bool:
    return operators.less_equal(b, a)


BOUND: dict[str, Any] = {
    "S": convert.to_str, "T": convert.truth, "I": access.index, "Q": access.quiet_index, "P": access.prop,
    "M": access.method, "CAT": operators.concat, "ADD": operators.add, "SUB": operators.subtract,
    "MUL": operators.multiply, "DIV": operators.divide, "MOD": operators.modulo, "POW": operators.power,
    "BAND": operators.bit_and, "BXOR": operators.bit_xor, "XOR": operators.logical_xor, "EQ": operators.equal,
    "ID": operators.identical, "LT": operators.less, "LE": operators.less_equal, "LTR": greater,
    "LER": greater_equal, "NEG": operators.negative, "POS": operators.positive, "CAST": convert.cast,
    "STORE": store, "APPEND": access.APPEND, "APPEND_TO": append_to,
    "ARRAY": access.build_array, "VALUES": access.foreach_values, "PAIRS": access.foreach_pairs,
    "INSTANCE": access.instance_of, "LOOP": Loop, "FOR_COUNT": for_count, "MISSING": MISSING,
    "ESC": escape_html, "FUNCTIONS": FUNCTIONS, "MODIFIERS": MODIFIERS, "VERSION": SMARTY_VERSION, "INF": math.inf,
}  # fmt: skip
