"""What goes wrong around a command: the host's own failures, calls that were revoked, vendors that are still at work."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from modulehost import api, hooks, lifecycle
from modulehost.context import Ctx
from modulehost.lifecycle import states
from modulehost.schema import Command, CommandLock, CustomField, CustomFieldValue, ModuleLog, Product, Service
from modulehost.vault import Vault
from tests.lifecycle.test_commands import make_service

Write = Callable[..., Path]
SIMPLE = "def demo_CreateAccount(params): return 'success'\ndef demo_TerminateAccount(params): return 'success'\n"


def locks(ctx: Ctx) -> int:
    with ctx.unit(read=True) as db:
        return db.scalar(select(func.count()).select_from(CommandLock)) or 0


def last(ctx: Ctx) -> Command:
    with ctx.unit(read=True) as db:
        return db.scalars(select(Command).order_by(Command.id.desc())).first()  # type: ignore[return-value]


def status(ctx: Ctx, service: int) -> str:
    with ctx.unit(read=True) as db:
        return db.get_one(Service, service).domainstatus


def test_an_outcome_that_cannot_be_written_closes_the_command_and_says_what_the_module_answered(
    ctx: Ctx, write_module: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_module("demo", SIMPLE)
    service = make_service(ctx)

    def broken(*_: object) -> None:
        raise RuntimeError("no room left")

    with monkeypatch.context() as patched:
        patched.setattr(states, "apply", broken)
        with pytest.raises(RuntimeError, match="no room left"):
            lifecycle.run(ctx, service, "CreateAccount")
    row = last(ctx)
    assert row.state == "failed"
    assert row.message == (
        "CreateAccount stopped inside the host: RuntimeError: no room left; the module had answered: success"
    )
    assert locks(ctx) == 0
    with ctx.unit(read=True) as db:
        assert [r.module_action for r in lifecycle.queue.open_rows(db)] == ["CreateAccount"]
    assert lifecycle.run(ctx, service, "CreateAccount").ok


def test_a_command_that_was_stopped_from_outside_is_interrupted(ctx: Ctx, write_module: Write) -> None:
    write_module("demo", SIMPLE)
    service = make_service(ctx)

    def stop(_vars: object) -> None:
        raise KeyboardInterrupt

    hooks.add(ctx.host, "PreModuleCreate", 1, stop)
    with pytest.raises(KeyboardInterrupt):
        lifecycle.run(ctx, service, "CreateAccount")
    assert (last(ctx).state, locks(ctx)) == ("interrupted", 0)


def test_a_row_left_running_by_this_very_process_is_recovered(ctx: Ctx, write_module: Write) -> None:
    write_module("demo", SIMPLE)
    service = make_service(ctx)
    lifecycle.run(ctx, service, "CreateAccount")
    with ctx.unit() as db:
        db.execute(update(Command).values(state="running"))
        row = db.scalars(select(Command)).one()
        db.add(CommandLock(subject=f"service:{service}", command_id=row.id, owner=row.owner, created_at=row.started_at))
    assert lifecycle.recover(ctx) == 1
    assert (last(ctx).state, locks(ctx)) == ("interrupted", 0)


OUTER = """
from modulehost import sdk
def outer_CreateAccount(params):
    return str(sdk.localAPI("ModuleCreate", {"serviceid": int(params["configoption1"])}))
"""


def test_a_command_inside_a_call_that_is_revoked_is_closed_all_the_same(ctx: Ctx, write_module: Write) -> None:
    write_module("demo", "def demo_CreateAccount(params):\n    while True: pass\n")
    inner = make_service(ctx)
    write_module("outer", OUTER)
    outer = make_service(ctx)
    with ctx.unit() as db:
        product = db.get_one(Product, db.get_one(Service, outer).packageid)
        product.servertype, product.configoption1 = "outer", str(inner)
    object.__setattr__(ctx.host.config, "action_seconds", 0.6)
    outcome = lifecycle.run(ctx, outer, "CreateAccount")
    assert outcome.state == "failed"
    limit = time.monotonic() + 10
    while locks(ctx) or last(ctx).state == "running":
        assert time.monotonic() < limit, "the inner command stayed open"
        time.sleep(0.01)
    assert last(ctx).service_id == inner
    assert status(ctx, inner) == status(ctx, outer) == "Pending"


JOB = """
import pathlib
from modulehost import sdk
def demo_CreateAccount(params):
    mode = pathlib.Path(params["configoption1"]).read_text()
    if mode == "away": raise ConnectionError("vendor is away")
    if mode == "no": return "the vendor said no"
    if params.get("pending") != "job-7":
        pathlib.Path(params["configoption1"] + ".jobs").open("a").write("x")
        return sdk.pending("at work", "job-7")
    return "success" if mode == "done" else sdk.pending("still at work", "job-7")
def demo_TerminateAccount(params): return "success"
"""


@pytest.fixture
def job(ctx: Ctx, write_module: Write, tmp_path: Path) -> tuple[int, Path]:
    write_module("demo", JOB)
    service, mode = make_service(ctx), tmp_path / "mode"
    with ctx.unit() as db:
        db.get_one(Product, db.get_one(Service, service).packageid).configoption1 = str(mode)
    mode.write_text("working")
    assert lifecycle.run(ctx, service, "CreateAccount", request_key="click").state == "pending"
    return service, mode


def jobs(mode: Path) -> int:
    return len(Path(f"{mode}.jobs").read_text())


def test_a_vendor_that_is_away_while_it_is_asked_again_keeps_its_reference(ctx: Ctx, job: tuple[int, Path]) -> None:
    service, mode = job
    mode.write_text("away")
    assert [o.state for o in lifecycle.resume_pending(ctx)] == ["failed"]
    assert lifecycle.resume_pending(ctx) == []
    mode.write_text("done")
    with ctx.unit(read=True) as db:
        (row,) = lifecycle.queue.open_rows(db)
    assert lifecycle.retry(ctx, row.id).ok
    assert (status(ctx, service), jobs(mode)) == ("Active", 1)


def test_an_answer_of_the_vendor_ends_the_reference(ctx: Ctx, job: tuple[int, Path]) -> None:
    service, mode = job
    mode.write_text("no")
    assert [o.message for o in lifecycle.resume_pending(ctx)] == ["the vendor said no"]
    mode.write_text("working")
    assert lifecycle.run(ctx, service, "CreateAccount").state == "pending"
    assert jobs(mode) == 2


def test_create_clicked_while_pending_asks_again_and_the_first_click_follows(ctx: Ctx, job: tuple[int, Path]) -> None:
    service, mode = job
    assert lifecycle.run(ctx, service, "CreateAccount").message == "still at work"
    mode.write_text("done")
    assert lifecycle.run(ctx, service, "CreateAccount").ok
    assert jobs(mode) == 1
    assert lifecycle.run(ctx, service, "CreateAccount", request_key="click").ok
    with ctx.unit(read=True) as db:
        assert db.scalar(select(func.count()).select_from(Command)) == 3


def test_what_was_pending_does_not_bring_a_terminated_service_back(ctx: Ctx, job: tuple[int, Path]) -> None:
    service, mode = job
    assert lifecycle.run(ctx, service, "TerminateAccount").ok
    mode.write_text("done")
    assert lifecycle.resume_pending(ctx) == []
    assert status(ctx, service) == "Terminated"


def test_the_hook_after_a_password_change_gets_the_old_and_the_new_one(ctx: Ctx, write_module: Write) -> None:
    write_module(
        "demo",
        "def demo_ChangePassword(params):\n"
        "    params['model'].serviceProperties.save({'Password': params['password']})\n"
        "    return 'success'\n",
    )
    service, seen = make_service(ctx), []
    with ctx.unit() as db:
        db.get_one(Service, service).password = ctx.host.part(Vault).encrypt("Old-pass-1")
    hooks.add(
        ctx.host,
        "AfterModuleChangePassword",
        1,
        lambda v: seen.append((v["oldpassword"], v["newpassword"], v["serviceid"])),
    )
    assert lifecycle.run(ctx, service, "ChangePassword", extra={"password": "New-pass-2"}).ok
    assert api.call(ctx, "ModuleChangePw", {"serviceid": str(service), "servicepassword": "New-pass-3"}) == {
        "result": "success"
    }
    assert seen == [("Old-pass-1", "New-pass-2", service), ("New-pass-2", "New-pass-3", service)]


def test_what_a_module_or_a_hook_does_to_its_params_stays_there(ctx: Ctx, write_module: Write) -> None:
    write_module(
        "demo",
        "def demo_ChangePassword(params):\n"
        "    params['password'] = 'changed'\n    params['clientsdetails'].clear()\n    return 'success'\n",
    )
    service = make_service(ctx)

    def hook(given: dict[str, dict[str, str]]) -> None:
        given["params"]["password"] = "by the hook"

    hooks.add(ctx.host, "PreModuleChangePassword", 1, hook)
    assert lifecycle.run(ctx, service, "ChangePassword", extra={"password": "New-pass-2"}).ok
    with ctx.unit(read=True) as db:
        assert ctx.host.part(Vault).decrypt(db.get_one(Service, service).password) == "New-pass-2"


def test_secrets_from_hooks_and_password_fields_reach_no_log(ctx: Ctx, write_module: Write) -> None:
    write_module(
        "demo",
        "def demo_CreateAccount(params):\n"
        "    raise RuntimeError(params['password'] + ' ' + params['customfields']['Token'])\n",
    )
    service, now = make_service(ctx), ctx.host.clock.now()
    with ctx.unit() as db:
        owner = db.get_one(Service, service).packageid
        field = CustomField(type="product", relid=owner, fieldname="Token", fieldtype="password", created_at=now)
        db.add(field)
        db.flush()
        db.add(CustomFieldValue(fieldid=field.id, relid=service, value="t0ken-of-the-client"))
    hooks.add(ctx.host, "PreModuleCreate", 1, lambda v: {"password": "pw-from-the-hook"})
    outcome = lifecycle.run(ctx, service, "CreateAccount")
    assert (
        outcome.message == "demo_CreateAccount raised RuntimeError: ******** ******** (modules/servers/demo/demo.py:2)"
    )
    with ctx.unit(read=True) as db:
        row = db.scalars(select(ModuleLog)).all()[-1]
    for text in (row.request, row.response, row.arrdata):
        assert "pw-from-the-hook" not in text
        assert "t0ken-of-the-client" not in text


def test_a_function_name_that_cannot_be_one_is_refused(ctx: Ctx, write_module: Write) -> None:
    write_module("demo", SIMPLE)
    outcome = lifecycle.run(ctx, make_service(ctx), "x" * 200, request_key="k" * 500)
    assert (outcome.state, "too long" in outcome.message) == ("refused", True)


def test_the_owner_of_a_living_process_stays_alive_however_many_ask_at_once(ctx: Ctx) -> None:
    owner = ctx.host.owner
    other = ctx.host.__class__(ctx.host.config)
    assert [other.is_alive(owner) for _ in range(3)] == [True] * 3
    assert other.is_alive(f"{os.getpid()}-nobody") is False
    other.close()


def test_a_function_that_only_shows_leaves_its_failure_in_the_module_log(ctx: Ctx, write_module: Write) -> None:
    write_module("demo", "def demo_ClientArea(params):\n    raise RuntimeError('no ' + params['configoption2'])\n")
    service = make_service(ctx)
    with pytest.raises(lifecycle.modules.ModuleFailed, match=r"no [*]{8} "):
        lifecycle.call(ctx, service, "ClientArea")
    with ctx.unit(read=True) as db:
        (row,) = db.scalars(select(ModuleLog)).all()
    assert (row.module, row.action, "Traceback" in row.arrdata) == ("demo", "ClientArea", True)
    assert "k3y-of-the-vendor" not in row.request + row.response + row.arrdata


def test_properties_take_what_vendors_send(ctx: Ctx, write_module: Write) -> None:
    write_module(
        "demo",
        "def demo_CreateAccount(params):\n"
        "    params['model'].serviceProperties.save({'Username': None, 'Disk Usage': '10', 'Disk Limit': 20.0,\n"
        "        'Dedicated IP': 7, 'Last Update': '2027-01-02 03:04:05'})\n"
        "    try: params['model'].serviceProperties.save({'Disk Usage': 'ten'})\n"
        "    except ValueError as e: return str(e)\n",
    )
    service = make_service(ctx)
    message = lifecycle.run(ctx, service, "CreateAccount").message
    assert message == "tblhosting.diskusage holds a whole number, not 'ten'"
    with ctx.unit(read=True) as db:
        row = db.get_one(Service, service)
    assert (row.username, row.diskusage, row.disklimit, row.dedicatedip) == ("", 10, 20, "7")
    assert str(row.lastupdate) == "2027-01-02 03:04:05"


def test_a_secret_of_another_key_refuses_the_command_in_words(ctx: Ctx, write_module: Write) -> None:
    write_module("demo", SIMPLE)
    service = make_service(ctx)
    with ctx.unit() as db:
        row = db.get_one(Service, service)
        row.username, row.password = "me", "mh1:not-of-this-key"
    outcome = lifecycle.run(ctx, service, "CreateAccount")
    assert (outcome.state, "secret.key" in outcome.message, locks(ctx)) == ("refused", True, 0)
