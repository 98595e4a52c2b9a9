"""Promotion codes, taxes and currencies as a visitor of the store meets them."""

from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from modulehost.billing.catalog import currencies, promotions, taxes
from modulehost.context import Ctx
from modulehost.schema import Client, Invoice, Order, Product, Promotion
from modulehost.settings import put
from tests.client.shop import Shop, nonce, post, words


@pytest.fixture
def offer(ctx: Ctx, shop: Shop) -> int:
    """SPRING: 25% off hosting (4.00 a month)."""
    with ctx.unit() as db:
        data = {"code": "SPRING", "type": "Percentage", "value": "25", "recurring": "1", "appliesto": [shop.hosting]}
        return promotions.save(db, data).id


def add(web: FlaskClient, shop: Shop, **more: str) -> None:
    extra = "".join(f"&{name}={value}" for name, value in more.items())
    assert web.get(f"/cart.php?a=add&pid={shop.hosting}&domain=one.example{extra}").status_code == 303


def test_a_code_from_the_cart_to_the_invoice(ctx: Ctx, shop: Shop, offer: int, client: FlaskClient) -> None:
    add(client, shop)
    wrong = post(client, "/cart.php?a=view", {"promocode": "WINTER", "validatepromo": "1"}, follow_redirects=True)
    assert "The promotion code entered does not exist." in words(wrong)
    assert 'value="WINTER"' in wrong.text  # what was typed stays
    page = post(client, "/cart.php?a=view", {"promocode": "spring", "validatepromo": "1"}, follow_redirects=True)
    said = words(page)
    assert "The promotion code is accepted." in said and "25% Recurring Discount" in said
    assert "−$1.00 USD" in said and "Monthly $3.00 USD" in said and "Due today $3.00 USD" in said
    assert "accepted." not in words(client.get("/cart.php?a=view"))  # told once
    checkout = client.get("/cart.php?a=checkout")
    assert "−$1.00 USD" in words(checkout)
    form = {"checkout": "true", "nonce": nonce(checkout), "paymentmethod": "mailin"}
    assert post(client, "/cart.php?a=checkout", form).headers["Location"] == "/cart.php?a=complete"
    with ctx.unit(read=True) as db:
        order = db.scalars(select(Order)).one()
        assert (order.promocode, order.amount) == ("SPRING", Decimal("3.00"))
        assert db.get_one(Promotion, offer).uses == 1
    assert "Promotional Code: SPRING - 25% Recurring Discount" in words(
        client.get(f"/viewinvoice.php?id={order.invoiceid}")
    )


def test_a_code_in_a_link_and_its_removal(ctx: Ctx, shop: Shop, offer: int, web: FlaskClient) -> None:
    add(web, shop, promocode="SPRING")
    assert "−$1.00 USD" in words(web.get("/cart.php?a=view"))
    with ctx.unit() as db:
        promotions.expire(db, db.get_one(Promotion, offer))
    said = words(web.get("/cart.php?a=view"))
    assert "The promotion code entered has expired." in said and "Due today $4.00 USD" in said
    assert "SPRING" not in words(post(web, "/cart.php", {"a": "removepromo"}, follow_redirects=True))


def test_a_code_for_nothing_in_the_cart(ctx: Ctx, shop: Shop, offer: int, web: FlaskClient) -> None:
    add(web, shop)
    with ctx.unit() as db:
        db.get_one(Promotion, offer).appliesto = str(shop.mail)
    page = post(web, "/cart.php?a=view", {"promocode": "SPRING"}, follow_redirects=True)
    assert "nothing in your cart gets a discount" in words(page)


def test_taxes_are_estimated_for_visitors(ctx: Ctx, shop: Shop, web: FlaskClient) -> None:
    with ctx.unit() as db:
        put(db, "TaxEnabled", "on")
        db.get_one(Product, shop.hosting).tax = 1
        for country, rate, name in (("US", "5", "Sales Tax"), ("DE", "19", "MwSt")):
            taxes.add(db, {"level": "1", "name": name, "country": country, "taxrate": rate})
    add(web, shop)
    assert "Sales Tax 5% $0.20 USD" in words(web.get("/cart.php?a=view"))  # the shop's own country
    place = {"a": "setstateandcountry", "country": "DE", "state": ""}
    said = words(post(web, "/cart.php", place, follow_redirects=True))
    assert "MwSt 19% $0.76 USD" in said and "Due today $4.76 USD" in said


def test_a_visitor_chooses_the_currency(ctx: Ctx, shop: Shop, web: FlaskClient) -> None:
    with ctx.unit() as db:
        euro = currencies.save(db, {"code": "EUR", "suffix": " EUR", "format": "3", "rate": "0.5"})
        bare = currencies.save(db, {"code": "CHF", "suffix": " CHF", "format": "1", "rate": "1"}).id
        currencies.update_prices(db, euro)
    page = web.get(f"/cart.php?gid={shop.group}&currency={euro.id}")
    assert "2,00 EUR" in words(page) and 'id="sideCurrency"' in page.text
    add(web, shop)
    assert "2,00 EUR" in words(web.get("/cart.php?a=view"))
    assert "no price in your currency" in words(web.get(f"/cart.php?gid={shop.group}&currency={bare}"))
    form = {
        "register": "true", "firstname": "Eva", "lastname": "Berg", "email": "eva@example.com", "address1": "Weg 1", "city": "Bonn",
        "state": "NRW", "postcode": "53111", "country": "DE", "phonenumber": "0228 1234", "password": "Correct-horse-9",
        "password2": "Correct-horse-9", "currency": str(euro.id),
    }  # fmt: skip
    assert post(web, "/register.php", form).headers["Location"] == "/clientarea.php"
    with ctx.unit(read=True) as db:
        assert db.scalars(select(Client).where(Client.email == "eva@example.com")).one().currency == euro.id
        assert db.scalars(select(Invoice)).all() == []
    # an account's currency is its own, whatever the address says
    assert "2,00 EUR" in words(web.get(f"/cart.php?gid={shop.group}&currency=1"))
