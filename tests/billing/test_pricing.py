"""Prices, configurable options and quotes."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from modulehost.billing import pricing
from modulehost.billing.options import HIGHEST_QUANTITY, OptionErrors, options_of_service, store_options
from modulehost.billing.pricing import NotOffered, Price
from modulehost.context import Ctx, Host
from modulehost.schema import Product

from .shop import add_option, add_prices, add_product


def d(text: str) -> Decimal:
    return Decimal(text)


def test_a_recurring_product_is_sold_where_its_price_is_not_minus_one(ctx: Ctx) -> None:
    with ctx.unit() as db:
        product = add_product(
            db, prices={"monthly": "10.00", "msetupfee": "3.00", "annually": "0.00", "quarterly": "-1.00"}
        )
        assert [one.key for one in pricing.cycles_of(db, product, 1)] == ["monthly", "annually"]
        assert pricing.product_price(db, product, 1, "Monthly") == Price(d("3.00"), d("10.00"))
        assert pricing.product_price(db, product, 1, "annually") == Price(d("0.00"), d("0.00"))
        assert pricing.product_price(db, product, 1, "quarterly") is None
        assert pricing.product_price(db, product, 1, "free") is None
        assert pricing.cycles_of(db, product, 2) == []  # no row in euro: not sold in euro


def test_a_one_time_product_uses_the_monthly_columns_and_a_free_one_none(ctx: Ctx) -> None:
    with ctx.unit() as db:
        once = add_product(db, "Setup", "onetime", {"monthly": "49.90", "msetupfee": "5.00"})
        free = add_product(db, "Trial", "free", {"monthly": "99.00"})
        assert [one.key for one in pricing.cycles_of(db, once, 1)] == ["onetime"]
        assert pricing.product_price(db, once, 1, "One Time") == Price(d("5.00"), d("49.90"))
        assert pricing.product_price(db, once, 1, "monthly") is None
        assert [one.key for one in pricing.cycles_of(db, free, 1)] == ["free"]
        assert pricing.product_price(db, free, 1, "free") == Price(d("0.00"), d("0.00"))


def mailboxes(db: Session, product: Product) -> tuple[int, int, int, int]:
    """Options as in the story: a quantity (1 to unlimited) and a radio with two plans; their ids."""
    unit = {"Mailbox": {"monthly": "1.50", "msetupfee": "0.25"}}
    count, _ = add_option(db, product, "boxes|Number of mailboxes", 4, unit, minimum=1)
    plans = {"lite|Mail Lite": {"monthly": "2.00"}, "pro|Mail Premium": {"monthly": "5.00", "msetupfee": "1.00"}}
    plan, subs = add_option(db, product, "plan|Plan type", 2, plans)
    return count.id, plan.id, subs[0].id, subs[1].id


def test_total_is_unit_price_times_quantity(ctx: Ctx) -> None:
    with ctx.unit() as db:
        product = add_product(db)
        count, plan, _lite, pro = mailboxes(db, product)
        chosen = pricing.read_options(db, product, {count: "12", plan: str(pro)})
        quote = pricing.quote(db, product, 1, "monthly", chosen)
        # 3.00 + 12 x 0.25 + 1.00 and 10.00 + 12 x 1.50 + 5.00
        assert (quote.setup, quote.recurring, quote.total) == (d("7.00"), d("33.00"), d("40.00"))
        assert [(line.description, line.shown) for line in quote.lines] == [
            ("Mail", "Monthly"),
            ("Number of mailboxes", "12 x Mailbox"),
            ("Plan type", "Mail Premium"),
        ]
        assert [one.value for one in chosen] == [12, "pro"]
        assert pricing.quote(db, product, 1, "monthly", chosen, qty=3).total == d("120.00")
        own = pricing.quote(db, product, 1, "monthly", chosen, override=Price(d("0.00"), d("1.00")))
        assert own.total == d("28.00")  # 4.00 + 1.00 + 18.00 + 5.00


def test_what_is_not_said_takes_its_default(ctx: Ctx) -> None:
    with ctx.unit() as db:
        product = add_product(db)
        mailboxes(db, product)
        extra, _ = add_option(db, product, "Backup", 3, {"Daily": {"monthly": "4.00"}})
        assert [one.value for one in pricing.read_options(db, product, {})] == [1, "lite", 0]
        chosen = pricing.read_options(db, product, {extra.id: "on"})
        assert [one.shown for one in chosen] == ["1 x Mailbox", "Mail Lite", "Yes"]
        assert pricing.quote(db, product, 1, "monthly", chosen).recurring == d("17.50")  # 10 + 1.50 + 2 + 4


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0", "Number of mailboxes: the quantity must be at least 1"),
        ("-1", "Number of mailboxes: the quantity must not be negative"),
        ("2.5", "Number of mailboxes: the quantity must be a whole number, not '2.5'"),
        ("", "Number of mailboxes: the quantity must be a whole number, not ''"),
        ("1e3", "Number of mailboxes: the quantity must be a whole number, not '1e3'"),
        ("٣", "Number of mailboxes: the quantity must be a whole number, not '٣'"),
        ("1_000", "Number of mailboxes: the quantity must be a whole number, not '1_000'"),
        ("99999999999999999999", "Number of mailboxes: the quantity must be at most 2147483647"),
    ],
)
def test_quantities_that_are_none(ctx: Ctx, value: str, text: str) -> None:
    with ctx.unit() as db:
        product = add_product(db)
        count, *_ = mailboxes(db, product)
        with pytest.raises(OptionErrors) as caught:
            pricing.read_options(db, product, {count: value})
        assert caught.value.errors == [text]


def test_maximum_zero_is_no_ceiling_and_any_other_is_one(ctx: Ctx) -> None:
    with ctx.unit() as db:
        product = add_product(db)
        count, *_ = mailboxes(db, product)
        limited, _ = add_option(db, product, "IPs", 4, {"IP": {}}, minimum=2, maximum=4)
        assert pricing.read_options(db, product, {count: "100000", limited.id: 4})[0].qty == 100_000
        with pytest.raises(OptionErrors) as caught:
            pricing.read_options(db, product, {limited.id: 5})
        assert caught.value.errors == ["IPs: the quantity must be at most 4"]


def test_unknown_hidden_and_foreign_choices_are_refused(ctx: Ctx) -> None:
    with ctx.unit() as db:
        product, other = add_product(db), add_product(db, "Other")
        _count, plan, lite, _pro = mailboxes(db, product)
        _c, foreign, foreign_lite, _p = mailboxes(db, other)
        secret, subs = add_option(db, product, "Secret", 1, {"a": {}, "b": {}}, hidden=1)
        for values, text in (
            ({plan: foreign_lite}, f"Plan type: '{foreign_lite}' is not one of its choices"),
            ({plan: "lite"}, "Plan type: 'lite' is not one of its choices"),
            ({foreign: foreign_lite}, f"Option {foreign} is not offered with Mail"),
            ({secret.id: subs[0].id}, f"Option {secret.id} is not offered with Mail"),
            ({9999: 1}, "Option 9999 is not offered with Mail"),
        ):
            with pytest.raises(OptionErrors) as caught:
                pricing.read_options(db, product, values)
            assert caught.value.errors == [text]
        assert pricing.read_options(db, product, {secret.id: subs[1].id}, hidden=True)[2].value == "b"
        hidden_choice = add_option(db, product, "Colour", 1, {"red": {}, "blue": {}})
        hidden_choice[1][1].hidden = 1
        with pytest.raises(OptionErrors, match="is not one of its choices"):
            pricing.read_options(db, product, {hidden_choice[0].id: hidden_choice[1][1].id})
        assert lite


def test_a_choice_at_minus_one_is_not_offered_in_that_cycle(ctx: Ctx) -> None:
    with ctx.unit() as db:
        product = add_product(db, prices={"monthly": "10.00", "annually": "100.00"})
        plans = {"Lite": {"monthly": "-1.00", "annually": "20.00"}, "Pro": {"monthly": "5.00", "annually": "50.00"}}
        plan, (lite, pro) = add_option(db, product, "Plan", 1, plans)
        monthly = pricing.options_of(db, product, 1, "monthly")
        assert [choice.label for choice in monthly[0].choices] == ["Pro"]
        assert [c.price.recurring for c in pricing.options_of(db, product, 1, "annually")[0].choices] == [
            d("20.00"),
            d("50.00"),
        ]
        chosen = pricing.read_options(db, product, {plan.id: lite.id})
        with pytest.raises(NotOffered, match="Plan: Lite is not offered Monthly"):
            pricing.quote(db, product, 1, "monthly", chosen)
        assert pricing.quote(db, product, 1, "annually", chosen).total == d("120.00")
        assert pro


def test_option_prices_are_those_of_the_currency(ctx: Ctx) -> None:
    with ctx.unit() as db:
        product = add_product(db)
        add_prices(db, "product", product.id, currency=2, monthly="9.00")
        option, (sub,) = add_option(db, product, "IPs", 4, {"IP": {"monthly": "2.00"}})
        add_prices(db, "configoptions", sub.id, currency=2, monthly="1.80")
        chosen = pricing.read_options(db, product, {option.id: 3})
        assert pricing.quote(db, product, 2, "monthly", chosen).total == d("14.40")
        assert pricing.quote(db, product, 1, "monthly", chosen).total == d("19.00")  # 3 + 10 + 6


def test_a_total_that_no_invoice_can_hold_is_refused(ctx: Ctx) -> None:
    with ctx.unit() as db:
        product = add_product(db)
        option, _ = add_option(db, product, "Boxes", 4, {"Box": {"monthly": "99999999.99"}})
        chosen = pricing.read_options(db, product, {option.id: HIGHEST_QUANTITY})
        with pytest.raises(NotOffered, match=r"more than 99999999999999\.99"):
            pricing.quote(db, product, 1, "monthly", chosen)


def test_what_a_service_has_comes_back_from_its_rows(any_host: Host) -> None:
    with Ctx(any_host).unit() as db:
        product = add_product(db)
        count, plan, _lite, pro = mailboxes(db, product)
        store_options(db, 77, pricing.read_options(db, product, {count: 5, plan: pro}))
        store_options(db, 77, pricing.read_options(db, product, {count: 6, plan: pro}))
        held = options_of_service(db, 77, product)
        assert [(one.option.name, one.value) for one in held] == [("boxes", 6), ("plan", "pro")]


prices = st.decimals(min_value=0, max_value=99999, places=2)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    own=prices,
    unit=prices,
    setup=prices,
    minimum=st.integers(0, 50),
    extent=st.integers(0, 50),
    chosen=st.integers(-5, 120),
    qty=st.integers(1, 9),
)
def test_any_quantity_is_priced_exactly_or_refused_for_the_right_reason(
    host: Host, own: Decimal, unit: Decimal, setup: Decimal, minimum: int, extent: int, chosen: int, qty: int
) -> None:
    maximum = minimum + extent if extent else 0
    with Ctx(host).unit() as db:
        product = add_product(db, prices={"monthly": str(own)})
        columns = {"monthly": str(unit), "msetupfee": str(setup)}
        option, _ = add_option(db, product, "Boxes", 4, {"Box": columns}, minimum=minimum, maximum=maximum)
        allowed = chosen >= minimum and chosen >= 0 and (maximum == 0 or chosen <= maximum)
        try:
            selected = pricing.read_options(db, product, {option.id: chosen})
        except OptionErrors:
            assert not allowed
            return
        assert allowed
        quote = pricing.quote(db, product, 1, "monthly", selected, qty)
        # In cents, so that nothing here can round.
        cents = qty * (int(own * 100) + chosen * int(unit * 100)), qty * chosen * int(setup * 100)
        assert (int(quote.recurring * 100), int(quote.setup * 100)) == cents
        assert quote.total == sum(line.setup + line.recurring for line in quote.lines)
