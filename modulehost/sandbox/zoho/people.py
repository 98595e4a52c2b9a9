"""Signing in to the simulated Zoho: a person picks who to be."""

from urllib.parse import urlencode, urlsplit

from flask import Blueprint, abort, redirect, render_template, request, session
from werkzeug.wrappers import Response

from modulehost.sandbox.kit import forms
from modulehost.sandbox.zoho import here
from modulehost.sandbox.zoho.regions import REGIONS
from modulehost.sandbox.zoho.state import Org, User

blueprint = Blueprint("people", __name__, template_folder="templates")
blueprint.before_request(forms.guard)


def current() -> User | None:
    """The signed-in user, or None."""
    return here.state().users.get(session.get("zuid", ""))


def organization(user: User) -> Org:
    """The user's organisation."""
    return here.state().orgs[user.zoid]


def require() -> User | Response:
    """The signed-in user, or the way to the sign-in page and back."""
    user = current()
    if user is not None and user.enabled:
        return user
    query = request.query_string.decode()
    back = request.path + (f"?{query}" if query else "") if request.method == "GET" else "/"
    return redirect(base() + "/signin?" + urlencode({"serviceurl": back}))


def base() -> str:
    """The prefix of the data centre for links within it."""
    return request.script_root


def base_context() -> dict[str, object]:
    """What every page's template knows: the prefix of links, who is signed in, and the data centre."""
    return {"base": base(), "me": current(), "dc": here.region()}


def _back() -> str:
    """Where to go after signing in: only a path of this server."""
    target = request.values.get("serviceurl", "/")
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or not target.startswith("/") or target.startswith(("//", "/\\")):
        abort(400, "serviceurl has to be a path of this server.")
    return base() + target


@blueprint.get("/signin")
def signin() -> str:
    """Everyone there is, to choose from."""
    state = here.state()
    listed = [(user, state.orgs[user.zoid], REGIONS[user.dc]) for user in state.users.values() if user.enabled]
    listed.sort(key=lambda row: (not row[1].is_partner, row[0].role != "super_admin"))
    _back()
    return render_template("zoho/signin.html", people=listed, serviceurl=request.args.get("serviceurl", "/"))


@blueprint.post("/signin")
def do_signin() -> Response:
    """Become the chosen user."""
    user = here.state().users.get(request.form.get("zuid", ""))
    if user is None or not user.enabled:
        abort(400, "There is no such user, or the user is disabled.")
    target = _back()
    session["zuid"] = user.zuid
    return redirect(target)


@blueprint.post("/signout")
def signout() -> Response:
    """Sign out."""
    session.pop("zuid", None)
    return redirect(base() + "/signin")
