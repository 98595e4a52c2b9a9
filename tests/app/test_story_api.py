"""The Zoho story by API and by command line: from an order to mailboxes, with the vendor played by its simulator."""

import json
import re
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from modulehost import config
from modulehost.app import demo
from modulehost.context import Ctx
from modulehost.schema import Service


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[demo.RunningDemo, dict[str, Any]]]:
    root = tmp_path_factory.mktemp("shop")
    running, ready = demo.start(config.load(root, {"port": 0}, environ={}))
    yield running, ready
    running.stop()


Shop = tuple[demo.RunningDemo, dict[str, Any]]


def api(ready: dict[str, Any], action: str, **values: Any) -> dict[str, Any]:
    answer = requests.post(
        f"{ready['url']}includes/api.php",
        data={**ready["api"], "action": action, "responsetype": "json", **values},
        timeout=60,
    )
    found: dict[str, Any] = answer.json()
    return found


def objects(ready: dict[str, Any]) -> Any:
    return requests.get(f"{ready['sandboxes']['zoho']}/_sandbox/objects", timeout=10).json()


def serialized(values: dict[int, int]) -> str:
    inner = "".join(f"i:{k};i:{v};" for k, v in values.items())
    return b64encode(f"a:{len(values)}:{{{inner}}}".encode()).decode()


def test_the_ready_file_holds_what_is_documented(shop: Shop) -> None:
    _, ready = shop
    assert set(ready) == {"url", "admin", "client", "api", "sandboxes"}
    assert set(ready["admin"]) == {"username", "password"}
    assert set(ready["client"]) == {"email", "password"}
    assert set(ready["api"]) == {"identifier", "secret"}
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", ready["url"])
    assert requests.get(ready["sandboxes"]["zoho"] + "/_sandbox/health", timeout=10).ok


def test_the_demo_order_waits_with_its_options(shop: Shop) -> None:
    _, ready = shop
    orders = api(ready, "GetOrders", status="Pending")["orders"]["order"]
    assert [(o["userid"], o["status"], o["amount"]) for o in orders] == [(1, "Pending", "18.00")]  # 10 x 1.50 + 3.00
    product = api(ready, "GetClientsProducts", clientid=1)["products"]["product"][0]
    assert (product["status"], product["domain"]) == ("Pending", "zylker-textiles.example")
    assert "zylker-textiles.example" not in json.dumps(objects(ready))


def test_from_a_new_client_to_an_organisation_and_back(shop: Shop) -> None:
    running, ready = shop
    client = api(
        ready, "AddClient", firstname="Ravi", lastname="Menon", email="ravi@menon-foods.example", address1="2 Hill Road",
        city="Kochi", state="Kerala", postcode="682001", country="IN", phonenumber="2025550111", password2="Some-pass-1",
    )  # fmt: skip
    assert client["result"] == "success"
    options = api(ready, "GetProducts", pid=1)["products"]["product"][0]["configoptions"]["configoption"]
    boxes = next(o for o in options if o["name"].endswith("Number of mailboxes"))
    plan = next(o for o in options if o["name"].endswith("Plan and storage"))
    chosen = {int(boxes["id"]): 3, int(plan["id"]): int(plan["options"]["option"][1]["id"])}
    order = api(
        ready, "AddOrder", clientid=client["clientid"], paymentmethod="mailin", **{"pid[0]": 1, "billingcycle[0]": "monthly",
        "domain[0]": "menon-foods.example", "configoptions[0]": serialized(chosen)},
    )  # fmt: skip
    assert order["result"] == "success"
    invoice = api(ready, "GetInvoice", invoiceid=order["invoiceid"])
    assert (invoice["status"], invoice["total"]) == ("Unpaid", "10.50")  # 3 x 1.50 + 6.00
    service = int(order["serviceids"])

    created = api(ready, "ModuleCreate", serviceid=service)
    assert created == {"result": "success"}
    row = api(ready, "GetClientsProducts", serviceid=service)["products"]["product"][0]
    assert row["status"] == "Active"
    fields = {f["name"]: f["value"] for f in row["customfields"]["customfield"]}
    assert fields["Client Domain"] == "menon-foods.example"
    assert re.fullmatch(r"\d+", fields["ZOID"])
    assert api(ready, "GetOrders", id=order["orderid"])["orders"]["order"][0]["status"] == "Pending"
    held = json.dumps(objects(ready))
    assert fields["ZOID"] in held
    assert "menon-foods.example" in held

    assert api(ready, "UpdateClientProduct", serviceid=service, status="Active")["result"] == "success"
    assert api(ready, "GetOrders", id=order["orderid"])["orders"]["order"][0]["status"] == "Active"

    paid = api(
        ready,
        "AddInvoicePayment",
        invoiceid=order["invoiceid"],
        transid="T-1",
        gateway="mailin",
        date="2026-01-01 10:00:00",
    )
    assert paid == {"result": "success"}
    assert api(ready, "GetInvoice", invoiceid=order["invoiceid"])["status"] == "Paid"

    assert api(ready, "ModuleSuspend", serviceid=service, suspendreason="Overdue")["result"] == "success"
    assert api(ready, "ModuleUnsuspend", serviceid=service)["result"] == "success"
    assert api(ready, "ModuleTerminate", serviceid=service)["result"] == "success"
    with Ctx(running.running.host).unit(read=True) as db:
        assert db.get_one(Service, service).domainstatus == "Terminated"


def test_the_module_log_holds_no_secret(shop: Shop) -> None:
    running, ready = shop
    from modulehost.schema import ModuleLog
    from modulehost.vault import Vault

    host = running.running.host
    api(ready, "ModuleCreate", serviceid=1)
    with Ctx(host).unit(read=True) as db:
        from modulehost.schema import Product

        secret = host.part(Vault).decrypt(db.get_one(Product, 1).configoption2)
        text = "\n".join(r.request + r.response + r.arrdata for r in db.query(ModuleLog))
    assert len(secret) > 20
    assert text
    assert secret not in text


def modulehost(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "modulehost", *words, "--root", str(root)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_same_story_by_command_line_in_other_processes(shop: Shop) -> None:
    running, ready = shop
    root = running.running.host.root
    person = [
        "firstname=Cleo",
        "lastname=Line",
        "email=cleo@cli-story.example",
        "password2=Some-pass-1",
        "skipvalidation=true",
    ]
    client = json.loads(modulehost(root, "api", "call", "AddClient", *person).stdout)["clientid"]
    order = json.loads(
        modulehost(
            root, "api", "call", "AddOrder", f"clientid={client}", "paymentmethod=mailin", "pid[0]=1", "billingcycle[0]=annually",
            "domain[0]=cli-story.example",
        ).stdout
    )  # fmt: skip
    service = order["serviceids"]
    made = modulehost(root, "module", "call", "zoho_mail", "CreateAccount", "--service", str(service), "--json")
    report = json.loads(made.stdout)
    assert (made.returncode, report["ok"], report["problems"]) == (0, True, [])
    assert [e["action"] for e in report["log"]]
    shown = json.loads(modulehost(root, "api", "call", "GetClientsProducts", f"serviceid={service}").stdout)
    assert shown["products"]["product"][0]["status"] == "Active"
    assert "cli-story.example" in json.dumps(objects(ready))


def test_one_api_answer_for_wrong_credentials_and_one_for_an_unknown_action(shop: Shop) -> None:
    _, ready = shop
    url = f"{ready['url']}includes/api.php"
    wrong = requests.post(
        url, data={"identifier": "x", "secret": "y", "action": "GetClients", "responsetype": "json"}, timeout=10
    )
    assert (wrong.status_code, wrong.json()) == (403, {"result": "error", "message": "Invalid or missing credentials"})
    assert api(ready, "NoSuchThing")["message"] == "Command Not Found"
