"""The panel of the simulated SolusVM 2, and its calls to the billing side."""

import re
from typing import Any

import pytest
import requests

from .conftest import Pass, SetTime
from .openapi import SOLUSVM2
from .solus import Billing, Solus
from .support import Person, fault, switch


@pytest.fixture
def admin(solus: Solus) -> Person:
    person = Person(solus.url)
    person.open("/auth/sign_in")
    response = person.submit("/auth/sign_in", email="ADMIN@solusvm.example", password="solusvm-admin")
    assert response.url == solus.url + "/servers"
    return person


@pytest.fixture
def asha(solus: Solus) -> dict[str, Any]:
    return solus.user(billing_user_id=42, limit_group_id=1)


def enter(solus: Solus, user: dict[str, Any]) -> Person:
    """A person who came by a one-time token."""
    person = Person(solus.url)
    token = solus.data("POST", f"/users/{user['id']}/tokens", {"is_one_time": True}, 201)["access_token"]
    assert person.open(f"/auth/one-time?token={token}").url == solus.url + "/servers"
    return person


def form(**more: str) -> dict[str, str]:
    return {"do": "create", "name": "web1", "plan": "1", "location": "1", "os": "3", "additional_ip_count": "0", **more}


def test_a_one_time_link_works_once_and_for_a_minute(solus: Solus, asha: dict[str, Any], pass_time: Pass) -> None:
    def link() -> str:
        path = f"/users/{asha['id']}/tokens"
        return "/auth/one-time?token=" + solus.data("POST", path, {"is_one_time": True}, 201)["access_token"]

    first = link()
    person = Person(solus.url)
    assert asha["email"] in person.open(first).text
    again = Person(solus.url).open(first)
    assert (again.status_code, "works once" in again.text) == (403, True)
    second, third = link(), link()
    pass_time(59)
    assert Person(solus.url).open(second).status_code == 200
    pass_time(1)
    assert Person(solus.url).open(third).status_code == 403
    assert person.open("/auth/one-time?token=").status_code == 403
    assert person.open("/servers").url.endswith("/auth/sign_in")  # a wrong link signs nobody in, and the last one out
    plain = Person(solus.url).open(f"/auth/one-time?token={solus.token}")
    assert plain.status_code == 403  # an API token is no way in


def test_signing_in_and_out(solus: Solus, admin: Person) -> None:
    assert "solusvm-admin" in Person(solus.url).open("/auth/sign_in").text
    assert "Limit groups" in admin.page
    wrong = Person(solus.url)
    wrong.open("/auth/sign_in")
    assert "do not fit" in wrong.submit("/auth/sign_in", email="admin@solusvm.example", password="x").text
    admin.submit("/auth/sign_out")
    assert admin.open("/admin/users").url.endswith("/auth/sign_in")
    solus.call("PATCH", "/users/1", {"password": "changed"})
    assert "solusvm-admin" not in admin.open("/auth/sign_in").text


def test_pages_of_administrators_are_theirs(solus: Solus, asha: dict[str, Any], admin: Person) -> None:
    person = enter(solus, asha)
    assert "Limit groups" not in person.page
    other = solus.server(solus.user("other@shop.example"))
    for path in ("users", "servers", "limit_groups", "plans", "settings", "users/1"):
        assert person.open(f"/admin/{path}").status_code == 403
        assert admin.open(f"/admin/{path}").status_code == 200
    person.open("/servers")
    assert person.submit("/admin/limit_groups/1/delete").status_code == 403
    assert person.open(f"/servers/{other['id']}").status_code == 404
    person.open("/servers")
    assert person.submit(f"/servers/{other['id']}/delete").status_code == 404
    assert other["name"] in admin.open(f"/servers/{other['id']}").text
    assert "other@shop.example" in admin.open("/admin/servers").text


def test_every_form_needs_the_sessions_token(admin: Person) -> None:
    admin.page = ""
    for path in (
        "/servers/create",
        "/billing",
        "/account/tokens",
        "/admin/users/create",
        "/admin/plans/1",
        "/auth/sign_in",
    ):
        assert admin.submit(path).status_code == 403, path


def test_a_server_by_hand(solus: Solus, asha: dict[str, Any]) -> None:
    person = enter(solus, asha)
    assert "You have no servers yet" in person.page
    person.open("/servers/create")
    assert "The name field is required" in person.submit("/servers/create", **form(name="")).text
    page = person.submit("/servers/create", **form(name="<b>web</b>", additional_ip_count="1", backups="on")).text
    assert "&lt;b&gt;web&lt;/b&gt; is being created." in page
    assert ">running<" in page
    assert "198.18.0.1" in page
    id = solus.data("GET", "/servers")[0]["id"]
    assert "Ubuntu 24.04" in person.open(f"/servers/{id}").text
    assert "198.18.0.2" in person.page
    for action, shown in (("stop", ">stopped<"), ("start", ">running<"), ("restart", ">running<")):
        assert shown in person.submit(f"/servers/{id}/{action}").text
    assert "gets one more address" in person.submit(f"/servers/{id}/ips").text
    assert "limit of 2 additional IP addresses" in person.submit(f"/servers/{id}/ips").text
    assert "is being removed" in person.submit(f"/servers/{id}/ips/2/delete").text
    assert "is taken" in person.submit(f"/servers/{id}/snapshots", name="before").text
    assert "The snapshot is deleted" in person.submit(f"/servers/{id}/snapshots/1/delete").text
    assert "made weekly" in person.submit(f"/servers/{id}/backups", enabled="on", type="weekly").text
    assert "No backups" in person.submit(f"/servers/{id}/backups", type="weekly").text
    assert "KVM-2: 2 vCPU" in person.submit(f"/servers/{id}/resize", plan_id="2").text
    shown = person.open("/account").text
    assert re.search(r"1 of 5 servers.*1 of 3 running servers.*1 of 2 additional addresses", shown, re.S)
    assert "<b>&lt;b&gt;web&lt;/b&gt;</b>" in shown
    page = person.submit(f"/servers/{id}/delete").text
    assert "is being deleted" in page
    assert "You have no servers yet" in page
    assert solus.data("GET", "/servers") == []


def test_prices_come_from_the_billing_side(solus: Solus, asha: dict[str, Any], billing: Billing) -> None:
    person = enter(solus, asha)
    assert "No billing system is connected" in person.open("/servers/create").text
    assert "7 tokens an hour" in person.page
    billing.connect(solus)
    page = person.open("/servers/create").text
    path, token, body = billing.asked[-1]
    assert (path, token) == ("/modules/addons/solusvm2/api/tokens/price", "Bearer callback-secret")
    SOLUSVM2.check_schema("PriceRequest", body)
    assert (body["user_id"], body["items"][0]) == (42, {"key": "1.per_hour", "tokens": 7})
    assert "€0.0063 EUR an hour" in page
    assert "at most €4.5000 EUR a month" in page
    assert "€0.0108 EUR an hour" in page
    assert "without a monthly cap" in page
    preview = person.submit("/servers/create", **form(do="preview", additional_ip_count="2", backups="on")).text
    # 7 for the server, 2 x 1 for addresses, 1 for backups; 5000, 2 x 500, 1000
    assert {one["key"]: one["tokens"] for one in billing.asked[-1][2]["items"]}["preview.per_hour"] == 10
    assert "€0.0090 EUR an hour</b>, at most €6.3000 EUR a calendar month" in preview
    assert solus.data("GET", "/servers") == []
    person.submit("/servers/create", **form())
    assert "€0.0063 EUR</b>" in person.open("/account").text
    priced = solus.as_user(asha).data("GET", "/plans/1")["price"]
    assert (priced["per_hour"], priced["per_month"], priced["currency_code"]) == ("0.0063", "4.5000", "EUR")
    assert (priced["total_price"], priced["backup_price"]) == ("5.4000", "0.9000")
    assert "price" not in solus.data("GET", "/plans/1")


def test_a_new_token_replaces_the_old_one_at_once(solus: Solus, asha: dict[str, Any], billing: Billing) -> None:
    person = enter(solus, asha)
    for token in ("old", "new"):
        billing.connect(solus, token)
        person.open("/servers/create")
    assert [one[1] for one in billing.asked] == ["Bearer old", "Bearer new"]


def test_a_locked_user_sees_why_and_the_way_to_billing(solus: Solus, asha: dict[str, Any], billing: Billing) -> None:
    billing.connect(solus)
    solus.call("PATCH", f"/users/{asha['id']}", {"billing_token": "own-secret"})
    person = enter(solus, asha)
    assert "Go to billing" not in person.page
    assert ">Billing</button>" in person.page
    solus.call("PATCH", f"/users/{asha['id']}", {"status": "locked"})
    assert "Your account is locked" in person.open("/servers").text
    assert "<button disabled" in person.page
    assert "is locked: it cannot create" in person.submit("/servers/create", **form()).text
    person.open("/servers")
    gone = person.submit("/billing", follow=False)
    assert (gone.status_code, gone.headers["Location"]) == (303, "http://shop.example/in?user=42")
    path, token, body = billing.asked[-1]
    assert (path, token) == ("/modules/addons/solusvm2/api/sso", "Bearer callback-secret")
    assert body == {"user_id": 42, "destination": "invoices", "billing_token": "own-secret"}
    SOLUSVM2.check_schema("SsoRequest", body)
    solus.call("PATCH", f"/users/{asha['id']}", {"status": "suspended"})
    assert "Your account is suspended" in enter(solus, asha).page


def test_a_suspended_users_servers_cannot_be_started_by_hand(solus: Solus, asha: dict[str, Any]) -> None:
    server = solus.server(asha)
    solus.call("PATCH", f"/users/{asha['id']}", {"status": "suspended"})
    person = enter(solus, asha)
    assert ">suspended<" in person.page
    assert "cannot be started" in person.submit(f"/servers/{server['id']}/start").text
    assert solus.data("GET", f"/servers/{server['id']}")["status"] == "stopped"


@pytest.mark.parametrize(
    ("status", "answer", "said"),
    [
        (401, {}, "does not accept this panel"),
        (404, {}, "does not know this account"),
        (409, {}, "switched off"),
        (422, {}, "no token price for the currency"),
        (400, {}, "did not understand"),
        (500, b"<h1>broken</h1>", "answered with status 500"),
        (302, {}, "answered with status 302"),
        (200, b"<h1>broken</h1>", "something that is not JSON"),
        (200, {"data": {"items": []}}, "something that is no price"),
        (
            200,
            {"data": {"currency_code": "EUR", "currency_symbol": "€", "items": [{"key": "1.per_hour", "price": 7}]}},
            "no price",
        ),
    ],
)
def test_what_goes_wrong_with_prices_is_told(
    solus: Solus, asha: dict[str, Any], billing: Billing, admin: Person, status: int, answer: Any, said: str
) -> None:
    billing.connect(solus)
    billing.status, billing.answer = status, answer
    person = enter(solus, asha)
    page = person.open("/servers/create").text
    assert said in page
    assert "7 tokens an hour" in page
    person.submit("/servers/create", **form())
    assert solus.data("GET", "/servers")[0]["status"] == "started"
    assert "price" not in solus.as_user(asha).data("GET", "/plans")[0]
    if status != 200:
        assert said in admin.open("/admin/settings").text


def test_what_goes_wrong_with_the_way_to_billing_is_told(
    solus: Solus, asha: dict[str, Any], billing: Billing, admin: Person
) -> None:
    person = enter(solus, asha)
    billing.connect(solus)
    billing.answer = {"data": {"url": "javascript:alert(1)"}}
    response = person.submit("/billing")
    assert (response.status_code, "no address" in response.text) == (502, True)
    billing.close()
    assert "cannot be reached" in person.submit("/billing").text
    assert "not linked" in admin.submit("/billing").text


def test_a_slow_billing_side_is_not_waited_for_for_ever(solus: Solus, asha: dict[str, Any], billing: Billing) -> None:
    import threading

    done = threading.Event()
    billing.before = lambda: done.wait(20)
    billing.connect(solus)
    switch(solus.url, callback_seconds=1)
    person = enter(solus, asha)
    assert "did not answer in time (1 s)" in person.open("/servers/create").text
    done.set()


def test_the_billing_side_may_ask_back_before_it_answers(solus: Solus, asha: dict[str, Any], billing: Billing) -> None:
    billing.connect(solus)
    seen: list[Any] = []
    billing.before = lambda: seen.append(solus.data("GET", f"/users/{asha['id']}"))
    assert "€0.0063" in enter(solus, asha).open("/servers/create").text
    assert [one["billing_user_id"] for one in seen] == [42]


def test_users_by_hand(solus: Solus, admin: Person) -> None:
    admin.open("/admin/users/create")
    given = {"email": "new@shop.example", "password": "pw", "status": "active", "role": "2", "limit_group_id": "1"}
    assert "has to be a valid" in admin.submit("/admin/users/create", **{**given, "email": "new"}).text
    assert "new@shop.example is created" in admin.submit("/admin/users/create", **given, billing_user_id="7").text
    found = solus.data("GET", "/users", where={"search": "new@"})[0]
    assert (found["limit_group"]["id"], found["billing_user_id"], found["roles"][0]["id"]) == (1, 7, 2)
    server = solus.server(found)
    assert "new@shop.example" not in admin.open("/admin/users?q=nobody").text
    assert "No user matches nobody" in admin.page
    admin.open(f"/admin/users/{found['id']}")
    admin.submit(f"/admin/users/{found['id']}", **{**given, "status": "suspended", "limit_group_id": ""})
    changed = solus.data("GET", f"/users/{found['id']}")
    assert (changed["status"], changed["limit_group"], changed["billing_user_id"]) == ("suspended", None, None)
    assert solus.data("GET", f"/servers/{server['id']}")["is_suspended"] is True
    assert "owns servers" in admin.submit(f"/admin/users/{found['id']}/delete").text
    solus.task("DELETE", f"/servers/{server['id']}")
    admin.open("/admin/users")
    assert "is deleted" in admin.submit(f"/admin/users/{found['id']}/delete").text
    assert "last administrator" in admin.submit("/admin/users/1/delete").text
    assert admin.open("/admin/users/99").status_code == 404


def test_limit_groups_by_hand(solus: Solus, admin: Person, asha: dict[str, Any]) -> None:
    admin.open("/admin/limit_groups/create")
    assert "name field is required" in admin.submit("/admin/limit_groups/create", name="").text
    admin.submit("/admin/limit_groups/create", name="Small", vms="1", vms_on="on", running_vms="9")
    made = solus.data("GET", "/limit_groups")[-1]
    assert (made["name"], made["vms"]) == ("Small", {"limit": 1, "is_enabled": True})
    assert made["running_vms"] == {"limit": 9, "is_enabled": False}
    solus.server(asha), solus.server(asha)
    admin.submit("/admin/limit_groups/1", name="Default", vms="1", vms_on="on")
    assert len(solus.data("GET", "/servers")) == 2  # a lower limit stops nothing
    assert "limit of 1 servers" in solus.server(asha, 422)["errors"]["vms"][0]
    assert "Default is deleted" in admin.submit("/admin/limit_groups/1/delete").text
    assert solus.data("GET", f"/users/{asha['id']}")["limit_group"] is None
    assert (
        "limit_group_id"
        in solus.call("POST", "/users", {"email": "x@shop.example", "password": "x", "limit_group_id": 1}, 422)[
            "errors"
        ]
    )


def test_plans_by_hand(solus: Solus, admin: Person, set_time: SetTime) -> None:
    admin.open("/admin/plans/create")
    given = {
        "name": "Tiny",
        "vcpu": "1",
        "ram": "512",
        "disk": "5",
        "backup_price": "12.5",
        "is_visible": "on",
        "tokens_per_hour": "3",
        "tokens_per_month": "2000",
        "ip_tokens_per_hour": "1",
        "ip_tokens_per_month": "0",
    }
    assert "whole number" in admin.submit("/admin/plans/create", **{**given, "tokens_per_hour": "1.5"}).text
    assert "Tiny is saved" in admin.submit("/admin/plans/create", **given).text
    made = solus.data("GET", "/plans/3")
    assert (made["tokens_per_hour"], made["backup_price"], made["params"]["ram"]) == (3, 12.5, 512 * 1024 * 1024)
    assert (made["is_visible"], made["is_backup_available"]) == (True, False)
    set_time("2030-04-01T12:00:00")
    admin.submit("/admin/plans/3", **{**given, "tokens_per_hour": "4"})
    assert "01 Apr 2030, 12:00" in admin.open("/admin/plans/3").text
    assert "the beginning" in admin.page


def test_the_settings_page_hides_the_token(solus: Solus, admin: Person, billing: Billing) -> None:
    assert "No billing system is connected" in admin.open("/admin/settings").text
    billing.connect(solus, "callback-secret-1234")
    page = admin.open("/admin/settings").text
    assert billing.url in page
    assert "••••1234" in page
    assert "callback-secret" not in page


def test_api_tokens_by_hand(solus: Solus, admin: Person, asha: dict[str, Any]) -> None:
    admin.open("/account/tokens")
    page = admin.submit("/account/tokens", name="Host").text
    token = re.search(r'id="token">(\w{64})<', page)
    assert token
    assert Solus(solus.url, token[1]).data("GET", "/users")
    assert token[1] not in admin.open("/account/tokens").text
    assert "Host" in admin.page
    mine = re.findall(r"/account/tokens/(\d+)/delete", admin.page)
    person = enter(solus, asha)
    person.open("/account/tokens")
    assert person.submit(f"/account/tokens/{mine[-1]}/delete").status_code == 404
    assert "is revoked" in admin.submit(f"/account/tokens/{mine[-1]}/delete").text
    Solus(solus.url, token[1]).call("GET", "/users", status=401)
    own = re.search(r'id="token">(\w{64})<', person.submit("/account/tokens", name="").text)
    assert own
    Solus(solus.url, own[1]).call("GET", "/users", status=403)


def test_pages_are_struck_by_faults_too(solus: Solus, asha: dict[str, Any]) -> None:
    person = enter(solus, asha)
    fault(solus.url, "task_failed", remaining=1)
    person.open("/servers/create")
    assert "not created" in person.submit("/servers/create", **form()).text


def test_the_control_pages_know_it(solus: Solus, asha: dict[str, Any]) -> None:
    page = requests.get(solus.url + "/_sandbox/objects", headers={"Accept": "text/html"}, timeout=20).text
    assert asha["email"] in page
    assert solus.token not in page
    for name, status in (("locked", "locked"), ("active", "active")):
        assert requests.post(solus.url + f"/_sandbox/objects/users/{asha['id']}/{name}", timeout=20).ok
        assert solus.data("GET", f"/users/{asha['id']}")["status"] == status
    token = requests.post(solus.url + "/_sandbox/tokens", json={"user": asha["email"]}, timeout=20).json()
    assert token["user_id"] == asha["id"]
    assert Solus(solus.url, token["token"]).data("GET", "/account")["id"] == asha["id"]
    assert requests.post(solus.url + "/_sandbox/tokens", json={"user": "x"}, timeout=20).status_code == 400
    assert requests.post(solus.url + "/_sandbox/tokens", data={"user": "x"}, timeout=20).status_code == 415
