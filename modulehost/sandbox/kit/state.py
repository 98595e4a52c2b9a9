"""State of a simulator: dataclasses in memory, JSON outside.

A state is one dataclass. Its fields of the form `dict[str, <dataclass>]` are *tables* (the key is the object's id); the
others (counters, switches) are kept too but are not shown as tables.
"""

import dataclasses
import hashlib
import json
import os
import types
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MASK = "********"


class StateError(ValueError):
    """Given data does not fit the state; the text names the place and what was expected."""


def to_plain(value: Any, mask: bool = False) -> Any:
    """Dataclasses, lists and dicts as JSON values; `mask` hides fields marked `metadata={"secret": True}`."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            f.name: MASK if mask and f.metadata.get("secret") and one else to_plain(one, mask)
            for f in dataclasses.fields(value)
            for one in [getattr(value, f.name)]
        }
    if isinstance(value, dict):
        return {str(key): to_plain(one, mask) for key, one in value.items()}
    if isinstance(value, list):
        return [to_plain(one, mask) for one in value]
    return value


def handle(key: str) -> str:
    """A name for an object whose key is a secret."""
    return hashlib.sha256(key.encode()).hexdigest()[:12]


def masked(state: Any) -> dict[str, Any]:
    """The whole state without its secrets; where the key of a table is one, handles stand in for the keys."""
    plain: dict[str, Any] = to_plain(state, mask=True)
    for name, kind in tables(state):
        secret = [f.name for f in dataclasses.fields(kind) if f.metadata.get("secret")]
        hidden = {key for key, one in getattr(state, name).items() if key in [getattr(one, field) for field in secret]}
        plain[name] = {handle(key) if key in hidden else key: one for key, one in plain[name].items()}
    return plain


def from_plain(kind: Any, value: Any, place: str = "state") -> Any:
    """The value of type `kind` that `to_plain` made `value` from.

    Raises StateError for a wrong type, an unknown field or a missing one.
    """
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        if value is None and type(None) in args:
            return None
        return from_plain(next(one for one in args if one is not type(None)), value, place)
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return _object(kind, value, place)
    if origin is dict:
        _expect(value, dict, "an object", place)
        return {key: from_plain(args[1], one, f"{place}.{key}") for key, one in value.items()}
    if origin is list:
        _expect(value, list, "a list", place)
        return [from_plain(args[0], one, f"{place}[{number}]") for number, one in enumerate(value)]
    if kind is float and type(value) is int:
        return float(value)
    if kind in (str, int, float, bool) and type(value) is not kind:
        raise StateError(f"{place}: expected {kind.__name__}, got {value!r}")
    return value


def _object(kind: type, value: Any, place: str) -> Any:
    _expect(value, dict, "an object", place)
    hints, fields = typing.get_type_hints(kind), {f.name: f for f in dataclasses.fields(kind)}
    if unknown := sorted(set(value) - set(fields)):
        raise StateError(f"{place}: no such field {unknown[0]!r}; known are {', '.join(fields)}")
    required = [
        n for n, f in fields.items() if f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING
    ]
    if missing := [name for name in required if name not in value]:
        raise StateError(f"{place}: the field {missing[0]!r} is missing")
    return kind(**{name: from_plain(hints[name], one, f"{place}.{name}") for name, one in value.items()})


def _expect(value: Any, kind: type, words: str, place: str) -> None:
    if not isinstance(value, kind):
        raise StateError(f"{place}: expected {words}, got {value!r}")


def tables(state: Any) -> Iterator[tuple[str, type]]:
    """The names of a state's tables, each with the dataclass of its objects."""
    for name, hint in typing.get_type_hints(type(state)).items():
        args = typing.get_args(hint)
        if typing.get_origin(hint) is dict and len(args) == 2 and dataclasses.is_dataclass(args[1]):
            yield name, typing.cast(type, args[1])


def write(path: Path, data: Any) -> None:
    """Write JSON in one step, readable by its owner only: a reader or a killed process never meets half a file."""
    new = path.with_name(path.name + ".new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(data, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def read(path: Path) -> Any:
    """The JSON in `path`; StateError says what is wrong with it and what to do."""
    try:
        return json.loads(path.read_text("utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise StateError(f"{path} is not a state file ({error}); delete it to start afresh") from error
