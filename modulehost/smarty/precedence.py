"""Operands and operators in textual order become a tree with PHP's precedence."""

from __future__ import annotations

from dataclasses import dataclass

from . import nodes as n
from .errors import SyntaxFault

LEVELS = {
    "xor": 2, "?": 4, "||": 6, "&&": 7, "^": 9, "&": 10,
    "==": 11, "!=": 11, "===": 11, "!==": 11, "<": 12, ">": 12, "<=": 12, ">=": 12,
    ".": 14, "+": 15, "-": 15, "*": 16, "/": 16, "%": 16, "**": 20,
}  # fmt: skip
UNARY = {"!": 17}
SIGN = 19
NON_ASSOCIATIVE = {4, 11, 12}


@dataclass(slots=True)
class Op:
    """An operator between operands (`unary` False) or before one; `middle` is the middle arm of a ternary."""

    op: str
    pos: int
    unary: bool = False
    middle: n.Node | None = None


Item = n.Node | Op


def resolve(items: list[Item]) -> n.Node:
    """The tree of a flat list."""
    first = items[0]
    if len(items) == 1 and isinstance(first, n.Node):
        return first
    node, end = _binary(items, 0, 0)
    if end != len(items):
        rest = items[end]
        raise SyntaxFault("Unexpected operator", rest.pos)
    return node


def _unary(items: list[Item], at: int) -> tuple[n.Node, int]:
    item = items[at]
    if isinstance(item, Op):
        if not item.unary:
            raise SyntaxFault(f"Unexpected operator {item.op}", item.pos)
        arg, end = _binary(items, at + 1, UNARY.get(item.op, SIGN))
        return n.Un(item.pos, item.op, arg), end
    return item, at + 1


def _binary(items: list[Item], at: int, least: int) -> tuple[n.Node, int]:
    left, at = _unary(items, at)
    while at < len(items):
        item = items[at]
        if not isinstance(item, Op) or item.unary:
            raise SyntaxFault("Operator expected", item.pos)
        level = LEVELS[item.op]
        if level < least:
            break
        if item.op == "**":
            right, at = _binary(items, at + 1, level)
        else:
            right, at = _binary(items, at + 1, level + 1)
        if item.middle is not None:
            left = n.Tern(item.pos, left, item.middle, right)
        else:
            left = n.Bin(item.pos, item.op, left, right)
        if level in NON_ASSOCIATIVE and at < len(items):
            after = items[at]
            if isinstance(after, Op) and not after.unary and LEVELS[after.op] == level:
                what = "Nested ? : needs parentheses" if level == 4 else "Comparisons cannot be chained"
                raise SyntaxFault(what, after.pos)
    return left, at
