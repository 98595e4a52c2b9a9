"""How the automation is: each task's next time, the health by the documented rule, and a day's runs."""

from datetime import datetime

from modulehost.automation import registry
from modulehost.context import Ctx


def tasks(ctx: Ctx) -> list[tuple[registry.Entry, datetime | None]]:
    """Every row of tbltask in the order of a run, with when it is due next.

    None: at the next invocation, or never where it is not modelled.
    """
    now = ctx.host.clock.now()
    with ctx.unit(read=True) as db:
        at, found = registry.hour(db), registry.entries(db)
    return [(one, None if one.task is None else _next(one, now, at)) for one in found]


def _next(entry: registry.Entry, now: datetime, at: int) -> datetime | None:
    last = None if entry.last_run is not None and entry.last_run > now else entry.last_run
    if entry.periodic:
        due = registry.next_due(entry, last, at)
        return due if due is not None and due > now else None
    ran_today = last is not None and last.date() == now.date()
    # Inside the hour the next invocation brings it.
    return None if now.hour == at and not ran_today else registry.daily_at(now, at)
