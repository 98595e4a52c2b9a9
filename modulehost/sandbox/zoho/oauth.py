"""`/oauth/v2/token` and its neighbours: the part of Zoho Accounts that programs talk to."""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from modulehost.sandbox.zoho import here, tokens
from modulehost.sandbox.zoho.regions import REGIONS
from modulehost.sandbox.zoho.state import Client, RefreshToken

blueprint = Blueprint("oauth", __name__, url_prefix="/oauth")
WINDOW = 600
THROTTLED = {
    "error_description": "You have made too many requests continuously. Please try again after some time.",
    "error": "Access Denied",
    "status": "failure",
}


class TokenError(Exception):
    """A refusal of the token endpoint, by Zoho's name for it."""


@blueprint.post("/v2/token")
def token() -> Response:
    """Exchange a code or refresh a token; parameters come in the query string or as a form.

    A failure is `{"error": name}` with HTTP 200 (a switch makes it 400). A throttled request is HTTP 200 in any case.
    """
    given, world = request.values, here.world()
    if fault := world.fault("token_error"):
        return jsonify({"error": fault.body or "invalid_client"})
    if world.fault("token_throttle"):
        return jsonify(THROTTLED)
    try:
        client = _client(given.get("client_id", ""), given.get("client_secret", ""))
        kind = given.get("grant_type", "")
        if kind == "authorization_code":
            return _exchange(client, given.get("code", ""), given.get("redirect_uri", ""))
        if kind == "refresh_token":
            return _refresh(client, given.get("refresh_token", ""))
        raise TokenError("invalid_grant_type")
    except TokenError as error:
        response = jsonify({"error": str(error)})
        response.status_code = world.state.switches.oauth_error_status
        return response


def _client(id: str, secret: str) -> Client:
    client = here.state().clients.get(id)
    if client is None or here.region().key not in client.dcs:
        raise TokenError("invalid_client")
    if client.secret != secret:
        raise TokenError("invalid_client_secret")
    return client


def _exchange(client: Client, code: str, redirect_uri: str) -> Response:
    world = here.world()
    grant = world.state.grants.get(code)
    if grant is None or grant.client_id != client.id or grant.dc != here.region().key:
        raise TokenError("invalid_code")
    if grant.used or grant.expires <= world.now():
        raise TokenError("invalid_code")
    if grant.redirect_uri != redirect_uri:
        raise TokenError("invalid_redirect_uri")
    limit = world.state.switches.token_limit
    if limit and not here.allow(f"token {client.id} {grant.zuid}", limit, WINDOW):
        return jsonify(THROTTLED)
    grant.used = True
    refresh = (
        tokens.add_refresh(world, client.id, world.state.users[grant.zuid], grant.scopes) if grant.refresh else None
    )
    access = tokens.add_access(world, client.id, grant.zuid, grant.dc, grant.scopes, refresh.token if refresh else "")
    extra = {"refresh_token": refresh.token} if refresh else {}
    return _tokens({"access_token": access.token, **extra}, grant.scopes)


def _refresh(client: Client, given: str) -> Response:
    world = here.world()
    refresh: RefreshToken | None = world.state.refresh_tokens.get(given)
    if refresh is not None and world.fault("refresh_revoked"):
        tokens.revoke(world.state, refresh.token)
        refresh = None
    if refresh is None or refresh.client_id != client.id or refresh.dc != here.region().key:
        raise TokenError("invalid_token")
    limit = world.state.switches.token_limit
    if limit and not here.allow(tokens.window(refresh.token), limit, WINDOW):
        return jsonify(THROTTLED)
    access = tokens.add_access(world, client.id, refresh.zuid, refresh.dc, refresh.scopes, refresh.token)
    return _tokens({"access_token": access.token}, refresh.scopes)


def _tokens(given: dict[str, Any], scopes: list[str]) -> Response:
    switches = here.state().switches
    body = {**given, "api_domain": here.region().api_domain, "token_type": "Bearer", "expires_in": tokens.HOUR}
    if switches.expires_in_ms:
        body |= {"expires_in_sec": tokens.HOUR, "expires_in": tokens.HOUR * 1000}
    if switches.echo_scope:
        body["scope"] = " ".join(scopes)
    return jsonify(body)


@blueprint.post("/v2/token/revoke")
def revoke() -> Response:
    """Revoke a refresh token; its access tokens die with it."""
    given = request.values.get("token", "")
    refresh = here.state().refresh_tokens.get(given)
    if refresh is None or refresh.dc != here.region().key:
        response = jsonify({"status": "failure", "error": "invalid_token"})
        response.status_code = 400
        return response
    tokens.revoke(here.state(), given)
    return jsonify({"status": "success"})


@blueprint.get("/serverinfo")
def serverinfo() -> Response:
    """The accounts server of every data centre."""
    return jsonify({"result": "success", "locations": {key: one.host("accounts") for key, one in REGIONS.items()}})
