"""The host in trouble: every page says what is wrong, where, and what helps; nothing is lost."""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from flask import Flask
from sqlalchemy import text

from modulehost import app, config
from modulehost.context import Ctx, Host
from modulehost.schema import Client, Service
from modulehost.vault import Vault
from tests.security.world import Doors, send, signed_in, snapshot


@pytest.fixture
def application(host: Host) -> Flask:
    return app.create_app(host)


def test_garbage_in_the_clock_file(host: Host, application: Flask, doors: Doors) -> None:
    browser = signed_in(application)
    (host.root / "clock").write_text("half past nine")
    for address in ("/admin/", "/clientarea.php", "/cart.php", "/", "/_host/clock"):
        answer = browser.get(address)
        if answer.status_code == 200:
            continue
        assert answer.status_code == 500, address
        assert str(host.root / "clock") in answer.text, (address, answer.text[-300:])
        assert "Delete the file to reset" in answer.text, address
    (host.root / "clock").unlink()
    assert browser.get("/admin/").status_code == 200


def test_a_lost_key(
    host: Host, doors: Doors, ctx: Ctx, template_root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Another secret.key: sessions end, what was encrypted cannot be read and says so; the rows stay as they are."""
    with ctx.unit() as db:
        row = db.get_one(Service, doors.service)
        row.password = host.part(Vault).encrypt("a-password")
    before = snapshot(host)["tblhosting"]
    (host.root / "secret.key").write_bytes(Fernet.generate_key())
    again = app.create_host(config.load(host.root, {"port": 0}, environ={}))
    try:
        browser = signed_in(app.create_app(again))
        for address in doors.pages:
            answer = browser.get(address)
            assert answer.status_code in (200, 302, 303, 500, 501), (address, answer.status_code)
            if answer.status_code == 500:
                assert "secret.key" in answer.text, (address, answer.text[-400:])
                assert "enter the secret anew" in answer.text, address
        assert snapshot(again)["tblhosting"] == before
    finally:
        again.close()


def test_a_locked_database(make_host: Callable[..., Host], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modulehost.db.LOCK_SECONDS", 0.2)
    host = make_host()
    browser = signed_in(app.create_app(host))
    other = sqlite3.connect(host.root / "modulehost.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        assert browser.get("/admin/clientsprofile.php?userid=1").status_code == 200, "reading goes on"
        data = {"firstname": "Changed", "lastname": "Rao", "skipvalidation": "1"}
        answer = send(browser, "/admin/clientsprofile.php?userid=1", data)
        assert answer.status_code == 503
        assert "The database is busy" in answer.text
        assert "try again" in answer.text
    finally:
        other.execute("ROLLBACK")
        other.close()
    with Ctx(host).unit(read=True) as db:
        assert db.get_one(Client, 1).firstname == "Asha"


def test_a_database_that_lost_a_table(host: Host, application: Flask, doors: Doors) -> None:
    browser = signed_in(application)
    with host.engine.begin() as db:
        db.execute(text("ALTER TABLE tblactivitylog RENAME TO elsewhere"))
    answer = browser.get("/admin/systemactivitylog.php")
    assert answer.status_code == 500
    assert "tblactivitylog" in answer.text
    assert "put a backup back" in answer.text
    from_api = application.test_client().post(
        "/includes/api.php", data={"action": "GetActivityLog", "responsetype": "json"}
    )
    assert from_api.json["result"] == "error"


def test_the_module_of_running_services_is_gone(host: Host, application: Flask, doors: Doors) -> None:
    folder = host.root / "modules" / "servers" / "spite"
    folder.rename(host.root / "taken-away")
    browser = signed_in(application)
    for address in doors.pages:
        answer = browser.get(address)
        assert answer.status_code in (200, 303, 501), (address, answer.status_code, answer.text[-300:])
    shown = browser.get(f"/admin/clientsservices.php?userid=1&id={doors.service}").text
    assert "spite" in shown
    answer = send(browser, f"/admin/clientsservices.php?userid=1&id={doors.service}", modop="suspend")
    assert answer.status_code == 303
    assert "spite" in browser.get(answer.headers["Location"]).text


@pytest.mark.parametrize("wrong", ["product", "group", "currency", "price", "client", "service", "invoice", "options"])
def test_rows_that_others_point_at_are_gone(ctx: Ctx, application: Flask, doors: Doors, wrong: str) -> None:
    browser = signed_in(application)
    send(browser, f"/cart.php?a=add&pid={doors.product}&domain=two.example")
    statements = {
        "product": "DELETE FROM tblproducts", "group": "DELETE FROM tblproductgroups", "price": "DELETE FROM tblpricing",
        "currency": "DELETE FROM tblcurrencies", "client": "DELETE FROM tblclients", "service": "DELETE FROM tblhosting",
        "invoice": "DELETE FROM tblinvoices", "options": "DELETE FROM tblproductconfigoptionssub",
    }  # fmt: skip
    with ctx.host.engine.begin() as db:
        db.execute(text(statements[wrong]))
    for address in [*doors.pages, "/cart.php?a=confproduct&i=0", "/cart.php?a=price&i=0"]:
        answer = browser.get(address)
        if answer.status_code == 500 and wrong == "currency":
            assert "no currency is set up" in answer.text.lower(), (address, answer.text[-300:])
            continue
        assert answer.status_code < 500 or answer.status_code == 501, (address, answer.status_code, answer.text[-300:])


def test_an_error_of_the_host_itself_names_its_place(
    application: Flask, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = signed_in(application)

    def broken(*_args: Any, **_more: Any) -> Any:
        raise ZeroDivisionError("made up")

    monkeypatch.setattr("modulehost.web.client.home.product_groups", broken)
    answer = browser.get("/")
    assert answer.status_code == 500
    assert "Something went wrong inside the host" in answer.text
    assert ("made up" in answer.text) == host.config.development
    assert "Traceback" not in answer.text


def test_guests_of_a_site_in_use_read_no_paths(make_host: Callable[..., Host]) -> None:
    host = make_host(development=False)
    application = app.create_app(host)
    (host.root / "clock").write_text("half past nine")
    browser = application.test_client()
    answer = browser.get("/cart.php")
    assert answer.status_code == 500
    assert str(host.root) not in answer.text
    assert "in its log" in answer.text


@pytest.mark.parametrize(
    "address", ["/templates/harbour/{}.css", "/templates/{}/x.css", "/modules/servers/examplehost/{}.css"]
)
def test_file_names_that_are_too_long(application: Flask, address: str) -> None:
    assert application.test_client().get(address.format("a" * 3000)).status_code == 404


@pytest.mark.parametrize(
    ("settings", "file", "said"),
    [
        ({}, "secret.key", "holds no key; put this host's secret.key back"),
        ({"database": "nonsense"}, "", "no SQLAlchemy URL"),
        ({"port": 99999}, "", "the highest is 65535"),
    ],
)
def test_a_start_that_cannot_be(tmp_path: Path, settings: dict[str, Any], file: str, said: str) -> None:
    if file:
        (tmp_path / file).write_text("garbage")
    with pytest.raises((ValueError, OSError), match=said):
        app.create_app(app.create_host(config.load(tmp_path, settings, environ={})))


def test_a_root_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match=r"cannot be made .* name a folder of yours with --root"):
        app.create_host(config.load(tmp_path / "file" / "root", {}, environ={}))
