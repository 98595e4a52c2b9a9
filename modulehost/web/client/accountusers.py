"""User management: who may sign in for the client, with which permissions, and invitations. For the owner."""

from datetime import datetime
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from modulehost.accounts import Invalid, invites, twofactor, userpermissions, users
from modulehost.billing.dates import moment_text
from modulehost.context import Actor
from modulehost.schema import User, UserClient, UserInvite
from modulehost.themes import Page
from modulehost.themes.menus import account_sidebar
from modulehost.themes.objects import Collection, Record
from modulehost.web import frame
from modulehost.web.client.account import crumbs
from modulehost.web.client.show import blueprint, flash, language, not_found, number, say, show, to

URL = "/account/users"


def _me() -> Actor:
    actor = frame.client_actor()
    assert actor is not None, "the view is for signed-in users"
    return actor


def _when(db: Session, moment: datetime | None) -> Record:
    shown = moment_text(db, moment) if moment else say("never")
    return Record({}, {"diffForHumans": lambda: shown, "toDateTimeString": lambda: str(moment or "")}, shown=shown)


def user_record(db: Session, user: User, link: UserClient) -> Record:
    """A user of the client as `$user`, with `pivot` for the link."""
    name = f"{user.first_name} {user.last_name}".strip()
    seen = _when(db, link.last_login)
    last = {"getLastLogin": lambda: seen, "hasLastLogin": lambda: link.last_login is not None}
    pivot = Record({"owner": bool(link.owner), "permissions": link.permissions or ""}, last)
    data = {
        "id": user.id, "email": user.email, "firstName": user.first_name, "lastName": user.last_name, "fullName": name, "pivot": pivot,
    }  # fmt: skip
    methods = {
        **last, "hasTwoFactorAuthEnabled": lambda: twofactor.enabled(user),
        "emailVerified": lambda: user.email_verified_at is not None,
    }  # fmt: skip
    return Record(data, methods, class_name="WHMCS\\User\\User")


def invite_record(db: Session, row: UserInvite) -> Record:
    """An invitation as `$invite`."""
    data = {"id": row.id, "email": row.email, "created_at": _when(db, row.updated_at)}
    return Record(data, class_name="WHMCS\\User\\User\\UserInvite")


def permission_list() -> list[dict[str, str]]:
    """The permissions as templates show them."""
    return [
        {"key": name, "title": say(f"userPermissions.{name}"), "description": say(f"userPermissions.{name}Desc")}
        for name in userpermissions.PERMISSIONS
    ]


@blueprint.get(URL)
@frame.signed_in
def account_users(email: str = "", status: int = 200) -> Any:
    """Users and open invitations."""
    with frame.ctx().unit(read=True) as db:
        people = [user_record(db, user, link) for user, link in users.of_client(db, frame.client_id())]
        waiting = [invite_record(db, row) for row in invites.of_client(db, frame.client_id())]
    chosen = {name: name in request.form.getlist("perms") for name in userpermissions.PERMISSIONS}
    variables = {
        "users": Collection(people), "invites": Collection(waiting), "permissions": permission_list(), "formdata": {"inviteemail": email},
        "allPermissions": request.form.get("permissions") != "choose", "chosen": chosen,
    }  # fmt: skip
    title = say("navUserManagement")
    page = Page("account-user-management", title, variables, crumbs(("", title)), tagline=say("userManagement.intro"))
    page.hook, page.primary = "UserManagement", account_sidebar(language(), "User Management")
    return show(page, status)


@blueprint.post(f"{URL}/invite")
@frame.signed_in
def invite() -> Any:
    """Invite an address, with all permissions or with the chosen ones."""
    actor, form = _me(), request.form
    wanted = list(userpermissions.PERMISSIONS) if form.get("permissions") == "all" else form.getlist("perms")
    try:
        invites.send(frame.ctx(), actor.id, form.get("inviteemail", ""), wanted, 0 if actor.behind else actor.user_id)
    except Invalid as error:
        flash("error", error.errors[0])
        return account_users(form.get("inviteemail", ""), 400)
    flash("success", say("userManagement.inviteSent"))
    return to(URL)


@blueprint.post(f"{URL}/invite/resend")
@frame.signed_in
def invite_resend() -> Any:
    """Send the invitation `inviteid` again."""
    return _done(lambda: invites.resend(frame.ctx(), _me().id, number("inviteid")), "userManagement.inviteSent")


@blueprint.post(f"{URL}/invite/cancel")
@frame.signed_in
def invite_cancel() -> Any:
    """Cancel the invitation `inviteid`."""
    return _done(lambda: invites.cancel(frame.ctx(), _me().id, number("inviteid")), "userManagement.inviteCancelled")


@blueprint.post(f"{URL}/remove")
@frame.signed_in
def user_remove() -> Any:
    """Take the user `userid` off the client."""

    def act() -> None:
        with frame.ctx().unit() as db:
            userpermissions.remove(db, number("userid"), _me().id)

    return _done(act, "userManagement.removed")


def _done(act: Any, phrase: str) -> Any:
    try:
        act()
    except Invalid as error:
        flash("error", error.errors[0])
    else:
        flash("success", say(phrase))
    return to(URL)


@blueprint.get(f"{URL}/permissions/<int:user_id>")
@frame.signed_in
def permissions(user_id: int) -> Any:
    """What a user may."""
    with frame.ctx().unit(read=True) as db:
        user, link = db.get(User, user_id), userpermissions.find(db, user_id, frame.client_id())
        if user is None or link is None or link.owner:
            shown = None
        else:
            shown = user_record(db, user, link)
    if shown is None or link is None:
        return not_found()
    held = userpermissions.names(link.permissions)
    title = say("userManagement.managePermissions")
    ticked = {name: name in held for name in userpermissions.PERMISSIONS}
    variables = {"user": shown, "permissions": permission_list(), "userPermissions": ticked}
    page = Page("account-user-permissions", title, variables, crumbs((URL, say("navUserManagement")), ("", title)))
    page.hook, page.primary = "UserPermissions", account_sidebar(language(), "User Management")
    return show(page)


@blueprint.post(f"{URL}/permissions/<int:user_id>")
@frame.signed_in
def permissions_save(user_id: int) -> Any:
    """Save what a user may: `perms[name]`."""
    given = [name for name in userpermissions.PERMISSIONS if f"perms[{name}]" in request.form]

    def act() -> None:
        with frame.ctx().unit() as db:
            userpermissions.change(db, user_id, frame.client_id(), given)

    return _done(act, "changessavedsuccessfully")
