"""Signing in, registering, passwords, the account's pages, languages."""

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from modulehost import hooks, mail, settings
from modulehost.accounts import clients, signin, sso
from modulehost.context import Ctx
from modulehost.schema import Client, Email, User
from tests.client.shop import post, sign_in, words
from tests.support.hosts import CLIENT, CLIENT_DATA

NEW = {
    **{k: v for k, v in CLIENT_DATA.items() if k != "password2"},
    "firstname": "Lena", "lastname": "Okoye", "email": "lena@example.org", "password": "Lena-pass-1", "password2": "Lena-pass-1",
}  # fmt: skip
SIGNED_IN_ONLY = (
    "/clientarea.php", "/clientarea.php?action=services", "/clientarea.php?action=productdetails&id=1", "/clientarea.php?action=invoices",
    "/clientarea.php?action=details", "/clientarea.php?action=emails", "/viewinvoice.php?id=1", "/viewemail.php?id=1", "/user/password",
    "/user/accounts",
)  # fmt: skip


@pytest.mark.parametrize("address", SIGNED_IN_ONLY)
def test_guests_are_asked_to_sign_in_and_come_back(web: FlaskClient, address: str) -> None:
    answer = web.get(address)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(
        "/login?goto=%2F" if "%2F" in answer.headers["Location"] else "/login?goto=/"
    )
    form = web.get(answer.headers["Location"])
    goto = re.search(r'name="goto" value="([^"]+)"', form.text)
    assert goto
    target = goto[1].replace("&amp;", "&")
    assert target.rstrip("?") == address
    done = post(web, "/login", {"username": CLIENT["email"], "password": CLIENT["password"], "goto": target})
    assert done.headers["Location"] == target


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_sent_to_another_site(web: FlaskClient, target: str) -> None:
    done = post(web, "/login", {"username": CLIENT["email"], "password": CLIENT["password"], "goto": target})
    assert done.headers["Location"] == "/clientarea.php"


def test_wrong_password(web: FlaskClient) -> None:
    answer = sign_in(web, password="wrong")
    assert answer.status_code == 401
    assert "These sign-in details are not right" in words(answer)
    assert f'value="{CLIENT["email"]}"' in answer.text
    assert words(sign_in(web, email="nobody@example.com")).count("These sign-in details are not right") == 1


def test_a_closed_account_is_told_only_to_who_knows_the_password(web: FlaskClient, ctx: Ctx) -> None:
    with ctx.unit() as db:
        db.get_one(Client, 1).status = "Closed"
    assert "This account is closed" in words(sign_in(web))
    assert "closed" not in words(sign_in(web, password="wrong"))


def test_signing_out(client: FlaskClient) -> None:
    assert "Asha Rao" in words(client.get("/clientarea.php"))
    client.get("/logout.php")
    assert client.get("/clientarea.php").status_code == 302


def test_changes_need_the_token(web: FlaskClient, client: FlaskClient) -> None:
    for address in (
        "/login",
        "/register.php",
        "/cart.php",
        "/clientarea.php?action=details",
        "/user/password",
        "/password/reset",
    ):
        answer = web.post(address, data={"save": "true", "firstname": "Changed"})
        assert answer.status_code == 403, address
        assert "The form has expired" in words(answer)


def test_register(web: FlaskClient, ctx: Ctx) -> None:
    fired: list[int] = []
    hooks.add(ctx.host, "ClientAreaRegister", 1, lambda given: fired.append(given["client_id"]))
    answer = post(web, "/register.php", {"register": "true", **NEW})
    assert answer.headers["Location"] == "/clientarea.php", words(answer)
    assert "Hello, Lena" in words(web.get("/clientarea.php"))
    with ctx.unit(read=True) as db:
        row = db.scalars(select(Client).where(Client.email == NEW["email"])).one()
    assert fired == [row.id]


def test_register_says_what_is_missing_and_keeps_the_rest(web: FlaskClient, ctx: Ctx) -> None:
    answer = post(web, "/register.php", {"register": "true", **NEW, "city": "", "email": "no mail"})
    assert answer.status_code == 400
    assert "Enter your city." in words(answer)
    assert "This email address does not look right." in words(answer)
    assert 'value="Lena"' in answer.text
    assert "Lena-pass-1" not in answer.text
    assert "There is a user with this email address already" in words(post(web, "/register.php", {"register": "true", **NEW, "email": CLIENT["email"]}))
    with ctx.unit() as db:
        settings.put(db, "AllowClientRegister", "")
    assert "cannot be created here" in words(post(web, "/register.php", {"register": "true", **NEW}))
    with ctx.unit(read=True) as db:
        assert len(db.scalars(select(Client)).all()) == 1


def test_a_forgotten_password(web: FlaskClient, ctx: Ctx) -> None:
    known = words(post(web, "/password/reset", {"email": CLIENT["email"]}))
    unknown = words(post(web, "/password/reset", {"email": "nobody@example.com"}))
    assert known == unknown
    with ctx.unit(read=True) as db:
        user = db.scalars(select(User)).one()
    assert user.reset_token
    link = reset_link(ctx)
    assert web.get(link).headers["Location"] == "/password/reset/change"
    form = web.get("/password/reset/change")
    assert link.rsplit("/", 1)[1] not in form.text
    assert "not the same" in words(post(web, "/password/reset/change", {"newpw": "Brand-new-1", "confirmpw": "other"}))
    assert "Your password was changed" in words(
        post(web, "/password/reset/change", {"newpw": "Brand-new-1", "confirmpw": "Brand-new-1"})
    )
    assert sign_in(web, password="Brand-new-1").status_code == 303
    web.get("/logout.php")
    web.get(link)
    again = post(web, "/password/reset/change", {"newpw": "Brand-new-2", "confirmpw": "Brand-new-2"})
    assert again.status_code == 410
    assert "used up or too old" in words(again)


def reset_link(ctx: Ctx) -> str:
    """The address in the mail; the stored copy hides it, so a fresh one is made as the mail's would be."""
    from datetime import timedelta

    from modulehost.vault import hash_token

    with ctx.unit() as db:
        user = db.scalars(select(User)).one()
        user.reset_token, user.reset_token_expiry = (
            hash_token("token-of-the-mail"),
            ctx.host.clock.now() + timedelta(hours=1),
        )
    return "/" + signin.RESET_PATH + "token-of-the-mail"


def test_change_ones_own_password(client: FlaskClient) -> None:
    def change(**form: str) -> str:
        return words(post(client, "/user/password", {"submit": "true", **form}, follow_redirects=True))

    assert "existing password was incorrect" in change(existingpw="wrong", newpw="Next-pass-1", confirmpw="Next-pass-1")
    assert "not the same" in change(existingpw=CLIENT["password"], newpw="Next-pass-1", confirmpw="x")
    assert "Your password was changed" in change(
        existingpw=CLIENT["password"], newpw="Next-pass-1", confirmpw="Next-pass-1"
    )
    assert client.get("/clientarea.php").status_code == 200
    client.get("/logout.php")
    assert sign_in(client).status_code == 401
    assert sign_in(client, password="Next-pass-1").status_code == 303


def test_account_details(client: FlaskClient, ctx: Ctx) -> None:
    page = client.get("/clientarea.php?action=details")
    assert 'value="Asha"' in page.text
    form = {"save": "true", **{k: v for k, v in CLIENT_DATA.items() if k != "password2"}, "city": "Mumbai",
            "paymentmethod": "mailin", "email_preferences[general]": "0", "email_preferences[invoice]": "1"}  # fmt: skip
    assert "Your changes were saved" in words(post(client, "/clientarea.php?action=details", form))
    with ctx.unit(read=True) as db:
        row = db.get_one(Client, 1)
        assert (row.city, row.defaultgateway) == ("Mumbai", "mailin")
        assert clients.preferences(row)["general"] == "0"
        assert clients.preferences(row)["invoice"] == "1"
    wrong = post(client, "/clientarea.php?action=details", {**form, "firstname": "", "city": "Delhi"})
    assert "Enter your first name." in words(wrong)
    assert 'value="Delhi"' in wrong.text
    wrong = post(client, "/clientarea.php?action=details", {**form, "paymentmethod": "nonsense"})
    assert "Choose a payment method." in words(wrong)


def test_fields_that_only_the_admin_may_change_cannot_be_posted(client: FlaskClient, ctx: Ctx) -> None:
    form = {
        "save": "true",
        "firstname": "Asha",
        "credit": "500",
        "status": "Closed",
        "notes": "x",
        "groupid": "9",
        "taxexempt": "1",
    }
    post(client, "/clientarea.php?action=details", form)
    with ctx.unit(read=True) as db:
        row = db.get_one(Client, 1)
        assert (row.credit, row.status, row.notes, row.groupid, row.taxexempt) == (0, "Active", "", 0, 0)


def test_messages_are_listed_and_shown_in_a_closed_frame(client: FlaskClient, ctx: Ctx) -> None:
    with ctx.unit() as db:
        other = clients.create(db, {**CLIENT_DATA, "email": "other@example.com"})
        mail.queue(db, "Client Signup Email", 1)
        mail.queue(db, "Client Signup Email", other.id)
        for row in db.scalars(select(Email)):
            row.pending, row.message = 0, "<p>Hello <script>alert(1)</script></p>"
        mine, theirs = (db.scalars(select(Email.id).where(Email.userid == one)).one() for one in (1, other.id))
    page = client.get("/clientarea.php?action=emails")
    assert f"/viewemail.php?id={mine}" in page.text
    assert f"/viewemail.php?id={theirs}" not in page.text
    shown = client.get(f"/viewemail.php?id={mine}").text
    assert 'sandbox="allow-popups"' in shown
    assert "<script>alert(1)" not in shown
    assert client.get(f"/viewemail.php?id={theirs}").status_code == 404


def test_a_user_of_two_clients_chooses(client: FlaskClient, ctx: Ctx) -> None:
    with ctx.unit() as db:
        user = db.scalars(select(User)).one()
        second = clients.create(
            db, {**CLIENT_DATA, "email": "second@example.com", "companyname": "Second Ltd", "owner_user_id": user.id}
        )
        third = clients.create(db, {**CLIENT_DATA, "email": "third@example.com", "companyname": "Third Ltd"})
    page = client.get("/user/accounts")
    assert "Second Ltd" in words(page)
    assert "Third Ltd" not in words(page)
    assert post(client, "/user/accounts", {"id": str(third.id)}).status_code == 404
    assert post(client, "/user/accounts", {"id": str(second.id)}).headers["Location"] == "/clientarea.php"
    assert 'value="Second Ltd"' in client.get("/clientarea.php?action=details").text


def test_single_sign_on_works_once(web: FlaskClient, ctx: Ctx) -> None:
    with ctx.unit() as db:
        user, row = db.scalars(select(User)).one(), db.get_one(Client, 1)
        token = sso.create(db, user, row, "clientarea:invoices")
    assert (
        web.get(f"/oauth/singlesignon.php?access_token={token}").headers["Location"]
        == "/clientarea.php?action=invoices"
    )
    assert "Invoices" in words(web.get("/clientarea.php?action=invoices"))
    again = web.get(f"/oauth/singlesignon.php?access_token={token}")
    assert again.status_code == 403
    assert "used already" in words(again)


def test_pages_that_are_not_modelled_say_so(web: FlaskClient) -> None:
    for address in ("/submitticket.php", "/knowledgebase", "/announcements/1/news",
                    "/cart.php?a=add&domain=register", "/cart.php?a=fraudcheck"):  # fmt: skip
        answer = web.get(address)
        assert answer.status_code == 501, address
        assert "Not part of this host yet" in words(answer), address
    assert web.get("/index.php?rp=/login").headers["Location"] == "/login"
    assert web.get("/index.php?rp=//evil.example").status_code == 200


def test_the_language_is_kept_in_the_session(web: FlaskClient) -> None:
    assert "Anmelden" not in words(web.get("/login"))
    assert "Anmelden" in words(web.get("/login?language=german"))
    assert "Anmelden" in words(web.get("/login"))
    assert "Anmelden" in words(web.get("/login?language=klingon"))
    assert 'lang="de"' in web.get("/login").text
    assert "Sign in" in words(web.get("/login?language=english"))


def test_a_client_may_choose_a_language_for_good(client: FlaskClient, ctx: Ctx) -> None:
    form = {"save": "true", "accountLanguage": "german"}
    post(client, "/clientarea.php?action=details", form)
    with ctx.unit(read=True) as db:
        assert db.get_one(Client, 1).language == "german"
    assert "Meine Dienste" in words(client.get("/clientarea.php?action=services"))
