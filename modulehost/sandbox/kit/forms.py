"""Forms of a simulator's pages: every POST carries the session's token."""

import hmac
from typing import Any, cast

from flask import abort, current_app, request, session
from markupsafe import Markup

from modulehost.sandbox.kit.world import World

FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")


def world() -> World[Any]:
    """The world of the simulator that answers the current request."""
    return cast(World[Any], current_app.extensions["sandbox"])


def token() -> str:
    """The session's form token."""
    if "csrf" not in session:
        session["csrf"] = world().entropy.token(32)
    return str(session["csrf"])


def field() -> Markup:
    """The hidden field that a form needs."""
    return Markup('<input type="hidden" name="csrf" value="{}">').format(token())


def guard() -> None:
    """Refuse a POST of a form without the token; to be called before each request of a blueprint with pages."""
    if request.method == "POST" and not hmac.compare_digest(request.form.get("csrf", "").encode(), token().encode()):
        abort(403, "This form is no longer valid. Go back, reload the page and send it again.")


def json_only() -> None:
    """Refuse what is not JSON: a page elsewhere can make a browser send a form, but not JSON without asking first."""
    if not request.is_json:
        abort(415, "Send JSON with Content-Type: application/json.")


def json_object() -> dict[str, Any]:
    """The JSON object that the request carries."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        abort(400, "The body has to be a JSON object.")
    return body


def sent_by_form() -> bool:
    """Whether a browser form sent the request (else it is a program that sends JSON, or nothing)."""
    return request.mimetype in FORM_TYPES
