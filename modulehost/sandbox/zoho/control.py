"""`/_sandbox/clients` and `/_sandbox/grants`: seeding what a person would click together."""

from typing import Any

from flask import Blueprint, Response, abort, jsonify

from modulehost.sandbox.kit import forms
from modulehost.sandbox.zoho import console, here, organizations, tokens
from modulehost.sandbox.zoho.regions import REGIONS
from modulehost.sandbox.zoho.scopes import parse
from modulehost.sandbox.zoho.seed import PARTNER
from modulehost.sandbox.zoho.state import Consent, User

blueprint = Blueprint("control", __name__, url_prefix="/_sandbox")
blueprint.before_request(forms.json_only)


def _user(given: dict[str, Any]) -> User:
    email = str(given.get("user", PARTNER))
    user = organizations.by_email(here.state(), email)
    if user is None:
        abort(400, f"There is no user {email}.")
    return user


@blueprint.post("/clients")
def add_client() -> tuple[Response, int]:
    """Register an OAuth client: `{"name", "domain", "redirect_uri"[, "user", "dcs"]}`.

    Answers `{"client_id", "client_secret"}`. Without `dcs` the client may be used in every data centre.
    """
    given = forms.json_object()
    name, domain, uri = (str(given.get(one, "")) for one in ("name", "domain", "redirect_uri"))
    if errors := console.check(name, domain, uri):
        return jsonify(errors=errors), 400
    dcs = given.get("dcs", list(REGIONS))
    if not isinstance(dcs, list) or not set(dcs) <= set(REGIONS):
        abort(400, f"dcs has to be a list of {', '.join(REGIONS)}.")
    client = tokens.add_client(here.world(), name, domain, uri, _user(given).zuid, dcs)
    return jsonify(client_id=client.id, client_secret=client.secret), 201


@blueprint.post("/grants")
def add_grant() -> tuple[Response, int]:
    """Accept a client's scopes as a user: `{"client_id", "scope"[, "user"]}`; answers `{"refresh_token", "dc"}`."""
    given = forms.json_object()
    client = here.state().clients.get(str(given.get("client_id", "")))
    if client is None:
        abort(400, "There is no such client.")
    user = _user(given)
    if user.dc not in client.dcs:
        abort(400, f"The client is not enabled for {user.dc}, the data centre of {user.email}.")
    try:
        scopes = parse(str(given.get("scope", "")))
    except ValueError as error:
        abort(400, str(error))
    here.state().consents[f"{client.id} {user.zuid}"] = Consent(client.id, user.zuid, scopes)
    token = tokens.add_refresh(here.world(), client.id, user, scopes)
    return jsonify(refresh_token=token.token, dc=user.dc), 201
