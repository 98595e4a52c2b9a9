"""The addresses of this module: the way to Zoho's consent page, and the way back.

A consent is asked for with a `state` that is good once: it stands in the admin's session and, with what it is for, in the
module's store. Only both together are taken, so neither a forged link nor a stored one authorises anything.
"""

import json
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from modulehost import sdk

from . import credentials, facts, oauth, settings
from .facts import LOCATIONS, REGIONS, Region
from .problems import Problem

blueprint = Blueprint("zoho_mail", __name__)
PERMISSION = "Edit Products/Services"


@blueprint.get("/authenticate")
@sdk.admin_page
def authenticate() -> Response:
    """Send the admin to the consent page of the product's region."""
    product = _number("product")
    asked: dict[str, Any] = {"product": product, "service": _number("service"), "client": _number("client")}
    back = _back(asked)
    if refusal := _may_not():
        return _say("error", "Authentication Failed", refusal, back)
    options = sdk.product_options(product)
    client_id, secret, region = options.get(1, "").strip(), options.get(2, "").strip(), REGIONS.get(options.get(4, ""))
    if not (client_id and secret and region):
        return _say(
            "error",
            "Authentication Failed",
            "Enter Client ID and Client Secret, choose the Domain region, then authenticate.",
            back,
        )
    asked |= {"region": region.key, "admin": _admin()["id"], "at": sdk.now().isoformat()}
    return redirect(oauth.consent_address(region, client_id, sdk.module_url(settings.CALLBACK), _new_state(asked)))


@blueprint.get(f"/{settings.CALLBACK}")
@sdk.admin_page
def callback() -> Response:
    """What Zoho sends back: a code and the user's data centre, or an error."""
    state = request.args.get("state", "")
    asked = _take_state(state)
    error = request.args.get("error", "")
    if asked is None:
        # A rejection may come without the state; it changes nothing, so it may be shown.
        text = (
            f"Zoho answered {error[:80]}."
            if error
            else "The answer belongs to no Authenticate of this session, or was used. Start again."
        )
        return _say("error", "Authentication Failed", text, "/admin/configproducts.php")
    back = _back(asked)
    if refusal := _may_not():
        return _say("error", "Authentication Failed", refusal, back)
    if error:
        return _say("error", "Authentication Failed", f"Zoho answered {error[:80]}.", back)
    # The user's data centre decides where the code is good. `accounts-server` says the same as an address; it is not used,
    # since whoever can write that parameter would be sent the client secret.
    location = request.args.get("location", "") or asked["region"]
    region = REGIONS.get(LOCATIONS.get(location, ""))
    if region is None:
        return _say(
            "error",
            "Authentication Failed",
            f"Zoho named the data centre {location[:40]}, which this module does not know.",
            back,
        )
    return _exchange(region, asked, back)


@blueprint.get("/test")
@sdk.admin_page
def test() -> Response:
    """Try the authorisation of the product's region."""
    product = _number("product")
    back = _back({"product": product})
    if refusal := _may_not():
        return _say("error", "Connection Failed", refusal, back)
    options = sdk.product_options(product)
    region = REGIONS.get(options.get(4, ""))
    if region is None:
        return _say("error", "Connection Failed", "Choose the Domain region first.", back)
    failure = settings.test(credentials.Account(region, options.get(1, "").strip()))
    if failure:
        return _say("error", "Connection Failed", failure, back)
    return _say("success", "Connection Successful", f"Zoho answered for {region.label}.", back)


def _exchange(region: Region, asked: dict[str, Any], back: str) -> Response:
    options = sdk.product_options(asked["product"])
    client_id, secret = options.get(1, "").strip(), options.get(2, "").strip()
    try:
        token = oauth.exchange(
            region, client_id, secret, sdk.module_url(settings.CALLBACK), request.args.get("code", "")
        )
        credentials.keep(credentials.Account(region, client_id), secret, token, str(_admin().get("username", "")))
    except oauth.TokenRefused as refused:
        return _say("error", "Authentication Failed", f"Zoho answered {refused}.", back)
    except Problem as problem:
        return _say("error", "Authentication Failed", str(problem), back)
    sdk.logActivity(f"Zoho Mail: authenticated for region {region.label}")
    if region.key != asked["region"]:
        text = f"Your Zoho account lives in {region.label}. Choose that Domain region for this product and save."
        return _say("success", "Authentication Success", text, back)
    return _say("success", "Authentication Success", f"Region {region.label}.", back)


def _new_state(asked: dict[str, Any]) -> str:
    """A state that stands in the session and in the store; old ones are swept out."""
    store = sdk.store("states")
    for name in store.names():
        if _age(json.loads(store.get(name) or "{}")) > timedelta(minutes=facts.STATE_MINUTES):
            store.delete(name)
    state = sdk.token(40)
    store.set(state, json.dumps(asked))
    session = sdk.session()
    session["states"] = [*session.get("states", []), state][-5:]
    return state


def _take_state(state: str) -> dict[str, Any] | None:
    """What the state was made for, once; None when it is not this session's, too old, or used."""
    session = sdk.session()
    waiting = session.get("states", [])
    if not state or state not in waiting:
        return None
    session["states"] = [one for one in waiting if one != state]
    with sdk.lock("states"):
        text = sdk.store("states").get(state)
        sdk.store("states").delete(state)
    asked: dict[str, Any] = json.loads(text or "{}")
    if not asked or asked["admin"] != _admin()["id"] or _age(asked) > timedelta(minutes=facts.STATE_MINUTES):
        return None
    return asked


def _age(asked: dict[str, Any]) -> timedelta:
    return sdk.now() - datetime.fromisoformat(asked["at"]) if asked else timedelta.max


def _admin() -> dict[str, Any]:
    return sdk.current_admin() or {"id": 0, "username": ""}


def _may_not() -> str:
    return "" if sdk.may(PERMISSION) else f"Your role has no permission “{PERMISSION}”."


def _number(name: str) -> int:
    text = request.args.get(name, "0")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _back(asked: dict[str, Any]) -> str:
    """Where Authenticate was pressed: a service's page, else the product's Module Settings."""
    if asked.get("service"):
        return f"/admin/clientsservices.php?userid={asked['client']}&id={asked['service']}"
    return f"/admin/configproducts.php?action=edit&id={asked['product']}&tab=3"


def _say(kind: str, title: str, text: str, where: str) -> Response:
    sdk.note(kind, title, text)
    return redirect(where)
