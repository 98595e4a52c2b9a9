"""SolusVM 2, retail: a product is a virtual server with a fixed price, and customers never need the SolusVM 2 panel.

An extension of this project: the vendor only announces this way of selling. It is off until the field Retail of the addon module
SolusVM 2 is switched on. client.py, problems.py, facts.py and tables.py are the addon's own files.

    choices.py  what a server is made of      provisioning.py  create, suspend, resize, delete      panel.py  calls to SolusVM 2

Missing on purpose: ChangePassword, because SolusVM 2 chooses a new password itself (see the function resetpassword), and UsageUpdate,
because no report of traffic or disk is known beyond graphs.
"""

from collections.abc import Callable
from typing import Any

from modulehost import sdk

from . import choices, provisioning
from .facts import PAGE_SECONDS
from .panel import of
from .problems import Problem, Refused
from .words import say, texts

Params = dict[str, Any]
_ACTIONS = {"Start": "start", "Stop": "stop", "Restart": "restart", "New Root Password": "resetpassword"}


def solusvm2_MetaData() -> dict[str, Any]:
    return {
        "DisplayName": "SolusVM 2",
        "APIVersion": "1.1",
        "RequiresServer": True,
        "DefaultNonSSLPort": "80",
        "DefaultSSLPort": "443",
        "AdminSingleSignOnLabel": "Log in to SolusVM 2",
    }


def solusvm2_ConfigOptions(params: Params) -> dict[str, dict[str, Any]]:
    return choices.fields()


def solusvm2_TestConnection(params: Params) -> dict[str, Any]:
    try:
        of(params, PAGE_SECONDS).plans()
    except Problem as problem:
        return {"success": False, "error": str(problem)}
    return {"success": True, "error": ""}


def solusvm2_CreateAccount(params: Params) -> str | dict[str, str]:
    return _said(lambda: provisioning.create(params))


def solusvm2_SuspendAccount(params: Params) -> str | dict[str, str]:
    return _said(lambda: provisioning.suspend(params))


def solusvm2_UnsuspendAccount(params: Params) -> str | dict[str, str]:
    return _said(lambda: provisioning.resume(params))


def solusvm2_TerminateAccount(params: Params) -> str | dict[str, str]:
    return _said(lambda: provisioning.terminate(params))


def solusvm2_ChangePackage(params: Params) -> str | dict[str, str]:
    return _said(lambda: provisioning.resize(params))


def solusvm2_AdminCustomButtonArray(params: Params) -> dict[str, str]:
    return _ACTIONS


def solusvm2_ClientAreaAllowedFunctions(params: Params) -> dict[str, str]:
    """The buttons themselves stand in the overview, where the server's state is known."""
    return _ACTIONS


def solusvm2_start(params: Params) -> str | dict[str, str]:
    return _said(lambda: provisioning.act(params, "start"))


def solusvm2_stop(params: Params) -> str | dict[str, str]:
    return _said(lambda: provisioning.act(params, "stop"))


def solusvm2_restart(params: Params) -> str | dict[str, str]:
    return _said(lambda: provisioning.act(params, "restart"))


def solusvm2_resetpassword(params: Params) -> str | dict[str, str]:
    return _said(lambda: provisioning.new_password(params))


def solusvm2_CustomActions(params: Params) -> sdk.CustomActionCollection:
    found = sdk.CustomActionCollection()
    if sdk.settings().get("retail") != "on":
        return found
    return found.add(sdk.CustomAction.factory("console", say("console"), _console, [params], permissions=["productsso"]))


def _console(params: Params) -> dict[str, Any]:
    def ask() -> dict[str, Any]:
        panel = of(params, PAGE_SECONDS)
        return {"success": True, "redirectTo": panel.console(int(provisioning.existing(panel, params)["id"]))}

    return _signed(ask)


def solusvm2_AdminSingleSignOn(params: Params) -> dict[str, Any]:
    """As the owner of the API key."""

    def ask() -> dict[str, Any]:
        panel = of(params, PAGE_SECONDS)
        return {"success": True, "redirectTo": panel.one_time_address(int(panel.account()["id"]))}

    return _signed(ask)


def solusvm2_ClientArea(params: Params) -> dict[str, Any]:
    shown: dict[str, Any] = {"problem": "", "words": texts(), "server": None, "rootpassword": params.get("password", "")}
    try:
        provisioning.check_on()
        panel = of(params, PAGE_SECONDS)
        shown["server"] = _facts(params, provisioning.existing(panel, params))
    except Refused as refused:
        shown["problem"] = say("soon" if str(refused) == provisioning.SOON else "unavailable")
    except Problem:
        shown["problem"] = say("unavailable")
    return {"tabOverviewModuleOutputTemplate": "overview.tpl", "templateVariables": shown}


def solusvm2_AdminServicesTabFields(params: Params) -> dict[str, str]:
    try:
        provisioning.check_on()
        panel = of(params, PAGE_SECONDS)
        server = provisioning.find(panel, params)
    except Problem as problem:
        return {"SolusVM 2": sdk.escape(str(problem))}
    if server is None:
        return {"SolusVM 2": "There is no server yet"}
    seen = _facts(params, server)
    rows = {"Server": f"#{server['id']} {server['name']}", "State": seen["state"], "IP Address": seen["ip"], "Plan": seen["plan"],
            "Operating System": seen["os"], "Location": seen["place"]}  # fmt: skip
    return {label: sdk.escape(text or "–") for label, text in rows.items()}


def _facts(params: Params, server: dict[str, Any]) -> dict[str, str]:
    state = "suspended" if server.get("is_suspended") else "processing" if server.get("is_processing") else str(server.get("status"))
    return {
        "state": state,
        "label": texts().get(f"state_{state.replace(' ', '')}", state),
        "ip": provisioning.primary_ip(server),
        "plan": str((server.get("plan") or {}).get("name") or ""),
        "place": str((server.get("location") or {}).get("name") or ""),
        "os": params["model"].serviceProperties.get(provisioning.SYSTEM),
    }


def _said(command: Callable[[], str | dict[str, str]]) -> str | dict[str, str]:
    try:
        provisioning.check_on()
        return command()
    except Problem as problem:
        return str(problem)


def _signed(ask: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        provisioning.check_on()
        return ask()
    except Problem as problem:
        return {"success": False, "errorMsg": str(problem)}
