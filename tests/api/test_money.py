"""Promotions, client groups and the money side of clients by API. Expected keys are the reference's."""

from decimal import Decimal

from modulehost.billing.catalog import promotions
from modulehost.context import Ctx
from modulehost.schema import Client, ClientGroup, Currency, Invoice, InvoiceItem, Order
from tests.api.client import CLIENT, Api
from tests.billing.shop import add_product


def offer(ctx: Ctx, **values: object) -> None:
    with ctx.unit() as db:
        data = {"code": "sample", "type": "Percentage", "value": "10", "recurring": "1", "appliesto": "1,2", **values}
        promotions.save(db, data)


def test_promotions(api: Api, ctx: Ctx) -> None:
    offer(ctx, upgrades="1", upgradevalue="5")
    offer(ctx, code="other")
    found = api.ok("GetPromotions", code="SAMPLE")
    assert found["totalresults"] == 1
    (row,) = found["promotions"]["promotion"]
    assert row["recurfor"] == 0
    assert (row["code"], row["value"], row["startdate"], row["appliesto"]) == ("sample", "10.00", "0000-00-00", "1,2")
    assert row["upgradeconfig"].startswith('a:4:{s:5:"value";s:4:"5.00";s:4:"type";s:7:"product";s:12:"discounttype"')
    assert api.ok("GetPromotions")["totalresults"] == 2
    assert api.ok("GetPromotions", code="none")["totalresults"] == 0


def test_an_order_with_a_code(api: Api, ctx: Ctx) -> None:
    api.ok("AddClient", **CLIENT)
    with ctx.unit() as db:
        product = add_product(db).id
    offer(ctx, appliesto="99")
    order = {
        "clientid": 1,
        "paymentmethod": "mailin",
        "pid[0]": product,
        "billingcycle[0]": "monthly",
        "promocode": "SAMPLE",
    }
    wrong = api("AddOrder", **{**order, "promocode": "x"})
    assert wrong["message"] == "The promotion code entered does not exist."
    assert _total(ctx, api.ok("AddOrder", **order)["invoiceid"]) == Decimal("13.00")  # it is for another product
    # priceoverride takes the place of price and set-up fee; the code may be forced upon it: 7.00 less 10%
    forced = api.ok("AddOrder", **order, promooverride="true", **{"priceoverride[0]": "7"})
    assert _total(ctx, forced["invoiceid"]) == Decimal("6.30")
    with ctx.unit(read=True) as db:
        assert db.get_one(Order, forced["orderid"]).promocode == "sample"


def _total(ctx: Ctx, invoice_id: int) -> Decimal:
    with ctx.unit(read=True) as db:
        return db.get_one(Invoice, invoice_id).total


def test_client_groups(api: Api, ctx: Ctx) -> None:
    with ctx.unit() as db:
        db.add(ClientGroup(groupname="One", groupcolour="#28C99B", discountpercent=Decimal("10"), susptermexempt="on"))
    found = api.ok("GetClientGroups")
    assert found["totalresults"] == 1
    assert found["groups"]["group"] == [
        {"id": 1, "groupname": "One", "groupcolour": "#28C99B", "discountpercent": "10.00", "susptermexempt": "on", "separateinvoices": ""}
    ]  # fmt: skip


def test_update_client(api: Api, ctx: Ctx) -> None:
    api.ok("AddClient", **CLIENT)
    api.ok(
        "UpdateClient", clientemail=CLIENT["email"], taxexempt="true", notes="vip", currency="2", paymentmethod="mailin"
    )
    with ctx.unit() as db:
        row = db.get_one(Client, 1)
        assert (row.taxexempt, row.notes, row.currency, row.firstname) == (1, "vip", 2, "Angelica")
        assert row.defaultgateway == "mailin" and db.get_one(Currency, 2).code == "EUR"
        db.add(Invoice(userid=1, status="Unpaid"))
        db.add(InvoiceItem(userid=1, invoiceid=1))
    assert "currency cannot be changed" in api("UpdateClient", clientid=1, currency="1")["message"]
    assert api("UpdateClient", clientid=1, currency="2")["result"] == "success"  # it is that one already
    assert "no currency with the id 9" in api("UpdateClient", clientid=1, currency="9")["message"]
    assert "no client group with the id 4" in api("UpdateClient", clientid=1, groupid="4")["message"]
    assert api("UpdateClient", clientid=99)["message"] == "Client ID Not Found"
    api.ok("UpdateClient", clientid=1, taxexempt="false")
    with ctx.unit(read=True) as db:
        assert db.get_one(Client, 1).taxexempt == 0
