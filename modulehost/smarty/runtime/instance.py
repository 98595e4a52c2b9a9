"""One running template: its variables, its loops, and the template that included it."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any

from .access import index, store
from .loops import Loop, Section
from .operators import increment

if TYPE_CHECKING:
    from .inheritance import Inheritance
    from .page import Page

Vars = dict[str, Any]


class Instance:
    """`vars` is the variable table; template functions run as an instance with `is_function` set."""

    def __init__(self, page: Page, name: str, variables: Vars, parent: Instance | None, scope: str = "") -> None:
        self.page = page
        self.name = name
        self.vars = variables
        self.parent = parent
        self.scope = scope
        self.is_function = False
        self.loops: dict[str, Loop] = {}
        self.named: dict[str, Loop] = {}
        self.sections: dict[str, Section] = {}
        self.parent_name: str | None = None
        self.out: list[str] = []
        self.inheritance: Inheritance | None = parent.inheritance if parent else None

    def directory(self) -> str:
        """`$smarty.current_dir`: where the loader says this template lies."""
        return posixpath.dirname(self.page.path_of(self.name)) or "."

    def loop_prop(self, name: str, prop: str) -> Any:
        loop = self.loops.get(name)
        return None if loop is None or prop not in _LOOP_PROPS else getattr(loop, prop)

    def named_loop(self, name: str, prop: str) -> Any:
        loop = self.named.get(name)
        return None if loop is None else getattr(loop, prop)

    def start_section(self, name: str, attrs: dict[str, Any]) -> Section:
        section = self.sections[name] = Section(attrs)
        return section

    def section(self, name: str, prop: str, missing: Any) -> Any:
        section = self.sections.get(name)
        return missing if section is None else section.get(prop)

    # Assignments

    def spread(self, v: Vars, name: str, scope: str) -> None:
        """Carry a variable out of this template, as far as `scope` says."""
        value = v[name]
        instance: Instance | None = self
        while instance is not None and instance.is_function:
            instance = instance.parent
            if instance is not None:
                instance.vars[name] = value
        instance = instance.parent if instance else None
        while instance is not None:
            instance.vars[name] = value
            if instance.is_function:
                instance = instance.parent
                continue
            if scope == "parent":
                break
            instance = instance.parent

    def assign(self, v: Vars, name: str, value: Any, scope: str) -> None:
        v[name] = value
        self.spread(v, name, scope)
        if self.scope:
            self.spread(v, name, self.scope)

    def assign_value(self, v: Vars, name: str, keys: list[Any], value: Any) -> Any:
        """An assignment inside an expression."""
        self.page.charge(1)
        v[name] = store(v.get(name), keys, value) if keys else value
        if self.scope:
            self.spread(v, name, self.scope)
        return value

    def increment(self, v: Vars, name: str, keys: list[Any], step: int) -> Any:
        """`$n++` and `$n--`: the old value."""
        old = v.get(name)
        for key in keys:
            old = index(old, key)
        new = increment(old, step)
        v[name] = store(v.get(name), keys, new) if keys else new
        return old


_LOOP_PROPS = frozenset(("index", "iteration", "first", "last", "show", "total", "key"))
