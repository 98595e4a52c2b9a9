"""Sessions: what a browser holds is small, made anew at sign-in, and worth nothing to others."""

import random
import re
from datetime import timedelta

import pytest
from flask import Flask

from modulehost import app
from modulehost.accounts import sso, users
from modulehost.context import Ctx, Host
from modulehost.schema import Client, User
from modulehost.web import frame
from tests.security.world import send, signed_in
from tests.support.hosts import CLIENT


@pytest.fixture
def application(host: Host) -> Flask:
    return app.create_app(host)


def test_long_banners_leave_the_cookie_small(application: Flask) -> None:
    """The longest texts that a module can say, in a script that compresses badly."""
    draw = random.Random(1)
    text = "".join(chr(draw.randrange(0x4E00, 0x9FFF)) for _ in range(3000))
    with application.test_request_context("/admin/"):
        for _ in range(10):
            frame.note("error", "Module Command Error" * 30, text)
            frame.note("error", "x", "y" * 1500)
        frame.note("error", "Module Command Error", text)
        from flask import Response, session

        answer = Response()
        application.session_interface.save_session(application, session, answer)
        assert len(answer.headers["Set-Cookie"]) < 4000
        ((kind, title, shown),) = frame.notes()[-1:]
        assert (kind, title) == ("error", "Module Command Error")
        assert text.startswith(shown.rstrip("…"))
        assert len(shown) > 300


@pytest.mark.parametrize(
    "goto", ["//evil.example", "/\\evil.example", "/\t/evil.example", "\\\\evil", "https://evil.example", "/\r\n/evil"]
)
@pytest.mark.parametrize("door", ["client", "admin"])
def test_sign_in_leads_nowhere_else(application: Flask, goto: str, door: str) -> None:
    browser = application.test_client()
    if door == "client":
        answer = send(browser, "/login", username=CLIENT["email"], password=CLIENT["password"], goto=goto)
    else:
        answer = send(browser, "/admin/dologin.php", username="admin", password="Admin-pass-1", redirect=goto)
    assert answer.status_code == 303
    assert answer.headers["Location"] in ("/clientarea.php", "/admin/index.php")
    again = application.test_client().get("/index.php", query_string={"rp": goto})
    assert "evil" not in again.headers.get("Location", "")


def test_a_session_from_before_the_sign_in_opens_nothing(application: Flask) -> None:
    browser = application.test_client()
    browser.get("/login")
    before = browser.get_cookie("modulehost")
    assert before is not None
    assert send(browser, "/login", username=CLIENT["email"], password=CLIENT["password"]).status_code == 303
    other = application.test_client()
    other.set_cookie("modulehost", before.value)
    assert other.get("/clientarea.php").status_code == 302


def test_a_changed_password_ends_other_sessions(ctx: Ctx, application: Flask) -> None:
    one, two = signed_in(application, admin=False), signed_in(application, admin=False)
    data = {"submit": "1", "existingpw": CLIENT["password"], "newpw": "Changed-pass-2", "confirmpw": "Changed-pass-2"}
    assert send(one, "/user/password", data).status_code == 303
    assert one.get("/clientarea.php").status_code == 200
    assert two.get("/clientarea.php").status_code == 302


def test_a_sign_in_link_works_once(ctx: Ctx, application: Flask) -> None:
    with ctx.unit() as db:
        client = db.get_one(Client, 1)
        owner = users.owner_of(db, 1)
        assert isinstance(owner, User)
        token = sso.create(db, owner, client)
    first = application.test_client().get(f"/oauth/singlesignon.php?access_token={token}")
    assert first.status_code == 303
    for used in (token, token[:-1], "", "' OR 1=1 --", "%00"):
        assert (
            application.test_client().get("/oauth/singlesignon.php", query_string={"access_token": used}).status_code
            == 403
        )


@pytest.mark.parametrize("door", ["client", "admin"])
def test_signing_out_ends_copies_of_the_cookie(application: Flask, door: str) -> None:
    browser = signed_in(application, admin=door == "admin", client=door == "client")
    page, out = ("/clientarea.php", "/logout.php") if door == "client" else ("/admin/orders.php", "/admin/logout.php")
    stolen = browser.get_cookie("modulehost")
    assert stolen is not None
    thief = application.test_client()
    thief.set_cookie("modulehost", stolen.value)
    assert thief.get(page).status_code == 200
    assert send(browser, out).status_code == 303
    thief.set_cookie("modulehost", stolen.value)
    assert thief.get(page).status_code == 302


def test_sign_out_everywhere(application: Flask) -> None:
    one, two, three = (signed_in(application, admin=False) for _ in range(3))
    page = one.get("/user/security").text
    ids = re.findall(r'name="id" value="(\d+)"', page)
    assert len(ids) == 2, "this browser has no button"
    assert send(one, "/user/security/sessions", id=ids[0]).status_code == 303
    assert (two.get("/clientarea.php").status_code, three.get("/clientarea.php").status_code) == (200, 302)
    assert send(one, "/user/security/sessions").status_code == 303
    assert one.get("/clientarea.php").status_code == 200
    assert two.get("/clientarea.php").status_code == 302


def test_nobody_ends_the_sessions_of_others(ctx: Ctx, application: Flask) -> None:
    boss = signed_in(application, client=False)
    browser = signed_in(application, admin=False)
    for key in range(1, 5):
        send(browser, "/user/security/sessions", id=key)
    assert boss.get("/admin/orders.php").status_code == 200


def test_a_session_ends_after_a_month(host: Host, application: Flask) -> None:
    browser = signed_in(application)
    host.clock.advance(timedelta(days=30))
    assert browser.get("/clientarea.php").status_code == 200
    host.clock.advance(timedelta(days=2))
    assert browser.get("/clientarea.php").status_code == 302
    assert browser.get("/admin/orders.php").status_code == 302


def test_each_sign_in_has_a_session_of_its_own(application: Flask) -> None:
    browser = application.test_client()
    keys = set()
    for _ in range(2):
        send(browser, "/login", username=CLIENT["email"], password=CLIENT["password"])
        with browser.session_transaction() as session:
            keys.add(session["usersession"])
    assert len(keys) == 2


def test_my_account_ends_other_sessions_of_an_administrator(application: Flask) -> None:
    one, two = signed_in(application, client=False), signed_in(application, client=False)
    form = {"firstname": "Ada", "lastname": "Admin", "email": "admin@example.com", "newpw": "Admin-pass-2", "confirmpw": "Admin-pass-2"}
    assert "existing password was incorrect" in send(one, "/admin/myaccount.php", {**form, "password": "no"}).text
    assert two.get("/admin/orders.php").status_code == 200
    assert send(one, "/admin/myaccount.php", {**form, "password": "Admin-pass-1"}).status_code == 303
    assert one.get("/admin/orders.php").status_code == 200
    assert two.get("/admin/orders.php").status_code == 302
