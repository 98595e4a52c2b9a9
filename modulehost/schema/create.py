"""Making, upgrading and dropping the tables."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Index, MetaData, Table, create_mock_engine, func, inspect, select, text
from sqlalchemy.schema import CreateIndex, DropTable

from ..clock import Clock
from . import completing, rest
from .base import metadata
from .host import SchemaVersion
from .rest import table
from .storage import MYSQL

Migration = Callable[[Connection], None]

# The step from version n to n+1 is MIGRATIONS[n - 1]. New tables, columns and indices need no step: they are made when they are
# missing, before the steps run, so that a step may fill them; a column that gets another name is filled from its old one.
MIGRATIONS: list[Migration] = []
SCHEMA_VERSION = 1 + len(MIGRATIONS)

_ADVISORY_LOCK = 0x6D685F736368  # "mh_sch"
_LOCK_NAME = "modulehost.schema"
_MODULES_PREFIX = "mod_"
_MYSQL_OPTIONS = {"engine": "InnoDB", "charset": "utf8mb4", "collate": "utf8mb4_unicode_ci"}
_CREATE_INDEX = re.compile(r"CREATE ((?:UNIQUE )?INDEX \S+) ON \S+ (\(.*\))\Z", re.S)


class SchemaError(RuntimeError):
    """The database cannot be used by this version of the host; the message says why and what to do."""


def create_all(engine: Engine, now: datetime | None = None, migrations: list[Migration] | None = None) -> None:
    """Bring a database to this version: make the tables, columns and indices that are missing, run the migrations that it
    has not had.

    Does nothing to an up-to-date one; two processes may call it at once. `now` (default: the machine's time) goes into
    the version row, `migrations` stands in for MIGRATIONS in tests. SchemaError if the database is of a newer version, or
    if rows stand in the way of what is missing.
    """
    steps = MIGRATIONS if migrations is None else migrations
    target = 1 + len(steps)
    with _alone(engine) as connection:
        present = set(inspect(connection).get_table_names())
        version = _version(connection) if SchemaVersion.__tablename__ in present else None
        if version is not None and version > target:
            raise SchemaError(
                f"the database {engine.url.render_as_string()} has schema version {version}, this modulehost knows"
                f" {target}; use a newer modulehost or another database"
            )
        _create(connection, [table(name) for name in table_names() if name not in present])
        if present.intersection(table_names()):
            _complete(connection)
        for number in range(version or target, target):
            steps[number - 1](connection)
        if version != target:
            row = {"version": target, "applied_at": now or Clock().now()}
            connection.execute(SchemaVersion.__table__.insert(), row)  # type: ignore[attr-defined]


def table_names() -> list[str]:
    """The names of all tables of the schema, the emulated system's and ours."""
    return sorted({*rest.names(), *metadata.tables})


def drop_all(engine: Engine) -> None:
    """Drop our tables and those that addon modules made (`mod_...`); any other table stays."""
    with _alone(engine) as connection:
        present = set(inspect(connection).get_table_names())
        ours = set(table_names())
        doomed = [name for name in sorted(present) if name in ours or name.startswith(_MODULES_PREFIX)]
        if not doomed:
            return
        if connection.dialect.name == "sqlite":
            for name in doomed:
                connection.execute(DropTable(Table(name, MetaData())))
        else:
            quoted = ", ".join(connection.dialect.identifier_preparer.quote(name) for name in doomed)
            connection.exec_driver_sql(f"DROP TABLE {quoted} CASCADE")


def fresh(engine: Engine, now: datetime | None = None) -> None:
    """Drop everything of ours and make it anew: an empty host."""
    drop_all(engine)
    create_all(engine, now)


def move_sequences(connection: Connection, tables: Iterable[str] | None = None) -> None:
    """Let new ids follow the highest one; needed on PostgreSQL after rows were written with explicit ids.

    Never moves back, so no id is given twice. All tables of the schema unless some are named. The other databases do
    this by themselves.
    """
    if connection.dialect.name != "postgresql":
        return
    quote = connection.dialect.identifier_preparer.quote
    selects = []
    for name in tables or table_names():
        sequence = quote(f"{name}_id_seq")
        highest = f"(SELECT coalesce(max(id), 0) FROM {quote(name)})"  # noqa: S608 - names of our own
        following = f"greatest({highest} + 1, last_value + CASE WHEN is_called THEN 1 ELSE 0 END)"
        selects.append(f"SELECT setval('{sequence}', {following}, false) FROM {sequence}")  # noqa: S608
    connection.exec_driver_sql(" UNION ALL ".join(selects))


def _version(connection: Connection) -> int | None:
    return connection.execute(select(func.max(SchemaVersion.version))).scalar()


def _complete(connection: Connection) -> None:
    """Add to the tables that were there what an earlier version had not."""
    try:
        for name, columns in completing.missing_columns(connection).items():
            completing.add_columns(connection, table(name), columns)
        held = completing.held_indexes(connection)
        if rest.indexes() - held:
            rest.declare()
        for index in _indexes(connection):
            if completing.index_name(connection, index) not in held:
                completing.add_index(connection, index)
    except completing.Duplicates as failure:
        raise SchemaError(str(failure)) from None


def _indexes(connection: Connection) -> list[Index]:
    """The indices that this kind of database has of the tables declared so far."""
    return [one.element for one in _elements(connection, list(metadata.tables.values())) if isinstance(one, CreateIndex)]


def _elements(connection: Connection, tables: list[Table]) -> list[Any]:
    """What makes the tables, as SQLAlchemy has it, dressed for the database."""
    if connection.dialect.name in MYSQL:
        _dress_for_mysql(tables, connection.dialect.name)
    elements: list[Any] = []
    collector = create_mock_engine(connection.engine.url, lambda element, *_, **__: elements.append(element))
    metadata.create_all(collector, tables=tables, checkfirst=False)
    return elements


def _create(connection: Connection, tables: list[Table]) -> None:
    # MetaData.create_all with the same result would take a round trip, on MariaDB also a flush to disk, per statement.
    dialect = connection.dialect
    statements = [str(element.compile(dialect=dialect)).strip() for element in _elements(connection, tables)]
    if dialect.name in MYSQL:
        statements = _with_indexes_inside(statements)
    if dialect.name == "postgresql":
        statements = [";\n".join(statements)] if statements else []
    for statement in statements:
        connection.exec_driver_sql(statement)


def _dress_for_mysql(tables: list[Table], dialect: str) -> None:
    """What MySQL needs to be told: text that ignores case, and how much of a TEXT an index holds."""
    for one in tables:
        for option, value in _MYSQL_OPTIONS.items():
            one.dialect_kwargs[f"{dialect}_{option}"] = value
        for index in one.indexes:
            if "mysql_length" in index.info:
                index.dialect_kwargs[f"{dialect}_length"] = index.info["mysql_length"]


def _with_indexes_inside(statements: list[str]) -> list[str]:
    """CREATE INDEX statements drawn into the CREATE TABLE before them."""
    result: list[str] = []
    for statement in statements:
        index = _CREATE_INDEX.match(statement)
        if index is None:
            result.append(statement)
        else:
            head, foot, options = result[-1].rpartition("\n)")
            result[-1] = f"{head},\n\t{index[1]} {index[2]}{foot}{options}"
    return result


@contextmanager
def _alone(engine: Engine) -> Iterator[Connection]:
    """A transaction that one process at a time has; the next begins when it is committed.

    SQLite's write lock and PostgreSQL's advisory lock belong to the transaction. MariaDB's lock belongs to the session, so it
    is taken before the transaction begins and given back after its end: what the next one reads has been committed.
    """
    with engine.connect() as connection:
        if connection.dialect.name not in MYSQL:
            with connection.begin():
                if connection.dialect.name == "postgresql":
                    connection.execute(select(func.pg_advisory_xact_lock(_ADVISORY_LOCK)))
                yield connection
            return
        lock = {"name": _LOCK_NAME}
        taken = connection.execute(text("SELECT GET_LOCK(md5(concat(:name, '.', database())), 60)"), lock).scalar()
        connection.commit()
        if not taken:
            raise SchemaError("another process has been working on this database's tables for 60 s; try again when it is done")
        try:
            with connection.begin():
                yield connection
        finally:
            connection.execute(text("SELECT RELEASE_LOCK(md5(concat(:name, '.', database())))"), lock)
            connection.commit()
