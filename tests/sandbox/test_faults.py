"""The generic fault switches, seen from a client."""

import re

import pytest
import requests

from modulehost.sandbox.kit import faults

from .conftest import Pass
from .support import Api, Person, fault


def test_status_answers_without_doing_the_work(url: str, partner: Api) -> None:
    fault(url, "status", path="/api/organization", method="POST", status=502, body="bad gateway", remaining=1)
    response = requests.post(url + "/api/organization", json={}, headers=partner.headers)
    assert (response.status_code, response.text) == (502, "bad gateway")
    assert partner.call("GET", "/api/organization", mode="getCustomerOrgDetails", searchKey="")["data"] == []
    partner.create()


def test_drop_closes_the_connection_and_does_nothing(url: str, partner: Api) -> None:
    fault(url, "drop", path="/api/*", remaining=1)
    with pytest.raises(requests.ConnectionError):
        partner.create()
    assert partner.call("GET", "/api/organization", mode="getCustomerOrgDetails")["data"] == []
    assert requests.get(url + "/_sandbox/log?path=/api").json()[1]["status"] == 0


def test_drop_after_does_the_work_and_closes_the_connection(url: str, partner: Api) -> None:
    fault(url, "drop_after", path="/api/organization", method="POST", remaining=1)
    with pytest.raises(requests.ConnectionError):
        partner.create("kept.example")
    found = partner.call("GET", "/api/organization", mode="getCustomerOrgDetails", searchKey="kept.example")["data"]
    assert [one["primaryDomainName"] for one in found] == ["kept.example"]


def test_drop_on_a_connection_that_is_kept_alive(url: str) -> None:
    with requests.Session() as session:
        assert session.get(url + "/oauth/serverinfo").status_code == 200
        fault(url, "drop", remaining=1)
        with pytest.raises(requests.ConnectionError):
            session.get(url + "/oauth/serverinfo")
        assert session.get(url + "/oauth/serverinfo").status_code == 200


def test_invalid_body_is_no_json_but_the_work_is_done(url: str, partner: Api) -> None:
    fault(url, "invalid_body", method="POST", path="/api/organization", remaining=1)
    body = {"domainName": "cut.example", "emailId": "a@b.example", "firstName": "A", "lastName": "B"}
    response = requests.post(url + "/api/organization", json=body, headers=partner.headers)
    assert response.status_code == 201
    with pytest.raises(requests.JSONDecodeError):
        response.json()
    assert partner.call("GET", "/api/organization", mode="getCustomerOrgDetails", searchKey="cut.example")["data"]


def test_delay_waits_and_is_capped(url: str) -> None:
    fault(url, "delay", seconds=0.05, path="/oauth/serverinfo", remaining=1)
    assert requests.get(url + "/oauth/serverinfo").elapsed.total_seconds() >= 0.05
    response = requests.post(url + "/_sandbox/faults", json={"kind": "delay", "seconds": 61})
    assert response.status_code == 400
    assert "between 0 and 60" in response.json()["error"]


def test_a_client_with_a_shorter_patience_than_the_delay_gives_up(url: str) -> None:
    fault(url, "delay", seconds=0.5, path="/oauth/*", remaining=1)
    with pytest.raises(requests.Timeout):
        requests.get(url + "/oauth/serverinfo", timeout=0.05)


def test_every_third_and_then_no_more(url: str) -> None:
    fault(url, "status", path="/oauth/serverinfo", every=3, remaining=2, status=500)
    seen = [requests.get(url + "/oauth/serverinfo").status_code for _ in range(9)]
    assert seen == [200, 200, 500, 200, 200, 500, 200, 200, 200]
    assert requests.get(url + "/_sandbox/faults").json()["faults"] == []


def test_a_fault_matches_with_and_without_the_data_centre(url: str) -> None:
    fault(url, "status", path="/oauth/serverinfo", remaining=1)
    assert requests.get(url + "/dc/jp/oauth/serverinfo").status_code == 503
    fault(url, "status", path="/dc/jp/*")
    assert requests.get(url + "/oauth/serverinfo").status_code == 200
    assert requests.get(url + "/dc/jp/oauth/serverinfo").status_code == 503


def test_the_control_pages_are_never_struck(url: str) -> None:
    fault(url, "drop", path="*")
    assert requests.get(url + "/_sandbox/health").json()["status"] == "ok"


def test_faults_are_taken_off(url: str) -> None:
    first, second = fault(url, "drop", path="/a"), fault(url, "drop", path="/b")
    assert requests.delete(f"{url}/_sandbox/faults/{first}").status_code == 200
    assert [one["id"] for one in requests.get(url + "/_sandbox/faults").json()["faults"]] == [second]
    assert requests.delete(f"{url}/_sandbox/faults/99").status_code == 404
    requests.delete(url + "/_sandbox/faults")
    assert requests.get(url + "/_sandbox/faults").json()["faults"] == []


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"kind": "explode"}, "no fault 'explode'"),
        ({"kind": "drop", "every": 0}, "every counts matches from 1"),
        ({"kind": "drop", "remaining": 0}, "remaining has to be at least 1"),
        ({"kind": "status", "status": 99}, "100 to 599"),
        ({"kind": "drop", "colour": "red"}, "no such field 'colour'"),
        ({"kind": "drop", "every": "often"}, "fault.every: expected int"),
        ({}, "'kind' is missing"),
    ],
)
def test_a_switch_that_cannot_work_is_refused(url: str, given: dict[str, object], reason: str) -> None:
    response = requests.post(url + "/_sandbox/faults", json=given)
    assert response.status_code == 400
    assert reason in response.json()["error"]


def test_the_page_switches_faults_on_and_off(url: str) -> None:
    person = Person(url)
    person.open("/_sandbox/faults")
    response = person.submit(
        "/_sandbox/faults", kind="status", path="/oauth/serverinfo", every="2", status="418", remaining=""
    )
    assert "418" in response.text
    assert [requests.get(url + "/oauth/serverinfo").status_code for _ in range(2)] == [200, 418]
    id = re.search(r"/_sandbox/faults/(\d+)/remove", person.page)
    assert id
    person.submit(f"/_sandbox/faults/{id[1]}/remove")
    assert requests.get(url + "/_sandbox/faults").json()["faults"] == []
    person.open("/_sandbox/faults")
    assert person.submit("/_sandbox/faults", kind="status", status="many").status_code == 400


def test_take_counts_only_matching_requests() -> None:
    one = faults.Fault("1", "drop", path="/api/*", method="POST", every=2)
    switches = [one]
    for method, path in [("GET", "/api/x"), ("POST", "/other"), ("POST", "/api/x")]:
        assert faults.take(switches, ["drop"], method, [path]) == []
    assert faults.take(switches, ["status"], "POST", ["/api/x"]) == []
    assert faults.take(switches, ["drop"], "POST", ["/api/x"]) == [one]
    assert (one.seen, one.done) == (2, 1)


def test_a_vendor_is_offline_for_days_of_the_hosts_time(url: str, pass_time: Pass) -> None:
    fault(url, "drop", days=2)
    assert "17 Mar 2030" not in requests.get(url + "/_sandbox/faults", headers={"Accept": "text/html"}).text.split("<footer")[0]
    assert "19 Mar 2030, 17:46" in requests.get(url + "/_sandbox/faults", headers={"Accept": "text/html"}).text
    pass_time(2 * 86400 - 1)
    with pytest.raises(requests.ConnectionError):
        requests.get(url + "/oauth/serverinfo")
    pass_time(1)
    assert requests.get(url + "/oauth/serverinfo").status_code == 200
    assert requests.get(url + "/_sandbox/faults").json()["faults"] == []
    for days in (0, -1, "2", True, 1e9):
        refused = requests.post(url + "/_sandbox/faults", json={"kind": "drop", "days": days})
        assert (refused.status_code, "days has to be a number" in refused.json()["error"]) == (400, True)


def test_a_request_may_ask_for_a_fault_of_its_own(url: str, partner: Api) -> None:
    ask = {"X-Sandbox-Fault": "status=418, nonsense"}
    assert requests.get(url + "/oauth/serverinfo", headers=ask).status_code == 418
    assert requests.get(url + "/oauth/serverinfo").status_code == 200
    ask = {"X-Sandbox-Fault": "expired_token", **partner.headers}
    assert requests.get(url + "/api/organization", headers=ask).status_code == 401
