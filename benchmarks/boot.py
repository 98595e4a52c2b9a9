"""How long from the start of the process to the first answered request, against a bare Flask + SQLAlchemy + waitress program.

Both are started as processes of their own on a database that exists; printed are medians and their ratio.

    python benchmarks/boot.py [runs]
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

BARE = """
import socket, sys
from flask import Flask
from sqlalchemy import create_engine, text
from waitress import create_server
engine = create_engine("sqlite:///" + sys.argv[2])
app = Flask(__name__)
@app.get("/")
def page():
    with engine.begin() as db:
        return str(db.execute(text("select 1")).scalar())
listener = socket.socket(); listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("127.0.0.1", int(sys.argv[1]))); listener.listen(16)
create_server(app, sockets=[listener]).run()
"""


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# As installed: Python may keep byte code, which an installer makes for the libraries anyway.
ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}


def seconds_to_answer(command: list[str], url: str) -> float:
    started = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=ENVIRONMENT)
    try:
        while True:
            try:
                with urllib.request.urlopen(url, timeout=10) as answer:
                    answer.read()
                return time.perf_counter() - started
            except (urllib.error.URLError, ConnectionError):
                if child.poll() is not None:
                    raise SystemExit(child.stderr.read().decode() if child.stderr else "the program ended") from None
                time.sleep(0.002)
    finally:
        child.kill()
        child.wait()


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 9
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        subprocess.run(
            [sys.executable, "-m", "modulehost", "reset", "--yes", "--root", folder],
            check=True,
            stdout=subprocess.DEVNULL,
            env=ENVIRONMENT,
        )
        bare, ours = [], []
        for _ in range(runs):  # one of each in turn, so that a busy moment of the machine hits both
            port = free_port()
            bare.append(
                seconds_to_answer(
                    [sys.executable, "-c", BARE, str(port), str(root / "bare.db")], f"http://127.0.0.1:{port}/"
                )
            )
            port = free_port()
            ours.append(
                seconds_to_answer(
                    [sys.executable, "-m", "modulehost", "serve", "--root", folder, "--port", str(port)],
                    f"http://127.0.0.1:{port}/login",
                )
            )
    print(f"bare Flask + SQLAlchemy + waitress  {statistics.median(bare):.3f} s")
    print(f"modulehost serve                    {statistics.median(ours):.3f} s")
    print(f"ratio                               {statistics.median(ours) / statistics.median(bare):.2f}")


if __name__ == "__main__":
    main()
