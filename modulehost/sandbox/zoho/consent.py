"""`/oauth/v2/auth`: the consent page."""

from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit, urlunsplit

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from modulehost.sandbox.kit import forms
from modulehost.sandbox.zoho import here, people, tokens
from modulehost.sandbox.zoho.regions import REGIONS
from modulehost.sandbox.zoho.scopes import KNOWN, parse
from modulehost.sandbox.zoho.state import Client, Consent, User

blueprint = Blueprint("consent", __name__, template_folder="templates")
blueprint.before_request(forms.guard)
CODES, WINDOW = 10, 600


class Invalid(Exception):
    """A request that cannot be sent back to the client: Zoho's name for the error, and what is wrong."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(why)
        self.name = name


@dataclass
class Asked:
    """A checked authorization request."""

    client: Client
    redirect_uri: str
    scopes: list[str]
    state: str | None
    offline: bool
    forced: bool


def _asked() -> Asked:
    """The request's parameters, checked in the order in which the vendor would notice."""
    given = request.values
    client = here.state().clients.get(given.get("client_id", ""))
    if client is None or here.region().key not in client.dcs:
        raise Invalid("invalid_client", f"No client of that ID is registered in {here.region().domain}.")
    if given.get("redirect_uri", "") not in client.redirect_uris:
        raise Invalid(
            "invalid_redirect_uri", "The redirect URI is not, letter by letter, one that the client registered."
        )
    if given.get("response_type") != "code":
        raise Invalid("invalid_response_type", "response_type has to be code.")
    if given.get("access_type", "online") not in ("online", "offline"):
        raise Invalid("invalid_access_type", "access_type has to be online or offline.")
    try:
        scopes = parse(given.get("scope", ""))
    except ValueError as error:
        raise Invalid("invalid_scope", f"The scope is not valid: {error}.") from error
    return Asked(
        client,
        given["redirect_uri"],
        scopes,
        given.get("state"),
        offline=given.get("access_type") == "offline",
        forced="consent" in given.get("prompt", "").split(","),
    )


@blueprint.errorhandler(Invalid)
def _invalid(error: Invalid) -> tuple[str, int]:
    return render_template("zoho/oauth_error.html", name=error.name, why=str(error)), 400


@blueprint.get("/oauth/v2/auth")
def ask() -> str | Response:
    """Ask the signed-in user, unless the same was accepted before and `prompt` does not force the question."""
    asked = _asked()
    user = people.require()
    if not isinstance(user, User):
        return user
    _enabled_for(asked, user)
    given = here.state().consents.get(f"{asked.client.id} {user.zuid}")
    if given is not None and set(asked.scopes) <= set(given.scopes) and not asked.forced:
        return _grant(asked, user, refresh=False)
    return render_template(
        "zoho/consent.html",
        asked=asked,
        user=user,
        scopes=[(name, KNOWN[name]) for name in asked.scopes],
        fields=request.args,
    )


@blueprint.post("/oauth/v2/approve")
def answer() -> str | Response:
    """*Accept* or *Reject*."""
    asked = _asked()
    user = people.require()
    if not isinstance(user, User):
        return user
    _enabled_for(asked, user)
    if request.form.get("answer") != "accept":
        return _back(asked, {"error": "access_denied"})
    consents, key = here.state().consents, f"{asked.client.id} {user.zuid}"
    before = consents[key].scopes if key in consents else []
    consents[key] = Consent(asked.client.id, user.zuid, list(dict.fromkeys([*before, *asked.scopes])))
    return _grant(asked, user, refresh=asked.offline)


def _enabled_for(asked: Asked, user: User) -> None:
    if user.dc not in asked.client.dcs:
        raise Invalid(
            "invalid_client",
            f"The client is not enabled for {user.dc}, the data centre of {user.email}; see Multi-DC in its settings.",
        )


def _grant(asked: Asked, user: User, refresh: bool) -> Response:
    """Back with a code for the user's own data centre, which may be another one than this."""
    if not here.allow(f"codes {asked.client.id}", CODES, WINDOW):
        return _back(asked, {"error": "access_denied"})
    grant = tokens.add_code(here.world(), asked.client, user, asked.redirect_uri, asked.scopes, refresh)
    server = REGIONS[user.dc].host("accounts")
    return _back(asked, {"code": grant.code, "location": user.dc, "accounts-server": server})


def _back(asked: Asked, result: dict[str, str]) -> Response:
    if asked.state is not None:
        result = {**result, "state": asked.state}
    parts = urlsplit(asked.redirect_uri)
    query = "&".join(one for one in (parts.query, urlencode(result)) if one)
    return redirect(urlunsplit(parts._replace(query=query)))
