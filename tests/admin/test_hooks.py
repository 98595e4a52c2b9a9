"""What hooks add to admin pages, the trace of firings, and the params view of module calls."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from modulehost import hooks, lifecycle
from modulehost.context import Ctx, Host
from modulehost.lifecycle import as_test, history
from modulehost.schema import Command, Product, Service
from modulehost.vault import Vault
from tests.admin.conftest import Browser

SECRET, KEY = "Serv1ce-pass", "k3y-of-the-vendor"


@pytest.fixture
def prepared(ctx: Ctx, service: int) -> int:
    """The service with a password, its product with a secret setting."""
    with ctx.unit() as db:
        row = db.get_one(Service, service)
        row.password = ctx.host.part(Vault).encrypt(SECRET)
        product = db.get_one(Product, row.packageid)
        product.configoption1, product.configoption2 = "small", ctx.host.part(Vault).encrypt(KEY)
    return service


def test_variables_and_output_of_every_page(host: Host, admin: Browser) -> None:
    seen: list[dict[str, Any]] = []

    def page(values: dict[str, Any]) -> dict[str, Any]:
        seen.append(values)
        return {"pagetitle": f"{values['pagetitle']}!", "jscode": "var fromHook = 1 < 2;"}

    hooks.add(host, "AdminAreaPage", 1, page)
    hooks.add(host, "AdminAreaHeadOutput", 1, lambda values: f"<meta name='seen' content='{values['pagetitle']}'>")
    hooks.add(host, "AdminAreaHeaderOutput", 1, lambda values: "<p id='top'>top</p>")
    hooks.add(host, "AdminAreaFooterOutput", 2, lambda values: "<p>second</p>")
    hooks.add(host, "AdminAreaFooterOutput", 1, lambda values: "<p>first</p>")
    text = admin.text("/admin/clients.php")
    assert "<title>View/Search Clients! - " in text
    assert "<meta name='seen' content='View/Search Clients!'>\n</head>" in text.replace(
        "<script>var fromHook = 1 < 2;</script>\n", ""
    )
    assert "<script>var fromHook = 1 < 2;</script>" in text
    assert re.search(r"<p id='top'>top</p>\s*<header", text)
    assert re.search(r"<p>first</p>\s*<p>second</p>\s*</body>", text)
    [given] = seen
    assert (given["filename"], given["adminid"], given["admin_username"], given["pagetemplate"]) == ("clients", 1, "admin", "clients")
    assert given["sidebar"] == "clients" and "List Clients" in given["admin_perms"] and given["adminsonline"] == "admin"
    assert given["datepickerformat"] == "dd/mm/yy"


def test_nothing_is_asked_of_a_visitor_who_has_not_signed_in(host: Host, admin: Browser) -> None:
    hooks.add(host, "AdminAreaHeadOutput", 1, lambda values: "<meta name='inside'>")
    admin.post("/admin/logout.php")
    assert "name='inside'" not in admin.text("/admin/login.php")


def test_blocks_links_and_fields(host: Host, admin: Browser, service: int) -> None:
    saved: list[dict[str, Any]] = []
    hooks.add(host, "AdminHomepage", 1, lambda values: "<i>home block</i>")
    hooks.add(host, "AdminAreaClientSummaryPage", 1, lambda values: f"<i>client {values['userid']}</i>")
    hooks.add(host, "AdminAreaClientSummaryActionLinks", 1, lambda values: ["<a href='/crm'>CRM</a>", "<a href='/b'>B</a>"])
    for point in ("AdminClientProfileTabFields", "AdminClientServicesTabFields", "AdminProductConfigFields"):
        hooks.add(host, point, 1, lambda values, point=point: {f"Label {point}": "<input name='extra' value='1'>"})
        hooks.add(host, f"{point}Save", 1, lambda values, point=point: saved.append({"point": point, **values}))
    assert "<i>home block</i>" in admin.text("/admin/index.php")
    summary = admin.text("/admin/clientssummary.php?userid=1")
    assert "<i>client 1</i>" in summary and "<a href='/crm'>CRM</a>" in summary and "<a href='/b'>B</a>" in summary
    urls = {
        "AdminClientProfileTabFields": "/admin/clientsprofile.php?userid=1",
        "AdminClientServicesTabFields": f"/admin/clientsservices.php?userid=1&id={service}",
        "AdminProductConfigFields": "/admin/configproducts.php?action=edit&id=1&tab=1",
    }
    for point, url in urls.items():
        text = admin.text(url)
        assert f"Label {point}" in text and "<input name='extra' value='1'>" in text, point
        admin.saved(url, extra="7", notes="x")
        assert saved[-1]["point"] == point and saved[-1]["extra"] == "7" and "token" not in saved[-1]
    assert (saved[0]["userid"], saved[1]["id"], saved[2]["pid"]) == (1, service, 1)


def test_the_page_of_firings(host: Host, admin: Browser) -> None:
    hooks.add(host, "AdminHomepage", 2, lambda values: "<b>late</b>")
    hooks.add(host, "AdminHomepage", 1, lambda values: {"password": "Hidden-1", "n": [1, 2]})
    hooks.add(host, "AdminHomepag", 1, lambda values: None)
    admin.text("/admin/index.php")
    listing = admin.text("/admin/hooks.php")
    assert "unknown hook AdminHomepag; did you mean AdminHomepage?" in listing
    assert ">AdminHomepage</a>" in listing and "AdminLogin" not in listing
    assert ">AdminLogin</a>" in admin.text("/admin/hooks.php?all=1")
    found = re.search(r'\?firing=(\d+)">AdminHomepage<', listing)
    assert found is not None
    detail = admin.get(f"/admin/hooks.php?firing={found[1]}").text
    assert "&lt;b&gt;late&lt;/b&gt;" in detail and "Hidden-1" not in detail
    assert detail.index("********") < detail.index("late")  # in the order of their priorities
    assert admin.get("/admin/hooks.php?firing=999999").status_code == 404


def test_a_call_is_shown_with_params_difference_answer_hooks_and_log(ctx: Ctx, admin: Browser, prepared: int) -> None:
    hooks.add(ctx.host, "PreModuleCreate", 1, lambda values: {"configoption9": "by a hook"})
    assert lifecycle.run(ctx, prepared, "CreateAccount").ok
    with ctx.unit() as db:
        row = db.get_one(Service, prepared)
        row.domain, row.password = "other.example", ctx.host.part(Vault).encrypt("An0ther-pass")
    assert lifecycle.run(ctx, prepared, "CreateAccount").ok
    listing = admin.text("/admin/modulecalls.php")
    assert listing.count(">demo_CreateAccount</a>") == 2
    assert "demo_CreateAccount" not in admin.text(f"/admin/modulecalls.php?service={prepared + 1}")
    text = admin.text("/admin/modulecalls.php?call=c2")
    for secret in (SECRET, KEY, "An0ther-pass"):
        assert secret not in text
    rows = re.findall(r'data-label="Param">([^<]+)<.*?data-label="Before">([^<]*)<.*?data-label="Now">([^<]*)<', text)
    found = {path: (before, now) for path, before, now in rows}
    assert found["domain"] == ("shop.example", "other.example")
    assert found["password"] == ("********", "********")
    assert "by a hook" in text and "username" not in found
    assert ">PreModuleCreate</a>" in text and ">AfterModuleCreate</a>" in text
    first = admin.text("/admin/modulecalls.php?call=c1")
    assert "first call of this function" in first and "success" in first
    for key in ("c99", "p99", "x1", "c", "c²"):
        assert admin.get(f"/admin/modulecalls.php?call={key}").status_code == 404, key


def test_after_a_restart_params_and_difference_are_still_there(ctx: Ctx, admin: Browser, prepared: int) -> None:
    lifecycle.run(ctx, prepared, "CreateAccount")
    ctx.host.part(history.Kept).commands.clear()
    text = admin.text("/admin/modulecalls.php?call=c1")
    assert "shop.example" in text and "Not kept" in text and SECRET not in text and KEY not in text


def test_call_again(ctx: Ctx, admin: Browser, prepared: int) -> None:
    lifecycle.run(ctx, prepared, "SuspendAccount", extra={"suspendreason": "Overdue"})
    to = admin.saved("/admin/modulecalls.php", call="c1", nonce="once")
    assert to == "/admin/modulecalls.php?call=c2"
    assert admin.saved("/admin/modulecalls.php", call="c1", nonce="once") == to  # the same click
    with ctx.unit(read=True) as db:
        assert [row.function for row in db.query(Command)] == ["SuspendAccount"] * 2
        assert db.get_one(Service, prepared).suspendreason == "Overdue"
    admin.text(f"/admin/clientsservices.php?userid=1&id={prepared}")
    calls = [one for one in history.passive(ctx.host, prepared) if one.function == "AdminServicesTabFields"]
    assert len(calls) == 1
    to = admin.saved("/admin/modulecalls.php", call=calls[0].key, nonce="n")
    assert "Was Called Again" in admin.text(to) and "The params were the same." in admin.text(to)
    assert len([one for one in history.passive(ctx.host, prepared) if one.function == "AdminServicesTabFields"]) == 2


def test_only_the_last_calls_of_a_function_are_kept(ctx: Ctx, prepared: int) -> None:
    for _ in range(history.KEPT_EACH + 3):
        lifecycle.call(ctx, prepared, "LoginLink")
    assert len(history.passive(ctx.host, prepared)) == history.KEPT_EACH


def test_calling_again_needs_its_permission(ctx: Ctx, admin: Browser, prepared: int) -> None:
    from modulehost.accounts import admins
    from modulehost.schema import Admin, AdminRole

    lifecycle.run(ctx, prepared, "CreateAccount")
    with ctx.unit() as db:
        role = AdminRole(name="Looks only")
        db.add(role)
        db.flush()
        admins.set_permissions(db, role.id, ["View Module Debug Log", "Main Homepage"])
        db.get_one(Admin, 1).roleid = role.id
    text = admin.text("/admin/modulecalls.php?call=c1")
    assert "Call Again" not in text
    assert admin.post("/admin/modulecalls.php", call="c1", nonce="n").status_code == 403
    with ctx.unit() as db:
        admins.set_permissions(db, role.id, ["Main Homepage"])
    assert admin.get("/admin/modulecalls.php").status_code == 403 == admin.get("/admin/hooks.php").status_code


def test_copy_as_test_is_a_file_that_runs(
    ctx: Ctx, host: Host, admin: Browser, prepared: int, write_module: Callable[..., Path], pytestconfig: pytest.Config
) -> None:
    pytestconfig.addinivalue_line("markers", "modulehost: the module under test")
    assert lifecycle.run(ctx, prepared, "CreateAccount").ok
    call = history.find(ctx, "c1")
    assert call is not None
    text = as_test.write(call)
    assert SECRET not in text and KEY not in text
    assert "'password': 'placeholder-password'" in text and "'configoption2': 'placeholder-configoption2'" in text
    assert text.replace("\n", "") in admin.text("/admin/modulecalls.php?call=c1").replace("\n", "")
    names: dict[str, Any] = {}
    exec(compile(text, "test_copied.py", "exec"), names)

    class Given:
        id = prepared

    names["test_create_account"](host, Given())
    write_module("demo", "def demo_CreateAccount(params):\n    return 'the domain is ' + params['domain']\n")
    with pytest.raises(AssertionError, match=r"the domain is shop\.example"):
        names["test_create_account"](host, Given())
