"""Keeping the state of host and simulators, and going back to it, on every database."""

import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import requests
from click.testing import CliRunner
from sqlalchemy import func, inspect, select

from modulehost import app, automation, config, sandbox, settings
from modulehost.accounts import clients
from modulehost.automation import snapshots
from modulehost.cli import main
from modulehost.context import Ctx, Host
from modulehost.schema import Client
from modulehost.schema import own as module_tables
from tests.support import databases
from tests.support.hosts import CLIENT_DATA

DAY = datetime(2026, 3, 2, 12, 0, 0)
NOTES = {"text": "text", "price": "decimal(16,4)", "day": "date?", "key": "varchar(32) unique"}


def count(ctx: Ctx) -> int:
    with ctx.unit(read=True) as db:
        return db.scalar(select(func.count()).select_from(Client)) or 0


def add(ctx: Ctx, email: str) -> int:
    with ctx.unit() as db:
        return clients.create(db, {**CLIENT_DATA, "email": email}).id


def users(url: str) -> list[str]:
    found = requests.get(f"{url}/_sandbox/objects", timeout=20, headers={"Accept": "application/json"}).json()["users"]
    return sorted(one["email"] for one in found.values())


def test_everything_comes_back(database_kind: str, tmp_path: Path) -> None:
    with databases.fresh_database(database_kind, tmp_path, tables=True) as url:
        host = app.create_host(config.load(tmp_path / "root", {"database_url": url}, environ={}))
        ctx, notes = Ctx(host), module_tables.table("mod_notes", NOTES)
        host.clock.set(DAY)
        host.clock.freeze()
        with sandbox.start("solusvm2", clock=host.clock, seed=3) as box:
            with ctx.unit() as db:
                settings.put_endpoints(db, {"https://solusvm.example.com": box.url})
                module_tables.create(db, notes)
                db.execute(notes.insert().values(text="ünïcode 日本", price=Decimal("0.0010"), key="a"))
            first = add(ctx, "first@example.com")
            before = users(box.url)
            kept = snapshots.save(ctx, "start")
            assert (kept.time, kept.frozen, kept.simulators) == (DAY, True, [box.url])

            automation.advance(ctx, datetime(2026, 3, 5) - datetime(2026, 3, 2))
            add(ctx, "second@example.com")
            token = requests.post(f"{box.url}/_sandbox/tokens", json={}, timeout=20).json()["token"]
            made = requests.post(f"{box.url}/api/v1/users", json={"email": "late@example.com", "password": "s3cret Pass"},
                                 headers={"Authorization": f"Bearer {token}"}, timeout=20)  # fmt: skip
            assert made.status_code == 201
            with ctx.unit() as db:
                module_tables.drop(db, notes)
                module_tables.create(db, module_tables.table("mod_later", {"text": "text"}))

            snapshots.load(ctx, "start")
            assert (host.clock.now(), host.clock.frozen, count(ctx)) == (DAY, True, 1)
            assert users(box.url) == before
            with ctx.unit(read=True) as db:
                row = db.execute(notes.select()).one()
                assert (row.text, str(row.price), row.day, row.key) == ("ünïcode 日本", "0.0010", None, "a")
                assert not inspect(db.connection()).has_table("mod_later")
            with ctx.unit() as db:  # keys go on, and what was unique still is
                db.execute(notes.insert().values(text="b", price=Decimal(1), key="b"))
            assert add(ctx, "third@example.com") > first
            automation.advance(ctx, datetime(2026, 3, 4) - datetime(2026, 3, 2))
        host.close()


def test_what_cannot_be_is_told_and_changes_nothing(host: Host, tmp_path: Path) -> None:
    ctx = Ctx(host)
    for name, said in (("../x", "is no name of a snapshot"), ("absent", "there is no snapshot 'absent'; there are: none")):
        try:
            snapshots.load(ctx, name)
        except snapshots.SnapshotError as refused:
            assert said in str(refused)
        else:
            raise AssertionError(name)
    with sandbox.start("solusvm2", clock=host.clock, seed=3) as box:
        with ctx.unit() as db:
            settings.put_endpoints(db, {"https://solusvm.example.com": box.url})
        snapshots.save(ctx, "one")
    add(ctx, "later@example.com")
    had = count(ctx)
    try:
        snapshots.load(ctx, "one")  # the simulator is gone
    except snapshots.SnapshotError as refused:
        assert "none answers there; start it again" in str(refused)
    else:
        raise AssertionError
    assert count(ctx) == had
    about = host.root / "snapshots/one/about.json"
    about.write_text(json.dumps({**json.loads(about.read_text()), "database": "oracle"}))
    try:
        snapshots.load(ctx, "one")
    except snapshots.SnapshotError as refused:
        assert "was made on oracle" in str(refused)
    else:
        raise AssertionError


def run(host: Host, *words: str) -> Any:
    return CliRunner().invoke(main, ["snapshot", *words, "--root", str(host.root)])


def test_by_command_line_and_by_http(host: Host) -> None:
    assert "no snapshots" in run(host, "list").output
    assert run(host, "save", "a").exit_code == 0
    assert "there is a snapshot 'a' already" in run(host, "save", "a").output
    assert run(host, "save", "a", "--replace").exit_code == 0
    had = count(Ctx(host))
    add(Ctx(host), "later@example.com")
    web = app.create_app(host).test_client()
    assert web.post("/_host/snapshots", json={"load": "b"}).status_code == 400
    assert web.post("/_host/snapshots", json={"load": "a"}).json["name"] == "a"
    assert count(Ctx(host)) == had
    assert [one["name"] for one in web.get("/_host/snapshots").json["snapshots"]] == ["a"]
    assert web.get("/_host/snapshots", environ_base={"REMOTE_ADDR": "203.0.113.9"}).status_code == 403
    assert run(host, "delete", "a").exit_code == 0
    assert "no snapshots" in run(host, "list").output


def test_whoever_is_signed_in_stays_so(host: Host) -> None:
    from tests.admin.conftest import Browser
    from tests.support.hosts import ADMIN

    snapshots.save(Ctx(host), "before")
    admin = Browser(app.create_app(host).test_client())
    admin.sign_in(**ADMIN)
    snapshots.load(Ctx(host), "before")
    assert "Dashboard" in admin.text("/admin/index.php") or admin.get("/admin/index.php").status_code == 200


