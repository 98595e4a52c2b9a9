"""Making, upgrading and dropping the tables."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, inspect, select, text
from sqlalchemy.event import listen
from sqlalchemy.orm import Session

from modulehost import schema
from modulehost.schema import Client, SchemaError, SchemaVersion, create_all, drop_all, fresh, move_sequences
from tests.support.databases import engine

NOW = datetime(2026, 1, 31, 12, 0, 0)


def versions(on: Engine) -> list[int]:
    with Session(on) as db:
        return list(db.scalars(select(SchemaVersion.version).order_by(SchemaVersion.id)))


def test_an_empty_database_gets_all_tables_and_a_version(any_database_url: str) -> None:
    with engine(any_database_url) as on:
        create_all(on, NOW)
        assert set(inspect(on).get_table_names()) == set(schema.table_names())
        assert len([name for name in schema.table_names() if not name.startswith("mh_")]) == 164
        with Session(on) as db:
            row = db.scalars(select(SchemaVersion)).one()
            assert (row.version, row.applied_at) == (schema.SCHEMA_VERSION, NOW)
            db.add(Client(email="a@example.com"))
            db.commit()
        create_all(on)
        assert versions(on) == [schema.SCHEMA_VERSION]
        with Session(on) as db:
            assert db.scalars(select(Client.email)).all() == ["a@example.com"]


def test_two_processes_may_create_at_once(any_database_url: str) -> None:
    def start(_: int) -> None:
        with engine(any_database_url) as on:
            create_all(on)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(start, range(3)))
    with engine(any_database_url) as on:
        assert versions(on) == [schema.SCHEMA_VERSION]


def test_who_comes_while_another_commits_waits_for_it(any_database_url: str) -> None:
    def second() -> None:
        with engine(any_database_url) as on:
            create_all(on)

    late = threading.Thread(target=second)

    def committing(_: object) -> None:
        if late.ident is None:  # at the first commit that follows the version row, and once
            late.start()
            late.join(0.5)  # time enough to write a row of its own, if nothing held it back

    with engine(any_database_url) as on:
        inserted = []
        listen(on, "before_cursor_execute", lambda *given: inserted.append(1) if "INSERT INTO mh_schema" in given[2] else None)
        listen(on, "commit", lambda connection: committing(connection) if inserted else None)
        create_all(on)
    late.join()
    with engine(any_database_url) as on:
        assert versions(on) == [schema.SCHEMA_VERSION]


def test_what_was_left_half_made_is_completed(any_database: Engine) -> None:
    with any_database.begin() as connection:
        connection.execute(text("DROP TABLE tbldomains"))
        connection.execute(text("DROP TABLE mh_schema"))
    create_all(any_database)
    assert set(inspect(any_database).get_table_names()) == set(schema.table_names())
    assert versions(any_database) == [schema.SCHEMA_VERSION]


def test_a_newer_database_is_refused(database: Engine) -> None:
    with Session(database) as db:
        db.add(SchemaVersion(version=schema.SCHEMA_VERSION + 1, applied_at=NOW))
        db.commit()
    with pytest.raises(SchemaError, match=r"schema version 2, this modulehost knows 1; use a newer modulehost"):
        create_all(database)


def test_the_refusal_does_not_show_the_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: Engine) -> None:
    with Session(database) as db:
        db.add(SchemaVersion(version=99))
        db.commit()
    database.url = database.url.set(username="host", password="hunter2")
    with pytest.raises(SchemaError) as raised:
        create_all(database)
    assert "hunter2" not in str(raised.value)


def test_an_older_database_is_migrated_step_by_step(any_database: Engine) -> None:
    ran = []

    def second(connection: Connection) -> None:
        ran.append(2)
        connection.execute(text("INSERT INTO tblnotes (note) VALUES ('two')"))

    def third(connection: Connection) -> None:
        ran.append(3)
        connection.execute(text("UPDATE tblnotes SET note = 'three' WHERE note = 'two'"))

    create_all(any_database, NOW, [second])
    assert (ran, versions(any_database)) == ([2], [1, 2])
    create_all(any_database, NOW, [second, third])
    create_all(any_database, NOW, [second, third])
    assert (ran, versions(any_database)) == ([2, 3], [1, 2, 3])
    with any_database.connect() as connection:
        assert connection.execute(text("SELECT note FROM tblnotes")).scalars().all() == ["three"]


def test_a_fresh_database_needs_no_migration(any_database_url: str) -> None:
    def never(connection: Connection) -> None:
        raise AssertionError("a new database is made in its newest form")

    with engine(any_database_url) as on:
        create_all(on, NOW, [never])
        assert versions(on) == [2]


def test_a_failed_migration_leaves_the_version(database: Engine) -> None:
    def broken(connection: Connection) -> None:
        connection.execute(text("INSERT INTO tblnotes (note) VALUES ('half')"))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        create_all(database, NOW, [broken])
    assert versions(database) == [1]
    with database.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM tblnotes")).scalar() == 0


def test_drop_all_takes_the_modules_tables_and_leaves_others(any_database: Engine) -> None:
    with any_database.begin() as connection:
        connection.execute(text("CREATE TABLE mod_example (id integer)"))
        connection.execute(text("CREATE TABLE shop_orders (id integer)"))
    drop_all(any_database)
    assert inspect(any_database).get_table_names() == ["shop_orders"]
    drop_all(any_database)


def test_fresh_empties(any_database: Engine) -> None:
    with Session(any_database) as db:
        db.add(Client())
        db.commit()
    fresh(any_database)
    with Session(any_database) as db:
        assert db.scalars(select(Client)).all() == []
        db.add(client := Client())
        db.flush()
        assert client.id == 1


def test_new_ids_follow_explicit_ones(any_database: Engine) -> None:
    with Session(any_database) as db:
        db.add(Client(id=50))
        db.flush()
        move_sequences(db.connection())
        db.add(client := Client())
        db.flush()
        assert client.id == 51
        db.delete(client)
        db.flush()
        move_sequences(db.connection(), ["tblclients"])
        db.add(client := Client())
        db.add(note := schema.Note())
        db.flush()
        assert (client.id, note.id) == (52, 1)
