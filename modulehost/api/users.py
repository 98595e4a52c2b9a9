"""Actions on contacts, users, their permissions and invitations."""

from typing import Any

from sqlalchemy import func, select

from modulehost.accounts import contacts, invites, sessions, signin, twofactor, userpermissions, users
from modulehost.api.registry import action
from modulehost.api.values import ApiError, Values
from modulehost.context import Ctx
from modulehost.schema import User, UserClient, moment_text

_USER_TEXTS = {
    "firstname": "You did not enter a first name", "lastname": "You did not enter a last name",
    "email": "You did not enter an email address", "password2": "You did not enter a password",
}  # fmt: skip


def _contact(values: Values) -> dict[str, Any]:
    data: dict[str, Any] = {name: values.text(name) for name in contacts.TEXTS if name in values}
    return {**data, "email_preferences": values.map("email_preferences")}


@action("AddContact", "Client")
def add_contact(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Create a contact of a client."""
    return {"contactid": contacts.add(ctx, values.number("clientid"), _contact(values), strict=False).id}


@action("UpdateContact", "Client")
def update_contact(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Change a contact, as far as named."""
    return {"contactid": contacts.edit(ctx, values.number("contactid"), _contact(values), strict=False).id}


@action("DeleteContact", "Client")
def delete_contact(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Delete a contact."""
    contacts.delete(ctx, values.number("contactid"))
    return {"contactid": values.number("contactid")}


@action("GetContacts", "Client")
def get_contacts(ctx: Ctx, values: Values) -> dict[str, Any]:
    """List contacts; the filters are texts that the columns hold."""
    start, limit = values.page()
    names = [name for name in contacts.TEXTS if name != "tax_id" and values.has(name)]
    filters: dict[str, Any] = {name: values.text(name) for name in names}
    if values.has("userid"):
        filters["userid"] = values.number("userid")
    query = contacts.search(filters)
    with ctx.unit(read=True) as db:
        total = db.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
        found = [contacts.details(row) for row in db.scalars(query.offset(start).limit(limit))]
    return {"totalresults": total, "startnumber": start, "numreturned": len(found), "contacts": {"contact": found}}


@action("AddUser", "Users")
def add_user(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Create a user who may be invited to clients."""
    for name, text in _USER_TEXTS.items():
        if not values.has(name):
            raise ApiError(text)
    if not users.valid_mail(values.text("email").strip()):
        raise ApiError("The email address entered is not valid")
    data = {name: values.text(name) for name in (*_USER_TEXTS, "language")}
    return {"user_id": users.add(ctx, data).id}


@action("UpdateUser", "Users")
def update_user(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Change a user, as far as named."""
    user_id = values.number("user_id")
    with ctx.unit(read=True) as db:
        if db.get(User, user_id) is None:
            raise ApiError("Invalid User ID requested")
    data = {name: values.text(name) for name in ("firstname", "lastname", "email", "language") if values.has(name)}
    if not data:
        raise ApiError("One of `email`, `firstname`, `lastname`, or `language` is required")
    return {"user_id": users.edit(ctx, user_id, data).id}


@action("GetUsers", "Users")
def get_users(ctx: Ctx, values: Values) -> dict[str, Any]:
    """List users with the clients that they act for."""
    start, limit = values.page()
    query = users.search(values.text("search"), values.text("sorting").upper() == "DESC")
    with ctx.unit(read=True) as db:
        total = db.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
        rows = list(db.scalars(query.offset(start).limit(limit)))
        linked: dict[int, list[dict[str, Any]]] = {}
        links = select(UserClient).where(UserClient.auth_user_id.in_([row.id for row in rows])).order_by(UserClient.id)
        for link in db.scalars(links):
            linked.setdefault(link.auth_user_id, []).append({"id": link.client_id, "isOwner": bool(link.owner)})
    found = [
        {"id": row.id, "firstname": row.first_name, "lastname": row.last_name, "email": row.email,
         "datecreated": moment_text(row.created_at), "validationdata": "", "clients": linked.get(row.id, [])}
        for row in rows
    ]  # fmt: skip
    return {"totalresults": total, "startnumber": start, "numreturned": len(found), "users": found}


@action("CreateClientInvite", "Users")
def create_client_invite(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Invite an address to a client."""
    invites.send(ctx, values.number("client_id"), values.text("email"), values.text("permissions").split(","))
    return {}


@action("DeleteUserClient", "Users")
def delete_user_client(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Take a user off a client."""
    with ctx.unit() as db:
        userpermissions.remove(db, values.number("user_id"), values.number("client_id"))
    return {}


@action("GetUserPermissions", "Users")
def get_user_permissions(ctx: Ctx, values: Values) -> dict[str, Any]:
    """What a user may for a client. The key `permissions` is not in the public reference, whose answer holds none."""
    with ctx.unit(read=True) as db:
        held = userpermissions.of(userpermissions.link(db, values.number("user_id"), values.number("client_id")))
    return {"permissions": {"permission": [name for name in userpermissions.PERMISSIONS if name in held]}}


@action("UpdateUserPermissions", "Users")
def update_user_permissions(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Give a user exactly these permissions for a client."""
    if not values.has("permissions"):
        raise ApiError("Missing permissions definition")
    with ctx.unit() as db:
        userpermissions.change(db, values.number("user_id"), values.number("client_id"), values.text("permissions").split(","))
    return {}


@action("GetPermissionsList", "Users")
def get_permissions_list(ctx: Ctx, values: Values) -> dict[str, Any]:
    """The names of user permissions."""
    return {"permissions": {"permission": list(userpermissions.PERMISSIONS)}}


@action("ValidateLogin", "Authentication")
def validate_login(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Check a user's credentials. Without a second factor a session is started, whose key is `passwordhash`."""
    user = signin.verify(ctx, values.text("email"), values.text("password2"))
    if user is None:
        raise ApiError("Email or Password Invalid")
    with ctx.unit(read=True) as db:
        asked = twofactor.asked(db, user)
    if asked:
        return {"userid": user.id, "twoFactorEnabled": True}
    signin.signed_in(ctx, user.id)
    with ctx.unit() as db:
        key = sessions.begin(db, sessions.USER, user.id)
    return {"userid": user.id, "passwordhash": key, "twoFactorEnabled": False}


@action("ResetPassword", "Users")
def reset_password(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Send a user the mail with a link for a new password."""
    if not values.has("id") and not values.has("email"):
        raise ApiError("Please enter the email address or provide the id")
    email = values.text("email").strip()
    if not values.has("id") and not users.valid_mail(email):
        raise ApiError("Please provide a valid email address")
    with ctx.unit(read=True) as db:
        user = db.get(User, values.number("id")) if values.has("id") else users.find(db, email)
    if user is None:
        raise ApiError("User Not Found")
    signin.begin_reset(ctx, user.email)
    return {}
