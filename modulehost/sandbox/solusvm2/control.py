"""`/_sandbox/tokens`: an API token without clicking."""

from flask import Blueprint, Response, abort, jsonify

from modulehost.sandbox.kit import forms
from modulehost.sandbox.solusvm2 import access, here, users
from modulehost.sandbox.solusvm2.seed import ADMIN

blueprint = Blueprint("control", __name__, url_prefix="/_sandbox")
blueprint.before_request(forms.json_only)


@blueprint.post("/tokens")
def add_token() -> tuple[Response, int]:
    """An API token of a user: `{"user": address}`, by default the seeded administrator. Answers `{"token", "user_id"}`."""
    email = str(forms.json_object().get("user", ADMIN))
    user = users.by_email(here.state(), email)
    if user is None:
        abort(400, f"There is no user {email}.")
    return jsonify(token=access.issue(here.world(), user, "api", "Control").token, user_id=user.id), 201
