"""A mail server that keeps what it gets."""

import base64
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class _Smtp(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        server: Any = self.server
        self.wfile.write(b"220 test\r\n")
        while line := self.rfile.readline():
            word = line[:4].upper()
            if word == b"EHLO":
                self.wfile.write(b"250-test\r\n250 AUTH PLAIN\r\n")
            elif word == b"AUTH":
                user, password = base64.b64decode(line.split()[2]).decode().split("\0")[1:]
                server.signed_in.append((user, password))
                self.wfile.write(b"235 welcome\r\n" if password == "right" else b"535 wrong password\r\n")
            elif word == b"DATA":
                self.wfile.write(b"354 go\r\n")
                lines = []
                while (part := self.rfile.readline()) not in (b".\r\n", b""):
                    lines.append(part)
                server.got.append((server.recipients, b"".join(lines).decode()))
                server.recipients = []
                self.wfile.write(b"250 ok\r\n")
            elif word == b"RCPT":
                server.recipients.append(line.decode().split("<")[1].split(">")[0])
                self.wfile.write(b"550 nobody here\r\n" if b"refused" in line else b"250 ok\r\n")
            elif word == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 ok\r\n")


@contextmanager
def smtp_server() -> Iterator[Any]:
    """A server on this machine: `got` has (recipients, text) of each mail, `signed_in` the names and passwords that came."""
    with socketserver.TCPServer(("127.0.0.1", 0), _Smtp) as server:
        state: Any = server
        state.got, state.recipients, state.signed_in = [], [], []
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
