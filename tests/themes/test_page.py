"""Pages as themes draw them: global variables, functions and tags, hooks, errors, what was considered."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from markupsafe import Markup
from sqlalchemy import select

from modulehost import app, hooks, settings, themes
from modulehost.context import Ctx, Host
from modulehost.schema import ActivityLog
from modulehost.themes import Page, PageBroken, Visit


@pytest.fixture
def draw(ctx: Ctx) -> Callable[..., str]:
    """Draw one template of the bundled theme, given as text, without header and footer."""

    def make(text: str, visit: Visit | None = None, **variables: object) -> str:
        path = ctx.host.root / "templates" / "harbour" / "probe.tpl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return themes.render(ctx, Page("probe", "Probe", dict(variables), standalone=True), visit or Visit())

    return make


def test_global_variables(ctx: Ctx, draw: Callable[..., str]) -> None:
    ctx.host.clock.freeze()
    ctx.host.clock.set(__import__("datetime").datetime(2026, 3, 22, 10, 0))
    text = "{$companyname}|{$template}|{$templatefile}|{$filename}|{$loggedin}|{$date_day}.{$date_month}.{$date_year}|{$todaysdate}|{$pagetitle}|{$token}|{$language}|{$LANG.orderForm.firstName}"
    shown = draw(text, Visit(path="/cart.php", token="tok"))
    assert (
        shown
        == "Company Name|harbour|probe|cart||22.03.2026|Sunday, 22nd March 2026|Probe|tok|english|First name"
    )


@pytest.mark.parametrize(
    ("day", "ending"),
    [
        (1, "1st"),
        (2, "2nd"),
        (3, "3rd"),
        (4, "4th"),
        (11, "11th"),
        (12, "12th"),
        (13, "13th"),
        (21, "21st"),
        (31, "31st"),
    ],
)
def test_ordinal_days(day: int, ending: str) -> None:
    from datetime import date

    from modulehost.themes.variables import today_text

    assert f" {ending} " in today_text(date(2026, 1, day))


def test_the_clients_own_variables(draw: Callable[..., str]) -> None:
    text = "{$loggedin}|{$client.fullName}|{$client->companyname}|{$clientsdetails.city}|{$clientsstats.numunpaidinvoices}|{$activeCurrency.code}"
    assert draw(text, Visit(client_id=1, user_id=1)) == "1|Asha Rao|Example Ltd|Pune|0|USD"


def test_tags_and_functions_of_official_templates(ctx: Ctx, draw: Callable[..., str]) -> None:
    assert draw("{lang key='copyrightFooterNotice' year=2026 company='X'}") == "© 2026 X"
    assert draw("{lang key='no.such'}") == "no.such"
    assert draw("{lang|strtoupper key='yes'}") == "YES"
    assert (
        draw("{routePath('login-index')} {routePath('store-product-group', 'mail & more')}")
        == "/login /store/mail%20%26%20more"
    )
    assert draw("{assetPath file='harbour.css'}") == "/templates/harbour/css/harbour.css"
    assert draw("[{assetExists file='custom.css'}{$__assetPath__}{/assetExists}]") == "[]"
    custom = ctx.host.root / "templates/harbour/css/custom.css"
    custom.parent.mkdir(parents=True)
    custom.write_text("a{}")
    assert (
        draw("[{assetExists file='custom.css'}{$__assetPath__}{/assetExists}]") == "[/templates/harbour/css/custom.css]"
    )
    assert draw("{'%s of %s'|sprintf2:1:2}") == "1 of 2"
    assert (
        draw(
            "{if $m = get_flash_message()}{$m.type}:{$m.text}{/if}{if get_flash_message()}again{/if}",
            Visit(flash=("error", "<x>")),
        )
        == "error:&lt;x&gt;"
    )
    assert draw("{\\WHMCS\\Utility\\Environment\\WebHelper::getBaseUrl()}ok") == "ok"


def test_text_is_encoded_unless_it_is_markup(draw: Callable[..., str]) -> None:
    values = {"a": "<b>&\"'", "b": Markup("<b>"), "c": {"<k>": ["<x>"]}}
    assert draw("{$a}|{$b}|{$c['&lt;k&gt;'][0]}", **values) == "&lt;b&gt;&amp;&quot;&#039;|<b>|&lt;x&gt;"


def test_request_values_are_encoded(draw: Callable[..., str]) -> None:
    assert (
        draw("{$smarty.get.q}{$smarty.post.p}", Visit(query={"q": "<q>"}, form={"p": "'p'"}))
        == "&lt;q&gt;&#039;p&#039;"
    )


def test_page_hooks_give_variables_and_output(ctx: Ctx, draw: Callable[..., str]) -> None:
    hooks.add(ctx.host, "ClientAreaPage", 1, lambda given: {"extra": f"<i>{given['pagetitle']}</i>"})
    assert draw("{$extra}") == "<i>Probe</i>"
    seen: list[str] = []
    hooks.add(ctx.host, "ClientAreaPageLogin", 1, lambda given: seen.append(given["templatefile"]))
    hooks.add(ctx.host, "ClientAreaHeadOutput", 1, lambda given: "<meta name=probe>")
    hooks.add(ctx.host, "ClientAreaHeaderOutput", 1, lambda given: "<!-- top -->")
    hooks.add(ctx.host, "ClientAreaFooterOutput", 1, lambda given: "<!-- end -->")
    page = themes.render(ctx, Page("login", "Login", {"goto": "", "loginemail": ""}, hook="Login"), Visit())
    assert seen == ["login"]
    head, _, body = page.partition("</head>")
    assert "<meta name=probe>" in head
    assert body.index("<!-- top -->") < body.index("<header")
    assert body.index("<!-- end -->") < body.index("</body>")


def test_a_changed_template_is_used_at_once(ctx: Ctx, draw: Callable[..., str]) -> None:
    assert draw("one") == "one"
    assert draw("two") == "two"


def test_includes_find_the_parents_file_until_the_child_has_its_own(ctx: Ctx) -> None:
    root = ctx.host.root / "templates"
    (root / "mine/includes").mkdir(parents=True)
    (root / "mine/theme.yaml").write_text("name: Mine\nconfig:\n  parent: harbour\n")
    (root / "mine/probe.tpl").write_text('{include file="$template/includes/bit.tpl"}')
    (root / "harbour/includes").mkdir(parents=True)
    (root / "harbour/includes/bit.tpl").write_text("parent's bit in {$template}")
    page = Page("probe", standalone=True)
    assert themes.render(ctx, page, Visit(theme="mine")) == "parent's bit in mine"
    (root / "mine/includes/bit.tpl").write_text("own bit")
    assert themes.render(ctx, page, Visit(theme="mine")) == "own bit"
    (root / "mine/includes/bit.tpl").unlink()
    assert themes.render(ctx, page, Visit(theme="mine")) == "parent's bit in mine"


def test_considered_lists_winner_and_candidates(ctx: Ctx, draw: Callable[..., str]) -> None:
    draw('{include file="$template/includes/alert.tpl" msg="x"}', Visit(path="/probe.php"))
    last = themes.considered(ctx.host)[0]
    assert (last["page"], last["path"], last["theme"]) == ("probe", "/probe.php", "harbour")
    by_name = {choice["name"]: choice for choice in last["templates"]}
    assert by_name["probe.tpl"]["winner"] == "templates/harbour/probe.tpl"
    assert [c["exists"] for c in by_name["includes/alert.tpl"]["candidates"]] == [False, True]
    assert by_name["includes/alert.tpl"]["candidates"][1]["reason"] == "active theme harbour, bundled"


def test_a_module_template_is_considered_too(ctx: Ctx) -> None:
    own = ctx.host.root / "templates/harbour/modules/servers/examplehost/overview.tpl"
    own.parent.mkdir(parents=True)
    own.write_text("mine")
    page = Page("overview", "Overview", module=("servers", "examplehost"))
    assert themes.fragment(ctx, page, Visit(path="/clientarea.php")) == "mine"
    last = themes.considered(ctx.host)[0]
    choice = last["templates"][0]
    assert (last["page"], last["path"]) == ("overview", "/clientarea.php")
    assert choice["winner"] == "templates/harbour/modules/servers/examplehost/overview.tpl"
    assert "modules/servers/examplehost/overview.tpl" in [one["path"] for one in choice["candidates"]]


def test_the_control_plane_shows_them(web: FlaskClient) -> None:
    web.get("/login")
    page = web.get("/_host/templates").get_json()["pages"][0]
    assert (page["page"], page["path"]) == ("login", "/login")


def test_a_template_error_names_its_place_and_is_in_the_activity_log(ctx: Ctx, draw: Callable[..., str]) -> None:
    with pytest.raises(PageBroken) as caught:
        draw("fine\n  {$x|nosuchmodifier}\n")
    report = caught.value.report
    assert "nosuchmodifier" in report
    assert "on line 2" in report
    assert "^" in report
    with ctx.unit(read=True) as db:
        assert any("Template error on page probe" in row.description for row in db.scalars(select(ActivityLog)))


def test_a_missing_template_lists_where_it_was_looked_for(ctx: Ctx) -> None:
    with pytest.raises(PageBroken, match=r"looked for .*templates/harbour/absent.tpl"):
        themes.render(ctx, Page("absent", standalone=True), Visit())


@pytest.mark.parametrize(("development", "shown"), [(True, True), (False, False)])
def test_only_development_shows_the_error(make_host: Callable[..., Host], development: bool, shown: bool) -> None:
    host = make_host(development=development)
    path = host.root / "templates/harbour/login.tpl"
    path.parent.mkdir(parents=True)
    path.write_text("<p>\n{if $x}\nsecret-line {$oops|absent}")
    answer = app.create_app(host).test_client().get("/login")
    assert answer.status_code == 500
    assert ("login.tpl" in answer.text) is shown
    assert "This page cannot be shown" in answer.text
    with Ctx(host).unit(read=True) as db:
        assert any("login.tpl" in row.description for row in db.scalars(select(ActivityLog)))


def test_a_setting_that_names_no_theme_says_so(ctx: Ctx) -> None:
    with ctx.unit() as db:
        settings.put(db, "Template", "gone")
    with pytest.raises(PageBroken, match=r"setting Template names 'gone'.*there are: harbour"):
        themes.render(ctx, Page("login"), Visit())


def test_theme_files_are_served_along_the_chain(web: FlaskClient, host: Host) -> None:
    root = host.root / "templates/mine/css"
    root.mkdir(parents=True)
    (root.parent / "theme.yaml").write_text("name: Mine\nconfig:\n  parent: harbour\n")
    (root / "own.css").write_text("own{}")
    assert web.get("/templates/mine/css/own.css").text == "own{}"
    assert web.get("/templates/mine/css/harbour.css").status_code == 200
    assert web.get("/templates/orderforms/harbour_cart/css/cart.css").mimetype == "text/css"
    for address in (
        "/templates/mine/theme.yaml",
        "/templates/harbour/login.tpl",
        "/templates/mine/../../modulehost.db",
        "/templates/gone/x.css",
    ):
        assert web.get(address).status_code == 404


def test_previews_hold_for_the_session(web: FlaskClient, host: Host) -> None:
    root = host.root / "templates/mine"
    root.mkdir(parents=True)
    (root / "theme.yaml").write_text("name: Mine\nconfig:\n  parent: harbour\n")
    (root / "login.tpl").write_text("my login")
    form = host.root / "templates/orderforms/broken"
    form.mkdir(parents=True)
    (form / "theme.yaml").write_text('name: Broken\ndependencies:\n  bootstrap: "3"\n')
    assert "my login" not in web.get("/login").text
    assert "my login" in web.get("/login?systpl=mine").text
    assert "my login" in web.get("/login").text
    assert "my login" in web.get("/login?systpl=absent").text
    assert web.get("/cart.php?carttpl=broken").status_code == 200


def test_files_that_a_template_may_ask_about(draw: Callable[..., str]) -> None:
    text = '{if file_exists("templates/$template/includes/alert.tpl")}yes{/if}{if file_exists("/etc/passwd")}no{/if}{if file_exists("templates/../modulehost.db")}no{/if}'
    assert draw(text) == "yes"


def test_browsers_find_the_icon_of_the_host_or_nothing(web: FlaskClient, host: Host) -> None:
    assert web.get("/favicon.ico").status_code == 204
    (host.root / "favicon.ico").write_bytes(b"icon")
    assert web.get("/favicon.ico").data == b"icon"
