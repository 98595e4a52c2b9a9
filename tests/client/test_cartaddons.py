"""Addons while a product is configured: offered with their price, counted in the live price, kept in cart and order."""

from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from modulehost.billing.catalog import addons
from modulehost.context import Ctx
from modulehost.money import default_currency
from modulehost.schema import Product, Service, ServiceAddon
from tests.client.shop import Shop, nonce, post, sign_in


@pytest.fixture
def sold(ctx: Ctx, shop: Shop) -> dict[str, int]:
    """Archive (5.00 a month, one), Seats (1.25 a month and 0.50 set-up, several), and one that is hidden."""
    with ctx.unit() as db:
        usd, mail = default_currency(db).id, db.get_one(Product, shop.mail).id
        found = {}
        for name, monthly, setup, more in (
            ("Archive <b>", "5.00", "0", {}), ("Seats", "1.25", "0.50", {"allowqty": 1}), ("Secret", "1", "0", {"hidden": 1}),
        ):  # fmt: skip
            row = addons.create(db, {"name": name, "showorder": 1, **more})
            key = f"currency[{usd}]"
            prices = {f"{key}[monthly]": monthly, f"{key}[msetupfee]": setup, f"{key}[monthly_on]": "1"}
            addons.save_pricing(db, row, {"billingcycle": "recurring", **prices})
            addons.save_products(db, row, {"packages": [str(mail)]})
            found[name.partition(" ")[0]] = row.id
        return found


def test_addons_are_chosen_priced_and_ordered(web: FlaskClient, ctx: Ctx, shop: Shop, sold: dict[str, int]) -> None:
    sign_in(web)
    web.get(f"/cart.php?a=add&pid={shop.mail}")
    page = web.get("/cart.php?a=confproduct&i=0").text
    assert "Archive &lt;b&gt;" in page and "$5.00 USD Monthly" in page and "$0.50 USD" in page and "Secret" not in page
    archive, seats = f"addons[{sold['Archive']}]", f"addons[{sold['Seats']}]"
    form = {f"configoption[{shop.mailboxes}]": "1", "billingcycle": "monthly", archive: "on", seats: "3",
            f"customfield[{shop.note}]": "Asha"}  # fmt: skip
    answer = post(web, "/cart.php?a=price&i=0", {"update": "1", **form}).get_json()
    # 2.00 + 1.50 + 5.00 + 3 x 1.25, set-up 1.00 + 3 x 0.50
    assert (answer["recurring"], answer["setup"], answer["total"]) == ("12.25", "2.50", "14.75")
    assert "3 × Seats" in answer["html"]
    assert post(web, "/cart.php?a=confproduct&i=0", {"configure": "true", **form}).status_code in (302, 303)
    cart = web.get("/cart.php?a=view").text
    assert "3 × Seats" in cart and "$14.75 USD" in cart
    # What is no longer ticked is out; a quantity for an addon that is sold one at a time is refused.
    bad = post(web, "/cart.php?a=confproduct&i=0", {"configure": "true", **form, archive: "2"})
    assert bad.status_code == 400 and "can be ordered one at a time only" in bad.text
    checkout = web.get("/cart.php?a=checkout")
    post(web, "/cart.php?a=checkout", {"checkout": "true", "paymentmethod": "mailin", "nonce": nonce(checkout)})
    with ctx.unit(read=True) as db:
        rows = [(r.addonid, r.qty, r.recurring, r.status) for r in db.scalars(select(ServiceAddon).order_by(ServiceAddon.id))]
    assert rows == [(sold["Archive"], 1, Decimal("5.00"), "Pending"), (sold["Seats"], 3, Decimal("3.75"), "Pending")]


def test_a_service_shows_its_addons(web: FlaskClient, ctx: Ctx, shop: Shop, sold: dict[str, int]) -> None:
    with ctx.unit() as db:
        service = Service(userid=1, packageid=shop.mail, domain="a.example", domainstatus="Active", billingcycle="Monthly")
        db.add(service)
        db.flush()
        db.add(ServiceAddon(hostingid=service.id, userid=1, addonid=sold["Archive"], qty=2, status="Suspended",
                            recurring=Decimal("10.00"), billingcycle="Monthly"))  # fmt: skip
        key = service.id
    sign_in(web)
    page = web.get(f"/clientarea.php?action=productdetails&id={key}").text
    assert "2 × Archive &lt;b&gt;" in page and "$10.00 USD Monthly · Suspended" in page
