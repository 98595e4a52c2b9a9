"""The Flask application of a simulator."""

from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException

from modulehost.sandbox.kit import forms, pages
from modulehost.sandbox.kit.world import World

_CSP = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"


def make_app(world: World[Any]) -> Flask:
    """The vendor's blueprints and the kit's pages in one application; `world` is `app.extensions["sandbox"]`."""
    vendor = world.vendor
    app = Flask(f"modulehost.sandbox.{vendor.name}", static_folder=None, template_folder=None)
    app.secret_key = world.secret_key
    app.extensions["sandbox"] = world
    # Cookies know no ports: without a name of its own a simulator would overwrite the host's session on 127.0.0.1.
    app.config.update(
        SESSION_COOKIE_NAME=f"sandbox_{vendor.name}", SESSION_COOKIE_SAMESITE="Lax", MAX_CONTENT_LENGTH=4 * 1024 * 1024
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.url_map.strict_slashes = False
    app.jinja_env.globals.update(csrf=forms.field, vendor=vendor, world=world)
    app.jinja_env.filters["when"] = _when
    for blueprint in (pages.blueprint, *vendor.blueprints):
        app.register_blueprint(blueprint)
    if vendor.context is not None:
        app.context_processor(vendor.context)
    app.register_error_handler(HTTPException, _error)
    app.after_request(_harden)
    return app


def _when(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%d %b %Y, %H:%M") if seconds else ""


def _error(error: HTTPException) -> tuple[str, int] | Response:
    refuse = forms.world().vendor.refuse
    if refuse is not None and (refused := refuse(error)) is not None:
        return refused
    if error.response is not None:
        return error.get_response()  # type: ignore[return-value]
    if not request.accept_mimetypes.accept_html or request.accept_mimetypes.best == "*/*":
        return Response(
            f"{error.code} {error.description}\n", status=error.code, content_type="text/plain; charset=utf-8"
        )
    return render_template("kit/error.html", error=error), error.code or 500


def _harden(response: Response) -> Response:
    if response.mimetype == "text/html":
        response.headers.setdefault("Content-Security-Policy", _CSP)
        response.headers.setdefault("X-Frame-Options", "DENY")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("Cache-Control", "no-store")
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    return response
