"""The invoice page: what it shows, and how it is paid."""

from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from modulehost import settings
from modulehost.billing import gateways, invoices, payments
from modulehost.context import Ctx
from modulehost.schema import Client, Invoice, Transaction
from tests.client.shop import post, words


@pytest.fixture
def bill(ctx: Ctx) -> int:
    """An unpaid invoice of client 1: 30.00 for two lines."""
    with ctx.unit() as db:
        items = [
            invoices.Item("Domain <b>name</b>\nsecond line", Decimal("10.00")),
            invoices.Item("Work", Decimal("20.00")),
        ]
        return invoices.create(db, db.get_one(Client, 1), items, paymentmethod="mailin").id


def status(ctx: Ctx, bill: int) -> str:
    with ctx.unit(read=True) as db:
        return db.get_one(Invoice, bill).status


def test_the_page(client: FlaskClient, bill: int) -> None:
    page = client.get(f"/viewinvoice.php?id={bill}")
    text = words(page)
    for expected in (
        f"Invoice #{bill}",
        "Unpaid",
        "Asha Rao",
        "Example Ltd",
        "India",
        "$10.00 USD",
        "$20.00 USD",
        "Total $30.00 USD",
    ):
        assert expected in text, expected
    assert "Domain &lt;b&gt;name&lt;/b&gt;<br>" in page.text
    assert "Send your payment with the invoice number" in text
    assert 'name="pay"' not in page.text


def test_choosing_another_method_and_paying(client: FlaskClient, ctx: Ctx, bill: int) -> None:
    address = f"/viewinvoice.php?id={bill}"
    page = post(client, address, {"gateway": "testpay"}, follow_redirects=True)
    assert "The payment method of this invoice was changed" in words(page)
    assert 'name="pay" value="testpay"' in page.text
    with ctx.unit() as db:
        gateways.activate(db, "testpay", outcome="declined")
    failed = post(client, address, {"pay": "testpay"}, follow_redirects=True)
    assert "did not go through" in words(failed)
    with ctx.unit() as db:
        gateways.activate(db, "testpay", outcome="")
    assert status(ctx, bill) == "Unpaid"
    for _ in range(2):  # the second click of an impatient visitor
        post(client, address, {"pay": "testpay"})
    assert status(ctx, bill) == "Paid"
    with ctx.unit(read=True) as db:
        assert [row.amountin for row in db.scalars(select(Transaction))] == [Decimal("30.00")]
    text = words(client.get(address))
    assert "Paid" in text
    assert "TEST-" in text
    assert "Balance $0.00 USD" in text


def test_methods_that_are_not_offered_are_refused(client: FlaskClient, ctx: Ctx, bill: int) -> None:
    address = f"/viewinvoice.php?id={bill}"
    assert "Choose a payment method." in words(post(client, address, {"gateway": "paypal"}, follow_redirects=True))
    with ctx.unit() as db:
        gateways.deactivate(db, "testpay")
    assert "not available any more" in words(post(client, address, {"pay": "testpay"}, follow_redirects=True))
    assert status(ctx, bill) == "Unpaid"


def test_a_part_payment_shows_what_is_left(client: FlaskClient, ctx: Ctx, bill: int) -> None:
    payments.pay(ctx, bill, "T-1", "mailin", Decimal("12.50"))
    text = words(client.get(f"/viewinvoice.php?id={bill}"))
    assert "$12.50 USD" in text
    assert "Balance $17.50 USD" in text


@pytest.mark.parametrize(("state", "code"), [("Draft", 404), ("Cancelled", 200), ("Refunded", 200)])
def test_other_states(client: FlaskClient, ctx: Ctx, bill: int, state: str, code: int) -> None:
    with ctx.unit() as db:
        invoices.set_status(db, db.get_one(Invoice, bill), state)
    page = client.get(f"/viewinvoice.php?id={bill}")
    assert page.status_code == code
    assert "Pay now" not in words(page)
    listed = f'href="/viewinvoice.php?id={bill}"' in client.get("/clientarea.php?action=invoices").text
    assert listed is (code == 200)


def test_overdue_invoices_are_named_on_the_front_page(client: FlaskClient, ctx: Ctx, bill: int) -> None:
    from datetime import timedelta

    assert "Unpaid invoices: 1, together $30.00 USD" in words(client.get("/clientarea.php"))
    ctx.host.clock.advance(timedelta(days=3))
    text = words(client.get("/clientarea.php"))
    assert "Overdue invoices: 1, together $30.00 USD" in text
    assert "Overdue" in words(client.get(f"/viewinvoice.php?id={bill}"))


@pytest.mark.parametrize("given", ["", "x", "-1", "1e3", "99999999999", "1 OR 1=1"])
def test_odd_numbers_are_no_invoices(client: FlaskClient, given: str) -> None:
    assert client.get("/viewinvoice.php", query_string={"id": given}).status_code == 404


def test_the_pdf(client: FlaskClient, web: FlaskClient, ctx: Ctx, bill: int) -> None:
    answer = client.get(f"/dl.php?type=i&id={bill}")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="Invoice-{bill}.pdf"' and answer.data.startswith(b"%PDF-")
    assert client.get(f"/dl.php?type=i&id={bill}&viewpdf=1").headers["Content-Disposition"].startswith("inline")
    assert client.get("/dl.php?type=i&id=99").status_code == 404
    assert client.get("/dl.php?type=d&id=1").status_code == 501
    with ctx.unit() as db:
        db.get_one(Invoice, bill).userid = 99
    assert client.get(f"/dl.php?type=i&id={bill}").status_code == 404
    client.get("/logout.php")


@pytest.mark.parametrize(("grouped", "expected"), [("on", ["3 x Visit $15.00 USD"]), ("", ["Visit $5.00 USD"])])
def test_similar_lines_are_shown_as_one(client: FlaskClient, ctx: Ctx, grouped: str, expected: list[str]) -> None:
    with ctx.unit() as db:
        settings.put(db, "GroupSimilarLineItems", grouped)
        lines = [invoices.Item("Visit", Decimal("5.00"))] * 3
        bill = invoices.create(db, db.get_one(Client, 1), lines, paymentmethod="mailin").id
    text = words(client.get(f"/viewinvoice.php?id={bill}"))
    assert all(one in text for one in expected)
    assert text.count("Visit") == (1 if grouped else 3)


def test_a_proforma_invoice_says_so_until_it_is_paid(client: FlaskClient, ctx: Ctx, bill: int) -> None:
    with ctx.unit() as db:
        settings.put(db, "EnableProformaInvoicing", "on")
        settings.put(db, "SequentialInvoiceNumberFormat", "R-{NUMBER}")
    assert f"Proforma Invoice #{bill}" in words(client.get(f"/viewinvoice.php?id={bill}"))
    payments.pay(ctx, bill, "A", "mailin")
    text = words(client.get(f"/viewinvoice.php?id={bill}"))
    assert "Invoice #R-1" in text and "Proforma" not in text
