"""The Products/Services tab: fields, Module Commands with their confirmation, the module's rows, saving, acceptance."""

import re
from decimal import Decimal
from typing import Any

import pytest

from modulehost.context import Ctx
from modulehost.schema import Command, CustomFieldValue, Order, Server, Service, ServiceConfigOption
from modulehost.vault import Vault

from .conftest import Browser, wrongs

PAGE = "/admin/clientsservices.php?userid=1&id=1"


def row(ctx: Ctx) -> Service:
    with ctx.unit(read=True) as db:
        return db.get_one(Service, 1)


def order_status(ctx: Ctx) -> str:
    with ctx.unit(read=True) as db:
        return db.get_one(Order, 1).status


def form_of(page: str) -> dict[str, str]:
    """The big form as a browser would send it."""
    form = page[
        page.index('<form method="post" action="/admin/clientsservices.php') : page.index('<dialog id="module-command"')
    ]
    inputs = r'<input type="(?:text|password|date|number)"[^>]*name="([^"]+)"[^>]*value="([^"]*)"'
    found: dict[str, str] = dict(re.findall(inputs, form))
    for name, body in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.findall(r'<option value="([^"]*)" selected', body) or re.findall(r'<option value="([^"]*)"', body)
        found[name] = chosen[0]
    for name, body in re.findall(r'<textarea name="([^"]+)"[^>]*>\n(.*?)</textarea>', form, re.DOTALL):
        found[name] = body
    return found


def test_what_the_tab_shows(admin: Browser, service: int) -> None:
    page = admin.text(PAGE)
    assert 'href="/admin/orders.php?action=view&id=1">4711</a>' in page
    form = form_of(page)
    assert form["domain"] == "shop.example" and form["domainstatus"] == "Pending" and form["billingcycle"] == "Monthly"
    assert form["paymentmethod"] == "mailin" and form["amount"] == "0.00"
    buttons = re.findall(r'data-command="(\w+)" data-ac="(\w*)">([^<]+)<', page)
    # Only what the module implements, in the documented order, then its own.
    assert buttons == [("create", "", "Create"), ("suspend", "", "Suspend"), ("custom", "ping", "Ping Vendor")]
    assert page.index("Module Commands") < page.index(">Authenticate<") < page.index(">Disk<")
    assert "<a href='/modules/servers/demo/start'>Authenticated</a>" in page
    assert "<input name='modulefields[0]' value='5'>" in page
    assert "<a href='https://panel.example/'>Panel</a>" in page
    assert "Module Command Confirmation" in page


def test_the_service_is_found_by_each_kind_of_address(admin: Browser, service: int) -> None:
    for url in (
        "/admin/clientsservices.php?userid=1",
        "/admin/clientsservices.php?id=1",
        "/admin/clientsservices.php?productselect=1",
    ):
        assert 'value="shop.example"' in admin.text(url)


def nonce(page: str) -> str:
    return re.findall(r'name="nonce" value="(\w+)"', page)[0]


def test_create_makes_the_service_active_but_not_the_order(admin: Browser, ctx: Ctx, service: int) -> None:
    target = admin.saved(PAGE, modop="create", ac="", nonce=nonce(admin.text(PAGE)))
    assert target == PAGE
    page = admin.text(PAGE)
    assert "Module Command Success" in page
    assert row(ctx).domainstatus == "Active"
    assert order_status(ctx) == "Pending"
    assert row(ctx).username == "shop" and len(ctx.host.part(Vault).decrypt(row(ctx).password)) == 10
    # Saving it as Active accepts the order, whose items are all Active now.
    admin.saved(PAGE, form_of(page), domainstatus="Active")
    assert order_status(ctx) == "Active"
    assert "Order #4711 is Active now." in admin.text(PAGE)


def test_the_same_page_runs_a_command_once(admin: Browser, ctx: Ctx, service: int) -> None:
    key = nonce(admin.text(PAGE))
    for _ in range(3):
        admin.saved(PAGE, modop="create", nonce=key)
    with ctx.unit(read=True) as db:
        assert [(c.function, c.state) for c in db.query(Command)] == [("CreateAccount", "success")]
    # Another command of the same page is another matter; so is a new page.
    admin.saved(PAGE, modop="custom", ac="ping", nonce=key)
    admin.saved(PAGE, modop="custom", ac="ping", nonce=nonce(admin.text(PAGE)))
    with ctx.unit(read=True) as db:
        assert [c.function for c in db.query(Command).order_by(Command.id)] == ["CreateAccount", "ping", "ping"]


def test_a_failed_command_shows_the_modules_text_as_text(admin: Browser, ctx: Ctx, service: int) -> None:
    with ctx.unit() as db:
        db.get_one(Service, 1).domain = "bad.example"
    admin.saved(PAGE, modop="create", nonce="n1")
    answer = admin.get(PAGE)
    assert "Module Command Error" in answer.text and "No &lt;b&gt;capacity&lt;/b&gt; left" in answer.text
    assert row(ctx).domainstatus == "Pending"


def test_suspend_with_a_reason(admin: Browser, ctx: Ctx, service: int) -> None:
    with ctx.unit() as db:
        db.get_one(Service, 1).domainstatus = "Active"
    admin.saved(PAGE, modop="suspend", suspendreason="Overdue on payment", nonce="n1")
    assert (row(ctx).domainstatus, row(ctx).suspendreason) == ("Suspended", "Overdue on payment")
    assert "Suspension Reason" in admin.text(PAGE)


def test_without_scripts_a_page_asks_first(admin: Browser, ctx: Ctx, service: int) -> None:
    page = admin.text(PAGE + "&modop=create")
    assert "Module Command Confirmation" in page and "Are you sure" in page
    assert row(ctx).domainstatus == "Pending"
    fields = dict(re.findall(r'<input type="hidden" name="(modop|ac|nonce|confirmed)" value="([^"]*)"', page))
    assert fields.keys() == {"modop", "ac", "nonce", "confirmed"}
    admin.saved(PAGE, fields)
    assert row(ctx).domainstatus == "Active"


@pytest.mark.parametrize("fields", [{"modop": "explode"}, {"modop": "custom", "ac": ""}])
def test_a_command_that_does_not_exist(admin: Browser, service: int, fields: dict[str, str]) -> None:
    assert admin.post(PAGE, fields).status_code == 400


def test_a_command_the_module_lacks(admin: Browser, ctx: Ctx, service: int) -> None:
    admin.saved(PAGE, modop="terminate", nonce="n1")
    page = admin.text(PAGE)
    assert "Module Command Error" in page and "TerminateAccount" in page
    assert row(ctx).domainstatus == "Pending"


def test_fields_are_saved(admin: Browser, ctx: Ctx, service: int, demo: None) -> None:
    with ctx.unit() as db:
        db.add(Server(name="Node 1", type="demo", active=1))
    form = form_of(admin.text(PAGE))
    admin.saved(
        PAGE,
        form | {
            "domain": "new.example", "username": "shopuser", "password": "pä55", "server": "1", "amount": "12.345", "firstpaymentamount": "20",
            "billingcycle": "Annually", "nextduedate": "2027-01-31", "regdate": "2026-01-31", "paymentmethod": "testpay",
            "subscriptionid": "sub-1", "notes": "one\r\ntwo", "overideautosuspend": "1", "overidesuspenduntil": "2027-02-28",
            "dedicatedip": "192.0.2.7", "qty": "2",
        },
    )  # fmt: skip
    found = row(ctx)
    assert (found.domain, found.username, found.server, found.qty) == ("new.example", "shopuser", 1, 2)
    assert found.password != "pä55" and ctx.host.part(Vault).decrypt(found.password) == "pä55"
    assert (found.amount, found.firstpaymentamount) == (Decimal("12.35"), Decimal("20.00"))
    assert (found.billingcycle, found.paymentmethod, found.subscriptionid) == ("Annually", "testpay", "sub-1")
    dates = [str(day) for day in (found.regdate, found.nextduedate, found.nextinvoicedate, found.overidesuspenduntil)]
    assert dates == ["2026-01-31", "2027-01-31", "2027-01-31", "2027-02-28"]
    assert (found.notes, found.overideautosuspend, found.dedicatedip) == ("one\ntwo", 1, "192.0.2.7")
    page = admin.text(PAGE)
    assert 'type="password" name="password" id="password" value="pä55"' in page


def test_a_field_left_alone_is_not_written(admin: Browser, ctx: Ctx, service: int) -> None:
    """The next invoice date differs from the due date here; displaying and saving the page must not pull it back."""
    with ctx.unit() as db:
        found = db.get_one(Service, 1)
        found.nextinvoicedate = found.nextduedate.replace(year=2031) if found.nextduedate else None
        found.paymentmethod = "gone"
    admin.saved(PAGE, form_of(admin.text(PAGE)), domain="other.example")
    assert row(ctx).domain == "other.example"
    assert row(ctx).nextinvoicedate is not None and row(ctx).nextinvoicedate.year == 2031  # type: ignore[union-attr]
    assert row(ctx).paymentmethod == "gone"


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("nextduedate", "31.01.2027", "is not a date"),
        ("amount", "much", "is not an amount"),
        ("billingcycle", "Sometimes", "is not a billing cycle"),
        ("domainstatus", "Perhaps", "is not a status"),
        ("packageid", "77", "there is no product with the id 77"),
        ("paymentmethod", "nosuch", "Invalid Payment Method"),
    ],
)
def test_a_value_that_cannot_be(admin: Browser, ctx: Ctx, service: int, field: str, value: str, text: str) -> None:
    answer = admin.post(PAGE, form_of(admin.text(PAGE)) | {field: value, "domain": "typed.example"})
    assert answer.status_code == 200
    assert text in wrongs(answer)[0]
    assert 'value="typed.example"' in answer.text  # what was typed stays
    assert row(ctx).domain == "shop.example"


def test_configurable_options_and_custom_fields(admin: Browser, ctx: Ctx, service: int) -> None:
    options = "/admin/configproductoptions.php?manageoptions=true&gid=1"
    admin.saved("/admin/configproductoptions.php?action=managegroup", name="Options", productlinks="1")
    admin.saved(
        options,
        {
            "configoptionname": "boxes|Mailboxes",
            "configoptiontype": "4",
            "addoptionname": "Mailbox",
            "price[1][new][monthly]": "2.50",
        },
    )
    admin.saved(
        options,
        {
            "configoptionname": "Plan",
            "configoptiontype": "2",
            "addoptionname": "s|Standard",
            "price[1][new][monthly]": "3",
        },
    )
    admin.saved(
        options,
        {
            "configoptionname": "Backup",
            "configoptiontype": "3",
            "addoptionname": "Daily",
            "price[1][new][monthly]": "1",
        },
    )
    tabs = "/admin/configproducts.php?action=edit&id=1&tab="
    admin.saved(tabs + "2", {"paytype": "recurring", "currency[1][monthly_on]": "1", "currency[1][monthly]": "10"})
    admin.saved(
        tabs + "4",
        {"field[new][fieldname]": "zoid|Org", "field[new][fieldtype]": "text", "field[new][regexpr]": "^[0-9]+$"},
    )
    page = admin.text(PAGE)
    assert "Mailboxes" in page and "Standard" in page and "Daily" in page and ">Org<" in page
    form: dict[str, Any] = form_of(page)
    change = {
        "configoption[1]": "7",
        "configoption[2]": "2",
        "sent[3]": "1",
        "configoption[3]": "1",
        "customfield[1]": "4711",
        "autorecalc": "1",
    }
    admin.saved(PAGE, form | change)
    with ctx.unit(read=True) as db:
        held = {r.configid: (r.optionid, r.qty) for r in db.query(ServiceConfigOption)}
        assert held == {1: (1, 7), 2: (2, 0), 3: (3, 1)}
        assert db.query(CustomFieldValue).one().value == "4711"
    assert row(ctx).amount == Decimal("31.50")  # 10 + 7 x 2.50 + 3 + 1
    del change["configoption[3]"]  # unticked
    admin.saved(PAGE, form | change)
    assert row(ctx).amount == Decimal("30.50")
    answer = admin.post(PAGE, form | change | {"configoption[1]": "-1"})
    assert "must not be negative" in wrongs(answer)[0]
    answer = admin.post(PAGE, form | change | {"customfield[1]": "abc"})
    assert "Org" in wrongs(answer)[0]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("def demo_CreateAccount(params)\n", "modules/servers/demo/demo.py:1"),
        ("def demo_AdminServicesTabFields(params):\n    raise RuntimeError('vendor gone')\n", "vendor gone"),
        ("def demo_AdminCustomButtonArray(params):\n    return 1 / 0\n", "ZeroDivisionError"),
    ],
)
def test_a_broken_module_leaves_the_page_usable(
    admin: Browser, ctx: Ctx, service: int, write_module: object, code: str, text: str
) -> None:
    write_module("demo", code)  # type: ignore[operator]
    page = admin.text(PAGE)
    assert "The module failed while this page was built" in page and text in page
    admin.saved(PAGE, form_of(page) | {"domain": "saved.example"})
    assert row(ctx).domain == "saved.example"


def test_saved_fields_reach_the_module(admin: Browser, ctx: Ctx, service: int, write_module: object) -> None:
    write_module(  # type: ignore[operator]
        "demo",
        "from pathlib import Path\n"
        "def demo_AdminServicesTabFields(params):\n    return {'Disk': '<input name=\"modulefields[0]\" value=\"1\">'}\n"
        "def demo_AdminServicesTabFieldsSave(params):\n"
        "    Path(__file__).with_name('saved').write_text(params['request']['modulefields[0]'])\n",
    )
    admin.saved(PAGE, form_of(admin.text(PAGE)) | {"modulefields[0]": "9"})
    assert (ctx.host.root / "modules/servers/demo/saved").read_text() == "9"


def test_single_sign_on_of_the_module(admin: Browser, service: int, write_module: object) -> None:
    write_module(  # type: ignore[operator]
        "demo",
        "def demo_MetaData():\n    return {'DisplayName': 'Demo', 'ServiceSingleSignOnLabel': 'Open Panel'}\n"
        "def demo_ServiceSingleSignOn(params):\n"
        "    if params['domain'] == 'shop.example':\n        return {'success': True, 'redirectTo': 'https://panel.example/sso'}\n"
        "    return {'success': False, 'errorMsg': 'not here'}\n",
    )
    assert "Open Panel" in admin.text(PAGE)
    answer = admin.post(PAGE, modop="singlesignon")
    assert "<h1>Open Panel</h1>" in answer.text and 'href="https://panel.example/sso"' in answer.text


def test_a_service_without_a_module(admin: Browser, ctx: Ctx, service: int) -> None:
    admin.saved("/admin/configproducts.php?action=edit&id=1&tab=3", servertype="", autosetup="")
    page = admin.text(PAGE)
    assert "Module Commands" not in page and "failed" not in page
    admin.saved(PAGE, form_of(page), domainstatus="Active")
    assert (row(ctx).domainstatus, order_status(ctx)) == ("Active", "Active")


def test_an_order_with_two_services_waits_for_both(admin: Browser, ctx: Ctx, service: int) -> None:
    with ctx.unit() as db:
        first = db.get_one(Service, 1)
        db.add(
            Service(
                userid=1,
                orderid=first.orderid,
                packageid=1,
                domain="two.example",
                domainstatus="Pending",
                billingcycle="Monthly",
            )
        )
    admin.saved(PAGE, form_of(admin.text(PAGE)), domainstatus="Active")
    assert order_status(ctx) == "Pending"
    other = "/admin/clientsservices.php?userid=1&id=2"
    admin.saved(other, form_of(admin.text(other)), domainstatus="Active")
    assert order_status(ctx) == "Active"


def test_all_services(admin: Browser, service: int) -> None:
    assert "shop.example" in admin.text("/admin/clientshostinglist.php?status=Pending&domain=SHOP")
    assert "No services found" in admin.text("/admin/clientshostinglist.php?status=Active")
