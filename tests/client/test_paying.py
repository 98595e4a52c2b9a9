"""Paying in the client area: the gateway's own page and callbacks, cards, credit, mass payment, added funds."""

import re
from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from modulehost import app, settings
from modulehost.billing import credit, gateways, invoices, paymethods
from modulehost.context import Ctx, Host
from modulehost.schema import Client, GatewayLog, Invoice, Order, Transaction
from tests.client.shop import post, words
from tests.support.hosts import ADMIN

PAY = "/modules/gateways/testpay/pay"


def bill(ctx: Ctx, total: str = "30.00", method: str = "testpay") -> int:
    with ctx.unit() as db:
        return invoices.create(db, db.get_one(Client, 1), [invoices.Item("Work", Decimal(total))], paymentmethod=method).id


def status(ctx: Ctx, invoice_id: int) -> str:
    with ctx.unit(read=True) as db:
        return db.get_one(Invoice, invoice_id).status


def fields(html: str, action: str) -> dict[str, str]:
    """The hidden fields of the form that leads to `action`."""
    form = next(one for one in re.findall(r"<form.*?</form>", html, re.S) if action in one)
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))


def hosted(client: FlaskClient, invoice_id: int, outcome: str) -> str:
    """Go the way over the vendor's page; returns the words of the page at its end."""
    sent = fields(client.get(f"/viewinvoice.php?id={invoice_id}").text, PAY)
    there = client.get(PAY, query_string=sent)
    assert f"Invoice #{invoice_id}" in words(there)
    answer = client.post(PAY, data={**fields(there.text, PAY), "outcome": outcome})
    assert answer.status_code == 303 and "/modules/gateways/callback/testpay.php?" in answer.location
    back = client.get(answer.location)
    assert back.status_code == 303
    return words(client.get(back.location))


def test_the_vendors_page(client: FlaskClient, ctx: Ctx) -> None:
    one = bill(ctx)
    assert "did not go through" in hosted(client, one, "declined")
    assert status(ctx, one) == "Unpaid"
    assert "Your payment was received" in hosted(client, one, "success")
    assert status(ctx, one) == "Paid"
    with ctx.unit(read=True) as db:
        assert [row.result for row in db.scalars(select(GatewayLog).order_by(GatewayLog.id))] == ["Declined", "Success"]


def test_a_callback_is_checked(client: FlaskClient, ctx: Ctx) -> None:
    one = bill(ctx)
    address = f"/modules/gateways/callback/testpay.php?status=success&invoiceid={one}&amount=1.00&transid=T1"
    assert (client.get(address).status_code, client.get(address).text) == (400, "Invalid Signature")
    sent = fields(client.get(f"/viewinvoice.php?id={one}").text, PAY)
    assert client.get(PAY, query_string={**sent, "amount": "0.01"}).status_code == 400
    there = client.get(PAY, query_string=sent)
    answer = client.post(PAY, data={**fields(there.text, PAY), "outcome": "success"})
    client.get(answer.location)
    again = client.get(answer.location)  # the vendor tells the same twice
    assert (again.status_code, again.text) == (400, "Transaction ID Already Exists")
    with ctx.unit() as db:
        assert len(db.scalars(select(Transaction)).all()) == 1
        gateways.deactivate(db, "testpay")
    assert client.get(answer.location).status_code == 404
    assert client.get("/modules/gateways/callback/nothing.php").status_code == 404


def test_pending_then_settled_then_charged_back(client: FlaskClient, ctx: Ctx, host: Host) -> None:
    one = bill(ctx)
    assert "wait for its confirmation" in hosted(client, one, "pending")
    assert status(ctx, one) == "Payment Pending"
    assert client.get("/modules/gateways/testpay/desk").status_code == 302  # for staff alone
    staff = app.create_app(host).test_client()
    page = staff.get("/admin/login.php")
    token = re.search(r'name="token" value="([^"]+)"', page.text)
    assert token
    staff.post("/admin/login.php", data={"token": token[1], "username": ADMIN["username"], "password": ADMIN["password"]})
    desk = staff.get("/modules/gateways/testpay/desk")
    sent = fields(desk.text, "/desk")
    staff.post("/modules/gateways/testpay/desk", data={**sent, "do": "settle"})
    assert status(ctx, one) == "Paid"
    staff.post("/modules/gateways/testpay/desk", data={**sent, "do": "chargeback"})
    assert status(ctx, one) == "Unpaid"
    with ctx.unit(read=True) as db:
        assert [(str(row.amountin), str(row.amountout)) for row in db.scalars(select(Transaction).order_by(Transaction.id))] == [
            ("30.00", "0.00"), ("0.00", "30.00"),
        ]  # fmt: skip


CARD = {"ccinfo": "new", "ccnumber": "4242 4242 4242 4242", "ccexpirydate": "12/39", "cccvv": "123"}


def test_a_new_card_is_charged_and_kept(client: FlaskClient, ctx: Ctx) -> None:
    one, two = bill(ctx), bill(ctx, "12.00")
    assert "Pay with a card" in words(client.get(f"/viewinvoice.php?id={one}"))
    page = client.get(f"/invoice/{one}/pay")
    assert "Balance due $30.00 USD" in words(page)
    wrong = post(client, f"/invoice/{one}/pay", {**CARD, "ccnumber": "4242"})
    assert wrong.status_code == 400 and "The card number is not valid." in words(wrong) and "4242<" not in wrong.text
    paid = post(client, f"/invoice/{one}/pay", CARD, follow_redirects=True)
    assert "Your payment was received" in words(paid)
    with ctx.unit(read=True) as db:
        held = paymethods.of_client(db, 1)
    assert [item.name for item in held] == ["Visa-4242"]
    assert "Visa-4242" in words(client.get(f"/viewinvoice.php?id={two}"))
    post(client, f"/invoice/{two}/pay", {"ccinfo": str(held[0].id)})
    assert (status(ctx, one), status(ctx, two)) == ("Paid", "Paid")
    three = bill(ctx)
    post(client, f"/invoice/{three}/pay", {**CARD, "ccnumber": "5555555555554444", "nostore": "1"})
    with ctx.unit(read=True) as db:
        assert len(paymethods.of_client(db, 1)) == 1
    assert status(ctx, three) == "Paid"
    assert client.get(f"/invoice/{three}/pay").status_code == 303


def test_payment_methods(client: FlaskClient, ctx: Ctx) -> None:
    with ctx.unit() as db:
        other = Client(firstname="Else", email="else@example.com", currency=1)
        db.add(other)
    foreign = paymethods.add_token(ctx, other.id, "testpay", "tok_success_x", brand="Visa", last_four="1111", expiry="1239")
    assert "No payment methods yet" in words(client.get("/account/paymentmethods"))
    bad = post(client, "/account/paymentmethods/add", {"type": "card", "ccnumber": "1", "ccexpiry": "12/39"})
    assert bad.status_code == 400
    card = {"type": "card", "ccnumber": "4242424242424242", "ccexpiry": "12/39", "cardcvv": "123", "description": "Mine"}
    text = words(post(client, "/account/paymentmethods/add", card, follow_redirects=True))
    assert "The payment method was added." in text and "Visa-4242" in text and "12/39" in text
    with ctx.unit(read=True) as db:
        mine = paymethods.of_client(db, 1)[0].id
    post(client, "/account/paymentmethods/add", {**card, "ccnumber": "5555555555554444"})
    view = f"/account/paymentmethods/view/{mine}"
    assert "Mine" in client.get(view).text
    assert post(client, view, {"ccexpiry": "01/20", "description": "x"}).status_code == 400
    assert "Your changes were saved" in words(post(client, view, {"ccexpiry": "01/40", "description": "Ours"}, follow_redirects=True))
    for address in ("view", "default", "delete"):
        assert post(client, f"/account/paymentmethods/{address}/{foreign}", {}).status_code == 404
    post(client, f"/account/paymentmethods/delete/{mine}", {})
    with ctx.unit(read=True) as db:
        assert [one.name for one in paymethods.of_client(db, 1)] == ["MasterCard-4444"]
        assert len(paymethods.of_client(db, other.id)) == 1


def test_using_credit(client: FlaskClient, ctx: Ctx) -> None:
    one = bill(ctx)
    address = f"/viewinvoice.php?id={one}"
    assert "Your credit balance is" not in words(client.get(address))
    credit.change(ctx, 1, Decimal("50.00"), "Gift")
    page = client.get(address)
    assert "Your credit balance is $50.00 USD" in words(page) and 'value="30.00"' in page.text
    for amount, text in (("50.01", "You do not have that much credit."), ("31", "more than is due"), ("x", "amount above zero")):
        assert text in words(post(client, address, {"applycredit": "true", "creditamount": amount}, follow_redirects=True))
    part = words(post(client, address, {"applycredit": "true", "creditamount": "10.00"}, follow_redirects=True))
    assert "Your credit was used" in part and "Total $20.00 USD" in part
    post(client, address, {"applycredit": "true", "creditamount": "20"})
    assert status(ctx, one) == "Paid"


def test_mass_payment(client: FlaskClient, ctx: Ctx) -> None:
    assert "Nothing to pay" in words(client.get("/clientarea.php?action=masspay&all=true"))
    one, two = bill(ctx, "30.00"), bill(ctx, "12.50")
    page = client.get("/clientarea.php?action=masspay&all=true")
    assert "Total due $42.50 USD" in words(page)
    asked = {"geninvoice": "true", "paymentmethod": "testpay"}
    assert "Choose at least one invoice." in words(post(client, "/clientarea.php?action=masspay", asked))
    made = post(client, "/clientarea.php?action=masspay", {**asked, "invoiceids[]": [str(one), str(two), "99"]})
    assert made.status_code == 303
    together = int(made.location.rpartition("=")[2])
    post(client, f"/viewinvoice.php?id={together}", {"pay": "testpay"})
    assert [status(ctx, each) for each in (one, two, together)] == ["Paid"] * 3
    with ctx.unit() as db:
        settings.put(db, "EnableMassPay", "")
    assert client.get("/clientarea.php?action=masspay").status_code == 404


def test_adding_funds(client: FlaskClient, ctx: Ctx) -> None:
    address = "/clientarea.php?action=addfunds"
    assert "cannot be added at the moment" in words(client.get(address))
    with ctx.unit() as db:
        settings.put(db, "AddFundsEnabled", "on")
    assert "once you have an active order" in words(client.get(address))
    with ctx.unit() as db:
        db.add(Order(userid=1, ordernum=7, status="Active"))
    assert "Minimum deposit $10.00 USD" in words(client.get(address))
    low = post(client, address, {"amount": "9.99"})
    assert low.status_code == 400 and "must be at least $10.00 USD" in words(low)
    made = post(client, address, {"amount": "25", "paymentmethod": "testpay"})
    invoice = int(made.location.rpartition("=")[2])
    post(client, f"/viewinvoice.php?id={invoice}", {"pay": "testpay"})
    with ctx.unit(read=True) as db:
        assert db.get_one(Client, 1).credit == Decimal("25.00")


@pytest.mark.parametrize("address", ["/viewinvoice.php?id={}", "/invoice/{}/pay"])
def test_an_invoice_of_somebody_else(client: FlaskClient, ctx: Ctx, address: str) -> None:
    with ctx.unit() as db:
        other = Client(firstname="Else", email="else@example.com", currency=1)
        db.add(other)
        db.flush()
        theirs = invoices.create(db, other, [invoices.Item("Work", Decimal("5.00"))], paymentmethod="testpay").id
    assert client.get(address.format(theirs)).status_code == 404
    assert post(client, address.format(theirs), {"pay": "testpay", **CARD}).status_code == 404
    assert status(ctx, theirs) == "Unpaid"
