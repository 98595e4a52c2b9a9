"""What the simulated SolusVM 2 charges: started hours, the cap of a month, prices that change, what is gone."""

import pytest
import requests

from modulehost import sandbox
from modulehost.clock import Clock

from .conftest import Pass, SetTime
from .solus import PREFIX, Solus
from .support import switch

HOUR, DAY = 3600, 86_400
MARCH = ("2030-03-01", "2030-04-01")
APRIL = ("2030-04-01", "2030-05-01")
MAY = ("2030-05-01", "2030-06-01")


@pytest.mark.parametrize(
    ("seconds", "hours", "tokens"),
    [
        (0, 1, 7),
        (300, 1, 7),
        (HOUR, 1, 7),
        (HOUR + 1, 2, 14),
        (700 * HOUR, 700, 4900),
        (714 * HOUR, 714, 4998),
        (715 * HOUR, 715, 5000),
        (744 * HOUR, 744, 5000),
    ],
)
def test_started_hours_up_to_the_cap(
    solus: Solus, set_time: SetTime, pass_time: Pass, seconds: int, hours: int, tokens: int
) -> None:
    set_time("2030-05-01T00:00:00")
    user = solus.user()
    server = solus.server(user)
    pass_time(seconds)
    solus.task("DELETE", f"/servers/{server['id']}")
    pass_time(40 * DAY)
    report = solus.usage(user, *MAY)
    assert [(one["hours"], one["tokens"]) for one in report["data"]] == [(hours, tokens)]
    assert report["meta"] == {"tokens_total": tokens, "from": "2030-05-01T00:00:00Z", "to": "2030-06-01T00:00:00Z"}
    line = report["data"][0]
    assert (line["resource_type"], line["resource_id"], line["name"], line["plan"]) == (
        "server",
        server["id"],
        "web1",
        "KVM-1",
    )
    assert (line["tokens_per_hour"], line["tokens_per_month"], line["from"]) == (7, 5000, "2030-05-01T00:00:00Z")


def test_use_grows_with_the_hosts_time(solus: Solus, set_time: SetTime, pass_time: Pass) -> None:
    set_time("2030-04-10T09:30:00")
    user = solus.user()
    solus.server(user)
    solus.server(user, plan=2)
    assert solus.tokens(user, *APRIL) == [("server", 1, 7), ("server", 1, 12)]
    pass_time(10 * HOUR)
    assert solus.tokens(user, *APRIL) == [("server", 10, 70), ("server", 10, 120)]
    set_time("2030-05-01T00:00:00")  # 20 days and 14.5 hours
    assert solus.tokens(user, *APRIL) == [("server", 495, 3465), ("server", 495, 5940)]
    set_time("2030-07-01T00:00:00")
    assert solus.tokens(user, *APRIL) == [("server", 495, 3465), ("server", 495, 5940)]
    # 744 hours of May: 744 x 7 = 5208 is over the cap, KVM-2 has none
    assert solus.tokens(user, *MAY) == [("server", 744, 5000), ("server", 744, 8928)]


def test_a_stopped_server_is_charged_until_it_is_deleted(solus: Solus, set_time: SetTime, pass_time: Pass) -> None:
    set_time("2030-04-01T00:00:00")
    user = solus.user()
    server = solus.server(user)
    pass_time(2 * HOUR)
    solus.task("POST", f"/servers/{server['id']}/stop")
    pass_time(3 * HOUR)
    assert solus.tokens(user, *APRIL) == [("server", 5, 35)]


def test_the_hour_over_the_end_of_a_month_counts_in_both(solus: Solus, set_time: SetTime, pass_time: Pass) -> None:
    set_time("2030-04-30T22:30:00")
    user = solus.user()
    server = solus.server(user)
    set_time("2030-05-01T00:15:00")
    solus.task("DELETE", f"/servers/{server['id']}")
    assert solus.tokens(user, *APRIL) == [("server", 2, 14)]  # 22:30 and 23:30
    assert solus.tokens(user, *MAY) == [("server", 1, 7)]
    assert solus.tokens(user, "2030-04-01", "2030-06-01") == [("server", 2, 14), ("server", 1, 7)]
    pass_time(40 * DAY)
    assert solus.tokens(user, "2030-06-01", "2030-07-01") == []


def test_a_server_that_ends_with_the_month_is_not_in_the_next(solus: Solus, set_time: SetTime) -> None:
    set_time("2030-04-30T20:00:00")
    user = solus.user()
    server = solus.server(user)
    set_time("2030-05-01T00:00:00")
    solus.task("DELETE", f"/servers/{server['id']}")
    assert solus.tokens(user, *APRIL) == [("server", 4, 28)]
    assert solus.tokens(user, *MAY) == []


def test_the_cap_is_each_resources_own_and_begins_anew(solus: Solus, set_time: SetTime) -> None:
    set_time("2030-03-01T00:00:00")
    user = solus.user()
    for _ in range(2):
        solus.server(user)
    set_time("2030-05-01T00:00:00")
    assert solus.tokens(user, *MARCH) == [("server", 744, 5000)] * 2
    assert solus.tokens(user, *APRIL) == [("server", 720, 5000)] * 2
    assert [one["tokens"] for one in solus.usage(user, "2030-03-01", "2030-05-01")["data"]] == [5000] * 4


def test_parts_of_a_month_add_up_to_it(solus: Solus, set_time: SetTime) -> None:
    set_time("2030-05-01T00:20:00")
    user = solus.user()
    solus.server(user)
    set_time("2030-06-05T00:00:00")
    whole = solus.tokens(user, *MAY)
    assert whole == [("server", 744, 5000)]
    first = solus.tokens(user, "2030-05-01", "2030-05-20T10:00:00")
    # hours start at :20 past; the last before 10:00 on the 20th is that of 09:20
    assert first == [("server", 19 * 24 + 10, 466 * 7)]
    second = solus.tokens(user, "2030-05-20T10:00:00", "2030-06-01")
    assert second == [("server", 744 - 466, 5000 - 466 * 7)]


def test_a_new_price_holds_from_the_next_hour_on(solus: Solus, set_time: SetTime) -> None:
    set_time("2030-04-10T00:00:00")
    user = solus.user()
    server = solus.server(user, additional_ip_count=1)
    set_time("2030-04-10T10:30:00")
    changed = solus.data("PUT", "/plans/1", {"id": 1, "name": "KVM-1", "tokens_per_hour": 10, "tokens_per_month": 6000})
    assert (changed["tokens_per_hour"], changed["ip_tokens_per_hour"]) == (10, 1)
    set_time("2030-04-10T20:00:00")
    solus.task("DELETE", f"/servers/{server['id']}")
    lines = solus.usage(user, *APRIL)["data"]
    # the hour that began at 10:00 keeps the price it began with
    assert [(one["from"][11:16], one["to"][11:16], one["hours"], one["tokens"]) for one in lines] == [
        ("00:00", "11:00", 11, 77),
        ("11:00", "20:00", 9, 90),
        ("00:00", "20:00", 20, 20),
    ]
    assert [(one["tokens_per_hour"], one["tokens_per_month"]) for one in lines] == [(7, 5000), (10, 6000), (1, 500)]
    again = solus.server(user)
    assert solus.usage(user, *APRIL)["data"][-1]["tokens"] == 10
    solus.task("DELETE", f"/servers/{again['id']}")


def test_a_new_cap_bounds_what_is_still_to_come(solus: Solus, set_time: SetTime) -> None:
    set_time("2030-05-01T00:00:00")
    user = solus.user()
    solus.server(user)
    set_time("2030-05-21T00:00:00")  # 480 hours, 3360 tokens
    solus.call("PUT", "/plans/1", {"tokens_per_hour": 20, "tokens_per_month": 4000})
    set_time("2030-05-25T00:00:00")
    assert solus.tokens(user, *MAY) == [("server", 480, 3360), ("server", 96, 640)]
    solus.call("PUT", "/plans/1", {"tokens_per_month": 3000})  # below what has been used: nothing more, nothing back
    set_time("2030-06-01T00:00:00")
    assert solus.tokens(user, *MAY) == [("server", 480, 3360), ("server", 96, 640), ("server", 168, 0)]
    set_time("2030-07-01T00:00:00")
    assert solus.tokens(user, "2030-06-01", "2030-07-01") == [("server", 720, 3000)]


def test_another_plan_holds_from_the_next_hour_on(solus: Solus, set_time: SetTime) -> None:
    set_time("2030-04-10T00:00:00")
    user = solus.user()
    server = solus.server(user, backup_settings={"enabled": True})
    set_time("2030-04-10T01:30:00")
    solus.task("POST", f"/servers/{server['id']}/resize", {"plan_id": 2})
    set_time("2030-04-10T04:00:00")
    lines = solus.usage(user, *APRIL)["data"]
    # backups are 20 per cent of the server: 1.4 of 7 and 2.4 of 12, in whole tokens 1 and 2
    assert [(one["resource_type"], one["plan"], one["hours"], one["tokens"]) for one in lines] == [
        ("server", "KVM-1", 2, 14),
        ("server", "KVM-2", 2, 24),
        ("backup", "KVM-1", 2, 2),
        ("backup", "KVM-2", 2, 4),
    ]


def test_additional_addresses_one_by_one(solus: Solus, set_time: SetTime) -> None:
    set_time("2030-04-01T00:00:00")
    user = solus.user()
    server = solus.server(user, additional_ip_count=1)
    set_time("2030-04-02T00:00:00")
    solus.task("POST", f"/servers/{server['id']}/ips", {"count": 1})
    first = [one["id"] for one in solus.data("GET", f"/servers/{server['id']}")["ips"]][1]
    set_time("2030-04-03T00:00:00")
    solus.task("DELETE", f"/servers/{server['id']}/ips", {"ids": [first]})
    set_time("2030-05-01T00:00:00")
    lines = solus.usage(user, *APRIL)["data"]
    assert [(one["resource_type"], one["hours"], one["tokens"]) for one in lines] == [
        ("server", 720, 5000),
        ("additional_ip", 48, 48),
        ("additional_ip", 696, 500),  # the cap of an address
    ]
    assert (lines[1]["resource_id"], lines[1]["name"]) == (first, "198.18.0.2")


def test_backups_that_go_off_and_on_have_one_cap(solus: Solus, set_time: SetTime) -> None:
    set_time("2030-05-01T00:00:00")
    solus.call("PUT", "/plans/1", {"tokens_per_hour": 10, "tokens_per_month": 5000})  # backups: 2 an hour, at most 1000
    user = solus.user()
    path = f"/servers/{solus.server(user, backup_settings={'enabled': True})['id']}"
    set_time("2030-05-11T00:00:00")
    solus.call("PATCH", path, {"backup_settings": {"enabled": False}})
    set_time("2030-05-13T00:00:00")
    solus.call("PATCH", path, {"backup_settings": {"enabled": True}})
    set_time("2030-06-01T00:00:00")
    assert solus.tokens(user, *MAY)[1:] == [("backup", 240, 480), ("backup", 456, 520)]
    assert solus.tokens(user, "2030-05-20", "2030-06-01")[1:] == [("backup", 288, 184)]  # 816 until then


def test_a_snapshot_keeps_the_price_of_its_day(
    solus: Solus, solusvm2: sandbox.RunningSandbox, set_time: SetTime
) -> None:
    from modulehost.sandbox.solusvm2 import servers

    set_time("2030-04-01T00:00:00")
    user = solus.user()
    id = str(solus.server(user)["id"])
    world = solusvm2.world
    with world.lock:
        made = servers.add_snapshot(world, world.state.servers[id], "before")
    switch(solus.url, snapshot_per_hour=9)
    set_time("2030-04-01T05:00:00")
    assert solus.tokens(user, *APRIL)[1] == ("snapshot", 5, 5)
    with world.lock:
        servers.remove_snapshot(world, world.state.servers[id], made.id)
    set_time("2030-04-02T00:00:00")
    assert solus.tokens(user, *APRIL) == [("server", 24, 168), ("snapshot", 5, 5)]


def test_a_deleted_users_use_is_still_told(solus: Solus, set_time: SetTime) -> None:
    set_time("2030-04-01T00:00:00")
    user = solus.user()
    server = solus.server(user)
    set_time("2030-04-01T03:00:00")
    solus.task("DELETE", f"/servers/{server['id']}")
    solus.call("DELETE", f"/users/{user['id']}", status=204)
    assert solus.tokens(user, *APRIL) == [("server", 3, 21)]


def test_only_ones_own_use(solus: Solus, set_time: SetTime) -> None:
    set_time("2030-04-01T00:00:00")
    one, two = solus.user("one@shop.example"), solus.user("two@shop.example")
    solus.server(one)
    assert solus.tokens(two, *APRIL) == []


def test_a_period_that_makes_no_sense(solus: Solus) -> None:
    good = {"user_id": 1, "from": "2030-04-01T00:00:00Z", "to": "2030-05-01T00:00:00Z"}
    for bad, field in (
        ({"user_id": ""}, "filter.user_id"),
        ({"user_id": "99"}, "filter.user_id"),
        ({"from": ""}, "filter.from"),
        ({"to": "2030-05-01"}, "filter.to"),
        ({"to": "soon"}, "filter.to"),
        ({"to": "2030-04-01T00:00:00Z"}, "filter.to"),
    ):
        assert list(solus.call("GET", "/billing/usage", status=422, where={**good, **bad})["errors"]) == [field]
    other = {**good, "from": "2030-04-01T02:00:00+02:00", "to": "2030-05-01T00:00:00.000Z"}
    assert solus.call("GET", "/billing/usage", where=other)["meta"] == {
        "tokens_total": 0,
        "from": "2030-04-01T00:00:00Z",
        "to": "2030-05-01T00:00:00Z",
    }


def test_it_all_survives_a_restart(clock: Clock, set_time: SetTime, tmp_path: object) -> None:
    file = str(tmp_path) + "/state.json"
    set_time("2030-04-01T00:00:00")
    with sandbox.start("solusvm2", clock=clock, seed=7, state_file=file) as running:
        made = requests.post(running.url + "/_sandbox/tokens", json={}, timeout=20).json()
        solus = Solus(running.url, made["token"])
        user = solus.user(billing_user_id=42)
        solus.server(user, backup_settings={"enabled": True})
        plain = requests.get(running.url + "/_sandbox/objects?secrets=1", timeout=20).json()
    set_time("2030-04-01T04:00:00")
    with sandbox.start("solusvm2", clock=clock, seed=7, state_file=file) as running:
        solus = Solus(running.url, made["token"])
        assert solus.tokens(user, *APRIL) == [("server", 4, 28), ("backup", 4, 4)]
        response = requests.post(running.url + "/_sandbox/objects?replace=1", json=plain, timeout=20)
        assert response.status_code == 200
        assert solus.data("GET", "/users", where={"search": "asha"})[0]["billing_user_id"] == 42
        assert requests.get(running.url + PREFIX + "/account", headers=solus.headers, timeout=20).ok
