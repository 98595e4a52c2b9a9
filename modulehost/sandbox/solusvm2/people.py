"""Signing in to the panel, and who is in front of it."""

from typing import Any, cast

from flask import Blueprint, abort, current_app, g, redirect, render_template, request, session
from werkzeug.exceptions import default_exceptions
from werkzeug.wrappers import Response

from modulehost.sandbox.kit import forms
from modulehost.sandbox.solusvm2 import access, activity, billing, here, seed, standing
from modulehost.sandbox.solusvm2.refusals import Refused
from modulehost.sandbox.solusvm2.state import User

blueprint = Blueprint(
    "people", __name__, template_folder="templates", static_folder="static", static_url_path="/static/solusvm2"
)
blueprint.before_request(forms.guard)
blueprint.before_request(here.catch_up)


def current() -> User | None:
    """The signed-in user, or None."""
    return here.state().users.get(str(session.get("user", "")))


def me() -> User:
    """The signed-in user of a page that asks for one."""
    return cast(User, g.user)


def require() -> Response | None:
    """Send who is not signed in to the sign-in page; to be called before each request of a blueprint with pages."""
    user = current()
    if user is None:
        return redirect("/auth/sign_in")
    g.user = user
    return None


def require_admin() -> None:
    """Turn away who is no administrator; goes after `require`."""
    if not standing.is_admin(here.state(), me()):
        abort(403, "Only administrators of this panel may see this page.")


def refused(error: Refused) -> Any:
    """The error page of a refusal that no form is there to show."""
    return current_app.handle_http_exception(default_exceptions[error.status](error.words))


def context() -> dict[str, Any]:
    """What every page's template knows: who is signed in, and in what standing."""
    user = current()
    return {
        "me": user,
        "is_admin": user is not None and standing.is_admin(here.state(), user),
        "is_linked": user is not None and billing.linked(here.state(), user),
        "now": here.now(),
    }


def _enter(user: User, how: str) -> Response:
    session.clear()
    session["user"] = user.id
    activity.log(here.world(), "user.login", user, how=how)
    return redirect("/servers", 303)


@blueprint.get("/auth/sign_in")
def form() -> str | Response:
    """Address and password."""
    return redirect("/servers") if current() else _form()


def _form(email: str = "", error: str = "") -> str:
    seeded = access.sign_in(here.state(), seed.ADMIN, seed.PASSWORD) is not None
    return render_template(
        "solusvm2/signin.html", email=email, error=error, seeded=(seed.ADMIN, seed.PASSWORD) if seeded else None
    )


@blueprint.post("/auth/sign_in")
def sign_in() -> str | Response | tuple[str, int]:
    """Sign in; locked and suspended users may, and see a notice."""
    email = request.form.get("email", "")
    user = access.sign_in(here.state(), email, request.form.get("password", ""))
    if user is None:
        return _form(email, "This address and password do not fit."), 401
    return _enter(user, "password")


@blueprint.get("/auth/one-time")
def one_time() -> Response | tuple[str, int]:
    """Sign in with a one-time token, which is used up."""
    user = access.redeem(here.world(), request.args.get("token", ""))
    if user is None:
        session.clear()
        return render_template("solusvm2/one_time_over.html"), 403
    return _enter(user, "one-time token")


@blueprint.post("/auth/sign_out")
def sign_out() -> Response:
    """Sign out."""
    session.clear()
    return redirect("/auth/sign_in", 303)
