"""Serving a simulator: waitress, in a thread or as the process."""

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from waitress import create_server

from modulehost.clock import Clock
from modulehost.sandbox.kit import state
from modulehost.sandbox.kit.app import make_app
from modulehost.sandbox.kit.edge import edge
from modulehost.sandbox.kit.world import Vendor, World, open_world, save
from modulehost.wsgi import Loop


@dataclass
class Served:
    """A simulator bound to its port, ready to run."""

    world: World[Any]
    app: Flask
    loop: Loop

    def run(self) -> None:
        """Serve until `close` is called or the process is interrupted; then the port is free and the state is kept."""
        try:
            self.loop.run()
        except KeyboardInterrupt:
            pass
        finally:
            self.world.stopping.set()
            with self.world.lock:
                save(self.world)

    def close(self) -> None:
        """Let `run` return soon. May be called from any thread, and twice."""
        self.world.stopping.set()
        self.loop.stop()


def bind(
    vendor: Vendor[Any],
    host: str,
    port: int,
    clock: Clock,
    state_file: Path | None = None,
    seed: int | str | None = None,
    ready_file: Path | None = None,
) -> Served:
    """Open the world, bind the port (0: any free one) and say so in the ready file `{"url", "vendor"}`."""
    world = open_world(vendor, clock, state_file, seed)
    app = make_app(world)
    server = create_server(
        edge(world, app.wsgi_app), host=host, port=port, threads=12, ident=None, max_request_body_size=8 * 1024 * 1024
    )
    shown = f"[{host}]" if ":" in host else host
    world.url = f"http://{'127.0.0.1' if host in ('', '0.0.0.0') else shown}:{server.effective_port}"  # noqa: S104
    if ready_file is not None:
        state.write(ready_file, {"url": world.url, "vendor": vendor.name})
    return Served(world, app, Loop(server))


def in_thread(served: Served) -> threading.Thread:
    """Serve in a daemon thread."""
    thread = threading.Thread(target=served.run, name=f"sandbox-{served.world.vendor.name}", daemon=True)
    thread.start()
    return thread
