"""A long day: pages, API calls, whole lives of services and saved modules, over and over. Nothing may pile up.

Short in `make test`; `make soak` (MODULEHOST_SOAK=1) goes on for long and watches the memory as well.
"""

import gc
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from sqlalchemy import func, select

from modulehost import api, app, lifecycle
from modulehost.context import Ctx
from modulehost.runtimes.python.loader import PREFIX
from modulehost.schema import Client, CommandLock, Product, Service

LONG = bool(os.environ.get("MODULEHOST_SOAK"))
ROUNDS = 1_000 if LONG else 30
MODULE = "def demo_MetaData(): return {'DisplayName': 'Round %d'}\n" + "".join(
    f"def demo_{name}(params): return 'success'\n"
    for name in ("CreateAccount", "SuspendAccount", "UnsuspendAccount", "TerminateAccount")
)


def held() -> dict[str, int]:
    """What this process holds on to."""
    gc.collect()
    return {
        "threads": threading.active_count(),
        "files": len(os.listdir("/proc/self/fd")),
        "loaded": sum(name.startswith(PREFIX) for name in sys.modules),
    }


def megabytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 2**20


@pytest.mark.soak
def test_nothing_piles_up(running: app.RunningHost, write_module: Callable[..., Path]) -> None:
    ctx = Ctx(running.host)
    with ctx.unit() as db:
        client = Client(firstname="A", lastname="B", email="a@b.example", currency=1, status="Active")
        product = Product(name="Demo", type="other", gid=1, servertype="demo")
        db.add_all([client, product])
        db.flush()
        service = Service(userid=client.id, packageid=product.id, domain="a.example", domainstatus="Pending")
        db.add(service)
        db.flush()
        number = service.id

    def one(turn: int) -> None:
        if turn % 5 == 0:
            write_module("demo", MODULE % turn)
        for function in ("CreateAccount", "SuspendAccount", "UnsuspendAccount", "TerminateAccount"):
            outcome = lifecycle.run(Ctx(running.host), number, function)
            assert outcome.ok, outcome.message
        for path in ("", "store", "login", "admin/login.php", "_host/health"):
            assert requests.get(running.url + path, timeout=60).status_code == 200, path
        assert api.call(Ctx(running.host), "GetClientsProducts", {"serviceid": number})["totalresults"] == 1

    warm = max(10, ROUNDS // 10)
    for turn in range(warm):
        one(turn)
    before, memory = held(), megabytes()
    for turn in range(warm, ROUNDS):
        one(turn)
    after = held()
    assert all(after[name] <= before[name] + 3 for name in before), (before, after)
    if LONG:
        assert megabytes() - memory < 60
    with ctx.unit(read=True) as db:
        assert db.scalar(select(func.count()).select_from(CommandLock)) == 0
        assert lifecycle.queue.open_rows(db) == []
