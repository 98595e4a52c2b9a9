"""Addons while a product is configured: offered with their price, counted in the live price, kept in cart and order."""

from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from modulehost.billing.catalog import addons, fields
from modulehost.context import Ctx
from modulehost.money import default_currency
from modulehost.schema import CustomFieldValue, Product, Service, ServiceAddon
from tests.client.shop import Shop, nonce, post, sign_in, words


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


def asked(ctx: Ctx, addon: int, name: str = "site|Site to keep", **more: str) -> int:
    with ctx.unit() as db:
        data = {"fieldname": name, "fieldtype": "text", "required": "on", "showorder": "on", **more}
        return fields.save_field(db, "addon", addon, data).id


def test_what_an_addon_asks_for_is_checked_and_stored(web: FlaskClient, ctx: Ctx, shop: Shop, sold: dict[str, int]) -> None:
    site = asked(ctx, sold["Archive"], regexpr="/^[a-z.]+$/")
    hidden = asked(ctx, sold["Archive"], "ticket|Ticket", required="", adminonly="on")
    sign_in(web)
    web.get(f"/cart.php?a=add&pid={shop.mail}")
    page = web.get("/cart.php?a=confproduct&i=0")
    assert f'name="customfield[{site}]"' in page.text and "Site to keep" in words(page)
    assert f"customfield[{hidden}]" not in page.text
    form = {"configure": "true", f"configoption[{shop.mailboxes}]": "1", "billingcycle": "monthly", f"customfield[{shop.note}]": "Asha"}
    chosen = {**form, f"addons[{sold['Archive']}]": "on"}
    missing = post(web, "/cart.php?a=confproduct&i=0", chosen)
    assert missing.status_code == 400
    assert "Site to keep" in words(missing).split("Please correct")[-1]
    wrong = post(web, "/cart.php?a=confproduct&i=0", {**chosen, f"customfield[{site}]": "No Name"})
    assert wrong.status_code == 400 and 'value="No Name"' in wrong.text
    # Its price is told although the field is still empty; without the addon its field asks for nothing.
    assert post(web, "/cart.php?a=price&i=0", {"update": "1", **chosen}).get_json()["recurring"] == "8.50"
    assert post(web, "/cart.php?a=confproduct&i=0", {**form, f"customfield[{site}]": ""}).status_code == 303
    assert post(web, "/cart.php?a=confproduct&i=0", {**chosen, f"customfield[{site}]": "shop.example"}).status_code == 303
    page = web.get("/cart.php?a=checkout")
    placed = post(web, "/cart.php?a=checkout", {"checkout": "true", "paymentmethod": "mailin", "nonce": nonce(page)})
    assert placed.headers["Location"] == "/cart.php?a=complete", words(placed)
    with ctx.unit(read=True) as db:
        row = db.scalars(select(ServiceAddon)).one()
        held = {one.fieldid: (one.relid, one.value) for one in db.scalars(select(CustomFieldValue))}
    assert held == {site: (row.id, "shop.example"), shop.note: (row.hostingid, "Asha")}


def test_the_list_of_addons_asks_too(web: FlaskClient, ctx: Ctx, shop: Shop, sold: dict[str, int]) -> None:
    site = asked(ctx, sold["Archive"])
    with ctx.unit() as db:
        service = Service(userid=1, packageid=shop.mail, domain="mine.example", domainstatus="Active", billingcycle="Monthly")
        db.add(service)
        db.flush()
        mine = service.id
    sign_in(web)
    assert f'name="customfield[{site}]"' in web.get("/cart.php?gid=addons").text
    form = {"aid": str(sold["Archive"]), "productid": str(mine)}
    refused = post(web, "/cart.php?a=add", form)
    assert refused.status_code == 400 and "Site to keep is required" in words(refused)
    assert post(web, "/cart.php?a=add", {**form, f"customfield[{site}]": "<b>one"}).status_code == 303
    page = web.get("/cart.php?a=checkout")
    post(web, "/cart.php?a=checkout", {"checkout": "true", "paymentmethod": "mailin", "nonce": nonce(page)})
    with ctx.unit(read=True) as db:
        row = db.scalars(select(ServiceAddon)).one()
        assert db.scalars(select(CustomFieldValue)).one().value == "<b>one"
        assert db.scalars(select(CustomFieldValue)).one().relid == row.id
