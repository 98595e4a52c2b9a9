"""The equations of {math}: numbers, parameters, a few operators and an allow-list of functions."""

from __future__ import annotations

import re
from typing import Any

from ..errors import PhpError
from .convert import is_array, parse_number, to_str
from .functions import FUNCTIONS
from .operators import add, bit_xor, divide, modulo, multiply, negative, subtract

ALLOWED = frozenset(
    ("int", "abs", "ceil", "acos", "acosh", "cos", "cosh", "deg2rad", "rad2deg", "exp", "floor", "log", "log10")
    + ("max", "min", "pi", "pow", "rand", "round", "asin", "sin", "sqrt", "tan", "atan")
)
_TOKEN = re.compile(r"\s*(?:(\d+(?:\.\d*)?|\.\d+)|([A-Za-z_]\w*)|([-+*/%^(),.]))")
_RESERVED = {"equation", "format", "assign"}


class _Wrong(Exception):
    """Not an equation: the engine warns and prints nothing."""


def evaluate(attrs: dict[str, Any], page: Any) -> Any:
    """The value of `equation`, or None when {math} gives only a warning."""
    text = to_str(attrs.get("equation")).strip()
    if not text or text.count("(") != text.count(")") or any(char in text for char in "`$;'\"{}[]<>=!&|?:\\"):
        return None
    values: dict[str, int | float] = {}
    for name, value in attrs.items():
        if name in _RESERVED:
            continue
        number = _number(value)
        if number is None:
            return None
        values[name] = number
    if re.search(r"(\d)[eE][+-]?\d|\*\s*\*|\+\s*\+|-\s*-", text):
        return None
    try:
        parser = _Equation(text, values, page)
        return parser.parse()
    except _Wrong:
        return None


def _number(value: Any) -> int | float | None:
    if isinstance(value, bool) or value is None or is_array(value):
        return None
    if isinstance(value, int | float):
        return value
    number, whole = parse_number(to_str(value))
    return number if whole else None


class _Equation:
    def __init__(self, text: str, values: dict[str, int | float], page: Any) -> None:
        self.tokens: list[tuple[str, str]] = []
        self.values = values
        self.page = page
        self.at = 0
        pos = 0
        text = text.rstrip()
        while pos < len(text):
            match = _TOKEN.match(text, pos)
            if match is None:
                raise _Wrong
            kind = "number" if match.group(1) else "name" if match.group(2) else "sign"
            self.tokens.append((kind, match.group(0).strip()))
            pos = match.end()
        for index, (kind, word) in enumerate(self.tokens):
            if kind == "name" and word not in values and word.lower() not in ALLOWED:
                raise _Wrong
            if kind == "name" and word in values and self.tokens[index + 1 : index + 2] == [("sign", "(")]:
                raise _Wrong

    def parse(self) -> Any:
        value = self.exclusive_or()
        if self.at != len(self.tokens):
            raise _Wrong
        return value

    def take(self, *signs: str) -> str:
        if self.at < len(self.tokens) and self.tokens[self.at][1] in signs and self.tokens[self.at][0] == "sign":
            self.at += 1
            return self.tokens[self.at - 1][1]
        return ""

    def exclusive_or(self) -> Any:
        value = self.sum()
        while self.take("^"):
            value = bit_xor(value, self.sum())
        return value

    def sum(self) -> Any:
        value = self.product()
        while sign := self.take("+", "-", "."):
            right = self.product()
            if sign == ".":
                raise _Wrong
            value = add(value, right) if sign == "+" else subtract(value, right)
        return value

    def product(self) -> Any:
        value = self.unary()
        while sign := self.take("*", "/", "%"):
            right = self.unary()
            value = {"*": multiply, "/": divide, "%": modulo}[sign](value, right)
        return value

    def unary(self) -> Any:
        if self.take("-"):
            if self.at < len(self.tokens) and self.tokens[self.at][0] == "number":
                return negative(self.atom())
            raise _Wrong  # the engine allows a minus sign only before figures
        return self.atom()

    def atom(self) -> Any:
        if self.take("("):
            value = self.exclusive_or()
            if not self.take(")"):
                raise _Wrong
            return value
        if self.at >= len(self.tokens):
            raise _Wrong
        kind, word = self.tokens[self.at]
        self.at += 1
        if kind == "number":
            return float(word) if "." in word else parse_number(word)[0]
        if kind != "name":
            raise _Wrong
        if word in self.values:
            return self.values[word]
        return self.call(word.lower())

    def call(self, name: str) -> Any:
        if not self.take("("):
            raise _Wrong
        args: list[Any] = []
        if not self.take(")"):
            args.append(self.exclusive_or())
            while self.take(","):
                args.append(self.exclusive_or())
            if not self.take(")"):
                raise _Wrong
        entry = FUNCTIONS.get(name)
        if entry is None:
            raise PhpError(f"Call to undefined function {name}()")
        if not entry.least <= len(args) <= entry.most:
            raise PhpError(f"{name}() takes {entry.describe_count()}, {len(args)} given")
        return entry.call(self.page, *args) if entry.page else entry.call(*args)


