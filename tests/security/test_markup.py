"""Texts that people type are text on every page, in every mail: never markup, never a template."""

import pytest
from flask import Flask

from modulehost import app
from modulehost.context import Host
from tests.security.world import SPITE, Doors, injected, send, signed_in


@pytest.fixture
def application(host: Host) -> Flask:
    return app.create_app(host)


def test_the_finder_finds() -> None:
    assert injected(f"<p>{SPITE}</p>")
    assert injected(f'<p title="{SPITE}">x</p>')
    assert injected(f"<script>var x = '{SPITE.partition('</')[0]}'</script>")
    assert not injected("<p>" + SPITE.replace("<", "&lt;").replace('"', "&quot;") + "</p>")


def test_admin_pages(application: Flask, doors: Doors) -> None:
    browser = signed_in(application, client=False)
    for address in doors.admin:
        answer = browser.get(address)
        assert answer.status_code == 200, (address, answer.status_code, answer.headers.get("Location"))
        assert not injected(answer.text), (address, injected(answer.text))


def test_client_pages(application: Flask, doors: Doors) -> None:
    browser = signed_in(application, admin=False)
    send(browser, f"/cart.php?a=add&pid={doors.product}&domain=two.example")
    for address in [*doors.client, "/cart.php?a=confproduct&i=0"]:
        answer = browser.get(address)
        assert answer.status_code in (200, 501), (address, answer.status_code, answer.headers.get("Location"))
        assert not injected(answer.text), (address, injected(answer.text))
        assert "1337" not in answer.text, address
