"""Moving the clock: it stops at the hour of each day's run, wherever it starts."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from modulehost import automation, settings
from modulehost.automation.clockwork import Backwards
from modulehost.context import Ctx
from modulehost.schema import AutomationRun


def stops(ctx: Ctx, start: datetime, by: timedelta) -> list[datetime]:
    ctx.host.clock.freeze()
    ctx.host.clock.set(start)
    found: list[datetime] = []
    automation.advance(ctx, by, lambda now, reports: found.append(now))
    return found


def daily_days(ctx: Ctx) -> list[int]:
    with ctx.unit(read=True) as db:
        found = db.scalars(select(AutomationRun.day).where(AutomationRun.daily == 1).order_by(AutomationRun.id))
        return [day.day for day in found if day]


@pytest.mark.parametrize(
    ("start", "by", "expected", "days"),
    [
        # after the hour: that day's is missed; over the end of a month
        (datetime(2027, 2, 27, 10), timedelta(days=3, hours=6), [(28, 9), (1, 9), (2, 9), (2, 16)], [28, 1, 2]),
        # before the hour
        (datetime(2027, 2, 27, 8), timedelta(days=2), [(27, 9), (28, 9), (1, 8)], [27, 28]),
        # inside it: the block that this day still needs comes first
        (datetime(2027, 2, 27, 9, 30), timedelta(days=1), [(27, 9), (28, 9), (28, 9)], [27, 28]),
        # ending inside it
        (datetime(2027, 2, 27, 20), timedelta(hours=13), [(28, 9)], [28]),
    ],
)
def test_each_day_has_its_run_once(
    ctx: Ctx, start: datetime, by: timedelta, expected: list[tuple[int, int]], days: list[int]
) -> None:
    assert [(one.day, one.hour) for one in stops(ctx, start, by)] == expected
    assert daily_days(ctx) == days
    assert ctx.host.clock.now() == start + by


def test_the_hour_is_a_setting_and_the_past_is_refused(ctx: Ctx) -> None:
    with ctx.unit() as db:
        settings.put(db, "DailyCronExecutionHour", "0")
    assert stops(ctx, datetime(2027, 2, 27, 10), timedelta(days=1)) == [datetime(2027, 2, 28, 0), datetime(2027, 2, 28, 10)]
    with pytest.raises(Backwards, match="the clock goes ahead only"):
        automation.set_to(ctx, datetime(2027, 1, 1))
