"""Invoices by API."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from modulehost.context import Ctx
from modulehost.schema import Client, Email, Service
from modulehost.settings import put
from tests.api.client import CLIENT, Api
from tests.billing.shop import add_product


@pytest.fixture
def client(api: Api) -> int:
    return int(api("AddClient", **CLIENT, noemail="1")["clientid"])


LINES = {
    "itemdescription1": "Setup",
    "itemamount1": "20.00",
    "itemtaxed1": "1",
    "itemdescription2": "Visit",
    "itemamount2": "9.99",
}


def test_create_an_invoice(api: Api, client: int) -> None:
    made = api.ok(
        "CreateInvoice",
        userid=client,
        date="2027-02-01",
        duedate="2027-02-15",
        notes="thanks",
        taxrate="10.000",
        **LINES,
    )
    assert made["status"] == "Unpaid"
    shown = api.ok("GetInvoice", invoiceid=made["invoiceid"])
    # 10% of 20.00; the visit is not taxed
    assert (shown["subtotal"], shown["tax"], shown["total"], shown["taxrate"]) == ("29.99", "2.00", "31.99", "10.000")
    assert (shown["date"], shown["duedate"], shown["datepaid"]) == ("2027-02-01", "2027-02-15", "0000-00-00 00:00:00")
    assert [(one["description"], one["amount"], one["taxed"]) for one in shown["items"]["item"]] == [
        ("Setup", "20.00", 1),
        ("Visit", "9.99", 0),
    ]


def test_lines_that_do_not_say_whether_they_are_taxed(api: Api, ctx: Ctx, client: int) -> None:
    with ctx.unit() as db:
        put(db, "TaxCustomInvoices", "on")
    lines = {**LINES, "itemdescription3": "Gift", "itemamount3": "1.00", "itemtaxed3": "0"}
    made = api.ok("CreateInvoice", userid=client, taxrate="10.000", **lines)
    shown = api.ok("GetInvoice", invoiceid=made["invoiceid"])
    assert [one["taxed"] for one in shown["items"]["item"]] == [1, 1, 0]
    assert (shown["tax"], shown["total"]) == ("3.00", "33.99")  # 10% of 29.99, and 1.00 without


def test_drafts(api: Api, client: int) -> None:
    assert api.ok("CreateInvoice", userid=client, draft="true", **LINES)["status"] == "Draft"
    text = "Cannot create and send a draft invoice in a single API request. Please create and send separately."
    assert api.refused("CreateInvoice", userid=client, draft="1", sendinvoice="1", **LINES) == text
    assert api.refused("CreateInvoice", userid=9, **LINES) == "Client ID Not Found"


def test_the_mail_is_sent_on_demand(api: Api, ctx: Ctx, client: int) -> None:
    def mails() -> int:
        with ctx.unit(read=True) as db:
            return len(db.scalars(select(Email)).all())

    api.ok("CreateInvoice", userid=client, **LINES)
    assert mails() == 0
    api.ok("CreateInvoice", userid=client, sendinvoice="true", **LINES)
    assert mails() == 1


def test_credit_is_applied_on_demand(api: Api, ctx: Ctx, client: int) -> None:
    with ctx.unit() as db:
        db.get_one(Client, client).credit = Decimal("35.00")
    assert api.ok("CreateInvoice", userid=client, autoapplycredit="1", **LINES)["status"] == "Paid"
    partly = api.ok("CreateInvoice", userid=client, autoapplycredit="1", **LINES)
    assert partly["status"] == "Unpaid"
    shown = api.ok("GetInvoice", invoiceid=partly["invoiceid"])
    assert (shown["credit"], shown["balance"]) == ("5.01", "24.98")
    with ctx.unit(read=True) as db:
        assert db.get_one(Client, client).credit == Decimal("0.00")


def test_payments(api: Api, client: int) -> None:
    assert api.refused("GetInvoice", invoiceid=1) == "Invoice ID Not Found"
    assert (
        api.refused("AddInvoicePayment", invoiceid=1, transid="a", gateway="mailin", date="") == "Invoice ID Not Found"
    )
    invoice = api("CreateInvoice", userid=client, **LINES)["invoiceid"]
    payment = {
        "invoiceid": invoice,
        "transid": "A",
        "gateway": "mailin",
        "date": "2027-02-03 10:00:00",
        "amount": "9.99",
        "fees": "0.30",
    }
    for _ in range(2):
        api.ok("AddInvoicePayment", **payment)
    shown = api.ok("GetInvoice", invoiceid=invoice)
    assert (shown["status"], shown["balance"]) == ("Unpaid", "20.00")
    assert [(one["amountin"], one["fees"], one["date"]) for one in shown["transactions"]["transaction"]] == [
        ("9.99", "0.30", "2027-02-03 10:00:00")
    ]
    assert api.refused("AddInvoicePayment", **{**payment, "transid": "B", "amount": "all"}).startswith(
        "Parameter 'amount' must be"
    )
    api.ok("AddInvoicePayment", invoiceid=invoice, transid="C", gateway="mailin", date="")
    assert api("GetInvoice", invoiceid=invoice)["status"] == "Paid"
    stats = api("GetClientsDetails", clientid=client, stats="1")["stats"]
    assert (stats["numpaidinvoices"], stats["paidinvoicesamount"], stats["income"], stats["expenses"]) == (
        1,
        "$29.99 USD",
        "$29.69 USD",
        "$0.30 USD",
    )


def test_lists(api: Api, client: int) -> None:
    for duedate in ("2027-01-10", "2027-03-01"):
        api("CreateInvoice", userid=client, date="2027-01-01", duedate=duedate, **LINES)
    overdue = api.ok("GetInvoices", status="Overdue")
    assert [one["duedate"] for one in overdue["invoices"]["invoice"]] == ["2027-01-10"]
    newest = api.ok("GetInvoices", orderby="duedate", order="desc", limitnum=1)
    assert (newest["totalresults"], newest["numreturned"]) == (2, 1)
    assert newest["invoices"]["invoice"][0]["duedate"] == "2027-03-01"
    stats = api("GetClientsDetails", clientid=client, stats="1")["stats"]
    assert (stats["numdueinvoices"], stats["dueinvoicesbalance"]) == (2, "$59.98 USD")
    assert (stats["numoverdueinvoices"], stats["overdueinvoicesbalance"]) == (1, "$29.99 USD")


def test_due_invoices_are_generated_on_demand(api: Api, ctx: Ctx, client: int) -> None:
    other = int(api("AddClient", **{**CLIENT, "email": "bo@example.com"}, noemail="1")["clientid"])
    day = ctx.host.clock.today()
    with ctx.unit() as db:
        product = add_product(db)
        for owner in (client, client, other):
            db.add(
                Service(
                    userid=owner, packageid=product.id, domainstatus="Active", billingcycle="Monthly", amount=10, regdate=date(2026, 1, 1),
                    nextduedate=day, nextinvoicedate=day,
                )
            )  # fmt: skip
    assert api.refused("GenInvoices", clientid=99) == "Client ID Not Found"
    assert "ids" in api.refused("GenInvoices", serviceids=["x"])
    assert api.ok("GenInvoices", clientid=client, serviceids=[1], noemails="true")["numcreated"] == "1"
    with ctx.unit(read=True) as db:
        assert db.scalar(select(Email.id).where(Email.subject == "Customer Invoice").limit(1)) is None
    answer = api.ok("GenInvoices", clientid=client)
    assert (answer["numcreated"], answer["latestinvoiceid"]) == ("1", 2)
    assert api.ok("GenInvoices")["numcreated"] == "1"
    assert api.ok("GenInvoices")["numcreated"] == "0"
    found = api.ok("GetInvoices")["invoices"]["invoice"]
    assert [(one["userid"], one["total"]) for one in found] == [(client, "10.00"), (client, "10.00"), (other, "10.00")]
    with ctx.unit(read=True) as db:
        assert {(row.userid, row.pending) for row in db.scalars(select(Email))} == {(client, 0), (other, 0)}  # rendered
