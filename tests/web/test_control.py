"""/_host: whom it answers, and the clock."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from modulehost import app, settings
from modulehost.context import Ctx, Host

Make = Callable[..., Host]


def browser(host: Host) -> FlaskClient:
    return app.create_app(host).test_client()


def test_it_answers_this_machine_by_its_own_names_only(make_host: Make) -> None:
    web = browser(make_host())
    assert web.get("/_host/clock").status_code == 200
    for name, status in (("127.0.0.1:8080", 200), ("[::1]:8080", 200), ("localhost", 200), ("rebound.evil.test", 403)):
        assert web.get("/_host/clock", headers={"Host": name}).status_code == status, name
    away = web.get("/_host/clock", environ_overrides={"REMOTE_ADDR": "192.0.2.7"})
    assert (away.status_code, "X-Modulehost-Token" in away.json["error"]) == (403, True)  # type: ignore[index]


def test_behind_a_proxy_that_is_not_named_nobody_counts_as_this_machine(make_host: Make) -> None:
    host = make_host(system_url="https://shop.example.com/", control_token="t0ken")
    web = browser(host)
    refused = web.get("/_host/clock", headers={"Host": "shop.example.com"})
    assert refused.status_code == 403
    assert "trusted_proxy" in refused.json["error"]  # type: ignore[index]
    named = {"Host": "shop.example.com", "X-Modulehost-Token": "t0ken"}
    assert web.get("/_host/clock", headers=named).status_code == 200
    wrong = {**named, "X-Modulehost-Token": "t0keñ"}
    assert web.get("/_host/clock", headers=wrong).status_code == 403
    through = browser(make_host(system_url="https://shop.example.com/", trusted_proxy="127.0.0.1"))
    assert through.get("/_host/clock", headers={"Host": "shop.example.com"}).status_code == 200
    stored = make_host()
    with Ctx(stored).unit() as db:
        settings.put(db, "SystemURL", "https://shop.example.com")
    assert browser(stored).get("/_host/clock").status_code == 403


@pytest.mark.parametrize(
    ("wish", "now"),
    [
        ({"advance": "1d"}, "2027-03-02 12:00:00"),
        ({"set": "2027-03-05"}, "2027-03-05 00:00:00"),
        ({"set": "2027-03-05T10:00:00+02:00"}, "2027-03-05 08:00:00"),
        ({"set": "2027-03-05T10:00:00Z"}, "2027-03-05 10:00:00"),
    ],
)
def test_the_clock_is_moved(make_host: Make, wish: dict[str, str], now: str) -> None:
    from datetime import datetime

    host = make_host()
    host.clock.freeze()
    host.clock.set(datetime(2027, 3, 1, 12))
    assert browser(host).post("/_host/clock", json=wish).json["now"] == now  # type: ignore[index]


@pytest.mark.parametrize(
    "wish", [[], ["advance"], {"advance": "soon"}, {"set": "2020-01-01"}, {"set": "x"}, {}, "text"]
)
def test_a_wish_that_cannot_be_met_is_told_so(make_host: Make, wish: object) -> None:
    answer = browser(make_host()).post("/_host/clock", json=wish)
    assert answer.status_code == 400
    assert answer.json["error"]  # type: ignore[index]


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.test/",
        "//evil.test/",
        "/\\evil.test",
        "\\\\evil.test",
        "/\t/evil.test",
        "/\n/evil.test",
        "evil",
        "",
    ],
)
def test_a_redirect_target_of_another_site_is_not_followed(target: str) -> None:
    from modulehost.web import frame

    assert frame.local_target(target, "/home") == "/home"
    assert frame.local_target("/admin/clients.php?a=1", "/home") == "/admin/clients.php?a=1"
