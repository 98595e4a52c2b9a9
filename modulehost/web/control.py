"""/_host: what drives the host from outside (scripts, the admin header). Answers this machine, or whoever has the control token."""

import hmac
import ipaddress
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, jsonify, request

from modulehost import __version__, automation, settings, themes
from modulehost.context import Ctx
from modulehost.duration import parse
from modulehost.web import frame

blueprint = Blueprint("control", __name__, url_prefix="/_host")


@blueprint.before_request
def _guard() -> Any:
    frame.exempt()
    token = frame.host().config.control_token
    given = request.headers.get("X-Modulehost-Token", "")
    if token and hmac.compare_digest(token.encode(), given.encode()):
        return None
    # A page of another site in a browser on this machine must not drive the host: it cannot set this header unasked.
    if request.method not in frame.SAFE_METHODS and request.headers.get("Sec-Fetch-Site", "none") not in (
        "none",
        "same-origin",
    ):
        return _refuse("this request comes from a page of another site")
    if not _here(request.remote_addr or ""):
        return _refuse(
            "/_host answers this machine only; others send X-Modulehost-Token with the control_token of modulehost.toml"
        )
    config = frame.host().config
    with Ctx(frame.host()).unit(read=True) as db:
        public = config.system_url or settings.get(db, "SystemURL")
    names = {urlsplit(public).hostname, urlsplit(frame.host().base_url).hostname, config.host}
    name = urlsplit("//" + request.host).hostname or ""
    if not _here(name) and name not in names:
        # A name of somebody else's that leads here: the page behind it would count as ours to the browser.
        return _refuse(f"{name!r} is no name of this host; use {frame.host().base_url}")
    if public and not config.trusted_proxy and not _here(urlsplit(public).hostname or ""):
        return _refuse(
            f"the System URL is {public}, so a proxy on this machine may be passing on what anybody sends; name it as trusted_proxy "
            "in modulehost.toml, or send X-Modulehost-Token with the control_token"
        )
    return None


def _here(name: str) -> bool:
    """Whether an address or a name can only be this machine."""
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")


def _refuse(why: str) -> Response:
    response = jsonify(error=why)
    response.status_code = 403
    return response


@blueprint.get("/health")
def health() -> Any:
    """That the host answers, and its version."""
    return jsonify(status="ok", version=__version__)


@blueprint.get("/clock")
def clock() -> Any:
    """The host's time."""
    return jsonify(_clock())


@blueprint.post("/clock")
def move() -> Any:
    """Move the clock: JSON {"advance": "45d"}, {"set": "2027-03-01"}, {"freeze": true} or {"resume": true}."""
    given = request.get_json(silent=True)
    wish = given if isinstance(given, dict) else request.form
    ctx = Ctx(frame.host())
    try:
        if wish.get("advance"):
            automation.advance(ctx, parse(str(wish["advance"])))
        elif wish.get("set"):
            to = datetime.fromisoformat(str(wish["set"]))
            automation.set_to(ctx, to.astimezone(UTC).replace(tzinfo=None) if to.tzinfo else to)
        elif wish.get("freeze"):
            ctx.host.clock.freeze()
        elif wish.get("resume"):
            ctx.host.clock.resume()
        else:
            raise ValueError(
                'say what to do: {"advance": "45d"}, {"set": "2027-03-01"}, {"freeze": true} or {"resume": true}'
            )
    except (ValueError, OverflowError) as failure:
        response = jsonify(error=str(failure))
        response.status_code = 400
        return response
    return jsonify(_clock())


@blueprint.get("/templates")
def templates() -> Any:
    """For the last pages: which template files were looked for, where, and which one was taken."""
    return jsonify(pages=themes.considered(frame.host()))


def _clock() -> dict[str, Any]:
    own = frame.host().clock
    return {"now": own.now().isoformat(sep=" "), "offset": _text(own.offset), "frozen": own.frozen}


def _text(by: timedelta) -> str:
    return f"{by.total_seconds():+.0f} s"
