"""Moving the host's clock: day by day, running the automation on each."""

from collections.abc import Callable
from datetime import datetime, timedelta

from modulehost.automation.runner import run
from modulehost.context import Ctx
from modulehost.journal import Report

Progress = Callable[[datetime, list[Report]], None]


class Backwards(ValueError):
    """The clock was to be set before its present time."""


def advance(ctx: Ctx, by: timedelta, progress: Progress | None = None) -> datetime:
    """Move the clock ahead by `by`, stopping at each day on the way to run the automation; returns the new time."""
    if by < timedelta(0):
        raise Backwards("the clock goes ahead only; rows of later days would stay. Use reset, or load a snapshot")
    clock, left = ctx.host.clock, by
    while left > timedelta(0):
        step = min(left, timedelta(days=1))
        clock.advance(step)
        left -= step
        reports = run(ctx)
        if progress:
            progress(clock.now(), reports)
    return clock.now()


def set_to(ctx: Ctx, moment: datetime, progress: Progress | None = None) -> datetime:
    """Move the clock ahead to `moment`, day by day."""
    return advance(ctx, moment - ctx.host.clock.now(), progress)
