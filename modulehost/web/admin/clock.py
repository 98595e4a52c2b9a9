"""The clock in the head of the admin area, and the page that shows how far a journey of the clock is."""

from datetime import datetime

from flask import jsonify, request
from werkzeug.wrappers import Response

from modulehost import automation
from modulehost.duration import parse
from modulehost.web import frame
from modulehost.web.admin.site import blueprint, go, page

URL = "/admin/clock.php"
PERMISSION = "Configure Automation Settings"


@blueprint.get("/clock.php")
@frame.permission(PERMISSION)
def clock() -> Response:
    """The time, ways to move it, and the last journey; `progress=1` answers with JSON, which the page asks for while one is under way."""
    shown = automation.show(frame.ctx())
    if request.args.get("progress"):
        return jsonify(shown)
    return page("clock.html", "Clock", clock=shown, offset=frame.host().clock.offset)


@blueprint.post("/clock.php")
@frame.permission(PERMISSION)
def move_clock() -> Response:
    """`advance` (a span), `set` (a moment), `continue`, `freeze`, `resume`. Moving goes on in the background."""
    ctx, action = frame.ctx(), request.form.get("action", "")
    clock = ctx.host.clock
    try:
        if action == "freeze":
            clock.freeze()
            frame.note("success", "The time stands still")
        elif action == "resume":
            clock.resume()
            frame.note("success", "The time runs")
        elif action in ("advance", "set", "continue"):
            automation.start(ctx, _target(action))
        else:
            frame.note("error", "Nothing was changed", "The clock knows advance, set, continue, freeze and resume.")
    except (ValueError, OverflowError) as failure:
        text = str(failure)
        frame.note("error", "The clock was not moved", f"{text[:1].upper()}{text[1:]}.")
    return go(URL)


def _target(action: str) -> datetime:
    ctx = frame.ctx()
    if action == "advance":
        return ctx.host.clock.now() + parse(request.form.get("span", ""))
    if action == "set":
        return automation.read_moment(request.form.get("moment", ""))
    left = automation.left_over(ctx)
    if left is None or left.target is None:
        raise ValueError("there is no journey to go on with")
    return left.target
