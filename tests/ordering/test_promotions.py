"""Promotion codes in orders: who may use one, what it takes off, and that a use is counted once."""

import threading
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as tuned
from hypothesis import strategies as st
from sqlalchemy import select

from modulehost.billing import invoices, promotions
from modulehost.billing.catalog.promotions import save
from modulehost.billing.cycles import MONTHLY
from modulehost.billing.prices import Price
from modulehost.billing.promotions import Good, PromotionRefused
from modulehost.context import Ctx, Host
from modulehost.money import ZERO
from modulehost.ordering import cart
from modulehost.ordering.checkout import OrderRefused, OrderRequest, place
from modulehost.schema import Client, ClientGroup, Currency, Invoice, Order, Promotion, Service, ServiceAddon, Tax
from modulehost.settings import put
from tests.billing.shop import add_addon, add_client, add_option, add_product
from tests.ordering.test_checkout import order_of


def d(text: str) -> Decimal:
    return Decimal(text)


def offer(ctx: Ctx, applies: Any = "1", **values: Any) -> int:
    """A promotion CODE; its id."""
    with ctx.unit() as db:
        data = {"code": "CODE", "type": "Percentage", "value": "10", "appliesto": applies, **values}
        return save(db, data).id


def shop(ctx: Ctx, **values: Any) -> tuple[int, int]:
    """A client and a product (10.00 monthly, 3.00 set-up); their ids."""
    with ctx.unit() as db:
        return add_client(db).id, add_product(db, **values).id


def lines_of(ctx: Ctx, invoice_id: int) -> list[tuple[str, Decimal]]:
    with ctx.unit(read=True) as db:
        return [(item.type, item.amount) for item in invoices.items_of(db, invoice_id)]


@pytest.mark.parametrize(
    ("values", "off", "shown"),
    [
        ({"type": "Percentage", "value": "10"}, "1.30", "10% One Time Discount"),
        ({"type": "Percentage", "value": "33.33"}, "4.33", "33.33% One Time Discount"),  # 3.333 -> 3.33, 0.9999 -> 1.00
        ({"type": "Fixed Amount", "value": "4"}, "4.00", "$4.00 USD One Time Discount"),
        ({"type": "Fixed Amount", "value": "99"}, "13.00", "$99.00 USD One Time Discount"),  # never more than the price
        ({"type": "Price Override", "value": "7"}, "3.00", "$7.00 USD One Time Price Override"),
        ({"type": "Price Override", "value": "70"}, "0.00", ""),
        ({"type": "Free Setup", "value": "5"}, "3.00", "Free Setup"),
    ],
)
def test_each_type(ctx: Ctx, values: dict[str, str], off: str, shown: str) -> None:
    client, product = shop(ctx)
    promo = offer(ctx, **values)
    placed = place(ctx, order_of(client, {"pid": product}, promocode="code"))
    with ctx.unit(read=True) as db:
        order, service = db.get_one(Order, placed.order_id), db.get_one(Service, placed.service_ids[0])
        assert (order.promocode, order.promotype, order.amount) == ("CODE", values["type"], d("13.00") - d(off))
        assert (service.firstpaymentamount, service.amount) == (d("13.00") - d(off), d("10.00"))
        assert db.get_one(Promotion, promo).uses == 1
        items = invoices.items_of(db, placed.invoice_id)
    if d(off):
        assert (items[-1].type, items[-1].relid, items[-1].amount) == ("PromoHosting", service.id, -d(off))
        assert items[-1].description == f"Promotional Code: CODE - {shown}"
        assert (service.promoid, service.promocount) == (promo, 1)
    else:
        assert [item.type for item in items] == ["Hosting", "Setup"] and service.promoid == 0


def test_a_fixed_amount_is_converted(ctx: Ctx) -> None:
    with ctx.unit() as db:
        product = add_product(db)
        promo = db.get_one(Promotion, _fixed(db))
        euro = db.get_one(Currency, 2)
        assert promotions.discount(db, promo, Price(ZERO, d("20.00")), euro).recurring == d("9.00")  # 10 USD x 0.9
        assert promotions.describe(db, promo, euro) == "9,00 € One Time Discount"
        assert product.id == 1


def _fixed(db: Any) -> int:
    return save(db, {"code": "TEN", "type": "Fixed Amount", "value": "10", "appliesto": "1"}).id


def test_what_a_code_is_for(ctx: Ctx) -> None:
    """Products, cycles, required products, one item only; without any of its products it takes nothing off."""
    client, product = shop(ctx, prices={"monthly": "10.00", "annually": "100.00"})
    with ctx.unit() as db:
        other = add_product(db, "Other", prices={"monthly": "20.00"}).id
        several = add_product(db, "Several", prices={"monthly": "5.00"}, allowqty=1).id
    offer(ctx, [product, several], cycles=["monthly"], applyonce="1")
    cases = [
        (
            [{"pid": product, "billingcycle": "monthly"}, {"pid": other}],
            [("Hosting", d("10.00")), ("PromoHosting", d("-1.00"))],
        ),
        ([{"pid": several, "qty": 3}], [("Hosting", d("5.00")), ("PromoHosting", d("-0.50")), ("Hosting", d("5.00"))]),
        ([{"pid": product, "billingcycle": "annually"}], [("Hosting", d("100.00"))]),
        ([{"pid": other}], [("Hosting", d("20.00"))]),
    ]
    for items, expected in cases:
        placed = place(ctx, order_of(client, *items, promocode="CODE"))
        assert lines_of(ctx, placed.invoice_id)[: len(expected)] == expected
        types = [kind for kind, _ in lines_of(ctx, placed.invoice_id)]
        assert types.count("PromoHosting") == len([1 for kind, _ in expected if kind == "PromoHosting"])


def refused(ctx: Ctx, client: int, product: int, code: str = "CODE") -> str:
    with pytest.raises(OrderRefused) as caught:
        place(ctx, order_of(client, {"pid": product}, promocode=code))
    return str(caught.value)


def test_who_may_use_it(ctx: Ctx) -> None:
    client, product = shop(ctx)
    assert "does not exist" in refused(ctx, client, product, "NONE")
    today = ctx.host.clock.today()
    promo = offer(ctx)

    def change(**values: Any) -> None:
        with ctx.unit() as db:
            row = db.get_one(Promotion, promo)
            for name in ("newsignups", "existingclient", "onceperclient", "maxuses", "uses"):
                setattr(row, name, 0)
            row.startdate = row.expirationdate = None
            row.requires = ""
            for name, value in values.items():
                setattr(row, name, value)

    change(startdate=today + timedelta(days=1))
    assert "not valid yet" in refused(ctx, client, product)
    change(expirationdate=today - timedelta(days=1))
    assert "has expired" in refused(ctx, client, product)
    change(maxuses=2, uses=2)
    assert "used up" in refused(ctx, client, product)
    change(requires="99")
    assert "another product" in refused(ctx, client, product)
    change(existingclient=1)
    assert "active service" in refused(ctx, client, product)
    change(newsignups=1, startdate=today, expirationdate=today)
    first = place(ctx, order_of(client, {"pid": product}, promocode="CODE"))
    assert "new customers only" in refused(ctx, client, product)
    change(onceperclient=1)
    assert "once per customer" in refused(ctx, client, product)
    with ctx.unit() as db:
        db.get_one(Order, first.order_id).status = "Cancelled"
        db.get_one(Service, first.service_ids[0]).domainstatus = "Active"
    change(onceperclient=1, existingclient=1, requires=str(product), requiresexisting=1)
    place(ctx, order_of(client, {"pid": product}, promocode="CODE"))
    with ctx.unit(read=True) as db:
        assert db.get_one(Promotion, promo).uses == 1  # counted from 0 by the last change
    change(expirationdate=today - timedelta(days=1))
    placed = place(ctx, order_of(client, {"pid": product}, promocode="CODE", promooverride=True, trusted=True))
    assert ("PromoHosting", d("-1.30")) in lines_of(ctx, placed.invoice_id)


def test_the_last_use_is_given_once(any_host: Host) -> None:
    """Two clients order at the same moment with a code that has one use left."""
    ctx = Ctx(any_host)
    with ctx.unit() as db:
        people = [add_client(db, email=f"c{n}@example.com").id for n in range(2)]
        product = add_product(db).id
    promo = offer(ctx, maxuses="1")
    answers: list[str] = []
    together = threading.Barrier(2)

    def order(client: int) -> None:
        together.wait()
        try:
            place(Ctx(any_host), order_of(client, {"pid": product}, promocode="CODE"))
            answers.append("placed")
        except OrderRefused as failure:
            answers.append(str(failure))

    threads = [threading.Thread(target=order, args=(one,)) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["The promotion code entered has been used up.", "placed"]
    with ctx.unit(read=True) as db:
        assert db.get_one(Promotion, promo).uses == 1
        assert len(db.scalars(select(Order.id)).all()) == 1


def test_later_invoices(ctx: Ctx) -> None:
    client, product = shop(ctx)
    offer(ctx, recurring="1", recurfor="3")
    placed = place(ctx, order_of(client, {"pid": product}, promocode="CODE"))
    seen = []
    for _ in range(4):
        with ctx.unit() as db:
            service = db.get_one(Service, placed.service_ids[0])
            seen.append([(one.type, one.amount) for one in promotions.renewal_items(db, service)])
    # 10% of 10.00, three times in all with the order's own
    assert seen == [[("PromoHosting", d("-1.00"))], [("PromoHosting", d("-1.00"))], [], []]


def test_an_upgrade_discount(ctx: Ctx) -> None:
    upgrades = {
        "upgrades": "1",
        "value": "0",
        "upgradetype": "product",
        "upgradevalue": "25",
        "upgradediscounttype": "Percentage",
    }
    promo = offer(ctx, "7", **upgrades)
    with ctx.unit() as db:
        row, usd = db.get_one(Promotion, promo), db.get_one(Currency, 1)
        assert promotions.check(db, "CODE", upgrade=True) is row
        assert promotions.upgrade_discount(db, row, d("9.99"), usd, token="7") == d("2.50")
        assert promotions.upgrade_discount(db, row, d("9.99"), usd, token="8") == ZERO
        assert promotions.upgrade_discount(db, row, d("-5.00"), usd, token="7") == ZERO
        save(db, {"code": "CODE", "type": "Percentage", "appliesto": "7", **upgrades, "upgradetype": "configoptions",
                  "upgradediscounttype": "Fixed Amount", "upgradevalue": "5", "upgradeoptions": ["3"]}, row)  # fmt: skip
        assert promotions.upgrade_discount(db, row, d("4.00"), usd, options=[3, 4]) == d("4.00")
        assert promotions.upgrade_discount(db, row, d("9.00"), usd, options=[4]) == ZERO
        save(db, {"code": "CODE", "type": "Percentage", "value": "1", "appliesto": "7"}, row)
        with pytest.raises(PromotionRefused, match="cannot be used for upgrades"):
            promotions.check(db, "CODE", upgrade=True)


def test_group_discount(ctx: Ctx) -> None:
    """12.5% off every price, of each unit, before the promotion; the service keeps the lower price."""
    with ctx.unit() as db:
        group = ClientGroup(groupname="Resellers", discountpercent=d("12.5"))
        db.add(group)
        db.flush()
        client = add_client(db, groupid=group.id).id
        product = add_product(db, prices={"monthly": "9.99", "msetupfee": "3.00"})
        option, (unit,) = add_option(db, product, "Boxes", 4, {"Box": {"monthly": "0.99"}})
        pid, oid, sub = product.id, option.id, unit.id
    offer(ctx, recurring="1")
    placed = place(ctx, order_of(client, {"pid": pid, "configoptions": {oid: "3"}}, promocode="CODE"))
    # 9.99 -> 8.74; 0.99 -> 0.87 each; set-up 3.00 -> 2.63 (2.625 half up); 10%: 1.14 (1.135) and 0.26
    expected = [("Hosting", d("11.35")), ("Setup", d("2.63")), ("PromoHosting", d("-1.40"))]
    assert sub and lines_of(ctx, placed.invoice_id) == expected
    with ctx.unit(read=True) as db:
        assert db.get_one(Service, placed.service_ids[0]).amount == d("11.35")


@given(
    items=st.lists(st.tuples(st.integers(1, 2), st.integers(1, 4)), min_size=1, max_size=3),
    kind=st.sampled_from(promotions.TYPES),
    value=st.decimals("0", "60", places=2),
    once=st.booleans(),
    mode=st.sampled_from(("", "Inclusive", "TaxPerLineItem", "TaxL2Compound")),
    percent=st.decimals("0", "50", places=2),
)
@tuned(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_cart_is_what_the_invoice_says(
    sums: tuple[Ctx, int],
    items: list[tuple[int, int]],
    kind: str,
    value: Decimal,
    once: bool,
    mode: str,
    percent: Decimal,
) -> None:
    ctx, client_id = sums
    with ctx.unit() as db:
        put(db, "TaxType", "Inclusive" if mode == "Inclusive" else "Exclusive")
        for name in ("TaxPerLineItem", "TaxL2Compound"):
            put(db, name, "on" if mode == name else "")
        db.scalars(select(ClientGroup)).one().discountpercent = percent
        promo = db.scalars(select(Promotion)).one()
        promo.type, promo.value, promo.applyonce = kind, value, int(once)
        basket = {"currency": 1, "promocode": "CODE", "items": [{"pid": pid, "qty": qty} for pid, qty in items]}
        shown = cart.totals(db, basket, client=db.get_one(Client, client_id))
    placed = place(ctx, order_of(client_id, *basket["items"], promocode="CODE", noemail=True, noinvoiceemail=True))
    with ctx.unit(read=True) as db:
        invoice = db.get_one(Invoice, placed.invoice_id)
        lines = [item.amount for item in invoices.items_of(db, invoice.id)]
        assert (invoice.subtotal, invoice.tax, invoice.tax2, invoice.total) == (
            shown.subtotal, shown.tax, shown.tax2, shown.total,
        )  # fmt: skip
        assert invoice.total == sum(lines, ZERO) + (ZERO if mode == "Inclusive" else invoice.tax + invoice.tax2)
        assert invoice.total == invoice.subtotal + invoice.tax + invoice.tax2
        assert all(service.firstpaymentamount >= 0 for service in db.scalars(select(Service)))


@pytest.fixture
def sums(ctx: Ctx) -> tuple[Ctx, int]:
    """Two products, taxed at 7.25% and 1.5%, a client with a group, a promotion of everything."""
    with ctx.unit() as db:
        add_product(db, "One", prices={"monthly": "9.99", "msetupfee": "3.33"}, tax=1, allowqty=1)
        add_product(db, "Two", prices={"monthly": "0.35"}, tax=1, allowqty=3)
        put(db, "TaxEnabled", "on")
        db.add_all([Tax(level=1, taxrate=d("7.25")), Tax(level=2, taxrate=d("1.5"))])
        group = ClientGroup(groupname="G", discountpercent=ZERO)
        db.add(group)
        db.flush()
        client = add_client(db, groupid=group.id).id
    offer(ctx, "1,2")
    return ctx, client


@given(
    st.lists(
        st.tuples(st.decimals("0", "999", places=2), st.decimals("0", "99", places=2), st.integers(1, 5)),
        min_size=1,
        max_size=5,
    ),
    st.sampled_from(promotions.TYPES),
    st.decimals("0", "200", places=2),
    st.booleans(),
)
@tuned(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_gets_below_zero(
    sums: tuple[Ctx, int], goods: list[tuple[Decimal, Decimal, int]], kind: str, value: Decimal, once: bool
) -> None:
    promo = Promotion(type=kind, value=value, appliesto="1", cycles="", applyonce=int(once))
    with sums[0].unit(read=True) as db:
        offs = promotions.spread(
            db,
            promo,
            [Good("1", MONTHLY, Price(setup, price), count) for price, setup, count in goods],
            db.get_one(Currency, 1),
        )
    for (price, setup, count), off in zip(goods, offs, strict=True):
        assert ZERO <= off.unit.recurring <= price and ZERO <= off.unit.setup <= setup and off.times <= count
    if once:
        assert sum(off.times for off in offs) <= 1


def test_a_code_for_an_addon(any_host: Host) -> None:
    """10.00 + 3.00 set-up, twice; with each an addon of 3 x (2.00 + 0.50 set-up): 7.50, of which 10% lasts."""
    ctx = Ctx(any_host)
    with ctx.unit() as db:
        client, row = add_client(db).id, add_product(db, allowqty=1)
        product = row.id
        prices = {"monthly": "2.00", "msetupfee": "0.50"}
        addon = add_addon(db, "Backup", row, allowqty=1, prices=prices).id
    offer(ctx, [f"A{addon}"], requires=[f"A{addon}"], recurring="1")
    item = {"pid": product, "qty": 2, "addons": {addon: 3}}
    with ctx.unit(read=True) as db:
        totals = cart.totals(db, {"currency": 1, "items": [item], "promocode": "code"}, client=db.get_one(Client, client))
    # 2 x (13.00 + 7.50 - 0.75); each month 2 x (10.00 + 6.00 - 0.60)
    assert (totals.problems, totals.discounts.total, totals.total) == ([], d("1.50"), d("39.50"))
    assert totals.recurring == {"monthly": d("30.80")}
    placed = place(ctx, order_of(client, item, promocode="CODE"))
    one = [("Hosting", d("10.00")), ("Setup", d("3.00")), ("Addon", d("6.00")), ("Addon", d("1.50")), ("PromoHosting", d("-0.75"))]
    assert lines_of(ctx, placed.invoice_id) == one * 2
    with ctx.unit(read=True) as db:
        assert db.get_one(Order, placed.order_id).amount == d("39.50")
        for id_ in placed.addon_ids:
            held = db.get_one(ServiceAddon, id_)
            assert (held.firstpaymentamount, held.setupfee, held.recurring) == (d("6.75"), d("1.50"), d("5.40"))
        services = [db.get_one(Service, id_) for id_ in placed.service_ids]
        assert [(one.promoid, one.amount, one.firstpaymentamount) for one in services] == [(0, d("10.00"), d("13.00"))] * 2


@pytest.mark.parametrize(
    ("values", "off", "recurring"),
    [
        ({"type": "Fixed Amount", "value": "1"}, "1.00", "2.00"),
        ({"type": "Price Override", "value": "0.50", "recurring": "1"}, "1.50", "0.50"),
        ({"recurring": "1", "recurfor": "3"}, "0.20", "2.00"),  # an addon does not count its periods: the first, only
        ({"cycles": ["annually"]}, "0.00", "2.00"),
    ],
)
def test_a_code_for_an_addon_by_itself(ctx: Ctx, values: dict[str, Any], off: str, recurring: str) -> None:
    """An addon (2.00 a month) for a service that the client has: an order without a product."""
    with ctx.unit() as db:
        client, row = add_client(db).id, add_product(db)
        product, addon = row.id, add_addon(db, "Backup", row, prices={"monthly": "2.00"}).id
    service = place(ctx, order_of(client, {"pid": product})).service_ids[0]
    with ctx.unit() as db:
        db.get_one(Service, service).domainstatus = "Active"
    promo = offer(ctx, [f"A{addon}"], **values)
    own = {"aid": addon, "serviceid": service}
    placed = place(ctx, OrderRequest(client, [], "mailin", promocode="CODE", addons=[own]))
    expected = [("Addon", d("2.00")), *([("PromoHosting", -d(off))] if d(off) else [])]
    assert lines_of(ctx, placed.invoice_id) == expected
    with ctx.unit(read=True) as db:
        held, items = db.get_one(ServiceAddon, placed.addon_ids[0]), invoices.items_of(db, placed.invoice_id)
        assert (held.firstpaymentamount, held.recurring) == (d("2.00") - d(off), d(recurring))
        assert items[-1].relid == (service if d(off) else held.id) and items[-1].duedate == held.nextduedate
        assert db.get_one(Promotion, promo).uses == 1


def test_applied_once_means_one_product_or_addon(ctx: Ctx) -> None:
    with ctx.unit() as db:
        client, row = add_client(db).id, add_product(db)
        product, addon = row.id, add_addon(db, "Backup", row, prices={"monthly": "2.00"}).id
    offer(ctx, [product, f"A{addon}"], applyonce="1")
    placed = place(ctx, order_of(client, {"pid": product, "addons": {addon: 1}}, promocode="CODE"))
    assert [off for kind, off in lines_of(ctx, placed.invoice_id) if kind == "PromoHosting"] == [d("-1.30")]
