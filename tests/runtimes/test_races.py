"""Loading, limits and hook files where several things happen at once or in an odd order."""

import os
import pickle
import threading
import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from modulehost import events, extensions, hooks, runtimes, settings
from modulehost.context import Call, CallExpired, Ctx, Host, ReadOnly
from modulehost.extensions import activate_hooks
from modulehost.runtimes import ModuleFailed
from modulehost.runtimes.python import limits, loader
from modulehost.schema import ActivityLog, Client, Event, Service
from modulehost.vault import Vault

Write = Callable[..., Path]


def call(ctx: Ctx, name: str, function: str, *args: object, **options: float) -> runtimes.Returned:
    return runtimes.call(ctx, extensions.module(ctx.host, "servers", name), function, *args, **options)


def activity(ctx: Ctx) -> list[str]:
    with ctx.unit(read=True) as db:
        return list(db.scalars(select(ActivityLog.description)))


# --- limits ----------------------------------------------------------------------------------------------------------


def test_a_limit_never_strikes_a_thread_that_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    struck: list[object] = []
    monkeypatch.setattr(threading, "excepthook", lambda given: struck.append(given))
    late = 0
    for _ in range(300):  # the function ends at about its limit, now before and now after it
        try:
            limits.limited(Call("near", 0.002), 0.002, lambda: time.sleep(0.0019))
        except limits.TimedOut:
            late += 1
    assert struck == []
    assert late < 300


def test_a_call_inside_a_revoked_call_is_revoked_too(ctx: Ctx) -> None:
    outer = Call("outer", 1.0)
    inner = Call("inner", 1.0, outer=outer)
    inner.check()
    outer.expired = True
    with pytest.raises(CallExpired, match="outer was stopped"):
        ctx.with_call(inner).unit().__enter__()


def test_hooks_are_not_fired_for_a_revoked_call(ctx: Ctx) -> None:
    heard: list[int] = []
    revoked = Call("late", 1.0)

    def first(_vars: object) -> None:
        heard.append(1)
        revoked.expired = True

    hooks.add(ctx.host, "ClientAdd", 1, first)
    hooks.add(ctx.host, "ClientAdd", 2, lambda v: heard.append(2))
    with pytest.raises(CallExpired):
        hooks.fire(ctx.with_call(revoked), "ClientAdd")
    assert heard == [1]


# --- loading ---------------------------------------------------------------------------------------------------------


def test_a_module_that_hangs_while_it_loads_is_one_clear_error(
    ctx: Ctx, write_module: Write, monkeypatch: pytest.MonkeyPatch, make_host: Callable[..., Host]
) -> None:
    monkeypatch.setattr(loader, "LOAD_SECONDS", 0.3)
    object.__setattr__(ctx.host.config, "page_seconds", 0.3)
    write_module("demo", "x = 1\nwhile True:\n    pass\n")
    with pytest.raises(ModuleFailed, match=r"servers/demo does not load: stopped after 0\.3 s \(.*demo\.py:[23]\)"):
        call(ctx, "demo", "CreateAccount", {})


def test_the_error_of_a_broken_module_does_not_keep_its_callers(ctx: Ctx, write_module: Write) -> None:
    write_module("demo", "x = 1 / 0\n")
    lengths = []
    for _ in range(5):
        with pytest.raises(ModuleFailed) as failure:
            call(ctx, "demo", "CreateAccount", {})
        frames, found = failure.value.__cause__.__traceback__, 0  # type: ignore[union-attr]
        while frames:
            frames, found = frames.tb_next, found + 1
        lengths.append(found)
    assert len(set(lengths)) == 1


def test_a_folder_that_no_function_can_be_named_after_says_so(ctx: Ctx, write_module: Write) -> None:
    write_module("my-module", "def my_module_CreateAccount(params): return 'success'\n")
    with pytest.raises(ModuleFailed, match="no Python function can begin with 'my-module'"):
        call(ctx, "my-module", "CreateAccount", {})


def test_folders_inside_a_module_are_packages(ctx: Ctx, write_module: Write) -> None:
    folder = write_module(
        "demo",
        "from .lib.client import name\nfrom .plain import other\ndef demo_MetaData(): return [name, other.name]\n",
    )
    for sub, file in (("lib", "client"), ("plain", "other")):
        (folder / sub).mkdir()
        (folder / sub / f"{file}.py").write_text(f"name = '{sub}'\n")
    (folder / "lib" / "__init__.py").write_text("")
    assert call(ctx, "demo", "MetaData").value == ["lib", "plain"]


def test_dates_that_a_module_makes_are_ordinary_ones(ctx: Ctx, write_module: Write) -> None:
    write_module(
        "demo",
        "import datetime as d\nfrom datetime import date, datetime\n"
        "class Own(datetime): pass\n"
        "def demo_MetaData():\n"
        "    made = [datetime(2027, 1, 2), datetime.strptime('2027', '%Y'), datetime.fromisoformat('2027-01-02'),\n"
        "            datetime.combine(date(2027, 1, 2), d.time(3)), datetime.fromtimestamp(0), datetime.now(), datetime(2027, 1, 2).replace(day=3),\n"
        "            date(2027, 1, 2), date.today(), date.fromisoformat('2027-01-02')]\n"
        "    return made, isinstance(datetime(2027, 1, 2), Own), isinstance(Own(2027, 1, 2), Own), type(Own(2027, 1, 2)) is Own\n",
    )
    made, *kinds = call(ctx, "demo", "MetaData").value
    assert [type(one) for one in made] == [datetime] * 7 + [date] * 3
    assert kinds == [False, True, True]
    assert pickle.loads(pickle.dumps(made)) == made


def test_secrets_of_the_call_are_in_no_error_and_nothing_printed(ctx: Ctx, write_module: Write) -> None:
    write_module(
        "demo",
        "def demo_ClientArea(params):\n    print('using', params['k'])\n    raise RuntimeError({'k': params['k']})\n",
    )
    module = extensions.module(ctx.host, "servers", "demo")
    secret = "s3cr/et'\""
    with pytest.raises(ModuleFailed) as failure:
        runtimes.call(ctx, module, "ClientArea", {"k": secret}, secrets={secret})
    whole = f"{failure.value} {failure.value.trace} {failure.value.printed}"
    assert "s3cr" not in whole
    assert failure.value.printed == "using ********\n"


# --- hook files ------------------------------------------------------------------------------------------------------

HOOK = "from modulehost.sdk import add_hook\nadd_hook('ClientAdd', 1, lambda v: {!r})\n"


def hook_file(host: Host) -> Path:
    folder = host.root / "includes" / "hooks"
    folder.mkdir(parents=True)
    return folder / "mine.py"


def fired(ctx: Ctx) -> list[object]:
    return hooks.values(hooks.fire(ctx, "ClientAdd"))


def test_a_hook_file_that_was_put_aside_and_back_subscribes_again(ctx: Ctx, host: Host) -> None:
    file = hook_file(host)
    file.write_text(HOOK.format("one"))
    assert fired(ctx) == ["one"]
    file.rename(file.with_name("_mine.py"))
    assert fired(ctx) == []
    file.with_name("_mine.py").rename(file)
    assert fired(ctx) == ["one"]


def test_a_hook_file_that_no_longer_loads_keeps_what_it_had_and_is_reported_once(ctx: Ctx, host: Host) -> None:
    file = hook_file(host)
    file.write_text(HOOK.format("one"))
    assert fired(ctx) == ["one"]
    file.write_text(HOOK.format("two") + "x = 1 / 0\n")
    assert fired(ctx) == fired(ctx) == ["one"]
    assert len([line for line in activity(ctx) if line.startswith("Hook file not loaded: ")]) == 1
    file.write_text(HOOK.format("three"))
    assert fired(ctx) == ["three"]


def test_a_modules_hooks_go_with_their_file(ctx: Ctx, write_module: Write) -> None:
    folder = write_module("demo", "", hooks=HOOK.format("module"))
    with ctx.unit() as db:
        activate_hooks(db, "demo")
    assert fired(ctx) == ["module"]
    (folder / "hooks.py").unlink()
    assert fired(ctx) == []


def test_who_fires_while_hooks_are_loaded_for_the_first_time_misses_none(ctx: Ctx, host: Host) -> None:
    hook_file(host).write_text("import time\ntime.sleep(0.3)\n" + HOOK.format("late"))
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(fired(ctx))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert found == [["late"]] * 4


def test_a_hook_that_fails_is_in_the_activity_log_without_secrets(ctx: Ctx, host: Host) -> None:
    hook_file(host).write_text(
        "import sys\nfrom modulehost.sdk import add_hook\n"
        "def fail(v): raise ValueError('lost ' + v['params']['password'])\n"
        "add_hook('PreModuleCreate', 1, fail)\nadd_hook('PreModuleCreate', 2, lambda v: sys.exit(3))\n"
    )
    results = hooks.fire(ctx, "PreModuleCreate", params={"password": "s3cret-pw"})
    assert [r.error for r in results] == ["ValueError: lost ********", "SystemExit: 3"]
    assert "Hook PreModuleCreate of hooks/mine failed: ValueError: lost ********" in activity(ctx)


def test_a_hook_works_with_its_own_modules_store_whoever_fired_it(ctx: Ctx, write_module: Write) -> None:
    write_module(
        "demo",
        "",
        hooks="from modulehost import sdk\ndef keep(v):\n    sdk.store().set('seen', 'yes')\n    return sdk.module_url()\n"
        "sdk.add_hook('ClientAdd', 1, keep)\n",
    )
    write_module(
        "other",
        "from modulehost import hooks, sdk\nfrom modulehost.context import current\n"
        "def other_MetaData():\n    hooks.fire(current(), 'ClientAdd')\n    return sdk.store().names()\n",
    )
    with ctx.unit() as db:
        activate_hooks(db, "demo")
        settings.put(db, "SystemURL", "http://shop.test/")
    assert fired(ctx) == ["http://shop.test/modules/servers/demo/"]
    assert call(ctx, "other", "MetaData").value == []


def test_add_hook_in_a_function_says_where_it_belongs(ctx: Ctx, write_module: Write) -> None:
    write_module(
        "demo", "from modulehost import sdk\ndef demo_MetaData(): sdk.add_hook('ClientAdd', 1, lambda v: 'again')\n"
    )
    with pytest.raises(ModuleFailed, match=r"move it into hooks\.py"):
        call(ctx, "demo", "MetaData")
    assert fired(ctx) == []


# --- doors -----------------------------------------------------------------------------------------------------------


def test_a_vendor_request_inside_a_unit_is_refused(ctx: Ctx, write_module: Write) -> None:
    write_module(
        "demo",
        "from modulehost import sdk\ndef demo_MetaData():\n"
        "    session = sdk.http()\n    with sdk.unit(): session.get('http://127.0.0.1:9/')\n",
    )
    with pytest.raises(ModuleFailed, match="a request to the vendor would run inside the unit of work"):
        call(ctx, "demo", "MetaData")


def test_two_calls_may_set_the_same_new_name_at_once(ctx: Ctx, write_module: Write) -> None:
    write_module(
        "demo",
        "from modulehost import sdk\ndef demo_MetaData(): \n    for n in range(20): sdk.store().set(f'n{n}', 'x')\n    return 1\n",
    )
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(call(ctx, "demo", "MetaData").value)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert found == [1, 1, 1]


def test_announcements_wait_for_the_end_of_a_modules_call(ctx: Ctx) -> None:
    heard: list[object] = []
    events.subscribe(ctx.host, "test.nested", lambda _ctx, payload: heard.append(payload))
    with ctx.unit() as db:
        events.emit(db, "test.nested")
    assert events.drain(ctx.with_call(Call("demo", 1.0))) == 0
    assert heard == []
    events.drain(ctx)
    assert heard == [{}]


def test_an_announcement_whose_delivery_is_stopped_is_delivered_again(ctx: Ctx) -> None:
    heard: list[int] = []

    def stopped(_ctx: Ctx, _payload: object) -> None:
        heard.append(1)
        if len(heard) == 1:
            raise KeyboardInterrupt

    events.subscribe(ctx.host, "test.stopped", stopped)
    with ctx.unit() as db:
        events.emit(db, "test.stopped")
    with pytest.raises(KeyboardInterrupt):
        events.drain(ctx)
    events.drain(ctx)
    assert heard == [1, 1]


def test_an_announcement_that_ends_its_process_is_not_tried_for_ever(ctx: Ctx) -> None:
    with ctx.unit() as db:
        events.emit(db, "test.fatal")
        db.flush()
        row = db.scalars(select(Event).where(Event.kind == "test.fatal")).one()
        row.state, row.owner, row.attempts = "running", "4711-dead", events.MAX_ATTEMPTS
    events.drain(ctx)
    with ctx.unit(read=True) as db:
        row = db.scalars(select(Event).where(Event.kind == "test.fatal")).one()
        assert (row.state, row.error) == ("failed", "the process ended 5 times while this was delivered")


def test_a_reading_unit_sees_a_change_that_a_query_followed(ctx: Ctx) -> None:
    with pytest.raises(ReadOnly), ctx.unit(read=True) as db:
        db.get_one(Client, 1).city = "Elsewhere"
        db.scalars(select(Service)).all()


def test_hosts_that_start_together_share_one_key(tmp_path: Path) -> None:
    from modulehost.config import Config

    start, sealed = threading.Barrier(6), []

    def work() -> None:
        made = Host(Config(root=tmp_path))
        start.wait(10)
        sealed.append((made, made.part(Vault).encrypt("s3cret")))

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(sealed) == 6
    assert {one.part(Vault).decrypt(text) for one, _ in sealed for _, text in sealed} == {"s3cret"}
    assert sorted(p.name for p in tmp_path.iterdir()) == ["secret.key"]
    assert os.stat(tmp_path / "secret.key").st_mode & 0o777 == 0o600


def test_an_error_of_the_database_holds_no_values(ctx: Ctx) -> None:
    from sqlalchemy import text

    with pytest.raises(Exception, match="no such table") as failure, ctx.unit() as db:
        db.execute(text("INSERT INTO nowhere VALUES (:v)"), {"v": "s3cret-value"})
    assert "s3cret-value" not in str(failure.value)


def test_an_ipv6_address_has_its_brackets(tmp_path: Path) -> None:
    from modulehost.config import Config

    assert Host(Config(root=tmp_path, host="::1", port=8080)).base_url == "http://[::1]:8080/"


def test_a_hook_that_hangs_ends_at_the_limit_of_actions(ctx: Ctx, host: Host) -> None:
    hook_file(host).write_text(
        "from modulehost.sdk import add_hook\n"
        "def hang(v):\n    while True: pass\n"
        "add_hook('ClientAdd', 1, hang)\nadd_hook('ClientAdd', 2, lambda v: 'next')\n"
    )
    object.__setattr__(host.config, "action_seconds", 0.3)
    results = hooks.fire(ctx, "ClientAdd")
    assert [(r.value, r.error) for r in results] == [(None, "TimedOut: ran past its limit of 0.3 s"), ("next", "")]
