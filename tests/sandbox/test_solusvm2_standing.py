"""Limits, locking and suspending in the simulated SolusVM 2."""

from typing import Any

import pytest
import requests

from .conftest import Pass, SetTime
from .solus import Solus
from .support import fault, switch


def statuses(solus: Solus, user: dict[str, Any]) -> list[tuple[str, bool]]:
    found = solus.data("GET", "/servers", where={"user_id": user["id"]})
    return [(one["status"], one["is_suspended"]) for one in found]


def test_limits_refuse_to_create_and_to_start(solus: Solus) -> None:
    user = solus.user(limit_group_id=1)  # 5 servers, 3 of them running, 2 additional addresses
    made = [solus.server(user) for _ in range(3)]
    assert list(solus.server(user, 422)["errors"]) == ["running_vms"]
    for one in made[:2]:
        solus.task("POST", f"/servers/{one['id']}/stop")
    made += [solus.server(user) for _ in range(2)]
    assert "limit of 5 servers" in solus.server(user, 422)["errors"]["vms"][0]
    solus.call("POST", f"/servers/{made[0]['id']}/start", None, 422)
    solus.task("POST", f"/servers/{made[4]['id']}/restart")  # runs already
    solus.task("POST", f"/servers/{made[4]['id']}/stop")
    assert solus.task("POST", f"/servers/{made[0]['id']}/start")["status"] == "done"

    assert solus.task("POST", f"/servers/{made[0]['id']}/ips", {"count": 2})["status"] == "done"
    assert list(solus.call("POST", f"/servers/{made[1]['id']}/ips", {"count": 1}, 422)["errors"]) == ["additional_ips"]
    assert len(solus.data("GET", "/servers", where={"user_id": user["id"]})) == 5


def test_a_server_on_its_way_counts(solus: Solus) -> None:
    switch(solus.url, task_polls=9, task_seconds=3600)
    user = solus.user(limit_group_id=1)
    body = {"name": "a", "plan": 1, "location": 1, "os": 1, "user": user["id"], "additional_ip_count": 1}
    for _ in range(2):
        solus.call("POST", "/servers", body, 201)
    assert list(solus.call("POST", "/servers", body, 422)["errors"]) == ["additional_ips"]
    solus.call("POST", "/servers", {**body, "additional_ip_count": 0}, 201)
    assert list(solus.call("POST", "/servers", {**body, "additional_ip_count": 0}, 422)["errors"]) == ["running_vms"]


def test_without_a_group_there_are_no_limits(solus: Solus) -> None:
    user, free = solus.user(), solus.user("free@shop.example", limit_group_id=2)
    for one in (user, free):
        for _ in range(6):
            solus.server(one, additional_ip_count=1)


@pytest.mark.parametrize("status", ["locked", "suspended"])
def test_who_is_locked_or_suspended_creates_nothing(solus: Solus, status: str) -> None:
    user = solus.user()
    client = solus.as_user(user)
    solus.call("PATCH", f"/users/{user['id']}", {"status": status})
    assert status in solus.server(user, 403)["message"]
    client.call("POST", "/servers", {"name": "a", "plan": 1, "location": 1, "os": 1}, 403)
    client.call("POST", "/projects", {"name": "Shop"}, 403)
    assert client.data("GET", "/account")["status"] == status
    solus.call("PUT", f"/users/{user['id']}", {"status": "active"})
    assert client.data("POST", "/projects", {"name": "Shop"}, 201)["name"] == "Shop"
    solus.server(user)


def test_locking_lets_servers_run(solus: Solus) -> None:
    user = solus.user()
    server = solus.server(user)
    solus.call("PATCH", f"/users/{user['id']}", {"status": "locked"})
    assert statuses(solus, user) == [("started", False)]
    assert solus.task("POST", f"/servers/{server['id']}/stop")["status"] == "done"
    assert solus.task("POST", f"/servers/{server['id']}/start")["status"] == "done"


def test_suspending_stops_everything_at_once(solus: Solus) -> None:
    user, other = solus.user(), solus.user("other@shop.example")
    first, second = solus.server(user), solus.server(user)
    solus.server(other)
    solus.task("POST", f"/servers/{second['id']}/stop")
    begun = solus.data("POST", f"/servers/{second['id']}/start")
    setting_up = solus.data(
        "POST", "/servers", {"name": "late", "plan": 1, "location": 1, "os": 1, "user": user["id"]}, 201
    )
    solus.call("PATCH", f"/users/{user['id']}", {"status": "suspended"})
    assert solus.data("GET", f"/tasks/{begun['id']}")["status"] == "canceled"
    assert solus.data("GET", f"/servers/{setting_up['id']}")["status"] == "stopped"
    assert statuses(solus, user) == [("stopped", True)] * 3
    assert statuses(solus, other) == [("started", False)]
    for action in ("start", "restart", "reinstall"):
        assert "suspended" in solus.call("POST", f"/servers/{first['id']}/{action}", None, 403)["message"]
    solus.call("PATCH", f"/users/{user['id']}", {"status": "active"})
    assert statuses(solus, user) == [("stopped", False)] * 3  # nothing starts by itself
    assert solus.task("POST", f"/servers/{first['id']}/start")["status"] == "done"


def test_a_server_suspended_by_itself_stays_so(solus: Solus) -> None:
    user = solus.user()
    server = solus.server(user)
    solus.task("POST", f"/servers/{server['id']}/suspend")
    for status in ("suspended", "active"):
        solus.call("PATCH", f"/users/{user['id']}", {"status": status})
    assert statuses(solus, user) == [("stopped", True)]


def test_suspending_rests_the_backups(solus: Solus, set_time: SetTime) -> None:
    set_time("2030-04-01T00:00:00")
    user = solus.user()
    schedule = {"type": "daily", "time": {"hour": 2, "minutes": 30}}
    server = solus.server(user, backup_settings={"enabled": True, "schedule": schedule})
    assert server["backup_settings"] == {"enabled": True, "schedule": {**schedule, "days": []}}

    def made() -> list[str]:
        solus.data("GET", "/account")
        plain = requests.get(solus.url + "/_sandbox/objects", timeout=20).json()["backups"]
        return [str((one["created"] - 1_900_000_000) // 86_400) for one in plain.values()]

    set_time("2030-04-04T00:00:00")
    assert len(made()) == 3  # of the 1st, 2nd and 3rd at 02:30
    solus.call("PATCH", f"/users/{user['id']}", {"status": "locked"})
    set_time("2030-04-05T00:00:00")
    assert len(made()) == 4
    solus.call("PATCH", f"/users/{user['id']}", {"status": "suspended"})
    set_time("2030-04-08T00:00:00")
    assert len(made()) == 4
    solus.call("PATCH", f"/users/{user['id']}", {"status": "active"})
    set_time("2030-04-09T00:00:00")
    assert len(made()) == 5
    set_time("2030-05-01T00:00:00")
    assert len(made()) == 7  # older ones are thrown away
    # charged for 4 days, and from the 8th to the 30th: 96 and 552 hours at 1 token
    assert solus.tokens(user, "2030-04-01", "2030-05-01")[1:] == [("backup", 96, 96), ("backup", 552, 552)]
    set_time("2030-05-01T00:10:00")
    solus.call("PATCH", f"/servers/{server['id']}", {"backup_settings": {"enabled": False}})
    set_time("2030-05-03T00:00:00")
    assert [one for one in solus.tokens(user, "2030-05-01", "2030-06-01") if one[0] == "backup"] == [("backup", 1, 1)]


@pytest.mark.parametrize(
    ("schedule", "count"),
    [({"type": "weekly", "days": [1, 4]}, 3), ({"type": "monthly", "days": [1, 15]}, 1), ({"type": "weekly"}, 1)],
)
def test_schedules(solus: Solus, set_time: SetTime, schedule: dict[str, Any], count: int) -> None:
    set_time("2030-04-07T12:00:00")  # a Sunday
    solus.server(solus.user(), backup_settings={"enabled": True, "schedule": schedule})
    set_time("2030-04-15T12:00:00" if schedule["type"] == "monthly" or "days" in schedule else "2030-04-14T12:00:00")
    solus.data("GET", "/account")
    assert len(requests.get(solus.url + "/_sandbox/objects", timeout=20).json()["backups"]) == count


def test_a_plan_without_extras_refuses_them(solus: Solus) -> None:
    off = {"is_backup_available": False, "is_additional_ips_available": False, "is_snapshots_enabled": False}
    solus.call("PUT", "/plans/1", off)
    user = solus.user()
    assert "backup_settings.enabled" in solus.server(user, 422, backup_settings={"enabled": True})["errors"]
    assert "additional_ip_count" in solus.server(user, 422, additional_ip_count=1)["errors"]
    server = solus.server(user)
    solus.call("POST", f"/servers/{server['id']}/ips", {"count": 1}, 422)


def test_addresses_that_could_not_be_added_cost_nothing(solus: Solus, pass_time: Pass) -> None:
    user = solus.user(limit_group_id=1)
    server = solus.server(user)
    fault(solus.url, "task_failed", remaining=1)
    assert solus.task("POST", f"/servers/{server['id']}/ips", {"count": 2})["status"] == "failed"
    pass_time(7200)
    assert solus.tokens(user, "2030-03-01", "2030-04-01") == [("server", 2, 14)]
    assert len(solus.data("GET", f"/servers/{server['id']}")["ips"]) == 1
    assert solus.task("POST", f"/servers/{server['id']}/ips", {"count": 2})["status"] == "done"
