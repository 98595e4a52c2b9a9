"""kill -9 at random moments while commands run: the books and the vendor agree afterwards, and nothing is repeated by itself.

Short in `make test`; `make soak` (MODULEHOST_SOAK=1) kills often.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from modulehost import app, config, lifecycle
from modulehost.context import Ctx
from modulehost.schema import Command, CommandLock, Product, Service
from tests.support import databases

KILLS = 50 if os.environ.get("MODULEHOST_SOAK") else 4
SERVICES = 12
# The vendor is a file: an appended line is an object that it made.
MODULE = """
def demo_CreateAccount(params):
    with open(params["configoption1"], "a") as vendor:
        vendor.write(f"{params['serviceid']}\\n")
    return "success"
"""
CHILD = """
import sys
from modulehost import app, config, lifecycle
from modulehost.context import Ctx
from modulehost.schema import Command, Service
from sqlalchemy import select
host = app.create_host(config.load(sys.argv[1], {"database": sys.argv[2]}, environ={}))
ctx = Ctx(host)
print("ready", flush=True)
with ctx.unit(read=True) as db:
    waiting = db.scalars(select(Service.id).where(Service.domainstatus == "Pending").order_by(Service.id)).all()
    known = set(db.scalars(select(Command.service_id)))
for service in waiting:
    if service not in known:
        lifecycle.run(ctx, service, "CreateAccount")
print("done", flush=True)
"""


@pytest.mark.soak
@pytest.mark.parametrize("kind", ["sqlite", "mariadb"])
def test_books_and_vendor_agree_after_every_kill(kind: str, tmp_path: Path, write_module: Callable[..., Path]) -> None:
    chance = random.Random(20261120)
    for number in range(KILLS):
        with databases.fresh_database(kind, tmp_path) as url:
            _one_kill(url, tmp_path / f"{kind}{number}", chance)


def _one_kill(url: str, root: Path, chance: random.Random) -> None:
    host = app.create_host(config.load(root, {"database": url}, environ={}))
    folder = root / "modules" / "servers" / "demo"
    folder.mkdir(parents=True)
    (folder / "demo.py").write_text(MODULE)
    vendor = root / "vendor.txt"
    vendor.touch()
    ctx = Ctx(host)
    with ctx.unit() as db:
        product = Product(name="Demo", servertype="demo", configoption1=str(vendor))
        db.add(product)
        db.flush()
        db.add_all(
            Service(userid=1, packageid=product.id, domain=f"s{n}.example", domainstatus="Pending")
            for n in range(SERVICES)
        )
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(root), url], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert child.stdout is not None
    assert child.stderr is not None
    assert child.stdout.readline() == b"ready\n", child.stderr.read().decode()
    until = time.monotonic() + chance.uniform(0.0, 0.5)
    while time.monotonic() < until and child.poll() is None:
        pass
    os.kill(child.pid, signal.SIGKILL) if child.poll() is None else None
    child.wait()
    lifecycle.recover(ctx)
    made = Counter(int(line) for line in vendor.read_text().split())
    with ctx.unit(read=True) as db:
        states = {c.service_id: c.state for c in db.scalars(select(Command))}
        waiting = {q.service_id for q in lifecycle.queue.open_rows(db)}
        assert db.scalars(select(CommandLock)).all() == []
        for service in db.scalars(select(Service)):
            state = states.get(service.id)
            assert made[service.id] <= 1
            if state == "success":
                assert (service.domainstatus, made[service.id]) == ("Active", 1)
            else:
                assert (service.domainstatus, state in (None, "interrupted")) == ("Pending", True)
                assert (service.id in waiting) == (state == "interrupted")
                assert made[service.id] == 0 or state == "interrupted"
    lifecycle.recover(ctx)
    second = subprocess.run(
        [sys.executable, "-c", CHILD, str(root), url], capture_output=True, text=True, timeout=120, check=True
    )
    assert second.stdout.endswith("done\n"), second.stderr
    after = Counter(int(line) for line in vendor.read_text().split())
    assert max(after.values()) == 1
    with ctx.unit(read=True) as db:
        left = {s.id for s in db.scalars(select(Service)) if s.domainstatus == "Pending"}
        assert left == waiting
    host.close()
