"""Two clicks are one order, one payment; what is not one's own is not there."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from modulehost import app
from modulehost.accounts import clients
from modulehost.context import Ctx, Host
from modulehost.schema import Client, Invoice, Order, Transaction
from tests.security.world import Doors, send, signed_in
from tests.support.hosts import CLIENT_DATA


@pytest.fixture
def application(host: Host) -> Flask:
    return app.create_app(host)


def at_once(application: Flask, browser: Any, address: str, data: dict[str, Any], times: int = 4) -> list[int]:
    """The same form sent several times at once from one browser; returns the statuses."""
    cookie = browser.get_cookie("modulehost").value
    with browser.session_transaction() as session:
        token = session["token"]

    def one(_n: int) -> int:
        again = application.test_client()
        again.set_cookie("modulehost", cookie)
        return int(again.post(address, data={"token": token, **data}).status_code)

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


def count(ctx: Ctx, kind: Any, *where: Any) -> int:
    with ctx.unit(read=True) as db:
        return db.scalar(select(func.count()).select_from(kind).where(*where)) or 0


@pytest.mark.parametrize("nonce", [{}, {"nonce": "n" * 24}])
def test_one_order_for_a_cart(ctx: Ctx, application: Flask, doors: Doors, nonce: dict[str, str]) -> None:
    """With the form's one-time value, and with an order form of somebody else's, which has none."""
    browser = signed_in(application, admin=False)
    send(browser, f"/cart.php?a=add&pid={doors.product}&domain=two.example")
    with ctx.unit() as db:
        db.get_one(Client, 1).firstname = "Asha"
    before = count(ctx, Order)
    assert set(
        at_once(application, browser, "/cart.php?a=checkout", {"checkout": "1", "paymentmethod": "mailin", **nonce})
    ) == {303}
    assert count(ctx, Order) == before + 1


def test_one_payment_for_an_invoice(ctx: Ctx, application: Flask, doors: Doors) -> None:
    browser = signed_in(application, admin=False)
    with ctx.unit() as db:
        db.get_one(Invoice, doors.invoice).paymentmethod = "testpay"
    before = count(ctx, Transaction, Transaction.gateway == "testpay")
    at_once(application, browser, f"/viewinvoice.php?id={doors.invoice}", {"pay": "testpay"})
    assert count(ctx, Transaction, Transaction.gateway == "testpay") == before + 1
    with ctx.unit(read=True) as db:
        assert db.get_one(Invoice, doors.invoice).status == "Paid"
        assert db.get_one(Client, 1).credit == 0


def test_what_belongs_to_others_is_not_there(ctx: Ctx, application: Flask, doors: Doors) -> None:
    with ctx.unit() as db:
        clients.create(db, {**CLIENT_DATA, "email": "eve@example.com", "password2": "Other-pass-1"})
    browser = application.test_client()
    assert send(browser, "/login", username="eve@example.com", password="Other-pass-1").status_code == 303
    for address in (
        f"/clientarea.php?action=productdetails&id={doors.service}",
        f"/clientarea.php?action=productdetails&id={doors.service}&dosinglesignon=1",
        f"/clientarea.php?action=productdetails&id={doors.service}&modop=custom&a=ping",
        f"/viewinvoice.php?id={doors.invoice}",
    ):
        assert browser.get(address).status_code == 404, address
        answer = send(browser, address, pay="testpay", modulechangepassword="1", newpw="abcdefgh", confirmpw="abcdefgh")
        assert answer.status_code == 404, address
    assert browser.get("/viewemail.php?id=1").status_code == 404
    assert send(browser, "/user/accounts", id="1").status_code == 404


def test_fields_that_no_form_has_are_not_stored(ctx: Ctx, application: Flask) -> None:
    browser = signed_in(application, admin=False)
    data = {
        **CLIENT_DATA,
        "credit": "100",
        "status": "Closed",
        "groupid": "1",
        "notes": "x",
        "taxexempt": "on",
        "id": "9",
    }
    assert send(browser, "/clientarea.php?action=details", {**data, "save": "1"}).status_code == 200
    with ctx.unit(read=True) as db:
        row = db.get_one(Client, 1)
        assert (row.credit, row.status, row.groupid, row.notes, row.taxexempt) == (0, "Active", 0, "", 0)


def test_amounts_that_no_row_can_hold(ctx: Ctx) -> None:
    from modulehost import api

    values = {"userid": "1", "itemdescription1": "x", "itemamount1": "1e20"}
    answer = api.call(ctx, "CreateInvoice", values)
    assert answer["result"] == "error"
    assert "tblinvoiceitems.amount holds amounts below" in answer["message"]
    assert count(ctx, Invoice) == 0
