"""How a value of each column type is stored, so that SQLite, MariaDB and PostgreSQL behave alike.

An unset date is `None` in Python and MySQL's zero date in the table (`0000-00-00`; `0001-01-01` on PostgreSQL, which
knows no zero date but sorts this one the same way). SQLite, which takes whatever it is given, is not asked: length,
range and Python type of every *stored* value are checked here, and an error names the table and the column. A value
that is only *compared* with a column is not checked for length or range: as on MySQL, it simply finds nothing.
"""

import functools
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, TypeVar

from sqlalchemy import BigInteger, Column, Date, DateTime, Integer, Numeric, SmallInteger, String, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine, UserDefinedType

_T = TypeVar("_T")

MYSQL = ("mysql", "mariadb")
ZERO_DAY = "0000-00-00"
ZERO_MOMENT = "0000-00-00 00:00:00"
_FIRST_DAY = date(1, 1, 1)
_FIRST_MOMENT = datetime(1, 1, 1)
_BIGGEST = 2**63 - 1


class StorageError(ValueError):
    """A value does not fit its column; the message names table, column, limit and cure."""


class _Named(UserDefinedType[Any]):
    """A type of which SQLite shall only know the name: values pass as they are."""

    cache_ok = True

    def __init__(self, name: str) -> None:
        self.name = name

    def get_col_spec(self, **_: Any) -> str:
        return self.name


class _Stored(TypeDecorator[_T]):
    """What all column types share: they know their place, and a twin that does not check what is only compared."""

    impl: "type[TypeEngine[Any]]" = String
    cache_ok = True
    checked: bool
    column: "Column[Any] | None" = None

    def _set_parent(self, parent: Any, outer: bool = False, **kw: Any) -> None:
        super()._set_parent(parent, outer=outer, **kw)
        self.column = parent

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        if not self.checked:
            return self
        twin = self.copy()
        twin.checked = False
        return twin

    @property
    def place(self) -> str:
        """`table.column`, for messages."""
        if self.column is None or getattr(self.column, "table", None) is None:
            return "this value"
        return f"{self.column.table.name}.{self.column.name}"

    def _wrong_type(self, expected: str, value: Any) -> TypeError:
        return TypeError(f"{self.place} holds {expected}, not {type(value).__name__} ({value!r:.60})")


class WholeNumber(_Stored[int]):
    """A whole number of `size` bytes. `key` marks ids: one out of range is looked up as -1, which no row has."""

    impl = BigInteger
    cache_ok = True  # asked of each class by itself

    def __init__(self, size: int = 4, unsigned: bool = False, key: bool = False, checked: bool = True) -> None:
        super().__init__()
        self.size, self.unsigned, self.key, self.checked = size, unsigned, key, checked
        bits = size * 8
        self._low: int = 0 if unsigned else -(1 << bits - 1)
        self._high: int = (1 << bits) - 1 if unsigned else (1 << bits - 1) - 1

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name in MYSQL:
            from sqlalchemy.dialects import mysql  # imported where it is in use: it takes 50 ms

            kind = {2: mysql.SMALLINT, 4: mysql.INTEGER, 8: mysql.BIGINT}[self.size]
            return kind(unsigned=True) if self.unsigned else kind()
        if self.key and dialect.name == "sqlite":
            return Integer()  # AUTOINCREMENT wants exactly INTEGER
        if self.size == 8 or (self.unsigned and self.size == 4) or not self.checked:
            return BigInteger()
        return SmallInteger() if self.size == 2 and not self.unsigned else Integer()

    def process_bind_param(self, value: Any, dialect: Dialect) -> int | None:
        if value is None:
            return None
        if not isinstance(value, int):
            raise self._wrong_type("a whole number", value)
        if not self.checked:
            return max(-_BIGGEST, min(int(value), _BIGGEST))
        if self._low <= value <= self._high:
            return int(value)
        if self.key:
            return -1
        raise StorageError(f"{self.place} holds whole numbers from {self._low} to {self._high}, not {value}")


class FixedPoint(_Stored[Decimal]):
    """A `Decimal` of `places` decimal places, rounded half up when stored, read back with exactly these places.

    SQLite counts in binary: a sum is right once it is read, but compare sums with an amount in Python, not in SQL.
    """

    impl = Numeric
    cache_ok = True  # asked of each class by itself

    def __init__(self, digits: int = 16, places: int = 2, checked: bool = True) -> None:
        super().__init__(digits, places)
        self.digits, self.places, self.checked = digits, places, checked
        self._unit = Decimal(1).scaleb(-places)
        self._limit = Decimal(10) ** (digits - places)

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return _Named(f"DECIMAL({self.digits}, {self.places})")
        return Numeric(self.digits, self.places)

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        if value is None:
            return None
        if not isinstance(value, (Decimal, int)):
            raise self._wrong_type("a Decimal", value)
        number = Decimal(value)
        if not self.checked:
            # SQLite compares a sum with text as text, so what is compared goes in as a number.
            return float(number) if dialect.name == "sqlite" else number
        if not number.is_finite() or abs(number) >= self._limit:
            raise StorageError(f"{self.place} holds amounts below {self._limit}, not {number}")
        number = number.quantize(self._unit, ROUND_HALF_UP)
        return format(number, "f") if dialect.name == "sqlite" else number

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        if value is None:
            return None
        return _fixed(value, self._unit)


class Characters(_Stored[str]):
    """Text of at most `length` characters, or of any length.

    Upper and lower case are equal to MySQL and, by collation, to SQLite; use `same()` so that they are on PostgreSQL.
    `exact` columns tell them apart everywhere. NUL, which PostgreSQL cannot hold, is stored as U+FFFD.
    """

    impl = String
    cache_ok = True  # asked of each class by itself

    def __init__(self, length: int | None = None, exact: bool = False, checked: bool = True) -> None:
        super().__init__(length)
        self.length, self.exact, self.checked = length, exact, checked

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        collation = None
        if dialect.name in MYSQL:
            collation = "utf8mb4_bin" if self.exact else None
            if self.length is None:
                from sqlalchemy.dialects import mysql

                # TEXT would end at 64 KiB, an ordinary size for a logged answer, and only here.
                return mysql.MEDIUMTEXT(collation=collation)
        elif dialect.name == "sqlite" and not self.exact:
            collation = "NOCASE"
        return Text(collation=collation) if self.length is None else String(self.length, collation=collation)

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        if value is None:
            return None
        if not isinstance(value, str):
            raise self._wrong_type("text", value)
        text = value if type(value) is str else str.__str__(value)
        if self.checked and self.length is not None and len(text) > self.length:
            raise StorageError(f"{self.place} holds at most {self.length} characters, not {len(text)} ({text!r:.60})")
        return text.replace("\0", "\ufffd") if "\0" in text else text


class CalendarDay(_Stored[date]):
    """A date, or `None` for unset: NULL where the column is nullable, MySQL's zero date where it is not."""

    impl = Date
    cache_ok = True  # asked of each class by itself

    def __init__(self, nullable: bool = False, checked: bool = True) -> None:
        super().__init__()
        self.nullable, self.checked = nullable, checked

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return _Named("DATE") if dialect.name == "sqlite" else Date()

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        if value is None:
            if self.nullable:
                return None
            return _FIRST_DAY if dialect.name == "postgresql" else ZERO_DAY
        if isinstance(value, datetime) or not isinstance(value, date):
            raise self._wrong_type("a date", value)
        return value.isoformat() if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> date | None:
        if isinstance(value, str):
            return _day(self, value)
        return None if value == _FIRST_DAY else value


class PointInTime(_Stored[datetime]):
    """A date and time (naive UTC) without fractions of a second, or `None` for unset, as in `CalendarDay`."""

    impl = DateTime
    cache_ok = True  # asked of each class by itself

    def __init__(self, nullable: bool = False, checked: bool = True) -> None:
        super().__init__()
        self.nullable, self.checked = nullable, checked

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return _Named("DATETIME")
        if dialect.name == "postgresql":
            from sqlalchemy.dialects import postgresql

            return postgresql.TIMESTAMP(precision=0)
        return DateTime()

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        if value is None:
            if self.nullable:
                return None
            return _FIRST_MOMENT if dialect.name == "postgresql" else ZERO_MOMENT
        if not isinstance(value, datetime):
            raise self._wrong_type("a datetime", value)
        if value.tzinfo is not None:
            raise StorageError(f"{self.place} holds naive UTC times, not {value.isoformat()}; take it from the clock")
        whole = value.replace(microsecond=0)
        return whole.isoformat(" ") if dialect.name == "sqlite" else whole

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if isinstance(value, str):
            return None if _is_zero(value) else _parsed(self.place, value)
        return None if value == _FIRST_MOMENT else value


# A table holds few different amounts and days, and lists read them by the thousand.
@functools.lru_cache(4096)
def _fixed(value: Any, unit: Decimal) -> Decimal:
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    return number.quantize(unit, ROUND_HALF_UP)


@functools.lru_cache(4096)
def _day(kind: CalendarDay, text: str) -> date | None:
    return None if _is_zero(text) else _parsed(kind.place, text).date()


def _is_zero(text: str) -> bool:
    return not text or text.startswith(ZERO_DAY)


def _parsed(place: str, text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(microsecond=0)
    except ValueError as error:
        raise StorageError(f"{place} holds {text!r}, which is neither a date nor unset; correct the row") from error
