"""Reading and writing array elements, properties and methods; foreach sources."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from ..errors import PhpError
from ..objects import HostObject
from .convert import array_key, is_array, is_list, pairs, parse_number, to_array, to_int, to_str, type_name


def index(base: Any, key: Any) -> Any:
    """`$base.key`: null when there is no such element; PHP's errors for wrong string offsets."""
    kind = base.__class__
    if kind is dict:
        try:
            return base[key]
        except KeyError:
            return _missing(base, key)
        except TypeError:
            raise PhpError(f"Illegal offset type {type_name(key)}") from None
    if kind is list:
        if key.__class__ is int:
            return base[key] if 0 <= key < len(base) else None
        key = array_key(key)
        return base[key] if key.__class__ is int and 0 <= key < len(base) else None
    if base is None:
        return None
    if isinstance(base, HostObject):
        return base.get_index(key)
    if isinstance(base, str | Decimal):
        return _string_offset(to_str(base), key)
    if isinstance(base, dict):
        return index(dict(base), key)
    if isinstance(base, list | tuple):
        return index(list(base), key)
    return None


def _missing(base: dict[Any, Any], key: Any) -> Any:
    plain = array_key(key)
    if plain in base and (plain.__class__ is not key.__class__ or plain != key):
        return base[plain]
    if plain.__class__ is int:
        return base.get(str(plain))  # a host's dict may hold '7' where PHP would have 7
    return None


def _string_offset(text: str, key: Any) -> str:
    if isinstance(key, str):
        number, whole = parse_number(key)
        if not whole or number.__class__ is not int or key != key.strip():
            raise PhpError(f'Cannot access offset of type string on string: "{key[:40]}"')
        offset = int(number or 0)
    elif is_array(key) or isinstance(key, HostObject):
        raise PhpError(f"Cannot access offset of type {type_name(key)} on string")
    else:
        offset = to_int(key)
    data = text.encode("utf-8", "surrogateescape")
    if not -len(data) <= offset < len(data):
        return ""
    offset %= len(data)
    return data[offset : offset + 1].decode("utf-8", "surrogateescape")


def quiet_index(base: Any, key: Any) -> Any:
    """As index, for isset, empty and default: null instead of an error."""
    if isinstance(base, HostObject):
        return base.get_index(key) if base.has_index(key) else None
    try:
        value = index(base, key)
    except PhpError:
        return None
    return None if value == "" and isinstance(base, str) else value


def prop(base: Any, name: Any) -> Any:
    """`$base->name`; null on anything that is no object."""
    if isinstance(base, HostObject):
        name = to_str(name)
        return None if name.startswith("__") else base.get_property(name)
    return None


def method(base: Any, name: Any, args: list[Any]) -> Any:
    """`$base->name(...)`."""
    if isinstance(base, HostObject):
        name = to_str(name)
        if name.startswith("__"):
            raise PhpError(f"Call to undefined method {base.php_class()}::{name}()")
        return base.call_method(name, args)
    raise PhpError(f"Call to a member function {to_str(name)}() on {type_name(base)}")


def store(base: Any, path: list[Any], value: Any) -> Any:
    """A copy of `base` with the element at `path` set; a key of None (from `[]`) appends."""
    if isinstance(base, HostObject):
        _store_object(base, path, value)
        return base
    return _store(to_array(base), path, 0, value)


APPEND = object()


def _store_object(base: HostObject, path: list[Any], value: Any) -> None:
    if len(path) == 1:
        base.set_index(None if path[0] is APPEND else path[0], value)
        return
    inner = base.get_index(path[0])
    base.set_index(path[0], store(inner, path[1:], value))


def _store(array: Any, path: list[Any], at: int, value: Any) -> Any:
    key: Any = path[at]
    if key is APPEND:
        if array.__class__ is list:
            item = value if at + 1 == len(path) else _store([], path, at + 1, value)
            return [*array, item]
        key = next_key(array)
    else:
        key = array_key(key)
    if at + 1 < len(path):
        inner = index(array, key)
        if isinstance(inner, HostObject):
            _store_object(inner, path[at + 1 :], value)
            return array
        if inner is None or inner is False:
            inner = []
        elif isinstance(inner, str):
            raise PhpError("Cannot access a string offset as an array")
        elif not is_array(inner):
            raise PhpError("Cannot use a scalar value as an array")
        value = _store(inner, path, at + 1, value)
    if array.__class__ is list:
        if key.__class__ is int and 0 <= key < len(array):
            copy = list(array)
            copy[key] = value
            return copy
        if key == len(array) and key.__class__ is int:
            return [*array, value]
    result = dict(pairs(array))
    result[key] = value
    return result


def next_key(array: Any) -> int:
    """The key `[]` gives to a new element."""
    if not isinstance(array, dict):
        return len(array)
    return max((key for key in array if key.__class__ is int), default=-1) + 1


def foreach_values(source: Any) -> list[Any]:
    """What {foreach} walks when no key is wanted."""
    kind = source.__class__
    if kind is list:
        return source  # type: ignore[no-any-return]
    if kind is dict:
        return list(source.values())
    return [value for _, value in foreach_pairs(source)]


def foreach_pairs(source: Any) -> list[tuple[Any, Any]]:
    """What {foreach} walks: null nothing, a scalar itself once, an object its elements."""
    if isinstance(source, dict):
        return list(source.items())
    if isinstance(source, list | tuple):
        return list(enumerate(source))
    if source is None:
        return []
    if isinstance(source, HostObject):
        return list(source.iterate())
    return [(0, source)]


def build_array(items: Iterable[tuple[Any, Any]]) -> Any:
    """An array literal with keys; a key of APPEND takes the next number."""
    result: dict[Any, Any] = {}
    for key, value in items:
        result[next_key(result) if key is APPEND else array_key(key)] = value
    return list(result.values()) if is_list(result) else result


def instance_of(value: Any, name: Any) -> bool:
    """`instanceof`; the class may also be another object's."""
    if not isinstance(value, HostObject):
        return False
    wanted = name.php_class() if isinstance(name, HostObject) else to_str(name)
    wanted = wanted.lstrip("\\").lower()
    return any(wanted == known.lower() for known in (value.php_class(), *value.php_names))
