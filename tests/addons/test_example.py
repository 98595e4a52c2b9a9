"""The bundled example addon, as an admin and a customer use it, on every database."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import inspect

from modulehost import app, config
from modulehost.context import Ctx, Host
from modulehost.lifecycle import addons
from tests.addons.conftest import configure
from tests.admin.conftest import Browser
from tests.client import shop
from tests.support import databases

PAGE = "/admin/addonmodules.php?module=example_notes"
READ = "/index.php?m=example_notes"


def test_notices_from_the_admin_to_the_customer(admin: Browser, web: FlaskClient, ctx: Ctx) -> None:
    configure(admin, "example_notes", tone="warning", introduction="Dear <customers>", order="new")
    assert admin.saved(PAGE, text="Maintenance <tonight>") == PAGE
    admin.saved(PAGE, text="Second")
    page = admin.get(PAGE).text
    assert "Maintenance &lt;tonight&gt;" in page
    assert "by admin" in page
    assert page.index("Second") < page.index("Maintenance")
    read = web.get(READ)
    assert "Maintenance &lt;tonight&gt;" in read.text
    assert "alert-warning" in read.text
    assert "Dear &lt;customers&gt;" in read.text
    assert "Notices" in shop.words(web.get("/index.php"))  # the hook's menu item
    assert "Notices: 2" in admin.text("/admin/index.php")
    admin.saved(PAGE, action="delete", id="1")
    assert "tonight" not in web.get(READ).text
    admin.saved(PAGE, text=" ")
    assert "Write a text first." in admin.text(PAGE)


def test_german_and_sign_in(admin: Browser, web: FlaskClient) -> None:
    configure(admin, "example_notes", signed="on")
    assert web.get(READ).headers["Location"].startswith("/login?goto=")
    shop.sign_in(web)
    assert "Es gibt keine Hinweise." in web.get(READ + "&language=german").text


@pytest.fixture(params=databases.KINDS)
def any_host(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    with databases.fresh_database(request.param, tmp_path, tables=True) as url:
        host = app.create_host(config.load(tmp_path / "root", {"database_url": url}, environ={}))
        yield host
        host.close()


def columns(host: Host) -> list[str]:
    with Ctx(host).unit(read=True) as db:
        seen = inspect(db.connection())
        return [c["name"] for c in seen.get_columns("mod_example_notes")] if seen.has_table("mod_example_notes") else []


def test_its_table_on_every_database(any_host: Host) -> None:
    ctx = Ctx(any_host)
    addons.activate(ctx, "example_notes")
    assert columns(any_host) == ["id", "text", "created", "author"]
    with ctx.unit() as db:
        db.connection().exec_driver_sql("ALTER TABLE mod_example_notes DROP COLUMN author")
        db.connection().exec_driver_sql(
            "INSERT INTO mod_example_notes (text, created) VALUES ('old', '2026-01-02 03:04:05')"
        )
        addons.rows.store(db, "example_notes", {"version": "1.0"})
    page = addons.client_page(ctx, "example_notes", "english")
    assert page is not None
    assert page.variables["notes"] == [{"id": 1, "text": "old", "author": "", "day": "2026-01-02"}]
    assert columns(any_host) == ["id", "text", "created", "author"]
    addons.deactivate(ctx, "example_notes")
    assert columns(any_host) == []


def test_a_modules_table_cannot_be_one_of_the_hosts(write_module: Callable[..., Path], ctx: Ctx) -> None:
    write_module("grab", "from modulehost import sdk\ndef grab_config(): return {'name': 'G', 'version': '1'}\n"
                 "def grab_activate(): sdk.table('tblclients', x='text')\n", "addons")  # fmt: skip
    with pytest.raises(Exception, match="tblclients is a table of the host"):
        addons.activate(ctx, "grab")
