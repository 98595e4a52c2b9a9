"""Making a customer organisation, changing what it pays for, and letting it go."""

import re
from typing import Any

from modulehost import sdk

from . import access, billing, facts, ordering, records
from .client import Zoho
from .facts import FREE_USERS
from .ordering import Order
from .problems import Problem, Refused, Unsure
from .records import Organisation

_DOMAIN = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))+\Z")


def create(params: dict[str, Any]) -> None:
    """Make the organisation of a service and buy its plan; what is there already is used. Raises Problem.

    Everything that can be known beforehand is refused beforehand. After that the order is: look whether the organisation
    exists, create it, keep it with the service, buy. Running it again after any failure goes on.
    """
    account = records.account(params)
    order = ordering.read(params)
    domain = _domain(params)
    customer = _customer(params)
    kept = records.organisation(params)
    if kept and kept.domain.lower() != domain:
        raise Refused(
            f"This service already has the organisation {kept.zoid} for {kept.domain}, and its domain is now {domain}. "
            "Set the domain back, or terminate the service and order a new one"
        )
    zoho = Zoho(account)
    with sdk.lock(f"domain {records.key(domain)}"):
        found = kept or _find(zoho, params, domain) or _make(zoho, params, domain, order)
        records.hold(found.zoid, int(params["serviceid"]), account.region)
        records.keep(params, found)
    if kept:
        found = refresh(params, zoho, kept)
    try:
        billing.bring(zoho, found.super_admin, order, customer)
        if records.switched(found.zoid):  # of an earlier service; its mailboxes need the licences just bought
            access.resume(zoho, found.zoid)
    except Problem as problem:
        raise type(problem)(_partly(found, order, problem)) from problem
    sdk.logActivity(
        f"Zoho Mail: organisation {found.zoid} for {domain}, {order.plan.name}, {order.mailboxes} mailboxes",
        int(params["userid"]),
    )


def change(params: dict[str, Any]) -> None:
    """Bring plan and number of mailboxes to what the service's options say now. Raises Problem."""
    order = ordering.read(params)
    customer = _customer(params)
    found = records.existing(params)
    zoho = Zoho(records.account(params))
    now = billing.current(zoho, found.super_admin)
    billing.check(order, now)
    if order.plan.kind != "trial":
        noted = records.switched(found.zoid)
        paused = {account for account, _ in noted.accounts} if noted else set()
        used = sum(
            1
            for user in zoho.users(found.zoid)
            if user.get("mailboxStatus") != "disabled" or str(user.get("accountId")) in paused
        )
        room = FREE_USERS if order.plan.kind == "free" else order.mailboxes
        if used > room:
            raise Refused(
                f"{used} mailboxes are in use, {order.plan.name} would leave room for {room}: delete users in the console first"
            )
        billing.bring(zoho, found.super_admin, order, customer)
    elif zoho.organisation(found.zoid).get("basePlan") != order.plan.name:
        zoho.start_trial(found.zoid, order.plan.key)


def terminate(params: dict[str, Any]) -> None:
    """End what is paid for and switch the mailboxes off. The organisation and its users stay: a partner cannot erase them."""
    found = records.existing(params)
    zoho = Zoho(records.account(params))
    billing.end(zoho, found.super_admin, f"Service {params['serviceid']} terminated")
    noted = access.suspend(zoho, found.zoid)
    sdk.logActivity(
        f"Zoho Mail: {found.domain} is on Mail Free, {len(noted.accounts)} mailboxes and the mail hosting are switched off. The "
        f"organisation {found.zoid} and its users still exist at Zoho; only its super admin can delete them",
        int(params["userid"]),
    )


def verify(params: dict[str, Any]) -> None:
    """Let Zoho look for the proof that the customer owns the domain, by each of its three ways. Raises Problem."""
    found = records.existing(params)
    zoho = Zoho(records.account(params))
    if refresh(params, zoho, found).verified:
        return
    answers = []
    for mode in facts.VERIFY_MODES:
        done, reason = zoho.verify(found.zoid, found.domain, mode)
        if done:
            refresh(params, zoho, found)
            return
        answers.append(f"{mode}: {reason}")
    raise Refused(
        f"Zoho does not see the proof for {found.domain} yet ({'; '.join(answers)}). DNS changes may take a day"
    )


def refresh(params: dict[str, Any], zoho: Zoho, found: Organisation) -> Organisation:
    """The organisation with its verification as Zoho has it now; what changed is kept with the service. Raises Problem."""
    domain = zoho.domain(found.zoid, found.domain)
    now = Organisation(**{**vars(found), "verified": domain.get("verificationStatus") is True})
    if now != found:
        records.keep(params, now)
    return now


def _find(zoho: Zoho, params: dict[str, Any], domain: str) -> Organisation | None:
    """The customer organisation that holds the domain already. Raises Refused when it is not for this service to take.

    It may be what an earlier Create made whose answer was lost; it may as well be somebody else's.
    """
    for row in zoho.customers(domain):
        zoid = str(row.get("zoid") or "")
        if not zoid or (_domains(row) and domain not in _domains(row)):
            continue
        whole = {**row, **zoho.organisation(zoid)}
        if domain not in _domains(whole):  # a search row need not name its domains
            continue
        admins = {str(whole.get(name) or "").lower() for name in ("superAdmin", "superAdminLoginName")} - {""}
        if str(params["clientsdetails"]["email"]).lower() not in admins:
            raise Refused(
                f"{domain} is the organisation {zoid} of {' / '.join(sorted(admins)) or 'somebody'} already, who is not this "
                "client. It is not handed over; use the client's own account or another domain"
            )
        if held := records.holder(zoid, int(params["serviceid"])):
            raise Refused(f"{domain} is the organisation {zoid} of service {held}; terminate that service first")
        return _organisation(zoho, whole, domain, params)
    return None


def _make(zoho: Zoho, params: dict[str, Any], domain: str, order: Order) -> Organisation:
    """Create it. When no usable answer comes, look whether it exists before saying anything."""
    client = params["clientsdetails"]
    fields = {
        "domainName": domain,
        "emailId": str(client["email"]),
        "firstName": str(client["firstname"]),
        "lastName": str(client["lastname"]),
        "orgName": _company(client),
        "planName": order.plan.key if order.plan.kind != "paid" else facts.FREE.key,
    }
    try:
        try:
            data = zoho.create(fields)
        except Refused as refused:
            # Whether a password is needed differs from account to account; it is sent only where it is asked for.
            if refused.status != 400 or "password" not in refused.info.lower():
                raise
            password = str(params.get("password") or "") or sdk.password(16)
            data = zoho.create({**fields, "password": password})
            params["model"].serviceProperties.save({"Password": password})
        if not data.get("zoid"):
            raise Unsure(f"Zoho's answer to the creation of {domain} names no zoid")
    except Unsure as unsure:
        found = _find(zoho, params, domain)
        if found is None:
            raise Unsure(
                f"{unsure}. Zoho has no organisation for {domain} now, so Create may be run again: it looks first"
            ) from unsure
        return found
    if not data.get("encryptedZoid") or not data.get("superAdmin"):
        data = {**zoho.organisation(str(data["zoid"])), **data}
    return _organisation(zoho, data, domain, params)


def _organisation(zoho: Zoho, data: dict[str, Any], domain: str, params: dict[str, Any]) -> Organisation:
    zoid = str(data["zoid"])
    return Organisation(
        zoid=zoid,
        domain=domain,
        super_admin=str(data.get("superAdmin") or data.get("superAdminLoginName") or params["clientsdetails"]["email"]),
        verified=data.get("isVerified") is True,
        panel=facts.control_panel(zoho.region, str(data.get("encryptedZoid") or zoid), domain),
    )


def _domains(row: dict[str, Any]) -> set[str]:
    """All domain names of an organisation row; the list holds names or objects."""
    listed = [one.get("domainName") if isinstance(one, dict) else one for one in row.get("domains") or []]
    return {str(name).lower() for name in (row.get("primaryDomainName"), row.get("domainName"), *listed) if name}


def _domain(params: dict[str, Any]) -> str:
    given = str(params.get("domain") or "").strip().lower().rstrip(".")
    try:
        domain = given.encode("idna").decode("ascii")
    except UnicodeError:
        domain = ""
    if not _DOMAIN.match(domain):
        raise Refused(f"The service's domain is {given!r}; a Zoho organisation needs a domain such as example.com")
    return domain


def _company(client: dict[str, Any]) -> str:
    return str(client.get("companyname") or "").strip() or f"{client['firstname']} {client['lastname']}".strip()


def _customer(params: dict[str, Any]) -> dict[str, str]:
    """The buyer as the store wants it. Raises Refused when the client's profile lacks what Zoho insists on."""
    client = params["clientsdetails"]
    missing = [
        label
        for label, name in (("first name", "firstname"), ("last name", "lastname"), ("e-mail", "email"))
        if not client.get(name)
    ]
    country = str(client.get("countryname") or "")
    if not country:
        missing.append("country")
    if missing:
        raise Refused(f"The client's profile lacks {', '.join(missing)}; Zoho does not accept a customer without")
    return {
        "companyname": _company(client),
        "street": str(client.get("address1") or ""),
        "city": str(client.get("city") or ""),
        "state": str(client.get("fullstate") or client.get("state") or ""),
        "country": country,  # the English name, not the code
        "zipcode": str(client.get("postcode") or ""),
        "phone": str(client.get("phonenumber") or ""),
    }


def _partly(found: Organisation, order: Order, problem: Problem) -> str:
    return (
        f"Partial success: the organisation {found.zoid} for {found.domain} exists, but {order.plan.name} for "
        f"{order.mailboxes} mailboxes is not all set up ({str(problem).rstrip('.')}). Put that right and run Create again; "
        "it makes no second organisation"
    )
