"""A server module that needs no vendor, to be read from top to bottom by someone who is going to write one.

It keeps its "accounts" in the module store that the host offers. Where a real module would call its vendor, this one
reads and writes there; everything else is what a real module does too. docs/modules.md explains each part.

A module is a folder `modules/servers/<name>` with a file `<name>.py`, whose functions begin with `<name>_`. All are
optional but ConfigOptions. Saving a file is enough: the next request uses it.
"""

import json
from typing import Any

from modulehost import sdk

Params = dict[str, Any]


# --- what the module is and what a product can set --------------------------------------------------------------------


def examplehost_MetaData() -> dict[str, Any]:
    return {
        "DisplayName": "Example Host",
        "APIVersion": "1.1",
        "RequiresServer": True,
        "DefaultNonSSLPort": "8080",
        "DefaultSSLPort": "8443",
        "ServiceSingleSignOnLabel": "Open Control Panel",
        "AdminSingleSignOnLabel": "Open Node",
    }


def examplehost_ConfigOptions(params: Params) -> dict[str, dict[str, Any]]:
    """The product's Module Settings, here one field of every type. The first one is configoption1, and so on."""
    return {
        "Package Name": {"Type": "text", "Size": "25", "Default": "starter", "Description": "Sent to the vendor"},
        "API Key": {"Type": "password", "Size": "25", "Description": "Encrypted at rest, masked when shown again"},
        "Allow Backups": {"Type": "yesno", "Description": "Tick to enable", "Default": "on"},
        "Disk Space": {
            "Type": "dropdown",
            "Options": {"1024": "1 GB", "5120": "5 GB", "10240": "10 GB"},
            "Default": "1024",
        },
        "Provisioning": {"Type": "radio", "Options": "at once,later", "Default": "at once"},
        "Welcome Note": {"Type": "textarea", "Rows": "3", "Cols": "50", "Description": "Shown to the customer"},
        "About": {"Type": "none", "Description": "Fields of type <code>none</code> show a text and keep no value."},
    }


# --- commands: "success", or an error text for the person who ran them ------------------------------------------------


def examplehost_CreateAccount(params: Params) -> str | dict[str, str]:
    # A command may run again, after a lost connection for example: look before you create.
    if params["configoption5"] == "later" and not params.get("pending"):
        return sdk.pending("The vendor sets the account up in the background", reference=f"job-{_key(params)}")
    if _load(params) is None:
        account = {"domain": params["domain"], "username": params["username"], "state": "active", **_size(params)}
        account["server"] = params["serverid"]
        _save(params, account)
        params["model"].serviceProperties.save(
            {"Account Number": _number(params), "Disk Limit": int(account["disk"])}
        )
    return _done(params, "CreateAccount")


def examplehost_SuspendAccount(params: Params) -> str:
    return _change(params, "SuspendAccount", state="suspended", reason=str(params.get("suspendreason", "")))


def examplehost_UnsuspendAccount(params: Params) -> str:
    return _change(params, "UnsuspendAccount", state="active", reason="")


def examplehost_TerminateAccount(params: Params) -> str:
    if _load(params) is None:
        return f"There is no account for {params['domain']}"
    sdk.store("accounts").delete(_key(params))
    sdk.store("passwords").delete(_key(params))
    return _done(params, "TerminateAccount")


def examplehost_ChangePassword(params: Params) -> str:
    if len(params["password"]) < 5:
        return "The password needs at least five characters"
    if _load(params) is None:
        return f"There is no account for {params['domain']}"
    sdk.store("passwords").set(_key(params), params["password"], secret=True)
    return _done(params, "ChangePassword")


def examplehost_ChangePackage(params: Params) -> str:
    return _change(params, "ChangePackage", **_size(params))


def examplehost_Renew(params: Params) -> str:
    return _change(params, "Renew", renewed=sdk.today().isoformat())


def examplehost_TestConnection(params: Params) -> dict[str, Any]:
    if not params["serverhostname"] and not params["serverip"]:
        return {"success": False, "error": "Enter a host name or an IP address"}
    return {"success": True, "error": ""}


# --- usage: what the product can charge for, measured once a day --------------------------------------------------------

DISK = sdk.Metric("disk", "Disk Space", sdk.Metric.TYPE_SNAPSHOT, sdk.MegaBytes())  # the latest value counts
TRAFFIC = sdk.Metric("traffic", "Traffic", sdk.Metric.TYPE_PERIOD_MONTH, sdk.GigaBytes())  # one value a month, added up


class Usage(sdk.ProviderInterface):
    """Tells tenants apart by their domain, as the host does unless MetaData names another field."""

    def __init__(self, params: Params) -> None:
        self.accounts = _accounts(params["serverid"])

    def metrics(self) -> list[sdk.Metric]:
        return [DISK, TRAFFIC]

    def usage(self) -> dict[str, list[sdk.Metric]]:
        return {account["domain"]: _measured(account) for account in self.accounts}

    def tenantUsage(self, tenant: str) -> list[sdk.Metric]:
        return self.usage().get(tenant, [])


def examplehost_MetricProvider(params: Params) -> Usage:
    return Usage(params)


# --- buttons ----------------------------------------------------------------------------------------------------------


def examplehost_AdminCustomButtonArray(params: Params) -> dict[str, str]:
    return {"Restart": "restart", "Reset Traffic": "resetTraffic"}


def examplehost_ClientAreaCustomButtonArray(params: Params) -> dict[str, str]:
    return {"Restart": "restart", "Statistics": "statistics"}


def examplehost_restart(params: Params) -> str:
    return _change(params, "restart", restarted=sdk.now().isoformat(" "))


def examplehost_resetTraffic(params: Params) -> str:
    return _change(params, "resetTraffic", traffic=0)


def examplehost_statistics(params: Params) -> dict[str, Any]:
    """A button may also open a page of its own: a template, its variables, and the way back."""
    return {
        "templatefile": "statistics",
        "breadcrumb": {f"clientarea.php?action=productdetails&id={params['serviceid']}": "Statistics"},
        "vars": {"account": _load(params) or {}},
    }


# --- single sign-on: where to send the browser --------------------------------------------------------------------------


def examplehost_ServiceSingleSignOn(params: Params) -> dict[str, Any]:
    """A real module asks its vendor for a link that works once. While development is on, the host shows it before it goes there."""
    account = _load(params)
    if account is None:
        return {"success": False, "errorMsg": "The account is not set up yet"}
    return {"success": True, "redirectTo": _panel(params, f"login?user={account['username']}&key={sdk.token(20)}")}


def examplehost_AdminSingleSignOn(params: Params) -> dict[str, Any]:
    """The same for staff and a whole server; it gets the server's params only."""
    return {"success": True, "redirectTo": _panel(params, f"admin?key={sdk.token(20)}")}


def examplehost_CustomActions(params: Params) -> sdk.CustomActionCollection:
    """More ways in, beside the service and on the client's home page. This one is greyed out when the product has no backups."""
    backups = sdk.CustomAction.factory(
        "backups", "Backups", _open_backups, [params], permissions=["productsso"], active=params["configoption3"] == "on"
    )
    return sdk.CustomActionCollection().add(backups)


def _open_backups(params: Params) -> dict[str, Any]:
    if _load(params) is None:
        return {"success": False, "errorMsg": "The account is not set up yet"}
    return {"success": True, "redirectTo": _panel(params, f"backups?account={params['serviceid']}&key={sdk.token(20)}")}


def _panel(params: Params, path: str) -> str:
    host = params["serverhostname"] or params["serverip"] or "panel.example.com"
    port = f":{params['serverport']}" if params["serverport"] else ""
    return f"{params['serverhttpprefix']}://{host}{port}/{path}"


# --- what people see --------------------------------------------------------------------------------------------------


def examplehost_ClientArea(params: Params) -> dict[str, Any]:
    variables = {"account": _load(params) or {}, "welcome": params["configoption6"]}
    return {"tabOverviewModuleOutputTemplate": "overview.tpl", "templateVariables": variables}


def examplehost_AdminServicesTabFields(params: Params) -> dict[str, str]:
    """Rows on the service's page. Values are HTML: escape what you did not write."""
    account = _load(params) or {}
    note = sdk.escape(account.get("note", ""))
    return {
        "Account State": sdk.escape(account.get("state", "none")),
        "Account Number": sdk.escape(params["model"].serviceProperties.get("Account Number")),
        "Note": f'<input type="text" name="examplehost_note" class="form-control" value="{note}">',
    }


def examplehost_AdminServicesTabFieldsSave(params: Params) -> None:
    """Called when the service's page is saved; `request` is the form."""
    note = params.get("request", {}).get("examplehost_note")
    if note is not None and _load(params) is not None:
        _save(params, {**(_load(params) or {}), "note": note})


def examplehost_AdminLink(params: Params) -> str:
    address = sdk.escape(
        f"{params['serverhttpprefix']}://{params['serverhostname'] or params['serverip']}:{params['serverport']}/"
    )
    return f'<a href="{address}" target="_blank" rel="noopener noreferrer">Open panel</a>'


def examplehost_LoginLink(params: Params) -> str:
    return (
        f'<a href="https://{sdk.escape(params["domain"])}/" target="_blank" rel="noopener noreferrer">Open website</a>'
    )


# --- the make-believe vendor ------------------------------------------------------------------------------------------


def _key(params: Params) -> str:
    """A product addon with this module is an account of its own beside its service's: they share `serviceid`, not `addonId`."""
    return f"{params['serviceid']}-addon{params['addonId']}" if params["addonId"] else str(params["serviceid"])


def _load(params: Params) -> dict[str, Any] | None:
    text = sdk.store("accounts").get(_key(params))
    account: dict[str, Any] | None = json.loads(text) if text else None
    return account


def _save(params: Params, account: dict[str, Any]) -> None:
    sdk.store("accounts").set(_key(params), json.dumps(account))


def _accounts(server: int) -> list[dict[str, Any]]:
    kept = sdk.store("accounts")
    # usage is told by domain, and an addon has its service's: only the services' own accounts are measured
    found = [json.loads(kept.get(name)) for name in kept.names() if "-addon" not in name]
    return [account for account in found if account.get("server") == server]


def _measured(account: dict[str, Any]) -> list[sdk.Metric]:
    """Make-believe: every account has filled half of its disk, and sends two gigabytes a day."""
    return [DISK.withUsage(sdk.Usage(int(account["disk"]) // 2)), TRAFFIC.withUsage(sdk.Usage(2 * sdk.today().day))]


def _number(params: Params) -> str:
    return f"EX{params['serviceid']:05d}" + (f"-{params['addonId']}" if params["addonId"] else "")


def _size(params: Params) -> dict[str, Any]:
    """The configurable option "disk" goes before the product's setting; a product whose settings were never saved has none."""
    disk = params["configoptions"].get("disk") or params["configoption4"] or "1024"
    return {"package": params["configoption1"] or "starter", "disk": disk, "backups": params["configoption3"] == "on"}


def _change(params: Params, action: str, **values: Any) -> str:
    account = _load(params)
    if account is None:
        return f"There is no account for {params['domain']}: run Create first"
    _save(params, {**account, **values})
    return _done(params, action)


def _done(params: Params, action: str) -> str:
    """Log the call as a real module logs its vendor's answers; the last argument lists what must not be readable."""
    sdk.logModuleCall(
        "examplehost", action, {"service": params["serviceid"]}, _load(params), "success", [params["password"]]
    )
    return "success"
