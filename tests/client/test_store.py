"""What the store shows: prices by currency, stock, descriptions, empty places, hooks of the cart."""

from decimal import Decimal

from flask.testing import FlaskClient
from sqlalchemy import select

from modulehost import hooks
from modulehost.context import Ctx
from modulehost.schema import Currency, Invoice, Product, ProductGroup
from tests.client.shop import Shop, post, words


def test_an_empty_store_says_so(web: FlaskClient) -> None:
    for address in ("/", "/cart.php", "/store"):
        page = web.get(address)
        assert page.status_code == 200
        assert "There is nothing on sale yet" in words(page)


def test_hidden_groups_and_retired_products_are_not_shown(web: FlaskClient, ctx: Ctx, shop: Shop) -> None:
    with ctx.unit() as db:
        db.get_one(Product, shop.mail).retired = 1
    page = words(web.get("/cart.php"))
    assert "Site Hosting" in page
    assert "Team Mail" not in page
    assert "no longer on sale" in words(web.get(f"/cart.php?a=add&pid={shop.mail}"))
    with ctx.unit() as db:
        db.get_one(ProductGroup, shop.group).hidden = 1
    assert "Mail & Hosting" not in words(web.get("/"))


def test_what_is_sold_out_cannot_be_put_into_the_cart(web: FlaskClient, ctx: Ctx, shop: Shop) -> None:
    with ctx.unit() as db:
        row = db.get_one(Product, shop.mail)
        row.stockcontrol, row.qty = 1, 0
    page = web.get("/cart.php")
    assert "Sold out" in words(page)
    assert f'id="product{shop.mail}-order-button"' not in page.text
    assert web.get(f"/cart.php?a=add&pid={shop.mail}").status_code == 409


def test_guests_choose_a_currency_and_clients_have_theirs(web: FlaskClient, ctx: Ctx, shop: Shop) -> None:
    with ctx.unit() as db:
        euro = Currency(code="EUR", prefix="€", suffix=" EUR", format=1, rate=Decimal("0.90000"), default=0)
        db.add(euro)
        db.flush()
    page = web.get(f"/cart.php?currency={euro.id}")
    assert "no price in your currency" in words(page)
    assert "$" not in words(page).replace("$ USD", "")
    page = web.get("/cart.php?currency=1")
    assert "$4.00 USD" in words(page)
    assert "$4.00 USD" in words(web.get("/cart.php?currency=999"))


def test_descriptions_are_html_and_names_are_not(web: FlaskClient, ctx: Ctx, shop: Shop) -> None:
    with ctx.unit() as db:
        row = db.get_one(Product, shop.mail)
        row.name, row.description = "Mail <b>Plus</b>", "Fast <em>mail</em>"
    page = web.get("/cart.php").text
    assert "Mail &lt;b&gt;Plus&lt;/b&gt;" in page
    assert "Fast <em>mail</em>" in page


def test_lines_of_a_description_become_features(web: FlaskClient, shop: Shop) -> None:
    page = web.get("/cart.php").text
    assert "<li><span>Disk</span> <b>10 GB</b></li>" in page
    assert "A quiet place for your site." in page


def test_hooks_change_prices_and_add_lines_and_the_order_costs_what_the_cart_said(
    client: FlaskClient, ctx: Ctx, shop: Shop
) -> None:
    hooks.add(ctx.host, "OrderProductPricingOverride", 1, lambda given: {"setup": 0, "recurring": "10.00"})
    hooks.add(
        ctx.host, "CartTotalAdjustment", 1, lambda given: {"description": "Handling", "amount": "1.25", "taxed": False}
    )
    client.get(f"/cart.php?a=add&pid={shop.hosting}&domain=example.com&billingcycle=monthly")
    page = words(client.get("/cart.php?a=view"))
    assert "Handling" in page
    # 10.00 + 1.25
    assert "Due today $11.25 USD" in page
    post(client, "/cart.php?a=checkout", {"checkout": "true", "paymentmethod": "mailin"})
    with ctx.unit(read=True) as db:
        assert db.scalars(select(Invoice)).one().total == Decimal("11.25")


def test_a_hook_may_refuse_a_configuration_and_a_checkout(client: FlaskClient, ctx: Ctx, shop: Shop) -> None:
    client.get(f"/cart.php?a=add&pid={shop.hosting}&domain=example.com")
    hooks.add(ctx.host, "ShoppingCartValidateProductUpdate", 1, lambda given: ["Not <today>"])
    page = post(client, "/cart.php?a=confproduct&i=0", {"configure": "true", "billingcycle": "monthly"})
    assert page.status_code == 400
    assert "Not <today>" in words(page)
    hooks.add(ctx.host, "ShoppingCartValidateCheckout", 1, lambda given: "Come back tomorrow")
    page = post(client, "/cart.php?a=checkout", {"checkout": "true", "paymentmethod": "mailin"})
    assert "Come back tomorrow" in words(page)


def test_output_hooks_of_the_cart(client: FlaskClient, ctx: Ctx, shop: Shop) -> None:
    client.get(f"/cart.php?a=add&pid={shop.hosting}&domain=example.com")
    for point, mark in (
        ("ShoppingCartViewCartOutput", "view"),
        ("ShoppingCartCheckoutOutput", "checkout"),
        ("ShoppingCartCheckoutCompletePage", "complete"),
    ):
        hooks.add(ctx.host, point, 1, lambda given, mark=mark: f"<i>hook {mark}</i>")  # type: ignore[misc]
    assert "<i>hook view</i>" in client.get("/cart.php?a=view").text
    assert "<i>hook checkout</i>" in client.get("/cart.php?a=checkout").text
    post(client, "/cart.php?a=checkout", {"checkout": "true", "paymentmethod": "mailin"})
    assert "<i>hook complete</i>" in client.get("/cart.php?a=complete").text


def test_the_confirmation_is_only_for_who_ordered(web: FlaskClient, shop: Shop) -> None:
    assert web.get("/cart.php?a=complete").headers["Location"] == "/cart.php?a=view"
