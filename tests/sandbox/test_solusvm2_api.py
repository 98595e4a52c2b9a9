"""The API of the simulated SolusVM 2, held against its description."""

import re
from typing import Any

import pytest
import requests

from modulehost import sandbox

from .conftest import Pass
from .openapi import SOLUSVM2
from .solus import PREFIX, Solus
from .support import fault, switch

FILLED = {"id": "1", "kind": "cpu", "uuid": "00000000-0000-4000-8000-000000000000"}


def test_every_described_call_is_there_and_wants_a_token(solus: Solus) -> None:
    operations = SOLUSVM2.operations()
    assert len(operations) == 45
    for method, path in operations:
        filled = re.sub(r"{(\w+)}", lambda found: FILLED[found[1]], path)
        response = requests.request(method, solus.url + PREFIX + filled, json={}, timeout=20)
        wanted = 422 if path == "/auth/login" else 401
        assert response.status_code == wanted, response.text
        if wanted == 401:
            SOLUSVM2.check(method, filled, 401, response.json())


def test_addresses_and_methods_that_no_call_has(solus: Solus) -> None:
    for method, path, status in (("GET", "/nothing", 404), ("DELETE", "/plans", 405), ("GET", "/users/x", 404)):
        response = requests.request(method, solus.url + PREFIX + path, headers=solus.headers, timeout=20)
        assert response.status_code == status
        assert set(response.json()) == {"message"}


def test_the_endpoint_map(solus: Solus) -> None:
    assert sandbox.endpoint_map("solusvm2", solus.url + "/") == {"https://solusvm.example.com": solus.url}


def test_what_is_seeded(solus: Solus) -> None:
    plans = solus.data("GET", "/plans")
    assert [(one["name"], one["tokens_per_hour"], one["tokens_per_month"]) for one in plans] == [
        ("KVM-1", 7, 5000),
        ("KVM-2", 12, 0),
    ]
    assert [one["name"] for one in solus.data("GET", "/roles")] == ["Administrator", "Client"]
    assert [
        (one["name"], one["vms"], one["running_vms"], one["additional_ips"])
        for one in solus.data("GET", "/limit_groups")
    ] == [
        ("Default", *({"limit": n, "is_enabled": True} for n in (5, 3, 2))),
        ("Unlimited", *({"limit": 0, "is_enabled": False},) * 3),
    ]
    assert len(solus.data("GET", "/locations")) == 2
    assert [len(one["versions"]) for one in solus.data("GET", "/os_images")] == [2, 2, 2]
    assert solus.data("GET", "/account")["roles"][0]["name"] == "Administrator"
    assert [one["name"] for one in solus.data("GET", "/plans", where={"search": "kvm-2"})] == ["KVM-2"]
    assert solus.data("GET", "/applications") == [{"id": 1, "name": "WordPress"}]
    assert "get billing usage" in [one["name"] for one in solus.data("GET", "/permissions")]
    state = requests.get(solus.url + "/_sandbox/objects?secrets=1", timeout=20).json()
    seeded = next(iter(state["tokens"]))
    assert Solus(solus.url, seeded).data("GET", "/account")["email"] == "admin@solusvm.example"


def test_a_user(solus: Solus) -> None:
    made = solus.user("Asha@Textiles.example", limit_group_id=1, billing_user_id=42, billing_token="t-42")
    assert (made["status"], made["limit_group"]["name"], made["billing_user_id"]) == ("active", "Default", 42)
    assert [one["name"] for one in made["roles"]] == ["Client"]
    assert set(made) >= SOLUSVM2.property_names("User") - {"password"}
    assert re.fullmatch(r"2030-03-17T17:46:40\.0+Z", made["created_at"])
    path = f"/users/{made['id']}"
    assert solus.data("GET", path) == made
    assert solus.data("PATCH", path, {"email": "new@textiles.example"})["billing_user_id"] == 42
    assert solus.data("PUT", path, {"status": "locked", "billing_user_id": 43})["email"] == "new@textiles.example"
    changed = solus.data("PATCH", path, {"limit_group_id": 2, "roles": [1]})
    assert (changed["limit_group"]["id"], changed["roles"][0]["id"]) == (2, 1)
    assert solus.data("PATCH", path, {"limit_group_id": None})["limit_group"] is None
    solus.call("DELETE", path, status=204)
    solus.call("GET", path, status=404)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"email": ""}, "email"),
        ({"email": "no address"}, "email"),
        ({"email": "ADMIN@solusvm.example"}, "email"),
        ({"password": ""}, "password"),
        ({"status": "frozen"}, "status"),
        ({"limit_group_id": 99}, "limit_group_id"),
        ({"limit_group_id": True}, "limit_group_id"),
        ({"billing_user_id": "42"}, "billing_user_id"),
        ({"roles": [99]}, "roles"),
        ({"roles": "1"}, "roles"),
    ],
)
def test_a_user_that_is_refused(solus: Solus, body: dict[str, Any], field: str) -> None:
    given = {"email": "asha@textiles.example", "password": "Correct-horse-9", **body}
    refused = solus.call("POST", "/users", given, 422)
    assert list(refused["errors"]) == [field]
    assert [one["id"] for one in solus.data("GET", "/users")] == [1]


def test_an_address_is_taken_whatever_its_case(solus: Solus) -> None:
    solus.user("asha@textiles.example")
    other = solus.user("other@textiles.example")
    refused = solus.call("PATCH", f"/users/{other['id']}", {"email": "Asha@TEXTILES.example"}, 422)
    assert "already been taken" in refused["errors"]["email"][0]
    assert solus.data("PATCH", f"/users/{other['id']}", {"email": "OTHER@textiles.example"})["id"] == other["id"]
    solus.call("PATCH", f"/users/{other['id']}", {}, 422)


def test_searching_finds_parts_of_addresses(solus: Solus) -> None:
    for email in ("ann@shop.example", "joann@shop.example", "bob@shop.example"):
        solus.user(email)
    assert [one["email"] for one in solus.data("GET", "/users", where={"search": "ANN@shop"})] == [
        "ann@shop.example",
        "joann@shop.example",
    ]
    solus.call("PATCH", "/users/2", {"status": "suspended"})
    assert [one["id"] for one in solus.data("GET", "/users", where={"status": "suspended", "search": "ann"})] == [2]


def test_pages_of_a_list(solus: Solus) -> None:
    switch(solus.url, per_page=2)
    for number in range(4):
        solus.user(f"user{number}@shop.example")
    first, last = (solus.call("GET", "/users", page=number, where={"search": "user"}) for number in (1, 2))
    assert [one["email"][:5] for one in first["data"] + last["data"]] == ["user0", "user1", "user2", "user3"]
    assert (first["links"]["prev"], last["links"]["next"]) == (None, None)
    assert requests.get(first["links"]["next"], headers=solus.headers, timeout=20).json() == last
    assert last["meta"] == {
        "current_page": 2,
        "from": 3,
        "last_page": 2,
        "path": solus.url + "/api/v1/users",
        "per_page": 2,
        "to": 4,
        "total": 4,
    }
    empty = solus.call("GET", "/users", where={"search": "nobody"})
    assert (empty["data"], empty["meta"]["last_page"], empty["meta"]["from"]) == ([], 1, None)


def test_tokens_and_who_may_what(solus: Solus, pass_time: Pass) -> None:
    user = solus.user()
    client = solus.as_user(user)
    assert client.data("GET", "/account")["id"] == user["id"]
    for path in ("/users", "/users/1", "/limit_groups", "/roles", "/settings", "/activity_logs", "/permissions"):
        client.call("GET", path, status=403)
    client.call("PATCH", "/settings", {}, 403)
    client.call("POST", "/users", {}, 403)
    client.call("PUT", "/plans/1", {"tokens_per_hour": 0}, 403)
    client.call("GET", "/billing/usage", status=403, where={"user_id": user["id"]})
    Solus(solus.url, "nonsense").call("GET", "/account", status=401)

    given = {"email": user["email"], "password": "Correct-horse-9"}
    Solus(solus.url, "").call("POST", "/auth/login", {**given, "password": "wrong"}, 401)
    found = Solus(solus.url, "").data("POST", "/auth/login", given)["credentials"]
    assert (found["token_type"], found["expires_at"][:19]) == ("Bearer", "2030-03-18T17:46:40")
    signed_in = Solus(solus.url, found["access_token"])
    assert signed_in.data("GET", "/account")["email"] == user["email"]
    pass_time(86_400)
    signed_in.call("GET", "/account", status=401)
    once = solus.data("POST", f"/users/{user['id']}/tokens", {"is_one_time": True}, 201)["access_token"]
    Solus(solus.url, once).call("GET", "/account", status=401)
    solus.call("DELETE", f"/users/{user['id']}", status=204)
    client.call("GET", "/account", status=401)


def test_servers_from_creation_to_deletion(solus: Solus) -> None:
    user = solus.user()
    body = {"name": "web1", "plan": 1, "location": 2, "os": 3, "user": user["id"], "fqdns": ["web1.example"]}
    made = solus.data("POST", "/servers", {**body, "additional_ip_count": 1}, 201)
    assert (made["status"], made["is_processing"], made["is_suspended"]) == ("processing", True, False)
    assert set(made) == SOLUSVM2.property_names("Server")
    path = f"/servers/{made['id']}"
    server = solus.data("GET", path)
    assert (server["status"], server["is_processing"], len(server["ips"])) == ("started", False, 2)
    assert (server["user"]["id"], server["project"]["is_default"], server["location"]["name"]) == (
        user["id"],
        True,
        "Mumbai",
    )
    assert solus.task("POST", path + "/stop", {"force": True})["status"] == "done"
    assert solus.data("GET", path)["status"] == "stopped"
    begun = solus.data("POST", path + "/start")
    assert (begun["action"], begun["status"], begun["progress"]) == ("vm-start", "pending", 0)
    assert "another task" in solus.call("POST", path + "/stop", None, 422)["message"]
    assert solus.data("GET", f"/tasks/{begun['id']}")["progress"] == 100
    assert solus.data("GET", path)["status"] == "started"
    assert solus.task("POST", path + "/restart")["action"] == "vm-restart"
    assert solus.task("POST", path + "/reinstall", {"os": 5})["status"] == "done"
    assert solus.task("POST", path + "/resize", {"plan_id": 2})["status"] == "done"
    assert solus.data("GET", path)["plan"]["name"] == "KVM-2"
    assert len(solus.data("POST", path + "/reset_password")["password"]) == 16
    assert solus.data("POST", path + "/vnc_up")["url"].startswith(solus.url)
    assert solus.data("PATCH", path, {"name": "web2", "boot_mode": "rescue"})["boot_mode"] == "rescue"
    assert solus.task("POST", path + "/ips", {"count": 2})["status"] == "done"
    ips = solus.data("GET", path)["ips"]
    assert len({one["ip"] for one in ips}) == 4
    solus.call("DELETE", path + "/ips", {"ids": [ips[0]["id"]]}, 422)  # the primary one
    assert solus.task("DELETE", path + "/ips", {"ids": [ips[1]["id"]]})["status"] == "done"
    assert len(solus.data("GET", path)["ips"]) == 3
    assert solus.task("POST", path + "/suspend")["status"] == "done"
    assert (solus.data("GET", path)["status"], solus.data("GET", path)["is_suspended"]) == ("stopped", True)
    solus.call("POST", path + "/start", None, 403)
    assert solus.task("POST", path + "/resume")["status"] == "done"
    assert solus.task("POST", path + "/start")["status"] == "done"
    solus.call("DELETE", f"/users/{user['id']}", status=422)
    assert solus.task("DELETE", path)["status"] == "done"
    solus.call("GET", path, status=404)
    assert solus.data(
        "GET", "/tasks", where={"action": "vm-delete", "status": "done", "compute_resource_vm_id": made["id"]}
    )
    assert "server.deleted" in [one["event"] for one in solus.data("GET", "/activity_logs", where={"user_id": 1})]


def test_a_server_that_is_refused(solus: Solus) -> None:
    user = solus.user()
    for body, field in (
        ({"name": ""}, "name"),
        ({"plan": 99}, "plan"),
        ({"location": None}, "location"),
        ({"os": None}, "os"),
        ({"os": 99}, "os"),
        ({"project": 1}, "project"),
        ({"ssh_keys": [1]}, "ssh_keys"),
        ({"custom_plan": {"params": {}}}, "custom_plan"),
        ({"backup_settings": {"enabled": "yes"}}, "backup_settings.enabled"),
        ({"fqdns": [1]}, "fqdns"),
    ):
        assert list(solus.server(user, 422, **body)["errors"]) == [field]
    assert solus.data("GET", "/servers") == []
    assert solus.server(user, os=None, application=1)["status"] == "started"


def test_clients_see_and_touch_their_own(solus: Solus) -> None:
    one, two = solus.user("one@shop.example"), solus.user("two@shop.example")
    mine, theirs = solus.server(one), solus.server(two)
    client = solus.as_user(one)
    assert [row["id"] for row in client.data("GET", "/servers")] == [mine["id"]]
    assert client.data("GET", "/servers", where={"user_id": two["id"]}) == []
    assert [row["id"] for row in solus.data("GET", "/servers", where={"user_id": two["id"]})] == [theirs["id"]]
    client.call("DELETE", f"/servers/{theirs['id']}", status=404)
    client.call("GET", f"/tasks/{solus.data('GET', '/tasks')[0]['id']}", status=404)
    client.call("GET", f"/usage/cpu/{theirs['uuid']}", status=404)
    client.call("POST", f"/servers/{mine['id']}/suspend", None, 403)
    body = {"name": "x", "plan": 1, "location": 1, "os": 1}
    client.call("POST", "/servers", {**body, "user": two["id"]}, 403)
    assert client.data("POST", "/servers", body, 201)["user"]["id"] == one["id"]
    project = client.data("POST", "/projects", {"name": "Shop"}, 201)
    assert (project["is_owner"], project["servers"]) == (True, 0)
    made = {"name": "y", "plan_id": 1, "location_id": 1, "os_image_version_id": 1}
    assert client.data("POST", f"/projects/{project['id']}/servers", made, 201)["project"]["id"] == project["id"]
    assert [row["name"] for row in client.data("GET", f"/projects/{project['id']}/servers")] == ["y"]
    assert [row["name"] for row in client.data("GET", "/projects")] == ["Default project", "Shop"]
    client.call("GET", "/projects/1/servers", status=404)


def test_tasks_take_polls_or_time(solus: Solus, pass_time: Pass) -> None:
    switch(solus.url, task_polls=3, task_seconds=40)
    user = solus.user()
    made = solus.data("POST", "/servers", {"name": "a", "plan": 1, "location": 1, "os": 1, "user": user["id"]}, 201)
    task = f"/tasks/{solus.data('GET', '/tasks')[0]['id']}"
    shown = [solus.data("GET", task) for _ in range(3)]
    assert [(one["status"], one["progress"]) for one in shown] == [("running", 33), ("running", 66), ("done", 100)]
    begun = solus.data("POST", f"/servers/{made['id']}/stop")
    pass_time(39)
    assert solus.data("GET", "/tasks")[0]["status"] == "pending"
    pass_time(1)
    done = solus.data("GET", "/tasks")[0]
    assert (done["id"], done["status"], done["duration"]) == (begun["id"], "done", 40)
    switch(solus.url, task_polls=0)
    assert solus.data("POST", f"/servers/{made['id']}/start")["status"] == "done"


def test_performance_is_no_bill(solus: Solus, pass_time: Pass) -> None:
    server = solus.server(solus.user())
    pass_time(86_400)
    for kind in ("cpu", "network", "disks", "memory"):
        items = solus.data("GET", f"/usage/{kind}/{server['uuid']}")["items"]
        assert len(items) == 96
        assert len({str(one) for one in items}) == 96
        assert items == solus.data("GET", f"/usage/{kind}/{server['uuid']}")["items"]
    solus.task("POST", f"/servers/{server['id']}/stop")
    pass_time(1800)
    assert [one["load_average"] for one in solus.data("GET", f"/usage/cpu/{server['uuid']}")["items"]][-2:] == [0, 0]
    solus.call("GET", "/usage/cpu/nothing", status=404)


def test_settings_are_merged(solus: Solus) -> None:
    driver = {"url": "https://shop.example/modules/addons/solusvm2/api/", "token": "first-secret"}
    integration = {"type": "whmcs", "drivers": {"whmcs": driver}}
    found = solus.data("PATCH", "/settings", {"billing_integration": integration, "theme": {"brand_name": "Cloud"}})
    assert found["billing_integration"] == integration
    assert found["theme"] == {"brand_name": "Cloud", "terms_and_conditions_url": ""}
    solus.call("PATCH", "/settings", {"billing_integration": {"drivers": {"whmcs": {"token": "second-secret"}}}})
    assert solus.data("GET", "/settings")["billing_integration"]["drivers"]["whmcs"] == {
        **driver,
        "token": "second-secret",
    }
    for body, field in (
        ({"billing_integration": {"drivers": {"whmcs": {"url": "ftp://x"}}}}, "billing_integration.drivers.whmcs.url"),
        ({"billing_integration": {"type": "other"}}, "billing_integration.type"),
        ({"billing_integration": "off"}, "billing_integration"),
        ({"theme": "dark"}, "theme"),
    ):
        assert field in solus.call("PATCH", "/settings", body, 422)["errors"]
    log = requests.get(solus.url + "/_sandbox/log?path=settings", timeout=20).text
    assert "second-secret" not in log
    assert "second-secret" not in requests.get(solus.url + "/_sandbox/objects", timeout=20).text


@pytest.mark.parametrize(
    ("kind", "method", "path", "status"),
    [
        ("unauthorized", "GET", "/account", 401),
        ("forbidden", "GET", "/account", 403),
        ("invalid", "POST", "/users", 422),
        ("duplicate_user", "POST", "/users", 422),
        ("settings_refused", "PATCH", "/settings", 422),
    ],
)
def test_faults_in_the_words_of_the_api(solus: Solus, kind: str, method: str, path: str, status: int) -> None:
    fault(solus.url, kind, remaining=1)
    body = {"email": "a@shop.example", "password": "x", "billing_integration": {"type": "whmcs"}}
    refused = solus.call(method, path, body, status)
    if kind == "duplicate_user":
        assert refused["errors"] == {"email": ["The email has already been taken."]}
    assert solus.data("GET", "/settings")["billing_integration"]["type"] == ""
    assert len(solus.data("GET", "/users")) == 1
    assert solus.call(method, path, body, 201 if path == "/users" else 200)


def test_faults_of_the_line(solus: Solus, pass_time: Pass) -> None:
    def status(**fault_: Any) -> requests.Response:
        fault(solus.url, **{"remaining": 1, **fault_})
        return requests.get(solus.url + PREFIX + "/account", headers=solus.headers, timeout=20)

    limited = status(kind="throttled", seconds=7)
    assert (limited.status_code, limited.headers["Retry-After"]) == (429, "7")
    assert status(kind="throttled").headers["Retry-After"] == "30"
    broken = status(kind="server_error")
    assert (broken.status_code, broken.json()) == (500, {"message": "Server Error"})
    assert status(kind="status", status=503).status_code == 503
    with pytest.raises(requests.ConnectionError):
        status(kind="drop")
    fault(solus.url, "drop", days=3)
    for wait in (0, 3 * 86_400 - 1):
        pass_time(wait)
        with pytest.raises(requests.ConnectionError):
            solus.call("GET", "/account")
    pass_time(1)
    assert solus.data("GET", "/account")["id"] == 1


def test_tasks_that_fail(solus: Solus) -> None:
    user = solus.user()
    server = solus.server(user)
    fault(solus.url, "task_failed", remaining=1)
    failed = solus.task("POST", f"/servers/{server['id']}/stop")
    assert (failed["status"], failed["output"]) == ("failed", "The compute resource reported an error.")
    assert solus.data("GET", f"/servers/{server['id']}")["status"] == "started"
    fault(solus.url, "task_failed", remaining=1)
    assert solus.task("DELETE", f"/servers/{server['id']}")["status"] == "failed"
    assert solus.data("GET", f"/servers/{server['id']}")["is_processing"] is False
    fault(solus.url, "task_failed", remaining=1)
    broken = solus.server(user, additional_ip_count=1, backup_settings={"enabled": True})
    assert broken["status"] == "not exists"
    solus.call("POST", f"/servers/{broken['id']}/start", None, 422)
    assert solus.tokens(user, "2030-03-01", "2030-04-01") == [("server", 1, 7)]  # the one that came about
    assert solus.task("DELETE", f"/servers/{broken['id']}")["status"] == "done"
