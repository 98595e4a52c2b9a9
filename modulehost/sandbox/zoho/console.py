"""The developer console: registering OAuth clients."""

import re
from urllib.parse import urlsplit

from flask import Blueprint, abort, redirect, render_template, request
from werkzeug.wrappers import Response

from modulehost.sandbox.kit import forms
from modulehost.sandbox.zoho import here, people, tokens
from modulehost.sandbox.zoho.regions import REGIONS
from modulehost.sandbox.zoho.state import Client, User

blueprint = Blueprint("console", __name__, template_folder="templates")
blueprint.before_request(forms.guard)
NAME = re.compile(r"[\w& ]{1,100}\Z")


def check(name: str, homepage: str, redirect_uri: str) -> dict[str, str]:
    """What the console would refuse, by field: a name with signs other than `_` and `&`, addresses without http(s)."""
    errors: dict[str, str] = {}
    if not name.strip() or not NAME.match(name.strip()):
        errors["name"] = "Enter a valid client name"
    # The field is called Client Domain in older texts; a bare domain is meant there, a web address today.
    if not _address(homepage if "://" in homepage else f"https://{homepage}"):
        errors["domain"] = "Enter a valid homepage URL"
    if not _address(redirect_uri):
        errors["redirect_uri"] = "Enter a valid redirect URI"
    return errors


def _address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.fragment and not re.search(r"\s", text)
    )


@blueprint.get("/")
def front() -> str | Response:
    """The first page of every host: for a customer of a partner the mailbox, for everyone else the developer console."""
    user = people.require()
    if not isinstance(user, User):
        return user
    if people.organization(user).partner:
        return redirect(people.base() + "/zm/")
    return index()


@blueprint.get("/developerconsole")
def index() -> str | Response:
    """The user's clients."""
    user = people.require()
    if not isinstance(user, User):
        return user
    mine = [client for client in here.state().clients.values() if client.owner == user.zuid]
    return render_template("zoho/console.html", user=user, clients=mine, tab="console")


@blueprint.route("/client/add", methods=["GET", "POST"])
def add() -> str | tuple[str, int] | Response:
    """*Add Client ID*: the form; *Create* leads to the page with ID and secret."""
    user = people.require()
    if not isinstance(user, User):
        return user
    given = {name: request.form.get(name, "").strip() for name in ("name", "domain", "redirect_uri")}
    if request.method == "GET":
        return render_template("zoho/client_form.html", user=user, given=given, errors={}, tab="console")
    if errors := check(given["name"], given["domain"], given["redirect_uri"]):
        return render_template("zoho/client_form.html", user=user, given=given, errors=errors, tab="console"), 400
    client = tokens.add_client(
        here.world(), given["name"], given["domain"], given["redirect_uri"], user.zuid, [user.dc]
    )
    return redirect(f"{people.base()}/client/{client.id}?created=1")


def _mine(id: str) -> tuple[User, Client] | Response:
    user = people.require()
    if not isinstance(user, User):
        return user
    client = here.state().clients.get(id)
    if client is None or client.owner != user.zuid:
        abort(404, "There is no such client of yours.")
    return user, client


@blueprint.get("/client/<id>")
def show(id: str) -> str | Response:
    """One client with its ID and secret."""
    found = _mine(id)
    if isinstance(found, Response):
        return found
    user, client = found
    return render_template(
        "zoho/client.html",
        user=user,
        client=client,
        regions=REGIONS.values(),
        created=request.args.get("created"),
        tab="console",
    )


@blueprint.post("/client/<id>")
def change(id: str) -> str | Response:
    """Change the redirect URIs and the data centres in which the client may be used."""
    found = _mine(id)
    if isinstance(found, Response):
        return found
    user, client = found
    uris = [line.strip() for line in request.form.get("redirect_uris", "").splitlines() if line.strip()]
    if not uris or not all(_address(one) for one in uris):
        abort(400, "Enter a valid redirect URI")
    client.redirect_uris = uris
    client.dcs = [key for key in REGIONS if key in request.form.getlist("dcs") or key == user.dc]
    return redirect(f"{people.base()}/client/{client.id}")


@blueprint.post("/client/<id>/delete")
def delete(id: str) -> str | Response:
    """Delete a client; its tokens die with it."""
    found = _mine(id)
    if isinstance(found, Response):
        return found
    state = here.state()
    for token in [one.token for one in state.refresh_tokens.values() if one.client_id == id]:
        tokens.revoke(state, token)
    for key in [key for key, one in state.access_tokens.items() if one.client_id == id]:
        del state.access_tokens[key]
    del state.clients[id]
    return redirect(people.base() + "/developerconsole")
