"""The endpoint: who may call, from where, what, and in which form."""

import hashlib
import json
import xml.etree.ElementTree as ET

import pytest
from sqlalchemy import select

from modulehost import api as actions
from modulehost import settings
from modulehost.accounts import admins
from modulehost.context import Ctx, Host
from modulehost.schema import ApiLog
from tests.api.client import CLIENT, EXAMPLES, Api


def answer(response: object) -> tuple[int, str]:
    return response.status_code, json.loads(response.text)["message"]  # type: ignore[attr-defined]


def test_every_action_of_the_reference_exists_in_any_case(api: Api) -> None:
    assert {one.name for one in actions.ACTIONS.values()} >= set(EXAMPLES)
    assert api("whmcsDETAILS")["result"] == "success"


def test_documented_refusals(api: Api, host: Host) -> None:
    assert answer(api.post("GetClients", identifier=None, secret=None)) == (403, "Authentication Failed")
    assert answer(api.post("GetClients", secret="wrong")) == (403, "Authentication Failed")
    assert answer(api.post("GetClients", identifier="wrong")) == (403, "Invalid or missing credentials")
    assert answer(api.post("GetClients", ip="203.0.113.9")) == (403, "Invalid IP 203.0.113.9")
    assert answer(api.post("NoSuchThing")) == (404, "Command Not Found")
    assert answer(api.post("")) == (404, "Command Not Found")
    limited = Api(host, ["GetCurrencies"])
    assert limited("GetCurrencies")["result"] == "success"
    refusal = 'Invalid Permissions: API action "getclients" is not allowed'
    assert answer(limited.post("GetClients")) == (403, refusal)


def test_post_only(api: Api) -> None:
    query = {"identifier": api.identifier, "secret": api.secret, "action": "GetCurrencies", "responsetype": "json"}
    response = api.browser.get("/includes/api.php", query_string=query, environ_base={"REMOTE_ADDR": "127.0.0.1"})
    assert response.status_code == 405
    assert json.loads(response.text)["result"] == "error"


def test_older_forms_of_signing_in(api: Api) -> None:
    none = {"identifier": None, "secret": None}
    assert api.post("GetCurrencies", **none, username=api.identifier, password=api.secret).status_code == 200
    digest = hashlib.md5(b"top secret").hexdigest()
    assert api.post("GetCurrencies", **none, username="boss", password=digest).status_code == 200
    assert answer(api.post("GetCurrencies", **none, username="boss", password="top secret"))[0] == 403


def test_other_addresses_can_be_allowed(api: Api, ctx: Ctx) -> None:
    with ctx.unit() as db:
        settings.put(db, "APIAllowedIPs", "203.0.113.0/24")
    assert api.post("GetCurrencies", ip="203.0.113.9").status_code == 200
    assert api.post("GetCurrencies").status_code == 403


def test_an_administrator_without_api_access_is_refused(api: Api, ctx: Ctx) -> None:
    with ctx.unit() as db:
        admins.set_permissions(db, 1, [one for one in admins.PERMISSIONS if one != "API Access"])
    assert answer(api.post("GetCurrencies")) == (403, "Authentication Failed")


def test_formats(api: Api) -> None:
    pairs = api.post("GetCurrencies", responsetype=None)
    assert pairs.mimetype == "text/plain"
    assert pairs.text.startswith(
        "result=success;totalresults=2;currencies[currency][0][id]=1;currencies[currency][0][code]=USD;"
    )
    tree = api.post("GetCurrencies", responsetype="xml")
    assert tree.mimetype == "application/xml"
    root = ET.fromstring(tree.text)
    assert (root.get("version"), root.findtext("result")) == ("8.13.1", "success")
    assert [one.text for one in root.findall("currencies/currency/code")] == ["USD", "EUR"]
    assert (
        api.post("GetCurrencies", secret="x", responsetype=None).text == "result=error;message=Authentication Failed;"
    )


def test_a_host_error_is_reported_and_does_not_end_the_host(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(ctx: Ctx, values: object) -> dict[str, object]:
        raise ZeroDivisionError("half a cent")

    broken_action = actions.Action("GetCurrencies", "System", broken)
    monkeypatch.setitem(actions.ACTIONS, "getcurrencies", broken_action)
    assert answer(api.post("GetCurrencies")) == (500, "An unexpected error occurred: ZeroDivisionError: half a cent")
    assert api("WhmcsDetails")["result"] == "success"


def test_the_log_is_written_on_demand_and_holds_no_secrets(api: Api, ctx: Ctx) -> None:
    api("GetCurrencies")
    with ctx.unit() as db:
        assert db.scalars(select(ApiLog)).all() == []
        settings.put(db, "mh_api_log", "on")
    api("AddClient", **CLIENT)
    api("EncryptPassword", password2="hunter22")
    api.post("GetClients", secret="wrong secret")
    with ctx.unit(read=True) as db:
        rows = db.scalars(select(ApiLog).order_by(ApiLog.id)).all()
    assert [(row.action, row.status) for row in rows] == [
        ("AddClient", 200),
        ("EncryptPassword", 200),
        ("GetClients", 403),
    ]
    everything = "".join(row.request + row.response + row.headers for row in rows)
    assert "angelica@example.com" in everything
    for secret in (api.secret, api.identifier, CLIENT["password2"], "hunter22", "wrong secret"):
        assert secret not in everything


def test_modules_reach_the_same_actions(ctx: Ctx, host: Host) -> None:
    local = host.functions["localAPI"]
    assert local(ctx, "addclient", {**CLIENT, "noemail": True}) == {"result": "success", "clientid": 1}
    assert local(ctx, "GetClientsDetails", {"clientid": 1})["client"]["email"] == "angelica@example.com"
    assert local(ctx, "GetClientsDetails", {"clientid": 9}) == {"result": "error", "message": "Client Not Found"}
    assert local(ctx, "NoSuchThing", {}) == {"result": "error", "message": "Command Not Found"}
