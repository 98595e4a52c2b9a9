"""The Mail API's envelope, its errors, and who is calling."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, jsonify, request

from modulehost.sandbox.zoho import here, organizations
from modulehost.sandbox.zoho.state import AccessToken, Org, User

ABSENT: Any = object()
_WORDS = {
    200: "success",
    201: "Created",
    400: "Invalid Input",
    401: "Invalid Access",
    403: "Forbidden",
    404: "Not Found",
    429: "Too Many Requests",
    500: "Internal Error",
}


class ApiError(Exception):
    """A refusal in the envelope: HTTP and `status.code`, and `data.errorCode` and `data.moreInfo` where given."""

    def __init__(self, status: int, more: str = "", code: str = "") -> None:
        super().__init__(more or code)
        self.status, self.more, self.code = status, more, code


@dataclass
class Caller:
    """Who sent an API request: the user behind the access token, and the user's organisation."""

    user: User
    org: Org
    token: AccessToken

    def manages(self, org: Org) -> bool:
        """Whether the caller is the partner of `org` with access to it."""
        return self.org.is_partner and org.partner == self.org.zoid and org.partner_access and _admin(self.user)


def envelope(data: Any = ABSENT, code: int = 200, status: int | None = None) -> Response:
    """A success: `{"status": {...}, "data": ...}`; without `data` the status alone."""
    body: dict[str, Any] = {"status": {"code": code, "description": _WORDS[code]}}
    if data is not ABSENT:
        body["data"] = data
    response = jsonify(body)
    response.status_code = code if status is None else status
    return response


def fault(error: ApiError) -> Response:
    """A refusal as the API words it."""
    data = {name: text for name, text in (("errorCode", error.code), ("moreInfo", error.more)) if text}
    response = jsonify({"data": data, "status": {"code": error.status, "description": _WORDS[error.status]}})
    response.status_code = 200 if here.state().switches.errors_in_body else error.status
    return response


def created() -> int:
    """The HTTP status of a creation; the `status.code` in the envelope is 201 in either case."""
    return 200 if here.world().fault("create_200") else here.state().switches.create_status


def caller(scopes: Sequence[str]) -> Caller:
    """The caller, if the request has an access token of this data centre with one of `scopes`.

    Raises ApiError: 400 INVALID_TICKET without credentials, 401 INVALID_OAUTHTOKEN, 401 INVALID_OAUTHSCOPE, 429.
    """
    state, at = here.state(), here.now()
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "zoho-oauthtoken" or not text.strip():
        raise ApiError(400, "Invalid ticket", "INVALID_TICKET")
    token = state.access_tokens.get(text.strip())
    if token is not None and here.world().fault("expired_token"):
        token.expires = at
    if token is None or token.expires <= at or token.dc != here.region().key:
        raise ApiError(401, code="INVALID_OAUTHTOKEN")
    user = state.users.get(token.zuid)
    if user is None or not user.enabled:
        raise ApiError(401, code="INVALID_OAUTHTOKEN")
    _throttle(user)
    if not allowed(token.scopes, scopes):
        raise ApiError(401, f"One of the scopes {', '.join(scopes)} is needed", "INVALID_OAUTHSCOPE")
    org = state.orgs[user.zoid]
    organizations.settle(org)
    return Caller(user, org, token)


def _throttle(user: User) -> None:
    limit, key = here.state().switches.api_rate_limit, f"api {user.zuid}"
    if here.world().fault("rate_locked"):
        here.allow(key, 0, 60, lock=60)
    locked = key in here.state().windows and here.state().windows[key].locked_until > here.now()
    if locked or (limit and not here.allow(key, limit, 60, lock=60)):
        raise ApiError(429, "Too many requests; the account is locked for a while", "TOO_MANY_REQUESTS")


def allowed(granted: Sequence[str], wanted: Sequence[str]) -> bool:
    """Whether the granted scopes hold one of the wanted; `X.ALL` holds every `X.<verb>`."""
    have = {one.lower() for one in granted}
    return any(one.lower() in have or one.lower().rpartition(".")[0] + ".all" in have for one in wanted)


def _admin(user: User) -> bool:
    return user.role in ("admin", "super_admin")


def reach(who: Caller, zoid: str) -> Org:
    """The organisation `zoid`, if the caller administers it or is its partner.

    Raises ApiError 404 where there is none in this data centre, 403 where the caller has no business in it.
    """
    org = here.state().orgs.get(zoid)
    if org is None or org.dc != here.region().key:
        raise ApiError(404, f"There is no organization {zoid}", "ORGANIZATION_NOT_FOUND")
    if org.partner == who.org.zoid and here.world().fault("partner_access_revoked"):
        org.partner_access = False
    if not (who.manages(org) or (org.zoid == who.org.zoid and _admin(who.user))):
        raise ApiError(403, "You have no access to this organization", "OPERATION_NOT_PERMITTED")
    organizations.settle(org)
    return org


def json_body() -> dict[str, Any]:
    """The request's JSON object; ApiError 400 if it is none."""
    body = request.get_json(force=True, silent=True)
    if not isinstance(body, dict):
        raise ApiError(400, "The request body is not a JSON object")
    return body


def text(body: dict[str, Any], name: str, required: bool = True) -> str:
    """A text parameter without the blanks around it; ApiError 400 if it is no text, or required and empty."""
    value = body.get(name, "")
    if value is None:
        value = ""
    if not isinstance(value, str):
        raise ApiError(400, f"{name} has to be text")
    if required and not value.strip():
        raise ApiError(400, f"{name} is mandatory")
    return value.strip()


def count(name: str, default: int, least: int) -> int:
    """A whole number of the query; ApiError 400 if it is none or too small."""
    given = request.args.get(name, "")
    if not given:
        return default
    if not given.isdecimal() or int(given) < least:
        raise ApiError(400, f"{name} has to be a number of at least {least}")
    return int(given)
