"""Invoices: totals, tax, the texts of the API, bringing them out."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from modulehost import hooks
from modulehost.billing import invoices, issuing, search, tax
from modulehost.billing.invoices import InvoiceError, Item
from modulehost.context import Actor, Ctx, Host
from modulehost.money import formatted
from modulehost.schema import Client, Currency, Email, Invoice, InvoiceItem, Setting, Tax

from .shop import add_client


def d(text: str) -> Decimal:
    return Decimal(text)


def set_up(ctx: Ctx, **values: str) -> None:
    with ctx.unit() as db:
        db.add_all(Setting(setting=name, value=value) for name, value in values.items())


def test_the_documented_answer_of_get_invoice(any_host: Host) -> None:
    ctx = Ctx(any_host)
    with ctx.unit() as db:
        client = add_client(db)
        line = Item("Sample Monthly Product (01/01/2016 - 31/01/2016)", d("15.95"), "Hosting", 1)
        invoice = invoices.create(
            db, client, [line], paymentmethod="mailin", date=date(2016, 1, 1), duedate=date(2020, 12, 30)
        )
    with ctx.unit(read=True) as db:
        found = invoices.details(db, db.get_one(Invoice, invoice.id))
    item_id = found["items"][0]["id"]
    assert found == {
        "invoiceid": invoice.id,
        "invoicenum": "",
        "userid": client.id,
        "date": "2016-01-01",
        "duedate": "2020-12-30",
        "datepaid": "0000-00-00 00:00:00",
        "lastcaptureattempt": "0000-00-00 00:00:00",
        "subtotal": "15.95",
        "credit": "0.00",
        "tax": "0.00",
        "tax2": "0.00",
        "total": "15.95",
        "balance": "15.95",
        "taxrate": "0.000",
        "taxrate2": "0.000",
        "status": "Unpaid",
        "paymentmethod": "mailin",
        "notes": "",
        "ccgateway": False,
        "items": [
            {
                "id": item_id,
                "type": "Hosting",
                "relid": 1,
                "description": "Sample Monthly Product (01/01/2016 - 31/01/2016)",
                "amount": "15.95",
                "taxed": 0,
            }
        ],
        "transactions": [],
    }


def test_totals_follow_the_lines(ctx: Ctx) -> None:
    with ctx.unit() as db:
        client = add_client(db)
        lines = [Item("a", d("10.00"), taxed=True), Item("b", d("5.55"), taxed=True), Item("c", d("1.00"))]
        lines.append(Item("less", d("-0.50")))
        invoice = invoices.create(db, client, lines, taxrate=d("19"), taxrate2=d("1.5"))
        # 19 % of 15.55 = 2.9545, 1.5 % of 15.55 = 0.23325
        assert (invoice.subtotal, invoice.tax, invoice.tax2, invoice.total) == (
            d("16.05"),
            d("2.95"),
            d("0.23"),
            d("19.23"),
        )
        invoice.credit = d("9.23")
        invoices.retotal(db, invoice)
        assert invoice.total == d("10.00")
        invoices.add_items(db, invoice, [Item("d", d("2.00"))])
        assert invoice.total == d("12.00")


@pytest.mark.parametrize(
    ("inclusive", "compound", "expected"),
    [
        (False, False, ("100.00", "20.00", "5.00")),
        (False, True, ("100.00", "20.00", "6.00")),  # 5 % of 120
        (True, False, ("80.00", "16.00", "4.00")),  # 100 / 1.25
        (True, True, ("79.37", "15.87", "4.76")),  # 100 / 1.26 = 79.365, its 6 % = 4.76, the rest is the first level
    ],
)
def test_the_ways_of_taking_tax(inclusive: bool, compound: bool, expected: tuple[str, str, str]) -> None:
    parts = tax.apart(d("100.00"), d("20"), d("5"), inclusive, compound)
    assert (parts.net, parts.tax, parts.tax2) == tuple(d(text) for text in expected)


@given(st.decimals(0, 99999, places=2), st.decimals(0, 40, places=3), st.decimals(0, 20, places=3), st.booleans())
def test_inclusive_tax_never_loses_a_cent(total: Decimal, rate: Decimal, rate2: Decimal, compound: bool) -> None:
    parts = tax.apart(total, rate, rate2, True, compound)
    assert parts.net + parts.tax + parts.tax2 == total
    assert parts.net >= 0 and parts.tax2 >= 0


def test_the_closest_tax_rule_counts_for_each_level(ctx: Ctx) -> None:
    set_up(ctx, TaxEnabled="on")
    with ctx.unit() as db:
        rules = [(1, "", "", "1"), (1, "US", "", "2"), (1, "US", "Texas", "3"), (2, "", "", "4"), (2, "DE", "", "5")]
        for level, country, state, rate in rules:
            db.add(Tax(level=level, country=country, state=state, taxrate=d(rate)))
        texan = add_client(db, country="US", state="Texas")
        other = add_client(db, country="US", state="Ohio")
        german = add_client(db, country="DE")
        exempt = add_client(db, country="DE", taxexempt=1)
        assert tax.rates(db, texan) == (3, 4)
        assert tax.rates(db, other) == (2, 4)
        assert tax.rates(db, german) == (1, 5)
        assert tax.rates(db, exempt) == (0, 0)
        assert invoices.create(db, texan, [Item("x", d("10.00"), taxed=True)]).total == d("10.70")


def test_an_unknown_status_is_refused(ctx: Ctx) -> None:
    with ctx.unit() as db, pytest.raises(InvoiceError, match="'Open' is not an invoice status"):
        invoices.create(db, add_client(db), [], status="Open")


def test_a_new_invoice_is_announced_mailed_and_may_be_changed_by_hooks(any_host: Host) -> None:
    ctx = Ctx(any_host, Actor("admin", 4, "Root"))
    heard: list[tuple[str, dict[str, Any], int]] = []

    def listen(point: str) -> None:
        def function(vars: dict[str, Any]) -> None:
            with ctx.unit() as db:
                mails = len(db.scalars(select(Email)).all())
                if point == "InvoiceCreation":
                    row = InvoiceItem(invoiceid=vars["invoiceid"], userid=1, description="Gift wrap", amount=d("2.50"))
                    db.add(row)
            heard.append((point, vars, mails))

        hooks.add(any_host, point, 1, function)

    for point in ("InvoiceCreated", "InvoiceCreationPreEmail", "InvoiceCreation"):
        listen(point)
    with ctx.unit() as db:
        client = add_client(db)
    number = issuing.issue(ctx, client.id, [Item("Work", d("10.00"))], paymentmethod="mailin")
    arguments = {"source": "adminarea", "user": 4, "invoiceid": number, "status": "Unpaid"}
    assert heard == [
        ("InvoiceCreation", arguments, 0),
        ("InvoiceCreationPreEmail", arguments, 0),
        ("InvoiceCreated", arguments, 1),
    ]
    with ctx.unit(read=True) as db:
        assert db.get_one(Invoice, number).total == d("12.50")
        mail = db.scalars(select(Email)).one()
        fields = invoices.mail_fields(db, number)
    assert mail.userid == client.id
    assert (fields["invoice_total"], fields["invoice_balance"]) == ("$12.50 USD", "$12.50 USD")
    assert fields["invoice_items"][1] == {"description": "Gift wrap", "amount": "$2.50 USD"}
    assert fields["invoice_link"] == f"http://shop.test/viewinvoice.php?id={number}"


def test_delivering_an_announcement_twice_mails_and_fires_once(ctx: Ctx) -> None:
    fired: list[int] = []
    hooks.add(ctx.host, "InvoiceCreated", 1, lambda vars: fired.append(vars["invoiceid"]))
    with ctx.unit() as db:
        client = add_client(db)
    number = issuing.issue(ctx, client.id, [Item("Work", d("10.00"))])
    issuing.bring_out(ctx, number, "autogen", "system")
    with ctx.unit(read=True) as db:
        assert len(db.scalars(select(Email)).all()) == 1
    assert fired == [number]


def test_an_invoice_over_nothing_is_paid_at_once_without_a_mail(ctx: Ctx) -> None:
    with ctx.unit() as db:
        client = add_client(db)
    number = issuing.issue(ctx, client.id, [Item("Gift", d("0.00"))])
    with ctx.unit(read=True) as db:
        invoice = db.get_one(Invoice, number)
        assert (invoice.status, invoice.datepaid) == ("Paid", ctx.host.clock.now())
        assert db.scalars(select(Email)).all() == []


def test_a_draft_is_not_announced(ctx: Ctx) -> None:
    with ctx.unit() as db:
        client = add_client(db)
    number = issuing.issue(ctx, client.id, [Item("Work", d("10.00"))], status="Draft")
    with ctx.unit(read=True) as db:
        assert db.get_one(Invoice, number).status == "Draft"
        assert db.scalars(select(Email)).all() == []


def test_an_invoice_of_an_unknown_client_is_refused(ctx: Ctx) -> None:
    with pytest.raises(issuing.ClientMissing, match="no client with the id 99"):
        issuing.issue(ctx, 99, [])


def test_lists_page_order_and_know_overdue(any_host: Host) -> None:
    ctx = Ctx(any_host)
    with ctx.unit() as db:
        ada, bob = add_client(db), add_client(db, email="bob@example.com")
        today = ctx.host.clock.today()
        late = invoices.create(db, ada, [Item("x", d("1.00"))], duedate=date(2027, 1, 30))
        due = invoices.create(db, ada, [Item("x", d("9.00"))], duedate=today)
        paid = invoices.create(db, bob, [Item("x", d("5.00"))], duedate=date(2020, 1, 1), status="Paid")
        assert invoices.is_overdue(db, late) and not invoices.is_overdue(db, due) and not invoices.is_overdue(db, paid)
        total, rows = search.invoices(db, status="Overdue")
        assert (total, [row.id for row in rows]) == (1, [late.id])
        total, rows = search.invoices(db, orderby="total", descending=True, count=2)
        assert (total, [row.id for row in rows]) == (3, [due.id, paid.id])
        assert search.invoices(db, userid=bob.id, status="paid")[0] == 1
        assert [row.id for row in search.invoices(db, start=2)[1]] == [paid.id]


@pytest.mark.parametrize(
    ("format_", "text"), [("MM/DD/YYYY", "01/31/2027"), ("YYYY-MM-DD", "2027-01-31"), ("", "31/01/2027")]
)
def test_dates_read_as_the_settings_say(ctx: Ctx, format_: str, text: str) -> None:
    set_up(ctx, ClientDateFormat=format_)
    with ctx.unit(read=True) as db:
        assert invoices.date_text(db, date(2027, 1, 31)) == text


def test_money_reads_as_its_currency_says(ctx: Ctx) -> None:
    with ctx.unit() as db:
        assert formatted(d("1234.5"), db.get_one(Currency, 2)) == "1.234,50 €"
        assert db.scalars(select(Client)).all() == []
