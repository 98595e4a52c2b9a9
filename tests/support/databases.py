"""Throw-away databases on SQLite, MariaDB and PostgreSQL.

A server that is missing skips the test with one line that says what to install, or fails it when MODULEHOST_REQUIRE
(a comma list of chromium, mariadb, postgresql, php) names it.
"""

import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import URL, Engine, inspect, make_url, select
from sqlalchemy.exc import SQLAlchemyError

from modulehost.db import create_engine
from modulehost.schema import SCHEMA_VERSION, SchemaVersion, create_all, table_names

KINDS = ("sqlite", "mariadb", "postgresql")
_SERVERS = {
    "mariadb": ("MODULEHOST_TEST_MARIADB", ["mysql+pymysql://root@127.0.0.1:3306/"]),
    "postgresql": (
        "MODULEHOST_TEST_POSTGRESQL",
        ["postgresql+psycopg://root@127.0.0.1:5432/postgres", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"],
    ),
}
_CREATE = {
    "mariadb": "CREATE DATABASE {} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci",
    "postgresql": "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'",
}
_DROP = {"mariadb": "DROP DATABASE IF EXISTS {}", "postgresql": "DROP DATABASE IF EXISTS {} WITH (FORCE)"}
# Tables that have given out an id, though they may be empty again.
_COUNTED_MYSQL = (
    "SELECT table_name FROM information_schema.tables WHERE table_schema = database() AND auto_increment > 1"
)
_COUNTED = {
    "mysql": _COUNTED_MYSQL,
    "mariadb": _COUNTED_MYSQL,
    "postgresql": "SELECT left(sequencename, -7) FROM pg_sequences WHERE last_value IS NOT NULL",  # without _id_seq
}
_free: dict[str, list[str]] = {"mariadb": [], "postgresql": []}
_numbers = itertools.count(1)
_made: list[bytes] = []


def required(part: str) -> bool:
    """Whether MODULEHOST_REQUIRE says that `part` must be there."""
    return part in {name.strip() for name in os.environ.get("MODULEHOST_REQUIRE", "").split(",")}


def need(part: str, missing: str | None) -> None:
    """Go on if nothing is missing (None); else skip the test with the reason, or fail it where `part` is required."""
    if missing is None:
        return
    if required(part):
        pytest.fail(f"MODULEHOST_REQUIRE names {part}, but {missing}", pytrace=False)
    pytest.skip(missing)


def available(kind: str) -> str | None:
    """None if databases of this kind can be made here, else the reason why not."""
    return None if kind == "sqlite" else _server(kind)[1]


@contextmanager
def fresh_database(kind: str, tmp_path: Path, tables: bool = False) -> Iterator[str]:
    """The URL of an empty database (with `tables`: one that has all tables, empty), for the time of the block."""
    need(kind, available(kind))
    if kind == "sqlite":
        path = tmp_path / f"test_{next(_numbers)}.sqlite"
        if tables:
            path.write_bytes(_sqlite_with_tables(path.with_suffix(".making")))
        yield f"sqlite:///{path}"
        return
    free = _free[kind]
    url = free.pop() if tables and free else _create(kind, tables)
    keep = False
    try:
        yield url
        keep = tables and _emptied(url)
    finally:
        if keep:
            free.append(url)
        else:
            _drop(kind, url)


def drop_kept() -> None:
    """Drop the databases that are kept for reuse: making 170 tables takes the servers most of a second."""
    for kind, urls in _free.items():
        while urls:
            _drop(kind, urls.pop())


def _create(kind: str, tables: bool) -> str:
    server = make_url(_server(kind)[0])
    # The worker's name keeps processes apart whose ids are the same, as in containers that share a server.
    name = f"mh_test_{os.getpid()}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{next(_numbers)}"
    _run(_text(server), _DROP[kind].format(name), _CREATE[kind].format(name))
    url = _text(server.set(database=name))
    if tables:
        with engine(url) as made:
            create_all(made)
    return url


def _drop(kind: str, url: str) -> None:
    _run(_server(kind)[0], _DROP[kind].format(make_url(url).database))


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)


def _emptied(url: str) -> bool:
    """Take all rows out and let ids begin at 1; False if the tables are not as they were made."""
    names = table_names()
    with engine(url) as made, made.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if sorted(inspect(connection).get_table_names()) != names:
            return False
        if connection.execute(select(SchemaVersion.version)).scalars().all() != [SCHEMA_VERSION]:
            return False
        rows = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in names)
        used = connection.exec_driver_sql(f"{rows} UNION {_COUNTED[made.dialect.name]}").scalars()
        touched = sorted(set(used) - {SchemaVersion.__tablename__})
        if made.dialect.name == "postgresql":
            if touched:
                connection.exec_driver_sql(f"TRUNCATE {', '.join(touched)} RESTART IDENTITY")
        else:
            for name in touched:
                connection.exec_driver_sql(f"TRUNCATE {name}")
    return True


@contextmanager
def engine(url: str) -> Iterator[Engine]:
    """An engine as the host makes it, whose connections are given back at the end."""
    made = create_engine(url)
    try:
        yield made
    finally:
        made.dispose()


@cache
def _server(kind: str) -> tuple[str, str | None]:
    variable, guesses = _SERVERS[kind]
    reason = ""
    for url in [os.environ[variable]] if os.environ.get(variable) else guesses:
        try:
            _run(url, "SELECT 1")
        except SQLAlchemyError as error:
            reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        else:
            return url, None
    return "", f"no {kind} server answers ({reason}); start one, or set {variable} to its URL"


def _sqlite_with_tables(path: Path) -> bytes:
    """The file of an empty host, made once per process: copying it is far faster than 170 CREATE TABLE."""
    if not _made:
        with engine(f"sqlite:///{path}") as made:
            create_all(made)
        _made.append(path.read_bytes())
        path.unlink()
    return _made[0]


def _run(url: str, *statements: str) -> None:
    made = create_engine(url).execution_options(isolation_level="AUTOCOMMIT")
    try:
        with made.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
    finally:
        made.dispose()
