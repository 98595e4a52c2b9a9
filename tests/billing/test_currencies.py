"""Currencies: rates, the default one, prices that follow the rates, and who keeps one from being deleted."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from modulehost import automation, hooks, settings
from modulehost.billing.catalog import Invalid, currencies
from modulehost.context import Ctx, Host
from modulehost.money import converted
from modulehost.schema import Currency, Pricing, Transaction
from tests.billing.shop import add_client, add_prices, add_product

SWITCHES = {
    "CurrencyUpdateExchangeRates": "CurrencyAutoUpdateExchangeRates",
    "CurrencyUpdateProductPricing": "CurrencyAutoUpdateProductPrices",
}


def d(text: str) -> Decimal:
    return Decimal(text)


def row(db: Any, code: str) -> Currency:
    found = db.scalars(select(Currency).where(Currency.code == code)).one()
    assert isinstance(found, Currency)
    return found


def price(db: Any, product: int, currency: int) -> Pricing:
    found = db.scalars(select(Pricing).where(Pricing.relid == product, Pricing.currency == currency)).one()
    assert isinstance(found, Pricing)
    return found


def test_update_product_prices(any_host: Host) -> None:
    ctx = Ctx(any_host)
    with ctx.unit() as db:
        yen = currencies.save(db, {"code": "jpy", "prefix": "¥", "suffix": "", "format": "4", "rate": "151.5"})
        product = add_product(db, prices={"monthly": "9.99", "msetupfee": "3.33", "annually": "-1"}).id
        add_prices(db, "product", product, 2, monthly="1.00")
        assert currencies.update_prices(db) == 2
    with ctx.unit(read=True) as db:
        euro = price(db, product, 2)
        # 9.99 x 0.9 = 8.991 -> 8.99; 3.33 x 0.9 = 2.997 -> 3.00
        assert (euro.monthly, euro.msetupfee, euro.annually, euro.quarterly) == (d("8.99"), d("3.00"), d("-1"), d("-1"))
        # 9.99 x 151.5 = 1513.485 -> 1513; 3.33 x 151.5 = 504.495 -> 504
        assert (price(db, product, yen.id).monthly, price(db, product, yen.id).msetupfee) == (d("1513"), d("504"))
        assert price(db, product, 1).monthly == d("9.99")
        assert converted(d("9.00"), row(db, "EUR"), row(db, "USD")) == d("10.00")
        assert converted(d("9.00"), row(db, "EUR"), row(db, "JPY")) == d("1515")


def test_make_default_keeps_the_proportions(ctx: Ctx) -> None:
    with ctx.unit() as db:
        currencies.save(db, {"code": "GBP", "prefix": "£", "format": "2", "rate": "0.8"})
        currencies.make_default(db, row(db, "EUR"))
    with ctx.unit(read=True) as db:
        rates = {one.code: (one.rate, one.default) for one in db.scalars(select(Currency))}
    # 1 EUR was 1 / 0.9 USD = 1.11111, and 0.8 / 0.9 GBP = 0.88889
    assert rates == {"EUR": (d("1"), 1), "USD": (d("1.11111"), 0), "GBP": (d("0.88889"), 0)}


def test_what_is_used_is_not_deleted(ctx: Ctx) -> None:
    with ctx.unit() as db:
        add_client(db, currency=2)
        pounds = currencies.save(db, {"code": "GBP", "format": "1", "rate": "0.8"})
        francs = currencies.save(db, {"code": "CHF", "format": "1", "rate": "0.9"})
        product = add_product(db).id
        add_prices(db, "product", product, francs.id, monthly="5.00")
        db.add(Transaction(userid=0, currency=pounds.id, gateway="mailin", date=ctx.host.clock.now(), transid="T"))
    for code, why in (("USD", "default currency"), ("EUR", "1 client"), ("GBP", "transactions in GBP")):
        with ctx.unit() as db, pytest.raises(Invalid, match=why):
            currencies.delete(db, row(db, code))
    with ctx.unit() as db:
        currencies.delete(db, row(db, "CHF"))
        assert db.scalars(select(Pricing.currency).where(Pricing.relid == product)).all() == [1]


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"code": "EURO", "format": "1", "rate": "1"}, "code"),
        ({"code": "USD", "format": "1", "rate": "1"}, "code"),
        ({"code": "GBP", "format": "5", "rate": "1"}, "format"),
        ({"code": "GBP", "format": "1", "rate": "0"}, "rate"),
        ({"code": "GBP", "format": "1", "rate": "much"}, "rate"),
        ({"code": "GBP", "format": "1", "rate": "100000"}, "rate"),
        ({"code": "GBP", "format": "1", "rate": "1", "suffix": "x" * 21}, "suffix"),
    ],
)
def test_what_is_entered_is_checked(ctx: Ctx, data: dict[str, str], field: str) -> None:
    with ctx.unit() as db, pytest.raises(Invalid) as refused:
        currencies.save(db, data)
    assert set(refused.value.errors) == {field}


def test_exchange_rates_come_from_a_hook(ctx: Ctx) -> None:
    with pytest.raises(Invalid, match="by hand"):
        currencies.update_rates(ctx)
    heard: list[dict[str, Any]] = []

    def rates(given: dict[str, Any]) -> dict[str, float]:
        heard.append(given)
        return {"USD": 1.25, "GBP": 0.86}  # for one euro

    listen: Callable[..., Any] = rates
    hooks.add(ctx.host, "FetchCurrencyExchangeRates", 1, listen, owner="test")
    assert currencies.update_rates(ctx) == ["EUR"]
    with ctx.unit(read=True) as db:
        assert row(db, "EUR").rate == d("0.80000") and row(db, "USD").rate == d("1")
    assert round(heard[0]["USD"], 4) == 1.1111
    assert currencies.update_rates(ctx) == []


def test_the_automation_updates_rates_and_prices_where_the_settings_say_so(ctx: Ctx) -> None:
    rates, prices = "CurrencyUpdateExchangeRates", "CurrencyUpdateProductPricing"
    with ctx.unit() as db:
        product = add_product(db, prices={"monthly": "10.00"}).id
        add_prices(db, "product", product, 2, monthly="1.00")
    hooks.add(ctx.host, "FetchCurrencyExchangeRates", 1, lambda given: {"USD": 1.25}, owner="test")
    for name in (rates, prices):
        report = automation.perform(ctx, name)
        assert not report.done and list(report.skipped) == [f"the setting {SWITCHES[name]} is off"]
        with ctx.unit() as db:
            settings.put(db, SWITCHES[name], "on")
    assert automation.perform(ctx, rates).done["exchange rates updated"].lines == ["EUR"]
    assert automation.perform(ctx, rates).done == {}
    assert automation.perform(ctx, prices).done["price rows worked out"].count == 1
    with ctx.unit(read=True) as db:
        assert (row(db, "EUR").rate, price(db, product, 2).monthly) == (d("0.80000"), d("8.00"))


def test_without_rates_the_automation_says_why(ctx: Ctx) -> None:
    with ctx.unit() as db:
        settings.put(db, "CurrencyAutoUpdateExchangeRates", "on")
    report = automation.perform(ctx, "CurrencyUpdateExchangeRates")
    assert (report.error, list(report.skipped)) == ("", ["no hook gave exchange rates"])
