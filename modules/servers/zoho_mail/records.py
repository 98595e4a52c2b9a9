"""What this module remembers: the organisation of a service, who may use which domain, and what a suspension switched off."""

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from modulehost import sdk

from . import facts
from .problems import Refused


@dataclass(frozen=True)
class Organisation:
    """A customer organisation at Zoho as it is kept with the service. `verified` is as of the last look."""

    zoid: str
    domain: str
    super_admin: str
    region: str
    verified: bool = False
    panel: str = ""


def region(params: dict[str, Any]) -> facts.Region:
    """The data centre of a service: the one its organisation was made in, else the product's. Raises Refused."""
    kept = params["model"].serviceProperties.get(facts.REGION) if params.get("serviceid") else ""
    chosen = str(kept or params.get("configoption4") or "")
    if chosen not in facts.REGIONS:
        raise Refused(
            f"The product's Domain region is {chosen!r}: choose one of {', '.join(facts.REGIONS)} in its Module Settings and save"
        )
    return facts.REGIONS[chosen]


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
        str(get(facts.REGION) or ""),
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
            facts.REGION: found.region,
        }
    )


# A domain belongs to the service that asked for it first. The claim is written before Zoho is asked, so that a Create
# whose answer was lost finds its own organisation again, and another customer's order for the same domain does not.


def key(domain: str) -> str:
    """A name for the domain in stores and locks, which are shorter than a domain may be."""
    return domain if len(domain) <= 64 else sha256(domain.encode()).hexdigest()


def claim(domain: str, service_id: int) -> None:
    """Claim the domain for the service. Raises Refused while another service holds it. Call it under the domain's lock."""
    holder = holder_of(domain)
    if holder and holder != service_id:
        raise Refused(f"The domain {domain} belongs to service {holder} of this installation; terminate that one first")
    sdk.store("domains").set(key(domain), json.dumps({"service": service_id}))


def holder_of(domain: str) -> int:
    """The service that holds the domain, 0 when none does."""
    return int(json.loads(sdk.store("domains").get(key(domain)) or "{}").get("service") or 0)


def release(domain: str, service_id: int) -> None:
    """Give the claim up; another service's claim stays."""
    if holder_of(domain) == service_id:
        sdk.store("domains").delete(key(domain))


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
