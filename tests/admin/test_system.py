"""Credentials, roles, settings, vendor endpoints, logs, the module queue, administrators."""

import json
import re
from typing import Any

import pytest

from modulehost import app, settings
from modulehost.accounts import admins, credentials
from modulehost.context import Ctx, Host
from modulehost.journal import module_log
from modulehost.schema import Admin, AdminRole, ApiCredential, ApiRole, ModuleLog, ModuleQueue, Service

from .conftest import Browser, wrongs

API = "/admin/configapicredentials.php"


def test_role_and_credential_with_its_secret_shown_once(admin: Browser, ctx: Ctx) -> None:
    admin.saved(
        API + "?action=role", {"role": "Reader", "description": "Reads", "allowed": ["GetClients", "GetProducts"]}
    )
    answer = admin.post(API + "?action=create", {"admin": "1", "description": "CI", "roles": ["1"]})
    assert answer.status_code == 200
    identifier, secret = re.findall(r'readonly id="new(?:Identifier|Secret)" value="(\w{32})"', answer.text)
    assert secret not in admin.text(API) and identifier in admin.text(API)
    actor, credential = credentials.check(ctx, identifier, secret, "127.0.0.1")
    assert actor.id == 1 and credential is not None
    with ctx.unit(read=True) as db:
        assert credentials.allows(db, credential, "GetClients") and not credentials.allows(db, credential, "AddOrder")
        assert secret not in json.dumps(
            [str(getattr(credential, c.key)) for c in ApiCredential.__mapper__.column_attrs]
        )
    admin.saved(API + "?action=role&id=1", {"role": "Reader", "allowed": ["AddOrder"]})
    with ctx.unit(read=True) as db:
        assert credentials.role_actions(db.get_one(ApiRole, 1)) == {"addorder"}
    admin.saved(API, action="deleterole", id="1", confirmed="1")
    assert "1 credential(s) have it" in admin.text(API)
    assert "Are you sure" in admin.post(API, action="delete", id=str(credential.id)).text
    admin.saved(API, action="delete", id=str(credential.id), confirmed="1")
    with pytest.raises(credentials.Refused):
        credentials.check(ctx, identifier, secret, "127.0.0.1")
    admin.saved(API, action="deleterole", id="1", confirmed="1")
    assert "No API roles" in admin.text(API)


def test_a_credential_needs_a_role_and_a_role_a_name(admin: Browser) -> None:
    assert (
        "You must enter a role name"
        in wrongs(admin.post(API + "?action=role", {"role": " ", "allowed": ["GetClients"]}))[0]
    )
    admin.saved(API + "?action=role", {"role": "Reader", "allowed": ["GetClients"]})
    assert "Choose at least one role" in wrongs(admin.post(API + "?action=create", {"admin": "1"}))[0]


def value(ctx: Ctx, name: str) -> str:
    with ctx.unit(read=True) as db:
        return settings.get(db, name)


def test_general_settings(admin: Browser, ctx: Ctx) -> None:
    page = "/admin/configgeneral.php?tab=1"
    form = {
        "CompanyName": "Zylker <Ltd>",
        "Email": "a@example.com",
        "SystemURL": "https://host.example/",
        "Template": "harbour",
    }
    admin.saved(page, {**form, "Version": "8.13.1-release.1", "InvoicePayTo": "A\r\nB"})
    assert value(ctx, "CompanyName") == "Zylker <Ltd>" and value(ctx, "InvoicePayTo") == "A\nB"
    assert value(ctx, "SystemURL") == "https://host.example/"
    assert "Zylker &lt;Ltd&gt;" in admin.get("/admin/index.php").text
    for field, bad, text in (
        ("SystemURL", "host.example", "System URL must begin with http"),
        ("Version", "eight", "The emulated version must look like"),
        ("CompanyName", "", "Company Name is required."),
    ):
        assert text in wrongs(admin.post(page, {**form, field: bad}))[0]
    admin.saved("/admin/configgeneral.php?tab=2", DateFormat="YYYY-MM-DD", Language="english", DefaultCountry="DE")
    assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d", admin.text("/admin/systemactivitylog.php"))
    admin.saved("/admin/configgeneral.php?tab=10", APIAllowedIPs="10.0.0.0/8\r\n127.0.0.1")
    assert value(ctx, "APIAllowedIPs") == "10.0.0.0/8\n127.0.0.1"


def test_vendor_endpoints(admin: Browser, ctx: Ctx) -> None:
    page = "/admin/vendorendpoints.php"
    lines = {
        "vendor": ["https://mail.example.com/", "https://old.example", ""],
        "target": ["http://127.0.0.1:9001/", "", "http://x"],
    }
    admin.saved(page, lines)
    assert json.loads(value(ctx, "mh_endpoints")) == {"https://mail.example.com": "http://127.0.0.1:9001"}
    assert 'value="https://mail.example.com"' in admin.text(page)
    answer = admin.post(page, {"vendor": ["https://a.example"], "target": ["ftp://b.example"]})
    assert "“ftp://b.example” is not an address" in answer.text and 'value="ftp://b.example"' in answer.text


def test_module_log(admin: Browser, ctx: Ctx) -> None:
    page = "/admin/systemmodulelog.php"
    module_log(
        ctx, "demo", "CreateAccount", {"token": "s3cret", "domain": "a.example"}, '{"id": 7}', replace=["s3cret"]
    )
    module_log(ctx, "other", "Ping", "<x>", "pong")
    listed = admin.get(page).text
    assert "CreateAccount" in listed and "&lt;x&gt;" in listed and "<x>" not in listed
    with ctx.unit(read=True) as db:
        key = db.query(ModuleLog).filter_by(module="demo").one().id
    entry = admin.text(f"{page}?id={key}")
    assert "s3cret" not in entry and "a.example" in entry and '"id": 7\n}' in entry
    assert "Ping" not in admin.text(page + "?module=demo").split("<tbody>")[1]
    assert "CreateAccount" in admin.text(page + "?text=A.EXAMPLE")
    admin.saved(page, action="disable")
    assert "Debug logging is off" in admin.text(page)
    assert module_log(ctx, "demo", "x", "", "") == 0
    admin.saved(page, action="enable")
    assert "Are you sure" in admin.post(page, action="reset").text
    admin.saved(page, action="reset", confirmed="1")
    assert "No entries" in admin.text(page)


def test_activity_log_filters(admin: Browser) -> None:
    page = "/admin/systemactivitylog.php"
    assert "Admin Login Successful" in admin.text(page + "?description=login+successful&username=ADMIN")
    assert "Nothing found" in admin.text(page + "?description=nothing-like-this")


def test_module_queue(admin: Browser, ctx: Ctx, service: int) -> None:
    page = "/admin/modulequeue.php"
    with ctx.unit() as db:
        db.get_one(Service, service).domain = "bad.example"
        for number in (1, 2):
            db.add(
                ModuleQueue(service_type="service", service_id=service, module_name="demo", module_action="CreateAccount",
                            last_attempt=ctx.host.clock.now(), last_attempt_error=f"<i>down {number}</i>", completed=number - 1)
            )  # fmt: skip
    listed = admin.get(page).text
    assert "&lt;i&gt;down 1" in listed and "down 2" not in listed and "Asha Rao" in listed
    assert "down 2" in admin.text(page + "?completed=1")
    admin.saved(page, action="retry", id="1", nonce="n1")
    assert "Module Command Error" in admin.text(page)
    with ctx.unit() as db:
        db.get_one(Service, service).domain = "good.example"
    assert "Do you want to run everything" in admin.post(page, action="retryall").text
    admin.saved(page, action="retryall", confirmed="1")
    assert "1 command(s) succeeded" in admin.text(page)
    assert "The module queue is empty" in admin.text(page)
    with ctx.unit() as db:
        db.get_one(ModuleQueue, 2).completed = 0
    admin.saved(page, action="resolve", id="2")
    assert "The module queue is empty" in admin.text(page)


def test_administrators(admin: Browser, ctx: Ctx, host: Host) -> None:
    page = "/admin/configadmins.php?action=manage"
    new = {"username": "bea", "password": "Bea-pass-12", "roleid": "2", "firstname": "Bea", "email": "bea@example.com"}
    admin.saved(page, new)
    bea = Browser(app.create_app(host).test_client())
    assert bea.sign_in("bea", "Bea-pass-12").status_code == 303
    assert "already in use" in wrongs(admin.post(page, new))[0]
    admin.saved(page + "&id=2", {**new, "password": "********", "lastname": "Berg"})
    assert bea.get("/admin/index.php").status_code == 200  # the mask left the password alone
    admin.saved(page + "&id=2", {**new, "password": "Other-pass-1"})
    assert bea.get("/admin/index.php").status_code == 302  # a new password ends the session
    assert bea.sign_in("bea", "Other-pass-1").status_code == 303
    admin.saved(page + "&id=2", {**new, "password": "********", "disabled": "1"})
    assert bea.get("/admin/index.php").status_code == 302
    with ctx.unit(read=True) as db:
        assert (db.get_one(Admin, 2).disabled, db.get_one(Admin, 2).roleid) == (1, 2)


def test_nobody_locks_themselves_out(admin: Browser) -> None:
    me = {"roleid": "1", "password": "********", "email": "admin@example.com"}
    answer = admin.post("/admin/configadmins.php?action=manage&id=1", {**me, "disabled": "1"})
    assert "cannot disable yourself" in wrongs(answer)[0]
    answer = admin.post("/admin/configadmins.php?action=manage&id=1", {**me, "roleid": "2"})
    assert "cannot disable yourself or change your own role" in wrongs(answer)[0]
    answer = admin.post(
        "/admin/configadminroles.php?action=edit&id=1", {"name": "Full", "permission": ["Main Homepage"]}
    )
    assert "Your own role must keep" in wrongs(answer)[0]
    admin.saved("/admin/configadmins.php?action=manage&id=1", {**me, "password": "New-pass-123"})
    assert admin.get("/admin/index.php").status_code == 200  # the own session goes on


def test_roles_of_administrators(admin: Browser, ctx: Ctx) -> None:
    page = "/admin/configadminroles.php"
    admin.saved(
        page + "?action=edit",
        {"name": "Billing", "permission": ["Main Homepage", "List Invoices", "No such permission"]},
    )
    with ctx.unit(read=True) as db:
        role: Any = db.query(AdminRole).filter_by(name="Billing").one()
        assert admins.permissions_of(db, role.id) == {"Main Homepage", "List Invoices"}
    admin.saved(page, action="delete", id=str(role.id), confirmed="1")
    assert "Billing" not in admin.text(page).split("<tbody>")[1]
    admin.saved(page, action="delete", id="1", confirmed="1")
    assert "1 administrator(s) have it" in admin.text(page)
