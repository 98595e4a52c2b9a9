"""The only room that knows every room: a host without Flask (create_host), with it (create_app), and serving it."""

from modulehost.app.building import create_app, create_host
from modulehost.app.serving import RunningHost, serve

__all__ = ["RunningHost", "create_app", "create_host", "serve"]
