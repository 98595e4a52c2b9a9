"""A run of the automation: what each task did; the clock's way through the days."""

from datetime import datetime, timedelta

import pytest

from modulehost import automation
from modulehost.automation.clockwork import Backwards
from modulehost.context import Ctx
from modulehost.ordering import cart
from modulehost.schema import ActivityLog, TransientData


def test_a_run_with_nothing_to_do_says_so_and_writes_nothing(ctx: Ctx) -> None:
    automation.run(ctx)
    with ctx.unit(read=True) as db:
        before = db.query(ActivityLog).count()
    reports = automation.run(ctx)
    assert [r.task for r in reports] == [
        "InterruptedCommands",
        "PendingCommands",
        "CancellationRequests",
        "UpdateServerUsage",
        "ServerUsageCount",
        "TenantUsageMetrics",
        "Announcements",
        "Mails",
        "TransientData",
    ]
    assert all(not r.done and not r.error for r in reports)
    with ctx.unit(read=True) as db:
        assert db.query(ActivityLog).count() == before


def test_abandoned_carts_are_removed_when_their_time_is_over(ctx: Ctx) -> None:
    key = cart.new_key(ctx)
    with ctx.unit() as db:
        cart.save(db, key, {"items": [], "currency": 1})
    automation.run(ctx)
    with ctx.unit(read=True) as db:
        assert db.query(TransientData).filter(TransientData.name.like("cart:%")).count() == 1
    automation.advance(ctx, timedelta(days=400))
    with ctx.unit(read=True) as db:
        assert db.query(TransientData).filter(TransientData.name.like("cart:%")).count() == 0


def test_advancing_stops_at_every_day_on_the_way(ctx: Ctx) -> None:
    ctx.host.clock.freeze()
    ctx.host.clock.set(datetime(2027, 2, 27, 10, 0, 0))
    days: list[datetime] = []
    automation.advance(ctx, timedelta(days=3, hours=6), lambda now, reports: days.append(now))
    assert days == [
        datetime(2027, 2, 28, 10),
        datetime(2027, 3, 1, 10),
        datetime(2027, 3, 2, 10),
        datetime(2027, 3, 2, 16),
    ]
    with pytest.raises(Backwards):
        automation.set_to(ctx, datetime(2027, 1, 1))


def test_a_task_that_breaks_is_reported_and_stops_no_other(ctx: Ctx, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_ctx: Ctx) -> int:
        raise OSError("the mail server is away")

    monkeypatch.setattr("modulehost.mail.deliver", broken)
    reports = {r.task: r for r in automation.run(ctx)}
    assert reports["Mails"].error == "OSError: the mail server is away"
    assert reports["TransientData"].error == ""
