"""Making, upgrading and dropping the tables."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, inspect, select, text
from sqlalchemy.event import listen
from sqlalchemy.orm import Session

from modulehost import app, config, schema
from modulehost.schema import Client, SchemaError, SchemaVersion, create_all, drop_all, fresh, move_sequences
from modulehost.testing import hosts
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


def shape(on: Engine) -> dict[str, tuple[set[tuple[str, str, bool]], set[str]]]:
    """Every table's columns (name, type, nullable), and the columns of its indices and rules about equal rows."""
    seen = inspect(on)
    found = {}
    for name in seen.get_table_names():
        columns = {(one["name"], str(one["type"]), bool(one["nullable"])) for one in seen.get_columns(name)}
        uniques = {str(one["column_names"]) for one in seen.get_unique_constraints(name)}
        uniques |= {str(one["column_names"]) for one in seen.get_indexes(name) if one["unique"]}
        others = {str((one["name"], one["column_names"], one.get("expressions"))) for one in seen.get_indexes(name) if not one["unique"]}
        found[name] = (columns, uniques | others)
    return found


#: table -> columns that an earlier version had not; of every type, with their indices
LACKING = {
    "tblemails": ("pending", "cc", "retry_count"), "tblmodulequeue": ("completed", "created_at"), "tblhosting": ("nextduedate", "server", "amount"),
    "mh_command": ("request_key", "addon_id", "finished_at"), "tbldomains": ("registrar", "userid"), "tblclients": ("lastname",),
}  # fmt: skip


def age(connection: Connection) -> None:
    """Take away what LACKING names and a table, as if an earlier version had made the database."""
    mysql = connection.dialect.name in ("mysql", "mariadb")
    for table, columns in LACKING.items():
        seen = inspect(connection)
        for one in seen.get_indexes(table):
            used = [c for c in one["column_names"] if c] or ["".join(one.get("expressions", [])).split("(")[-1].split(")")[0]]
            if set(used) & set(columns) and not one.get("duplicates_constraint"):
                connection.execute(text(f"DROP INDEX {one['name']}" + (f" ON {table}" if mysql else "")))
        if table == "mh_command" and connection.dialect.name == "sqlite":
            continue  # SQLite cannot take a column away that a rule about equal rows holds
        for column in columns:
            connection.execute(text(f"ALTER TABLE {table} DROP COLUMN {column}"))
    connection.execute(text("DROP TABLE tblnotes"))
    connection.execute(text("DROP INDEX ix_mh_event_state_id" + (" ON mh_event" if mysql else "")))


def test_a_database_of_an_earlier_shape_is_completed_and_its_rows_stay(any_database: Engine) -> None:
    with Session(any_database) as db:
        db.add_all([Client(email="a@example.com", firstname="Asha", lastname="Menon"), Client(email="b@example.com")])
        db.add_all([schema.Email(userid=1, subject="Welcome", to="a@example.com"), schema.Service(userid=1, domain="menon.example")])
        db.commit()
    new = shape(any_database)
    with any_database.begin() as connection:
        age(connection)
    assert shape(any_database) != new
    create_all(any_database)
    assert shape(any_database) == new
    assert versions(any_database) == [schema.SCHEMA_VERSION]
    with Session(any_database) as db:
        first = db.get_one(Client, 1)
        assert (first.email, first.firstname, first.lastname) == ("a@example.com", "Asha", "")
        mail, service = db.get_one(schema.Email, 1), db.get_one(schema.Service, 1)
        assert (mail.subject, mail.pending, mail.cc, mail.retry_count) == ("Welcome", 0, None, 0)
        assert (service.domain, service.nextduedate, service.server, service.amount) == ("menon.example", None, 0, 0)
        db.add(schema.Note(note="made anew"))
        db.commit()
    statements: list[str] = []
    listen(any_database, "before_cursor_execute", lambda *given: statements.append(given[2]))
    create_all(any_database)  # and once more: nothing is left to do
    assert not [one for one in statements if one.lstrip().upper().startswith(("ALTER", "CREATE", "INSERT", "DROP"))]


def test_a_host_starts_on_a_root_of_an_earlier_shape(template_root: Path, tmp_path: Path) -> None:
    with closing(hosts.copy(template_root, tmp_path / "shop", {"port": 0})) as host, host.engine.begin() as connection:
        age(connection)
    with closing(app.create_host(config.load(tmp_path / "shop", {"port": 0}, environ={}))) as host:
        browser = app.create_app(host).test_client()
        browser.get("/admin/login.php")
        with browser.session_transaction() as session:
            token = session["token"]
        browser.post("/admin/dologin.php", data={"token": token, **hosts.ADMIN})
        for page, seen in (("clients.php", "asha@example.com"), ("clientshostinglist.php", "Products/Services"), ("modulequeue.php", "The module queue is empty")):
            answer = browser.get(f"/admin/{page}")
            assert (answer.status_code, seen in answer.text) == (200, True), page


def test_every_column_can_be_added_to_every_table(tmp_path: Path) -> None:
    with engine(f"sqlite:///{tmp_path}/new") as on:
        create_all(on)
        new = shape(on)
    with engine(f"sqlite:///{tmp_path}/old") as on:
        with on.begin() as connection:
            for name in set(schema.table_names()) - {"mh_schema"}:
                connection.exec_driver_sql(f"CREATE TABLE {name} (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT)")
            connection.exec_driver_sql("INSERT INTO tblclients (id) VALUES (7)")
        create_all(on)
        assert shape(on) == new
        with Session(on) as db:
            assert (db.get_one(Client, 7).lastname, db.get_one(Client, 7).datecreated) == ("", None)


def test_equal_rows_in_the_way_of_a_rule_are_told(any_database: Engine) -> None:
    mysql = any_database.dialect.name in ("mysql", "mariadb")
    with any_database.begin() as connection:
        if any_database.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE mh_session DROP COLUMN key_hash"))
        elif mysql:
            connection.execute(text("ALTER TABLE mh_session DROP INDEX key_hash, DROP COLUMN key_hash"))
        else:
            connection.execute(text("DROP TABLE mh_session"))
            connection.execute(text("CREATE TABLE mh_session (id INTEGER NOT NULL PRIMARY KEY)"))
        connection.execute(text("INSERT INTO mh_session (id) VALUES (1), (2)"))
    try:
        with pytest.raises(SchemaError, match="mh_session has rows that are equal in key_hash"):
            create_all(any_database)
    finally:
        with any_database.begin() as connection:  # told by its missing table, this database is not used for another test
            connection.execute(text("DROP TABLE mh_session"))
