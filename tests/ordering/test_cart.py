"""The cart: kept rows, checks and totals."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost import hooks
from modulehost.billing.prices import Price
from modulehost.context import Ctx, Host
from modulehost.ordering import cart, hookpoints
from modulehost.ordering.checkout import OrderRequest, place
from modulehost.schema import Currency, Invoice, Setting, Tax, TransientData
from tests.billing.shop import add_client, add_field, add_option, add_product


def d(text: str) -> Decimal:
    return Decimal(text)


def empty() -> cart.Cart:
    return {"currency": 0, "items": []}


def test_a_cart_is_kept_under_its_key_until_it_expires(any_host: Host) -> None:
    ctx = Ctx(any_host)
    key = cart.new_key(ctx)
    basket = empty()
    item = {
        "pid": 3,
        "billingcycle": "monthly",
        "configoptions": {"7": 5},
        "customfields": {2: "x"},
        "rootpw": "pass word",
    }
    assert cart.add(basket, item) == 0
    with ctx.unit() as db:
        cart.save(db, key, basket)
    with ctx.unit(read=True) as db:
        loaded = cart.load(db, key)
        assert loaded["items"] == [
            {
                "pid": 3,
                "billingcycle": "monthly",
                "configoptions": {7: 5},
                "customfields": {2: "x"},
                "rootpw": "pass word",
                "qty": 1,
            }
        ]
        assert cart.load(db, "another key")["items"] == cart.load(db, "")["items"] == []
        row = db.scalars(select(TransientData)).one()
    assert key not in row.name and "pass word" not in row.data
    any_host.clock.advance(timedelta(days=14, seconds=1))
    with ctx.unit(read=True) as db:
        assert cart.load(db, key)["items"] == []


def test_items_change_and_go(ctx: Ctx) -> None:
    basket = empty()
    cart.add(basket, {"pid": 1, "domain": "a.com", "stray": "x"})
    cart.add(basket, {"pid": 2})
    cart.update(basket, 0, {"domain": "b.com", "configoptions": {"4": "1"}})
    assert basket["items"][0] == {"pid": 1, "domain": "b.com", "qty": 1, "configoptions": {4: "1"}, "customfields": {}}
    cart.remove(basket, 0)
    assert [item["pid"] for item in basket["items"]] == [2]
    for wrong in (-1, 1):
        with pytest.raises(cart.NoSuchItem, match=f"the cart has 1 item\\(s\\), none at place {wrong}"):
            cart.remove(basket, wrong)
    key = cart.new_key(ctx)
    with ctx.unit() as db:
        cart.save(db, key, basket)
        cart.forget(db, key)
        assert cart.load(db, key)["items"] == []


def test_totals_sum_what_is_due_today_and_what_recurs(ctx: Ctx) -> None:
    with ctx.unit() as db:
        monthly = add_product(db, prices={"monthly": "10.00", "msetupfee": "3.00", "annually": "100.00"}, tax=1)
        once = add_product(db, "Setup", "onetime", {"monthly": "50.00"})
        free = add_product(db, "Trial", "free", {})
        basket = empty()
        cart.add(basket, {"pid": monthly.id, "billingcycle": "monthly"})
        cart.add(basket, {"pid": monthly.id, "billingcycle": "annually"})
        cart.add(basket, {"pid": once.id})
        cart.add(basket, {"pid": free.id, "billingcycle": "monthly"})
        assert cart.validate(db, basket) == []
        found = cart.totals(db, basket)
        assert found.total == d("163.00")
        assert found.recurring == {"monthly": d("10.00"), "annually": d("100.00")}
        assert [line.cycle.key for line in found.lines.values()] == ["monthly", "annually", "onetime", "free"]
        db.add(Tax(level=1, taxrate=d("10")))
        db.add(Setting(setting="TaxEnabled", value="on"))
        db.flush()
        taxed = cart.totals(db, basket, client=add_client(db))
        assert (taxed.subtotal, taxed.tax, taxed.total) == (d("163.00"), d("11.30"), d("174.30"))  # 10 % of 113.00
        own = cart.totals(db, basket, overrides={0: Price(d("0.00"), d("1.00"))})
        assert own.total == d("161.10")  # a rule for everybody counts for visitors, too: 10 % of 101.00


def errors_of(db: Session, **item: object) -> list[str]:
    basket = empty()
    cart.add(basket, item)
    return cart.validate(db, basket)


def test_what_keeps_a_cart_from_being_ordered(ctx: Ctx) -> None:
    with ctx.unit() as db:
        assert cart.validate(db, empty()) == ["No items added to cart so order cannot proceed"]
        plain = add_product(db)
        gone = add_product(db, "Gone", retired=1)
        rare = add_product(db, "Rare", stockcontrol=1, qty=0)
        several = add_product(db, "Several", allowqty=1)
        domain = add_product(db, "Web", showdomainoptions=1)
        server = add_product(db, "Box")
        server.type = "server"
        priceless = add_product(db, "Priceless", prices={})
        option, _ = add_option(db, plain, "Boxes", 4, {"Box": {}}, minimum=1)
        field = add_field(db, plain, "Name", required="on")
        fine = {"customfields": {field.id: "x"}}
        for item, text in (
            ({"pid": 999}, "Product 999 does not exist"),
            ({"pid": "abc"}, "Product 'abc' does not exist"),
            ({"pid": gone.id}, "Gone is no longer offered"),
            ({"pid": rare.id}, "Rare is out of stock: 0 left"),
            ({"pid": plain.id, "qty": 2, **fine}, "Mail can be ordered one at a time only"),
            ({"pid": plain.id, "qty": "-1", **fine}, "Mail: the quantity must not be negative"),
            ({"pid": several.id, "qty": "0"}, "Several: the quantity must be at least 1"),
            ({"pid": several.id, "qty": 501}, "Several: the quantity must be at most 500 in one order"),
            ({"pid": plain.id, "billingcycle": "annually", **fine}, "Mail is not sold Annually; it is sold Monthly"),
            ({"pid": plain.id, "configoptions": {option.id: 0}, **fine}, "Boxes: the quantity must be at least 1"),
            ({"pid": plain.id}, "Name is required"),
            ({"pid": domain.id}, "Web needs a domain"),
            (
                {"pid": domain.id, "domain": "no spaces.com"},
                "'no spaces.com' is not a domain name; write for example example.com",
            ),
            ({"pid": domain.id, "domain": "single"}, "'single' is not a domain name; write for example example.com"),
            ({"pid": domain.id, "domain": "<b>.com"}, "'<b>.com' is not a domain name; write for example example.com"),
            ({"pid": server.id}, "Box needs a host name"),
            ({"pid": priceless.id}, "Priceless has no price in USD"),
        ):
            assert errors_of(db, **item) == [text], item
        assert errors_of(db, pid=plain.id, configoptions={option.id: -2}) == [
            "Boxes: the quantity must not be negative",
            "Name is required",
        ]
        for good in ("example.com", "EXAMPLE.com.", "münchen.de", "xn--mnchen-3ya.de", "a.b-c.co.uk"):
            assert errors_of(db, pid=domain.id, domain=good) == []
        assert errors_of(db, pid=server.id, hostname="server1") == []
        assert cart.validate(db, {"currency": 2, "items": [{"pid": several.id}]}) == ["Several has no price in EUR"]
        assert cart.currency_of(db, {"currency": 2, "items": []}) is db.get_one(Currency, 2)


def test_hooks_may_refuse_a_configured_product(ctx: Ctx) -> None:
    seen: list[dict[str, object]] = []

    def one(vars: dict[str, object]) -> str:
        seen.append(vars)
        return "Choose another name"

    hooks.add(ctx.host, "ShoppingCartValidateProductUpdate", 1, one)
    hooks.add(ctx.host, "ShoppingCartValidateProductUpdate", 2, lambda vars: ["And another size", ""])
    hooks.add(ctx.host, "ShoppingCartValidateProductUpdate", 3, lambda vars: None)
    assert cart.check_update(ctx, {"billingcycle": "monthly", "i": "0"}) == ["Choose another name", "And another size"]
    assert seen == [{"billingcycle": "monthly", "i": "0"}]


def test_hooks_may_set_a_products_price(ctx: Ctx) -> None:
    seen: list[dict[str, object]] = []

    def override(vars: dict[str, object]) -> dict[str, object] | None:
        seen.append(vars)
        return {"setup": "1.00", "recurring": 2.5} if vars["key"] == 1 else None

    hooks.add(ctx.host, "OrderProductPricingOverride", 1, override)
    found = hookpoints.override_prices(ctx, [{"pid": 4}, {"pid": 5, "domain": "a.com", "billingcycle": "monthly"}])
    assert found == {1: Price(d("1.00"), d("2.50"))}
    assert seen[1]["pid"] == 5
    assert seen[1]["proddata"]["domain"] == "a.com"  # type: ignore[index]


def test_the_cart_page_shows_what_the_checkout_will_charge(ctx: Ctx) -> None:
    heard: list[tuple[str, object]] = []
    hooks.add(ctx.host, "PreCalculateCartTotals", 1, lambda vars: heard.append(("before", vars["products"][0]["pid"])))
    hooks.add(ctx.host, "OrderProductPricingOverride", 1, lambda vars: {"setup": 0, "recurring": "8.00"})
    hooks.add(ctx.host, "CartTotalAdjustment", 1, lambda vars: [{"description": "Fee", "amount": 1.5, "taxed": True}])
    hooks.add(ctx.host, "AfterCalculateCartTotals", 1, lambda vars: heard.append(("after", vars["total"])))
    with ctx.unit() as db:
        client = add_client(db)
        product = add_product(db, tax=1)
        db.add(Tax(level=1, taxrate=d("10")))
        db.add(Setting(setting="TaxEnabled", value="on"))
    items = [{"pid": product.id, "billingcycle": "monthly"}]
    found = cart.priced(ctx, {"currency": 0, "items": items}, client.id)
    assert (found.subtotal, found.tax, found.total) == (d("9.50"), d("0.95"), d("10.45"))
    assert [(one.description, one.amount) for one in found.adjustments] == [("Fee", d("1.50"))]
    assert heard == [("before", product.id), ("after", d("10.45"))]
    placed = place(ctx, OrderRequest(client.id, items, "mailin"))
    with ctx.unit(read=True) as db:
        assert db.get_one(Invoice, placed.invoice_id).total == found.total
