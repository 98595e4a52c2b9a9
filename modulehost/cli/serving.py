"""serve and demo: a host that answers."""

import gc
import logging
from pathlib import Path
from typing import Any

import click

from modulehost import config as configuration
from modulehost.cli.main import shared, show

_HOST_OPTIONS = (
    click.option("--host", metavar="H", help="Address to listen on; default 127.0.0.1."),
    click.option("--port", type=int, metavar="N", help="Port; 0 = any free one; default 8080."),
    click.option(
        "--ready-file", type=click.Path(path_type=Path), metavar="F", help="JSON, written once the host answers."
    ),
)


def _listening(function: Any) -> Any:
    for option in reversed(_HOST_OPTIONS):
        function = option(function)
    return function


@click.command()
@_listening
@shared
def serve(
    root: str | None, database: str | None, host: str | None, port: int | None, ready_file: Path | None, as_json: bool
) -> None:
    """Serve the host in --root until interrupted."""
    gc.disable()  # start-up makes hundreds of thousands of lasting objects; collecting them in between only takes time
    from modulehost import app
    from modulehost.app.firststart import first_admin
    from modulehost.app.serving import write_ready
    from modulehost.context import Ctx

    settings = configuration.load(root, {"database": database, "host": host, "port": port})
    opened = app.create_host(settings)
    created = first_admin(Ctx(opened))
    running = app.serve(opened)
    ready: dict[str, Any] = {"url": running.url, **({"admin": created} if created else {})}
    if ready_file:
        write_ready(ready_file, ready)
    show(ready, as_json, lambda: _told(ready))
    _run(running)


@click.command()
@_listening
@shared
def demo(
    root: str | None, database: str | None, host: str | None, port: int | None, ready_file: Path | None, as_json: bool
) -> None:
    """Reset a database of its own, fill it with examples, start the vendor simulators and serve. Default root: ./modulehost-demo"""
    from modulehost.app import demo as room
    from modulehost.app.serving import write_ready

    settings = configuration.load(
        root or str(Path("modulehost-demo")), {"database": database, "host": host, "port": port}
    )
    running, ready = room.start(settings)
    if ready_file:
        write_ready(ready_file, ready)
    show(ready, as_json, lambda: _told(ready))
    _run(running)


def _run(running: Any) -> None:
    gc.enable()
    gc.freeze()  # what start-up made stays for the life of the process; the collector need not look at it again
    logging.getLogger("waitress").setLevel(logging.ERROR)
    try:
        running.run()
    except KeyboardInterrupt:
        click.echo("stopped", err=True)


def _told(ready: dict[str, Any]) -> str:
    lines = [f"modulehost answers at {ready['url']}", ""]
    if "admin" in ready:
        lines.append(
            f"  Admin area    {ready['url']}admin/    {ready['admin']['username']} / {ready['admin']['password']}"
        )
    if "client" in ready:
        lines.append(
            f"  Client area   {ready['url']}clientarea.php    {ready['client']['email']} / {ready['client']['password']}"
        )
    if "api" in ready:
        lines.append(f"  API           {ready['url']}includes/api.php")
        lines.append(f"                identifier {ready['api']['identifier']}")
        lines.append(f"                secret     {ready['api']['secret']}")
    for vendor, url in ready.get("sandboxes", {}).items():
        lines.append(f"  Sandbox       {vendor}: {url}  (objects, requests, faults: {url.rstrip('/')}/_sandbox/)")
    return "\n".join([*lines, "", "Ctrl-C stops it."])
