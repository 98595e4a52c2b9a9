"""State, log, clock, restart and pages of the kit."""

import json
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests

from modulehost import sandbox
from modulehost.clock import Clock
from modulehost.sandbox.kit import log, state

from .conftest import Pass
from .support import START, Api, Person, add_client, fault, grant, refresh, sign_up


@dataclass
class Leaf:
    name: str
    count: int = 0
    secret: str = field(default="", metadata={"secret": True})
    maybe: int | None = None
    parts: list[str] = field(default_factory=list)


@dataclass
class Tree:
    leaves: dict[str, Leaf] = field(default_factory=dict)
    counters: dict[str, int] = field(default_factory=dict)


def test_state_survives_json() -> None:
    tree = Tree({"a": Leaf("Ä", 2, "hush", None, ["x"])}, {"n": 1})
    assert state.from_plain(Tree, json.loads(json.dumps(state.to_plain(tree)))) == tree
    assert list(state.tables(tree)) == [("leaves", Leaf)]
    assert state.masked(tree)["leaves"]["a"]["secret"] == "********"


def test_a_key_that_is_a_secret_is_hidden_too() -> None:
    shown = state.masked(Tree({"hush": Leaf("a", secret="hush"), "b": Leaf("b", secret="other")}))
    assert "hush" not in json.dumps(shown)
    assert set(shown["leaves"]) == {state.handle("hush"), "b"}


@pytest.mark.parametrize(
    ("plain", "reason"),
    [
        ({"leaves": {"a": {"name": 5}}}, "state.leaves.a.name: expected str, got 5"),
        ({"leaves": {"a": {"name": "x", "count": True}}}, "state.leaves.a.count: expected int, got True"),
        ({"leaves": {"a": {"name": "x", "size": 1}}}, "state.leaves.a: no such field 'size'"),
        ({"leaves": {"a": {}}}, "state.leaves.a: the field 'name' is missing"),
        ({"leaves": []}, "state.leaves: expected an object"),
        ({"leaves": {"a": {"name": "x", "parts": "y"}}}, "state.leaves.a.parts: expected a list"),
    ],
)
def test_state_that_does_not_fit_is_refused(plain: object, reason: str) -> None:
    with pytest.raises(state.StateError, match=reason.replace("[", r"\[")):
        state.from_plain(Tree, plain)


def test_masking() -> None:
    names = {"code", "client_secret", "password"}
    assert log.mask('{"password": "a\\"b", "passwords": 1}', names) == '{"password": "********", "passwords": 1}'
    assert log.mask("x?code=abc&error_code=7&state=s", names) == "x?code=********&error_code=7&state=s"
    assert log.mask('name="client_secret"\r\n\r\nabc\r\n--', names) == 'name="client_secret"\r\n\r\n********\r\n--'
    assert log.mask('{"code": 200}', names) == '{"code": 200}'


def test_the_log_shows_requests_without_secrets(url: str, partner: Api) -> None:
    client = add_client(url)
    token = grant(url, client)
    access = refresh(url, client, token).json()["access_token"]
    partner.create(password="verysecret1")
    entries = requests.get(url + "/_sandbox/log").json()
    assert [(one["method"], one["path"], one["status"]) for one in entries[:2]] == [
        ("POST", "/api/organization", 201),
        ("POST", "/oauth/v2/token", 200),
    ]
    assert entries[0]["at"] == "2030-03-17 17:46:40"
    assert entries[0]["request_headers"]["Authorization"] == "Zoho-oauthtoken ********"
    assert '"status":{"code":201,' in entries[0]["response_body"]
    whole = json.dumps(entries) + Person(url).open("/_sandbox/log").text
    for secret in (client["client_secret"], token, access, "verysecret1", partner.token):
        assert secret not in whole
    assert "grant_type=refresh_token" in entries[1]["request_body"]
    assert len(requests.get(url + "/_sandbox/log?limit=1").json()) == 1
    requests.delete(url + "/_sandbox/log")
    assert requests.get(url + "/_sandbox/log").json() == []


def test_objects_are_shown_masked_and_can_be_put(url: str, partner: Api) -> None:
    shown = requests.get(url + "/_sandbox/objects").json()
    assert [one["name"] for one in shown["orgs"].values()] == ["Zylker Hosting", "Zylker Japan", "Bigbase"]
    assert partner.token not in json.dumps(shown)
    assert partner.token not in Person(url).open("/_sandbox/objects").text
    whole = requests.get(url + "/_sandbox/objects?secrets=1").json()
    assert partner.token in whole["access_tokens"]

    record = {"id": "9", "domain": "x.example", "type": "TXT", "host": "@", "value": "v", "published": 1, "visible": 1}
    assert requests.post(url + "/_sandbox/objects", json={"dns_records": {"9": record}}).status_code == 200
    assert list(requests.get(url + "/_sandbox/objects").json()["dns_records"]) == ["9"]
    refused = requests.post(url + "/_sandbox/objects", json={"dns_records": {"9": {"id": 9}}})
    assert refused.status_code == 400
    assert "dns_records.9" in refused.json()["error"]
    requests.post(url + "/_sandbox/objects?replace=1", json=whole)
    assert requests.get(url + "/_sandbox/objects?secrets=1").json() == whole


def test_reset_goes_back_to_the_seed_with_the_same_secrets(url: str) -> None:
    first = add_client(url)
    before = requests.get(url + "/_sandbox/objects?secrets=1").json()
    requests.post(url + "/_sandbox/reset")
    assert requests.get(url + "/_sandbox/objects").json()["clients"] == {}
    assert add_client(url) == first
    assert requests.get(url + "/_sandbox/objects?secrets=1").json() == before


def test_object_buttons(url: str, partner: Api) -> None:
    assert partner.call("GET", "/api/organization")["data"]["orgName"] == "Zylker Hosting"
    key = state.handle(partner.token)
    assert requests.post(f"{url}/_sandbox/objects/access_tokens/{key}/expire").json() == {"status": "ok"}
    partner.call("GET", "/api/organization", status=401)
    person = Person(url)
    person.open("/_sandbox/objects")
    person.submit("/_sandbox/objects/payment_methods/76006415/toggle")
    assert requests.get(url + "/_sandbox/objects").json()["payment_methods"]["76006415"]["works"] is False
    assert requests.post(url + "/_sandbox/objects/orgs/1/access").status_code == 404


def test_pages_elsewhere_cannot_use_the_control_interface(url: str) -> None:
    assert requests.post(url + "/_sandbox/reset", headers={"Origin": "http://evil.example"}).status_code == 403
    assert requests.post(url + "/_sandbox/reset", data={"csrf": ""}).status_code == 403
    assert (
        requests.post(
            url + "/_sandbox/clients", data='{"name": "x"}', headers={"Content-Type": "text/plain"}
        ).status_code
        == 415
    )


def test_a_restarted_sandbox_goes_on(tmp_path: Path, clock: Clock) -> None:
    file = tmp_path / "zoho.json"
    with sandbox.start("zoho", state_file=file, clock=clock, seed=1) as first:
        api = sign_up(first.url)
        zoid = api.create()["zoid"]
        fault(first.url, "drop", path="/never")
        person = Person(first.url)
        person.sign_in("partner@zylker.example")
        port = int(first.url.rpartition(":")[2])
    assert file.stat().st_mode & 0o077 == 0
    with sandbox.start("zoho", port=port, state_file=file, clock=clock, seed=1) as second:
        assert Api(second.url, api.token).call("GET", f"/api/organization/{zoid}")["data"]["orgName"] == "Customer"
        assert requests.get(second.url + "/_sandbox/health").json()["starts"] == 2
        assert [one["path"] for one in requests.get(second.url + "/_sandbox/faults").json()["faults"]] == ["/never"]
        assert "partner@zylker.example" in person.open("/partner").text
        # A seed gives the same values again only at a first start.
        assert sign_up(second.url).token != api.token


@pytest.mark.parametrize("text", ["{", '{"format": 99}', '{"format": 1, "vendor": "plesk"}'])
def test_an_unusable_state_file_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "zoho.json"
    file.write_text(text)
    with pytest.raises(state.StateError, match=r"zoho\.json.*delete it to start afresh"):
        sandbox.start("zoho", state_file=file)


def _serve(tmp_path: Path, clock: Clock, file: Path) -> "subprocess.Popen[bytes]":
    """A sandbox in a process of its own; returns once it is ready, and says so by closing its standard output."""
    ready = tmp_path / "ready.json"
    ready.unlink(missing_ok=True)
    code = (
        "import sys; from modulehost.sandbox import VENDORS; from modulehost.sandbox.kit import server; "
        "from modulehost import sandbox; bind = server.bind\n"
        "def told(*given):\n    served = bind(*given); print('ready', flush=True); return served\n"
        "server.bind = told\n"
        f"sandbox.serve('zoho', clock_file={str(clock.path)!r}, state_file={str(file)!r}, ready_file={str(ready)!r})"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    return process


def test_killed_in_a_process_of_its_own_it_goes_on(tmp_path: Path, clock: Clock, pass_time: Pass) -> None:
    """`serve` follows the clock file, writes the ready file, and after SIGKILL continues where it was."""
    ready, file = tmp_path / "ready.json", tmp_path / "state.json"
    process = _serve(tmp_path, clock, file)
    try:
        url = json.loads(ready.read_text())["url"]
        assert requests.get(url + "/_sandbox/health").json()["time"] == "2030-03-17T17:46:40"
        pass_time(86_400)
        assert requests.get(url + "/_sandbox/health").json()["time"] == "2030-03-18T17:46:40"
        zoid = sign_up(url).create()["zoid"]
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    process = _serve(tmp_path, clock, file)
    try:
        url = json.loads(ready.read_text())["url"]
        assert zoid in requests.get(url + "/_sandbox/objects").json()["orgs"]
    finally:
        process.kill()
        process.wait()


def test_start_and_stop_free_the_port_and_the_thread(clock: Clock, tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    running = sandbox.start("zoho", clock=clock, ready_file=ready)
    assert json.loads(ready.read_text()) == {"url": running.url, "vendor": "zoho"}
    session = requests.Session()  # a connection that is kept open does not hold it up
    assert session.get(running.url + "/_sandbox/health").json() == {
        "status": "ok",
        "vendor": "zoho",
        "url": running.url,
        "time": "2030-03-17T17:46:40",
        "starts": 1,
    }
    running.stop()
    running.stop()
    assert not [one for one in threading.enumerate() if one.name == "sandbox-zoho"]
    with pytest.raises(requests.ConnectionError):
        requests.get(running.url + "/_sandbox/health")
    with sandbox.start("zoho", port=int(running.url.rpartition(":")[2]), clock=clock) as again:
        assert requests.get(again.url + "/_sandbox/health").status_code == 200


def test_two_sandboxes_do_not_know_each_other(clock: Clock) -> None:
    with sandbox.start("zoho", clock=clock) as one, sandbox.start("zoho", clock=clock) as two:
        sign_up(one.url).create()
        assert len(requests.get(one.url + "/_sandbox/objects").json()["orgs"]) == 4
        assert len(requests.get(two.url + "/_sandbox/objects").json()["orgs"]) == 3


def test_equal_seeds_give_equal_transcripts(clock: Clock) -> None:
    def transcript() -> tuple[str, object]:
        with sandbox.start("zoho", clock=clock, seed=3) as running:
            api = sign_up(running.url)
            return api.token, api.create()

    assert transcript() == transcript()


def test_an_unknown_vendor_is_named() -> None:
    with pytest.raises(sandbox.UnknownVendor, match="'acme'; known are solusvm2, zoho"):
        sandbox.start("acme")


def test_switches_are_checked(url: str) -> None:
    assert requests.get(url + "/_sandbox/switches").json()["create_status"] == 201
    assert "switches.strict" in requests.post(url + "/_sandbox/switches", json={"strict": 1}).json()["error"]
    person = Person(url)
    person.open("/_sandbox/faults")
    assert person.submit("/_sandbox/switches", strict="on", create_status="200").status_code == 200
    now = requests.get(url + "/_sandbox/switches").json()
    assert (now["strict"], now["create_status"], now["errors_in_body"], now["code_seconds"]) == (True, 200, False, 120)


def test_the_seed_time_is_the_clocks(url: str) -> None:
    assert requests.get(url + "/_sandbox/objects").json()["orgs"]["76006415"]["created"] == START
