"""Zoho Mail for partners: a customer organisation per service, its plan and mailboxes bought in the partner store.

The functions here are what the host calls; each is a few lines around the file that does the work:

    settings.py      the product's Module Settings: Authenticate and its state
    ordering.py      what the customer ordered            provisioning.py  create, change, terminate
    billing.py       the partner store                    access.py        suspend, unsuspend
    client.py        calls to Zoho                        credentials.py, oauth.py, web.py   the authorisation
    records.py       what is kept with a service          facts.py         what is taken for true about Zoho

ChangePassword is missing on purpose: Zoho does not let a partner set the password of a user in a customer organisation.
"""

from collections.abc import Callable
from typing import Any

from modulehost import sdk

from . import access, credentials, facts, provisioning, records, settings
from .client import Zoho
from .problems import Problem

Params = dict[str, Any]


def zoho_mail_MetaData() -> dict[str, Any]:
    # RequiresServer is false: the authorisation belongs to a data centre and stands in the product's Module Settings. Zoho's
    # own module says true and then never reads the server.
    return {"DisplayName": facts.TITLE, "APIVersion": "1.1", "RequiresServer": False}


def zoho_mail_ConfigOptions(params: Params) -> dict[str, dict[str, Any]]:
    return settings.fields(
        int(params.get("pid") or 0), str(params.get("configoption4") or ""), str(params.get("configoption1") or "")
    )


def zoho_mail_CreateAccount(params: Params) -> str:
    return _said(lambda: provisioning.create(params))


def zoho_mail_ChangePackage(params: Params) -> str:
    return _said(lambda: provisioning.change(params))


def zoho_mail_SuspendAccount(params: Params) -> str:
    return _said(lambda: access.suspend(Zoho(records.account(params)), records.existing(params).zoid))


def zoho_mail_UnsuspendAccount(params: Params) -> str:
    return _said(lambda: access.resume(Zoho(records.account(params)), records.existing(params).zoid))


def zoho_mail_TerminateAccount(params: Params) -> str:
    return _said(lambda: provisioning.terminate(params))


def zoho_mail_TestConnection(params: Params) -> dict[str, Any]:
    """Every authorised account is asked for a fresh token and for the partner's own organisation; the server does not matter."""
    accounts = credentials.accounts()
    if not accounts:
        return {
            "success": False,
            "error": "Nothing is authenticated: open a product's Module Settings and click Authenticate",
        }
    failures = [f"{account.region.label}: {text}" for account in accounts if (text := settings.test(account))]
    return {"success": not failures, "error": "; ".join(failures)}


def zoho_mail_AdminCustomButtonArray(params: Params) -> dict[str, str]:
    return {"Verify Domain": "VerifyDomain"}


def zoho_mail_VerifyDomain(params: Params) -> str:
    return _said(lambda: provisioning.verify(params))


def zoho_mail_AdminServicesTabFields(params: Params) -> dict[str, str]:
    return settings.service_rows(params)


def zoho_mail_ClientArea(params: Params) -> dict[str, Any] | str:
    found = records.organisation(params)
    if params.get("status") != "Active" or found is None:
        return ""
    region = records.region(params)
    links = {
        "mailUrl": sdk.vendor_url(facts.webmail(region)),
        "panelUrl": sdk.vendor_url(found.panel),
        "mailDomain": found.domain,
    }
    return {"tabOverviewModuleOutputTemplate": "overview.tpl", "templateVariables": links}


def _said(command: Callable[[], object]) -> str:
    try:
        command()
    except Problem as problem:
        return str(problem)
    return "success"
