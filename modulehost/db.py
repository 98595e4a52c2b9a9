"""The one door to the database: an engine with the habits that the host relies on.

SQLite, MariaDB (or MySQL) and PostgreSQL behave alike after this:

* a write unit takes its lock at once on SQLite (`BEGIN IMMEDIATE`), so two writers queue instead of failing half-way;
* waiting for a lock ends after `LOCK_SECONDS` with an error on all three;
* MariaDB refuses bad values (strict) but knows zero dates, as the emulated system's tables hold them;
* isolation is READ COMMITTED where there is a choice, so a unit sees what another committed a moment ago.
"""

import logging
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, event, func, literal, make_url, select
from sqlalchemy import create_engine as _create_engine
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import Session

T = TypeVar("T")
log = logging.getLogger("modulehost.db")
LOCK_SECONDS = 10
_MARIADB_MODE = "STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION"


def counted(db: Session, query: Any, most: int = 0) -> int:
    """How many rows a select finds. With `most` counting ends one row above it, so that it costs the same in any table."""
    inner = query.order_by(None)
    if not inner._distinct:  # what is told apart by its columns needs them; else none is read
        inner = inner.with_only_columns(literal(1), maintain_column_froms=True)
    return db.scalar(select(func.count()).select_from((inner.limit(most + 1) if most else inner).subquery())) or 0


def create_engine(url: str) -> Engine:
    """An engine for any SQLAlchemy URL; `mysql://`, `mariadb://` and `postgresql://` get their pure drivers.

    Nothing is connected yet. A SQLite file's folder must exist.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise ValueError(
            "the database is no SQLAlchemy URL; write for example sqlite:////srv/shop/modulehost.db or "
            "mysql://user:password@localhost/shop"
        ) from None
    if parsed.drivername in ("mysql", "mariadb"):
        parsed = parsed.set(drivername=f"{parsed.drivername}+pymysql")
    elif parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        return _sqlite(parsed)
    options: dict[str, Any] = {
        "pool_pre_ping": True,
        "pool_size": 10,
        "max_overflow": 20,
        "isolation_level": "READ COMMITTED",
        "hide_parameters": True,  # an error's text reaches logs and API answers; the values in it may be secrets
    }
    if backend in ("mysql", "mariadb"):
        parsed = parsed.update_query_dict({"charset": "utf8mb4"})
        options["pool_recycle"] = 3600
        options["connect_args"] = {
            "init_command": f"SET SESSION sql_mode='{_MARIADB_MODE}', innodb_lock_wait_timeout={LOCK_SECONDS}, time_zone='+00:00'"
        }
    elif backend == "postgresql":
        options["connect_args"] = {"options": f"-c lock_timeout={LOCK_SECONDS}s -c timezone=UTC"}
    return _create_engine(parsed, **options)


def deadlocked(error: DBAPIError) -> bool:
    """Whether the database gave this transaction up so that another could go on; nothing of it was kept."""
    orig: Any = error.orig
    return getattr(orig, "sqlstate", None) in ("40P01", "40001") or (getattr(orig, "args", None) or (None,))[0] == 1213


def despite_deadlocks(unit: Callable[[], T]) -> T:
    """Run what is one transaction; when the database gives it up to end a deadlock, it begins anew."""
    for _ in range(4):
        try:
            return unit()
        except DBAPIError as failure:
            if not deadlocked(failure):
                raise
            log.info("a transaction begins anew after a deadlock: %s", failure.orig)
    return unit()


def _write_ahead(cursor: Any) -> None:
    """Switch to WAL. When several open a new file at once SQLite refuses this at once instead of waiting for the lock, so we wait."""
    limit = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as busy:
            if "locked" not in str(busy) or time.monotonic() > limit:
                raise
            time.sleep(0.01)


def _sqlite(url: Any) -> Engine:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = _create_engine(
        url, hide_parameters=True, connect_args={"timeout": LOCK_SECONDS, "check_same_thread": False}
    )

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves; sqlite3 would delay it to the first write
        cursor = connection.cursor()
        _write_ahead(cursor)
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA foreign_keys=OFF")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        read = connection.get_execution_options().get("modulehost_read", False)
        connection.exec_driver_sql("BEGIN" if read else "BEGIN IMMEDIATE")

    return engine
