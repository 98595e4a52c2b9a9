"""index.php?m=NAME: guests, sign-in, breadcrumb, theme override, language, failures."""

from collections.abc import Callable
from pathlib import Path

from flask.testing import FlaskClient

from modulehost import app
from modulehost.context import Ctx, Host
from modulehost.lifecycle import addons
from modulehost.schema import Client
from tests.addons.conftest import Make
from tests.client import shop

PAGE = "/index.php?m=notes"
CONFIG = "def {0}_config(): return {{'name': 'Short', 'version': '1'}}\n"


def start(ctx: Ctx, name: str = "notes", **fields: str) -> None:
    addons.activate(ctx, name)
    addons.save(ctx, name, fields, [1])


def test_guests_read_a_page_of_an_active_module(notes: Path, web: FlaskClient, ctx: Ctx) -> None:
    assert web.get(PAGE).status_code == 404
    start(ctx)
    page = web.get(PAGE)
    assert page.status_code == 200
    assert "<p>word hello <i>own</i> at index.php?m=notes got </p>" in page.text
    assert "<title>Notes Page" in page.text
    crumbs = page.text.partition('class="breadcrumb')[2].partition("</ol>")[0]
    assert 'href="/index.php"' in crumbs
    assert "Our Notes" in crumbs
    addons.deactivate(ctx, "notes")
    assert web.get(PAGE).status_code == 404


def test_a_module_without_a_client_page_has_none(make: Make, web: FlaskClient, ctx: Ctx) -> None:
    make("short", CONFIG.format("short"))
    start(ctx, "short")
    assert web.get("/index.php?m=short").status_code == 404
    assert web.get("/index.php?m=nowhere").status_code == 404
    assert web.get("/index.php?m=../notes").status_code == 404


def test_requirelogin_asks_guests_to_sign_in_and_leads_back(notes: Path, web: FlaskClient, ctx: Ctx) -> None:
    start(ctx, loud="on")
    answer = web.get(PAGE + "&a=1")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/login?goto=/index.php%3Fm%3Dnotes%26a%3D1"
    assert "word hello" not in answer.text
    shop.sign_in(web)
    assert "word hello" in web.get(PAGE).text


def test_forms_need_the_token(notes: Path, web: FlaskClient, ctx: Ctx) -> None:
    start(ctx)
    assert web.post(PAGE, data={"a": "1"}).status_code == 403
    assert "got &lt;b&gt;</p>" in shop.post(web, PAGE, {"a": "<b>"}).text


def test_a_theme_overrides_the_template(notes: Path, web: FlaskClient, ctx: Ctx) -> None:
    start(ctx)
    own = ctx.host.root / "templates/harbour/modules/addons/notes/templates/page.tpl"
    own.parent.mkdir(parents=True)
    own.write_text("<p>themed {$word}</p>")
    assert "<p>themed hello</p>" in web.get(PAGE).text


def test_the_language_is_the_clients(notes: Path, web: FlaskClient, ctx: Ctx) -> None:
    start(ctx)
    assert "word hallo" in web.get(PAGE + "&language=german").text
    other = app.create_app(ctx.host).test_client()
    assert "word hello" in other.get(PAGE).text
    with ctx.unit() as db:
        db.get_one(Client, 1).language = "german"
    shop.sign_in(other)
    assert "word hallo" in other.get(PAGE).text


def test_hooks_of_the_page_are_asked(notes: Path, web: FlaskClient, ctx: Ctx) -> None:
    folder = ctx.host.root / "includes" / "hooks"
    folder.mkdir(parents=True)
    (folder / "own.py").write_text(
        "from modulehost.sdk import add_hook\n"
        "add_hook('ClientAreaPageAddonModule', 1, lambda vars: {'word': 'by hook'})\n"
    )
    start(ctx)
    assert "word by hook" in web.get(PAGE).text


def test_a_redirect_after_a_change(make: Make, web: FlaskClient, ctx: Ctx) -> None:
    make("short", "from modulehost import sdk\n" + CONFIG.format("short")
         + "def short_clientarea(vars): return sdk.redirect(vars['modulelink'] + '&done=1')\n")  # fmt: skip
    start(ctx, "short")
    answer = web.get("/index.php?m=short")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/index.php?m=short&done=1")


def test_failures_are_one_clear_error_in_development_and_none_of_the_customers_business_else(
    make_host: Callable[..., Host],
) -> None:
    for development in (True, False):
        host = make_host(development=development)
        folder = host.root / "modules" / "addons" / "bad"
        folder.mkdir(parents=True)
        (folder / "bad.py").write_text(CONFIG.format("bad") + "def bad_clientarea(vars): raise KeyError('x')\n")
        start(Ctx(host), "bad")
        page = app.create_app(host).test_client().get("/index.php?m=bad")
        assert page.status_code == 500
        text = "bad_clientarea raised KeyError: 'x' (modules/addons/bad/bad.py:2)"
        assert (text in shop.words(page)) == development


def test_a_template_that_leaves_the_folder_is_not_read(make: Make, web: FlaskClient, ctx: Ctx) -> None:
    (ctx.host.root / "secret.tpl").write_text("top secret")
    make("short", CONFIG.format("short") + "def short_clientarea(vars): return {'templatefile': '../../../secret'}\n")
    start(ctx, "short")
    page = web.get("/index.php?m=short")
    assert page.status_code == 500
    assert "top secret" not in page.text


def test_a_return_value_that_is_no_page_is_told(make: Make, web: FlaskClient, ctx: Ctx) -> None:
    make("short", CONFIG.format("short") + "def short_clientarea(vars): return 'html'\n")
    start(ctx, "short")
    page = web.get("/index.php?m=short")
    assert page.status_code == 500
    assert "short_clientarea returned the text 'html'; expected a map" in shop.words(page)
