"""`/api/organization/{zoid}/accounts`: the users of an organisation."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request

from modulehost.sandbox.zoho import here, organizations
from modulehost.sandbox.zoho.envelope import ApiError, Caller, caller, count, created, envelope, json_body, reach, text
from modulehost.sandbox.zoho.organization_api import EMAIL
from modulehost.sandbox.zoho.state import Org, User

blueprint = Blueprint("accounts", __name__, url_prefix="/api/organization/<zoid>/accounts")
SCOPE = "ZohoMail.organization.accounts."
ROLES = ("member", "admin", "super_admin")
NOT_PERMITTED = "OPERATION_NOT_PERMITTED"


def _enter(zoid: str, verb: str) -> tuple[Caller, Org]:
    who = caller([SCOPE + verb])
    return who, reach(who, zoid)


def _not_for_partners(who: Caller, org: Org, what: str) -> None:
    if org.zoid != who.org.zoid:
        raise ApiError(403, f"A partner may not {what} in a customer organization", NOT_PERMITTED)


@blueprint.get("")
def listing(zoid: str) -> Response:
    """A page of users; ten unless `limit` says otherwise. Ids are numbers here."""
    _, org = _enter(zoid, "READ")
    start, limit = count("start", 0, 0), count("limit", 10, 1)
    rows = [details(user, text_ids=False) for user in organizations.users(org)[start : start + limit]]
    return envelope(rows[0] if limit == 1 and rows and here.state().switches.single_account else rows)


@blueprint.get("/<key>")
def read(zoid: str, key: str) -> Response:
    """One user by zuid or address."""
    _, org = _enter(zoid, "READ")
    return envelope(details(_find(org, lambda user: key in (user.zuid, user.email), key)))


@blueprint.post("")
def add(zoid: str) -> Response:
    """Add a user on a verified domain, as long as a licence is free."""
    _, org = _enter(zoid, "CREATE")
    body, world = json_body(), here.world()
    email, password = text(body, "primaryEmailAddress").lower(), text(body, "password")
    role = text(body, "role", required=False) or "member"
    groups = body.get("groupMailList", [])
    if not EMAIL.match(email):
        raise ApiError(400, f"{email} is not a valid email address")
    if role not in ROLES or role == "super_admin":
        raise ApiError(400, "role has to be member or admin")
    if not isinstance(groups, list) or len(groups) > 100:
        raise ApiError(400, "groupMailList has to be a list of at most 100 addresses")
    domain = world.state.domains.get(email.partition("@")[2])
    if domain is None or domain.zoid != org.zoid:
        raise ApiError(400, f"{email.partition('@')[2]} is not a domain of this organization")
    if not domain.verified:
        raise ApiError(400, f"{domain.name} is not verified")
    if organizations.by_email(world.state, email):
        raise ApiError(400, f"{email} already exists", "USER_ALREADY_EXISTS")
    if world.fault("licence_limit") or organizations.seats(org) >= org.licences:
        raise ApiError(400, "MAXIMUM USER LICENSE LIMIT REACHED")
    first, last = text(body, "firstName", required=False), text(body, "lastName", required=False)
    if not first and not last:
        first = text(body, "displayName", required=False) or email.partition("@")[0]
    user = organizations.add_user(world, org, organizations.Person(email, first, last, password), role)
    user.country, user.language = text(body, "country", required=False), text(body, "language", required=False)
    user.time_zone = text(body, "timeZone", required=False)
    return envelope(details(user), code=201, status=created())


@blueprint.put("/<account_id>")
def change(zoid: str, account_id: str) -> Response:
    """Enable or disable a user, or only the mailbox. `zuid` in the body has to be the account's."""
    who, org = _enter(zoid, "UPDATE")
    body = json_body()
    mode = text(body, "mode")
    if mode not in CHANGES:
        if mode == "resetPassword":
            _not_for_partners(who, org, "reset passwords")
        raise ApiError(400, f"mode {mode} is not known here")
    user = _find(org, lambda one: one.account_id == account_id, account_id)
    if str(body.get("zuid", "")) != user.zuid:
        raise ApiError(400, "zuid is mandatory and has to belong to the account")
    if user.zuid == org.super_admin and mode.startswith("disable"):
        raise ApiError(403, "The super admin cannot be disabled", NOT_PERMITTED)
    CHANGES[mode](org, user, body)
    return envelope()


def _disable_user(_: Org, user: User, body: dict[str, Any]) -> None:
    if not user.enabled:
        raise ApiError(400, "The user is already disabled")
    user.enabled = False
    user.incoming_blocked = user.incoming_blocked or _flag(body, "blockIncoming")
    for name in ("removeMailforward", "removeGroupMembership", "removeAlias"):
        _flag(body, name)


def _enable_user(org: Org, user: User, body: dict[str, Any]) -> None:
    if "unblockIncoming" not in body:
        raise ApiError(400, "unblockIncoming is mandatory")
    unblock = _flag(body, "unblockIncoming")
    if user.enabled:
        raise ApiError(400, "The user is already enabled")
    if organizations.seats(org) >= org.licences:
        raise ApiError(400, "MAXIMUM USER LICENSE LIMIT REACHED")
    user.enabled, user.incoming_blocked = True, user.incoming_blocked and not unblock


def _mailbox(on: bool) -> Callable[[Org, User, dict[str, Any]], None]:
    def run(_: Org, user: User, __: dict[str, Any]) -> None:
        if user.mail_enabled == on:
            raise ApiError(400, f"The mail account is {'already enabled' if on else 'not enabled'}")
        user.mail_enabled = on

    return run


CHANGES: dict[str, Callable[[Org, User, dict[str, Any]], None]] = {
    "disableUser": _disable_user,
    "enableUser": _enable_user,
    "disableMailAccount": _mailbox(False),
    "enableMailAccount": _mailbox(True),
}


def _flag(body: dict[str, Any], name: str) -> bool:
    value = body.get(name, False)
    if not isinstance(value, bool):
        raise ApiError(400, f"{name} has to be true or false")
    return value


@blueprint.put("")
def change_role(zoid: str) -> Response:
    """Change the role of users; not for partners."""
    who, org = _enter(zoid, "UPDATE")
    body = json_body()
    if text(body, "mode") != "changeRole":
        raise ApiError(400, "mode has to be changeRole")
    _not_for_partners(who, org, "change roles")
    role, zuids = text(body, "role"), body.get("userList")
    if role not in ("member", "admin") or not isinstance(zuids, list) or not zuids:
        raise ApiError(400, "role has to be member or admin, and userList a list of zuids")
    for user in [_find(org, lambda one, zuid=zuid: one.zuid == str(zuid), str(zuid)) for zuid in zuids]:  # type: ignore[misc]
        if user.zuid == org.super_admin:
            raise ApiError(403, "The super admin keeps that role", NOT_PERMITTED)
        user.role = role
    return envelope()


@blueprint.delete("")
def delete(zoid: str) -> Response:
    """Delete users by zuid or address; not for partners."""
    who, org = _enter(zoid, "DELETE")
    _not_for_partners(who, org, "delete users")
    body = json_body()
    zuids, emails = body.get("accountList"), body.get("emailList")
    if (zuids is None) == (emails is None) or not isinstance(zuids if emails is None else emails, list):
        raise ApiError(400, "Either accountList or emailList is mandatory")
    wanted = [str(one).lower() for one in (zuids if emails is None else emails) or []]
    found = [_find(org, lambda user, one=one: one in (user.zuid, user.email.lower()), one) for one in wanted]  # type: ignore[misc]
    if any(user.zuid == org.super_admin for user in found):
        raise ApiError(403, "The super admin cannot be deleted", NOT_PERMITTED)
    for user in found:
        here.state().users.pop(user.zuid, None)
    return envelope()


def _find(org: Org, test: Callable[[User], bool], key: str) -> User:
    for user in organizations.users(org):
        if test(user):
            return user
    raise ApiError(404, f"There is no user {key} in this organization", "USER_NOT_FOUND")


def details(user: User, text_ids: bool = True) -> dict[str, Any]:
    """A user as the API shows it; ids are text or numbers, depending on the page."""
    box = user.enabled and user.mail_enabled
    return {
        "accountId": user.account_id if text_ids else int(user.account_id),
        "zuid": user.zuid if text_ids else int(user.zuid),
        "URI": f"{request.path.split('/accounts')[0]}/accounts/{user.zuid}",
        "role": user.role,
        "displayName": user.name,
        "firstName": user.first_name,
        "lastName": user.last_name,
        "incomingUserName": user.email,
        "emailAddress": [{"mailId": user.email, "isPrimary": True, "isAlias": False, "isConfirmed": True}],
        "mailboxStatus": "enabled" if box else "disabled",
        "status": user.enabled,
        "incomingBlocked": user.incoming_blocked,
        "type": "ZOHO_ACCOUNT",
        "extraStorage": user.extra_storage,
        "accountCreationTime": user.created * 1000,
    }
