"""Every address that takes changes refuses one without the session's token: found by asking the application for its addresses."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from modulehost import app
from modulehost.context import Host
from tests.security.world import Doors, changing_addresses, signed_in, snapshot

#: these sign every caller in by themselves, so a browser's session opens nothing there
OWN_SIGN_IN = {"endpoint.endpoint", "control.move", "control.keep_state", "modules.callback"}


@pytest.fixture
def application(host: Host) -> Flask:
    return app.create_app(host)


def test_no_change_without_the_token(host: Host, application: Flask, doors: Doors) -> None:
    browser = signed_in(application)
    before = snapshot(host)
    asked = 0
    for address, method, endpoint in changing_addresses(application):
        if endpoint in OWN_SIGN_IN:
            continue
        for data in ({}, {"token": ""}, {"token": "x" * 40}):
            answer = browser.open(address, method=method, data=data)
            assert answer.status_code == 403, (method, address, data, answer.status_code)
            assert "security token" in answer.text or "form has expired" in answer.text.lower(), (method, address)
            asked += 1
    assert asked > 100, "the addresses were not found"
    assert snapshot(host) == before, "something was written without a token"


def test_the_token_of_another_session_is_refused(application: Flask, doors: Doors) -> None:
    mine, theirs = signed_in(application), signed_in(application)
    with theirs.session_transaction() as session:
        foreign = session["token"] = "z" * 40
    answer = mine.post("/admin/systemmodulelog.php", data={"token": foreign, "action": "enable"})
    assert answer.status_code == 403


def test_the_token_may_come_in_a_header_but_not_in_the_address(application: Flask, doors: Doors) -> None:
    browser = signed_in(application)
    with browser.session_transaction() as session:
        token = session["token"]
    address = "/admin/systemmodulelog.php"
    assert browser.post(f"{address}?token={token}", data={"action": "enable"}).status_code == 403
    assert browser.post(address, data={"action": "enable"}, headers={"X-CSRF-Token": token}).status_code == 303


def test_reading_pages_changes_nothing(host: Host, application: Flask, doors: Doors) -> None:
    """GET of every page, with the actions that its forms send: the database stays as it is."""
    browser = signed_in(application)
    for address in doors.pages:
        browser.get(address)
    before = snapshot(host)
    for address in [*doors.pages, *doors.tempting]:
        answer = browser.get(address)
        assert answer.status_code < 500 or answer.status_code == 501, (address, answer.status_code)
        changed = {name for name, rows in snapshot(host).items() if rows != before[name]}
        assert not changed, (address, changed)


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_the_control_door_is_closed_to_pages_of_other_sites(web: FlaskClient, site: str) -> None:
    kept = web.post("/_host/snapshots", json={"save": "theirs"}, headers={"Sec-Fetch-Site": site})
    assert kept.status_code == 403
    answer = web.post("/_host/clock", json={"advance": "1d"}, headers={"Sec-Fetch-Site": site})
    assert answer.status_code == 403
    own: Any = web.post("/_host/clock", json={"freeze": True})
    assert own.status_code == 200
