"""Addons ordered by themselves for services that the client has: list, cart, checkout, and who may not."""

from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from modulehost.accounts import clients
from modulehost.billing.catalog import addons
from modulehost.context import Ctx
from modulehost.money import default_currency
from modulehost.schema import InvoiceItem, Product, Service, ServiceAddon
from tests.client.shop import Shop, nonce, post, sign_in, words
from tests.support.hosts import CLIENT

LIST = "/cart.php?gid=addons"


@pytest.fixture
def sold(ctx: Ctx, shop: Shop) -> dict[str, int]:
    """Seats (1.25 a month, 0.50 set-up, several) for mail; client 1's mail service, one that ended, one of client 2."""
    other = clients.add(
        ctx,
        {"email": "other@example.net", "password2": CLIENT["password"], "firstname": "Bo", "lastname": "Other", "skipvalidation": 1},
    )
    with ctx.unit() as db:
        usd, mail = default_currency(db).id, db.get_one(Product, shop.mail).id
        row = addons.create(db, {"name": "Seats <b>", "description": "More <i>seats</i>", "allowqty": 1})
        key = f"currency[{usd}]"
        prices = {f"{key}[monthly]": "1.25", f"{key}[msetupfee]": "0.50", f"{key}[monthly_on]": "1"}
        addons.save_pricing(db, row, {"billingcycle": "recurring", **prices})
        addons.save_products(db, row, {"packages": [str(mail)]})
        found = {"seats": row.id}
        for name, owner, status in (("mine", 1, "Active"), ("ended", 1, "Terminated"), ("foreign", other.id, "Active")):
            service = Service(userid=owner, packageid=mail, domain=f"{name}.example", domainstatus=status, billingcycle="Monthly")
            db.add(service)
            db.flush()
            found[name] = service.id
        return found


def test_an_addon_is_ordered_for_a_service(web: FlaskClient, ctx: Ctx, sold: dict[str, int]) -> None:
    sign_in(web)
    details = web.get(f"/clientarea.php?action=productdetails&id={sold['mine']}").text
    assert f"/cart.php?gid=addons&amp;pid={sold['mine']}" in details
    page = web.get(LIST)
    assert "Seats &lt;b&gt;" in page.text and "More &lt;i&gt;" not in page.text
    assert "Team Mail – mine.example" in words(page) and "$1.25 USD" in words(page)
    assert "ended.example" not in page.text and "foreign.example" not in page.text
    for _ in range(2):  # twice is once
        added = post(web, "/cart.php?a=add", {"aid": sold["seats"], "productid": sold["mine"], "addonqty": "3"})
        assert added.status_code == 303 and added.location.endswith("/cart.php?a=view")
    cart = words(web.get("/cart.php?a=view"))
    assert cart.count("mine.example") == 1 and "$3.75 USD Monthly" in cart
    assert "$5.25 USD" in cart  # 3 x (1.25 + 0.50)
    post(web, "/cart.php?a=view", {"addonqty[0]": "2"})
    assert "$3.50 USD" in words(web.get("/cart.php?a=view"))  # 2 x (1.25 + 0.50)
    checkout = web.get("/cart.php?a=checkout")
    form = {"checkout": "true", "paymentmethod": "mailin", "nonce": nonce(checkout)}
    assert post(web, "/cart.php?a=checkout", form).location.endswith("a=complete")
    post(web, "/cart.php?a=checkout", form)
    with ctx.unit(read=True) as db:
        (row,) = db.scalars(select(ServiceAddon))
        amounts = list(db.scalars(select(InvoiceItem.amount).where(InvoiceItem.relid == row.id).order_by(InvoiceItem.id)))
    assert (row.hostingid, row.addonid, row.qty, row.recurring) == (sold["mine"], sold["seats"], 2, Decimal("2.50"))
    assert amounts == [Decimal("2.50"), Decimal("1.00")]


def test_an_addon_is_taken_out_of_the_cart(web: FlaskClient, sold: dict[str, int]) -> None:
    sign_in(web)
    post(web, "/cart.php?a=add", {"aid": sold["seats"], "productid": sold["mine"]})
    assert "mine.example" in web.get("/cart.php?a=view").text
    post(web, "/cart.php", {"a": "remove", "r": "p", "i": "0"})
    assert "mine.example" in web.get("/cart.php?a=view").text
    post(web, "/cart.php", {"a": "remove", "r": "a", "i": "0"})
    assert "Your cart is empty" in web.get("/cart.php?a=view").text


@pytest.mark.parametrize(
    ("service", "text"), [("foreign", "is not one of yours"), ("ended", "cannot be ordered for a service that is Terminated")]
)
def test_services_of_others_and_ended_ones_take_no_addon(
    web: FlaskClient, sold: dict[str, int], service: str, text: str
) -> None:
    sign_in(web)
    refused = post(web, "/cart.php?a=add", {"aid": sold["seats"], "productid": sold[service], "addonqty": "4"})
    assert refused.status_code == 400 and text in refused.text and 'value="4"' in refused.text
    assert "Your cart is empty" in web.get("/cart.php?a=view").text


def test_guests_sign_in_first_and_see_nothing_of_services(web: FlaskClient, sold: dict[str, int]) -> None:
    guest = web.get(f"{LIST}&pid={sold['mine']}")
    assert guest.status_code == 303 and "/login?goto=/cart.php%3Fgid%3Daddons%26pid" in guest.location
    assert "/login" in post(web, "/cart.php?a=add", {"aid": sold["seats"], "productid": sold["mine"]}).location
    sign_in(web)
    post(web, "/cart.php?a=add", {"aid": sold["seats"], "productid": sold["mine"]})
    sign_in(web, "other@example.net")
    cart = web.get("/cart.php?a=view").text
    assert "mine.example" not in cart
