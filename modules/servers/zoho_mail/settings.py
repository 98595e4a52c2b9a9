"""What admins see: the product's module settings, and the rows on a service's page."""

from typing import Any
from urllib.parse import urlencode

from modulehost import sdk

from . import credentials, facts, provisioning, records
from .client import Zoho
from .credentials import Account
from .facts import REGIONS
from .problems import Problem

CALLBACK = "zm_oauthgrant.php"


def fields(product_id: int, region: str, client_id: str) -> dict[str, dict[str, Any]]:
    """ConfigOptions. The positions count: Client ID is configoption1, the secret 2, Domain region 4."""
    return {
        "Client ID": {
            "Type": "text",
            "Size": "60",
            "Description": sdk.render("admin/console.tpl", console=sdk.vendor_url(facts.CONSOLE)),
        },
        "Client Secret": {"Type": "password", "Size": "60"},
        "Redirect URL": {"Type": "none", "Description": sdk.render("admin/redirect.tpl", url=sdk.module_url(CALLBACK))},
        "Domain region": {
            "Type": "dropdown",
            "Options": {key: one.label for key, one in REGIONS.items()},
            "Default": "us",
            "Description": "The data centre of your Zoho partner account",
        },
        "Authenticate": {
            "Type": "none",
            "Description": _authenticate(product_id, Account(REGIONS.get(region) or REGIONS["us"], client_id.strip())),
        },
    }


def _authenticate(product_id: int, account: Account) -> str:
    # Saving the form leads to the address in the button: the host checks that it is a module's own.
    query = urlencode({"product": product_id})
    return sdk.render(
        "admin/authenticate.tpl",
        action=f"/modules/servers/{facts.MODULE}/authenticate?{query}",
        test=f"/modules/servers/{facts.MODULE}/test?{query}",
        others=sorted({one.region.label for one in credentials.accounts() if one != account}),
        **_state(account),
    )


def _state(account: Account | None) -> dict[str, Any]:
    """An authorisation as templates show it."""
    found = credentials.find(account) if account else None
    return {
        "region": account.region.label if account else "",
        "since": found.since if found else "",
        "by": found.by if found else "",
        "trouble": credentials.trouble(account) if account and found else "",
    }


def test(account: Account) -> str:
    """Try an authorisation from the start: a fresh token, then the partner's own organisation. Empty is well."""
    try:
        credentials.access_token(account, fresh=True)
        Zoho(account).own()
    except Problem as problem:
        return str(problem)
    return ""


def service_rows(params: dict[str, Any]) -> dict[str, str]:
    """The rows of a service's page, in the order of the vendor's own module, below Module Commands."""
    account: Account | None = None
    wrong = ""
    try:
        account = records.account(params)
    except Problem as problem:
        wrong = str(problem)
    place = {"product": params["pid"], "service": params["serviceid"], "client": params["userid"]}
    renew = f"/modules/servers/{facts.MODULE}/authenticate?{urlencode(place)}"
    rows = {"Authenticate": sdk.render("admin/state.tpl", renew=renew, wrong=wrong, **_state(account))}
    found = records.organisation(params)
    note = ""
    if found and account:
        try:
            found = provisioning.refresh(params, Zoho(account, facts.PAGE_SECONDS), found)
        except Problem as problem:
            note = f"as last seen; {problem}"
    panel = sdk.vendor_url(found.panel) if found else ""
    rows |= {
        facts.CLIENT_DOMAIN: sdk.escape(found.domain if found else ""),
        facts.CONTROL_PANEL: sdk.render("admin/link.tpl", url=panel, text="Go to Control Panel"),
        facts.SUPER_ADMIN: sdk.escape(found.super_admin if found else ""),
        facts.ZOID: sdk.escape(found.zoid if found else ""),
        facts.VERIFICATION: sdk.render(
            "admin/verification.tpl", known=bool(found), verified=bool(found and found.verified), note=note
        ),
        facts.MANAGE: sdk.render(
            "admin/link.tpl",
            url=sdk.vendor_url(facts.partner_console(account.region)) if account else "",
            text="Click here",
        ),
    }
    return rows
