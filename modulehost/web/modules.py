"""Modules' own addresses: `/modules/<type>/<name>/...`.

Files for the browser (styles, scripts, pictures) are served from the module's folder; everything else goes to the Flask
blueprint that its web.py defines. The blueprint lives on a small application of its own per generation, because Flask can
neither add nor remove routes once it serves; it shares session, key and error pages. The CSRF guard runs inside it.
"""

import threading
import time
from typing import Any

from flask import Blueprint, Flask, Response, current_app, request, send_from_directory
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from modulehost import events, extensions, journal, lifecycle, runtimes
from modulehost.billing import gateways
from modulehost.context import Call, CallExpired, Ctx, Host, entered
from modulehost.contract import TYPES, GatewayHalted, Module
from modulehost.runtimes.python import limits
from modulehost.web import frame
from modulehost.web.doors import doors

blueprint = Blueprint("modules", __name__)
FILES = {"css", "js", "map", "png", "jpg", "jpeg", "gif", "svg", "ico", "webp", "woff", "woff2", "ttf", "eot"}


class SubApps:
    """The small applications of one host, by module: `host.part(SubApps)`."""

    def __init__(self, host: Host) -> None:
        self.lock = threading.Lock()
        self.apps: dict[str, tuple[str, Flask | None]] = {}


@blueprint.route("/modules/gateways/callback/<name>", methods=["GET", "POST"])
@blueprint.route("/modules/gateways/callback/<name>.php", methods=["GET", "POST"])
def callback(name: str) -> Any:
    """A gateway's documented callback address: the page `/callback` of its web.py."""
    return page("gateways", name, "callback")


@blueprint.route(
    "/modules/<type_>/<name>/",
    methods=["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"],
    defaults={"rest": ""},
)
@blueprint.route(
    "/modules/<type_>/<name>/<path:rest>", methods=["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]
)
def page(type_: str, name: str, rest: str) -> Any:
    """A file of a module, or a page of its web.py."""
    if type_ not in TYPES:
        frame.not_found("This address")
    ctx = frame.ctx()
    try:
        module = extensions.module(ctx.host, type_, name)
    except extensions.ModuleMissing:
        frame.not_found("This module")
    if rest.rpartition(".")[2].lower() in FILES and (module.folder / rest).is_file():
        return send_from_directory(module.folder, rest)
    if type_ == "addons":
        with ctx.unit(read=True) as db:
            if not lifecycle.addons.is_active(db, module.name):
                frame.not_found("This module")
    if type_ == "gateways":
        with ctx.unit(read=True) as db:
            if not any(one.module == module.name for one in gateways.active(db)):
                frame.not_found("This module")
    try:
        package, given = runtimes.web_blueprint(ctx, module)
    except runtimes.ModuleFailed as failure:
        return _failed(ctx, module, "web.py", failure)
    if given is None:
        frame.not_found("This page of the module")
    try:
        app = _sub_app(ctx.host, module, package, given)
    except Exception as failure:  # `blueprint` is none, or its routes contradict each other
        text, trace = runtimes.explain(module, f"{module.shown}/web.py", failure)
        return _failed(ctx, module, "web.py", runtimes.ModuleFailed(text, "load", trace))
    try:
        return _forward(ctx, module, app, rest)
    finally:
        events.drain(Ctx(ctx.host))  # a vendor's return comes by GET and may have changed something


def _sub_app(host: Host, module: Module, package: str, given: Any) -> Flask:
    apps = host.part(SubApps)
    with apps.lock:
        known = apps.apps.get(module.owner)
        if known is not None and known[0] == package and known[1] is not None:
            return known[1]
        outer = current_app
        app = Flask(f"modulehost.module.{module.name}", static_folder=None, template_folder=frame.templates())
        app.secret_key, app.session_interface, app.json = outer.secret_key, outer.session_interface, outer.json
        app.config.update(
            {k: v for k, v in outer.config.items() if k.startswith(("SESSION_", "MAX_"))}, PROPAGATE_EXCEPTIONS=True
        )
        app.extensions["modulehost"] = host
        frame.install(app)
        app.before_request(lambda: _check(app))
        app.register_error_handler(GatewayHalted, lambda halted: Response(str(halted), 400, mimetype="text/plain"))
        app.register_blueprint(given)
        apps.apps[module.owner] = (package, app)
        return app


def _check(app: Flask) -> None:
    """The CSRF guard, except for views that check who calls by themselves (sdk.webhook)."""
    view = app.view_functions.get(request.endpoint or "")
    if not getattr(view, "checks_caller", False):
        frame.check_csrf()


def _forward(ctx: Ctx, module: Module, app: Flask, rest: str) -> AnyResponse:
    prefix = f"/modules/{module.type}/{module.name}"
    environ = dict(request.environ)
    environ.pop("werkzeug.request", None)
    environ.update(
        {
            "SCRIPT_NAME": request.environ.get("SCRIPT_NAME", "") + _wsgi(prefix),
            "PATH_INFO": _wsgi("/" + rest),
            "wsgi.input": request.stream,
        }
    )
    what = f"{prefix}/{rest}"
    call = Call(
        what,
        ctx.host.config.page_seconds,
        time.monotonic(),
        module=module.name,
        module_type=module.type,
        function="web",
    )
    inner = Ctx(ctx.host, frame.admin_actor() or ctx.actor, call, doors(module, read=False))

    def run() -> AnyResponse:
        with entered(inner):
            made: AnyResponse = Response.from_app(app.wsgi_app, environ, buffered=True)
            return made

    try:
        answer: AnyResponse = limits.limited(call, call.seconds, run)
        return answer
    except limits.TimedOut as late:
        frame_ = limits.innermost(late.frames, module.folder)
        place = module.place(frame_.filename, frame_.lineno or 1) if frame_ else f"{module.shown}/web.py"
        return _failed(ctx, module, what, runtimes.ModuleFailed(f"{what} {late} ({place})", "expired"))
    except (HTTPException, CallExpired):
        raise
    except (Exception, SystemExit) as failure:
        text, trace = runtimes.explain(module, what, failure)
        return _failed(ctx, module, what, runtimes.ModuleFailed(text, "raised", trace))


def _wsgi(path: str) -> str:
    """A decoded path as WSGI carries it: each byte of its UTF-8 form as one character."""
    return path.encode("utf-8", "surrogateescape").decode("latin-1")


def _failed(ctx: Ctx, module: Module, what: str, failure: runtimes.ModuleFailed) -> AnyResponse:
    journal.module_log(ctx, module.name, what, "", str(failure), failure.trace)
    shown = str(failure) if ctx.host.config.development else "The details are in the module log."
    return frame.error_page(frame.PageError(500, f"The module {module.name} failed", shown))
