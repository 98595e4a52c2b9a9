"""The example module, used as an admin and a client use it."""

import json
import re
from datetime import date
from decimal import Decimal

import pytest

from modulehost import extensions, lifecycle, runtimes, sdk
from modulehost.billing.catalog import usage
from modulehost.contract import FIELD_TYPES
from modulehost.lifecycle import OfAddon
from modulehost.schema import Addon, Invoice, Product, Server, ServerTenant, Service, ServiceAddon
from tests.modules.browser import Browser, token
from tests.modules.shop import Shop


def account(shop: Shop, service: int) -> dict[str, object] | None:
    with shop.inside("examplehost"):
        text = sdk.store("accounts").get(str(service))
    found: dict[str, object] | None = json.loads(text) if text else None
    return found


def test_a_service_goes_through_its_whole_life(example: Shop) -> None:
    service = example.service()
    for function, status in [
        ("CreateAccount", "Active"),
        ("SuspendAccount", "Suspended"),
        ("UnsuspendAccount", "Active"),
        ("ChangePackage", "Active"),
        ("Renew", "Active"),
        ("restart", "Active"),
        ("TerminateAccount", "Terminated"),
    ]:
        outcome = example.run(service, function)
        assert outcome.ok, f"{function}: {outcome.message}"
        assert example.status(service) == status
    assert account(example, service) is None
    assert example.module_log().count("TerminateAccount") == 1


def test_an_addon_has_an_account_of_its_own(example: Shop) -> None:
    service = example.service()
    with example.ctx.unit() as db:
        sold = Addon(name="Staging Site", module="examplehost", type="other")
        db.add(sold)
        db.flush()
        row = ServiceAddon(
            userid=example.client, hostingid=service, addonid=sold.id, status="Pending", billingcycle="Monthly", qty=1,
            server=db.get_one(Service, service).server,
        )  # fmt: skip
        db.add(row)
        db.flush()
        addon = row.id
    assert example.run(service, "CreateAccount").ok
    made = lifecycle.run(example.ctx, OfAddon(addon), "CreateAccount")
    assert made.ok, made.message
    with example.inside("examplehost"):
        assert sorted(sdk.store("accounts").names()) == [str(service), f"{service}-addon{addon}"]
    # ending the addon leaves the service's account where it is
    ended = lifecycle.run(example.ctx, OfAddon(addon), "TerminateAccount")
    assert ended.ok, ended.message
    with example.inside("examplehost"):
        assert list(sdk.store("accounts").names()) == [str(service)]
    assert example.status(service) == "Active"


def test_create_keeps_the_account_and_its_properties(example: Shop) -> None:
    service = example.service(disk="5120|5 GB")
    assert example.run(service, "CreateAccount").ok
    kept = account(example, service)
    assert kept is not None and (kept["package"], kept["disk"], kept["backups"]) == ("starter", "5120", True)
    assert example.kept(service, "Account Number") == f"EX{service:05d}"
    assert example.kept(service, "Disk Limit") == "5120"
    assert f"account of service {service} is ready" not in example.activity()  # its hooks.py is not active yet


def test_a_product_whose_module_settings_were_never_saved_gets_the_smallest(example: Shop) -> None:
    example.settings(configoption1="", configoption4="")
    service = example.service()
    outcome = example.run(service, "CreateAccount")
    assert outcome.ok, outcome.message
    kept = account(example, service)
    assert kept is not None and (kept["package"], kept["disk"]) == ("starter", "1024")


def test_hooks_run_once_the_module_is_in_use(example: Shop) -> None:
    with example.ctx.unit() as db:
        extensions.activate_hooks(db, "examplehost")
    service = example.service()
    assert example.run(service, "CreateAccount").ok
    assert f"account of service {service} is ready" in example.activity()


def test_a_create_that_finishes_later(example: Shop) -> None:
    example.settings(configoption5="later")
    service = example.service()
    outcome = example.run(service, "CreateAccount")
    assert (outcome.ok, outcome.state) == (False, "pending") and example.status(service) == "Pending"
    (second,) = lifecycle.resume_pending(example.ctx)
    assert second.ok and example.status(service) == "Active"


def test_a_password_is_kept_encrypted_and_out_of_the_log(example: Shop) -> None:
    service = example.service()
    assert example.run(service, "CreateAccount").ok
    assert not example.run(service, "ChangePassword", password="abcd").ok
    assert example.run(service, "ChangePassword", password="Wisteria-77").ok
    with example.inside("examplehost"):
        assert sdk.store("passwords").get(str(service)) == "Wisteria-77"
    assert "Wisteria-77" not in example.module_log()


@pytest.mark.parametrize(
    "function", ["SuspendAccount", "ChangePackage", "ChangePassword", "TerminateAccount", "restart"]
)
def test_commands_on_nothing_say_what_is_missing(example: Shop, function: str) -> None:
    outcome = example.run(example.service(), function, password="long enough")
    assert not outcome.ok and "There is no account for lily.example" in outcome.message


def test_every_kind_of_field_is_shown(example: Shop) -> None:
    fields = lifecycle.config_options(example.ctx, "examplehost", example.product)
    assert {field.type for field in fields} == set(FIELD_TYPES) - {""}
    assert [field.label for field in fields if field.secret] == ["API Key"]


def test_buttons_rows_and_pages(example: Shop) -> None:
    service = example.service()
    assert example.run(service, "CreateAccount").ok
    assert [b.label for b in lifecycle.buttons(example.ctx, service) if b.custom] == ["Restart", "Reset Traffic"]
    assert [b.label for b in lifecycle.client_buttons(example.ctx, service)] == ["Restart", "Statistics"]
    lifecycle.tabs.save(example.ctx, service, {"examplehost_note": '"><script>'})
    rows = dict(lifecycle.tabs.fields(example.ctx, service))
    assert rows["Account State"] == "active" and "&quot;&gt;&lt;script&gt;" in rows["Note"]
    page = example.run(service, "statistics")
    assert page.ok and page.value["templatefile"] == "statistics"
    output = lifecycle.clientarea.output(example.ctx, service)
    assert output.template == "overview.tpl" and output.variables["account"]["state"] == "active"


def test_the_connection_test_wants_an_address(example: Shop) -> None:
    module = extensions.module(example.host, "servers", "examplehost")
    empty = {"serverhostname": "", "serverip": ""}
    assert runtimes.call(example.ctx, module, "TestConnection", empty).value["success"] is False
    assert (
        runtimes.call(example.ctx, module, "TestConnection", {**empty, "serverip": "192.0.2.7"}).value["success"]
        is True
    )


def test_the_customer_sees_the_account_and_presses_its_buttons(example: Shop) -> None:
    example.settings(configoption6="Welcome <b>aboard</b>")
    service = example.service()
    assert example.run(service, "CreateAccount").ok
    browser = Browser(example).sign_in_as_client()
    address = f"/clientarea.php?action=productdetails&id={service}"
    text = browser.shop.get(address).get_data(as_text=True)
    assert "Welcome &lt;b&gt;aboard&lt;/b&gt;" in text and ">starter<" in text
    form = {"token": token(text), "modop": "custom", "a": "restart", "nonce": "n1"}
    browser.shop.post(address, data=form)
    assert account(example, service)["restarted"] == "2026-03-02 12:00:00"  # type: ignore[index]
    page = browser.shop.post(address, data={**form, "a": "statistics", "nonce": "n2"}).get_data(as_text=True)
    assert "Disk space: 1024 MB" in page and "Last restart: 2026-03-02 12:00:00" in page
    refused = browser.shop.post(address, data={**form, "a": "resetTraffic", "nonce": "n3"})
    assert "traffic" not in (account(example, service) or {}) and refused.status_code == 200


def test_the_customer_finds_the_ways_into_the_panel(example: Shop) -> None:
    service = example.service()
    browser = Browser(example).sign_in_as_client()
    with example.ctx.unit() as db:
        db.get_one(Service, service).domainstatus = "Active"
    address = f"/clientarea.php?action=productdetails&id={service}"
    early = browser.shop.get(address + "&dosinglesignon=1")
    assert "The account is not set up yet" in early.text and "Continue" not in early.text
    assert example.run(service, "CreateAccount").ok
    page = browser.shop.get(address).text
    assert "Open Control Panel" in page and f'data-identifier="backups" data-serviceid="{service}" data-active="1"' in page
    shown = browser.shop.get(address + "&dosinglesignon=1").text
    assert re.search(r'href="https?://[^"]+/login\?user=\w+&amp;key=\w{20}"', shown)
    action = browser.shop.post(address, data={"token": token(page), "customaction": "backups"}).text
    assert re.search(rf'href="https?://[^"]+/backups\?account={service}&amp;key=\w{{20}}"', action)
    example.settings(configoption3="")
    assert 'data-active="0" disabled' in browser.shop.get(address).text


def test_staff_reach_the_panel_of_a_node(example: Shop) -> None:
    module = extensions.module(example.host, "servers", "examplehost")
    given = {"serverhttpprefix": "https", "serverhostname": "node.example", "serverip": "", "serverport": "8443"}
    returned = runtimes.call(example.ctx, module, "AdminSingleSignOn", given)
    assert returned.problems == [] and returned.value["redirectTo"].startswith("https://node.example:8443/admin?key=")


def test_the_admin_writes_a_note_into_the_modules_row(example: Shop) -> None:
    service = example.service()
    assert example.run(service, "CreateAccount").ok
    browser = Browser(example).sign_in()
    address = f"/admin/clientsservices.php?userid={example.client}&id={service}"
    text = browser.shop.get(address).get_data(as_text=True)
    assert 'name="examplehost_note"' in text and text.count(">Account Number<") == 1
    browser.shop.post(address, data={"token": token(text), "examplehost_note": "call first"})
    assert account(example, service)["note"] == "call first"  # type: ignore[index]


def test_disk_and_traffic_are_measured_and_what_is_beyond_the_included_is_charged(example: Shop) -> None:
    service, elsewhere = example.service(disk="5120|5 GB"), example.service("rose.example")
    with example.ctx.unit() as db:
        node = Server(name="Node", type="examplehost")
        db.add(node)
        db.flush()
        row = db.get_one(Service, service)
        row.server, row.regdate, row.nextduedate = node.id, date(2026, 2, 1), date(2026, 3, 1)
        row.billingcycle = "Monthly"
        form = {"metric[disk][on]": "1", "metric[disk][included]": "256", "metric[disk][scheme]": "simple", "metric[disk][0][price][1]": "0.01"}
        usage.save(db, db.get_one(Product, example.product), [("disk", "Disk Space"), ("traffic", "Traffic")], form)
    assert example.run(service, "CreateAccount").ok and example.run(elsewhere, "CreateAccount").ok
    assert lifecycle.usage.collect(example.ctx, node.id) == ""
    with example.ctx.unit(read=True) as db:
        told = [(one.label, one.units.formatted(value)) for one, value, _when in lifecycle.usage.stats(db, db.get_one(Service, service))]
        assert told == [("Disk Space", "2.5 GB"), ("Traffic", "4 GB")]  # half of 5120; the 2nd of March
        assert [one.tenant for one in db.query(ServerTenant)] == ["lily.example"]
    invoice = lifecycle.usage.invoice(example.ctx, service)
    with example.ctx.unit(read=True) as db:
        assert db.get_one(Invoice, invoice).subtotal == Decimal("23.04")  # (2560 - 256) x 0.01
