"""Many rows at once, handed to the driver as they are: for work on a hundred thousand rows.

A statement of SQLAlchemy asks the type of every value of every row; here a type is asked once for each different value, and the
driver gets plain tuples. Columns that are left out have their defaults, as with any insert.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Connection, Dialect, func, select, text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from .base import Base
from .storage import MYSQL, Characters, WholeNumber

#: rows of one statement that answers with the ids it gave
_ANSWERED = 500


class _Known(dict[Any, Any]):
    """What a type makes of a value, remembered."""

    def __init__(self, function: Callable[[Any], Any]) -> None:
        super().__init__()
        self.function = function

    def __missing__(self, value: Any) -> Any:
        made = self[value] = self.function(value)
        return made


def among(column: InstrumentedAttribute[int], ids: Iterable[int]) -> ColumnElement[bool]:
    """`column.in_(ids)` for thousands of ids, which are whole numbers that the database itself gave."""
    return _Among(column, ids)


class _Among(FunctionElement[bool]):
    """Ids written into the statement: as parameters each would cost more than its row. So no statement with them is kept."""

    inherit_cache = False
    type = Boolean()

    def __init__(self, column: InstrumentedAttribute[int], ids: Iterable[int]) -> None:
        self.ids = ",".join(map("%d".__mod__, ids)) or "NULL"
        super().__init__(column)

    def self_group(self, against: Any = None) -> Any:
        """As it is: databases without booleans would get `(...) = 1`, which no index serves."""
        return self


@compiles(_Among)
def _among(element: _Among, compiler: SQLCompiler, **kw: Any) -> str:
    return f"{compiler.process(element.clauses, **kw)} IN ({element.ids})"


def insert_rows(db: Session, model: type[Base], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows, each a value for each column."""
    if rows:
        connection = db.connection()
        connection.exec_driver_sql(_statement(connection.dialect, model, columns), _ready(connection.dialect, model, columns, rows))


def insert_numbered(db: Session, model: type[Base], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[int]:
    """Insert rows without their ids; returns the ids in the order of the rows.

    On SQLite the unit has the write lock, so the next ids are known; PostgreSQL gives numbers before they are used.
    """
    connection = db.connection()
    dialect = connection.dialect
    ready = _ready(dialect, model, columns, rows)
    if dialect.name in MYSQL:
        return _answered(connection, model, columns, ready)
    ids = _reserved(connection, model, len(ready))
    numbered = [(id_, *row) for id_, row in zip(ids, ready, strict=True)]
    if numbered:
        connection.exec_driver_sql(_statement(dialect, model, ("id", *columns)), numbered)
    return ids


def _ready(
    dialect: Dialect, model: type[Base], columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> list[tuple[Any, ...]]:
    table = model.__table__
    made: list[Iterable[Any]] = []
    for name, values in zip(columns, zip(*rows, strict=True), strict=False):
        kind = table.c[name].type
        # Numbers and long texts are written as they were read; what these types check costs more than the insert.
        plain = isinstance(kind, WholeNumber) or (isinstance(kind, Characters) and kind.length is None)
        process = None if plain else kind.dialect_impl(dialect).bind_processor(dialect)
        made.append(map(_Known(process).__getitem__, values) if process else values)
    return list(zip(*made, strict=True))


def _statement(dialect: Dialect, model: type[Base], columns: Sequence[str], rows: int = 1) -> str:
    quote = dialect.identifier_preparer.quote
    one = f"({', '.join(['?' if dialect.paramstyle == 'qmark' else '%s'] * len(columns))})"
    names = ", ".join(quote(name) for name in columns)
    return f"INSERT INTO {quote(model.__tablename__)} ({names}) VALUES {', '.join([one] * rows)}"  # noqa: S608 - names of our own


def _reserved(connection: Connection, model: type[Base], count: int) -> list[int]:
    name = model.__tablename__
    if connection.dialect.name == "sqlite":
        last = connection.execute(text("SELECT seq FROM sqlite_sequence WHERE name = :name"), {"name": name}).scalar() or 0
        return list(range(last + 1, last + 1 + count))
    numbers = select(func.nextval(f"{name}_id_seq")).select_from(func.generate_series(1, count))
    return sorted(connection.execute(numbers).scalars())


def _answered(connection: Connection, model: type[Base], columns: Sequence[str], rows: list[tuple[Any, ...]]) -> list[int]:
    ids: list[int] = []
    if not connection.dialect.insert_returning:  # MySQL, where each row is asked for by itself
        single = _statement(connection.dialect, model, columns)
        return [connection.exec_driver_sql(single, row).lastrowid for row in rows]
    for start in range(0, len(rows), _ANSWERED):
        part = rows[start : start + _ANSWERED]
        statement = _statement(connection.dialect, model, columns, len(part)) + " RETURNING id"
        values = tuple(value for row in part for value in row)
        # The rows of one statement get rising ids in their order.
        ids += sorted(connection.exec_driver_sql(statement, values).scalars())
    return ids
