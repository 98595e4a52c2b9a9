"""The webmail under `/zm/`: the signed-in user's mailbox. No mail is kept; the one letter tells what state things are in."""

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from modulehost.sandbox.kit import forms
from modulehost.sandbox.zoho import here, organizations, people
from modulehost.sandbox.zoho.state import User

blueprint = Blueprint("webmail", __name__, url_prefix="/zm", template_folder="templates")
blueprint.before_request(forms.guard)


@blueprint.get("/")
def inbox() -> str | Response:
    """The inbox, and beside it the mailboxes of the organisation."""
    user = people.require()
    if not isinstance(user, User):
        return user
    org = people.organization(user)
    organizations.settle(org)
    domain = here.state().domains.get(user.email.rpartition("@")[2])
    first = organizations.primary(org)
    closed = ""
    if not user.mail_enabled:
        closed = "Your mailbox has been disabled by your administrator."
    elif first is not None and not first.verified:
        closed = f"The domain {first.name} is not verified yet, so no mail can arrive."
    elif first is not None and not first.hosting:
        closed = f"Mail hosting is switched off for {first.name}."
    elif user.incoming_blocked:
        closed = "Incoming mail is blocked for this mailbox."
    return render_template(
        "zoho/webmail.html",
        user=user,
        org=org,
        domain=domain,
        accounts=organizations.users(org),
        closed=closed,
        tab="mail",
    )
