"""Files of themes for the browser: `/templates/<theme>/css/...`, looked for in the theme and its parents."""

from flask import Response, send_file

from modulehost import themes
from modulehost.themes.theme import ThemeError
from modulehost.web import frame
from modulehost.web.client.show import blueprint

#: what a browser may fetch; templates and theme.yaml stay inside
ENDINGS = {
    "css", "js", "map", "png", "jpg", "jpeg", "gif", "svg", "ico", "webp", "woff", "woff2", "ttf", "eot", "json", "txt",
}  # fmt: skip


@blueprint.get("/templates/<theme>/<path:file>")
def theme_file(theme: str, file: str) -> Response:
    """A theme's file."""
    return _send(theme, "asset", file)


@blueprint.get("/templates/orderforms/<form>/<path:file>")
def order_form_file(form: str, file: str) -> Response:
    """An order form's file."""
    return _send(form, "orderform", file)


@blueprint.get("/favicon.ico")
def favicon() -> Response:
    """The icon that every browser asks for: the one in the host's root, else nothing, which is no error."""
    own = frame.host().root / "favicon.ico"
    return send_file(own.resolve(), conditional=True) if own.is_file() else Response(status=204)


def _send(theme: str, kind: str, file: str) -> Response:
    if file.rpartition(".")[2].lower() not in ENDINGS:
        return Response("no such file\n", 404, mimetype="text/plain")
    try:
        winner = themes.resolve(frame.host(), theme, kind, file).winner
    except ThemeError:
        winner = None
    if winner is None:
        return Response("no such file\n", 404, mimetype="text/plain")
    response = send_file(winner.resolve(), conditional=True)
    # Always asked again: a saved file is used by the next page.
    response.headers["Cache-Control"] = "no-cache"
    return response
