"""The record that the kit runs this simulator by."""

from flask import Response, jsonify, request
from werkzeug.exceptions import HTTPException

from modulehost.sandbox.kit.faults import NamedFault
from modulehost.sandbox.kit.world import Action, Vendor, World
from modulehost.sandbox.solusvm2 import (
    account,
    admin,
    api_access,
    api_catalogue,
    api_servers,
    api_usage,
    api_users,
    control,
    panel,
    people,
    replies,
    users,
)
from modulehost.sandbox.solusvm2.refusals import Refused
from modulehost.sandbox.solusvm2.seed import seed
from modulehost.sandbox.solusvm2.state import State

API_PATH = "/api/v1/*"
FAULTS = (
    NamedFault("unauthorized", "401: the token is refused", API_PATH),
    NamedFault("forbidden", "403: the permission is missing", API_PATH),
    NamedFault("invalid", "422: a change is refused", API_PATH),
    NamedFault("throttled", "429 with Retry-After (seconds, else 30)", API_PATH),
    NamedFault("server_error", "500 in the API's own words", API_PATH),
    NamedFault("duplicate_user", "Creating a user: the address is taken", "/api/v1/users", "POST"),
    NamedFault("settings_refused", "Changing the settings is refused", "/api/v1/settings", "PATCH"),
    NamedFault("task_failed", "A task that is begun ends as failed"),
)


def _status(status: str) -> "Action[State]":
    def run(world: World[State], key: str) -> None:
        users.change(world, world.state.users[key], {"status": status})

    titles = {"active": "Activate", "locked": "Lock", "suspended": "Suspend"}
    return Action("users", status, titles[status], run)


def _refuse(error: HTTPException) -> Response | None:
    """An address or method that no call has, in the API's words."""
    if not request.path.startswith("/api/"):
        return None
    response = jsonify(message=error.description or error.name)
    response.status_code = error.code or 500
    return response


API = (
    api_users.blueprint,
    api_access.blueprint,
    api_catalogue.blueprint,
    api_servers.blueprint,
    api_usage.blueprint,
)
for _one in API:
    _one.before_request(replies.before)
    _one.register_error_handler(Refused, replies.refused)
PAGES = (people.blueprint, panel.blueprint, account.blueprint, admin.blueprint)
for _one in PAGES:
    _one.register_error_handler(Refused, people.refused)

VENDOR: Vendor[State] = Vendor(
    name="solusvm2",
    title="SolusVM 2",
    fresh=State,
    seed=seed,
    blueprints=(*API, *PAGES, control.blueprint),
    faults=FAULTS,
    actions=tuple(_status(one) for one in ("active", "locked", "suspended")),
    pages=(("Panel", "/"),),
    secrets=frozenset({"access_token", "token", "password", "billing_token", "csrf"}),
    refuse=_refuse,
    context=people.context,
)
