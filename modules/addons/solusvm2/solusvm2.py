"""SolusVM 2: customers sign up by themselves, use virtual servers in SolusVM 2, and get invoices for what they used.

Written after the public pages on the vendor's integration, from the outside: the first screen asks for the connection, then come
Post-Pay and Settings. Pre-pay credit and retail are announced there only; here they are extensions of this project, off by default.
"""

from typing import Any

from modulehost import sdk

from . import adminpages, clientpages
from .facts import NAME
from .tables import ALL

Vars = dict[str, Any]


def solusvm2_config() -> dict[str, Any]:
    return {
        "name": NAME,
        "description": "Virtual servers of SolusVM 2 with post-pay billing: sign-up, usage invoices, locking and suspension.",
        "author": "modulehost",
        "language": "english",
        "version": "1.1.0",
        "fields": {
            "prepay": {
                "FriendlyName": "Pre-pay credit",
                "Type": "yesno",
                "Description": "Offer pre-pay credit. An extension of this project: the vendor only announces it",
            },
            "retail": {
                "FriendlyName": "Retail",
                "Type": "yesno",
                "Description": "Let products of the server module SolusVM 2 be created. An extension of this project, too",
            },
        },
    }


def solusvm2_activate() -> dict[str, str]:
    with sdk.unit() as db:
        for table in ALL:
            sdk.create_table(db, table)
    return {"status": "success", "description": "Choose who may open SolusVM 2, save, then open it and connect."}


def solusvm2_deactivate() -> dict[str, str]:
    """The tables stay: what was billed must not be billed again after the module is activated anew."""
    return {
        "status": "info",
        "description": "Customers and what they were billed for are kept; activate SolusVM 2 again to go on.",
    }


def solusvm2_upgrade(vars: Vars) -> None:
    with sdk.unit() as db:
        for table in ALL:
            sdk.create_table(db, table)
            sdk.add_columns(db, table)


def solusvm2_output(vars: Vars) -> str | dict[str, str]:
    return adminpages.page(vars["modulelink"])


def solusvm2_clientarea(vars: Vars) -> dict[str, Any]:
    return clientpages.page(vars["_lang"])
