"""Where a single sign-on leads: in production at once, in development to its author by a page of
what was asked and answered."""

from typing import Any

from flask import Response, current_app, redirect
from werkzeug.wrappers import Response as AnyResponse

from modulehost.journal import mask, trees
from modulehost.lifecycle.signon import Way
from modulehost.web import frame, nearby


def inside() -> bool:
    """Whether who asks may see what a module was given and answered: in development, on this machine or as an administrator.

    A development host is shown to others, too; its clients learn no more than in production.
    """
    return frame.host().config.development and (frame.admin_actor() is not None or not nearby.objection("sign-on"))


def go(way: Way, title: str, back: str) -> AnyResponse | None:
    """Follow a way. None when there is no way to follow and the caller is to say why; the author's page says it itself.

    `title` is the label of the button that was pressed, `back` the page that it stands on.
    """
    if way.call is None or not inside():
        return redirect(way.url, 303) if way.url else None
    call, hidden = way.call, way.call.secrets
    values: dict[str, Any] = {
        "title": title,
        "back": back,
        "way": way,
        "name": f"{call.module}_{call.function}",
        "params": trees.tree(call.params, hidden),
        "answer": trees.tree(call.value, hidden),
        "printed": mask(call.printed, hidden),
        "text": trees.text,
    }
    html = current_app.jinja_env.get_template("modulehost/signon.html").render(values)
    response = Response(html, 502 if way.failed else 200, mimetype="text/html")
    # The vendor's address may hold a token of one use: nobody but the vendor is to learn it.
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
