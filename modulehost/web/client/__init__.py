"""The client area: pages that a theme draws, at the addresses of the emulated system."""

from flask import Flask

from modulehost.web.client import (  # noqa: F401 - the modules put their views onto the blueprint
    account,
    accountusers,
    challenge,
    checkout,
    contacts,
    details,
    files,
    home,
    invoices,
    missing,
    passwords,
    paying,
    paymethods,
    security,
    services,
    signin,
    store,
    upgrade,
    upgradeconfigure,
    userprofile,
)
from modulehost.web.client.show import blueprint

__all__ = ["blueprint", "register"]


def register(app: Flask) -> None:
    """Put the client area onto the application."""
    app.register_blueprint(blueprint)
