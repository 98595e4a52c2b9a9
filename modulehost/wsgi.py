"""Running a waitress server that can be stopped from another thread; the host and the simulators share it."""

import threading
from typing import Any


class Loop:
    """A waitress server and its loop. `run` in one thread, `stop` from any."""

    def __init__(self, server: Any) -> None:
        self.server = server
        self._stopping = threading.Event()
        self._gate = threading.Lock()
        self._closed = False

    def run(self) -> None:
        """Answer until `stop` is called or the process is interrupted; then the port is free."""
        from waitress import wasyncore

        try:
            while not self._stopping.is_set():
                wasyncore.loop(timeout=1, map=self.server._map, count=1)
        finally:
            self._stopping.set()
            self.server.task_dispatcher.shutdown(timeout=2)
            # Only the loop's own thread closes the sockets: under it, its next select() or a late wake-up would meet a
            # descriptor that is closed or, worse, belongs to someone else by now.
            with self._gate:
                self._closed = True
                wasyncore.close_all(self.server._map, ignore_all=True)

    def stop(self) -> None:
        """Let `run` return soon. May be called twice."""
        with self._gate:
            self._stopping.set()
            if not self._closed:
                self.server.pull_trigger()
