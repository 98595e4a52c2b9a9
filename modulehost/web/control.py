"""/_host: what drives the host from outside (scripts, the admin header). Answers this machine, or whoever has the control token."""

import hmac
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, jsonify, request

from modulehost import __version__, automation, hooks, themes
from modulehost.automation import snapshots
from modulehost.context import Ctx
from modulehost.duration import parse
from modulehost.journal import firings
from modulehost.web import frame, nearby

blueprint = Blueprint("control", __name__, url_prefix="/_host")


@blueprint.before_request
def _guard() -> Any:
    frame.exempt()
    if _token_given():
        return None
    # A page of another site in a browser on this machine must not drive the host: it cannot set this header unasked.
    if request.method not in frame.SAFE_METHODS and request.headers.get("Sec-Fetch-Site", "none") not in (
        "none",
        "same-origin",
    ):
        return _refuse("this request comes from a page of another site")
    why = nearby.objection("/_host")
    return _refuse(why) if why else None


def _token_given() -> bool:
    token, given = frame.host().config.control_token, request.headers.get("X-Modulehost-Token", "")
    return bool(token) and hmac.compare_digest(token.encode(), given.encode())


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
    """Move the clock: JSON {"advance": "45d"}, {"set": "2027-03-01"}, {"freeze": true} or {"resume": true}.

    With {"background": true} beside the first two the answer comes at once, and GET tells in `journey` how far it is.
    {"continue": true} goes on with a journey whose process died. While one is under way another is refused (409).
    """
    given = request.get_json(silent=True)
    wish = given if isinstance(given, dict) else request.form
    ctx = Ctx(frame.host())
    try:
        if wish.get("advance") or wish.get("set") or wish.get("continue"):
            go = automation.start if wish.get("background") else automation.set_to
            go(ctx, _target(ctx, wish))
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
        response.status_code = 409 if isinstance(failure, automation.UnderWay) else 400
        return response
    return jsonify(_clock())


@blueprint.get("/snapshots")
def kept_states() -> Any:
    """The snapshots there are."""
    return jsonify(snapshots=[_snapshot(one) for one in snapshots.listing(Ctx(frame.host()))])


@blueprint.post("/snapshots")
def keep_state() -> Any:
    """JSON {"save": name} (with {"replace": true} over one that exists), {"load": name} or {"delete": name}."""
    given = request.get_json(silent=True)
    wish = given if isinstance(given, dict) else request.form
    ctx = Ctx(frame.host())
    try:
        if wish.get("save"):
            return jsonify(_snapshot(snapshots.save(ctx, str(wish["save"]), bool(wish.get("replace")))))
        if wish.get("load"):
            return jsonify(_snapshot(snapshots.load(ctx, str(wish["load"]))))
        if wish.get("delete"):
            snapshots.delete(ctx, str(wish["delete"]))
            return jsonify(deleted=str(wish["delete"]))
        raise snapshots.SnapshotError('say what to do: {"save": name}, {"load": name} or {"delete": name}')
    except snapshots.SnapshotError as failure:
        response = jsonify(error=str(failure))
        response.status_code = 400
        return response


def _snapshot(one: snapshots.Snapshot) -> dict[str, Any]:
    return {**vars(one), "time": one.time.isoformat(sep=" ")}


@blueprint.get("/templates")
def templates() -> Any:
    """For the last pages: which template files were looked for, where, and which one was taken."""
    return jsonify(pages=themes.considered(frame.host()))


@blueprint.get("/hooks")
def hook_trace() -> Any:
    """The last firings, newest first, and who listens; `point` chooses one."""
    host, point = frame.host(), request.args.get("point", "")
    if not host.config.development and not _token_given():
        return _refuse("firings hold customers' data: where development is off they need X-Modulehost-Token")
    found = [firings.plain(one) for one in hooks.trace(host, point)[:200]]
    return jsonify(
        firings=found,
        listeners=[one for one in firings.listeners(hooks.listeners(host)) if point in ("", one["point"])],
        unknown=[text for _one, text in hooks.unknown(host)],
    )


def _target(ctx: Ctx, wish: Any) -> datetime:
    if wish.get("advance"):
        return ctx.host.clock.now() + parse(str(wish["advance"]))
    if wish.get("set"):
        return automation.read_moment(str(wish["set"]))
    left = automation.left_over(ctx)
    if left is None or left.target is None:
        raise ValueError("there is no journey of the clock to go on with")
    return left.target


def _clock() -> dict[str, Any]:
    host = frame.host()
    return {"offset": _text(host.clock.offset), **automation.show(Ctx(host))}


def _text(by: timedelta) -> str:
    return f"{by.total_seconds():+.0f} s"
