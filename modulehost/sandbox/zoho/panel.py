"""The control panel under `/cpanel/`: an organisation's own admin, and the partner's way in."""

from flask import Blueprint, abort, flash, redirect, request
from werkzeug.wrappers import Response

from modulehost.sandbox.kit import forms
from modulehost.sandbox.zoho import here, partners, people
from modulehost.sandbox.zoho.state import Org, User

blueprint = Blueprint("panel", __name__, url_prefix="/cpanel")
blueprint.before_request(forms.guard)


def _wanted() -> Org | None:
    """The organisation that the address names: `zoid` (the encrypted one) or `zaaid` (the plain one)."""
    encrypted, plain = request.args.get("zoid"), request.args.get("zaaid")
    if encrypted is None and plain is None:
        return None
    for org in here.state().orgs.values():
        if (encrypted and encrypted in (org.encrypted_zoid, org.zoid)) or (plain and plain == org.zoid):
            return org
    return abort(404, "There is no such organization.")


@blueprint.get("/index.do")
@blueprint.get("/home.do")
@blueprint.get("/")
def show() -> str | Response:
    """The named organisation; without a name a partner's customers, or the user's own organisation.

    `#managecustomers` never reaches a server, hence a partner gets the customers.
    """
    user = people.require()
    if not isinstance(user, User):
        return user
    org = _wanted()
    if org is None:
        mine = people.organization(user)
        return partners.listing(user) if mine.is_partner else partners.page(user, partners.reach(user, mine.zoid))
    return partners.page(user, partners.reach(user, org.zoid))


@blueprint.post("/partner-access")
def partner_access() -> Response:
    """Let the partner in, or not any more; for the organisation's own super admin."""
    user = people.require()
    if not isinstance(user, User):
        return user
    org = people.organization(user)
    if user.zuid != org.super_admin or not org.partner:
        abort(403, "Only the super admin of a partner's customer decides that.")
    org.partner_access = not org.partner_access
    flash(
        "Your partner manages this organization again."
        if org.partner_access
        else "Your partner has no access any more.",
        "notice",
    )
    return redirect(f"{people.base()}/cpanel/home.do?zaaid={org.zoid}")
