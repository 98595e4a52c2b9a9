"""The engine's habits, which the host relies on, on each database."""

import sqlite3
import threading
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.event import listen
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from modulehost import db
from modulehost.schema import Client, Service
from tests.support.databases import engine


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        ("mysql://root@h/x", "mysql+pymysql"),
        ("mariadb://root@h/x", "mariadb+pymysql"),
        ("postgresql://root@h/x", "postgresql+psycopg"),
        ("postgres://root@h/x", "postgresql+psycopg"),
        ("mysql+pymysql://root@h/x", "mysql+pymysql"),
    ],
)
def test_a_plain_url_gets_the_driver_that_is_installed(url: str, driver: str) -> None:
    made = db.create_engine(url)
    assert made.url.drivername == driver
    made.dispose()


def test_the_folder_of_an_sqlite_file_is_made(tmp_path: Path) -> None:
    with engine(f"sqlite:///{tmp_path}/a/b/c.sqlite") as made, made.connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"


def test_several_may_open_a_new_file_at_once(tmp_path: Path) -> None:
    url, together = f"sqlite:///{tmp_path}/new.sqlite", threading.Barrier(2)
    blocker = sqlite3.connect(tmp_path / "new.sqlite", isolation_level=None, check_same_thread=False)
    blocker.execute("BEGIN IMMEDIATE")  # SQLite refuses to change the mode now, without waiting

    def let_go() -> None:
        together.wait()
        blocker.execute("CREATE TABLE first (a)")
        blocker.execute("COMMIT")
        blocker.close()

    late = threading.Thread(target=let_go)
    late.start()
    with engine(url) as made:
        listen(made, "connect", lambda *_: together.wait(), insert=True)
        with made.connect() as connection:
            assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
    late.join()


def test_waiting_for_a_lock_ends_with_an_error(any_database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with Session(any_database) as setup:
        setup.add(Client(id=1))
        setup.commit()
    monkeypatch.setattr(db, "LOCK_SECONDS", 1)
    change = text("UPDATE tblclients SET groupid = groupid + 1 WHERE id = 1")
    url = any_database.url.render_as_string(hide_password=False)
    with any_database.begin() as holder, engine(url) as impatient:
        holder.execute(change)
        with pytest.raises(OperationalError), impatient.begin() as waiter:
            waiter.execute(change)
    with any_database.connect() as after:
        assert after.execute(text("SELECT groupid FROM tblclients")).scalar() == 1


def test_a_reader_is_not_kept_waiting_by_a_writer(any_database: Engine) -> None:
    reading = any_database.execution_options(modulehost_read=True)
    with any_database.begin() as writer:
        writer.execute(text("INSERT INTO tblclients (id) VALUES (1)"))
        with reading.connect() as reader:
            assert reader.execute(text("SELECT count(*) FROM tblclients")).scalar() == 0
    with reading.connect() as reader:
        assert reader.execute(text("SELECT count(*) FROM tblclients")).scalar() == 1


# Not on SQLite: a writing unit holds the only write lock there, so nobody can commit meanwhile.
@pytest.mark.parametrize("database_kind", ["mariadb", "postgresql"])
def test_a_unit_sees_what_another_committed_a_moment_ago(any_database: Engine) -> None:
    with any_database.begin() as one:
        assert one.execute(text("SELECT count(*) FROM tblclients")).scalar() == 0
        with any_database.begin() as other:
            other.execute(text("INSERT INTO tblclients (id) VALUES (1)"))
        assert one.execute(text("SELECT count(*) FROM tblclients")).scalar() == 1


def test_bad_values_in_plain_sql_are_refused_but_zero_dates_are_known(any_database: Engine, database_kind: str) -> None:
    if database_kind != "sqlite":
        with pytest.raises(DBAPIError), any_database.begin() as connection:
            connection.execute(text("INSERT INTO tblclients (status) VALUES ('much too long')"))
    with Session(any_database) as session:
        session.add(Service(id=1, regdate=date(2026, 1, 1)))
        session.flush()
        session.execute(text("UPDATE tblhosting SET regdate = termination_date"))
        session.commit()
        row = session.get(Service, 1)
        assert row
        assert row.regdate is None
