"""A module that misbehaves in each known way: one clear error in the page, the API and the log, and the host goes on."""

import html
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from modulehost import app, sandbox, settings
from modulehost.accounts import credentials
from modulehost.context import Ctx, Host
from modulehost.schema import ActivityLog, ModuleQueue, Product, Service
from tests.support.hosts import ADMIN

GOOD = "def demo_CreateAccount(params): return 'success'\n"
PLACE = r"\(modules/servers/demo/demo\.py:\d+\)"
CASES = {
    "raises": ("def demo_CreateAccount(params):\n    raise KeyError('plan')\n", f"demo_CreateAccount raised KeyError: 'plan' {PLACE}"),
    "hangs": (
        "import time\ndef demo_CreateAccount(params):\n    while True: time.sleep(0.01)\n",
        rf"demo_CreateAccount was stopped after 0\.5 s {PLACE}",
    ),
    "returns None": (
        "def demo_CreateAccount(params): pass\n",
        f'demo_CreateAccount returned None; expected "success" or an error text {PLACE}',
    ),
    "prints and returns a map": (
        "def demo_CreateAccount(params):\n    print('<script>hello</script>')\n    return {'ok': 1}\n",
        f'demo_CreateAccount returned a dict; expected "success" or an error text {PLACE}',
    ),
    "has no such function": ("x = 1\n", r"demo_CreateAccount is not defined in modules/servers/demo/demo\.py"),
    "has a syntax error": ("def demo_CreateAccount(params)\n    pass\n", f"servers/demo does not load: SyntaxError: expected ':' {PLACE}"),
    "fails while it loads": ("import nosuchlibrary\n", f"servers/demo does not load: ModuleNotFoundError: No module named 'nosuchlibrary' {PLACE}"),
}  # fmt: skip


@pytest.fixture
def shop(make_host: Callable[..., Host]) -> Iterator[app.RunningHost]:
    served = app.serve(make_host(action_seconds=0.5)).start()
    yield served
    served.stop()


def write(host: Host, code: str, name: str = "demo") -> None:
    folder = host.root / "modules" / "servers" / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.py").write_text(code)


def service_of(host: Host) -> int:
    with Ctx(host).unit() as db:
        product = Product(name="Demo", type="other", gid=1, servertype="demo")
        db.add(product)
        db.flush()
        row = Service(
            userid=1, packageid=product.id, domain="shop.example", domainstatus="Pending", billingcycle="Monthly"
        )
        db.add(row)
        db.flush()
        return row.id


class Admin:
    def __init__(self, url: str) -> None:
        self.url, self.http = url, requests.Session()
        page = self.http.get(f"{url}admin/login.php", timeout=20).text
        self.http.post(f"{url}admin/dologin.php", data={**ADMIN, "token": field(page, "token")}, timeout=20)

    def create(self, service: int) -> str:
        address = f"{self.url}admin/clientsservices.php?userid=1&id={service}"
        page = self.http.get(address, timeout=20).text
        data = {"modop": "create", "token": field(page, "token"), "nonce": field(page, "nonce")}
        return html.unescape(self.http.post(address, data=data, timeout=20).text)


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, page[:2000]
    return found[1]


def api(host: Host, url: str, **values: Any) -> dict[str, Any]:
    with Ctx(host).unit() as db:
        role = credentials.create_role(db, f"role {values}", ["ModuleCreate", "GetClients"]).id
        identifier, secret = credentials.create(db, 1, [role])
    data = {"identifier": identifier, "secret": secret, "responsetype": "json", **values}
    found: dict[str, Any] = requests.post(f"{url}includes/api.php", data=data, timeout=20).json()
    return found


@pytest.mark.parametrize("case", CASES)
def test_one_clear_error_in_page_api_and_log(shop: app.RunningHost, case: str) -> None:
    host, (code, error) = shop.host, CASES[case]
    write(host, code)
    service = service_of(host)
    page = Admin(shop.url).create(service)
    assert "Module Command Error" in page
    assert re.search(error, page), page
    assert "<script>hello" not in page
    answer = api(host, shop.url, action="ModuleCreate", serviceid=service)
    assert answer["result"] == "error"
    assert re.search(error, answer["message"]), answer
    with Ctx(host).unit(read=True) as db:
        assert db.get_one(Service, service).domainstatus == "Pending"
        assert len([a for a in db.query(ActivityLog) if re.search(error, a.description)]) == 2
        assert [(q.module_action, q.num_retries) for q in db.query(ModuleQueue)] == [("CreateAccount", 1)]
    assert api(host, shop.url, action="GetClients")["totalresults"] == 1
    write(host, GOOD)
    assert "Module Command Success" in Admin(shop.url).create(service)


def test_a_main_file_named_unlike_its_folder(shop: app.RunningHost) -> None:
    write(shop.host, GOOD, name="demo_module")
    service = service_of(shop.host)
    error = "modules/servers/demo has no demo.py; the main file must be named like its folder (found demo_module.py)"
    assert error in Admin(shop.url).create(service)
    assert api(shop.host, shop.url, action="ModuleCreate", serviceid=service)["message"] == error


def test_a_module_that_is_not_there(shop: app.RunningHost) -> None:
    service = service_of(shop.host)
    page = Admin(shop.url).create(service)
    assert "there is no module 'demo' of type servers" in page
    assert "there is no module 'demo'" in api(shop.host, shop.url, action="ModuleCreate", serviceid=service)["message"]


# --- the vendor misbehaves -------------------------------------------------------------------------------------------

VENDOR = """
import requests
from modulehost import sdk
def demo_CreateAccount(params):
    try:
        answer = sdk.http().get("https://mail.zoho.com/api/organization", timeout=0.4)
        answer.raise_for_status()
        return "success" if answer.json() is not None else "empty"
    except requests.Timeout: return "the vendor did not answer in time"
    except requests.ConnectionError: return "the vendor is away"
    except requests.HTTPError as error: return f"the vendor answered {error.response.status_code}"
    except ValueError: return "the vendor's answer is not JSON"
"""
FAULTS = {
    "status": ({"kind": "status", "status": 500}, "the vendor answered 500"),
    "throttled": ({"kind": "status", "status": 429}, "the vendor answered 429"),
    "drop": ({"kind": "drop"}, "the vendor is away"),
    "delay": ({"kind": "delay", "seconds": 2}, "the vendor did not answer in time"),
    "invalid body": (
        {"kind": "invalid_body", "status": 200},
        "the vendor's answer is not JSON|the vendor answered 400",
    ),
}


@pytest.fixture
def zoho(host: Host) -> Iterator[sandbox.RunningSandbox]:
    from modulehost.sandbox.zoho import endpoint_map

    with sandbox.start("zoho") as simulator:
        with Ctx(host).unit() as db:
            settings.put_endpoints(db, endpoint_map(simulator.url))
        yield simulator


@pytest.mark.parametrize("name", FAULTS)
def test_a_vendor_in_trouble_leaves_the_state_and_a_row_in_the_queue(
    host: Host, zoho: sandbox.RunningSandbox, name: str
) -> None:
    from modulehost import lifecycle

    fault, error = FAULTS[name]
    write(host, VENDOR)
    service = service_of(host)
    requests.post(f"{zoho.url}/_sandbox/faults", json={"path": "/api/*", **fault}, timeout=10).raise_for_status()
    outcome = lifecycle.run(Ctx(host), service, "CreateAccount")
    assert re.fullmatch(error, outcome.message), outcome
    with Ctx(host).unit(read=True) as db:
        assert db.get_one(Service, service).domainstatus == "Pending"
        assert [re.fullmatch(error, q.last_attempt_error) is not None for q in lifecycle.queue.open_rows(db)] == [True]


def test_a_vendor_that_is_down(host: Host) -> None:
    from modulehost import lifecycle

    with Ctx(host).unit() as db:
        settings.put_endpoints(db, {"https://mail.zoho.com": "http://127.0.0.1:9"})
    write(host, VENDOR)
    outcome = lifecycle.run(Ctx(host), service_of(host), "CreateAccount")
    assert outcome.message == "the vendor is away"


def test_a_modules_own_page_that_fails_names_its_line_and_is_logged(shop: app.RunningHost) -> None:
    folder: Path = shop.host.root / "modules" / "servers" / "demo"
    write(shop.host, GOOD)
    (folder / "web.py").write_text(
        "from flask import Blueprint\nblueprint = Blueprint('demo', __name__)\n"
        "@blueprint.get('/ok')\ndef ok(): return 'fine'\n@blueprint.get('/bad')\ndef bad(): return 1 / 0\n"
    )
    assert requests.get(f"{shop.url}modules/servers/demo/ok", timeout=20).text == "fine"
    answer = requests.get(f"{shop.url}modules/servers/demo/bad", timeout=20)
    assert answer.status_code == 500
    assert "ZeroDivisionError: division by zero (modules/servers/demo/web.py:6)" in html.unescape(answer.text)
    assert requests.get(f"{shop.url}modules/servers/demo/none", timeout=20).status_code == 404
    assert requests.post(f"{shop.url}modules/servers/demo/ok", timeout=20).status_code in (403, 405)
    assert requests.get(f"{shop.url}modules/servers/demo/demo.py", timeout=20).status_code == 404
    assert requests.get(f"{shop.url}modules/servers/demo/../../../secret.key", timeout=20).status_code == 404
