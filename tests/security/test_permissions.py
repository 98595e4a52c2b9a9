"""A role without permissions is refused by every page and every change of the admin area, whoever adds the page."""

import re

import pytest
from flask import Flask

from modulehost import app
from modulehost.accounts import admins
from modulehost.context import Ctx, Host
from tests.security.world import Doors, addresses, restricted, send, snapshot

#: open to everybody: signing in and out, and the pages' own style and script files
OPEN = {"admin.login", "admin.dologin", "admin.dologin_page", "admin.logout", "admin.static", "admin.challenge", "admin.challenge_verify"}
#: open to whoever is signed in, for their own second factor: where it is required, they can do nothing else before it
OWN = {"admin.two_factor", "admin.change_two_factor"}


@pytest.fixture
def application(host: Host) -> Flask:
    return app.create_app(host)


def test_guests_are_sent_to_the_sign_in(application: Flask, doors: Doors) -> None:
    for address, methods, endpoint in addresses(application, "/admin"):
        if endpoint in OPEN:
            continue
        for method in methods:
            browser = application.test_client()
            browser.get("/admin/login.php")
            with browser.session_transaction() as session:
                token = session["token"]
            answer = browser.open(address, method=method, data={"token": token} if method != "GET" else None)
            assert answer.status_code in (302, 303), (method, address, answer.status_code)
            assert answer.headers["Location"].startswith("/admin/login.php"), (method, address)


def test_a_role_without_permissions_gets_nothing(ctx: Ctx, host: Host, application: Flask, doors: Doors) -> None:
    browser = application.test_client()
    answer = send(browser, "/admin/dologin.php", restricted(ctx))
    assert answer.status_code == 303
    before = snapshot(host)
    asked = 0
    for address, methods, endpoint in addresses(application, "/admin"):
        if endpoint in OPEN | OWN:
            continue
        for method in methods:
            answer = browser.get(address) if method == "GET" else send(browser, address, id="1", userid="1", action="x")
            assert answer.status_code == 403, (method, address, answer.status_code)
            assert "has no permission" in answer.text, (method, address)
            asked += 1
    for address in [
        *(one for one in doors.admin if one != "/admin/twofactor.php"),
        *(one for one in doors.tempting if one.startswith("/admin/") and "logout" not in one),
    ]:
        assert browser.get(address).status_code == 403, address
    assert asked > 40
    assert snapshot(host) == before


def test_each_action_asks_for_its_own_permission(ctx: Ctx, host: Host, application: Flask, doors: Doors) -> None:
    """With the pages readable, but nothing else: what changes something is refused."""
    reading = [name for name in admins.PERMISSIONS if re.match(r"(View|List) ", name)]
    browser = application.test_client()
    send(browser, "/admin/dologin.php", restricted(ctx, "Main Homepage", *reading))
    changes = [
        ("configproducts.php", {"action": one, "id": "1", "ids": "1", "name": "N", "confirmed": "1"})
        for one in (
            "create",
            "creategroup",
            "editgroup",
            "deletegroup",
            "movegroup",
            "edit",
            "delete",
            "duplicate",
            "deletefield",
        )
    ]
    changes += [
        ("clientsservices.php", {"id": str(doors.service), "modop": one})
        for one in ("create", "terminate", "custom", "singlesignon", "")
    ]
    changes += [
        ("invoices.php", {"id": str(doors.invoice), "action": one, "confirmed": "1"})
        for one in ("paid", "cancel", "lines", "addpayment")
    ]
    changes += [("orders.php", {"id": str(doors.order), "action": "delete", "confirmed": "1"})]
    changes += [
        ("clientsinvoices.php", {"userid": "1"}),
        ("clientssummary.php", {"userid": "1"}),
        ("clientsprofile.php", {"userid": "1"}),
        *(("clientsusers.php", {"userid": "1", "action": one, "user": "1", "confirmed": "1"}) for one in ("add", "remove", "owner")),
        ("clientscontacts.php", {"userid": "1", "contactid": "1", "action": "delete", "confirmed": "1"}),
        ("clientsclose.php", {"userid": "1", "confirmed": "1"}),
        ("clientsgenerateinvoices.php", {"userid": "1", "confirmed": "1"}),
        ("clientsdelete.php", {"userid": "1", "confirmed": "1"}),
    ]
    changes += [
        ("clientsadd.php", {}),
        ("configgeneral.php", {}),
        ("configadmins.php", {}),
        ("configadminroles.php", {}),
        ("ordersadd.php", {"userid": "1", "pid": str(doors.product)}),
        *(("configpromotions.php", {"id": "1", "action": one, "confirmed": "1"}) for one in ("manage", "expire", "delete")),
        ("configcurrencies.php", {"id": "1", "action": "default", "confirmed": "1"}),
        ("configclientgroups.php", {"id": "1", "action": "delete", "confirmed": "1"}),
    ]
    before = snapshot(host)
    for page, data in changes:
        answer = send(browser, f"/admin/{page}", data)
        assert answer.status_code == 403, (page, data, answer.status_code)
    assert snapshot(host) == before


def test_a_disabled_administrator_and_a_changed_password_end_the_session(
    ctx: Ctx, application: Flask, doors: Doors
) -> None:
    from modulehost.schema import Admin

    browser = application.test_client()
    send(browser, "/admin/dologin.php", restricted(ctx, "Main Homepage"))
    assert browser.get("/admin/").status_code == 200
    with ctx.unit() as db:
        row = db.query(Admin).filter_by(username="narrow").one()
        admins.set_password(row, "Another-pass-2")
    assert browser.get("/admin/").status_code == 302
