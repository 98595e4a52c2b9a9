"""Runs files of conformance cases: `python -m modulehost.smarty.conformance FILE`.

The fixture objects and the two host plug-ins of the case format live here and reach no page.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from . import Environment, HostClass, HostObject, PhpError, PlainObject, TemplateError, render_string
from .runtime.convert import array_key, compact, pairs, to_str, truth
from .runtime.dates import php_date
from .runtime.formats import sprintf, var_export
from .runtime.strtotime import parse


class FxItem(HostObject):
    php_names = ("FxItem",)

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data

    def get_property(self, name: str) -> Any:
        return self.data if name == "p" else self.data.get(name)

    def method_exists(self, name: str) -> bool:
        return name.lower() in ("__call", "__get", "__isset", "__tostring", "jsonserialize")

    def call_method(self, name: str, args: list[Any]) -> Any:
        if name == "echoArgs":
            return ",".join(var_export(arg) for arg in args)
        key = name[3:4].lower() + name[4:]
        if name.startswith("get"):
            value = self.data.get(key)
            return value if value is not None else (args[0] if args else None)
        if name.startswith("has"):
            return truth(self.data.get(key))
        if name.startswith("with"):
            return FxItem({**self.data, name[4:5].lower() + name[5:]: args[0] if args else None})
        raise PhpError(f"Call to undefined method FxItem::{name}()")

    def to_string(self) -> str:
        return to_str(self.data.get("label", "FxItem"))

    def to_json(self) -> Any:
        return self.data


class FxPlain(PlainObject):
    php_names = ("FxPlain",)


class FxList(HostObject):
    php_names = ("FxList", "ArrayAccess", "Countable", "IteratorAggregate", "Traversable")

    def __init__(self, data: Any) -> None:
        self.data = dict(pairs(data))

    def get_index(self, key: Any) -> Any:
        return self.data.get(array_key(key))

    def set_index(self, key: Any, value: Any) -> None:
        self.data[len(self.data) if key is None else array_key(key)] = value

    def has_index(self, key: Any) -> bool:
        return self.data.get(array_key(key)) is not None

    def iterate(self) -> Iterable[tuple[Any, Any]]:
        return list(self.data.items())

    def count(self) -> int:
        return len(self.data)

    def call_method(self, name: str, args: list[Any]) -> Any:
        if name == "first":
            return next(iter(self.data.values()), None)
        if name == "all":
            return compact(self.data)
        if name == "count":
            return len(self.data)
        if name == "isEmpty":
            return not self.data
        raise PhpError(f"Call to undefined method FxList::{name}()")


class FxDate(HostObject):
    php_names = ("DateTimeImmutable", "DateTimeInterface")

    def __init__(self, stamp: int) -> None:
        self.stamp = stamp

    def call_method(self, name: str, args: list[Any]) -> Any:
        if name == "format":
            return php_date(to_str(args[0]), self.stamp)
        if name == "getTimestamp":
            return self.stamp
        raise PhpError(f"Call to undefined method DateTimeImmutable::{name}()")


def value(data: Any) -> Any:
    """A value of the case format as the engine sees it."""
    if isinstance(data, list):
        return [value(item) for item in data]
    if not isinstance(data, dict):
        return data
    if "__class" not in data:
        return {array_key(key): value(item) for key, item in data.items()}
    inner = value(data.get("data", {}))
    if data["__class"] == "FxItem":
        return FxItem(dict(pairs(inner)))
    if data["__class"] == "FxPlain":
        return FxPlain(dict(pairs(inner)))
    if data["__class"] == "FxList":
        return FxList(inner)
    if data["__class"] == "DateTime":
        stamp = parse(inner["at"] if isinstance(inner, dict) else data["at"], 0)
        assert stamp is not None
        return FxDate(stamp)
    raise ValueError(f"unknown fixture class {data['__class']}")


def sprintf2(template: Any, *args: Any) -> str:
    return sprintf(to_str(template), list(args))


def _hello(name: Any = "x", *rest: Any) -> str:
    return f"hello {to_str(name)}"


class CaseEnvironment(Environment):
    """The environment of the cases, with their two plug-ins and their class."""

    def smarty_path(self, name: str) -> str:
        return "/templates/" + name

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.register_tag("lang", lambda attrs, context: f"[{to_str(attrs.get('key'))}]")
        self.register_modifier("sprintf2", sprintf2)
        methods: dict[str, Any] = {"hello": _hello, "make": lambda n: FxItem({"label": n, "name": n})}
        static = HostClass(methods, {"COLOR": "teal"}, {"prop": "sprop", "map": {"k": "mapval"}})
        self.register_class("FxStatic", static)


def run_case(case: dict[str, Any]) -> str:
    """The output of a case; raises TemplateError where the case expects an error."""
    settings = {name: value(case.get(name) or {}) for name in ("get", "post", "server", "cookies", "constants")}
    settings["session"] = value(case["session"]) if case.get("session") else None
    return render_string(
        case["template"],
        value(case.get("vars") or {}),
        case.get("templates") or {},
        case.get("options") or {},
        environment=CaseEnvironment,
        **settings,
    )


def check_case(case: dict[str, Any]) -> str | None:
    """None when the case passes, else what went wrong."""
    try:
        got = run_case(case)
    except TemplateError as error:
        return None if case.get("error") else f"error: {error}"
    if case.get("error"):
        return f"expected an error, got {got!r}"
    return None if got == case["expected"] else f"expected {case['expected']!r}\n     got {got!r}"


def main(argv: list[str]) -> int:
    """Print the failures of a file of cases and how many passed."""
    passed = total = 0
    with Path(argv[0]).open(encoding="utf-8") as file:
        for line in file:
            if not line.strip():
                continue
            case = json.loads(line)
            total += 1
            failure = check_case(case)
            if failure is None:
                passed += 1
            else:
                print(f"{case['name']}: {case['template']!r}\n{failure}")
    print(f"{passed}/{total}")
    return 0 if passed == total else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
