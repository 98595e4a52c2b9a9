"""Moving the host's clock: day by day, with the block of the day on each."""

from collections.abc import Callable
from datetime import datetime, timedelta

from modulehost.accounts import sessions
from modulehost.automation import registry
from modulehost.automation.runner import run
from modulehost.context import Ctx
from modulehost.journal import Report

Progress = Callable[[datetime, list[Report]], None]


class Backwards(ValueError):
    """The clock was to be set before its present time."""


def advance(ctx: Ctx, by: timedelta, progress: Progress | None = None) -> datetime:
    """Move the clock ahead by `by`; returns the new time.

    It stops at the hour of the daily run of each day on the way, and at the end, to run the automation: so the block of the
    day runs once a day whatever time it starts from. Where the daily hour has begun already and today's block has not run, it runs first.
    """
    if by < timedelta(0):
        raise Backwards("the clock goes ahead only; rows of later days would stay. Use reset, or load a snapshot")
    clock = ctx.host.clock
    target, now = clock.now() + by, clock.now()
    if by and now.hour == _hour(ctx):
        _stop(ctx, progress)
    while (now := clock.now()) < target:
        following = min(registry.daily_at(now, _hour(ctx)), target)
        with ctx.unit() as db:
            sessions.carry(db, following - now)
        clock.set(following)
        _stop(ctx, progress)
    return clock.now()


def set_to(ctx: Ctx, moment: datetime, progress: Progress | None = None) -> datetime:
    """Move the clock ahead to `moment`, day by day."""
    return advance(ctx, moment - ctx.host.clock.now(), progress)


def _stop(ctx: Ctx, progress: Progress | None) -> None:
    reports = run(ctx)
    if progress:
        progress(ctx.host.clock.now(), reports)


def _hour(ctx: Ctx) -> int:
    with ctx.unit(read=True) as db:
        return registry.hour(db)
