"""kill -9 at random moments of a daily run, and two runs at once: each service is suspended once, and the day comes to its end once.

Short in `make test`; `make soak` (MODULEHOST_SOAK=1) kills often.
"""

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from modulehost import app, automation, config
from modulehost.context import Ctx, Host
from modulehost.schema import (
    ActivityLog,
    AutomationLock,
    AutomationRun,
    AutomationTaskRun,
    Client,
    Command,
    ModuleQueue,
    Product,
    Service,
)
from tests.support import databases

KILLS = 40 if os.environ.get("MODULEHOST_SOAK") else 3
SERVICES = 12
# The vendor is a file: an appended line is a suspension that it made. It takes a moment, so that kills fall into it, too.
MODULE = """
import time
def demo_SuspendAccount(params):
    time.sleep(0.01)
    with open(params["configoption1"], "a") as vendor:
        vendor.write(f"{params['serviceid']}\\n")
    return "success"
"""
CHILD = """
import sys
from modulehost import app, automation, config
from modulehost.context import Ctx
host = app.create_host(config.load(sys.argv[1], {"database": sys.argv[2]}, environ={}))
print("ready", flush=True)
automation.run(Ctx(host))
"""


def _host(url: str, root: Path) -> tuple[Host, Path]:
    host = app.create_host(config.load(root, {"database": url}, environ={}))
    host.clock.freeze()
    host.clock.set(datetime(2027, 3, 1, 9, 0))
    folder = root / "modules" / "servers" / "demo"
    folder.mkdir(parents=True)
    (folder / "demo.py").write_text(MODULE)
    vendor = root / "vendor.txt"
    vendor.touch()
    with Ctx(host).unit() as db:
        db.add(Client(id=1, email="ada@example.com", status="Active"))
        product = Product(name="Demo", servertype="demo", configoption1=str(vendor))
        db.add(product)
        db.flush()
        for n in range(SERVICES):
            db.add(Service(
                userid=1, packageid=product.id, domain=f"s{n}.example", domainstatus="Active", billingcycle="Monthly",
                amount=Decimal("10.00"), nextduedate=date(2027, 2, 1),
            ))  # fmt: skip
    return host, vendor


def _child(root: Path, url: str) -> subprocess.Popen[str]:
    child = subprocess.Popen([sys.executable, "-c", CHILD, str(root), url], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert child.stdout is not None and child.stdout.readline() == "ready\n"
    return child


def _judge(host: Host, vendor: Path, kills: int) -> None:
    """Every service was suspended once, or its one command is interrupted and waits for a person."""
    with Ctx(host).unit(read=True) as db:
        services = {row.id: row.domainstatus for row in db.scalars(select(Service))}
        queued = set(db.scalars(select(ModuleQueue.service_id).where(ModuleQueue.completed == 0)))
        commands = Counter(db.scalars(select(Command.service_id)))
        runs = db.scalars(select(AutomationRun).where(AutomationRun.daily == 1)).all()
        tasks = Counter(db.scalars(select(AutomationTaskRun.task).where(AutomationTaskRun.run_id == runs[0].id)))
        completed = len(db.scalars(select(ActivityLog.id).where(ActivityLog.description == "Cron Job: Completed")).all())
        # The lock of a task that was over when its process died may stay: the next who needs it takes it over.
        assert not any(host.is_alive(owner) for owner in db.scalars(select(AutomationLock.owner)))
    made = Counter(int(line) for line in vendor.read_text().split())
    assert max(made.values()) == 1, "the vendor was asked twice"
    for service, status in services.items():
        assert commands[service] == 1
        assert (status == "Suspended") != (service in queued)
        assert status != "Suspended" or made[service] == 1
    assert len(queued) <= kills
    assert [run.state for run in runs] == ["completed"]
    assert all(tasks[name] == 1 for name, task in automation.TASKS.items() if task.daily)
    assert completed == 1


@pytest.mark.soak
@pytest.mark.parametrize("kind", ["sqlite", "mariadb", "postgresql"])
def test_a_killed_day_is_finished_without_repeating_a_command(kind: str, tmp_path: Path) -> None:
    chance = random.Random(20270301)
    with databases.fresh_database(kind, tmp_path) as url:
        host, vendor = _host(url, tmp_path / kind)
        killed = 0
        for _ in range(KILLS):
            child = _child(host.root, url)
            try:
                child.wait(timeout=chance.uniform(0.02, 0.6))
            except subprocess.TimeoutExpired:
                child.send_signal(signal.SIGKILL)
                killed += 1
            child.communicate()
        automation.run(Ctx(host))
        _judge(host, vendor, killed)
        host.close()


@pytest.mark.parametrize("kind", ["sqlite", "mariadb", "postgresql"])
def test_two_at_once_do_the_day_once(kind: str, tmp_path: Path) -> None:
    with databases.fresh_database(kind, tmp_path) as url:
        host, vendor = _host(url, tmp_path / kind)
        children = [_child(host.root, url) for _ in range(2)]
        for child in children:
            _said, complaints = child.communicate(timeout=120)
            assert child.returncode == 0, complaints
        _judge(host, vendor, 0)
        host.close()
