"""`/api/organization`: a partner makes and reads customer organisations."""

import re
from typing import Any

from flask import Blueprint, Response, request

from modulehost.sandbox.zoho import here, organizations, plans
from modulehost.sandbox.zoho.envelope import ApiError, caller, created, envelope, json_body, reach, text
from modulehost.sandbox.zoho.state import Org

blueprint = Blueprint("organization_api", __name__, url_prefix="/api/organization")
READ = ("ZohoMail.partner.organization.READ", "VirtualOffice.partner.organization.READ")
CREATE = ("ZohoMail.partner.organization.CREATE", "VirtualOffice.partner.organization.CREATE")
DOMAIN = re.compile(r"(?=.{4,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]\Z")
EMAIL = re.compile(r"[^@\s\"<>]{1,64}@([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]\Z", re.IGNORECASE)
TAGGING = "https://store.zoho.com/html/store/tagyourpartner.html"


@blueprint.post("")
def create() -> Response:
    """Create a customer organisation with its first domain and its super admin."""
    who = caller(CREATE)
    if not who.org.is_partner or who.user.role not in ("admin", "super_admin"):
        raise ApiError(403, "Only a Partner Admin may create organizations", "OPERATION_NOT_PERMITTED")
    body, world = json_body(), here.world()
    domain_name = text(body, "domainName").lower()
    person = organizations.Person(
        email=text(body, "emailId"),
        first_name=text(body, "firstName"),
        last_name=text(body, "lastName"),
        password=text(body, "password", required=world.state.switches.strict),
    )
    org_name = text(body, "orgName", required=world.state.switches.strict) or person.first_name + " " + person.last_name
    plan = text(body, "planName", required=False) or "free"
    if not DOMAIN.match(domain_name):
        raise ApiError(400, f"{domain_name} is not a valid domain name")
    if not EMAIL.match(person.email):
        raise ApiError(400, f"{person.email} is not a valid email address")
    if plan != "free" and plan not in plans.TRIALS:
        raise ApiError(400, f"planName has to be one of free, {', '.join(plans.TRIALS)}")
    if domain_name in world.state.domains:
        raise ApiError(400, f"{domain_name} is already hosted by another organization")
    if world.fault("already_registered") or organizations.by_email(world.state, person.email):
        raise ApiError(
            500, f"{person.email} is already registered with Zoho or tagged to another partner. See {TAGGING}"
        )
    org = organizations.found(world, here.region().key, org_name, person, partner=who.org.zoid)
    organizations.add_domain(world, org, domain_name, primary=True)
    if plan != "free":
        organizations.start_trial(org, plan, world.now())
    return envelope(
        {
            "orgName": org.name,
            "st_enc_zoid": org.encrypted_zoid[::-1],
            "isVerified": False,
            "zoid": org.zoid,
            "usedLicenseCount": 1,
            "URI": _uri(org),
            "encryptedZoid": org.encrypted_zoid,
            "isTrialAllowed": not org.trial_used,
            "domainName": domain_name,
            "superAdmin": person.email,
            "basePlan": org.plan,
            "zaid": org.zaid,
        },
        code=201,
        status=created(),
    )


@blueprint.get("")
def own_or_search() -> Response:
    """The caller's own organisation, or with `mode=getCustomerOrgDetails` a list of customers."""
    who = caller(READ)
    mode = request.args.get("mode")
    if mode is None:
        return _read(who.org)
    if mode != "getCustomerOrgDetails":
        raise ApiError(400, f"mode {mode} is not known")
    if not who.org.is_partner:
        raise ApiError(403, "Only a Partner Admin may search customers", "OPERATION_NOT_PERMITTED")
    return envelope([details(org) for org in search(who.org, request.args.get("searchKey", ""))])


@blueprint.get("/<zoid>")
def read(zoid: str) -> Response:
    """One organisation."""
    return _read(reach(caller(READ), zoid))


def _read(org: Org) -> Response:
    data = details(org)
    if wanted := [name for name in request.args.get("fields", "").split(",") if name]:
        if unknown := [name for name in wanted if name not in data]:
            raise ApiError(400, f"{unknown[0]} is not a field of an organization")
        data = {name: data[name] for name in ["zoid", *wanted]}
    return envelope(data)


def search(partner: Org, key: str) -> list[Org]:
    """Customers whose domain or name holds `key`, whatever its case; a domain that is equal to it comes first."""
    key = key.strip().lower()

    def names(org: Org) -> list[str]:
        return [domain.name for domain in organizations.domains(org)]

    found = [
        org for org in organizations.children(partner) if any(key in one for one in [*names(org), org.name.lower()])
    ]
    return sorted(found, key=lambda org: key not in names(org))


def _uri(org: Org) -> str:
    return f"{here.region().host('mail')}/api/organization/{org.zoid}"


def details(org: Org) -> dict[str, Any]:
    """An organisation as the API shows it; here the `zoid` is a number, unlike in the reply to its creation."""
    state = here.state()
    domains, users, first = organizations.domains(org), organizations.users(org), organizations.primary(org)
    admin = state.users[org.super_admin]
    return {
        "mailboxCount": sum(1 for user in users if user.enabled and user.mail_enabled),
        "URI": _uri(org),
        "encryptedZoid": org.encrypted_zoid,
        "orgPolicyDetails": {},
        "spamVO": {"spamProcessType": "moveToSpam"},
        "superAdminLoginName": admin.email,
        "orgImageUrl": "",
        "isMailHostingEnabled": any(domain.hosting for domain in domains),
        "licenseCount": org.licences,
        "superAdminFullName": admin.name,
        "orgCreationTime": org.created * 1000,
        "orgName": org.name,
        "planType": plan_type(org),
        "isOfferAvailable": False,
        "primaryDomainName": first.name if first else "",
        "zoid": int(org.zoid),
        "domains": [domain.name for domain in domains],
        "usersCount": len(users),
        "partnerOrgCount": len(organizations.children(org)) if org.is_partner else 0,
        "groupCount": 0,
        "basePlan": org.plan,
        "zaid": org.zaid,
        "sharedGroupCount": 0,
        "isDomainMarkingExist": False,
        "superAdmin": admin.email,
        "isEmailConfirmed": True,
        "isTrialAllowed": not org.trial_used and org.plan == plans.FREE,
        "extendTrial": organizations.on_trial(org) and not org.trial_extended,
    }


def plan_type(org: Org) -> str:
    """`free`, `trial` or `paid`."""
    if organizations.on_trial(org):
        return "trial"
    return "paid" if org.pay_period else "free"
