"""Serving a host with waitress. The port is bound before anything prints an address, so the System URL is the real one."""

import json
import logging
import os
import socket
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from modulehost.app.building import create_app
from modulehost.context import Host
from modulehost.wsgi import Loop


class CannotListen(OSError):
    """The address is taken or not ours; the text names the cure."""


class RunningHost:
    """A host that answers: `url`, and `stop()`."""

    def __init__(self, host: Host) -> None:
        from waitress.server import create_server

        config = host.config
        family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((config.host, config.port))
        except OSError as failure:
            listener.close()
            raise CannotListen(
                f"cannot listen on port {config.port} of {config.host} ({failure.strerror}); "
                "choose another with --port N, or 0 for any free one"
            ) from failure
        listener.listen(256)
        port = listener.getsockname()[1]
        shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(config.host, config.host)  # noqa: S104
        shown = f"[{shown}]" if ":" in shown else shown
        if not config.system_url:
            host.base_url = f"http://{shown}:{port}/"
        self.host, self.url, self.port = host, host.base_url, port
        options: dict[str, Any] = {"threads": config.threads, "ident": None, "channel_timeout": 620}
        if config.trusted_proxy:
            options |= {
                "trusted_proxy": config.trusted_proxy,
                "trusted_proxy_headers": "x-forwarded-for x-forwarded-proto x-forwarded-host",
                "clear_untrusted_proxy_headers": True,
            }
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        self._loop = Loop(create_server(create_app(host), sockets=[listener], **options))
        self._thread: threading.Thread | None = None

    def run(self) -> None:
        """Answer until interrupted."""
        try:
            self._loop.run()
        finally:
            self.host.close()

    def start(self) -> "RunningHost":
        """Answer in the background."""
        self._thread = threading.Thread(target=self._loop.run, name="modulehost", daemon=True)
        self._thread.start()
        return self

    def wait(self) -> None:
        """Stay until a host that was started stops."""
        while self._thread is not None and self._thread.is_alive():
            self._thread.join(0.5)

    def stop(self) -> None:
        """Stop answering and give everything back."""
        self._loop.stop()
        if self._thread is not None:
            self._thread.join(5)
        self.host.close()


def serve(host: Host) -> RunningHost:
    """Bind the host's port; call `run()` or `start()` on what comes back."""
    return RunningHost(host)


def write_ready(path: Path, content: Mapping[str, Any]) -> None:
    """Write the ready file in one step: who waits for it never reads half of it. It holds passwords, so it is its owner's only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        handle.write(json.dumps(content, indent=2) + "\n")
    new.replace(path)
