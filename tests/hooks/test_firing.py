"""Order, traces, deferred firings, unknown names, and how seldom the settings are read."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, update

from modulehost import hooks, journal, settings
from modulehost.context import Ctx, Host, UnitOpen
from modulehost.extensions import activate_hooks, hookfiles
from modulehost.journal import firings
from modulehost.schema import ActivityLog, Setting


def _activities(ctx: Ctx) -> list[str]:
    with ctx.unit(read=True) as db:
        return [row.description for row in db.query(ActivityLog).order_by(ActivityLog.id)]


def test_later_fires_after_the_commit_and_not_after_a_rollback(ctx: Ctx) -> None:
    seen: list[dict[str, Any]] = []
    hooks.add(ctx.host, "ServerAdd", 1, seen.append)
    with ctx.unit() as db:
        hooks.later(db, "ServerAdd", serverid=7)
        assert seen == []
        with pytest.raises(UnitOpen):
            hooks.fire(ctx, "ServerAdd", serverid=8)
    assert seen == [{"serverid": 7}]
    with pytest.raises(RuntimeError), ctx.unit() as db:
        hooks.later(db, "ServerAdd", serverid=9)
        raise RuntimeError("no")
    assert seen == [{"serverid": 7}]


def test_positional_points_hand_over_their_arguments_one_by_one(ctx: Ctx) -> None:
    seen: list[Any] = []
    hooks.add(ctx.host, "AuthAdmin", 1, lambda given, admin: seen.append((given, admin)))
    hooks.fire(ctx, "AuthAdmin", hooks.Positional(("pw", "row")))
    assert seen == [("pw", "row")]


def test_a_firing_is_kept_with_arguments_order_answers_and_time_but_without_secrets(ctx: Ctx) -> None:
    hooks.add(ctx.host, "UserChangePassword", 5, lambda values: "second")
    hooks.add(ctx.host, "UserChangePassword", 1, lambda values: {"echo": 1})

    def fails(values: dict[str, Any]) -> None:
        raise ValueError("no " + values["password"])

    hooks.add(ctx.host, "UserChangePassword", 9, fails)
    with hooks.gathering() as gathered:
        hooks.fire(ctx, "UserChangePassword", userid=3, password="Sesame-4711")
    newest = hooks.trace(ctx.host, "UserChangePassword")[0]
    assert gathered == [newest]
    plain = firings.plain(newest)
    assert plain["arguments"] == {"userid": 3, "password": "********"}
    assert [one["returned"] for one in plain["results"]] == [{"echo": 1}, "second", None]
    assert plain["results"][2]["error"].startswith("ValueError: no ")
    assert "Sesame" not in str(plain)
    assert plain["at"] == ctx.host.clock.now().isoformat(" ") and plain["actor"] == "System"
    assert all(one["place"].split(":")[0] == __file__ for one in plain["results"])


def test_log_activity_fires_for_every_entry_and_never_for_its_own(ctx: Ctx) -> None:
    seen: list[str] = []

    def listener(values: dict[str, Any]) -> None:
        seen.append(values["description"])
        with ctx.unit() as db:
            journal.activity(db, "written by the listener")
        raise ValueError("its failure is written too")

    hooks.add(ctx.host, "LogActivity", 1, listener)
    with ctx.unit() as db:
        journal.activity(db, "Door opened", 1)
    assert seen == ["Door opened"]
    assert "written by the listener" in _activities(ctx)


def test_an_unknown_name_is_told_with_the_nearest_known_one(host: Host, ctx: Ctx) -> None:
    folder = host.root / "includes" / "hooks"
    folder.mkdir(parents=True)
    (folder / "greet.py").write_text(
        "from modulehost.sdk import add_hook\n\nadd_hook('ClientAded', 1, lambda values: None)\nadd_hook('ClientAdd', 1, lambda values: None)\n"
    )
    hooks.fire(ctx, "ClientAdd", userid=1)
    [(subscription, text)] = hooks.unknown(host)
    assert subscription.owner == "hooks/greet"
    assert text.startswith("add_hook names the unknown hook ClientAded; did you mean ClientAdd? (")
    assert "greet.py:3" in text
    told = [line for line in _activities(ctx) if "ClientAded" in line]
    assert len(told) == 1 and told[0].startswith("Hook file includes/hooks: add_hook names the unknown hook")


def test_a_page_full_of_firings_reads_the_settings_once(ctx: Ctx) -> None:
    statements: list[str] = []
    hooks.fire(ctx, "AdminHomepage")

    @event.listens_for(ctx.host.engine, "before_cursor_execute")
    def _note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    for _ in range(20):
        hooks.fire(ctx, "AdminHomepage")
    read = [one for one in statements if "tblconfiguration" in one]
    assert len(read) <= 2  # both names, once; twice that would be per firing


def test_a_request_looks_at_the_files_once(ctx: Ctx, write_module: Callable[..., Path]) -> None:
    folder = ctx.host.root / "includes" / "hooks"
    folder.mkdir(parents=True)
    request = Ctx(ctx.host, request={"hook_files": []})
    assert hooks.fire(request, "AdminHomepage") == []
    (folder / "new.py").write_text(
        "from modulehost.sdk import add_hook\nadd_hook('AdminHomepage', 1, lambda values: 'new')\n"
    )
    assert hooks.fire(request, "AdminHomepage") == []
    assert hooks.values(hooks.fire(Ctx(ctx.host, request={"hook_files": []}), "AdminHomepage")) == ["new"]
    write_module("late", "", hooks="from modulehost.sdk import add_hook\nadd_hook('AdminHomepage', 2, lambda values: 'late')\n")
    with ctx.unit() as db:
        activate_hooks(db, "late")
    assert hooks.values(hooks.fire(request, "AdminHomepage")) == ["new", "late"]  # a setting counts at once


def test_a_module_that_becomes_active_counts_with_the_next_firing(
    ctx: Ctx, write_module: Callable[..., Path]
) -> None:
    write_module("late", "", hooks="from modulehost.sdk import add_hook\nadd_hook('AdminHomepage', 1, lambda values: 'late')\n")
    assert hooks.fire(ctx, "AdminHomepage") == []
    with ctx.unit() as db:
        activate_hooks(db, "late")
    assert hooks.values(hooks.fire(ctx, "AdminHomepage")) == ["late"]
    with ctx.unit() as db:
        settings.put(db, "ModuleHooks", "")
    assert hooks.fire(ctx, "AdminHomepage") == []


def test_what_another_process_changes_counts_after_half_a_second(
    ctx: Ctx, write_module: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_module("other", "", hooks="from modulehost.sdk import add_hook\nadd_hook('AdminHomepage', 1, lambda values: 'other')\n")
    with ctx.unit() as db:
        settings.put(db, "ModuleHooks", "nothing")
    assert hooks.fire(ctx, "AdminHomepage") == []
    with ctx.unit() as db:  # as another process does it: this one's memory is not told
        db.execute(update(Setting).where(Setting.setting == "ModuleHooks").values(value="other"))
    later = time.monotonic() + hookfiles.KEPT_SECONDS
    monkeypatch.setattr(hookfiles.time, "monotonic", lambda: later)
    assert hooks.values(hooks.fire(ctx, "AdminHomepage")) == ["other"]
