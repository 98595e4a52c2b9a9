"""Column types as annotations (`userid: Mapped[Num]`), and the comparisons that mean the same on all three databases.

A NOT NULL column has MySQL's implicit default ('' or 0 or the zero date) in the database, for inserts by modules, and
in Python, for new objects; see `Base.__init__`.

    Key    the id                       Text    text of any length
    Num    a signed int, flags too      varchar(n)   text of at most n characters
    UNum   an unsigned int              Cents   Decimal with two places; decimal(d, p) for others
    Ref, URef  the same with an index   Day, Moment  date, datetime; None is unset

The ending `OrNull` marks a column that may be NULL.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from sqlalchemy import Boolean, ColumnElement, Index, bindparam, or_, text
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute, MappedColumn, mapped_column
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine

from .storage import (
    ZERO_DAY,
    ZERO_MOMENT,
    CalendarDay,
    Characters,
    FixedPoint,
    PointInTime,
    StorageError,
    WholeNumber,
)

__all__ = [
    "Big",
    "Cents",
    "CentsOrNull",
    "Day",
    "DayOrNull",
    "Key",
    "Moment",
    "MomentOrNull",
    "Num",
    "NumOrNull",
    "Ref",
    "StorageError",
    "Text",
    "TextOrNull",
    "UNum",
    "UNumOrNull",
    "URef",
    "USmall",
    "begins",
    "code",
    "code_or_null",
    "column_options",
    "day_text",
    "decimal",
    "decimal_or_null",
    "icontains",
    "moment_text",
    "same",
    "same_index",
    "search_index",
    "text_index",
    "unset",
    "varchar",
    "varchar_or_null",
    "zero_date_text",
]


class _ZeroDate(FunctionElement[Any]):
    """The zero date as a column default, in the database's own way."""

    inherit_cache = True

    def __init__(self, zero: str) -> None:
        self.zero = zero
        super().__init__()


@compiles(_ZeroDate)
def _zero_date(element: _ZeroDate, compiler: SQLCompiler, **_: Any) -> str:
    return f"'{element.zero}'"


@compiles(_ZeroDate, "postgresql")
def _zero_date_postgresql(element: _ZeroDate, compiler: SQLCompiler, **_: Any) -> str:
    return f"'{element.zero.replace(ZERO_DAY, '0001-01-01')}'"


def column_options(kind: TypeEngine[Any], nullable: bool = False, default: str | None = None) -> dict[str, Any]:
    """Keyword arguments of a column of this type: nullability and what an insert that leaves it out stores.

    `default` is the documented value where there is one; otherwise it is MySQL's implicit default. `info["empty"]`
    is the same value in Python.
    """
    if nullable:
        return {"nullable": True}
    empty: Any
    server: Any
    if isinstance(kind, WholeNumber):
        empty = int(default or 0)
        server = text(str(empty))
    elif isinstance(kind, FixedPoint):
        empty = Decimal(default or 0).quantize(Decimal(1).scaleb(-kind.places))
        server = text(f"{empty:f}")
    elif isinstance(kind, Characters):
        empty = default or ""
        # MySQL accepts a default for TEXT only as an expression, hence the parentheses.
        quoted = "'" + empty.replace("'", "''") + "'"
        server = text(f"({quoted})" if kind.length is None else quoted)
    else:
        empty = None
        server = _ZeroDate(ZERO_DAY if isinstance(kind, CalendarDay) else ZERO_MOMENT)
    return {"nullable": False, "server_default": server, "info": {"empty": empty}}


def _column(kind: TypeEngine[Any], nullable: bool = False, default: str | None = None, **more: Any) -> MappedColumn[Any]:
    return mapped_column(kind, **column_options(kind, nullable, default), **more)


Key = Annotated[int, mapped_column(WholeNumber(4, key=True), primary_key=True, autoincrement=True)]
Num = Annotated[int, _column(WholeNumber(4))]
NumOrNull = Annotated[int | None, _column(WholeNumber(4), True)]
Ref = Annotated[int, _column(WholeNumber(4), index=True)]
UNum = Annotated[int, _column(WholeNumber(4, unsigned=True))]
UNumOrNull = Annotated[int | None, _column(WholeNumber(4, unsigned=True), True)]
URef = Annotated[int, _column(WholeNumber(4, unsigned=True), index=True)]
USmall = Annotated[int, _column(WholeNumber(2, unsigned=True))]
Big = Annotated[int, _column(WholeNumber(8))]
Cents = Annotated[Decimal, _column(FixedPoint(16, 2))]
CentsOrNull = Annotated[Decimal | None, _column(FixedPoint(16, 2), True)]
Text = Annotated[str, _column(Characters())]
TextOrNull = Annotated[str | None, _column(Characters(), True)]
Day = Annotated[date | None, _column(CalendarDay())]
DayOrNull = Annotated[date | None, _column(CalendarDay(True), True)]
Moment = Annotated[datetime | None, _column(PointInTime())]
MomentOrNull = Annotated[datetime | None, _column(PointInTime(True), True)]


def varchar(length: int, default: str = "", index: bool = False) -> MappedColumn[str]:
    """Text of at most `length` characters that ignores case (see `same`)."""
    return _column(Characters(length), default=default, index=index)


def varchar_or_null(length: int) -> MappedColumn[str | None]:
    """Text of at most `length` characters, or NULL."""
    return _column(Characters(length), True)


def code(length: int, default: str = "", **more: Any) -> MappedColumn[str]:
    """Text of at most `length` characters in which case counts: keys, hashes, states of our own tables."""
    return _column(Characters(length, exact=True), default=default, **more)


def code_or_null(length: int, **more: Any) -> MappedColumn[str | None]:
    """Like `code`, or NULL."""
    return _column(Characters(length, exact=True), True, **more)


def decimal(digits: int, places: int, default: str = "0") -> MappedColumn[Decimal]:
    """A `Decimal` of other precision than `Cents`, such as a rate."""
    return _column(FixedPoint(digits, places), default=default)


def decimal_or_null(digits: int, places: int) -> MappedColumn[Decimal | None]:
    """Like `decimal`, or NULL."""
    return _column(FixedPoint(digits, places), True)


def text_index(table: str, *columns: str, length: int | None = 64, unique: bool = False) -> Index:
    """An index whose first column is Text, of which MySQL needs a prefix length.

    Goes into `__table_args__`.
    """
    info = {"mysql_length": {columns[0]: length}} if length else {}
    return Index("_".join(("ix", table, *columns)), *columns, unique=unique, info=info)


def same_index(table: str, column: str, length: int | None = 64, unique: bool = False) -> tuple[Index, Index]:
    """An index for `same(column, ...)` and `begins(column, ...)`: on the column, or on PostgreSQL on its lower case.

    Goes into `__table_args__`: `__table_args__ = (*same_index("tblclients", "email"),)`.
    """
    plain = text_index(table, column, length=length, unique=unique)
    lower = Index(f"ix_{table}_{column}_lower", text(f'lower("{column}") text_pattern_ops'), unique=unique)
    return plain.ddl_if(callable_=_not_postgresql), lower.ddl_if(dialect="postgresql")


def search_index(table: str, column: str, length: int | None = 64, unique: bool = False) -> tuple[Index, ...]:
    """`same_index` for a column that lists are sorted by (`alphabetic`), too: PostgreSQL needs one index for each of both."""
    plain, lower = same_index(table, column, length, unique)
    by = Index(f"{plain.name}_sort", text(f'lower("{column}")'))
    return plain, lower, by.ddl_if(dialect="postgresql")


def _not_postgresql(*_: Any, dialect: Dialect, **__: Any) -> bool:
    return dialect.name != "postgresql"


class _Folded(FunctionElement[str]):
    """Text as it is compared: as it is where the database ignores case, in lower case on PostgreSQL."""

    inherit_cache = True


@compiles(_Folded)
def _folded(element: _Folded, compiler: SQLCompiler, **kw: Any) -> str:
    return compiler.process(element.clauses, **kw)


@compiles(_Folded, "postgresql")
def _folded_postgresql(element: _Folded, compiler: SQLCompiler, **kw: Any) -> str:
    return f"lower({compiler.process(element.clauses, **kw)})"


_Operand = ColumnElement[Any] | InstrumentedAttribute[Any]


def same(column: _Operand, value: "str | ColumnElement[str]") -> ColumnElement[bool]:
    """`column = value` without regard to case, as MySQL compares; indexes of the column are used.

    For user names, mail addresses, domains, status words: everything a person types. Only ASCII letters count as
    equal in both cases on SQLite.
    """
    if isinstance(value, str):
        value = bindparam(None, value, type_=column.type.coerce_compared_value(None, value), unique=True)
    return _Folded(column) == _Folded(value)


def alphabetic(column: Any) -> Any:
    """What a list is sorted by for this column: text without regard to case, as MySQL sorts it; served by `search_index`.

    Columns of other types, and texts whose case counts, are sorted as they are.
    """
    kind = getattr(column, "type", None)
    return _Folded(column) if isinstance(kind, Characters) and not kind.exact else column


class _Begins(FunctionElement[bool]):
    """Whether a column (first) begins with a text, given as its lower and upper bound and as a pattern of LIKE."""

    inherit_cache = True
    type = Boolean()

    def self_group(self, against: Any = None) -> Any:
        """As it is: databases without booleans would get `(...) = 1`, which no index serves."""
        return self


@compiles(_Begins)
def _begins(element: _Begins, compiler: SQLCompiler, **kw: Any) -> str:
    column, low, high, _ = (compiler.process(one, **kw) for one in element.clauses)
    return f"({column} >= {low} AND {column} < {high})"


@compiles(_Begins, "mysql")
@compiles(_Begins, "mariadb")
def _begins_mysql(element: _Begins, compiler: SQLCompiler, **kw: Any) -> str:
    column, *_, pattern = element.clauses
    return f"({compiler.process(column, **kw)} LIKE {compiler.process(pattern, **kw)})"


@compiles(_Begins, "postgresql")
def _begins_postgresql(element: _Begins, compiler: SQLCompiler, **kw: Any) -> str:
    column, *_, pattern = element.clauses
    return f"(lower({compiler.process(column, **kw)}) LIKE lower({compiler.process(pattern, **kw)}))"


def begins(column: _Operand, value: str) -> ColumnElement[bool]:
    """Whether `column` begins with `value` without regard to case; the indexes of `same_index` are used on every database."""
    escaped = value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    kind = column.type.coerce_compared_value(None, value)
    texts = (value, value + "\U0010ffff", escaped + "%")
    return _Begins(column, *(bindparam(None, one, type_=kind, unique=True) for one in texts))


def icontains(column: _Operand, value: str) -> ColumnElement[bool]:
    """Whether `column` contains `value`, without regard to case; `%` and `_` stand for themselves."""
    return column.icontains(value, autoescape=True)


def unset(column: _Operand) -> ColumnElement[bool]:
    """Whether a Day or Moment column is unset: zero date or NULL. Its opposite is `~unset(column)`.

    Never write `column == None`: the zero date is not NULL. Mind that the zero date is before every other date, so
    `column <= today` finds unset ones too.
    """
    kind: Any = column.type
    zero = bindparam(None, None, type_=type(kind)(), unique=True)
    is_zero = column.op("=", is_comparison=True)(zero)
    return or_(column.is_(None), is_zero) if kind.nullable else is_zero


def day_text(value: date | None) -> str:
    """The day as API and modules see it: `2026-01-31`, or `0000-00-00` when unset."""
    return value.strftime("%Y-%m-%d").rjust(10, "0") if value else ZERO_DAY


def moment_text(value: datetime | None) -> str:
    """The time as API and modules see it: `2026-01-31 23:59:59`, or `0000-00-00 00:00:00` when unset."""
    return value.replace(microsecond=0, tzinfo=None).isoformat(" ") if value else ZERO_MOMENT


def zero_date_text(value: date | None, moment: bool = False) -> str:
    """`day_text` or, for a datetime or with `moment`, `moment_text`; only None leaves the kind open."""
    if isinstance(value, datetime):
        return moment_text(value)
    return ZERO_MOMENT if value is None and moment else day_text(value)
