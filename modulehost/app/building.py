"""Putting the rooms together."""

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from modulehost import api, billing, events, extensions, lifecycle, mail, ordering, themes
from modulehost.app import seed
from modulehost.billing import gatewaycalls
from modulehost.config import Config
from modulehost.context import Ctx, Host
from modulehost.schema.create import create_all

if TYPE_CHECKING:
    from flask import Flask

log = logging.getLogger("modulehost.app")
#: rooms with something to register, lower floors first
ROOMS: tuple[Any, ...] = (extensions, mail, billing, lifecycle, ordering, api, themes)


def create_host(config: Config, real_time: Callable[[], float] | None = None) -> Host:
    """A host without its pages: tables created or checked, rooms registered, basic rows there, dead commands marked."""
    host = Host(config, real_time=real_time)
    create_all(host.engine)
    for room in ROOMS:
        register = getattr(room, "register", None)
        if register is not None:
            register(host)
    ctx = Ctx(host)
    seed.base(ctx)
    lifecycle.recover(ctx)
    gatewaycalls.recover(ctx)
    return host


def create_app(host: Host) -> "Flask":
    """The Flask application of a host: admin area, client area, API endpoint, modules' own pages, control."""
    from flask import Flask, request

    from modulehost.vault import Vault
    from modulehost.web import admin, assets, client, control, endpoint, failures, frame, modules

    app = Flask("modulehost", static_folder=None, template_folder=frame.templates())
    app.secret_key = host.part(Vault).session_key
    app.config.update(
        SESSION_COOKIE_NAME="modulehost",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=host.config.system_url.startswith("https://"),
        MAX_CONTENT_LENGTH=32 * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=8 * 1024 * 1024,
    )
    app.extensions["modulehost"] = host
    assets.install(app)
    failures.install(app)
    frame.install(app, guarded=(admin.blueprint.name, client.blueprint.name))
    for face in (admin, client, endpoint, control, modules):
        app.register_blueprint(face.blueprint)

    @app.after_request
    def _drain(response: Any) -> Any:
        # What a change announced happens now, not with the next cron. Reading pages announce nothing.
        if request.method not in frame.SAFE_METHODS:
            try:
                events.drain(Ctx(host))
            except Exception:  # the change itself is committed and answered; what is left waits for the next drain
                log.exception("announcements could not be delivered")
        return response

    return app
