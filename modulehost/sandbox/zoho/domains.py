"""`/api/organization/{zoid}/domains`: adding, verifying and switching domains."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response

from modulehost.sandbox.zoho import dns, here, organizations, plans
from modulehost.sandbox.zoho.envelope import ABSENT, ApiError, caller, created, envelope, json_body, reach, text
from modulehost.sandbox.zoho.organization_api import DOMAIN
from modulehost.sandbox.zoho.state import Domain

blueprint = Blueprint("domains", __name__, url_prefix="/api/organization/<zoid>/domains")
SCOPE = "ZohoMail.organization.domains."
SHOWN_AT_CREATION = (
    "HTMLVerificationCode",
    "verificationStatus",
    "domainName",
    "createdTime",
    "CNAMEVerificationCode",
    "isRegisteredByZoho",
    "primary",
)


def _domain(zoid: str, name: str, verb: str) -> Domain:
    org = reach(caller([SCOPE + verb]), zoid)
    domain = here.state().domains.get(name.lower())
    if domain is None or domain.zoid != org.zoid:
        raise ApiError(404, f"{name} is not a domain of this organization", "DOMAIN_NOT_FOUND")
    return domain


@blueprint.get("")
def listing(zoid: str) -> Response:
    """All domains; they hide one level deeper than elsewhere. Ids are numbers here."""
    org = reach(caller([SCOPE + "READ"]), zoid)
    return envelope({"domainVO": [details(domain, text_ids=False) for domain in organizations.domains(org)]})


@blueprint.post("")
def add(zoid: str) -> Response:
    """Add a domain that is not primary."""
    org = reach(caller([SCOPE + "CREATE"]), zoid)
    name = text(json_body(), "domainName").lower()
    if not DOMAIN.match(name):
        raise ApiError(400, f"{name} is not a valid domain name")
    if name in here.state().domains:
        raise ApiError(400, f"{name} is already hosted by another organization")
    if org.plan == plans.FREE and organizations.domains(org):
        raise ApiError(400, "Mail Free hosts one domain only", "OPERATION_NOT_PERMITTED")
    domain = organizations.add_domain(here.world(), org, name, primary=False)
    data = details(domain)
    return envelope({name: data[name] for name in SHOWN_AT_CREATION}, code=201, status=created())


@blueprint.get("/<name>")
def read(zoid: str, name: str) -> Response:
    """One domain."""
    return envelope(details(_domain(zoid, name, "READ")))


@blueprint.put("/<name>")
def change(zoid: str, name: str) -> Response:
    """Act on a domain; `mode` says how."""
    domain = _domain(zoid, name, "UPDATE")
    body = json_body()
    mode = text(body, "mode")
    if mode in dns.METHODS:
        return envelope(verify(domain, mode))
    if mode not in ACTIONS:
        raise ApiError(400, f"mode {mode} is not known")
    data = ACTIONS[mode](domain, body)
    return envelope(ABSENT if data is None else data)


@blueprint.put("/<name>/verifyDomain")
def verify_domain(zoid: str, name: str) -> Response:
    """Verify a domain (the newer address)."""
    domain = _domain(zoid, name, "UPDATE")
    mode = text(json_body(), "mode")
    if mode not in dns.METHODS:
        raise ApiError(400, f"mode has to be one of {', '.join(dns.METHODS)}")
    return envelope(verify(domain, mode))


@blueprint.delete("/<name>")
def remove(zoid: str, name: str) -> Response:
    """Remove a domain whose mail hosting is off."""
    domain = _domain(zoid, name, "DELETE")
    if domain.hosting:
        raise ApiError(400, "Disable mail hosting before removing the domain", "RMV_HOSTING_BEFORE_DLT_DOMAIN")
    if domain.primary:
        raise ApiError(400, "The primary domain cannot be removed", "OPERATION_NOT_PERMITTED")
    del here.state().domains[domain.name]
    return envelope()


def verify(domain: Domain, mode: str, by: str = "") -> dict[str, Any]:
    """Look for the record; finding none is an answer, not an error: `{"status": false, ...}`.

    The first domain of an organisation starts hosting mail with its verification (assumed).
    """
    if domain.verified:
        raise ApiError(400, f"{domain.name} is already verified", "ALREADY_VERIFIED")
    kind = dns.METHODS[mode]
    wanted = dns.verification(domain)[kind]
    slow = here.world().fault("slow_dns")
    seen = [] if slow else dns.look_up(domain.name, wanted.type, wanted.host)
    if slow or not dns.has(domain.name, wanted):
        error = f"{kind}_RECORD_MISMATCH" if seen else f"{kind}_RECORD_HOST_UNKNOWN"
        answer: dict[str, Any] = {"message": f"The {kind} record was not found", "error": error, "status": False}
        return {**answer, "txtRecord": seen} if kind == "TXT" else answer
    domain.verified, domain.verified_by, domain.verified_date = True, by or kind, here.now()
    domain.hosting = domain.hosting or domain.primary
    return {"status": True}


def _verified(domain: Domain) -> None:
    if not domain.verified:
        raise ApiError(400, f"{domain.name} is not verified")


def _enable_hosting(domain: Domain, _: dict[str, Any]) -> None:
    _verified(domain)
    if domain.hosting:
        raise ApiError(400, "Mail hosting is already enabled")
    domain.hosting = True


def _disable_hosting(domain: Domain, _: dict[str, Any]) -> None:
    if not domain.hosting:
        raise ApiError(400, "Mail hosting is not enabled")
    domain.hosting = False


def _verify_mx(domain: Domain, _: dict[str, Any]) -> dict[str, Any]:
    _verified(domain)
    wanted = dns.mail_records(domain)["MX"]
    domain.mx = not here.world().fault("slow_dns") and all(dns.has(domain.name, one) for one in wanted)
    return {"mxstatus": True} if domain.mx else {"mxstatus": False, "mxRecords": dns.look_up(domain.name, "MX", "@")}


def _verify_spf(domain: Domain, _: dict[str, Any]) -> dict[str, Any]:
    _verified(domain)
    domain.spf = dns.has(domain.name, dns.mail_records(domain)["SPF"][0])
    return {"spfstatus": domain.spf}


def _primary(domain: Domain, _: dict[str, Any]) -> None:
    _verified(domain)
    for other in here.state().domains.values():
        if other.zoid == domain.zoid:
            other.primary = other is domain


def _make_alias(domain: Domain, _: dict[str, Any]) -> None:
    _verified(domain)
    if domain.primary:
        raise ApiError(400, "The primary domain cannot be an alias", "OPERATION_NOT_PERMITTED")
    domain.alias = True


def _remove_alias(domain: Domain, _: dict[str, Any]) -> None:
    if not domain.alias:
        raise ApiError(400, f"{domain.name} is not an alias")
    domain.alias = False


def _add_dkim(domain: Domain, body: dict[str, Any]) -> dict[str, Any]:
    _verified(domain)
    domain.dkim_selector, domain.dkim = text(body, "selector", required=False) or "zmail", False
    return {"selector": domain.dkim_selector, "publicKey": dns.dkim_value(domain)}


def _verify_dkim(domain: Domain, _: dict[str, Any]) -> dict[str, Any]:
    _verified(domain)
    if not domain.dkim_selector:
        raise ApiError(400, "There is no DKIM key for this domain")
    domain.dkim = dns.has(domain.name, dns.mail_records(domain)["DKIM"][0])
    return {"dkimstatus": domain.dkim}


def _add_catch_all(domain: Domain, body: dict[str, Any]) -> None:
    _verified(domain)
    address = text(body, "catchAllAddress")
    if not address.lower().endswith("@" + domain.name):
        raise ApiError(400, f"{address} is not an address of {domain.name}")
    domain.catch_all = address


def _delete_catch_all(domain: Domain, _: dict[str, Any]) -> None:
    if not domain.catch_all:
        raise ApiError(400, "There is no catch-all address")
    domain.catch_all = ""


def _strip(on: bool) -> "Action":
    def run(domain: Domain, _: dict[str, Any]) -> None:
        _verified(domain)
        domain.strip_subdomains = on

    return run


Action = Callable[[Domain, dict[str, Any]], dict[str, Any] | None]
ACTIONS: dict[str, Action] = {
    "enableMailHosting": _enable_hosting,
    "disableMailHosting": _disable_hosting,
    "verifyMxRecord": _verify_mx,
    "VerifySpfRecord": _verify_spf,
    "setAsPrimaryDomain": _primary,
    "makeDomainAsAlias": _make_alias,
    "removeDomainAsAlias": _remove_alias,
    "removeDomainAlias": _remove_alias,
    "addDkimDetail": _add_dkim,
    "verifyDkimKey": _verify_dkim,
    "addCatchAllAddress": _add_catch_all,
    "deleteCatchAllAddress": _delete_catch_all,
    "enableSubDomainStripping": _strip(True),
    "disableSubDomainStripping": _strip(False),
}


def details(domain: Domain, text_ids: bool = True) -> dict[str, Any]:
    """A domain as the API shows it; its ids are text or numbers, depending on the page."""
    admin = here.state().users[here.state().orgs[domain.zoid].super_admin]
    data: dict[str, Any] = {
        "domainId": domain.domain_id,
        "zoid": domain.zoid,
        "URI": f"{here.region().host('mail')}/api/organization/{domain.zoid}/domains/{domain.name}",
        "domainName": domain.name,
        "verificationStatus": domain.verified,
        "CNAMEVerificationCode": f"zb{domain.code}",
        "HTMLVerificationCode": domain.code,
        "mailHostingEnabled": domain.hosting,
        "mxstatus": domain.mx or "expired",
        "spfstatus": domain.spf,
        "dkimstatus": domain.dkim,
        "primary": domain.primary,
        "isDomainAlias": domain.alias,
        "isRegisteredByZoho": False,
        "status": "enabled",
        "createdTime": domain.created * 1000,
    }
    if domain.catch_all:
        data["catchAllAddress"] = domain.catch_all
    if domain.verified:
        data |= {
            "verifiedBy": admin.zuid,
            "verifiedByAddress": admin.email,
            "verifiedDate": domain.verified_date * 1000,
        }
    if not text_ids:
        data |= {"domainId": int(domain.domain_id), "zoid": int(domain.zoid)}
    return data
