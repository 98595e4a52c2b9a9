"""The second factor: enabling, the challenge after the password, replays, guesses, backup codes, and where it is required."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from modulehost import app
from modulehost.accounts import twofactor
from modulehost.context import Ctx, Host
from modulehost.schema import Admin, User
from tests.security.world import send
from tests.support.hosts import ADMIN, CLIENT

NOW = datetime(2026, 5, 4, 12, 0, 10)


@pytest.fixture
def host(host: Host) -> Iterator[Host]:
    host.clock.freeze()
    host.clock.set(NOW)
    yield host


@pytest.fixture
def application(host: Host) -> Flask:
    return app.create_app(host)


def code(host: Host, secret: str, seconds: int = 0) -> str:
    return twofactor.code_at(secret, host.clock.time() + seconds)


def secret_on(page: Any) -> str:
    found = re.search(r"<code[^>]*>([A-Z2-7 ]+)</code>", page.text)
    assert found, "the page shows no secret"
    return found[1].replace(" ", "")


def backup_on(page: Any) -> str:
    found = re.search(r'class="backup-code">([^<]+)<', page.text)
    assert found, "the page shows no backup code"
    return found[1]


def login(browser: FlaskClient) -> Any:
    return send(browser, "/login", username=CLIENT["email"], password=CLIENT["password"])


def enable(browser: FlaskClient, host: Host) -> tuple[str, str]:
    """Enable as a person does; returns secret and backup code."""
    page = send(browser, "/account/security/two-factor/enable")
    assert "<svg" in page.text
    secret = secret_on(page)
    wrong = send(browser, "/account/security/two-factor/enable", code="000000")
    assert wrong.status_code == 400
    assert secret_on(wrong) == secret, "the secret stays when the first code was mistyped"
    done = send(browser, "/account/security/two-factor/enable", code=code(host, secret))
    return secret, backup_on(done)


def test_the_codes_are_those_of_the_standard() -> None:
    """The test values of RFC 6238, appendix B, cut to six digits."""
    import base64

    secret = base64.b32encode(b"12345678901234567890").decode()
    assert [twofactor.code_at(secret, at) for at in (59, 1111111109, 2000000000)] == ["287082", "081804", "279037"]


def test_a_user_with_a_second_factor(ctx: Ctx, host: Host, application: Flask) -> None:
    one, two = application.test_client(), application.test_client()
    assert login(one).status_code == login(two).status_code == 303
    secret, _ = enable(one, host)
    assert one.get("/clientarea.php").status_code == 200
    assert two.get("/clientarea.php").status_code == 302, "enabling ends all other sessions"
    with ctx.unit(read=True) as db:
        row = db.get_one(User, 1)
        assert row.second_factor == "totp"
        assert secret not in (row.second_factor_config or "")

    answer = send(two, "/login", username=CLIENT["email"], password=CLIENT["password"], goto="/user/security")
    assert answer.headers["Location"] == "/login/challenge"
    assert two.get("/clientarea.php").status_code == 302, "the password alone opens nothing"
    used = code(host, secret)
    assert send(two, "/login/challenge", key=used).status_code == 401, "the code that enabled it is used up"
    host.clock.advance(timedelta(seconds=30))
    assert send(two, "/login/challenge", key="123456").status_code == 401
    fresh = code(host, secret)
    answer = send(two, "/login/challenge", key=f"{fresh[:3]} {fresh[3:]}")
    assert answer.headers["Location"] == "/user/security"
    assert two.get("/clientarea.php").status_code == 200

    three = application.test_client()
    login(three)
    assert send(three, "/login/challenge", key=fresh).status_code == 401, "a code opens one session"
    assert send(three, "/login/challenge", key=code(host, secret, -30)).status_code == 401, "nor does one from before it"
    assert send(three, "/login/challenge", key=code(host, secret, 60)).status_code == 401
    assert send(three, "/login/challenge", key=code(host, secret, 30)).status_code == 303, "a clock that is a little fast"

    send(one, "/account/security/two-factor/disable", pwverify="x")
    assert "incorrect" in one.get("/user/security").text
    send(one, "/account/security/two-factor/disable", pwverify=CLIENT["password"])
    assert one.get("/clientarea.php").status_code == 200
    assert three.get("/clientarea.php").status_code == 302
    assert login(three).headers["Location"] == "/clientarea.php"


def test_the_backup_code_works_once(host: Host, application: Flask) -> None:
    browser = application.test_client()
    login(browser)
    _, backup = enable(browser, host)
    assert len(backup.replace(" ", "")) == 16
    browser.get("/logout.php")
    login(browser)
    assert "backup code" in browser.get("/login/challenge?backup=1").text
    assert send(browser, "/login/challenge/backup", twofabackupcode="aaaa bbbb cccc dddd").status_code == 401
    shown = send(browser, "/login/challenge/backup", twofabackupcode=backup.replace(" ", "").upper())
    new = backup_on(shown)
    assert new != backup
    assert browser.get("/clientarea.php").status_code == 200
    browser.get("/logout.php")
    login(browser)
    assert send(browser, "/login/challenge/backup", twofabackupcode=backup).status_code == 401
    assert send(browser, "/login/challenge/backup", twofabackupcode=new).status_code == 200


def test_guessing_ends_after_five(host: Host, application: Flask) -> None:
    browser = application.test_client()
    login(browser)
    secret, _ = enable(browser, host)
    host.clock.advance(timedelta(seconds=60))
    browser.get("/logout.php")
    login(browser)
    for n in range(5):
        assert send(browser, "/login/challenge", key=f"00000{n}").status_code == 401
    late = send(browser, "/login/challenge", key=code(host, secret))
    assert late.status_code == 401
    assert "15 minutes" in late.text
    host.clock.advance(timedelta(minutes=15))
    assert send(browser, "/login/challenge", key=code(host, secret)).headers["Location"] == "/login", "the challenge is over, too"
    login(browser)
    assert send(browser, "/login/challenge", key=code(host, secret)).headers["Location"] == "/clientarea.php"


def test_a_required_second_factor_comes_first(ctx: Ctx, host: Host, application: Flask) -> None:
    with ctx.unit() as db:
        twofactor.set_policy(db, twofactor.USER, "force")
    browser = application.test_client()
    login(browser)
    for address in ("/clientarea.php", "/clientarea.php?action=invoices", "/cart.php", "/index.php?m=example_notes"):
        assert browser.get(address).headers["Location"] == "/user/security", address
    assert "required here" in browser.get("/user/security").text
    enable(browser, host)
    assert browser.get("/clientarea.php").status_code == 200
    send(browser, "/account/security/two-factor/disable", pwverify=CLIENT["password"])
    assert "cannot be disabled" in browser.get("/user/security").text


def test_an_administrator_with_a_second_factor(ctx: Ctx, host: Host, application: Flask) -> None:
    browser = application.test_client()
    assert send(browser, "/admin/dologin.php", ADMIN).status_code == 303
    send(browser, "/admin/configtwofa.php", client="off", admin="force")
    assert browser.get("/admin/clients.php").headers["Location"] == "/admin/twofactor.php"
    assert "is required" in browser.get("/admin/twofactor.php").text
    secret = secret_on(send(browser, "/admin/twofactor.php", action="begin"))
    backup = backup_on(send(browser, "/admin/twofactor.php", action="enable", code=code(host, secret)))
    assert browser.get("/admin/clients.php").status_code == 200
    with ctx.unit(read=True) as db:
        assert secret not in db.get_one(Admin, 1).authdata

    host.clock.advance(timedelta(seconds=60))
    other = application.test_client()
    answer = send(other, "/admin/dologin.php", ADMIN, redirect="/admin/orders.php")
    assert answer.headers["Location"] == "/admin/challenge.php"
    assert other.get("/admin/orders.php").status_code == 302
    assert send(other, "/admin/challenge.php", key="000000").status_code == 403
    assert send(other, "/admin/challenge.php", key=code(host, secret)).headers["Location"] == "/admin/orders.php"
    assert other.get("/admin/orders.php").status_code == 200
    third = application.test_client()
    send(third, "/admin/dologin.php", ADMIN)
    assert send(third, "/admin/challenge.php", key=code(host, secret)).status_code == 403, "a code opens one session"
    assert backup_on(send(third, "/admin/challenge.php", backupcode=backup)) != backup
    assert third.get("/admin/orders.php").status_code == 200


def test_a_challenge_of_an_old_password_is_worth_nothing(ctx: Ctx, host: Host, application: Flask) -> None:
    browser = application.test_client()
    login(browser)
    secret, _ = enable(browser, host)
    waiting = application.test_client()
    login(waiting)
    data = {"submit": "1", "existingpw": CLIENT["password"], "newpw": "Changed-pass-2", "confirmpw": "Changed-pass-2"}
    send(browser, "/user/password", data)
    host.clock.advance(timedelta(seconds=60))
    assert send(waiting, "/login/challenge", key=code(host, secret)).headers["Location"] == "/login"
    assert waiting.get("/clientarea.php").status_code == 302
