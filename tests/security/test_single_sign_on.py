"""Single sign-on into the client area: a link is good once, for a minute, for the person and the place it was made for."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from modulehost.accounts import clients, sso, users
from modulehost.context import Host
from modulehost.schema import ActivityLog, Client, SsoToken, User, UserClient
from tests.client.shop import sign_in, words
from tests.contract.bench import Bench
from tests.support.hosts import CLIENT_DATA


@pytest.fixture
def bench(host: Host) -> Bench:
    return Bench(host)


def token(bench: Bench, **values: object) -> str:
    """A token for client 1 by the API."""
    answer = bench.api("CreateSsoToken", **{"client_id": 1, **values})
    assert answer["result"] == "success", answer
    return str(answer["access_token"])


def use(browser: FlaskClient, given: str) -> TestResponse:
    return browser.get("/oauth/singlesignon.php", query_string={"access_token": given})


def signed_in(browser: FlaskClient) -> bool:
    return browser.get("/clientarea.php").status_code == 200


def test_a_link_is_good_once_and_for_a_minute(bench: Bench) -> None:
    given = token(bench)
    first, second = bench.app.test_client(), bench.app.test_client()
    assert use(first, given).headers["Location"] == "/clientarea.php"
    assert signed_in(first)
    for browser in (second, first):
        again = use(browser, given)
        assert again.status_code == 403 and "used already" in words(again)
    assert not signed_in(second)
    bench.host.clock.freeze()
    late = token(bench)
    bench.host.clock.advance(timedelta(seconds=61))
    assert use(second, late).status_code == 403 and not signed_in(second)
    kept = [row.token_hash for row in bench.rows(SsoToken)]
    told = " ".join(row.description for row in bench.rows(ActivityLog))
    assert given not in kept and late not in kept and given not in told


def test_of_many_at_once_one_gets_in(bench: Bench) -> None:
    given = token(bench)
    browsers = [bench.app.test_client() for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda browser: use(browser, given).status_code, browsers))
    assert sorted(answers) == [303, 403, 403, 403, 403, 403]
    assert sum(signed_in(browser) for browser in browsers) == 1


def test_the_session_is_made_anew(bench: Bench) -> None:
    """Who planted a cookie in the browser before holds nothing of what the link opens."""
    browser = bench.app.test_client()
    browser.get("/login")
    planted = browser.get_cookie("modulehost")
    with browser.session_transaction() as session:
        before = session["token"]
    assert planted is not None
    assert use(browser, token(bench)).status_code == 303
    browser.get("/clientarea.php")
    with browser.session_transaction() as session:
        assert session["token"] != before
    opened = browser.get_cookie("modulehost")
    assert opened is not None and opened.value != planted.value
    other = bench.app.test_client()
    other.set_cookie("modulehost", planted.value)
    assert not signed_in(other)


def test_a_link_replaces_who_was_signed_in(bench: Bench) -> None:
    with bench.ctx.unit() as db:
        clients.create(db, {**CLIENT_DATA, "firstname": "Other", "email": "other@example.com"})
    browser = bench.app.test_client()
    assert sign_in(browser, "other@example.com").status_code == 303
    old = browser.get_cookie("modulehost")
    assert old is not None and "Hello, Other" in words(browser.get("/clientarea.php"))
    assert use(browser, token(bench)).status_code == 303
    assert "Hello, Asha" in words(browser.get("/clientarea.php"))
    copy = bench.app.test_client()
    copy.set_cookie("modulehost", old.value)
    assert not signed_in(copy)


def test_what_was_taken_away_meanwhile_counts(bench: Bench) -> None:
    with bench.ctx.unit() as db:
        helper = users.create(db, {**CLIENT_DATA, "email": "helper@example.com"})
        users.link(db, helper.id, 1)
    unlinked, closed, off = token(bench, user_id=helper.id), token(bench), token(bench)
    with bench.ctx.unit() as db:
        db.query(UserClient).filter_by(auth_user_id=helper.id).delete()
        db.get_one(Client, 1).status = "Closed"
    for given in (unlinked, closed):
        browser = bench.app.test_client()
        assert use(browser, given).status_code == 403 and not signed_in(browser)
    with bench.ctx.unit() as db:
        row = db.get_one(Client, 1)
        row.status, row.allow_sso = "Active", 0
    browser = bench.app.test_client()
    assert use(browser, off).status_code == 403 and not signed_in(browser)


@pytest.mark.parametrize(
    "path",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "/\t/evil.example",
     "http:evil.example", "///evil.example", "\n//evil.example", "data:text/html,x", "", "a" * 300],
)  # fmt: skip
def test_a_custom_redirect_stays_in_the_house(bench: Bench, path: str) -> None:
    answer = bench.api("CreateSsoToken", client_id=1, destination="sso:custom_redirect", sso_redirect_path=path)
    assert answer["result"] == "error" and answer["message"].startswith("Invalid destination"), answer


def test_even_a_forged_row_leads_nowhere_else(bench: Bench) -> None:
    for place in ("/evil.example", "\\evil.example", "\t/evil.example"):
        with bench.ctx.unit() as db:
            made = sso.create(db, db.query(User).one(), db.get_one(Client, 1))
            db.query(SsoToken).order_by(SsoToken.id.desc()).first().destination = place  # type: ignore[union-attr]
        answer = use(bench.app.test_client(), made)
        assert answer.headers["Location"] in ("/clientarea.php", "/evil.example"), place


def test_destinations_by_name_path_and_id(bench: Bench) -> None:
    mine = bench.service("Active")
    with bench.ctx.unit() as db:
        other = clients.create(db, {**CLIENT_DATA, "email": "other@example.com"}).id
    theirs = bench.service("Active", userid=other)
    for values, place in (
        ({"destination": "clientarea:services"}, "/clientarea.php?action=services"),
        ({"destination": "clientarea:product_details", "service_id": mine}, f"/clientarea.php?action=productdetails&id={mine}"),
        ({"destination": "sso:custom_redirect", "sso_redirect_path": "cart.php?a=view"}, "/cart.php?a=view"),
        ({"destination": "sso:custom_redirect", "sso_redirect_path": "/clientarea.php?action=invoices"}, "/clientarea.php?action=invoices"),
    ):
        assert use(bench.app.test_client(), token(bench, **values)).headers["Location"] == place
    for wrong in ({}, {"service_id": theirs}, {"service_id": 4711}, {"service_id": 0}):
        answer = bench.api("CreateSsoToken", client_id=1, destination="clientarea:product_details", **wrong)
        assert answer["result"] == "error" and "needs a service_id of the client" in answer["message"]
