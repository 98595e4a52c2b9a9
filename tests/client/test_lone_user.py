"""A user who acts for no client yet: signed in, told how to go on, and the ways on: an order, a new account, an invitation."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from modulehost.accounts import invites, users
from modulehost.context import Ctx
from modulehost.schema import Client, Order, User, UserClient
from tests.client.shop import Shop, nonce, post, sign_in, words
from tests.client.test_order import choose_mail

LONE = {"firstname": "Lena", "lastname": "Alone <b>", "email": "lena@example.net", "password2": "Lena-pass-1"}
ADDRESS = {"address1": "1 Pier", "city": "Boston", "state": "Massachusetts", "postcode": "02110", "country": "US", "phonenumber": "+1 202 555 0101"}


@pytest.fixture
def lone(web: FlaskClient, ctx: Ctx) -> FlaskClient:
    """A browser signed in as somebody without any client."""
    users.add(ctx, LONE)
    assert sign_in(web, LONE["email"], LONE["password2"]).headers["Location"] == "/clientarea.php"
    return web


def test_the_chooser_is_empty_and_says_how_to_go_on(lone: FlaskClient, ctx: Ctx) -> None:
    for address in ("/clientarea.php", "/clientarea.php?action=services", "/user/profile", "/viewinvoice.php?id=1", "/account/users"):
        assert lone.get(address).headers["Location"] == "/user/accounts", address
    page = lone.get("/user/accounts")
    assert page.status_code == 200
    assert "Your user has no account yet." in words(page) and "Open the link in the invitation" in words(page)
    assert "Lena Alone &lt;b&gt;" in page.text and "/logout.php" in page.text and 'href="/login"' not in page.text
    assert post(lone, "/user/accounts", {"id": "1"}).status_code == 404
    assert lone.get("/login").headers["Location"] == "/clientarea.php"
    lone.get("/logout.php")
    assert lone.get("/user/accounts").headers["Location"].startswith("/login")


def test_an_order_makes_an_account_that_the_user_owns(lone: FlaskClient, ctx: Ctx, shop: Shop) -> None:
    choose_mail(lone, shop)
    page = lone.get("/cart.php?a=checkout")
    assert "lena@example.net" in page.text and 'name="password"' not in page.text and 'name="loginpassword"' not in page.text
    data = {"checkout": "true", "custtype": "new", "paymentmethod": "mailin", "nonce": nonce(page), **ADDRESS,
            **{name: LONE[name] for name in ("firstname", "lastname", "email")}}  # fmt: skip
    placed = post(lone, "/cart.php?a=checkout", data)
    assert placed.headers.get("Location") == "/cart.php?a=complete", words(placed)
    with ctx.unit(read=True) as db:
        client = db.get_one(Client, db.scalars(select(Order)).one().userid)
        link = db.scalars(select(UserClient).where(UserClient.client_id == client.id)).one()
        user = db.scalars(select(User).where(User.email == LONE["email"])).one()
    assert (client.lastname, link.auth_user_id, link.owner) == ("Alone <b>", user.id, 1)
    assert lone.get("/clientarea.php").status_code == 200


def test_registering_needs_no_second_password(lone: FlaskClient, ctx: Ctx) -> None:
    page = lone.get("/register.php")
    assert 'name="password"' not in page.text and "belongs to lena@example.net" in words(page)
    form = {"register": "true", **ADDRESS, **{name: LONE[name] for name in ("firstname", "lastname", "email")}}
    assert post(lone, "/register.php", form).headers.get("Location") == "/clientarea.php"
    assert "Hello, Lena" in words(lone.get("/clientarea.php"))


def test_an_invitation_is_accepted_as_who_is_signed_in(lone: FlaskClient, ctx: Ctx) -> None:
    token = "t" * 40
    ctx.host.entropy.token = lambda length=0: token  # type: ignore[method-assign]
    invites.send(ctx, 1, LONE["email"], ["products"], 1)
    lone.get(f"/invite/{token}")
    page = lone.get("/invite/validate")
    assert "lena@example.net" in words(page) and 'name="login"' not in page.text
    assert post(lone, "/invite/validate").headers.get("Location") == "/clientarea.php"
    assert "Hello, Asha" in words(lone.get("/clientarea.php"))


def test_closed_accounts_are_no_way_in(web: FlaskClient, ctx: Ctx) -> None:
    with ctx.unit() as db:
        db.get_one(Client, 1).status = "Closed"
    page = sign_in(web)
    assert page.status_code == 401
    assert web.get("/user/accounts").headers["Location"].startswith("/login")
