"""Hooks: what was fired, with arguments, listeners in order, answers and time; and who listens where."""

from flask import request
from werkzeug.wrappers import Response

from modulehost import hooks
from modulehost.journal import firings, trees
from modulehost.web import frame
from modulehost.web.admin.site import blueprint, number, page

URL = "/admin/hooks.php"
SHOWN = 60


@blueprint.get("/hooks.php")
@frame.permission("View Module Debug Log")
def hook_page() -> Response:
    """The last firings of this process; `point` chooses one, `all=1` also those nobody heard, `firing` shows one whole."""
    host, point = frame.host(), request.args.get("point", "").strip()
    if number("firing"):
        one = next((each for each in hooks.trace(host) if each.number == number("firing")), None)
        if one is None:
            gone = "The last 500 firings of this process are kept; this one is gone."
            raise frame.PageError(404, "Firing not found", gone)
        return page("hookfiring.html", f"Hook {one.point}", firing=firings.plain(one), text=trees.text, menu_url=URL)
    everything = bool(request.args.get("all") or point)
    found = [one for one in hooks.trace(host, point) if one.results or everything]
    wrong = [text for _subscription, text in hooks.unknown(host)]
    return page("hooks.html", "Hooks", fired=[firings.plain(one) for one in found[:SHOWN]], point=point, wrong=wrong,
                everything=everything, listening=firings.listeners(hooks.listeners(host)))  # fmt: skip
