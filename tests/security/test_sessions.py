"""Sessions: what a browser holds is small, made anew at sign-in, and worth nothing to others."""

import random

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
