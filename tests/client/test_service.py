"""Services and their details: what the module shows, its buttons, its password, and who may see it all."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from modulehost.accounts import clients
from modulehost.context import Ctx
from modulehost.ordering.checkout import OrderRequest, place
from modulehost.schema import ActivityLog, Client, Command, Service
from tests.client.shop import Shop, nonce, post, words
from tests.support.hosts import CLIENT_DATA


@pytest.fixture
def service(ctx: Ctx, shop: Shop) -> int:
    """An Active service of client 1."""
    return ordered(ctx, shop, 1)


def ordered(ctx: Ctx, shop: Shop, client_id: int, status: str = "Active") -> int:
    item = {
        "pid": shop.mail,
        "billingcycle": "monthly",
        "configoptions": {shop.mailboxes: 3},
        "customfields": {shop.note: "A & B"},
    }
    placed = place(ctx, OrderRequest(client_id, [item], paymentmethod="mailin"))
    with ctx.unit() as db:
        row = db.get_one(Service, placed.service_ids[0])
        row.domainstatus, row.username, row.domain = status, "asharao", "example.com"
    return placed.service_ids[0]


def details(web: FlaskClient, service: int, more: str = "") -> str:
    return f"/clientarea.php?action=productdetails&id={service}{more}"


def test_the_list_leads_to_manage_product(client: FlaskClient, service: int) -> None:
    page = client.get("/clientarea.php?action=services")
    assert "Team Mail" in words(page)
    assert "Manage product" in words(page)
    # 2.00 + 3 x 1.50
    assert "$6.50 USD" in words(page)
    assert f"action=productdetails&amp;id={service}" in page.text
    assert "Team Mail" not in words(client.get("/clientarea.php?action=services&status=Suspended"))
    assert "Team Mail" in words(client.get("/clientarea.php?action=services&module=shopdemo"))
    assert "Team Mail" not in words(client.get("/clientarea.php?action=services&module=other"))


def test_details_show_facts_and_the_modules_output(client: FlaskClient, service: int) -> None:
    page = client.get(details(client, service))
    assert page.status_code == 200
    text = words(page)
    for expected in (
        "Team Mail",
        "Active",
        "3 × Mailbox",
        "A & B",
        "$6.50 USD",
        "Monthly",
        "Mail In Payment",
        "asharao",
    ):
        assert expected in text or expected == "asharao", expected
    assert '<p class="demo"><em>Panel</em> for Asha on example.com, Team Mail, Active</p>' in page.text
    assert 'id="Primary_Sidebar-Service_Details_Actions-Change_Password"' in page.text
    assert 'id="Primary_Sidebar-Service_Details_Actions-Custom_Module_Button_Restart_Server"' in page.text


@pytest.mark.parametrize("status", ["Pending", "Suspended", "Terminated", "Cancelled"])
def test_only_active_services_reach_the_module(client: FlaskClient, ctx: Ctx, shop: Shop, status: str) -> None:
    page = client.get(details(client, ordered(ctx, shop, 1, status)))
    assert page.status_code == 200
    assert "Panel" not in page.text
    assert "Restart Server" not in page.text
    assert "modulechangepassword" not in page.text


def test_a_button_runs_once(client: FlaskClient, ctx: Ctx, service: int) -> None:
    page = client.get(details(client, service, "&modop=custom&a=restart"))
    assert "Restart Server" in words(page)
    with ctx.unit(read=True) as db:
        assert not db.scalars(select(Command).where(Command.function == "restart")).all()
    form = {"id": str(service), "modop": "custom", "a": "restart", "nonce": nonce(page)}
    for _ in range(2):
        assert "Done." in words(post(client, "/clientarea.php?action=productdetails", form))
    with ctx.unit(read=True) as db:
        assert [row.state for row in db.scalars(select(Command).where(Command.function == "restart"))] == ["success"]


def test_a_failing_button_shows_the_modules_text_as_text(client: FlaskClient, service: int) -> None:
    page = post(client, details(client, service), {"modop": "custom", "a": "fails"})
    assert "Disk &lt;b&gt;full&lt;/b&gt;" in page.text


@pytest.mark.parametrize("function", ["secret", "CreateAccount", "TerminateAccount", "ChangePassword", "nothing", ""])
def test_functions_that_are_not_allowed_do_not_run(client: FlaskClient, ctx: Ctx, service: int, function: str) -> None:
    post(client, details(client, service), {"modop": "custom", "a": function})
    with ctx.unit(read=True) as db:
        assert not db.scalars(select(Command)).all()


def test_an_allowed_function_may_return_a_page(client: FlaskClient, service: int) -> None:
    page = post(client, details(client, service), {"modop": "custom", "a": "report"})
    assert '<p id="report">7 entries for Rao</p>' in page.text
    assert "Report" in words(page)


def test_change_password(client: FlaskClient, ctx: Ctx, service: int) -> None:
    address = details(client, service)
    assert "The two passwords are not the same" in words(
        post(client, address, {"modulechangepassword": "true", "newpw": "long-enough", "confirmpw": "other"})
    )
    refused = {"modulechangepassword": "true", "newpw": "refuse-me", "confirmpw": "refuse-me"}
    assert "The vendor said no" in words(post(client, address, refused))
    good = {"modulechangepassword": "true", "newpw": "Good-pass-22", "confirmpw": "Good-pass-22"}
    assert "The password was changed" in words(post(client, address, good))
    from modulehost.vault import Vault

    with ctx.unit(read=True) as db:
        assert ctx.host.part(Vault).decrypt(db.get_one(Service, service).password) == "Good-pass-22"


def test_what_belongs_to_somebody_else_looks_like_what_does_not_exist(
    client: FlaskClient, ctx: Ctx, shop: Shop
) -> None:
    with ctx.unit() as db:
        other = clients.create(db, {**CLIENT_DATA, "email": "other@example.com"}).id
    theirs = ordered(ctx, shop, other)
    foreign, missing = client.get(details(client, theirs)), client.get(details(client, 999_999))
    assert foreign.status_code == missing.status_code == 404
    assert words(foreign) == words(missing)
    assert post(client, details(client, theirs), {"modop": "custom", "a": "restart"}).status_code == 404
    from modulehost.schema import Invoice

    with ctx.unit(read=True) as db:
        invoice = db.scalars(select(Invoice).where(Invoice.userid == other)).one().id
    assert client.get(f"/viewinvoice.php?id={invoice}").status_code == 404
    assert post(client, f"/viewinvoice.php?id={invoice}", {"pay": "testpay"}).status_code == 404
    with ctx.unit(read=True) as db:
        assert db.get_one(Invoice, invoice).status == "Unpaid"
        assert not db.scalars(select(Command)).all()


def test_a_module_that_raises_leaves_the_page_standing(
    client: FlaskClient, ctx: Ctx, service: int, write_module: Callable[..., Path]
) -> None:
    write_module("shopdemo", "def shopdemo_ClientArea(params):\n    raise RuntimeError('vendor is away')\n")
    page = client.get(details(client, service))
    assert page.status_code == 200
    assert "vendor is away" in words(page)
    assert "shopdemo.py:2" in words(page)
    with ctx.unit(read=True) as db:
        assert any("vendor is away" in row.description for row in db.scalars(select(ActivityLog)))


def test_a_module_template_with_an_error_leaves_the_page_standing(client: FlaskClient, ctx: Ctx, service: int) -> None:
    (ctx.host.root / "modules/servers/shopdemo/overview.tpl").write_text("line one\n{if $x}never closed")
    page = client.get(details(client, service))
    assert page.status_code == 200
    assert "modules/servers/shopdemo/overview.tpl" in words(page)


def test_a_template_override_of_the_theme_wins_at_once(client: FlaskClient, ctx: Ctx, service: int) -> None:
    own = ctx.host.root / "templates/harbour/modules/servers/shopdemo/overview.tpl"
    own.parent.mkdir(parents=True)
    own.write_text("<p>overridden for {$owner}</p>")
    assert "overridden for Asha" in words(client.get(details(client, service)))
    own.write_text("<p>changed for {$owner}</p>")
    assert "changed for Asha" in words(client.get(details(client, service)))
    own.unlink()
    assert "Panel for Asha" in words(client.get(details(client, service)))


def test_a_replacement_template_takes_the_whole_overview(
    client: FlaskClient, service: int, write_module: Callable[..., Path]
) -> None:
    folder = write_module(
        "shopdemo",
        "def shopdemo_ClientArea(params):\n    return {'tabOverviewReplacementTemplate': 'whole', 'templateVariables': {}}\n",
    )
    (folder / "whole.tpl").write_text("<div id=whole>{$username} {$serviceid}</div>")
    page = client.get(details(client, service))
    assert f"<div id=whole>asharao {service}</div>" in page.text
    assert "Billing cycle" not in words(page)


def test_clients_may_be_named_like_tags(client: FlaskClient, ctx: Ctx, service: int) -> None:
    with ctx.unit() as db:
        row = db.get_one(Client, 1)
        row.firstname, row.lastname, row.companyname = "<script>alert(1)</script>", '"><img src=x>', "'};alert(2)//"
        row.address1 = row.city = row.state = "<script>alert(3)</script>"
        db.get_one(Service, service).domain = "<script>alert(4)</script>"
    from modulehost.schema import Invoice

    with ctx.unit(read=True) as db:
        invoice = db.scalars(select(Invoice)).first()
    assert invoice is not None
    for address in (
        "/", "/clientarea.php", "/clientarea.php?action=services", details(client, service), "/clientarea.php?action=invoices",
        "/clientarea.php?action=details", "/clientarea.php?action=emails", f"/viewinvoice.php?id={invoice.id}", "/user/accounts",
        "/user/password", "/cart.php", "/cart.php?a=view", "/cart.php?a=checkout", "/submitticket.php?x=<script>alert(9)</script>",
        "/clientarea.php?action=<script>alert(9)</script>", "/nothing",
    ):  # fmt: skip
        page = client.get(address, follow_redirects=True).text
        assert "<script>alert" not in page, address
        assert "<img src=x>" not in page, address
        assert "'};alert" not in page, address
    shown = client.get(details(client, service)).text
    assert "for &lt;script&gt;alert(1)&lt;/script&gt; on &lt;script&gt;alert(4)" in shown


SIGN_ON = """
def shopdemo_MetaData():
    return {"DisplayName": "Shop Demo", "ServiceSingleSignOnLabel": "Open <Panel>"}

def shopdemo_ServiceSingleSignOn(params):
    if params["username"] == "asharao":
        return {"success": True, "redirectTo": "https://panel.example.net/login?u=asharao"}
    return {"success": False, "errorMsg": "Unknown <user>"}
"""


def test_sign_on_to_the_vendors_panel(
    client: FlaskClient, ctx: Ctx, service: int, write_module: Callable[..., Path]
) -> None:
    write_module("shopdemo", SIGN_ON)
    page = client.get(details(client, service))
    assert "Open &lt;Panel&gt;" in page.text
    assert "Open <Panel>" in words(page)
    # In development the way is shown first.
    answer = client.get(details(client, service, "&dosinglesignon=1"))
    assert 'href="https://panel.example.net/login?u=asharao"' in answer.text
    assert "Continue" in words(answer)
    with ctx.unit() as db:
        db.get_one(Service, service).username = "other"
    refused = client.get(details(client, service, "&dosinglesignon=1"))
    assert "Unknown &lt;user&gt;" in refused.text
    with ctx.unit() as db:
        db.get_one(Service, service).domainstatus = "Suspended"
    assert "Open" not in words(client.get(details(client, service, "&dosinglesignon=1")))


def test_hooks_of_the_page(client: FlaskClient, ctx: Ctx, service: int) -> None:
    from modulehost import hooks

    given: list[str] = []
    hooks.add(ctx.host, "ClientAreaProductDetailsOutput", 1, lambda got: f"<i>service {got['service'].id}</i>")
    hooks.add(ctx.host, "ClientAreaPageProductDetails", 1, lambda got: given.append(got["templatefile"]))
    hooks.add(
        ctx.host, "ClientAreaProductDetailsPreModuleTemplate", 1, lambda got: {"panel": f"for {got['modulename']}"}
    )
    hooks.add(
        ctx.host, "ClientAreaPrimarySidebar", 1, lambda bar: bar.addChild("Extra").addChild("More", {"uri": "/more"})
    )  # type: ignore[attr-defined]
    page = client.get(details(client, service))
    assert f"<i>service {service}</i>" in page.text
    assert 'id="Primary_Sidebar-Extra-More"' in page.text
    assert given == ["clientareaproductdetails"]
    # The module's own variables win over those of the hook.
    assert "<em>Panel</em> for Asha" in page.text


def test_home_panels_from_hooks(client: FlaskClient, ctx: Ctx, service: int) -> None:
    from modulehost import hooks

    def panel(root: object) -> None:
        extras = {"color": "green", "btn-link": "/x", "btn-text": "Look"}
        root.addChild("Mine", {"label": "My panel", "bodyHtml": "<p>body</p>", "extras": extras}).moveToFront()  # type: ignore[attr-defined]

    hooks.add(ctx.host, "ClientAreaHomepagePanels", 1, panel)  # type: ignore[arg-type]
    hooks.add(ctx.host, "ClientAreaHomepage", 1, lambda got: "<div>block</div>")
    page = client.get("/clientarea.php")
    assert "My panel" in words(page)
    assert "card-accent-green" in page.text
    assert "<div>block</div>" in page.text
    assert page.text.index("My panel") < page.text.index("Your active services")
