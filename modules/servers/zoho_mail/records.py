"""What this module remembers: the organisation of a service, whose an organisation is, what a suspension switched off."""

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from modulehost import sdk

from . import facts
from .credentials import Account, serving
from .problems import Refused


@dataclass(frozen=True)
class Organisation:
    """A customer organisation at Zoho as it is kept with the service. `verified` is as of the last look."""

    zoid: str
    domain: str
    super_admin: str
    verified: bool = False
    panel: str = ""


def region(params: dict[str, Any]) -> facts.Region:
    """The data centre of a service: the one its organisation was made in, else the product's. Raises Refused."""
    zoid = str(params["model"].serviceProperties.get(facts.ZOID) or "").strip()
    chosen = str((_held(zoid) if zoid else {}).get("region") or params.get("configoption4") or "")
    if chosen not in facts.REGIONS:
        raise Refused(
            f"The product's Domain region is {chosen!r}: choose one of {', '.join(facts.REGIONS)} in its Module Settings and save"
        )
    return facts.REGIONS[chosen]


def account(params: dict[str, Any]) -> Account:
    """The authorised account that manages a service. Raises Refused."""
    place, client_id = region(params), str(params.get("configoption1") or "").strip()
    return serving(place, client_id) if organisation(params) else Account(place, client_id)


def organisation(params: dict[str, Any]) -> Organisation | None:
    """The organisation kept with the service, if it has one."""
    get = params["model"].serviceProperties.get
    zoid = str(get(facts.ZOID) or "").strip()
    if not zoid:
        return None
    return Organisation(
        zoid,
        str(get(facts.CLIENT_DOMAIN) or ""),
        str(get(facts.SUPER_ADMIN) or ""),
        get(facts.VERIFICATION) == facts.VERIFIED,
        str(get(facts.CONTROL_PANEL) or ""),
    )


def existing(params: dict[str, Any]) -> Organisation:
    """The organisation of a service that must have one. Raises Refused."""
    found = organisation(params)
    if found is None:
        raise Refused("This service has no Zoho organisation yet (ZOID is empty): run Create first")
    return found


def keep(params: dict[str, Any], found: Organisation) -> None:
    """Store the organisation with the service."""
    params["model"].serviceProperties.save(
        {
            facts.CLIENT_DOMAIN: found.domain,
            facts.SUPER_ADMIN: found.super_admin,
            facts.ZOID: found.zoid,
            facts.VERIFICATION: facts.VERIFIED if found.verified else facts.NOT_VERIFIED,
            facts.CONTROL_PANEL: found.panel,
        }
    )


# An organisation belongs to one service. Before another one takes it over, the first has to be over.

OVER = ("Terminated", "Cancelled", "Fraud")


def _held(zoid: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(sdk.store("organisations").get(zoid) or "{}")
    return found


def holder(zoid: str, service_id: int) -> int:
    """The service that holds the organisation and is still going on, other than `service_id`; 0 when there is none."""
    held = int(_held(zoid).get("service") or 0)
    if held in (0, service_id):
        return 0
    answer = sdk.localAPI("GetClientsProducts", {"serviceid": held})
    rows = (answer.get("products") or {}).get("product") or []
    return 0 if answer.get("result") == "success" and all(row.get("status") in OVER for row in rows) else held


def hold(zoid: str, service_id: int, region: facts.Region) -> None:
    """Note whose organisation it is, and in which data centre."""
    sdk.store("organisations").set(zoid, json.dumps({"service": service_id, "region": region.key}))


def key(domain: str) -> str:
    """A name for the domain's lock; a file name is shorter than a domain may be."""
    return domain if len(domain) <= 64 else sha256(domain.encode()).hexdigest()


@dataclass
class Switched:
    """What a suspension switched off: accounts as [accountId, zuid], and domains whose mail hosting it stopped."""

    accounts: list[list[str]]
    domains: list[str]


def switched(zoid: str) -> Switched | None:
    """What was switched off in an organisation, None when this installation did not suspend it."""
    text = sdk.store("suspended").get(zoid)
    return Switched(**json.loads(text)) if text else None


def keep_switched(zoid: str, value: Switched | None) -> None:
    """Remember it; None forgets."""
    if value is None:
        sdk.store("suspended").delete(zoid)
    else:
        sdk.store("suspended").set(zoid, json.dumps({"accounts": value.accounts, "domains": value.domains}))
