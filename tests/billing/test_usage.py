"""What usage costs, worked out by hand, and that no value is charged twice."""

import threading
from calendar import timegm
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from modulehost.billing import invoices, usage
from modulehost.billing.catalog import Invalid, products
from modulehost.billing.catalog import usage as entering
from modulehost.billing.usage import Bracket, Period
from modulehost.context import Ctx, Host
from modulehost.schema import (
    Invoice,
    InvoiceItem,
    Pricing,
    PricingBracket,
    Product,
    Server,
    ServerTenant,
    Service,
    TenantStat,
)
from tests.billing import shop

JANUARY = Period(date(2027, 1, 1), date(2027, 2, 1))
TIERS = [Bracket(Decimal(0), Decimal(10), Decimal("2.00")), Bracket(Decimal(10), None, Decimal("1.50"))]


@pytest.mark.parametrize(
    ("quantity", "scheme", "price"),
    [
        ("4", "graduated", "8.00"),  # 4 × 2.00
        ("10", "graduated", "20.00"),
        ("13", "graduated", "24.50"),  # 10 × 2.00 + 3 × 1.50
        ("4", "total", "8.00"),
        ("9.5", "total", "19.00"),
        ("10", "total", "15.00"),  # all 10 × 1.50
        ("13", "total", "19.50"),
        ("0", "graduated", "0"),
    ],
)
def test_cost(quantity: str, scheme: str, price: str) -> None:
    assert usage.cost(Decimal(quantity), scheme, TIERS) == Decimal(price)


def furnish(ctx: Ctx, currency: int = 1, **form: str) -> Service:
    with ctx.unit() as db:
        client = shop.add_client(db, currency)
        product = shop.add_product(db, servertype="shopmod", tax=1)
        server = Server(name="Node", type="shopmod")
        db.add(server)
        db.flush()
        service = Service(
            userid=client.id, packageid=product.id, server=server.id, domain="Ada.example", domainstatus="Active", qty=1,
            billingcycle="Monthly", regdate=date(2027, 1, 1), nextduedate=date(2027, 2, 1),
        )  # fmt: skip
        db.add_all([service, ServerTenant(server_id=server.id, tenant="ada.EXAMPLE")])
        entering.save(db, product, [("disk", "Disk"), ("traffic", "Traffic")], form)
        return service


def measured(ctx: Ctx, metric: str, type_: str, *values: tuple[datetime, str]) -> None:
    with ctx.unit() as db:
        for moment, value in values:
            db.add(
                TenantStat(tenant_id=1, metric=metric, type=type_, value=Decimal(value), measured_at=timegm(moment.timetuple()))
            )


def simple(name: str, included: str, **price: str) -> dict[str, str]:
    found = {f"metric[{name}][on]": "1", f"metric[{name}][included]": included, f"metric[{name}][scheme]": "simple"}
    return found | {f"metric[{name}][0][price][{key[1:]}]": value for key, value in price.items()}


def lines(ctx: Ctx, service: Service, period: Period = JANUARY) -> list[Any]:
    with ctx.unit(read=True) as db:
        found = usage.usage_items(db, service, period, "ada.example", {"disk": "Disk"})
        return [(item.description, item.amount, item.taxed) for item in found]


def test_what_is_included_costs_nothing_and_the_rest_is_taxed_like_the_product(any_host: Host) -> None:
    ctx = Ctx(any_host)
    service = furnish(ctx, **simple("disk", "5", _1="0.33", _2="0.25"))
    assert lines(ctx, service) == []
    measured(ctx, "disk", "snapshot", (datetime(2027, 1, 20), "5"))
    assert lines(ctx, service) == []
    measured(ctx, "disk", "snapshot", (datetime(2027, 1, 21), "12.5"))
    # 7.5 beyond at 0.33 are 2.475, half-up 2.48
    assert lines(ctx, service) == [("Mail: Disk: 12.5, 5 included (01/01/2027 - 31/01/2027)", Decimal("2.48"), True)]


def test_prices_are_those_of_the_client_s_currency_and_without_one_nothing_is_charged(ctx: Ctx) -> None:
    service = furnish(ctx, 2, **simple("disk", "0", _1="1.00", _2="0.25"), **simple("traffic", "0", _1="1.00"))
    measured(ctx, "disk", "snapshot", (datetime(2027, 1, 20), "10"))
    measured(ctx, "traffic", "day", (datetime(2027, 1, 20), "10"))
    assert [amount for _text, amount, _taxed in lines(ctx, service)] == [Decimal("2.50")]


def test_days_and_months_count_in_the_term_in_which_they_end(ctx: Ctx) -> None:
    service = furnish(ctx, **simple("traffic", "1", _1="1.00"), **simple("disk", "0", _1="1.00"))
    days = [datetime(2026, 12, 31, 12), datetime(2027, 1, 1, 12), datetime(2027, 1, 31, 12), datetime(2027, 2, 1, 12)]
    measured(ctx, "traffic", "day", *[(day, value) for day, value in zip(days, ("100", "2", "3", "50"), strict=True)])
    measured(ctx, "disk", "month", (datetime(2027, 1, 15), "7"), (datetime(2027, 2, 15), "9"))
    assert sorted(amount for _text, amount, _taxed in lines(ctx, service)) == [Decimal("4.00"), Decimal("7.00")]
    assert sorted(amount for _text, amount, _taxed in lines(ctx, service, Period(date(2027, 2, 1), date(2027, 3, 1)))) == [
        Decimal("9.00"), Decimal("49.00"),
    ]  # fmt: skip


def charging(host: Host, *, moment: datetime = datetime(2027, 2, 1, 9), **form: str) -> tuple[Ctx, Service]:
    ctx = Ctx(host)
    usage.provide(host, lambda db, service: (service.domain, {}))
    host.clock.set(moment)
    return ctx, furnish(ctx, **(form or simple("disk", "0", _1="1.00")))


def charge(ctx: Ctx, service: Service, on: int = 0) -> int:
    with ctx.unit() as db:
        made = usage.charge(db, db.get_one(Service, service.id), db.get(Invoice, on) if on else None)
        return made.id if made is not None else 0


def renewed(ctx: Ctx, service: Service) -> None:
    """The renewal is paid and the term after it has ended."""
    ctx.host.clock.set(datetime(2027, 3, 1, 9))
    with ctx.unit() as db:
        db.get_one(Service, service.id).nextduedate = date(2027, 3, 1)


def test_a_term_is_charged_once_on_the_renewal_s_invoice_or_on_its_own(any_host: Host) -> None:
    ctx, service = charging(any_host)
    measured(ctx, "disk", "snapshot", (datetime(2027, 1, 20), "3"))
    with ctx.unit() as db:
        renewal = invoices.create(db, db.get_one(shop.Client, service.userid), [invoices.Item("Mail", Decimal(5), "Hosting", service.id)]).id
    assert charge(ctx, service, renewal) == renewal
    measured(ctx, "disk", "snapshot", (datetime(2027, 2, 1), "9"))
    assert (charge(ctx, service), charge(ctx, service, renewal)) == (0, 0)
    with ctx.unit(read=True) as db:
        found = [(row.type, row.relid, row.amount, row.invoiceid) for row in db.query(InvoiceItem).order_by(InvoiceItem.id)]
        assert found == [("Hosting", service.id, Decimal("5.00"), renewal), ("Usage", service.id, Decimal("3.00"), renewal)]
        assert db.get_one(Invoice, renewal).subtotal == Decimal("8.00")
        assert db.get_one(TenantStat, 1).invoice_id == renewal
    renewed(ctx, service)
    assert charge(ctx, service) == renewal + 1  # the next term: 9 are used now
    with ctx.unit(read=True) as db:
        assert db.get_one(Invoice, renewal + 1).subtotal == Decimal("9.00")


def test_a_term_that_cost_nothing_is_settled_as_well(any_host: Host) -> None:
    ctx, service = charging(any_host, **simple("disk", "5", _1="1.00"))
    measured(ctx, "disk", "snapshot", (datetime(2027, 1, 20), "5"))
    assert charge(ctx, service) == 0
    measured(ctx, "disk", "snapshot", (datetime(2027, 2, 1, 10), "50"))
    assert charge(ctx, service) == 0
    renewed(ctx, service)
    assert charge(ctx, service) == 1


def test_a_product_that_charges_for_no_metric_settles_nothing(any_host: Host) -> None:
    ctx, service = charging(any_host, x="")
    measured(ctx, "disk", "snapshot", (datetime(2027, 1, 20), "5"))
    assert charge(ctx, service) == 0
    with ctx.unit() as db:
        entering.save(db, db.get_one(Product, service.packageid), [("disk", "Disk")], simple("disk", "0", _1="1.00"))
    assert charge(ctx, service) == 1


def test_four_clicks_at_the_same_moment_charge_once(any_host: Host) -> None:
    ctx, service = charging(any_host)
    measured(ctx, "disk", "snapshot", (datetime(2027, 1, 20), "3"))
    gate, found = threading.Barrier(4), []

    def click() -> None:
        gate.wait()
        found.append(charge(ctx, service))

    threads = [threading.Thread(target=click) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [0, 0, 0, 1]
    with ctx.unit(read=True) as db:
        assert [row.amount for row in db.query(InvoiceItem)] == [Decimal("3.00")]


@pytest.mark.parametrize("step", ["_settled", "_lines", "create", "add_items"])
def test_a_charge_that_dies_after_any_step_is_made_by_the_next(any_host: Host, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    ctx, service = charging(any_host)
    measured(ctx, "disk", "snapshot", (datetime(2027, 1, 20), "3"))
    real = getattr(usage, step)

    def die(*args: Any, **named: Any) -> None:
        real(*args, **named)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(usage, step, die)
        with pytest.raises(KeyboardInterrupt):
            charge(ctx, service)
    assert charge(ctx, service)
    with ctx.unit(read=True) as db:
        assert [row.amount for row in db.query(InvoiceItem)] == [Decimal("3.00")]
        assert db.query(Invoice).count() == 1


def test_a_copy_of_a_product_has_its_metrics_and_a_deleted_one_leaves_none(any_host: Host) -> None:
    ctx, service = charging(any_host, **simple("disk", "5", _1="0.33", _2="0.25"))
    with ctx.unit() as db:
        product = db.get_one(Product, service.packageid)
        twin = products.duplicate(db, product, "Twin")
        (item,) = usage.items_of(db, twin.id)
        assert (item.metric, item.included, item.module, item.is_hidden) == ("disk", Decimal(5), "shopmod", 0)
        for currency, price in ((1, "0.33"), (2, "0.25")):
            assert usage.priced(db, item, currency) == ("simple", [Bracket(Decimal(0), None, Decimal(price))])
        products.delete(db, twin)
        assert db.query(PricingBracket).count() == 1 == len(usage.items_of(db, product.id))
        assert {row.relid for row in db.query(Pricing) if row.type == "usage"} == {1}


def test_the_last_term_that_ended(ctx: Ctx) -> None:
    service = furnish(ctx, **simple("disk", "0", _1="1.00"))
    with ctx.unit(read=True) as db:
        assert usage.ended_term(db, service) is None  # it is the 31st of January
    ctx.host.clock.set(datetime(2027, 2, 1, 9))
    with ctx.unit(read=True) as db:
        assert usage.ended_term(db, service) == JANUARY
    service.nextduedate = date(2027, 3, 1)
    with ctx.unit(read=True) as db:
        assert usage.ended_term(db, service) == JANUARY


@pytest.mark.parametrize(
    ("more", "field", "text"),
    [
        ({"[0][floor]": "0", "[0][ceiling]": "10", "[1][floor]": "8"}, "[1][floor]", "Disk, range 2 begins at 8 and overlaps the range before it, which goes to 10."),
        ({"[0][floor]": "0", "[0][ceiling]": "10", "[1][floor]": "12"}, "[1][floor]", "Disk, range 2 begins at 12; units from 10 on would have no price."),
        ({"[0][ceiling]": "many", "[1][floor]": "0"}, "[0][ceiling]", "Disk, range 1: its end is 'many'; expected a number such as 10 or 2.5."),
        ({"[0][ceiling]": "10", "[1][floor]": "10", "[1][ceiling]": "5"}, "[1][ceiling]", "Disk, range 2 ends at 5, which is not above its beginning, 10."),
        ({"[0][ceiling]": "10", "[1][floor]": "10", "[1][ceiling]": "20"}, "[scheme]", "Disk: the last range must have no end, or units above it would have no price."),
        ({"[0][ceiling]": "10", "[1][floor]": "10", "[1][price][1]": "x"}, "[1][price][1]", "Disk, range 2: the price in USD: 'x' is not an amount; write for example 12.50."),
        ({"[included]": "-1", "[0][ceiling]": "10", "[1][floor]": "10"}, "[included]", "Disk: the included quantity must be from 0 to below 10000000000000."),
    ],
)  # fmt: skip
def test_wrong_ranges_are_told_at_their_field(ctx: Ctx, more: dict[str, str], field: str, text: str) -> None:
    given = {"[on]": "1", "[scheme]": "graduated", "[0][price][1]": "2", "[1][price][1]": "1", **more}
    with pytest.raises(Invalid) as caught:
        furnish(ctx, **{f"metric[disk]{key}": value for key, value in given.items()})
    assert caught.value.errors[f"metric[disk]{field}"] == text
