"""`/api/organization/{zoid}/storage`: how much each user has, and what of the purchase is given out."""

from typing import Any

from flask import Blueprint, Response

from modulehost.sandbox.zoho import here, organizations, plans
from modulehost.sandbox.zoho.envelope import ApiError, caller, count, envelope, json_body, reach, text
from modulehost.sandbox.zoho.state import Org, User

blueprint = Blueprint("storage", __name__, url_prefix="/api/organization/<zoid>/storage")
SCOPE = "ZohoMail.organization.subscriptions."


@blueprint.get("")
def listing(zoid: str) -> Response:
    """A page of users with their gigabytes, and the counts per plan and per storage add-on."""
    org = reach(caller([SCOPE + "READ"]), zoid)
    start, limit = count("start", 0, 0), count("limit", 10, 1)
    users = organizations.users(org)
    held = list(keys(org, users).values())
    return envelope(
        {
            "userList": [details(org, user) for user in users[start : start + limit]],
            "orgPlans": [
                {"planType": key, "totalCount": total, "allotedCount": held.count(key)}
                for key, total in bought(org).items()
            ],
            "addons": [
                {"addonType": kind, "totalCount": total, "allotedCount": given(users, kind)}
                for kind, total in more(org).items()
            ],
        }
    )


@blueprint.get("/<zuid>")
def read(zoid: str, zuid: str) -> Response:
    """One user's storage."""
    org = reach(caller([SCOPE + "READ"]), zoid)
    return envelope(details(org, _user(org, zuid)))


@blueprint.put("/<zuid>")
def change(zoid: str, zuid: str) -> Response:
    """Give a user another plan (`updateBaseStorage`) or storage add-ons (`updateExtraStorage`, `["5gb:1"]`)."""
    org = reach(caller([SCOPE + "UPDATE"]), zoid)
    body, user, users = json_body(), _user(org, zuid), organizations.users(org)
    mode = text(body, "mode")
    if mode == "updateBaseStorage":
        key, total = text(body, "planType"), bought(org)
        if key not in plans.BY_KEY:
            raise ApiError(400, f"planType has to be one of {', '.join(plans.BY_KEY)}")
        if sum(1 for one in users if one is not user and one.plan_key == key) >= total.get(key, 0):
            raise ApiError(400, "MAXIMUM USER LICENSE LIMIT REACHED")
        user.plan_key = key
    elif mode == "updateExtraStorage":
        user.extra_storage = _extra(org, [one for one in users if one is not user], body)
    else:
        raise ApiError(400, "mode has to be updateBaseStorage or updateExtraStorage")
    return envelope()


def _extra(org: Org, others: list[User], body: dict[str, Any]) -> dict[str, int]:
    """The add-ons asked for, under either spelling; ApiError 400 where not enough were bought."""
    listed = body.get("addOnType", body.get("addonType"))
    if not isinstance(listed, list) or not listed:
        raise ApiError(400, 'addOnType has to be a list such as ["5gb:1"]')
    wanted: dict[str, int] = {}
    for one in listed:
        kind, _, amount = str(one).partition(":")
        if kind not in plans.STORAGE_BY_KEY or not amount.isdecimal():
            raise ApiError(400, f"{one} is not a storage add-on and a count")
        if int(amount) + given(others, kind) > more(org).get(kind, 0):
            raise ApiError(400, f"Not enough add-ons of {kind} were bought")
        if int(amount):
            wanted[kind] = int(amount)
    return wanted


def _user(org: Org, zuid: str) -> User:
    user = here.state().users.get(zuid)
    if user is None or user.zoid != org.zoid:
        raise ApiError(404, f"There is no user {zuid} in this organization", "USER_NOT_FOUND")
    return user


def bought(org: Org) -> dict[str, int]:
    """Paid users by plan key; none on Mail Free and on a trial."""
    return {plan.key: org.addons[str(id)] for id, plan in plans.BY_USER_ADDON.items() if org.addons.get(str(id))}


def more(org: Org) -> dict[str, int]:
    """Storage add-ons bought, by kind."""
    return {kind: org.addons[str(id)] for kind, id in plans.STORAGE_BY_KEY.items() if org.addons.get(str(id))}


def given(users: list[User], kind: str) -> int:
    """Storage add-ons of a kind that users hold."""
    return sum(user.extra_storage.get(kind, 0) for user in users)


def keys(org: Org, users: list[User]) -> dict[str, str]:
    """Each user's plan key, by zuid: the one given to the user, else one of which there is one left."""
    total = bought(org)
    found = {user.zuid: user.plan_key for user in users if user.plan_key in total}
    left = [key for key, amount in total.items() for _ in range(amount - list(found.values()).count(key))]
    for user in users:
        if user.zuid not in found:
            found[user.zuid] = left.pop(0) if left else "free"
    return found


def details(org: Org, user: User) -> dict[str, Any]:
    """A user's storage in gigabytes. `usedStorage` is always 0: no mail is kept here."""
    basic = plans.storage_of(org.plan, keys(org, organizations.users(org))[user.zuid])
    plus = sum(int(kind.removesuffix("gb")) * amount for kind, amount in user.extra_storage.items())
    return {
        "zuid": user.zuid,
        "mailBox": user.email,
        "totalStorage": basic + plus,
        "usedStorage": 0,
        "basicStorage": basic,
        "extraStorage": user.extra_storage,
    }
