"""Tax worked out by hand: exclusive and inclusive, two levels, compound, line by line, and a currency without decimals."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modulehost.billing import invoices, tax
from modulehost.billing.catalog import Invalid, taxes
from modulehost.billing.invoices import Item
from modulehost.context import Ctx, Host
from modulehost.schema import Currency, Invoice
from modulehost.settings import put
from tests.billing.shop import add_client


def d(text: str) -> Decimal:
    return Decimal(text)


@pytest.mark.parametrize(
    ("total", "rates", "inclusive", "compound", "places", "net", "first", "second"),
    [
        # 100 + 20%
        ("100.00", ("20", "0"), False, False, 2, "100.00", "20.00", "0.00"),
        # 5% and 9.975% of 49.99: 2.4995 -> 2.50, 4.98650 -> 4.99
        ("49.99", ("5", "9.975"), False, False, 2, "49.99", "2.50", "4.99"),
        # the second of 49.99 + 2.50 = 52.49: 5.2358... -> 5.24
        ("49.99", ("5", "9.975"), False, True, 2, "49.99", "2.50", "5.24"),
        # 119 contains 19
        ("119.00", ("19", "0"), True, False, 2, "100.00", "19.00", "0.00"),
        # 9.99 / 1.19 = 8.3949... -> 1.60 tax
        ("9.99", ("19", "0"), True, False, 2, "8.39", "1.60", "0.00"),
        # 115.50 = 100 x 1.05 x 1.10
        ("115.50", ("5", "10"), True, True, 2, "100.00", "5.00", "10.50"),
        # 115 = 100 x (1 + 5% + 10%)
        ("115.00", ("5", "10"), True, False, 2, "100.00", "5.00", "10.00"),
        # yen: 10% of 1055 is 105.5 -> 106
        ("1055.00", ("10", "0"), False, False, 0, "1055.00", "106.00", "0.00"),
        # yen, inclusive: 1080 / 1.10 = 981.8... -> 98
        ("1080.00", ("10", "0"), True, False, 0, "982.00", "98.00", "0.00"),
        # a discount line gives tax back
        ("-10.00", ("20", "0"), False, False, 2, "-10.00", "-2.00", "0.00"),
    ],
)
def test_worked_by_hand(
    total: str, rates: tuple[str, str], inclusive: bool, compound: bool, places: int, net: str, first: str, second: str
) -> None:
    found = tax.apart(d(total), d(rates[0]), d(rates[1]), inclusive, compound, places)
    assert (found.net, found.tax, found.tax2) == (d(net), d(first), d(second))


@given(
    st.lists(st.decimals("-500", "5000", places=2), min_size=1, max_size=6),
    st.decimals("0", "40", places=3),
    st.decimals("0", "20", places=3),
    st.booleans(),
    st.sampled_from((0, 2)),
)
@settings(deadline=None, max_examples=150)
def test_inclusive_tax_never_changes_what_is_paid(
    lines: list[Decimal], rate: Decimal, rate2: Decimal, compound: bool, places: int
) -> None:
    parts = [tax.apart(line, rate, rate2, True, compound, places) for line in lines]
    assert sum((one.total for one in parts), d("0.00")) == sum(lines, d("0.00"))


def rule(ctx: Ctx, level: int, rate: str, country: str = "", state: str = "", name: str = "VAT") -> None:
    with ctx.unit() as db:
        taxes.add(db, {"level": level, "name": name, "country": country, "state": state, "taxrate": rate})


def test_the_closest_rule_counts(any_host: Host) -> None:
    ctx = Ctx(any_host)
    with ctx.unit() as db:
        put(db, "TaxEnabled", "on")
    rule(ctx, 1, "10", name="World")
    rule(ctx, 1, "19", "DE", name="MwSt")
    rule(ctx, 1, "7", "US", "California", name="Sales Tax")
    rule(ctx, 2, "1.5", "US", name="County")
    with ctx.unit(read=True) as db:
        assert tax.levels(db, "de", "Berlin").rates == (d("19.000"), d("0.000"))
        assert tax.levels(db, "US", "california").names == ("Sales Tax", "County")
        assert tax.levels(db, "US", "Texas").rates == (d("10.000"), d("1.500"))
        assert tax.levels(db, "FR").names == ("World", "")
    with ctx.unit() as db:
        client = add_client(db, country="DE", taxexempt=1)
        assert tax.rates(db, client) == (d("0.000"), d("0.000"))
        put(db, "TaxEnabled", "")
        client.taxexempt = 0
        assert tax.rates(db, client) == (d("0.000"), d("0.000"))


def test_a_rule_is_checked(ctx: Ctx) -> None:
    rule(ctx, 1, "19", "DE")
    for data, field in (
        ({"level": "3", "name": "x", "taxrate": "1"}, "level"),
        ({"level": "1", "name": "x", "taxrate": "1,5"}, "taxrate"),
        ({"level": "1", "name": "x", "taxrate": "1", "country": "XX"}, "country"),
        ({"level": "1", "name": "x", "taxrate": "1", "state": "Berlin"}, "state"),
        ({"level": "1", "name": "x", "taxrate": "1", "country": "DE"}, "country"),
        ({"level": "1", "name": "", "taxrate": "1"}, "name"),
    ):
        with ctx.unit() as db, pytest.raises(Invalid) as refused:
            taxes.add(db, data)
        assert set(refused.value.errors) == {field}, data


def totals(ctx: Ctx, country: str, amounts: list[str], **values: object) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    with ctx.unit() as db:
        client = add_client(db, country=country, **values)  # type: ignore[arg-type]
        made = invoices.create(db, client, [Item("x", d(one), taxed=True) for one in amounts])
        found = db.get_one(Invoice, made.id)
        return found.subtotal, found.tax, found.tax2, found.total


def test_an_invoice_by_line_and_as_a_whole(ctx: Ctx) -> None:
    with ctx.unit() as db:
        put(db, "TaxEnabled", "on")
    rule(ctx, 1, "19", "DE")
    # 3 x 0.13 = 0.39, of which 19% is 0.0741 -> 0.07; line by line 3 x 0.0247 -> 0.02 each
    assert totals(ctx, "DE", ["0.13"] * 3) == (d("0.39"), d("0.07"), d("0.00"), d("0.46"))
    with ctx.unit() as db:
        put(db, "TaxPerLineItem", "on")
    assert totals(ctx, "DE", ["0.13"] * 3) == (d("0.39"), d("0.06"), d("0.00"), d("0.45"))
    assert totals(ctx, "FR", ["0.13"] * 3) == (d("0.39"), d("0.00"), d("0.00"), d("0.39"))


def test_an_inclusive_compound_invoice_in_yen(ctx: Ctx) -> None:
    with ctx.unit() as db:
        put(db, "TaxEnabled", "on")
        put(db, "TaxType", "Inclusive")
        put(db, "TaxL2Compound", "on")
        yen = Currency(code="JPY", prefix="¥", suffix="", format=4, rate=d("150"))
        db.add(yen)
        db.flush()
        currency = yen.id
    rule(ctx, 1, "8", "JP")
    rule(ctx, 2, "2", "JP", name="City")
    # 2000 / 1.08 / 1.02 = 1815.54; all tax 184.46 -> 184; City 1815.54 x 1.08 x 2% = 39.2 -> 39
    assert totals(ctx, "JP", ["1500", "500"], currency=currency) == (d("1816"), d("145"), d("39"), d("2000"))
