"""The record that the kit runs this simulator by."""

from flask import Response, jsonify, request
from werkzeug.exceptions import HTTPException

from modulehost.sandbox.kit.faults import NamedFault
from modulehost.sandbox.kit.world import Action, Vendor, World
from modulehost.sandbox.zoho import (
    accounts,
    consent,
    console,
    control,
    domains,
    oauth,
    organization_api,
    panel,
    partner_read,
    partners,
    people,
    storage,
    store,
    tokens,
    trials,
    webmail,
)
from modulehost.sandbox.zoho.envelope import ApiError, fault
from modulehost.sandbox.zoho.regions import route
from modulehost.sandbox.zoho.seed import seed
from modulehost.sandbox.zoho.state import State

FAULTS = (
    NamedFault("token_throttle", "Token request is throttled (HTTP 200)", "/oauth/v2/token", "POST"),
    NamedFault("token_error", "Token request fails with HTTP 200 (body: the error's name)", "/oauth/v2/token", "POST"),
    NamedFault("refresh_revoked", "Refresh token is revoked when it is used", "/oauth/v2/token", "POST"),
    NamedFault("expired_token", "Access token expires in the middle of the flow", "/api/*"),
    NamedFault("create_200", "A creation answers HTTP 200 around status code 201", "/api/*", "POST"),
    NamedFault(
        "already_registered", "Creation fails with 500: the e-mail is already registered", "/api/organization", "POST"
    ),
    NamedFault("licence_limit", "Adding a user hits the licence limit", "/api/organization/*/accounts", "POST"),
    NamedFault("charge_refused", "The store cannot charge: HTTP 200 with result failure", "/restapi/*"),
    NamedFault("partner_access_revoked", "The customer revokes the partner's access", "/api/organization/*"),
    NamedFault("slow_dns", "DNS records are not seen yet", "*/domains/*"),
    NamedFault("rate_locked", "429: the account is locked for a minute", "/api/*"),
)


def _toggle_payment(world: World[State], key: str) -> None:
    world.state.payment_methods[key].works = not world.state.payment_methods[key].works


def _toggle_access(world: World[State], key: str) -> None:
    world.state.orgs[key].partner_access = not world.state.orgs[key].partner_access


def _verify(world: World[State], key: str) -> None:
    domain = world.state.domains[key]
    domain.verified, domain.verified_by, domain.verified_date = True, "console", world.now()
    domain.hosting = domain.hosting or domain.primary


def _revoke(world: World[State], key: str) -> None:
    tokens.revoke(world.state, key)


def _expire(world: World[State], key: str) -> None:
    world.state.access_tokens[key].expires = world.now()


def _refuse(error: HTTPException) -> Response | None:
    """An address or method that no call has, in the words of the interface that was meant."""
    path = request.path
    if path.startswith(("/api/v1/", "/restapi/", "/oauth/v2/token")):
        oauth_ = path.startswith("/oauth/")
        response = jsonify({"error": "invalid_request"} if oauth_ else {"result": "failure", "ERRORMSG": error.name})
        response.status_code = error.code or 500
        return response
    if not path.startswith("/api/"):
        return None
    if error.code in (404, 405):
        return fault(ApiError(404, "There is no such URL or method", "URL_RULE_NOT_CONFIGURED"))
    return fault(ApiError(400 if error.code and error.code < 500 else 500, error.description or error.name))


API = (organization_api.blueprint, domains.blueprint, accounts.blueprint, storage.blueprint, trials.blueprint)
for _one in API:
    _one.register_error_handler(ApiError, fault)
STORE = (store.blueprint, partner_read.blueprint)
PAGES = (
    people.blueprint,
    consent.blueprint,
    console.blueprint,
    partners.blueprint,
    panel.blueprint,
    webmail.blueprint,
)

VENDOR: Vendor[State] = Vendor(
    name="zoho",
    title="Zoho",
    fresh=State,
    seed=seed,
    blueprints=(oauth.blueprint, *API, *STORE, *PAGES, control.blueprint),
    faults=FAULTS,
    actions=(
        Action("payment_methods", "toggle", "Works / is refused", _toggle_payment),
        Action("orgs", "access", "Partner access on / off", _toggle_access),
        Action("domains", "verify", "Verify now", _verify),
        Action("refresh_tokens", "revoke", "Revoke", _revoke),
        Action("access_tokens", "expire", "Expire now", _expire),
    ),
    pages=(("Developer console", "/"), ("Partner console", "/partner"), ("Webmail", "/zm/")),
    secrets=frozenset({"access_token", "refresh_token", "client_secret", "code", "token", "password", "csrf"}),
    route=route,
    refuse=_refuse,
    context=people.base_context,
)
