"""Users of a client: every page and action against every permission, and no address without a line in the table."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from modulehost import app
from modulehost.accounts import users
from modulehost.accounts.userpermissions import PERMISSIONS
from modulehost.context import Ctx, Host
from modulehost.schema import UserClient
from modulehost.web.client import access
from tests.security.world import Doors, addresses, send, snapshot

KIM = {"firstname": "Kim", "lastname": "Oh", "email": "kim@example.org", "password2": "Kims-pass-1"}
#: what a request needs, written down by hand: (method, address, form) -> permissions; {s}, {i}: ids of service and invoice
NEEDS: dict[tuple[str, str], set[str]] = {
    ("GET", "/clientarea.php"): set(),
    ("GET", "/cart.php"): set(),
    ("GET", "/user/profile"): set(),
    ("GET", "/user/security"): set(),
    ("GET", "/user/accounts"): set(),
    ("GET", "/clientarea.php?action=details"): {"profile"},
    ("POST", "/clientarea.php?action=details"): {"profile"},
    ("GET", "/clientarea.php?action=contacts"): {"contacts"},
    ("GET", "/account/contacts"): {"contacts"},
    ("POST", "/account/contacts/new"): {"contacts"},
    ("POST", "/account/contacts/save"): {"contacts"},
    ("POST", "/account/contacts/delete"): {"contacts"},
    ("GET", "/clientarea.php?action=services"): {"products"},
    ("GET", "/clientarea.php?action=productdetails&id={s}"): {"products"},
    ("POST", "/clientarea.php?action=productdetails&id={s}&modop=custom&a=ping"): {"products", "manageproducts"},
    ("POST", "/clientarea.php?action=productdetails&id={s}&modulechangepassword=1"): {"products", "manageproducts"},
    ("GET", "/clientarea.php?action=productdetails&id={s}&dosinglesignon=1"): {"products", "productsso"},
    ("GET", "/clientarea.php?action=invoices"): {"invoices"},
    ("GET", "/viewinvoice.php?id={i}"): {"invoices"},
    ("POST", "/viewinvoice.php?id={i}&gateway=banktransfer"): {"invoices"},
    ("GET", "/clientarea.php?action=emails"): {"emails"},
    ("GET", "/viewemail.php?id=1"): {"emails"},
    ("GET", "/clientarea.php?action=quotes"): {"quotes"},
    ("GET", "/clientarea.php?action=domains"): {"domains"},
    ("GET", "/clientarea.php?action=domaindns"): {"managedomains"},
    ("GET", "/supporttickets.php"): {"tickets"},
    ("GET", "/affiliates.php"): {"affiliates"},
    ("POST", "/cart.php?a=checkout&checkout=1"): {"orders"},
    ("GET", "/cart.php?gid=addons"): {"products"},
    ("POST", "/cart.php?a=add&aid=1&productid={s}"): {"products"},
    ("GET", "/clientarea.php?action=cancel&id={s}"): {"orders"},
    ("GET", "/upgrade.php?type=package&id={s}"): {"orders"},
    ("GET", "/upgrade?serviceid={s}"): {"orders"},
    ("GET", "/account/users"): {"owner"},
    ("POST", "/account/users/invite"): {"owner"},
    ("POST", "/account/users/remove"): {"owner"},
    ("POST", "/account/users/permissions/1"): {"owner"},
    ("GET", "/clientarea.php?action=nonsense"): {"owner"},
}


@pytest.fixture
def application(host: Host) -> Flask:
    return app.create_app(host)


@pytest.fixture
def kim(ctx: Ctx, application: Flask, doors: Doors) -> FlaskClient:
    with ctx.unit() as db:
        users.link(db, users.create(db, KIM).id, 1)
    browser = application.test_client()
    assert send(browser, "/login", username=KIM["email"], password=KIM["password2"]).status_code == 303
    return browser


def give(ctx: Ctx, *names: str) -> None:
    with ctx.unit() as db:
        db.query(UserClient).filter_by(owner=0).order_by(UserClient.id.desc()).limit(1).one().permissions = ",".join(names)


def test_every_permission_against_every_page(ctx: Ctx, kim: FlaskClient, doors: Doors) -> None:
    """Each page is refused with all permissions but one of those it needs, and open with exactly those it needs."""
    asked = 0
    for (method, pattern), needs in NEEDS.items():
        address = pattern.format(s=doors.service, i=doors.invoice)
        sets = [(needs - {"owner"}, "owner" not in needs)]
        sets += [(set(PERMISSIONS) - {one}, False) for one in needs - {"owner"}]
        sets += [(set(PERMISSIONS), True)] if "owner" not in needs else [(set(PERMISSIONS), False)]
        for held, opens in sets:
            give(ctx, *held)
            answer = kim.get(address) if method == "GET" else send(kim, address)
            refused = answer.status_code == 403 and "does not have the permission" in answer.text
            assert refused is not opens, (method, address, sorted(held), answer.status_code)
            asked += 1
    assert asked > 90


def test_without_permissions_nothing_changes(ctx: Ctx, host: Host, kim: FlaskClient, doors: Doors, application: Flask) -> None:
    kim.get("/clientarea.php")
    before = snapshot(host)
    own = ("/user/", "/login", "/logout", "/register", "/password", "/pwreset", "/dologin", "/oauth", "/invite", "/dismiss", "/index", "/cart", "/account/security")
    for address, methods, endpoint in addresses(application):
        if endpoint.startswith("client.") and "POST" in methods and not address.startswith(own):
            answer = send(kim, address, id="1", contactid="1", userid="1", inviteid="1", save="1", action="details")
            assert answer.status_code in (403, 404, 405, 501), (address, answer.status_code)
    assert snapshot(host) == before


def test_every_address_has_a_line_in_the_table(application: Flask) -> None:
    """A page that the table does not name is closed to all but the owner: name it in web/client/access.py."""
    found = {address for address, _, endpoint in addresses(application) if endpoint.startswith("client.")}
    assert len(found) > 50
    assert sorted(address for address in found if not access.listed(address)) == []


def test_every_action_of_the_client_area_has_a_line_in_the_table() -> None:
    from modulehost.web.client.home import ACTIONS

    assert sorted(set(ACTIONS) - set(access.ACTIONS)) == []
