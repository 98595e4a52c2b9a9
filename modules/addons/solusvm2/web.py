"""The addresses that SolusVM 2 calls: `modules/addons/solusvm2/api/...`."""

from flask import Blueprint, jsonify, request
from werkzeug.wrappers import Response

from modulehost import sdk

from . import callbacks

blueprint = Blueprint("solusvm2", __name__)


@blueprint.post("/api/tokens/price")
@sdk.webhook
def price() -> tuple[Response, int]:
    """What tokens cost a user."""
    return _answer("tokens/price")


@blueprint.post("/api/sso")
@sdk.webhook
def sso() -> tuple[Response, int]:
    """Where a user is signed in to the billing portal."""
    return _answer("sso")


def _answer(action: str) -> tuple[Response, int]:
    given = request.get_json(silent=True)
    body, status = callbacks.answer(action, request.headers.get("Authorization", ""), given)
    return jsonify(body), status
