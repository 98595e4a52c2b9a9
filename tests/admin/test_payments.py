"""Credit, refunds and captures of an invoice; Payment Gateways, the gateway log, credit and pay methods of a client."""

import re
from datetime import date
from decimal import Decimal

import pytest

from modulehost.billing import cards, credit, gatewaycalls, gateways, invoices, issuing, paymethods
from modulehost.billing.invoices import Item
from modulehost.context import Ctx
from modulehost.schema import Client, GatewayCall, Invoice

from .conftest import Browser, wrongs


@pytest.fixture
def invoice(ctx: Ctx) -> int:
    """An unpaid invoice of 20.00 for the test gateway."""
    return issuing.issue(ctx, 1, [Item("Mail", Decimal("20.00"))], date=date(2020, 1, 1), paymentmethod="testpay")


def page(admin: Browser, tab: str) -> str:
    return admin.text(f"/admin/invoices.php?action=edit&id=1&tab={tab}")


def nonce(html: str) -> str:
    found = re.search(r'name="nonce" value="(\w+)"', html)
    assert found
    return found[1]


def change(admin: Browser, action: str, **fields: str) -> str:
    return admin.saved(f"/admin/invoices.php?id=1&action={action}", fields)


def state(ctx: Ctx) -> tuple[str, str, str]:
    """Status, balance, and the client's credit."""
    with ctx.unit(read=True) as db:
        row = db.get_one(Invoice, 1)
        return row.status, str(invoices.balance(db, row)), str(db.get_one(Client, 1).credit)


def test_credit_on_an_invoice(admin: Browser, ctx: Ctx, invoice: int) -> None:
    credit.change(ctx, 1, Decimal("12.00"), "Gift")
    shown = page(admin, "credit")
    assert "$12.00 USD" in shown and 'value="12.00"' in shown
    for _ in range(2):  # the second click on one page
        change(admin, "addcredit", amount="5.00", nonce=nonce(shown))
    assert state(ctx) == ("Unpaid", "15.00", "7.00")
    answer = admin.post("/admin/invoices.php?id=1&action=addcredit", {"amount": "7.01"})
    assert "Amount exceeds customer credit balance" in wrongs(answer)[0]
    change(admin, "removecredit", amount="2.00")
    assert state(ctx) == ("Unpaid", "17.00", "9.00")


def test_capture_and_refunds(admin: Browser, ctx: Ctx, invoice: int) -> None:
    once = nonce(page(admin, "summary"))
    change(admin, "capture", nonce=once, confirmed="1")
    assert state(ctx) == ("Paid", "0.00", "0.00")
    shown = page(admin, "refund")
    for _ in range(2):
        change(admin, "refund", transid="1", amount="5.00", type="gateway", nonce=nonce(shown))
    assert state(ctx)[1] == "5.00"
    change(admin, "refund", transid="1", amount="3", type="credit")
    change(admin, "refund", transid="1", amount="2", type="record", refundtransid="BANK-1")
    assert state(ctx) == ("Paid", "10.00", "3.00")
    for fields, text in (
        ({"transid": "1", "amount": "10.01", "type": "record"}, "at most $10.00 USD"),
        ({"transid": "99", "type": "record"}, "Choose the payment to refund"),
        ({"transid": "1", "type": "cash"}, "Choose how to refund"),
    ):
        assert text in wrongs(admin.post("/admin/invoices.php?id=1&action=refund", fields))[0]
    change(admin, "refund", transid="1", type="record", reverse="1")
    assert state(ctx)[0] == "Refunded"
    assert "Nothing to refund" in page(admin, "refund")


def test_an_unknown_outcome_is_resolved(admin: Browser, ctx: Ctx, invoice: int) -> None:
    with ctx.unit() as db:
        row = GatewayCall(kind="capture", gateway="testpay", invoice_id=1, amount=Decimal("20.00"), owner="gone", state="running")
        row.started_at = ctx.host.clock.now()
        db.add(row)
    gatewaycalls.recover(ctx)
    assert "Outcome Unknown" in page(admin, "summary") and "Outcome Unknown" in admin.text("/admin/gatewaylog.php")
    refused = admin.post("/admin/invoices.php?id=1&action=capture", {"confirmed": "1"})
    assert "not known" in wrongs(refused)[0]
    change(admin, "resolve", call="1", happened="1", transid="V-1")
    assert state(ctx)[0] == "Paid"
    assert "Outcome Unknown" not in page(admin, "summary")


def test_notes(admin: Browser, ctx: Ctx, invoice: int) -> None:
    change(admin, "notes", notes="Thank <you>")
    assert "Thank <you>" in page(admin, "notes")
    change(admin, "options", date="2020-01-01", duedate="2020-02-01", paymentmethod="mailin")
    with ctx.unit(read=True) as db:
        assert (db.get_one(Invoice, 1).notes, db.get_one(Invoice, 1).paymentmethod) == ("Thank <you>", "mailin")


def test_payment_gateways(admin: Browser, ctx: Ctx) -> None:
    url = "/admin/configgateways.php"
    assert "Test Gateway" in admin.text(url) and "Mail In Payment" in admin.text(url)
    folder = ctx.host.root / "modules" / "gateways"
    folder.mkdir(parents=True)
    (folder / "acme.py").write_text(
        "def acme_config():\n"
        "    return {'FriendlyName': {'Type': 'System', 'Value': 'Acme Pay'}, 'key': {'Type': 'password'}}\n\n\n"
        "def acme_config_validate(params):\n"
        "    if params['key'] == 'wrong':\n        raise ValueError('the key is not known')\n"
    )
    admin.saved(url, {"action": "activate", "gateway": "acme"})
    admin.saved(url, {"action": "save", "gateway": "acme", "name": "Acme", "visible": "1", "fields[acme][key]": "s3cret-1"})
    shown = admin.text(url)
    assert "s3cret-1" not in shown and "Acme" in shown
    answer = admin.post(url, {"action": "save", "gateway": "acme", "name": "Acme", "fields[acme][key]": "wrong"})
    assert answer.status_code == 422 and "the key is not known" in answer.text
    admin.saved(url, {"action": "up", "gateway": "acme"})
    with ctx.unit(read=True) as db:
        assert gateways.values(db, "acme")["key"] == "s3cret-1"
        assert [one.module for one in gateways.active(db)] == ["mailin", "acme", "testpay"]
    assert "Are you sure" in admin.post(url, {"action": "deactivate", "gateway": "acme"}).text
    admin.saved(url, {"action": "deactivate", "gateway": "acme", "confirmed": "1"})
    with ctx.unit(read=True) as db:
        assert [one.module for one in gateways.active(db)] == ["mailin", "testpay"]
    assert admin.post(url, {"action": "activate", "gateway": "nothing"}).status_code == 303
    assert "there is no module" in admin.text(url).lower()


def test_the_gateway_log(admin: Browser, ctx: Ctx, invoice: int) -> None:
    assert "Nothing was logged" in admin.text("/admin/gatewaylog.php")
    gatewaycalls.capture(ctx, 1)
    assert "TEST-1-" in admin.text("/admin/gatewaylog.php?gateway=testpay&result=success")
    assert "Nothing was logged" in admin.text("/admin/gatewaylog.php?result=declined")
    assert "TEST-1-" in admin.text("/admin/gatewaylog.php?id=1")


def test_a_clients_credit_and_pay_methods(admin: Browser, ctx: Ctx) -> None:
    url = "/admin/clientscredits.php?userid=1"
    assert "No credit movements" in admin.text(url)
    shown = admin.text(url)
    for _ in range(2):
        admin.saved(url, {"type": "add", "amount": "15.00", "description": "Sorry", "nonce": nonce(shown)})
    assert "$15.00 USD" in admin.text(url)
    answer = admin.post(url, {"type": "remove", "amount": "15.01", "description": "x"})
    assert answer.status_code == 422 and "only $15.00 USD of credit" in answer.text
    assert "Write what the credit is for" in admin.post(url, {"amount": "1"}).text
    url = "/admin/clientspaymethods.php?userid=1"
    assert "No pay methods" in admin.text(url)
    card = cards.read("4242424242424242", "12/39", date(2026, 1, 1))
    first, second = paymethods.add_card(ctx, 1, card), paymethods.add_card(ctx, 1, card)
    assert "Visa-4242" in admin.text(url)
    admin.saved(url, {"action": "default", "paymethodid": str(second)})
    admin.saved(url, {"action": "delete", "paymethodid": str(first), "confirmed": "1"})
    with ctx.unit(read=True) as db:
        assert [one.id for one in paymethods.of_client(db, 1)] == [second]
