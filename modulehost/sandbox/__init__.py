"""Vendor simulators: what modules talk to when there is no vendor.

Each speaks the vendor's own HTTP interface and shows the pages that a person meets. It is a program of its own that
knows nothing of the host but the clock file; the pages under `/_sandbox/` show its objects, its request log and the
fault switches.
"""

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask

    from modulehost.clock import Clock

VENDORS: dict[str, str] = {"solusvm2": "modulehost.sandbox.solusvm2", "zoho": "modulehost.sandbox.zoho"}


class UnknownVendor(ValueError):
    """There is no simulator of that name."""


def endpoint_map(vendor: str, url: str) -> dict[str, str]:
    """Each real address of a vendor, mapped to where its simulator at `url` answers for it."""
    found: dict[str, str] = importlib.import_module(VENDORS[vendor]).endpoint_map(url)
    return found


class RunningSandbox:
    """A simulator that serves in a daemon thread of this process."""

    def __init__(self, served: Any, thread: Any) -> None:
        self._served, self._thread = served, thread

    @property
    def url(self) -> str:
        """Where it answers, without a slash at the end."""
        return str(self._served.world.url)

    @property
    def app(self) -> "Flask":
        """The Flask application; `app.extensions["sandbox"]` is the world."""
        app: Flask = self._served.app
        return app

    @property
    def world(self) -> Any:
        """Its state, clock, faults and log (`kit.world.World`), for a test that wants to look inside."""
        return self._served.world

    def stop(self) -> None:
        """Stop serving and free the port; the state file, if any, holds the last state."""
        self._served.close()
        self._thread.join(timeout=5)

    def __enter__(self) -> "RunningSandbox":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _bind(vendor: str, host: str, port: int, clock: "Clock", state_file: Any, seed: Any, ready_file: Any) -> Any:
    if vendor not in VENDORS:
        raise UnknownVendor(f"there is no simulator of {vendor!r}; known are {', '.join(sorted(VENDORS))}")
    from modulehost.sandbox.kit import server

    def path(given: Any) -> Path | None:
        return None if given is None else Path(given)

    record = importlib.import_module(VENDORS[vendor]).VENDOR
    return server.bind(record, host, port, clock, path(state_file), seed, path(ready_file))


def serve(
    vendor: str,
    host: str = "127.0.0.1",
    port: int = 0,
    clock_file: str | Path | None = None,
    state_file: str | Path | None = None,
    seed: int | str | None = None,
    ready_file: str | Path | None = None,
    on_ready: Callable[[str], None] | None = None,
) -> None:
    """Run the simulator of `vendor` as this process, until it is interrupted.

    `on_ready` is called with the address once the port is bound. `clock_file` is the host's clock file: time in the
    simulator follows it. `state_file` keeps the state over a restart.
    `seed` makes ids and secrets repeatable. `ready_file` gets `{"url", "vendor"}` as soon as the port is bound.
    Raises UnknownVendor, kit.state.StateError (unusable state file), OSError (port taken).
    """
    from modulehost.clock import Clock

    clock = Clock(None if clock_file is None else Path(clock_file))
    served = _bind(vendor, host, port, clock, state_file, seed, ready_file)
    if on_ready is not None:
        on_ready(str(served.world.url))
    served.run()


def start(
    vendor: str,
    host: str = "127.0.0.1",
    port: int = 0,
    clock_file: str | Path | None = None,
    state_file: str | Path | None = None,
    seed: int | str | None = None,
    ready_file: str | Path | None = None,
    clock: "Clock | None" = None,
) -> RunningSandbox:
    """Start the simulator of `vendor` in a daemon thread and return at once; it answers already.

    Arguments as for `serve`; `clock` may be given in place of a clock file.
    """
    from modulehost.clock import Clock
    from modulehost.sandbox.kit import server

    if clock is None:
        clock = Clock(None if clock_file is None else Path(clock_file))
    served = _bind(vendor, host, port, clock, state_file, seed, ready_file)
    return RunningSandbox(served, server.in_thread(served))
