"""Objects a host may hand to templates. A template reaches nothing of a Python object but what stands here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from .errors import PhpError

Value = Any  # None, bool, int, float, str, Decimal, date, datetime, list, tuple, dict or a HostObject


class HostObject:
    """Base of every object that templates can see; each method is one thing PHP can do with an object.

    Names and arguments come from the template and must be looked up in the object's own data, never passed to
    getattr. Truthiness is always true, as in PHP.
    """

    php_names: ClassVar[tuple[str, ...]] = ()
    """Class names for `instanceof`, without a leading backslash: its own, its parents', its interfaces'."""

    def get_property(self, name: str) -> Value:
        """`$o->name`; None when there is no such property."""
        return None

    def set_property(self, name: str, value: Value) -> None:
        """What hooks may do; templates themselves cannot assign properties."""
        raise PhpError(f"Property {name} of {self.php_class()} cannot be set")

    def call_method(self, name: str, args: list[Value]) -> Value:
        """`$o->name(...)`; PHP's method names ignore case."""
        raise PhpError(f"Call to undefined method {self.php_class()}::{name}()")

    def method_exists(self, name: str) -> bool:
        """For method_exists() and is_callable()."""
        return False

    def has_index(self, key: Value) -> bool:
        """isset($o[key]) on an object with array access."""
        return self.get_index(key) is not None

    def get_index(self, key: Value) -> Value:
        """`$o.key` and `$o[key]`."""
        raise PhpError(f"Cannot use object of type {self.php_class()} as array")

    def set_index(self, key: Value, value: Value) -> None:
        """`{$o.key = value}`; key is None for `[]`."""
        raise PhpError(f"Cannot use object of type {self.php_class()} as array")

    def iterate(self) -> Iterable[tuple[Value, Value]]:
        """Key and value pairs for foreach and array casts."""
        return ()

    def count(self) -> int | None:
        """count($o); None when the object is not countable."""
        return None

    def to_string(self) -> str:
        """`{$o}`."""
        raise PhpError(f"Object of class {self.php_class()} could not be converted to string")

    def to_json(self) -> Value:
        """What json_encode sees: a plain value."""
        return dict(self.iterate())

    def php_class(self) -> str:
        """The name get_class() gives."""
        return self.php_names[0] if self.php_names else type(self).__name__

    def __bool__(self) -> bool:
        return True


class PlainObject(HostObject):
    """stdClass: public properties and nothing else; what `(object)[...]` and json_decode make."""

    php_names = ("stdClass",)

    def __init__(self, properties: dict[Any, Any]) -> None:
        self.properties = properties

    def get_property(self, name: str) -> Value:
        return self.properties.get(name)

    def set_property(self, name: str, value: Value) -> None:
        self.properties[name] = value

    def iterate(self) -> Iterable[tuple[Value, Value]]:
        return list(self.properties.items())


class HostClass:
    """A class with static members that templates may use: `Name::method()`, `Name::CONST`, `Name::$prop`."""

    def __init__(
        self,
        methods: dict[str, Callable[..., Value]] | None = None,
        constants: dict[str, Value] | None = None,
        properties: dict[str, Value] | None = None,
    ) -> None:
        self.methods = {name.lower(): method for name, method in (methods or {}).items()}
        self.constants = constants or {}
        self.properties = properties or {}
