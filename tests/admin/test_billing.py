"""Invoices, payments and transactions."""

import re
from datetime import date
from decimal import Decimal

import pytest

from modulehost.billing import issuing
from modulehost.billing.invoices import Item
from modulehost.context import Ctx
from modulehost.schema import Invoice, InvoiceItem, Service, Transaction
from modulehost.settings import put

from .conftest import Browser, wrongs

EDIT = "/admin/invoices.php?action=edit&id=1"


@pytest.fixture
def invoice(ctx: Ctx) -> int:
    """An unpaid invoice of 18.00 + 2.50, due on 2020-01-15."""
    items = [Item("Mail\n10 x Mailbox", Decimal("18.00")), Item("Help", Decimal("2.50"))]
    return issuing.issue(ctx, 1, items, date=date(2020, 1, 1), duedate=date(2020, 1, 15), paymentmethod="mailin")


def row(ctx: Ctx) -> Invoice:
    with ctx.unit(read=True) as db:
        return db.get_one(Invoice, 1)


def change(admin: Browser, action: str, **fields: str) -> str:
    return admin.saved(f"/admin/invoices.php?id=1&action={action}", fields)


def test_lists(admin: Browser, invoice: int) -> None:
    for url in ("/admin/invoices.php", "/admin/invoices.php?status=Overdue", "/admin/clientsinvoices.php?userid=1"):
        page = admin.text(url)
        assert "$20.50 USD" in page and "Overdue" in page and "15/01/2020" in page, url
    assert "No invoices found" in admin.text("/admin/invoices.php?status=Paid")
    assert admin.get("/admin/invoices.php?invoiceid=1").headers["Location"] == EDIT


def test_a_second_click_pays_once(admin: Browser, ctx: Ctx, invoice: int) -> None:
    nonces = re.findall(r'addpayment".*?name="nonce" value="(\w+)"', admin.text(f"{EDIT}&tab=payment"), re.DOTALL)
    assert len(nonces) == 1
    for _ in range(2):
        change(admin, "addpayment", amount="5.50", gateway="mailin", transid="", nonce=nonces[0])
    with ctx.unit(read=True) as db:
        assert [t.amountin for t in db.query(Transaction)] == [Decimal("5.50")]


def test_payment_in_parts(admin: Browser, ctx: Ctx, invoice: int) -> None:
    assert 'value="20.50"' in admin.text(f"{EDIT}&tab=payment")
    change(admin, "addpayment", amount="5.50", date="2020-02-01", gateway="mailin", transid="T-1", fees="0.30")
    assert row(ctx).status == "Unpaid"
    page = admin.text(EDIT)
    assert "$15.00 USD" in page and "T-1" in page
    change(admin, "addpayment", amount="5.50", date="2020-02-01", gateway="mailin", transid="T-1", fees="0.30")
    assert "Was Recorded Already" in admin.text(EDIT)
    change(admin, "addpayment", amount="", gateway="mailin", transid="T-2")
    assert row(ctx).status == "Paid"
    with ctx.unit(read=True) as db:
        paid = [(t.transid, t.amountin, t.fees) for t in db.query(Transaction).order_by(Transaction.id)]
    assert paid == [("T-1", Decimal("5.50"), Decimal("0.30")), ("T-2", Decimal("15.00"), Decimal("0.00"))]
    assert "T-2" in admin.text("/admin/transactions.php?transid=t-2") and "T-1" not in admin.text(
        "/admin/transactions.php?transid=t-2"
    )
    assert "T-1" in admin.text("/admin/clientstransactions.php?userid=1")


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"amount": "0"}, "The amount must be above zero"),
        ({"amount": "-1"}, "The amount must be above zero"),
        ({"amount": "lots"}, "is not an amount"),
        ({"amount": "1", "date": "yesterday"}, "is not a date"),
    ],
)
def test_payment_that_is_refused(admin: Browser, ctx: Ctx, invoice: int, fields: dict[str, str], text: str) -> None:
    answer = admin.post("/admin/invoices.php?id=1&action=addpayment", {"gateway": "mailin", "transid": "X", **fields})
    assert text in wrongs(answer)[0]
    with ctx.unit(read=True) as db:
        assert db.query(Transaction).count() == 0


def test_lines_are_changed_added_and_deleted(admin: Browser, ctx: Ctx, invoice: int) -> None:
    lines = {
        "description[1]": "Mail\r\n12 x Mailbox", "amount[1]": "21.6", "description[2]": "Help", "amount[2]": "2.50", "delete[2]": "1",
        "description[new]": "Set-up", "amount[new]": "3.005", "taxed[new]": "1",
    }  # fmt: skip
    change(admin, "lines", **lines)
    with ctx.unit(read=True) as db:
        found = [
            (i.description.splitlines()[0], i.amount, i.taxed) for i in db.query(InvoiceItem).order_by(InvoiceItem.id)
        ]
    assert found == [("Mail", Decimal("21.60"), 0), ("Set-up", Decimal("3.01"), 1)]
    assert (row(ctx).subtotal, row(ctx).total) == (Decimal("24.61"), Decimal("24.61"))
    answer = admin.post("/admin/invoices.php?id=1&action=lines", {"description[1]": "", "amount[1]": "1"})
    assert "Every line needs a description" in wrongs(answer)[0]
    answer = admin.post("/admin/invoices.php?id=1&action=lines", {"description[99]": "x", "amount[99]": "1"})
    assert "Line 99 does not belong to invoice 1" in wrongs(answer)[0]


def test_a_new_line_is_ticked_as_taxed_where_custom_invoices_are(admin: Browser, ctx: Ctx, invoice: int) -> None:
    ticked = 'name="taxed[new]" aria-label="Taxed" value="1" checked'
    assert ticked not in admin.text(EDIT)
    with ctx.unit() as db:
        put(db, "TaxCustomInvoices", "on")
    assert ticked in admin.text(EDIT)
    unticked = admin.post("/admin/invoices.php?id=1&action=lines", {"description[new]": "Set-up", "amount[new]": "lots"})
    assert ticked not in unticked.text


def test_what_was_paid_for_stays_as_it_was(admin: Browser, ctx: Ctx, invoice: int) -> None:
    change(admin, "addpayment", gateway="mailin", transid="T")
    assert "description[1]" not in admin.text(EDIT)
    answer = admin.post("/admin/invoices.php?id=1&action=lines", {"description[1]": "Less", "amount[1]": "1"})
    assert "lines of a Paid invoice cannot be changed" in wrongs(answer)[0]
    assert row(ctx).total == Decimal("20.50")


def test_draft_is_filled_and_published(admin: Browser, ctx: Ctx) -> None:
    target = admin.saved("/admin/clientsinvoices.php?userid=1")
    assert target == EDIT
    assert row(ctx).status == "Draft"
    answer = admin.post("/admin/invoices.php?id=1&action=publish")
    assert "An invoice without lines cannot be published" in wrongs(answer)[0]
    change(admin, "lines", **{"description[new]": "Consulting", "amount[new]": "80"})
    change(admin, "publish")
    assert (row(ctx).status, row(ctx).total) == ("Unpaid", Decimal("80.00"))


def test_cancel_and_back(admin: Browser, ctx: Ctx, invoice: int) -> None:
    assert "Are you sure" in admin.post("/admin/invoices.php?id=1&action=cancel").text
    change(admin, "cancel", confirmed="1")
    assert row(ctx).status == "Cancelled" and row(ctx).date_cancelled is not None
    change(admin, "unpaid")
    assert row(ctx).status == "Unpaid" and row(ctx).date_cancelled is None


def test_options(admin: Browser, ctx: Ctx, invoice: int) -> None:
    change(
        admin,
        "options",
        date="2020-03-01",
        duedate="2020-03-15",
        invoicenum="INV-7",
        paymentmethod="testpay",
        notes="Thanks",
    )
    found = row(ctx)
    assert (str(found.date), str(found.duedate), found.invoicenum) == ("2020-03-01", "2020-03-15", "INV-7")
    assert (found.paymentmethod, found.notes) == ("testpay", "Thanks")
    assert "Invoice #INV-7" in admin.text(EDIT)
    answer = admin.post("/admin/invoices.php?id=1&action=options", date="2020-03-01", paymentmethod="nosuch")
    assert "Invalid Payment Method" in wrongs(answer)[0]


def test_generate_due_invoices_of_a_client(admin: Browser, ctx: Ctx) -> None:
    day = ctx.host.clock.today()
    common = {"userid": 1, "packageid": 1, "billingcycle": "Monthly", "amount": Decimal("10.00"), "nextduedate": day, "nextinvoicedate": day}
    with ctx.unit() as db:
        db.add(Service(**common, domainstatus="Active", regdate=date(2020, 1, 1)))
        db.add(Service(**common, domainstatus="Pending", regdate=date(2020, 1, 1)))
    url = "/admin/clientsgenerateinvoices.php?userid=1"
    assert "are due for this client" in admin.post(url).get_data(as_text=True)  # it is asked first
    page = admin.text(admin.saved(url, {"confirmed": "1"}))
    assert "1 Invoice(s) Created" in page and "Left alone: 1 × the service is Pending" in page
    assert row(ctx).total == Decimal("10.00")
    assert "No Invoices Are Due" in admin.text(admin.saved(url, {"confirmed": "1"}))
