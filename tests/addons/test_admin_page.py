"""addonmodules.php: who may open it, what the module is given, upgrade, language, failures."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from modulehost import app
from modulehost.accounts import admins
from modulehost.context import Ctx, Host
from modulehost.lifecycle import addons
from modulehost.schema import Admin, ModuleLog, ModuleStore
from tests.addons.conftest import Make, configure, rows, save
from tests.admin.conftest import Browser
from tests.support.hosts import ADMIN

PAGE = "/admin/addonmodules.php?module=notes"


def kept(ctx: Ctx, name: str) -> str:
    with ctx.unit(read=True) as db:
        row = db.query(ModuleStore).filter_by(module="notes", name=name).one_or_none()
    return row.value if row else ""


def staff(ctx: Ctx, admin: Browser, *permissions: str) -> Browser:
    """An admin of the role Sales Operator with these permissions more."""
    with ctx.unit() as db:
        admins.set_permissions(db, 2, [*admins.permissions_of(db, 2), *permissions])
        admins.create(db, "sam", "Sales-pass-1", role_id=2, email="sam@example.com")
    browser = Browser(admin.client.application.test_client())
    assert browser.sign_in("sam", "Sales-pass-1").status_code == 303
    return browser


def test_output_gets_its_vars_and_its_html_stands_in_the_page(notes: Path, admin: Browser) -> None:
    configure(admin, "notes", title="A & B", secret="key-4711", loud="on", colour="blue", size="L", body="x")
    page = admin.get(PAGE + "&q=7").text
    for shown in (
        "modulelink=addonmodules.php?module=notes", "version=1.0", "title=A &amp; B", "secret=key-4711", "loud=on",
        "colour=blue", "size=L", "body=x", "word=hello", "q=7",
    ):  # fmt: skip
        assert f"<dd>{shown}</dd>" in page
    assert "<p>beside hello</p>" in page
    assert f'href="{PAGE}"' in page  # the Addons menu


def test_fields_that_were_never_saved_are_empty(notes: Path, admin: Browser, ctx: Ctx) -> None:
    admin.saved("/admin/configaddonmods.php", action="activate", module="notes")
    with ctx.unit() as db:
        addons.rows.grant(db, "notes", "Notes", [1])
    assert "<dd>title=</dd>" in admin.text(PAGE)


def test_a_form_of_the_module_needs_the_token_and_may_redirect(notes: Path, admin: Browser) -> None:
    configure(admin, "notes")
    assert admin.client.post(PAGE, data={"word": "sesame"}).status_code == 403
    assert admin.saved(PAGE, word="sesame") == "/admin/addonmodules.php?module=notes&done=1"
    assert "Got sesame" in admin.text(PAGE)


def test_only_roles_with_access_may_open_it(notes: Path, admin: Browser, ctx: Ctx) -> None:
    configure(admin, "notes", roles="2")
    answer = admin.get(PAGE)
    assert answer.status_code == 403
    assert "Access Control" in answer.text
    assert PAGE not in admin.text("/admin/index.php")
    sam = staff(ctx, admin)
    assert "has no permission “Addon Modules”" in sam.get(PAGE).text
    with ctx.unit() as db:
        admins.set_permissions(db, 2, [*admins.permissions_of(db, 2), "Addon Modules"])
    assert "word=hello" in sam.text(PAGE)
    assert PAGE in sam.text("/admin/addonmodules.php")
    save(admin, "notes", roles="1")
    assert sam.get(PAGE).status_code == 403
    assert admin.get(PAGE).status_code == 200


def test_the_language_is_the_admins_with_missing_words_in_the_cards(notes: Path, admin: Browser, ctx: Ctx) -> None:
    configure(admin, "notes")
    for language, word in (("german", "hallo"), ("english", "hello"), ("klingon", "hello"), ("../../x", "hello")):
        with ctx.unit() as db:
            db.get_one(Admin, 1).language = language
        assert f"<dd>word={word}</dd>" in admin.text(PAGE)
    module, config = addons.running.ready(ctx, "notes")
    assert addons.running.words(ctx, module, config, "german") == {"word": "hallo", "only": "english"}


def test_a_language_file_without_its_map_is_told(notes: Path, admin: Browser) -> None:
    configure(admin, "notes")
    (notes / "lang" / "english.py").write_text("LANG = {}\n")
    answer = admin.get(PAGE)
    assert answer.status_code == 500
    assert "modules/addons/notes/lang/english.py defines no ADDONLANG" in answer.text


def test_upgrade_runs_once_on_first_access_with_the_old_version(notes: Path, admin: Browser, ctx: Ctx) -> None:
    configure(admin, "notes")
    admin.text(PAGE)
    assert kept(ctx, "upgraded from") == ""
    main = notes / "notes.py"
    main.write_text(main.read_text().replace('"version": "1.0"', '"version": "2.0"'))
    assert "1.0 until it is opened" in admin.text("/admin/configaddonmods.php")
    assert "<dd>version=2.0</dd>" in admin.text(PAGE)
    admin.text(PAGE)
    assert kept(ctx, "upgraded from") == "1.0,"
    assert rows(ctx, "notes")["version"] == "2.0"


def test_an_upgrade_that_fails_keeps_the_old_version_and_is_tried_again(notes: Path, admin: Browser, ctx: Ctx) -> None:
    configure(admin, "notes")
    main = notes / "notes.py"
    good = main.read_text().replace('"version": "1.0"', '"version": "2.0"')
    main.write_text(
        good.replace("def notes_upgrade(vars):", "def notes_upgrade(vars):\n    raise ValueError('no disk')")
    )
    answer = admin.get(PAGE)
    assert answer.status_code == 500
    assert "notes_upgrade raised ValueError: no disk" in answer.text
    assert rows(ctx, "notes")["version"] == "1.0"
    main.write_text(good)
    admin.text(PAGE)
    assert kept(ctx, "upgraded from") == "1.0,"


def test_two_first_visitors_upgrade_once(notes: Path, admin: Browser, ctx: Ctx) -> None:
    configure(admin, "notes")
    main = notes / "notes.py"
    main.write_text(main.read_text().replace('"version": "1.0"', '"version": "2.0"'))
    together = [threading.Thread(target=addons.running.ready, args=(ctx, "notes")) for _ in range(4)]
    for thread in together:
        thread.start()
    for thread in together:
        thread.join()
    assert kept(ctx, "upgraded from") == "1.0,"


def test_a_failing_page_is_one_clear_error_with_its_secrets_masked(make: Make, admin: Browser, ctx: Ctx) -> None:
    make("bad", "def bad_config(): return {'name': 'Bad', 'version': '1', 'fields': {'key': {'Type': 'password'}}}\n"
         "def bad_output(vars):\n    raise RuntimeError('key ' + vars['key'])\n")  # fmt: skip
    configure(admin, "bad", key="pa55-word")
    answer = admin.get("/admin/addonmodules.php?module=bad")
    assert answer.status_code == 500
    assert "bad_output raised RuntimeError: key ******** (modules/addons/bad/bad.py:3)" in answer.text
    assert "pa55-word" not in answer.text
    with ctx.unit(read=True) as db:
        entry = db.query(ModuleLog).filter(ModuleLog.module == "bad").one()
    assert (entry.action, "pa55-word" in entry.response + entry.arrdata, "Traceback" in entry.arrdata) == (
        "output",
        False,
        True,
    )


def test_a_page_that_does_not_end_is_stopped(make_host: Callable[..., Host]) -> None:
    host = make_host(page_seconds=0.3)
    folder = host.root / "modules" / "addons" / "slow"
    folder.mkdir(parents=True)
    (folder / "slow.py").write_text(
        "def slow_config(): return {'name': 'Slow', 'version': '1'}\ndef slow_output(vars):\n    while True: pass\n"
    )
    admin = Browser(app.create_app(host).test_client())
    admin.sign_in(**ADMIN)
    configure(admin, "slow")
    answer = admin.get("/admin/addonmodules.php?module=slow")
    assert answer.status_code == 500
    assert "slow_output was stopped after 0.3 s (modules/addons/slow/slow.py:3)" in answer.text


def test_what_is_printed_stands_before_what_is_returned(make: Make, admin: Browser) -> None:
    make("echo", "def echo_config(): return {'name': 'Echo', 'version': '1'}\n"
         "def echo_output(vars):\n    print('<p>one</p>')\n    return '<p>two</p>'\ndef echo_sidebar(vars): raise KeyError('k')\n")  # fmt: skip
    configure(admin, "echo")
    page = admin.text("/admin/addonmodules.php?module=echo")
    assert "<p>one</p>\n<p>two</p>" in page
    assert "echo_sidebar raised KeyError: 'k' (modules/addons/echo/echo.py:5)" in page


@pytest.mark.parametrize("development", [True, False])
def test_a_wrong_return_value_is_named_in_development(make_host: Callable[..., Host], development: bool) -> None:
    host = make_host(development=development)
    folder = host.root / "modules" / "addons" / "odd"
    folder.mkdir(parents=True)
    (folder / "odd.py").write_text(
        "def odd_config(): return {'name': 'Odd', 'version': '1'}\ndef odd_output(vars): return 5\n"
    )
    admin = Browser(app.create_app(host).test_client())
    admin.sign_in(**ADMIN)
    configure(admin, "odd")
    page = admin.text("/admin/addonmodules.php?module=odd")
    assert ("odd_output returned an int; expected HTML text" in page) == development


def test_the_modules_own_pages_are_there_while_it_is_active(make: Make, admin: Browser) -> None:
    web = "from flask import Blueprint\nblueprint = Blueprint('own', __name__)\n@blueprint.get('/ping')\ndef ping(): return 'pong'\n"
    make("own", "def own_config(): return {'name': 'Own', 'version': '1'}\n", web=web)
    assert admin.get("/modules/addons/own/ping").status_code == 404
    configure(admin, "own")
    assert admin.get("/modules/addons/own/ping").text == "pong"
    admin.saved("/admin/configaddonmods.php", action="deactivate", module="own", confirmed="1")
    assert admin.get("/modules/addons/own/ping").status_code == 404
