"""A server module with every function of the contract, driven through the pages where an admin and a client meet each of them."""

import re
from typing import Any

import pytest

from modulehost.app import RunningHost
from modulehost.context import Host
from modulehost.schema import Order, Service
from tests.browser.conftest import admin_in, client_in, said, shot, yes
from tests.client.shop import stock
from tests.contract import everyfn
from tests.contract.bench import Bench, settings_url

pytestmark = [pytest.mark.browser, pytest.mark.slow]
DOMAIN = "menon-foods.example"


def functions(bench: Bench) -> list[str]:
    """What was called since the last look."""
    found = [one.function for one in bench.heard()]
    bench.forget()
    return found


def add_server(page: Any, url: str, bench: Bench) -> None:
    page.goto(f"{url}/admin/configservers.php?action=manage")
    page.select_option("#type", "everyfn")
    page.fill("#name", "Node One")
    page.fill("#hostname", "node1.example")
    page.fill("#username", "root")
    page.fill("#password", "wrong")
    page.check("[name=secure]")
    page.check("[name=active]")
    page.click("[data-test-connection]")
    page.wait_for_selector("text=Wrong password")
    page.fill("#password", "n0de-Secret")
    page.click("[data-test-connection]")
    page.wait_for_selector("#test-result.success")
    shot(page, "every-01-server")
    page.click("button:has-text('Save Changes')")
    page.wait_for_url(re.compile(r"configservers\.php$"))
    assert page.get_attribute("#adminlink", "href") == "https://node1.example:8443/"
    with page.expect_navigation():
        page.click("button:has-text('Refresh Remote Data')")
    listed = page.inner_text("table.list >> nth=0")
    assert "Version 110.0" in listed and "(1 ours)" in listed
    shot(page, "every-02-servers")
    with page.context.expect_page() as popup:
        page.click("button:has-text('Open Node')")
    way = popup.value
    assert way.inner_text(".target") == "https://node1.example/root"
    assert "n0de-Secret" not in way.content()
    shot(way, "every-03-admin-sign-on")
    way.close()
    assert {"TestConnection", "AdminLink", "GetUserCount", "GetRemoteMetaData", "RenderRemoteMetaData", "AdminSingleSignOn"} <= set(functions(bench))


def module_settings(page: Any, url: str, bench: Bench, product: int) -> None:
    address = url + settings_url(product)
    page.goto(address)
    page.select_option("#servertype", "everyfn")
    page.wait_for_url(re.compile("servertype=everyfn"))
    assert page.locator("#option3").count() == 0
    assert page.locator("#option1 option").all_inner_texts()[-2:] == ["Gold plan", "Silver plan"]
    page.select_option("#option1", "gold")
    page.select_option("#option2", "us")
    shot(page, "every-04-simple-mode")
    with page.expect_navigation():
        page.click("button:has-text('Save Changes')")
    page.click("text=Switch to Advanced Mode")
    page.fill("#option3", "2048")
    page.fill("#option4", "k3y-Secret")
    page.check("#option5")
    page.check("[name='packageconfigoption[6]'][value=weekly]")
    page.fill("#option7", "Two\nlines")
    page.select_option("#option8", ["web", "dns"])
    page.check("[name=autosetup][value=payment]")
    assert page.locator("text=Mailboxes").count()
    page.check("[name='metric[boxes][on]']")
    page.locator("details", has=page.locator("[name='metric[boxes][included]']")).locator("summary").click()
    page.fill("[name='metric[boxes][included]']", "2")
    page.fill("[name='metric[boxes][0][price][1]']", "0.50")
    shot(page, "every-05-advanced-mode")
    with page.expect_navigation():
        page.click("button:has-text('Save Changes')")
    assert "k3y-Secret" not in page.content()
    assert set(functions(bench)) == {"LoadPackages", "MetricProvider"}


def order_and_pay(page: Any, url: str, product: int) -> int:
    page.goto(f"{url}/cart.php?a=add&pid={product}")
    page.locator("input[name=domain]").fill(DOMAIN)
    page.click("main form button[type=submit]:visible")
    page.wait_for_url(re.compile("a=confproduct"))
    page.click("#btnCompleteProductConfig")
    page.wait_for_url(re.compile("a=view"))
    page.click("#checkout")
    page.check("input[name=paymentmethod][value=testpay]")
    page.click("#btnCompleteOrder")
    page.click("text=Pay now")
    page.click("text=Pay now (test)")
    page.wait_for_selector("text=Your payment was received")
    return 1


def command(page: Any, bench: Bench, label: str, function: str, **fields: str) -> Any:
    """Press a button of Module Commands and answer Yes; returns what the module was given."""
    bench.forget()
    page.click(f"#modulecmdbtns a:text-is('{label}')")
    for name, value in fields.items():
        page.fill(f"dialog[open] [name={name}]", value)
    yes(page)
    (call,) = bench.heard(function)
    return call.params


def admin_commands(page: Any, url: str, bench: Bench, service: int) -> None:
    page.goto(f"{url}/admin/clientsservices.php?userid=1&id={service}")
    assert page.inner_text("#loginlink") == f"Visit {DOMAIN}"
    names = page.locator("#modulecmdbtns a").all_inner_texts()
    assert names == ["Create", "Renew", "Suspend", "Unsuspend", "Terminate", "Change Package", "Change Password", "Restart Machine", "Show Report"]
    page.fill("#vendornote", "Rack <7>")
    page.fill("#password", "Admin-pass-9")
    page.click("button:has-text('Save Changes')")
    page.wait_for_selector("text=Changes Saved")
    assert page.input_value("#vendornote") == "Rack <7>"
    shot(page, "every-10-service")
    assert command(page, bench, "Change Password", "ChangePassword")["password"] == "Admin-pass-9"
    assert command(page, bench, "Change Package", "ChangePackage")["configoption1"] == "gold"
    for label, function in (("Renew", "Renew"), ("Restart Machine", "restart")):
        assert command(page, bench, label, function)["status"] == "Active"
        assert "Module Command Success" in said(page)
    assert command(page, bench, "Suspend", "SuspendAccount", suspendreason="Unpaid since May")["suspendreason"] == "Unpaid since May"
    assert page.input_value("#domainstatus") == "Suspended"
    shot(page, "every-11-suspended")
    assert command(page, bench, "Unsuspend", "UnsuspendAccount")["status"] == "Suspended"
    command(page, bench, "Show Report", "adminReport")
    assert page.locator("#report li").all_inner_texts() == ["one", "two", "three"]
    shot(page, "every-12-admin-page")
    page.click("a:has-text('Back')")
    with page.context.expect_page() as popup:
        page.click("button:has-text('Open Panel')")
    assert popup.value.inner_text(".target").startswith("https://panel.example/?user=menon")
    popup.value.close()
    bench.forget()


def client_pages(page: Any, url: str, bench: Bench, service: int) -> None:
    address = f"{url}/clientarea.php?action=productdetails&id={service}"
    page.goto(address)
    assert page.inner_text("#plan") == f"Plan gold for Asha at {DOMAIN}, Active"
    shot(page, "every-20-product")
    sidebar = page.locator(".sidebar, aside").first
    sidebar.locator("text=Reboot").click()
    page.wait_for_selector("#alertModuleCustomButtonSuccess")
    shot(page, "every-21-button")
    page.locator("text=Statistics >> visible=true").first.click()
    page.wait_for_selector("#report")
    assert page.locator("#report li").all_inner_texts() == ["visits", "mails"]
    shot(page, "every-22-page")
    page.goto(f"{address}&modop=custom&a=export")
    page.click(".confirm-row button")
    page.wait_for_selector("#alertModuleCustomButtonSuccess")
    assert [name for name in functions(bench) if name != "ClientArea"] == ["reboot", "statistics", "export"]
    page.goto(address)
    with page.context.expect_page() as popup:
        page.locator("text=Open Panel >> visible=true").first.click()
    assert popup.value.inner_text(".target").startswith("https://panel.example/?user=menon")
    shot(popup.value, "every-23-sign-on")
    popup.value.close()
    page.goto(address)
    assert page.locator("button[data-identifier=archive] >> nth=0").is_disabled()
    page.locator("button[data-identifier=webmail] >> visible=true").first.click()
    page.wait_for_selector(".target")
    assert page.inner_text(".target") == "https://panel.example/webmail"
    page.goto(address)
    page.click("#Primary_Sidebar-Service_Details_Actions-Change_Password")
    page.fill("#inputNewPassword1", "Client-made-3")
    page.fill("#inputNewPassword2", "Client-made-3")
    page.click("#tabChangepw button[type=submit]")
    page.wait_for_selector("#alertModuleChangePwSuccess")
    assert bench.heard("ChangePassword")[0].params["password"] == "Client-made-3"
    shot(page, "every-24-password")


def sync(page: Any, url: str, bench: Bench) -> None:
    page.goto(f"{url}/admin/configservers.php")
    page.click("text=Sync Accounts")
    with page.expect_navigation():
        page.click("button:has-text('List Accounts')")
    page.click("nav.tabs a:has-text('(1)') >> nth=0")
    shot(page, "every-30-sync")
    page.goto(f"{url}/admin/configservers.php?action=sync&id=1&kind=differing")
    assert "silver" in page.inner_text("table.list")
    shot(page, "every-31-differing")
    page.goto(f"{url}/admin/configservers.php?action=sync&id=1&kind=missing_here")
    page.check("[name=account]")
    shot(page, "every-32-import")
    page.click("button:text-is('Import')")
    page.click("button:text-is('Yes')")
    page.wait_for_selector("text=1 account(s) imported")
    assert [(row.domain, row.domainstatus, row.userid) for row in bench.rows(Service)][1:] == [("only-there.example", "Active", 1)]


def usage(page: Any, url: str, bench: Bench, service: int) -> None:
    page.goto(f"{url}/admin/configservers.php")
    with page.expect_navigation():
        page.click("button:has-text('Update Usage')")
    assert {"UsageUpdate", "MetricProvider"} <= set(functions(bench))
    page.goto(f"{url}/admin/clientsservices.php?userid=1&id={service}")
    row = page.locator("tr", has_text="Mailboxes")
    assert "7" in row.inner_text()
    shot(page, "every-25-metrics")
    page.goto(f"{url}/clientarea.php?action=productdetails&id={service}")
    shown = page.inner_text("main")
    assert "250 / 1000" in shown.replace(" MB", "") and "(25%)" in shown
    row = page.locator("tr", has_text="Mailboxes")
    assert re.search(r"Mailboxes.*0\.50.*\b7\b.*\b2\b", row.inner_text(), re.DOTALL), row.inner_text()
    shot(page, "every-26-client-usage")


def test_every_function_where_people_meet_it(page: Any, running: RunningHost, host: Host) -> None:
    bench, url = Bench(host), running.url.rstrip("/")
    bench.module(everyfn.CODE, "everyfn", **everyfn.TEMPLATES)
    product = stock(bench.ctx).hosting
    admin_in(page, url)
    add_server(page, url, bench)
    module_settings(page, url, bench, product)
    client_in(page, url)
    service = order_and_pay(page, url, product)
    (create,) = bench.heard("CreateAccount")
    assert {n: create.params[f"configoption{n}"] for n in range(1, 9)} == {
        1: "gold", 2: "us", 3: "2048", 4: "k3y-Secret", 5: "on", 6: "weekly", 7: "Two\nlines", 8: "web,dns"
    }  # fmt: skip
    assert (create.params["serverhostname"], create.params["domain"]) == ("node1.example", DOMAIN)
    assert bench.row(service).domainstatus == "Active"
    admin_commands(page, url, bench, service)
    client_pages(page, url, bench, service)
    usage(page, url, bench, service)
    sync(page, url, bench)
    page.goto(f"{url}/admin/clientsservices.php?userid=1&id={service}")
    assert command(page, bench, "Terminate", "TerminateAccount")["domain"] == DOMAIN
    assert bench.row(service).domainstatus == "Terminated"
    page.goto(f"{url}/clientarea.php?action=productdetails&id={service}")
    assert page.locator("#plan").count() == 0 and bench.heard("ClientArea") == []
    shot(page, "every-40-terminated")
    assert [order.status for order in bench.rows(Order)] == ["Active"]
