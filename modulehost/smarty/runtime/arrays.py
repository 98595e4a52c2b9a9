"""PHP's array functions, on lists and dicts."""

from __future__ import annotations

import math
from functools import cmp_to_key
from typing import Any

from ..errors import PhpError
from ..objects import HostObject
from .access import index, next_key, prop
from .convert import Budget, array_key, compact, is_array, pairs, to_number, to_str, truth, values
from .operators import add as plus
from .operators import compare, equal, identical
from .table import Table, check_size

ARRAYS = Table()
add = ARRAYS.add


@add("count sizeof", "m i?")
def count(value: Any, mode: int = 0) -> int:
    if is_array(value):
        return _count_deep(value, Budget()) if mode == 1 else len(value)
    counted = value.count() if isinstance(value, HostObject) else None
    if counted is None:
        raise PhpError("count(): Argument #1 ($value) must be of type Countable|array")
    return counted


def _count_deep(array: Any, budget: Budget) -> int:
    budget.spend(len(array) + 1)
    return len(array) + sum(_count_deep(item, budget) for _, item in pairs(array) if is_array(item))


add("in_array", "m a b?")(
    lambda needle, array, strict=False: any((identical if strict else equal)(item, needle) for _, item in pairs(array))
)


@add("array_search", "m a b?")
def array_search(needle: Any, array: Any, strict: bool = False) -> Any:
    same = identical if strict else equal
    return next((key for key, item in pairs(array) if same(item, needle)), False)


@add("array_keys", "a m? b?")
def array_keys(array: Any, *search: Any) -> list[Any]:
    if search:
        same = identical if len(search) > 1 and search[1] else equal
        return [key for key, item in pairs(array) if same(item, search[0])]
    return [key for key, _ in pairs(array)]


add("array_values", "a")(values)
add("array_key_exists key_exists", "m a")(lambda key, array: array_key(key) in dict(pairs(array)))
add("array_key_first", "a")(lambda a: next((k for k, _ in pairs(a)), None))
add("array_key_last", "a")(lambda a: list(dict(pairs(a)))[-1] if a else None)
add("array_is_list", "a")(lambda a: compact(dict(pairs(a))).__class__ is list)
add("array_flip", "a")(lambda a: compact({array_key(v): k for k, v in pairs(a)}))
add("array_combine", "a a")(lambda k, v: _combine(values(k), values(v)))
add("array_product", "a")(lambda a: _fold(a, 1))
add("end", "m")(lambda a: _edge(a, -1))
add("reset current pos", "m")(lambda a: _edge(a, 0))
add("next", "m")(lambda a: _edge(a, 1))
add("key", "m")(lambda a: next((k for k, _ in pairs(_need_array(a))), None))


def _need_array(value: Any) -> Any:
    if isinstance(value, HostObject):
        return dict(value.iterate())
    if not is_array(value):
        raise PhpError("must be of type array")
    return value


def _edge(array: Any, at: int) -> Any:
    items = values(_need_array(array))
    return items[at] if items and at < len(items) else False


def _combine(keys: list[Any], items: list[Any]) -> Any:
    if len(keys) != len(items):
        raise PhpError("array_combine(): both arrays must have the same number of elements")
    return compact({array_key(to_str(k)): v for k, v in zip(keys, items, strict=True)})


def _fold(array: Any, start: int) -> Any:
    total: Any = start
    for _, item in pairs(array):
        total *= to_number(item)
    return total


@add("array_sum", "a")
def array_sum(array: Any) -> Any:
    total: Any = 0
    for _, item in pairs(array):
        if not is_array(item):
            total = plus(total, item if not isinstance(item, str) else _lenient(item))
    return total


def _lenient(text: str) -> Any:
    try:
        return to_number(text)
    except PhpError:
        return 0


@add("array_merge", "a*")
def array_merge(*arrays: Any) -> Any:
    result: dict[Any, Any] = {}
    number = 0
    for array in arrays:
        for key, item in pairs(array):
            if key.__class__ is int:
                result[number] = item
                number += 1
            else:
                result[key] = item
    return compact(result)


@add("array_replace", "a a*")
def array_replace(*arrays: Any) -> Any:
    result: dict[Any, Any] = {}
    for array in arrays:
        result.update(dict(pairs(array)))
    return compact(result)


def _renumber(items: list[tuple[Any, Any]]) -> Any:
    result: dict[Any, Any] = {}
    number = 0
    for key, item in items:
        if key.__class__ is int:
            key, number = number, number + 1
        result[key] = item
    return compact(result)


@add("array_slice", "a i i!? b?")
def array_slice(array: Any, offset: int, length: int | None = None, keep: bool = False) -> Any:
    items = list(pairs(array))
    size = len(items)
    start = max(0, size + offset) if offset < 0 else offset
    end = size if length is None else (size + length if length < 0 else start + length)
    part = items[start : max(start, end)]
    return compact(dict(part)) if keep else _renumber(part)


@add("array_reverse", "a b?")
def array_reverse(array: Any, keep: bool = False) -> Any:
    items = list(pairs(array))[::-1]
    return compact(dict(items)) if keep else _renumber(items)


@add("array_unique", "a i?")
def array_unique(array: Any, flags: int = 2) -> Any:
    kept: dict[Any, Any] = {}
    for key, item in pairs(array):
        if not any((to_str(item) == to_str(seen)) if flags == 2 else equal(item, seen) for seen in kept.values()):
            kept[key] = item
    return compact(kept)


@add("array_filter", "a")
def array_filter(array: Any) -> Any:
    return compact({key: item for key, item in pairs(array) if truth(item)})


@add("array_column", "a m m?")
def array_column(array: Any, column: Any, index_by: Any = None) -> Any:
    result: dict[Any, Any] = {}
    for _, row in pairs(array):
        value = row if column is None else _field(row, column)
        if value is _ABSENT:
            continue
        name = _field(row, index_by) if index_by is not None else _ABSENT
        result[next_key(result) if name is _ABSENT else array_key(name)] = value
    return compact(result)


_ABSENT: Any = object()


def _field(row: Any, name: Any) -> Any:
    if isinstance(row, HostObject):
        value = prop(row, name)
        return _ABSENT if value is None else value
    if is_array(row) and array_key(name) in dict(pairs(row)):
        return index(row, name)
    return _ABSENT


@add("array_fill", "i i m")
def array_fill(start: int, size: int, value: Any) -> Any:
    check_size(size)
    return compact({start + at: value for at in range(size)})


@add("array_fill_keys", "a m")
def array_fill_keys(keys: Any, value: Any) -> Any:
    return compact({array_key(key): value for _, key in pairs(keys)})


@add("array_pad", "a i m")
def array_pad(array: Any, size: int, value: Any) -> Any:
    check_size(abs(size))
    missing = abs(size) - len(array)
    if missing <= 0:
        return array
    filling = [(0, value)] * missing
    return _renumber([*pairs(array), *filling] if size > 0 else [*filling, *pairs(array)])


@add("array_chunk", "a i b?")
def array_chunk(array: Any, size: int, keep: bool = False) -> list[Any]:
    if size < 1:
        raise PhpError("array_chunk(): Argument #2 ($length) must be greater than 0")
    items = list(pairs(array))
    chunks = [items[at : at + size] for at in range(0, len(items), size)]
    return [compact(dict(chunk)) if keep else [item for _, item in chunk] for chunk in chunks]


def _keep(by_key: bool, present: bool) -> Any:
    def function(first: Any, *others: Any) -> Any:
        def found(key: Any, item: Any, other: Any) -> bool:
            if by_key:
                return key in dict(pairs(other))
            return any(to_str(item) == to_str(x) for _, x in pairs(other))

        test = all if present else (lambda results: not any(results))
        return compact({k: v for k, v in pairs(first) if test([found(k, v, other) for other in others])})

    return function


add("array_diff", "a a*")(_keep(False, False))
add("array_diff_key", "a a*")(_keep(True, False))
add("array_intersect", "a a*")(_keep(False, True))
add("array_intersect_key", "a a*")(_keep(True, True))


@add("array_count_values", "a")
def array_count_values(array: Any) -> Any:
    result: dict[Any, int] = {}
    for _, item in pairs(array):
        key = array_key(item)
        result[key] = result.get(key, 0) + 1
    return compact(result)


@add("range", "m m n?")
def php_range(start: Any, end: Any, step: int | float = 1) -> list[Any]:
    if isinstance(start, str) and isinstance(end, str) and start and end and not (start + end).isdigit():
        first, last = ord(start[0]), ord(end[0])
        size = int(abs(step)) if math.isfinite(step) else 1
        size = size or 1
        codes = range(first, last + 1, size) if first <= last else range(first, last - 1, -size)
        return [chr(code) for code in codes]
    a, b = _lenient(to_str(start)), _lenient(to_str(end))
    size_n = abs(step)
    if size_n == 0 or not math.isfinite(size_n) or not math.isfinite(a) or not math.isfinite(b):
        raise PhpError("range(): a step of 0 or an infinite range")
    total = int(abs(b - a) / size_n + 1e-9) + 1
    check_size(total)
    sign = 1 if a <= b else -1
    return [a + sign * at * size_n for at in range(total)]


def _extreme(args: tuple[Any, ...], sign: int) -> Any:
    items = values(args[0]) if len(args) == 1 and is_array(args[0]) else list(args)
    if not items or (len(args) == 1 and not is_array(args[0])):
        raise PhpError("max() and min() need a non-empty array or several values")
    best = items[0]
    for item in items[1:]:
        if compare(item, best) == sign:
            best = item
    return best


add("max", "m m*")(lambda *a: _extreme(a, 1))
add("min", "m m*")(lambda *a: _extreme(a, -1))


def sort_values(array: Any) -> list[Any]:
    """The values in PHP's default order."""
    return sorted(values(array), key=cmp_to_key(lambda a, b: compare(a, b)))
