"""Credit, transactions and edits of invoices by API."""

from decimal import Decimal

import pytest

from modulehost.context import Ctx
from modulehost.schema import Client, Invoice, Transaction
from tests.api.client import CLIENT, Api


def client(api: Api) -> int:
    return int(api("AddClient", **CLIENT, noemail="1")["clientid"])


def bill(api: Api, who: int, amount: str = "20.00") -> int:
    return int(api.ok("CreateInvoice", userid=who, paymentmethod="mailin", itemdescription1="Work", itemamount1=amount)["invoiceid"])


def test_credit(any_api: Api) -> None:
    api = any_api
    who = client(api)
    assert api.ok("AddCredit", clientid=who, description="Gift", amount="30")["newbalance"] == "30.00"
    assert api.ok("AddCredit", clientid=who, description="Less", amount="4.50", type="remove", date="2027-01-02")["newbalance"] == "25.50"
    for values, text in (
        ({"type": "take"}, "Type can only be add or remove"),
        ({"clientid": 9}, "Client ID Not Found"),
        ({"adminid": 9}, "Admin ID Not Found"),
        ({"amount": ""}, "No Amount Provided"),
        ({"amount": "1,5"}, "Amount must be in decimal format: ### or ###.##"),
        ({"amount": "-1"}, "Amount must be in decimal format: ### or ###.##"),
        ({"date": "02/01/2027"}, "Date Format is not Valid"),
        ({"type": "remove", "amount": "25.51"}, "the client has only $25.50 USD of credit"),
    ):
        given = {"clientid": who, "description": "x", "amount": "1.00", **values}
        assert api.refused("AddCredit", **given) == text
    rows = api.ok("GetCredits", clientid=who)["credits"]["credit"]
    assert [(row["date"], row["description"], row["amount"]) for row in rows] == [
        ("2027-01-31", "Gift", "30.00"), ("2027-01-02", "Less", "-4.50"),
    ]  # fmt: skip
    one = bill(api, who)
    assert api.refused("ApplyCredit", invoiceid=one, amount="20.01") == "Amount Exceeds Invoice Balance"
    assert api.refused("ApplyCredit", invoiceid=one, amount="25.51") == "Amount exceeds customer credit balance"
    assert api.refused("ApplyCredit", invoiceid=one, amount="0") == "Credit Amount to apply must be greater than zero"
    assert api.refused("ApplyCredit", invoiceid=99, amount="1") == "Invoice ID Not Found"
    part = api.ok("ApplyCredit", invoiceid=one, amount="10")
    assert (part["amount"], part["invoicepaid"]) == ("10.00", "false")
    assert api.ok("ApplyCredit", invoiceid=one)["invoicepaid"] == "true"
    assert api.refused("ApplyCredit", invoiceid=one, amount="1") == "Invoice Not in Unpaid Status"
    assert api("GetClientsDetails", clientid=who)["client"]["credit"] == "5.50"


def test_transactions(any_api: Api) -> None:
    api = any_api
    who, other = client(api), int(api("AddClient", **{**CLIENT, "email": "b@example.com"}, noemail="1")["clientid"])
    one = bill(api, who)
    base = {"paymentmethod": "mailin", "userid": who, "invoiceid": one, "transid": "A", "date": "03/02/2027", "amountin": "25.00", "fees": "0.50"}
    for values, text in (
        ({"paymentmethod": ""}, "Payment Method is required"),
        ({"userid": 9}, "Client ID Not Found"),
        ({"invoiceid": 9}, "Invoice ID Not Found"),
        ({"userid": other}, "User ID does not own the given Invoice ID"),
        ({"currencyid": 9}, "Currency ID Not Found"),
        ({"currencyid": 2}, "Currency ID does not match Client currency"),
        ({"userid": "", "invoiceid": ""}, "A Currency ID is required for non-customer related transactions"),
        ({"credit": "1"}, "credit needs a client and no invoice"),
    ):
        assert api.refused("AddTransaction", **{**base, **values}) == text
    api.ok("AddTransaction", **base)
    assert api.refused("AddTransaction", **base) == "Transaction ID must be Unique"
    shown = api.ok("GetInvoice", invoiceid=one)
    assert (shown["status"], shown["datepaid"]) == ("Paid", "2027-02-03 00:00:00")
    assert api("GetClientsDetails", clientid=who)["client"]["credit"] == "5.00"  # what was too much
    api.ok("AddTransaction", paymentmethod="mailin", userid=other, transid="A", amountin="7.00", credit="true", allowduplicatetransid="1")
    assert api("GetClientsDetails", clientid=other)["client"]["credit"] == "7.00"
    api.ok("AddTransaction", paymentmethod="mailin", currencyid=2, amountout="3.00", description="Rent")
    found = api.ok("GetTransactions")
    assert [(one["userid"], one["currency"], one["amountin"], one["amountout"], one["rate"]) for one in found["transactions"]["transaction"]] == [
        (who, 0, "25.00", "0.00", "1.00000"), (other, 0, "7.00", "0.00", "1.00000"), (0, 2, "0.00", "3.00", "0.90000"),
    ]  # fmt: skip
    assert [api.ok("GetTransactions", **by)["totalresults"] for by in ({"transid": "A"}, {"clientid": other}, {"invoiceid": one})] == [2, 1, 1]
    api.ok("UpdateTransaction", transactionid=1, amountin="26.00", description="Cheque", date="2027-02-04")
    assert api.refused("UpdateTransaction", transactionid=9, fees="1") == "Transaction ID Not Found"
    changed = api.ok("GetTransactions", transid="A")["transactions"]["transaction"][0]
    assert (changed["amountin"], changed["description"], changed["date"]) == ("26.00", "Cheque", "2027-02-04 00:00:00")


def test_editing_an_invoice(any_api: Api) -> None:
    api = any_api
    who = client(api)
    api.ok("AddCredit", clientid=who, description="Gift", amount="6")
    one = bill(api, who)
    line = api.ok("GetInvoice", invoiceid=one)["items"]["item"][0]["id"]
    api.ok("UpdateInvoice", invoiceid=one, duedate="2027-03-01", notes="Soon", taxrate="10", **{
        f"itemdescription[{line}]": "Work done", f"itemamount[{line}]": "22.00", f"itemtaxed[{line}]": "1",
        "newitemdescription[0]": "Travel", "newitemamount[0]": "3.00", "newitemtaxed[0]": "0",
    })  # fmt: skip
    shown = api.ok("GetInvoice", invoiceid=one)
    assert (shown["subtotal"], shown["tax"], shown["total"], shown["duedate"], shown["notes"]) == ("25.00", "2.20", "27.20", "2027-03-01", "Soon")
    assert api.refused("UpdateInvoice", invoiceid=one, **{f"itemdescription[{line}]": "x"}).startswith("Missing Variables: itemdescription")
    assert api.refused("UpdateInvoice", invoiceid=9) == "Invoice ID Not Found"
    assert api.refused("UpdateInvoice", invoiceid=one, status="Lost") == "Invalid status Lost"
    assert api.refused("UpdateInvoice", invoiceid=one, publish="1") == "Invoice must be in Draft status to be published"
    assert api.refused("UpdateInvoice", invoiceid=one, credit="6.01") == "Amount exceeds customer credit balance"
    api.ok("UpdateInvoice", invoiceid=one, credit="5.00", **{"deletelineids[0]": shown["items"]["item"][1]["id"]})
    shown = api.ok("GetInvoice", invoiceid=one)
    assert (shown["credit"], shown["total"], shown["balance"]) == ("5.00", "19.20", "19.20")  # 24.20 - 5.00
    assert api("GetClientsDetails", clientid=who)["client"]["credit"] == "1.00"
    api.ok("UpdateInvoice", invoiceid=one, credit="0")
    api.ok("UpdateInvoice", invoiceid=one, status="cancelled")
    assert api.ok("GetInvoice", invoiceid=one)["status"] == "Cancelled"
    assert api("GetClientsDetails", clientid=who)["client"]["credit"] == "6.00"


def test_publishing_by_api(api: Api, ctx: Ctx) -> None:
    draft = api.ok("CreateInvoice", userid=client(api), draft="1", itemdescription1="Work", itemamount1="5.00")["invoiceid"]
    api.ok("UpdateInvoice", invoiceid=draft, publishandsendemail="1")
    with ctx.unit(read=True) as db:
        assert db.get_one(Invoice, draft).status == "Unpaid"
    api.ok("UpdateInvoice", invoiceid=draft, status="Paid", datepaid="2027-01-20")
    shown = api.ok("GetInvoice", invoiceid=draft)
    assert (shown["status"], shown["datepaid"]) == ("Paid", "2027-01-20 00:00:00")


@pytest.mark.parametrize("given", ["0", "-3"])
def test_nothing_is_no_credit(api: Api, ctx: Ctx, given: str) -> None:
    who = client(api)
    one = bill(api, who)
    assert "greater than zero" in api.refused("ApplyCredit", invoiceid=one, amount=given)
    with ctx.unit(read=True) as db:
        assert db.get_one(Client, who).credit == Decimal("0.00")
        assert db.query(Transaction).count() == 0
