"""Module commands: state, logs, queue, hooks; the same click twice; a process that dies in the middle."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from modulehost import hooks, lifecycle
from modulehost.context import Ctx, Host
from modulehost.schema import ActivityLog, Command, ModuleLog, ModuleQueue, Product, Service
from modulehost.vault import Vault

Write = Callable[..., Path]
MODULE = """
calls = []
def demo_ConfigOptions(params): return {"Plan": {"Type": "text"}, "Key": {"Type": "password"}}
def demo_CreateAccount(params):
    calls.append(params)
    return "success"
def demo_SuspendAccount(params): return "success" if params["suspendreason"] == "Overdue" else "no reason given"
def demo_UnsuspendAccount(params): return "success"
def demo_TerminateAccount(params): return "success"
def demo_ChangePassword(params): return "success" if params["password"] == "New-pass-1" else "wrong"
def demo_AdminCustomButtonArray(): return {"Restart Now": "restart"}
def demo_restart(params): return "success"
"""


@pytest.fixture
def service(ctx: Ctx, write_module: Write) -> int:
    write_module("demo", MODULE)
    return make_service(ctx)


def make_service(ctx: Ctx) -> int:
    with ctx.unit() as db:
        product = Product(name="Demo", type="hostingaccount", servertype="demo", configoption1="gold")
        product.configoption2 = ctx.host.part(Vault).encrypt("k3y-of-the-vendor")
        db.add(product)
        db.flush()
        row = Service(
            userid=1,
            packageid=product.id,
            domain="long-domain-name.example",
            domainstatus="Pending",
            billingcycle="Monthly",
        )
        db.add(row)
        db.flush()
        return row.id


def row_of(ctx: Ctx, service_id: int) -> Service:
    with ctx.unit(read=True) as db:
        return db.get_one(Service, service_id)


def test_create_fills_the_login_and_makes_the_service_active(ctx: Ctx, service: int) -> None:
    outcome = lifecycle.run(ctx, service, "CreateAccount")
    assert (outcome.ok, outcome.state, outcome.message) == (True, "success", "")
    row = row_of(ctx, service)
    assert (row.domainstatus, row.username) == ("Active", "longdoma")
    password = ctx.host.part(Vault).decrypt(row.password)
    assert len(password) == 10
    assert row.password != password


def test_the_module_gets_the_documented_params(ctx: Ctx, service: int, write_module: Write) -> None:
    write_module(
        "demo",
        MODULE
        + "def demo_show(params): return {'templatefile': 'x', 'vars': {k: v for k, v in params.items() if k != 'model'}}\n",
    )
    params = lifecycle.run(ctx, service, "show").value["vars"]
    assert params["serviceid"] == params["accountid"] == service
    assert params["configoption1"] == "gold"
    assert params["configoption2"] == "k3y-of-the-vendor"
    assert [params[f"configoption{n}"] for n in (3, 24)] == ["", ""]
    assert params["clientsdetails"]["firstname"] == "Asha"
    assert (params["server"], params["serverport"], params["addonId"], params["status"]) == (False, "", 0, "Pending")
    assert params["moduletype"] == "demo"


def test_suspend_unsuspend_terminate_change_password(ctx: Ctx, service: int) -> None:
    lifecycle.run(ctx, service, "CreateAccount")
    assert lifecycle.run(ctx, service, "SuspendAccount", extra={"suspendreason": "Overdue"}).ok
    assert (row_of(ctx, service).domainstatus, row_of(ctx, service).suspendreason) == ("Suspended", "Overdue")
    assert lifecycle.run(ctx, service, "UnsuspendAccount").ok
    assert (row_of(ctx, service).domainstatus, row_of(ctx, service).suspendreason) == ("Active", "")
    assert lifecycle.run(ctx, service, "ChangePassword", extra={"password": "New-pass-1"}).ok
    assert ctx.host.part(Vault).decrypt(row_of(ctx, service).password) == "New-pass-1"
    assert lifecycle.run(ctx, service, "TerminateAccount").ok
    row = row_of(ctx, service)
    assert (row.domainstatus, row.termination_date) == ("Terminated", ctx.host.clock.today())


def test_buttons_are_those_the_module_defines(ctx: Ctx, service: int) -> None:
    assert [(b.label, b.function) for b in lifecycle.buttons(ctx, service)] == [
        ("Create", "CreateAccount"), ("Suspend", "SuspendAccount"), ("Unsuspend", "UnsuspendAccount"),
        ("Terminate", "TerminateAccount"), ("Change Password", "ChangePassword"), ("Restart Now", "restart"),
    ]  # fmt: skip


def test_a_failure_keeps_the_state_and_stands_in_queue_and_logs(ctx: Ctx, service: int, write_module: Write) -> None:
    write_module(
        "demo",
        MODULE.replace(
            'calls.append(params)\n    return "success"', "raise RuntimeError('key ' + params['configoption2'])"
        ),
    )
    outcome = lifecycle.run(ctx, service, "CreateAccount")
    expected = "demo_CreateAccount raised RuntimeError: key ******** (modules/servers/demo/demo.py:5)"
    assert (outcome.ok, outcome.state, outcome.message) == (False, "failed", expected)
    assert row_of(ctx, service).domainstatus == "Pending"
    with ctx.unit(read=True) as db:
        waiting = db.scalars(select(ModuleQueue)).all()
        assert [(w.service_id, w.module_name, w.module_action, w.last_attempt_error, w.completed) for w in waiting] == [
            (service, "demo", "CreateAccount", expected, 0)
        ]
        log = db.scalars(select(ModuleLog)).all()[-1]
        assert "Traceback" in log.arrdata
        assert "k3y-of-the-vendor" not in log.request + log.response + log.arrdata
        lines = db.scalars(select(ActivityLog.description)).all()
        assert f"Module Create Failed - Service ID: {service} - Error: {expected}" in lines
    write_module("demo", MODULE)
    assert lifecycle.retry(ctx, waiting[0].id).ok
    with ctx.unit(read=True) as db:
        assert lifecycle.queue.open_rows(db) == []


def test_a_second_failure_counts_as_a_retry_of_the_same_row(ctx: Ctx, service: int, write_module: Write) -> None:
    write_module("demo", MODULE.replace('return "success"', 'return "vendor is away"', 1))
    lifecycle.run(ctx, service, "CreateAccount")
    lifecycle.run(ctx, service, "CreateAccount")
    with ctx.unit(read=True) as db:
        assert [(w.num_retries, w.last_attempt_error) for w in lifecycle.queue.open_rows(db)] == [(1, "vendor is away")]


def test_hooks_before_may_change_params_or_abort(ctx: Ctx, service: int, write_module: Write) -> None:
    write_module("demo", MODULE.replace("calls.append(params)", "assert params['domain'] == 'changed.example'"))
    seen: list[str] = []
    hooks.add(ctx.host, "PreModuleCreate", 1, lambda v: {"domain": "changed.example"})
    hooks.add(ctx.host, "AfterModuleCreate", 1, lambda v: seen.append(v["params"]["domain"]))
    assert lifecycle.run(ctx, service, "CreateAccount").ok
    assert seen == ["changed.example"]
    hooks.add(ctx.host, "PreModuleTerminate", 1, lambda v: {"abortcmd": True})
    outcome = lifecycle.run(ctx, service, "TerminateAccount")
    assert (outcome.ok, "aborted the command" in outcome.message) == (False, True)
    assert row_of(ctx, service).domainstatus == "Active"


def test_pending_keeps_the_state_until_the_vendor_is_done(ctx: Ctx, service: int, write_module: Write) -> None:
    code = (
        "from modulehost import sdk\n"
        "def demo_CreateAccount(params):\n"
        "    if params.get('pending') == 'job-7': return 'success'\n"
        "    return sdk.pending('the vendor is working', 'job-7')\n"
    )
    write_module("demo", code)
    outcome = lifecycle.run(ctx, service, "CreateAccount")
    assert (outcome.ok, outcome.state, outcome.message) == (False, "pending", "the vendor is working")
    assert row_of(ctx, service).domainstatus == "Pending"
    with ctx.unit(read=True) as db:
        assert lifecycle.queue.open_rows(db) == []
    assert [o.state for o in lifecycle.resume_pending(ctx)] == ["success"]
    assert row_of(ctx, service).domainstatus == "Active"
    assert lifecycle.resume_pending(ctx) == []


SLOW = """
import pathlib, time
def demo_CreateAccount(params):
    with open(params["configoption1"], "a") as f: f.write("x")
    while not pathlib.Path(params["configoption1"] + ".go").exists(): time.sleep(0.01)
    return "success"
"""


def slow_service(ctx: Ctx, write_module: Write, tmp_path: Path) -> tuple[int, Path]:
    write_module("demo", SLOW)
    service = make_service(ctx)
    out = tmp_path / "calls"
    with ctx.unit() as db:
        db.get_one(Product, db.get_one(Service, service).packageid).configoption1 = str(out)
    return service, out


def wait_for(ready: Callable[[], bool]) -> None:
    limit = time.monotonic() + 20
    while not ready():
        assert time.monotonic() < limit, "waited in vain"
        time.sleep(0.01)


def test_the_same_click_twice_runs_the_module_once_and_both_get_its_outcome(
    ctx: Ctx, write_module: Write, tmp_path: Path
) -> None:
    service, out = slow_service(ctx, write_module, tmp_path)
    outcomes: list[lifecycle.Outcome] = []
    threads = [
        threading.Thread(
            target=lambda: outcomes.append(lifecycle.run(ctx, service, "CreateAccount", request_key="one-click"))
        )
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    wait_for(lambda: out.exists() and out.read_text() == "x")
    refused = lifecycle.run(ctx, service, "TerminateAccount")
    assert (refused.state, refused.message) == ("refused", "CreateAccount is still running for this service")
    Path(f"{out}.go").touch()
    for thread in threads:
        thread.join(20)
    assert out.read_text() == "x"
    assert [o.ok for o in outcomes] == [True] * 4
    assert lifecycle.run(ctx, service, "CreateAccount", request_key="one-click").ok
    assert out.read_text() == "x"


def test_killed_between_intent_and_outcome_is_interrupted_and_never_repeated(
    host: Host, ctx: Ctx, write_module: Write, tmp_path: Path
) -> None:
    service, out = slow_service(ctx, write_module, tmp_path)
    code = (
        "import sys; from modulehost import app, config, lifecycle; from modulehost.context import Ctx\n"
        f"host = app.create_host(config.load({str(host.root)!r}, environ={{}}))\n"
        f"lifecycle.run(Ctx(host), {service}, 'CreateAccount')\n"
    )
    child = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE)
    wait_for(lambda: (out.exists() and out.read_text() == "x") or child.poll() is not None)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    Path(f"{out}.go").touch()
    assert lifecycle.recover(ctx) == 1
    assert row_of(ctx, service).domainstatus == "Pending"
    with ctx.unit(read=True) as db:
        assert [c.state for c in db.scalars(select(Command))] == ["interrupted"]
        assert [w.module_action for w in lifecycle.queue.open_rows(db)] == ["CreateAccount"]
        assert (
            "interrupted: the host stopped while demo_CreateAccount ran"
            in lifecycle.queue.open_rows(db)[0].last_attempt_error
        )
    assert lifecycle.recover(ctx) == 0
    assert out.read_text() == "x"
    assert lifecycle.run(ctx, service, "CreateAccount").ok
    assert out.read_text() == "xx"


def test_service_properties_fill_columns_or_custom_fields(ctx: Ctx, service: int, write_module: Write) -> None:
    write_module(
        "demo",
        "def demo_CreateAccount(params):\n"
        "    own = params['model'].serviceProperties\n"
        "    own.save({'Username': 'fromvendor', 'ZOID': '760', 'License Key': 'L-1'})\n"
        "    return 'success' if own.get('zoid') == '760' and params['model'].userid == 1 else 'lost'\n"
        "def demo_show(params): return {'vars': params['customfields']}\n",
    )
    assert lifecycle.run(ctx, service, "CreateAccount").message == ""
    assert row_of(ctx, service).username == "fromvendor"
    assert lifecycle.run(ctx, service, "show").value == {"vars": {"ZOID": "760", "License Key": "L-1"}}


def test_a_service_without_a_module_is_refused_in_words(ctx: Ctx) -> None:
    with ctx.unit() as db:
        product = Product(name="Plain")
        db.add(product)
        db.flush()
        row = Service(userid=1, packageid=product.id)
        db.add(row)
        db.flush()
        service = row.id
    outcome = lifecycle.run(ctx, service, "CreateAccount")
    assert (outcome.state, "choose one on its Module Settings tab" in outcome.message) == ("refused", True)
    assert lifecycle.run(ctx, 4711, "CreateAccount").message == "there is no service with the id 4711"
