"""How a Python function becomes a PHP function: a name, the number and types of its arguments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ..errors import LimitError, PhpError
from ..objects import HostObject
from .convert import is_array, parse_number, to_float, to_int, to_str, truth, type_name

ANY = 255
MAX_RESULT = 16 * 1024 * 1024


@dataclass(frozen=True)
class Entry:
    """`page`: the first argument is the running page."""

    name: str
    call: Callable[..., Any]
    least: int
    most: int
    page: bool = False

    def describe_count(self) -> str:
        if self.most == ANY:
            return f"at least {self.least} arguments"
        return f"{self.least} to {self.most} arguments" if self.least != self.most else f"{self.least} arguments"


def as_string(value: Any) -> str:
    if value.__class__ is str:
        return value
    if is_array(value):
        raise PhpError("must be of type string, array given")
    return to_str(value)


def as_number(value: Any) -> int | float:
    if value.__class__ is int or value.__class__ is float:
        return value
    if value is None or isinstance(value, bool):
        return 1 if value else 0
    if isinstance(value, str | Decimal):
        text = to_str(value)
        number, _ = parse_number(text)
        if number is not None:
            return number
    raise PhpError(f"must be of type int|float, {type_name(value)} given")


def as_int(value: Any) -> int:
    return value if value.__class__ is int else to_int(as_number(value))


def as_float(value: Any) -> float:
    return to_float(as_number(value))


def as_bool(value: Any) -> bool:
    if is_array(value) or isinstance(value, HostObject):
        raise PhpError(f"must be of type bool, {type_name(value)} given")
    return truth(value)


def as_array(value: Any) -> Any:
    if is_array(value):
        return value if value.__class__ is not tuple else list(value)
    raise PhpError(f"must be of type array, {type_name(value)} given")


def anything(value: Any) -> Any:
    return value


READERS: dict[str, Callable[[Any], Any]] = {
    "s": as_string, "i": as_int, "f": as_float, "n": as_number, "b": as_bool, "a": as_array, "m": anything,
}  # fmt: skip


def _or_none(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else read(value)


def entry(name: str, types: str, function: Callable[..., Any], page: bool = False) -> Entry:
    """Types are letters with suffixes: `?` optional, `!` null is kept, `*` any number of them."""
    words = types.split()
    readers = [READERS[word[0]] for word in words]
    nullable = ["!" in word for word in words]
    least = sum(1 for word in words if "?" not in word and "*" not in word)
    variadic = bool(words) and "*" in words[-1]
    fixed = len(words) - 1 if variadic else len(words)
    most = ANY if variadic else len(words)

    in_order = [_or_none(read) if keep else read for read, keep in zip(readers, nullable, strict=True)]

    def convert(args: tuple[Any, ...]) -> list[Any]:
        if not least <= len(args) <= most:
            raise PhpError(f"{name}() takes other than {len(args)} arguments")
        slots = in_order if len(args) <= fixed or not variadic else [*in_order, *in_order[-1:] * (len(args) - fixed)]
        at = 0
        result = []
        try:
            for read, arg in zip(slots, args, strict=False):
                at += 1
                result.append(read(arg))
        except PhpError as error:
            raise PhpError(f"{name}(): Argument #{at} {error}") from None
        return result

    def call(*args: Any) -> Any:
        return function(*convert(args))

    def call_with_page(running: Any, *args: Any) -> Any:
        return function(running, *convert(args))

    if len(words) == 1 and not variadic and least and not page and not nullable[0]:
        return Entry(name, _single(name, readers[0], function), 1, 1)
    return Entry(name, call_with_page if page else call, least, most, page)


def _single(name: str, read: Callable[[Any], Any], function: Callable[..., Any]) -> Callable[..., Any]:
    if read is anything:
        return function

    def call(value: Any) -> Any:
        try:
            value = read(value)
        except PhpError as error:
            raise PhpError(f"{name}(): Argument #1 {error}") from None
        return function(value)

    return call


class Table(dict[str, Entry]):
    """Functions by lower-case name, filled with a decorator."""

    def add(self, names: str, types: str, page: bool = False) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        def register(function: Callable[..., Any]) -> Callable[..., Any]:
            for name in names.split():
                self[name] = entry(name, types, function, page)
            return function

        return register


def check_size(size: float) -> None:
    """Refuse results that would eat the memory."""
    if size > MAX_RESULT:
        raise LimitError(f"A result would be larger than {MAX_RESULT} elements")
