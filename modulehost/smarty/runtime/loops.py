"""Counters of loops, as `$v@index` and `$smarty.foreach.name.index` show them."""

from __future__ import annotations

import math
from typing import Any

from ..errors import PhpError
from .convert import is_array, to_int, to_number, truth
from .operators import divide


class Loop:
    """Properties of one {foreach} or {for}."""

    __slots__ = ("index", "iteration", "key", "total")

    def __init__(self, total: int) -> None:
        self.total = total
        self.index: int | None = -1
        self.iteration = 0
        self.key: Any = None

    def step(self, key: Any = None) -> None:
        self.index = self.iteration
        self.iteration += 1
        self.key = key

    def count(self) -> None:
        """For {for}, which has no index."""
        self.index = None
        self.iteration += 1

    @property
    def first(self) -> bool:
        return self.iteration == 1

    @property
    def last(self) -> bool:
        return self.iteration == self.total

    @property
    def show(self) -> bool:
        return self.total > 0


def for_count(start: Any, to: Any, step: Any, maximum: Any) -> int:
    """How often {for} runs: ceil((b - a + 1) / s), never negative, at most `max`."""
    a, b, s = to_number(start), to_number(to), to_number(step)
    if s == 0:
        raise PhpError("Division by zero")
    span = b - a + 1 if s > 0 else a - b + 1
    count = max(0, math.ceil(divide(span, abs(s))))
    return count if maximum is None else max(0, min(count, to_int(maximum)))


class Section:
    """Properties of one {section}."""

    def __init__(self, attrs: dict[str, Any]) -> None:
        source = attrs["loop"]
        self.loop = len(source) if is_array(source) else max(0, to_int(source))
        self.given_show = attrs.get("show")
        self.show = truth(attrs.get("show", True))
        step = to_int(attrs["step"]) if "step" in attrs else 1
        step = step or 1
        if "start" in attrs:
            start = to_int(attrs["start"])
            if start < 0:
                start = max(0 if step > 0 else -1, self.loop + start)
            else:
                start = min(start, self.loop if step > 0 else self.loop - 1)
        else:
            start = 0 if step > 0 else self.loop - 1
        span = self.loop - start if step > 0 else start + 1
        total = math.ceil(span / abs(step))
        if "max" in attrs:
            maximum = to_int(attrs["max"])
            total = min(total, maximum if maximum >= 0 else self.loop)
        if self.loop == 0:
            self.show = False
        self.total = max(0, total) if self.show else 0
        self.start, self.by = start, step
        self.index = start
        self.iteration = 0

    def step(self, number: int) -> None:
        self.iteration = number + 1
        self.index = self.start + number * self.by

    def finish(self) -> None:
        """After the last turn the index has moved on."""
        self.index = self.start + self.total * self.by

    def get(self, prop: str) -> Any:
        if prop == "index_prev":
            return self.index - self.by
        if prop == "index_next":
            return self.index + self.by
        if prop == "show":
            return self.given_show
        if prop == "rownum":
            return self.iteration
        if prop == "first":
            return self.iteration == 1
        if prop == "last":
            return self.iteration == self.total
        return getattr(self, prop) if prop in ("index", "iteration", "total", "loop") else None
