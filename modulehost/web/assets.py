"""Bootstrap 4, jQuery and Font Awesome, which modules' templates expect, served out of their Python packages."""

import importlib.util
from pathlib import Path

from flask import Flask, Response, send_from_directory

#: first part of the address -> (package, folder inside it)
PACKAGES = {
    "bootstrap4": ("flask_bootstrap", "static/bootstrap4"),
    "fontawesome": ("fontawesomefree", "static/fontawesomefree"),
}


def folder(name: str) -> Path | None:
    """Where a package's files lie; the package itself is not imported."""
    package, inside = PACKAGES.get(name, ("", ""))
    spec = importlib.util.find_spec(package) if package else None
    return Path(spec.origin).parent / inside if spec is not None and spec.origin else None


def install(app: Flask) -> None:
    """Serve them under /_host/assets/."""

    @app.get("/_host/assets/<name>/<path:file>")
    def _assets(name: str, file: str) -> Response:
        base = folder(name)
        if base is None:
            return Response("no such package\n", 404, mimetype="text/plain")
        response = send_from_directory(base, file, max_age=86400)
        response.headers["Cache-Control"] = "public, max-age=86400"
        return response
