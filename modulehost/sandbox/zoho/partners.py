"""The partner console: a partner's customers, their domains, and the make-believe DNS."""

from flask import Blueprint, abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from modulehost.sandbox.kit import forms
from modulehost.sandbox.zoho import dns, here, organization_api, organizations, people, plans
from modulehost.sandbox.zoho.domains import ACTIONS, verify
from modulehost.sandbox.zoho.envelope import ApiError
from modulehost.sandbox.zoho.regions import REGIONS
from modulehost.sandbox.zoho.state import Domain, Org, PaymentMethod, User

blueprint = Blueprint("partners", __name__, template_folder="templates")
blueprint.before_request(forms.guard)


def listing(user: User) -> str:
    """The customers of the user's organisation, narrowed by `q`."""
    partner, query = people.organization(user), request.args.get("q", "").strip()
    found = organization_api.search(partner, query)
    rows = [(org, organizations.primary(org), here.state().users[org.super_admin]) for org in found]
    return render_template(
        "zoho/customers.html", user=user, org=partner, rows=rows, q=query, region=REGIONS[partner.dc], tab="customers"
    )


@blueprint.get("/partner")
def index() -> str | Response:
    """The console's address without the control panel's name."""
    user = people.require()
    if not isinstance(user, User):
        return user
    if not people.organization(user).is_partner:
        return redirect(people.base() + "/partner/signup")
    return listing(user)


def reach(user: User, zoid: str) -> Org:
    """The organisation, if the user administers it or is its partner; else 404, as if it were not there."""
    org = here.state().orgs.get(zoid)
    mine = people.organization(user)
    admin = user.role in ("admin", "super_admin")
    partner = org is not None and mine.is_partner and org.partner == mine.zoid and org.partner_access
    if org is None or not admin or not (org.zoid == mine.zoid or partner):
        abort(404, "There is no such organization among those that you manage.")
    organizations.settle(org)
    return org


@blueprint.get("/partner/customers/<zoid>")
def show(zoid: str) -> str | Response:
    """One customer: facts, users and domains, with the verification step."""
    user = people.require()
    if not isinstance(user, User):
        return user
    return page(user, reach(user, zoid))


def page(user: User, org: Org) -> str:
    """The organisation's page, for its partner and for its own admin."""
    state = here.state()
    domains = organizations.domains(org)
    return render_template(
        "zoho/organization.html",
        user=user,
        org=org,
        mine=people.organization(user).zoid == org.zoid,
        admin=state.users[org.super_admin],
        users=organizations.users(org),
        domains=[
            (
                domain,
                dns.verification(domain),
                dns.mail_records(domain),
                [one for one in state.dns_records.values() if one.domain == domain.name],
            )
            for domain in domains
        ],
        types=dns.TYPES,
        plan_type=organization_api.plan_type(org),
        storage=plans.storage_of(org.plan),
        region=REGIONS[org.dc],
        now=here.now(),
        tab="customers" if people.organization(user).zoid != org.zoid else "panel",
    )


def _act(zoid: str, name: str) -> tuple[User, Org, Domain] | Response:
    user = people.require()
    if not isinstance(user, User):
        return user
    org = reach(user, zoid)
    domain = here.state().domains.get(name)
    if domain is None or domain.zoid != org.zoid:
        abort(404, "There is no such domain in this organization.")
    return user, org, domain


def _return(user: User, org: Org) -> Response:
    if people.organization(user).zoid == org.zoid:
        return redirect(f"{people.base()}/cpanel/home.do?zaaid={org.zoid}")
    return redirect(f"{people.base()}/partner/customers/{org.zoid}")


@blueprint.post("/partner/customers/<zoid>/domains/<name>/verify")
def verify_domain(zoid: str, name: str) -> Response:
    """*Verify*: look for the record of the chosen method."""
    found = _act(zoid, name)
    if isinstance(found, Response):
        return found
    user, org, domain = found
    try:
        result = verify(domain, request.form.get("mode", "verifyDomainByTXT"), by=user.email)
    except (ApiError, KeyError) as error:
        flash(str(error), "error")
    else:
        if result["status"]:
            flash(f"{domain.name} is verified.", "notice")
        else:
            flash(f"{result['message']}: {result['error']}", "error")
    return _return(user, org)


@blueprint.post("/partner/customers/<zoid>/domains/<name>/hosting")
def hosting(zoid: str, name: str) -> Response:
    """Switch mail hosting of a domain."""
    found = _act(zoid, name)
    if isinstance(found, Response):
        return found
    user, org, domain = found
    try:
        ACTIONS["disableMailHosting" if domain.hosting else "enableMailHosting"](domain, {})
    except ApiError as error:
        flash(str(error), "error")
    return _return(user, org)


@blueprint.post("/partner/customers/<zoid>/domains/<name>/dns")
def publish(zoid: str, name: str) -> Response:
    """Publish a record, as one would at the domain's DNS provider."""
    found = _act(zoid, name)
    if isinstance(found, Response):
        return found
    user, org, domain = found
    kind, host, value = (request.form.get(one, "").strip() for one in ("type", "host", "value"))
    if kind not in dns.TYPES or not value:
        flash("A record needs a type and a value.", "error")
    else:
        dns.publish(domain.name, kind, host or "@", value)
        flash(f"The {kind} record is published.", "notice")
    return _return(user, org)


@blueprint.post("/partner/customers/<zoid>/domains/<name>/dns/<record>/delete")
def unpublish(zoid: str, name: str, record: str) -> Response:
    """Take a record out of the DNS."""
    found = _act(zoid, name)
    if isinstance(found, Response):
        return found
    user, org, domain = found
    if record in here.state().dns_records and here.state().dns_records[record].domain == domain.name:
        del here.state().dns_records[record]
    return _return(user, org)


@blueprint.route("/partner/signup", methods=["GET", "POST"])
def signup() -> str | Response:
    """The partner sign-up form: it makes the user's organisation a partner at once."""
    user = people.require()
    if not isinstance(user, User):
        return user
    org = people.organization(user)
    given = {name: request.form.get(name, "").strip() for name in ("company", "country", "phone")}
    errors: dict[str, str] = {}
    if request.method == "POST":
        errors = {name: "Please fill in this field" for name in ("company", "country") if not given[name]}
        if user.role != "super_admin":
            errors["company"] = "Only the super admin of an organization can apply"
        if org.partner:
            errors["company"] = "A customer of a partner cannot become a partner"
        if not errors:
            org.is_partner, org.name = True, given["company"]
            org.customer = {**org.customer, "country": given["country"], "phone": given["phone"]}
            here.state().payment_methods.setdefault(org.zoid, PaymentMethod(org.zoid, "Visa ending in 4242"))
            flash("Welcome to the partner programme.", "notice")
            return redirect(people.base() + "/partner")
    return render_template("zoho/signup.html", user=user, org=org, given=given, errors=errors, tab="signup")
