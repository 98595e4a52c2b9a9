"""First periods that end on a given day, worked out by hand: prices, dates, texts, and what comes after them."""

import calendar
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from modulehost.billing import payments, proration
from modulehost.billing.catalog import products
from modulehost.billing.cycles import cycle
from modulehost.billing.recurring import generate
from modulehost.context import Ctx, Host
from modulehost.journal import Report
from modulehost.ordering import acceptance, cart, checkout
from modulehost.schema import Currency, Invoice, InvoiceItem, Product, Promotion, Service, ServiceAddon
from tests.billing import shop


@pytest.mark.parametrize(
    ("start", "label", "day", "charge", "price", "end", "share"),
    [
        (date(2027, 1, 10), "Monthly", 1, 0, "10.00", date(2027, 2, 1), "7.10"),  # 22 of 31 days
        (date(2027, 1, 10), "Monthly", 1, 20, "10.00", date(2027, 2, 1), "7.10"),
        (date(2027, 1, 25), "Monthly", 1, 20, "10.00", date(2027, 3, 1), "12.26"),  # 7 of 31, and February
        (date(2027, 1, 12), "Monthly", 15, 10, "10.00", date(2027, 2, 15), "10.97"),  # 3 of 31, and a month
        (date(2027, 1, 10), "Annually", 1, 0, "120.00", date(2027, 2, 1), "7.10"),  # 10.00 a month
        (date(2027, 1, 25), "Annually", 1, 20, "120.00", date(2028, 2, 1), "122.26"),
        (date(2028, 2, 10), "Monthly", 31, 0, "10.00", date(2028, 2, 29), "6.55"),  # 19 of 29, from the 31st to the 29th
        (date(2027, 1, 31), "Monthly", 30, 0, "10.00", date(2027, 2, 28), "9.66"),  # 28 of 29
    ],
)
def test_the_first_period(start: date, label: str, day: int, charge: int, price: str, end: date, share: str) -> None:
    found = proration.first_period(start, label, day, charge)
    assert found is not None
    assert (found.end, str(found.share(Decimal(price), cycle(label)))) == (end, share)


@pytest.mark.parametrize(
    ("start", "label", "day"),
    [(date(2027, 2, 1), "Monthly", 1), (date(2027, 2, 28), "Monthly", 31), (date(2027, 1, 10), "One Time", 1), (date(2027, 1, 10), "Monthly", 0)],
)
def test_a_whole_period_where_nothing_is_prorated(start: date, label: str, day: int) -> None:
    assert proration.first_period(start, label, day) is None


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 31), st.sampled_from(["Monthly", "Quarterly", "Annually"]))
def test_it_ends_within_a_month_on_its_day(start: date, day: int, label: str) -> None:
    found = proration.first_period(start, label, day)
    if found is not None:
        assert 0 < (found.end - start).days == found.days < found.of <= 31
        assert found.end.day == min(day, calendar.monthrange(found.end.year, found.end.month)[1])


def furnish(ctx: Ctx, **values: Any) -> Product:
    with ctx.unit() as db:
        shop.add_client(db)
        return shop.add_product(db, proratabilling=1, **{"proratadate": 15, **values})


def order(ctx: Ctx, item: dict[str, Any], **more: Any) -> checkout.Placed:
    placed = checkout.place(ctx, checkout.OrderRequest(1, [item] if item else [], "mailin", noemail=True, trusted=True, **more))
    acceptance.accept(ctx, placed.order_id)
    return placed


def lines(ctx: Ctx) -> list[tuple[str, str, str]]:
    with ctx.unit(read=True) as db:
        rows = db.scalars(select(InvoiceItem).order_by(InvoiceItem.id)).all()
    return [(row.type, row.description, str(row.amount)) for row in rows]


def service(ctx: Ctx) -> Service:
    with ctx.unit(read=True) as db:
        return db.get_one(Service, 1)


def test_an_order_and_its_renewals(any_host: Host) -> None:
    ctx = Ctx(any_host)  # on 31 January
    product = furnish(ctx)
    with ctx.unit(read=True) as db:
        found = cart.totals(db, {"items": [{"pid": product.id}]}, db.get_one(Currency, 1))
    # 15 of 31 days of 10.00, and the set-up fee
    assert (str(found.total), str(found.recurring["monthly"]), found.lines[0].quote.until) == ("7.84", "10.00", date(2027, 2, 15))
    placed = order(ctx, {"pid": product.id})
    row = service(ctx)
    assert (row.firstpaymentamount, row.amount) == (Decimal("7.84"), Decimal("10.00"))
    assert (row.nextduedate, row.nextinvoicedate) == (date(2027, 1, 31), date(2027, 2, 15))
    assert lines(ctx) == [("Hosting", "Mail (31/01/2027 - 14/02/2027)", "4.84"), ("Setup", "Mail Setup Fee", "3.00")]
    payments.pay(ctx, placed.invoice_id, "A", "mailin", send=False)
    assert service(ctx).nextduedate == date(2027, 2, 15)
    ctx.host.clock.set(datetime(2027, 2, 2, 12))
    generate(ctx, Report("x"), noemails=True)
    assert lines(ctx)[2:] == [("Hosting", "Mail (15/02/2027 - 14/03/2027)", "10.00")]
    payments.pay(ctx, 2, "B", "mailin", send=False)
    assert service(ctx).nextduedate == date(2027, 3, 15)


def test_the_last_day_of_every_month(ctx: Ctx) -> None:
    ctx.host.clock.set(datetime(2027, 2, 10, 12))
    product = furnish(ctx, proratadate=31)
    placed = order(ctx, {"pid": product.id})
    payments.pay(ctx, placed.invoice_id, "A", "mailin", send=False)
    due = [service(ctx).nextduedate]
    for day in (datetime(2027, 2, 20), datetime(2027, 3, 25), datetime(2027, 4, 25)):
        ctx.host.clock.set(day)
        generate(ctx, Report("x"), noemails=True)
        with ctx.unit(read=True) as db:
            unpaid = db.scalars(select(Invoice.id).where(Invoice.status == "Unpaid")).one()
        payments.pay(ctx, unpaid, "", "mailin", send=False)
        due.append(service(ctx).nextduedate)
    assert due == [date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30), date(2027, 5, 31)]


def test_several_services_are_rounded_each(ctx: Ctx) -> None:
    product = furnish(ctx, allowqty=1, prices={"monthly": "9.99"})
    with ctx.unit(read=True) as db:
        found = cart.totals(db, {"items": [{"pid": product.id, "qty": 3}]}, db.get_one(Currency, 1))
    assert (str(found.total), str(found.lines[0].quote.total)) == ("14.49", "14.49")  # three times 4.83
    order(ctx, {"pid": product.id, "qty": 3})
    assert [amount for _, _, amount in lines(ctx)] == ["4.83"] * 3


def test_a_promotion_takes_its_part_of_what_is_paid(ctx: Ctx) -> None:
    product = furnish(ctx)
    with ctx.unit() as db:
        db.add(Promotion(code="HALF", type="Percentage", recurring=1, value=Decimal(50), appliesto=str(product.id)))
    order(ctx, {"pid": product.id}, promocode="HALF")
    assert [amount for _, _, amount in lines(ctx)] == ["4.84", "3.00", "-3.92"]  # 2.42 and 1.50
    assert str(service(ctx).firstpaymentamount) == "3.92"


def test_an_order_without_an_invoice_is_invoiced_so_later(ctx: Ctx) -> None:
    product = furnish(ctx)
    order(ctx, {"pid": product.id}, noinvoice=True)
    assert service(ctx).nextinvoicedate == date(2027, 1, 31)
    generate(ctx, Report("x"), noemails=True)
    assert lines(ctx) == [("Hosting", "Mail (31/01/2027 - 14/02/2027)", "7.84")]
    assert service(ctx).nextinvoicedate == date(2027, 2, 15)
    payments.pay(ctx, 1, "A", "mailin", send=False)
    assert service(ctx).nextduedate == date(2027, 2, 15)


@pytest.mark.parametrize(("prorate", "share", "until"), [(1, "0.97", date(2027, 2, 15)), (0, "2.00", date(2027, 2, 28))])
def test_an_addon_is_due_with_its_product(ctx: Ctx, prorate: int, share: str, until: date) -> None:
    product = furnish(ctx)
    with ctx.unit() as db:
        addon = shop.add_addon(db, "Backup", product, prorate=prorate)
    placed = order(ctx, {"pid": product.id, "addons": {addon.id: 1}})
    assert lines(ctx)[2][2] == share
    payments.pay(ctx, placed.invoice_id, "A", "mailin", send=False)
    with ctx.unit(read=True) as db:
        row = db.get_one(ServiceAddon, 1)
    assert (row.nextduedate, row.nextinvoicedate, str(row.recurring)) == (until, until, "2.00")


@pytest.mark.parametrize(
    ("label", "due", "text", "share"),
    [
        ("annually", date(2027, 12, 31), "(31/01/2027 - 30/12/2027)", "18.30"),  # 334 of 365 days of 20.00
        ("monthly", date(2027, 12, 10), "(31/01/2027 - 09/02/2027)", "0.65"),  # 10 of 31 days of 2.00
        ("annually", date(2027, 2, 10), "(31/01/2027 - 09/02/2027)", "0.55"),  # 10 of 365 days
    ],
)
def test_an_addon_for_a_service_that_the_client_has(ctx: Ctx, label: str, due: date, text: str, share: str) -> None:
    with ctx.unit() as db:
        client, product = shop.add_client(db), shop.add_product(db)
        addon = shop.add_addon(db, "Backup", product, prorate=1)
        db.add(Service(userid=client.id, packageid=product.id, domainstatus="Active", billingcycle="Annually", nextduedate=due,
                       nextinvoicedate=due, regdate=date(2026, 1, 5)))  # fmt: skip
    order(ctx, {}, addons=[{"aid": addon.id, "serviceid": 1, "qty": 1, "billingcycle": label}])
    assert lines(ctx) == [("Addon", f"Addon - Backup {text}", share)]


def test_the_settings_of_a_product_are_checked(ctx: Ctx) -> None:
    product = furnish(ctx)
    form = {"paytype": "recurring", "pricing_tab": "1", "proratabilling": "1", "proratadate": "31", "proratachargenextmonth": "20"}
    with ctx.unit() as db:
        row = db.get_one(Product, product.id)
        products.save_pricing(db, row, form)
        assert (row.proratabilling, row.proratadate, row.proratachargenextmonth) == (1, 31, 20)
        products.save_pricing(db, row, {name: text for name, text in form.items() if name != "proratabilling"})
        assert row.proratabilling == 0
        with pytest.raises(products.Invalid) as refused:
            products.save_pricing(db, row, {**form, "proratadate": "32"})
    assert refused.value.errors == {"proratadate": "Prorata Date must not be above 31."}
