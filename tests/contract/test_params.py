"""What module functions are given: the keys are those of the public tables, kept in tests/data/params_keys.json."""

import json
from pathlib import Path
from typing import Any

from modulehost.schema import (
    ConfigOption,
    ConfigOptionSub,
    CustomField,
    CustomFieldValue,
    Server,
    ServiceConfigOption,
)
from modulehost.vault import Vault
from tests.contract.bench import Bench

KEYS: dict[str, dict[str, str]] = json.loads((Path(__file__).parents[1] / "data" / "params_keys.json").read_text())
LISTENS = """
def acme_MetaData(): return {"DefaultNonSSLPort": "2086", "DefaultSSLPort": "2087"}
def acme_ConfigOptions(params): return {"Plan": {"Type": "text"}}
def acme_TestConnection(params):
    heard("TestConnection", params)
    return {"success": True, "error": ""}
def acme_AdminLink(params):
    heard("AdminLink", params)
    return "<a href='https://node.example/'>Node</a>"
"""
COMMANDS = ("CreateAccount", "SuspendAccount", "UnsuspendAccount", "TerminateAccount", "ChangePackage", "ChangePassword", "Renew")
SHOWING = ("ClientArea", "LoginLink", "AdminServicesTabFields", "AdminServicesTabFieldsSave", "AdminCustomButtonArray",
           "ClientAreaCustomButtonArray", "ClientAreaAllowedFunctions", "ping")  # fmt: skip


def listening() -> str:
    """A module whose every function notes what it was given."""
    code = LISTENS
    for name in COMMANDS:
        code += f"def acme_{name}(params):\n    heard({name!r}, params)\n    return 'success'\n"
    for name, value in zip(SHOWING, ("''", "''", "{}", "None", "{'Ping': 'ping'}", "{}", "{}", "'success'"), strict=True):
        code += f"def acme_{name}(params):\n    heard({name!r}, params)\n    return {value}\n"
    return code


def kinds(types: dict[str, Any]) -> dict[str, str]:
    return {k: "map" if isinstance(v, dict) else "list" if isinstance(v, list) else v for k, v in types.items()}


def furnished(bench: Bench) -> int:
    """A service that has a server, options of each type, and custom fields of product and client."""
    product = bench.product(configoption1="gold", type="server")
    with bench.ctx.unit() as db:
        secret = bench.host.part(Vault).encrypt("srv-pass")
        db.add(Server(name="Node", type="acme", hostname="node.example", ipaddress="192.0.2.1", username="root", password=secret,
                      accesshash=bench.host.part(Vault).encrypt("hash-1"), secure="on", active=1))  # fmt: skip
        client_field = CustomField(type="client", relid=0, fieldname="VAT", fieldtype="text")
        zoid = CustomField(type="product", relid=product, fieldname="zoid|Organisation", fieldtype="text", adminonly="on")
        plan = CustomField(type="product", relid=product, fieldname="Kind", fieldtype="dropdown", fieldoptions="a|A,b|B")
        none = CustomField(type="product", relid=product, fieldname="Unset", fieldtype="text")
        db.add_all([client_field, zoid, plan, none])
        db.flush()
        values = {"Organisation": (zoid, "760"), "Kind": (plan, "b|B"), "VAT": (client_field, "IN-1")}
        ids = {"VAT": client_field.id, "Organisation": zoid.id, "Kind": plan.id}
        for number, (optionname, kind, choice) in enumerate(
            [("plan|Plan", "1", "s|Small"), ("region|Region", "2", "Europe"), ("backup|Backup", "3", "Daily"), ("Mailboxes", "4", "Box")], 1
        ):  # fmt: skip
            option = ConfigOption(gid=1, optionname=optionname, optiontype=kind, qtyminimum=0, qtymaximum=0, order=number)
            db.add(option)
            db.flush()
            sub = ConfigOptionSub(configid=option.id, optionname=choice)
            db.add(sub)
            db.flush()
            ids[optionname], ids[f"{optionname} choice"] = option.id, sub.id
    service = bench.service(product=product, server=1, username="menon", password="Pa55-word-1")
    with bench.ctx.unit() as db:
        db.add(CustomFieldValue(fieldid=ids["VAT"], relid=1, value=values["VAT"][1]))
        for name in ("Organisation", "Kind"):
            db.add(CustomFieldValue(fieldid=ids[name], relid=service, value=values[name][1]))
        for name, qty in {"plan|Plan": 0, "region|Region": 0, "backup|Backup": 1, "Mailboxes": 7}.items():
            db.add(ServiceConfigOption(relid=service, configid=ids[name], optionid=ids[f"{name} choice"], qty=qty))
    return service


def test_create_gets_exactly_the_documented_keys_with_their_types(bench: Bench) -> None:
    bench.module(listening())
    service = furnished(bench)
    assert bench.api("ModuleCreate", serviceid=service) == {"result": "success"}
    call = bench.heard("CreateAccount")[0]
    assert kinds(call.types) == KEYS["service"]
    assert kinds(call.types["clientsdetails"]) == KEYS["clientsdetails"]
    given = call.params
    assert given["serviceid"] == given["accountid"] == service
    assert given["pid"] == given["packageid"] == 1
    assert (given["userid"], given["addonId"], given["serverid"], given["status"]) == (1, 0, 1, "Pending")
    assert (given["domain"], given["username"], given["password"]) == ("menon-foods.example", "menon", "Pa55-word-1")
    assert (given["type"], given["producttype"], given["moduletype"]) == ("server", "server", "acme")
    assert (given["configoption1"], given["configoption24"]) == ("gold", "")
    assert given["customfields"] == {"zoid": "760", "Kind": "b", "Unset": ""}
    assert given["configoptions"] == {"plan": "s", "region": "Europe", "backup": 1, "Mailboxes": 7}
    assert (given["serverip"], given["serverhostname"], given["serverusername"]) == ("192.0.2.1", "node.example", "root")
    assert (given["serverpassword"], given["serveraccesshash"]) == ("srv-pass", "hash-1")
    assert (given["server"], given["serversecure"], given["serverhttpprefix"], given["serverport"]) == (True, True, "https", "2087")
    details = given["clientsdetails"]
    assert (details["fullname"], details["countrycode"], details["country"], details["countryname"]) == ("Asha Rao", "IN", "IN", "India")
    assert (details["phonecc"], details["phonenumberformatted"]) == ("91", "+91.2025550100")
    assert (details["customfields1"], details["customfields"]) == ("IN-1", [{"id": 1, "value": "IN-1"}])
    assert details["users"]["user"][0]["is_owner"] is True


def test_without_a_server_the_block_is_empty(bench: Bench) -> None:
    bench.module(listening())
    service = bench.service(username="menon", password="Pa55-word-1")
    bench.api("ModuleCreate", serviceid=service)
    given = bench.heard("CreateAccount")[0]
    assert kinds(given.types) == KEYS["service"]
    assert {k: v for k, v in given.params.items() if k.startswith("server") and k != "serviceid"} == {
        "server": False, "serverid": 0, "serverip": "", "serverhostname": "", "serverusername": "", "serverpassword": "",
        "serveraccesshash": "", "serversecure": False, "serverhttpprefix": "http", "serverport": "",
    }  # fmt: skip
    assert (given.params["customfields"], given.params["configoptions"]) == ({}, {})


def test_every_function_of_a_service_gets_the_same_keys(bench: Bench) -> None:
    bench.module(listening())
    service = furnished(bench)
    bench.api("ModuleCreate", serviceid=service)
    bench.api("ModuleSuspend", serviceid=service, suspendreason="Late")
    bench.api("ModuleUnsuspend", serviceid=service)
    bench.api("ModuleChangePackage", serviceid=service)
    bench.api("ModuleChangePw", serviceid=service, servicepassword="New-pass-1")
    bench.press(service, "renew")
    bench.custom(service, "ping")
    bench.admin.saved(f"/admin/clientsservices.php?id={service}", domain="menon-foods.example")
    bench.details(service)
    bench.api("ModuleTerminate", serviceid=service)
    extra = {"SuspendAccount": {"suspendreason"}, "AdminServicesTabFieldsSave": {"request"}}
    for function in (*COMMANDS, *SHOWING):
        calls = bench.heard(function)
        assert calls, function
        assert set(calls[0].types) - set(KEYS["service"]) == extra.get(function, set()), function
        assert set(KEYS["service"]) - set(calls[0].types) == set(), function
    assert bench.heard("SuspendAccount")[0].params["suspendreason"] == "Late"
    assert [one.params["status"] for one in bench.heard("SuspendAccount") + bench.heard("UnsuspendAccount")] == ["Active", "Suspended"]
    assert bench.heard("ChangePassword")[0].params["password"] == "New-pass-1"
    assert bench.heard("Renew")[0].params["password"] == "New-pass-1"


def test_functions_of_a_server_get_the_server_block_only(bench: Bench) -> None:
    bench.module(listening())
    page = "/admin/configservers.php"
    form = {"name": "Node", "type": "acme", "hostname": "node.example", "ipaddress": "192.0.2.1", "username": "root",
            "password": "srv-pass", "accesshash": "hash-1", "maxaccounts": "5", "groups_sent": "1"}  # fmt: skip
    bench.admin.saved(page + "?action=manage", form, secure="on")
    bench.admin.text(page)
    bench.admin.post(page + "?action=manage", {**form, "action": "testconnection", "ajax": "1"})
    for function, secure, port in (("AdminLink", True, "2087"), ("TestConnection", False, "2086")):
        call = bench.heard(function)[0]
        assert kinds(call.types) == KEYS["server"], function
        given = call.params
        assert (given["serverhostname"], given["serverpassword"], given["serveraccesshash"]) == ("node.example", "srv-pass", "hash-1")
        assert (given["serversecure"], given["serverport"]) == (secure, port), function
    bench.admin.post(page + "?action=manage", {**form, "action": "testconnection", "ajax": "1", "port": "9999", "secure": "on"})
    assert bench.heard("TestConnection")[1].params["serverport"] == "9999"


def test_sample_params_of_module_call_have_the_same_keys(bench: Bench) -> None:
    bench.module(listening())
    code, report = bench.call("CreateAccount")
    assert (code, report["returned"]) == (0, "success")
    call = bench.heard("CreateAccount")[0]
    assert set(KEYS["service"]) - set(call.types) == set()
    assert set(KEYS["clientsdetails"]) - set(call.types["clientsdetails"]) <= {"customfields1"}


def test_change_package_sees_the_new_product_and_its_options(bench: Bench) -> None:
    bench.module(listening())
    service = furnished(bench)
    larger = bench.product(name="Larger", configoption1="platinum")
    assert bench.api("UpdateClientProduct", serviceid=service, pid=larger)["result"] == "success"
    bench.api("ModuleChangePackage", serviceid=service)
    given = bench.heard("ChangePackage")[0].params
    assert (given["pid"], given["configoption1"]) == (larger, "platinum")


def test_a_function_may_leave_its_params_out_and_may_not_change_those_of_others(bench: Bench) -> None:
    bench.module(
        """
def acme_CreateAccount():
    heard("CreateAccount")
    return "success"
def acme_SuspendAccount(params):
    params["clientsdetails"]["firstname"] = params["domain"] = "changed"
    return "success"
"""
    )
    bench.hooks("add_hook('AfterModuleSuspend', 1, lambda v: note('after', [v['params']['domain'], v['params']['clientsdetails']['firstname']]))\n")
    service = bench.service()
    assert bench.api("ModuleCreate", serviceid=service)["result"] == "success"
    assert bench.api("ModuleSuspend", serviceid=service)["result"] == "success"
    assert bench.noted() == [("after", ["menon-foods.example", "Asha"])]
