"""All rows of all tables as lines of JSON, and back."""

import base64
import gzip
import json
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, Table, inspect
from sqlalchemy.schema import CreateTable

from modulehost.schema import move_sequences, table_names

#: who is signed in, and who holds what, belongs to now
LEFT_OUT = frozenset({"mh_session", "mh_automation_lock", "mh_schema", "sqlite_sequence"})
CHUNK = 500


def write(engine: Engine, path: Path) -> int:
    """Write every table as it stands at one moment; returns the number of rows."""
    count = 0
    with engine.connect() as opened, gzip.open(path, "wt", encoding="utf-8", compresslevel=3) as file:
        connection = _at_one_moment(opened)
        own = set(table_names())
        for name in sorted(set(inspect(connection).get_table_names()) - LEFT_OUT):
            columns = [column["name"] for column in inspect(connection).get_columns(name)]
            made = "" if name in own else _definition(connection, name)
            file.write(json.dumps({"table": name, "columns": columns, "create": made}) + "\n")
            quote = connection.dialect.identifier_preparer.quote
            listed = ", ".join(map(quote, columns))
            order = f" ORDER BY {quote('id')}" if "id" in columns else ""
            result = connection.exec_driver_sql(f"SELECT {listed} FROM {quote(name)}{order}")  # noqa: S608 - names of the database
            while some := result.fetchmany(CHUNK):
                for row in some:
                    file.write(json.dumps([_plain(value) for value in row]) + "\n")
                count += len(some)
        opened.rollback()
    return count


def read(engine: Engine, path: Path) -> None:
    """Put every table back to what the file says, in one transaction."""
    own = set(table_names())
    with engine.begin() as connection:
        quote = connection.dialect.identifier_preparer.quote
        present = set(inspect(connection).get_table_names()) - LEFT_OUT
        kept = {head["table"]: head for head in _heads(path)}
        for name in sorted(present - set(kept)):  # made since then: a module's own goes, one of ours is empty
            connection.exec_driver_sql(f"{'DELETE FROM' if name in own else 'DROP TABLE'} {quote(name)}")
        for name, head in kept.items():
            if name in present:
                connection.exec_driver_sql(f"DELETE FROM {quote(name)}")  # noqa: S608
            elif head["create"]:
                connection.exec_driver_sql(head["create"].replace("%", "%%"))
        for head, rows in _tables(path):
            _insert(connection, head["table"], head["columns"], rows)
        move_sequences(connection, [name for name in kept if "id" in kept[name]["columns"]])


def _insert(connection: Connection, name: str, columns: list[str], rows: list[list[Any]]) -> None:
    quote = connection.dialect.identifier_preparer.quote
    mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
    listed, marks = ", ".join(map(quote, columns)), ", ".join([mark] * len(columns))
    values = [tuple(_value(one) for one in row) for row in rows]
    connection.exec_driver_sql(f"INSERT INTO {quote(name)} ({listed}) VALUES ({marks})", values)  # noqa: S608


def _heads(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            if line.startswith("{"):
                yield json.loads(line)


def _tables(path: Path) -> Iterator[tuple[dict[str, Any], list[list[Any]]]]:
    """The rows of the tables, some at a time."""
    head: dict[str, Any] = {}
    rows: list[list[Any]] = []
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            if line.startswith("{"):
                if rows:
                    yield head, rows
                head, rows = json.loads(line), []
                continue
            rows.append(json.loads(line))
            if len(rows) == CHUNK:
                yield head, rows
                rows = []
    if rows:
        yield head, rows


def _at_one_moment(connection: Connection) -> Connection:
    """All tables are read as they stand when the first is."""
    if connection.dialect.name == "sqlite":
        return connection.execution_options(modulehost_read=True)
    return connection.execution_options(isolation_level="REPEATABLE READ")


def _definition(connection: Connection, name: str) -> str:
    """How a module's table is made again, in the words of this database."""
    if connection.dialect.name == "sqlite":
        return str(connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (name,)).scalar())
    if connection.dialect.name in ("mysql", "mariadb"):
        return str(connection.exec_driver_sql(f"SHOW CREATE TABLE `{name}`").one()[1])
    table = Table(name, MetaData(), autoload_with=connection)
    for column in table.columns:
        if column.primary_key and column.server_default is not None:
            column.server_default = None  # the sequence, which a new table brings with it
    return str(CreateTable(table).compile(dialect=connection.dialect))


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    if isinstance(value, datetime):
        return {"datetime": value.isoformat()}
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if isinstance(value, time):
        return {"time": value.isoformat()}
    if isinstance(value, (bytes, memoryview)):
        return {"bytes": base64.b64encode(bytes(value)).decode()}
    return value


def _value(kept: Any) -> Any:
    if not isinstance(kept, dict):
        return kept
    ((kind, text),) = kept.items()
    return _READ[kind](text)


_READ: dict[str, Any] = {
    "decimal": Decimal,
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "bytes": base64.b64decode,
}
