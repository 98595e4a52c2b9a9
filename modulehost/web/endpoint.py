"""The API over HTTP: /includes/api.php, POST only. It signs in by itself, so the session's CSRF guard does not apply."""

import json
import logging
from typing import Any

from flask import Blueprint, Response, current_app, request

from modulehost import api, events, settings
from modulehost.accounts import credentials
from modulehost.api import formats, forms
from modulehost.context import Ctx
from modulehost.journal import mask
from modulehost.schema import ApiLog

log = logging.getLogger("modulehost.api")
blueprint = Blueprint("endpoint", __name__)
SECRETS = (
    "identifier", "secret", "password", "password2", "servicepassword", "rootpw", "accesskey", "access_token",
    "redirect_url", "cardnum", "cvv", "securityqans",
)  # fmt: skip
_OWN = ("identifier", "secret", "username", "password", "action", "responsetype", "accesskey")


@blueprint.route("/includes/api.php", methods=["GET", "POST", "PUT", "DELETE", "PATCH"])
def endpoint() -> Response:
    """Authenticate, check address and role, run the action, answer in the format asked for."""
    ctx = Ctx(current_app.extensions["modulehost"])
    # PHP clients send everything in the body; some put the action into the address.
    given = forms.read([*request.args.items(multi=True), *request.form.items(multi=True)])
    action, wanted = str(given.get("action", "")), formats.kind(str(given.get("responsetype", "")))
    if request.method != "POST":
        answer, status = api.error("The API takes POST requests only; send the parameters as form fields"), 405
    else:
        answer, status = _answer(ctx, given, action)
    with ctx.unit(read=True) as db:
        version, kept = settings.version(db).partition("-")[0], settings.on(db, "mh_api_log")
    body = formats.write(answer, wanted, action, version)
    if kept:
        _log(ctx, given, action, body, status, answer)
    return Response(body, status, {"Content-Type": formats.TYPES[wanted], "Cache-Control": "no-store"})


def _answer(ctx: Ctx, given: dict[str, Any], action: str) -> tuple[dict[str, Any], int]:
    ip = request.remote_addr or ""
    # Credentials may also come as username and password: the documented form for older clients.
    identifier = str(given.get("identifier") or given.get("username") or "")
    secret = str(given.get("secret") or given.get("password") or "")
    try:
        actor, credential = credentials.check(ctx, identifier, secret, ip)
    except credentials.Refused as refusal:
        return api.error(str(refusal)), 403
    ctx = ctx.acting_as(actor)
    try:
        api.find(action)
    except api.CommandNotFound as failure:
        return api.error(str(failure)), 404
    if action.strip().lower() in api.LOCAL_ONLY:
        return api.error(f"The API action {action.strip()} is for modules and hooks on this host (localAPI) only"), 403
    with ctx.unit(read=True) as db:
        allowed = credentials.allows(db, credential, action)
    if not allowed:
        return api.error(f'Invalid Permissions: API action "{action.lower()}" is not allowed'), 403
    try:
        answer = api.call(ctx, action, {name: value for name, value in given.items() if name not in _OWN})
    except Exception as failure:
        log.exception("API action %s failed", action)
        said = str(failure).partition("\n[SQL:")[0]  # statements and their values stay in the log
        return api.error(f"An unexpected error occurred: {type(failure).__name__}: {said}"), 500
    events.drain(ctx)
    return answer, 200


def _log(ctx: Ctx, given: dict[str, Any], action: str, body: str, status: int, answer: dict[str, Any]) -> None:
    hidden = [*_secrets(given), *_secrets(answer)]
    shown = {name: "********" if name in SECRETS else value for name, value in given.items()}
    headers = {name: value for name, value in request.headers if name.lower() not in ("authorization", "cookie")}
    now = ctx.host.clock.now()
    with ctx.unit() as db:
        row = ApiLog(
            action=action[:255], request=mask(json.dumps(shown, default=str), hidden), response=mask(body, hidden)
        )
        row.status, row.headers, row.created_at, row.updated_at = status, json.dumps(headers), now, now
        db.add(row)


def _secrets(value: Any) -> list[str]:
    """The texts under secret names, however deep."""
    if isinstance(value, dict):
        own = [str(one) for name, one in value.items() if name in SECRETS and one and not isinstance(one, dict | list)]
        return own + [text for one in value.values() for text in _secrets(one)]
    return [text for one in value for text in _secrets(one)] if isinstance(value, list) else []
