"""Completing the tables of an earlier version: the columns and indices that this version declares and the database lacks.

Only what adds is done here, so it repeats harmlessly and no version number counts it: a column is added with the default that
rows written without it would have got, an index under its name. What changes or takes away is a step of MIGRATIONS.
"""

import logging

from sqlalchemy import Column, Connection, Index, Table, UniqueConstraint
from sqlalchemy.exc import IntegrityError
from sqlalchemy.schema import CreateColumn, CreateIndex

from . import rest
from .base import metadata

log = logging.getLogger("modulehost.schema")

_MYSQL_COLUMNS = "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = database()"
_MYSQL_INDEXES = "SELECT DISTINCT table_name, index_name FROM information_schema.statistics WHERE table_schema = database()"
#: one question each for all tables: reflection would ask for every table by itself, at each start
_COLUMNS = {
    "sqlite": "SELECT m.name, c.name FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS c WHERE m.type = 'table'",
    "postgresql": "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema()",
}
_INDEXES = {
    "sqlite": "SELECT tbl_name, name FROM sqlite_master WHERE type = 'index'",
    "postgresql": "SELECT tablename, indexname FROM pg_indexes WHERE schemaname = current_schema()",
}


class Duplicates(RuntimeError):
    """Rows stand in the way of an index that allows none of them twice."""


def missing_columns(connection: Connection) -> dict[str, list[str]]:
    """By table of the schema that is there: the columns that it lacks."""
    held: dict[str, set[str]] = {}
    for table, column in connection.exec_driver_sql(_COLUMNS.get(connection.dialect.name, _MYSQL_COLUMNS)):
        held.setdefault(table, set()).add(column)
    wanted = {**rest.columns(), **{name: [c.name for c in table.columns] for name, table in metadata.tables.items()}}
    lacking = {name: [c for c in columns if c not in held[name]] for name, columns in wanted.items() if name in held}
    return {name: columns for name, columns in lacking.items() if columns}


def held_indexes(connection: Connection) -> set[tuple[str, str]]:
    """Table and name of every index that there is."""
    rows = connection.exec_driver_sql(_INDEXES.get(connection.dialect.name, _MYSQL_INDEXES))
    return {(str(table), str(name)) for table, name in rows}


def index_name(connection: Connection, index: Index) -> tuple[str, str]:
    """Table and name of an index as the database has them: a name that is too long for it is cut."""
    name = connection.dialect.identifier_preparer.format_index(index) or ""
    return (index.table.name if index.table is not None else "", name.strip('"`'))


def add_columns(connection: Connection, table: Table, names: list[str]) -> None:
    """Add these columns of the table, and what must not be twice among them."""
    quoted = connection.dialect.identifier_preparer.format_table(table)
    for name in names:
        column: Column[object] = table.columns[name]
        made = CreateColumn(column).compile(dialect=connection.dialect)
        _run(connection, f"ALTER TABLE {quoted} ADD COLUMN {made}")
        log.info("the column %s.%s was added", table.name, name)
    for rule in sorted((one for one in table.constraints if isinstance(one, UniqueConstraint)), key=str):
        columns = [one.name for one in rule.columns]
        if set(columns) & set(names):
            plain = Table(table.name, type(metadata)(), *(Column(one, table.columns[one].type) for one in columns))
            add_index(connection, Index("_".join(("uq", table.name, *columns)), *plain.columns, unique=True))


def add_index(connection: Connection, index: Index) -> None:
    """Create the index. Raises Duplicates when rows stand in its way."""
    try:
        _run(connection, str(CreateIndex(index).compile(dialect=connection.dialect)))
    except IntegrityError as error:
        table, columns = index.table.name if index.table is not None else "", ", ".join(one.name for one in index.columns)
        raise Duplicates(
            f"{table} has rows that are equal in {columns}, which this version needs to be unique; remove all but one of each"
            f" and start again ({error.orig})"
        ) from None
    log.info("the index %s was made", index.name)


def _run(connection: Connection, statement: str) -> None:
    formatted = connection.dialect.paramstyle in ("format", "pyformat")
    connection.exec_driver_sql(statement.replace("%", "%%") if formatted else statement)
