"""Commands, locks, events and units on each database: duplicate keys, waiting and deadlocks differ between them."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from modulehost import app, config, events, lifecycle
from modulehost.context import Ctx, Host
from modulehost.schema import Client, Command, CommandLock, Event, ModuleQueue, Product, Service
from modulehost.vault import Vault
from tests.support.databases import fresh_database

Write = Callable[..., Path]
COUNTING = """
import threading, time
lock, running, most, calls = threading.Lock(), 0, 0, 0
def demo_CreateAccount(params):
    global running, most, calls
    with lock:
        running += 1
        calls += 1
        most = max(most, running)
    time.sleep(0.005)
    with lock:
        running -= 1
    return "success"
def demo_TerminateAccount(params): return "the vendor is away"
def demo_MetaData(): return {"calls": calls, "most": most}
"""


@pytest.fixture
def host(database_kind: str, tmp_path: Path) -> Iterator[Host]:
    with fresh_database(database_kind, tmp_path, tables=True) as url:
        opened = app.create_host(config.load(tmp_path / "host", {"port": 0, "database": url}, environ={}))
        yield opened
        opened.close()


@pytest.fixture
def service(ctx: Ctx, write_module: Write) -> int:
    write_module("demo", COUNTING)
    with ctx.unit() as db:
        client = Client(firstname="Asha", lastname="Rao", email="asha@example.com", currency=1)
        product = Product(name="Demo", type="hostingaccount", servertype="demo")
        db.add_all([client, product])
        db.flush()
        row = Service(userid=client.id, packageid=product.id, domain="shop.example", domainstatus="Pending")
        db.add(row)
        db.flush()
        return row.id


def at_once(count: int, work: Callable[[int], object]) -> list[BaseException]:
    """Run work(0), work(1), ... in threads that start together; returns what they raised."""
    start, failures = threading.Barrier(count), []

    def body(number: int) -> None:
        try:
            start.wait(20)
            work(number)
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=body, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads)
    return failures


def counted(ctx: Ctx) -> tuple[int, int]:
    found = lifecycle.metadata(ctx, "demo")
    return found["calls"], found["most"]


def test_many_clicks_at_once_run_one_after_another_and_leave_nothing_behind(ctx: Ctx, service: int) -> None:
    outcomes: list[lifecycle.Outcome] = []
    for _ in range(6):
        failures = at_once(5, lambda n: outcomes.append(lifecycle.run(ctx, service, "CreateAccount")))
        assert failures == []
    assert {o.state for o in outcomes} <= {"success", "refused"}
    succeeded = sum(o.ok for o in outcomes)
    assert succeeded >= 6
    assert counted(ctx) == (succeeded, 1)
    with ctx.unit(read=True) as db:
        assert db.scalar(select(func.count()).select_from(CommandLock)) == 0
        assert set(db.scalars(select(Command.state))) == {"success"}


def test_one_request_key_runs_once_per_service_and_function(ctx: Ctx, service: int) -> None:
    outcomes: list[lifecycle.Outcome] = []
    run = lifecycle.run
    assert at_once(5, lambda n: outcomes.append(run(ctx, service, "CreateAccount", request_key="one"))) == []
    assert [o.ok for o in outcomes] == [True] * 5
    assert len({o.command_id for o in outcomes}) == 1
    assert counted(ctx) == (1, 1)
    other = run(ctx, service, "TerminateAccount", request_key="one")
    assert (other.state, other.message) == ("failed", "the vendor is away")


def test_the_login_is_made_once_however_many_ask(ctx: Ctx, service: int) -> None:
    seen: list[str] = []

    def prepare(_number: int) -> None:
        from modulehost.lifecycle import logins

        logins.prepare(ctx, service)
        with ctx.unit(read=True) as db:
            seen.append(ctx.host.part(Vault).decrypt(db.get_one(Service, service).password))

    assert at_once(5, prepare) == []
    assert len(set(seen)) == 1


def test_a_failure_waits_in_the_queue_until_a_retry_succeeds(ctx: Ctx, service: int, write_module: Write) -> None:
    assert not lifecycle.run(ctx, service, "TerminateAccount").ok
    assert not lifecycle.run(ctx, service, "TerminateAccount").ok
    with ctx.unit(read=True) as db:
        (row,) = lifecycle.queue.open_rows(db)
    assert (row.module_action, row.num_retries, row.last_attempt_error) == ("TerminateAccount", 1, "the vendor is away")
    write_module("demo", COUNTING.replace('"the vendor is away"', '"success"'))
    assert lifecycle.retry(ctx, row.id).ok
    with ctx.unit(read=True) as db:
        assert db.get_one(Service, service).domainstatus == "Terminated"
        assert set(db.scalars(select(ModuleQueue.completed))) == {1}


def test_what_a_dead_process_held_is_taken_over_by_one(ctx: Ctx, service: int) -> None:
    with ctx.unit() as db:
        command = Command(service_id=service, module="demo", function="CreateAccount", owner="4711-dead")
        command.state, command.started_at = "running", ctx.host.clock.now()
        db.add(command)
        db.flush()
        db.add(
            CommandLock(
                subject=f"service:{service}", command_id=command.id, owner="4711-dead", created_at=command.started_at
            )
        )
        dead = command.id
    states: list[str] = []

    def work(number: int) -> None:
        if number % 2:
            lifecycle.recover(ctx)
        else:
            states.append(lifecycle.run(ctx, service, "CreateAccount").state)

    assert at_once(6, work) == []
    assert set(states) <= {"success", "refused"}
    calls, most = counted(ctx)
    assert (calls, most) == (states.count("success"), min(calls, 1))
    lifecycle.run(ctx, service, "CreateAccount")
    with ctx.unit(read=True) as db:
        assert db.get_one(Command, dead).state == "interrupted"
        assert db.scalar(select(func.count()).where(Command.state == "running")) == 0
        assert db.scalar(select(func.count()).select_from(CommandLock)) == 0
        assert len(db.scalars(select(ModuleQueue)).all()) == 1


def test_each_announcement_is_delivered_once_by_many_that_drain(ctx: Ctx) -> None:
    heard: list[int] = []
    events.subscribe(ctx.host, "test.number", lambda _ctx, payload: heard.append(payload["n"]))
    with ctx.unit() as db:
        for number in range(40):
            events.emit(db, "test.number", n=number)
    assert at_once(4, lambda n: events.drain(ctx)) == []
    events.drain(ctx)
    assert sorted(heard) == list(range(40))
    with ctx.unit(read=True) as db:
        assert set(db.scalars(select(Event.state))) == {"done"}


def test_a_unit_that_fails_leaves_nothing_and_the_next_one_works(ctx: Ctx, service: int) -> None:
    now = ctx.host.clock.now()
    with pytest.raises(IntegrityError), ctx.unit() as db:
        db.get_one(Service, service).domain = "elsewhere.example"
        db.add(CommandLock(subject="service:1", command_id=1, owner="a", created_at=now))
        db.add(CommandLock(subject="service:1", command_id=2, owner="b", created_at=now))
    with ctx.unit(read=True) as db:
        assert db.get_one(Service, service).domain == "shop.example"
    assert lifecycle.run(ctx, service, "CreateAccount").ok
