"""The Users tab of a client: who may sign in for it, what they may, who owns it, and invitations that wait."""

from flask import request
from werkzeug.wrappers import Response

from modulehost.accounts import Invalid, invites, userpermissions, users
from modulehost.schema import Client, User, UserClient, UserInvite
from modulehost.web import frame
from modulehost.web.admin.client_frame import client_of, client_page
from modulehost.web.admin.site import blueprint, client_name, confirmed, go, number, row_or_404, sent

#: what staff read beside the tick of a permission
CAPTIONS = {
    "profile": "Modify Master Account Profile", "contacts": "View & Manage Contacts", "products": "View Products & Services",
    "manageproducts": "View & Modify Product Passwords", "productsso": "Perform Single Sign-On", "domains": "View Domains",
    "managedomains": "Manage Domain Settings", "invoices": "View & Pay Invoices", "quotes": "View & Accept Quotes",
    "tickets": "View & Open Support Tickets", "affiliates": "View & Manage Affiliate Account", "emails": "View Emails",
    "orders": "Place New Orders/Upgrades/Cancellations",
}  # fmt: skip


def _url(client: Client) -> str:
    return f"/admin/clientsusers.php?userid={client.id}"


@blueprint.get("/clientsusers.php")
@frame.permission("View Clients Summary")
def client_users(found: dict[str, str] | None = None) -> Response:
    """The users and the open invitations; with `user` the permissions of one of them."""
    client = client_of()
    if number("user", request.args):
        return _permissions(client, found or {})
    with frame.ctx().unit(read=True) as db:
        people = users.of_client(db, client.id)
        waiting = invites.of_client(db, client.id)
        expired = {row.id for row in waiting if row.updated_at is None or row.updated_at + invites.LIFE < frame.host().clock.now()}
    held = {user.id: [CAPTIONS[name] for name in userpermissions.names(link.permissions)] for user, link in people}
    ticked = set(sent().getlist("perms")) if request.method == "POST" else set(userpermissions.PERMISSIONS)
    return client_page("client_users.html", client, "users", people=people, waiting=waiting, expired=expired, held=held,
                       captions=CAPTIONS, ticked=ticked, found=found or {}, given=sent(), url=_url(client))  # fmt: skip


def _permissions(client: Client, found: dict[str, str]) -> Response:
    user, link = _linked(client, number("user", request.args))
    if link.owner:
        frame.note("info", "The owner may do everything", user.email)
        return go(_url(client))
    ticked = set(sent().getlist("perms") if request.method == "POST" else userpermissions.names(link.permissions))
    return client_page("client_user.html", client, "users", user=user, captions=CAPTIONS, ticked=ticked, found=found,
                       url=_url(client))  # fmt: skip


def _linked(client: Client, user_id: int) -> tuple[User, UserClient]:
    with frame.ctx().unit(read=True) as db:
        link = userpermissions.find(db, user_id, client.id)
        if link is None:
            raise frame.PageError(404, "User not found", "This user does not act for this client. They may have been removed.")
        return row_or_404(db, User, user_id, "User"), link


@blueprint.post("/clientsusers.php")
@frame.permission("Manage Users")
def change_client_users() -> Response:
    """Add a known user, invite, save permissions, remove, set the owner, send an invitation again or take it back."""
    client, action = client_of(), request.form.get("action", "")
    try:
        asked = _ACTIONS[action](client) if action in _ACTIONS else None
    except Invalid as error:
        if action in _FIELDS:
            shown: Response = client_users({_FIELDS[action]: error.errors[0]})
            return shown
        frame.note("error", "Nothing was changed", error.errors[0])
        asked = None
    return asked or go(_url(client))


def _add(client: Client) -> None:
    with frame.ctx().unit() as db:
        user = users.find(db, request.form.get("email", ""))
        if user is None:
            raise Invalid(["There is no user with this email address. Invite it instead."])
        userpermissions.add(db, user.id, client.id, request.form.getlist("perms"))
    frame.note("success", "User Added", user.email)


def _invite(client: Client) -> None:
    row = invites.send(frame.ctx(), client.id, request.form.get("inviteemail", ""), request.form.getlist("perms"))
    frame.note("success", "Invitation Sent", row.email)


def _save_permissions(client: Client) -> None:
    user, _ = _linked(client, number("user"))
    with frame.ctx().unit() as db:
        userpermissions.change(db, user.id, client.id, request.form.getlist("perms"))
    frame.note("success", "Changes Saved Successfully!", user.email)


def _remove(client: Client) -> Response | None:
    user, link = _linked(client, number("user"))
    if link.owner:
        raise Invalid(["You cannot remove the account owner"])
    question = f"Are you sure you want to remove {user.email} from {client_name(client)}? The user itself stays."
    if asked := confirmed(question, _url(client), "Remove User"):
        return asked
    with frame.ctx().unit() as db:
        userpermissions.remove(db, user.id, client.id)
    frame.note("success", "User Removed", user.email)
    return None


def _owner(client: Client) -> Response | None:
    user, _ = _linked(client, number("user"))
    question = f"Let {user.email} own {client_name(client)}? The present owner stays a user with all permissions."
    if asked := confirmed(question, _url(client), "Set Owner"):
        return asked
    with frame.ctx().unit() as db:
        userpermissions.make_owner(db, user.id, client.id)
    frame.note("success", "Account Owner Changed", user.email)
    return None


def _invitation(client: Client) -> UserInvite:
    with frame.ctx().unit(read=True) as db:
        return row_or_404(db, UserInvite, number("invite"), "Invitation")


def _resend(client: Client) -> None:
    row = _invitation(client)
    invites.resend(frame.ctx(), client.id, row.id)
    frame.note("success", "Invitation Sent", row.email)


def _cancel(client: Client) -> Response | None:
    row = _invitation(client)
    if asked := confirmed(f"Take the invitation of {row.email} back?", _url(client), "Cancel Invitation"):
        return asked
    invites.cancel(frame.ctx(), client.id, row.id)
    frame.note("success", "Invitation Cancelled", row.email)
    return None


#: where the error of a form that shows again is told
_FIELDS = {"add": "email", "invite": "inviteemail", "permissions": "perms"}
_ACTIONS = {
    "add": _add, "invite": _invite, "permissions": _save_permissions, "remove": _remove, "owner": _owner, "resend": _resend,
    "cancel": _cancel,
}  # fmt: skip
