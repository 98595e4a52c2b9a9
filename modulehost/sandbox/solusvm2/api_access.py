"""`limit_groups`, `roles`, `permissions`, `settings`, `activity_logs`: for administrators."""

from flask import Blueprint, Response, request

from modulehost.sandbox.solusvm2 import access, here, preferences, replies, shown

blueprint = Blueprint("api_access", __name__, url_prefix="/api/v1")
PERMISSIONS = (
    "get users",
    "manage users",
    "get servers",
    "manage servers",
    "get plans",
    "manage plans",
    "get limit groups",
    "manage limit groups",
    "get settings",
    "manage settings",
    "get billing usage",
)


@blueprint.get("/limit_groups")
def limit_groups() -> Response:
    """All limit groups; they are made in the panel."""
    access.administrator()
    return replies.listing(here.state().limit_groups.values(), shown.limit_group)


@blueprint.get("/roles")
def roles() -> Response:
    """All roles."""
    access.administrator()
    return replies.listing(here.state().roles.values(), lambda one: shown.role(here.state(), one))


@blueprint.get("/permissions")
def permissions() -> Response:
    """The permissions of the role Administrator; the role Client has none of them."""
    access.administrator()
    return replies.listing(enumerate(PERMISSIONS, 1), lambda pair: {"id": pair[0], "name": pair[1]})


@blueprint.get("/settings")
def settings() -> Response:
    """All settings."""
    access.administrator()
    return replies.one(preferences.shown(here.state().settings))


@blueprint.patch("/settings")
def change_settings() -> Response:
    """Change settings; the billing system writes its address and token here."""
    who = access.administrator()
    preferences.change(here.world(), who.user, replies.body())
    return replies.one(preferences.shown(here.state().settings))


@blueprint.get("/activity_logs")
def activity_logs() -> Response:
    """What happened, newest first; `filter[user_id]`, `filter[event]`."""
    access.administrator()
    user, event = request.args.get("filter[user_id]", ""), request.args.get("filter[event]", "")
    found = [
        one
        for one in reversed(here.state().activity.values())
        if user in ("", str(one.user_id)) and event in ("", one.event)
    ]
    return replies.listing(found, shown.activity)
