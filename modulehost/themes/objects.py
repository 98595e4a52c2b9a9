"""Objects that templates meet: records (models), collections and prices, as official templates use them.

A record answers `$client.companyname`, `$client->companyname` and `$alert->getMessage()` alike. All text in it is encoded
when it is made (see encode.py); a template reaches nothing but what was put in.
"""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from modulehost import money
from modulehost.schema import Currency
from modulehost.smarty.errors import PhpError
from modulehost.smarty.objects import HostObject
from modulehost.themes.encode import encoded, text


class Record(HostObject):
    """Named values with perhaps some methods. `class_name` is what `instanceof` and errors call it."""

    def __init__(
        self,
        data: Mapping[str, Any],
        methods: Mapping[str, Callable[..., Any]] | None = None,
        shown: str | None = None,
        class_name: str = "WHMCS\\Model",
    ) -> None:
        self.data: dict[Any, Any] = {name: encoded(value) for name, value in data.items()}
        self.methods = {name.lower(): method for name, method in (methods or {}).items()}
        self.shown = None if shown is None else text(shown)
        self.class_name = class_name

    def get_property(self, name: str) -> Any:
        """`$record->name`; None when there is no such value."""
        return self.data.get(name)

    def set_property(self, name: str, value: Any) -> None:
        """What a hook may do."""
        self.data[name] = value

    def get_index(self, key: Any) -> Any:
        """`$record.name`."""
        return self.data.get(key)

    def call_method(self, name: str, args: list[Any]) -> Any:
        """One of the methods given, or `getX()`, `hasX()`, `isX()` of a value `x`."""
        method = self.methods.get(name.lower())
        if method is not None:
            return encoded(method(*args))
        for prefix in ("get", "has", "is"):
            if name.lower().startswith(prefix) and len(name) > len(prefix):
                found = self._value(name[len(prefix) :])
                if found is not _MISSING:
                    return found if prefix == "get" else bool(found)
        raise PhpError(f"Call to undefined method {self.php_class()}::{name}()")

    def method_exists(self, name: str) -> bool:
        """Whether `call_method` knows the name."""
        if name.lower() in self.methods:
            return True
        return any(
            name.lower().startswith(p) and len(name) > len(p) and self._value(name[len(p) :]) is not _MISSING
            for p in ("get", "has", "is")
        )

    def iterate(self) -> Iterable[tuple[Any, Any]]:
        """The values by name."""
        return list(self.data.items())

    def to_string(self) -> str:
        """What `{$record}` prints."""
        if self.shown is None:
            raise PhpError(f"Object of class {self.php_class()} could not be converted to string")
        return self.shown

    def php_class(self) -> str:
        """The class name."""
        return self.class_name

    def _value(self, name: str) -> Any:
        return next((v for k, v in self.data.items() if str(k).lower() == name.lower()), _MISSING)


class Collection(HostObject):
    """A list of records: foreach, count, `first()`, `isEmpty()`, `all()`."""

    #: what templates ask of `$client->payMethods`; it leaves the list as it is
    KEEPING = ("validategateways", "sortbyexpirydate")
    php_names = ("Illuminate\\Support\\Collection",)

    def __init__(self, items: Iterable[Any]) -> None:
        self.items = list(items)

    def get_index(self, key: Any) -> Any:
        """`$collection[0]`."""
        return self.items[key] if isinstance(key, int) and 0 <= key < len(self.items) else None

    def call_method(self, name: str, args: list[Any]) -> Any:
        """The few methods that templates use."""
        if name.lower() in self.KEEPING:
            return self
        match name.lower():
            case "count":
                return len(self.items)
            case "first":
                return self.items[0] if self.items else None
            case "last":
                return self.items[-1] if self.items else None
            case "isempty":
                return not self.items
            case "isnotempty":
                return bool(self.items)
            case "all" | "toarray":
                return list(self.items)
        raise PhpError(f"Call to undefined method {self.php_class()}::{name}()")

    def method_exists(self, name: str) -> bool:
        """Whether `call_method` knows the name."""
        return name.lower() in ("count", "first", "last", "isempty", "isnotempty", "all", "toarray", *self.KEEPING)

    def iterate(self) -> Iterable[tuple[Any, Any]]:
        """Position and item."""
        return list(enumerate(self.items))

    def count(self) -> int:
        """How many."""
        return len(self.items)


class Price(HostObject):
    """An amount in a currency. Printed as people read it, prefix and suffix included."""

    php_names = ("WHMCS\\View\\Formatter\\Price",)

    def __init__(self, amount: Decimal, currency: Currency) -> None:
        self.amount = money.amount(amount)
        self.full = text(money.formatted(self.amount, currency))
        self.prefixed = text(money.formatted(self.amount, currency, code=False))
        self.bare = self.prefixed.removeprefix(text(currency.prefix))
        self.suffixed = self.bare + text(currency.suffix)

    def call_method(self, name: str, args: list[Any]) -> Any:
        """`toFull`, `toPrefixed`, `toSuffixed`, `toNumeric` (each with or without `String`), `format`."""
        match name.lower().removesuffix("string"):
            case "tofull" | "format":
                return self.full
            case "toprefixed":
                return self.prefixed
            case "tosuffixed":
                return self.suffixed
            case "tonumeric":
                return money.plain(self.amount)
        raise PhpError(f"Call to undefined method {self.php_class()}::{name}()")

    def method_exists(self, name: str) -> bool:
        """Whether `call_method` knows the name."""
        return name.lower().removesuffix("string") in ("tofull", "format", "toprefixed", "tosuffixed", "tonumeric")

    def to_string(self) -> str:
        """The full form."""
        return self.full

    def to_json(self) -> str:
        """The full form."""
        return self.full


class _Missing:
    pass


_MISSING = _Missing()
