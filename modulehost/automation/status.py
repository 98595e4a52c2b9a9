"""How the automation is: each task's next time, the health by the documented rule, and the days with what was done on them."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from modulehost.automation import records, registry
from modulehost.automation.tasks import ALL
from modulehost.context import Ctx
from modulehost.journal import Report
from modulehost.schema import AutomationRun, AutomationTaskRun

#: the documented rule: invoked within two hours, and with the block of the day within a day
INVOKED_WITHIN, DAILY_WITHIN = timedelta(minutes=120), timedelta(hours=24)


@dataclass(frozen=True)
class Health:
    """When the automation was invoked last and had its last daily run, and whether that is well."""

    invoked: datetime | None
    daily: datetime | None
    invoked_well: bool
    daily_well: bool

    @property
    def well(self) -> bool:
        return self.invoked_well and self.daily_well


@dataclass(frozen=True)
class TaskDay:
    """What one task did on a day, its runs together: `reports` each as it was, with its run and when it began."""

    name: str
    title: str
    done: int
    skipped: int
    errors: list[str]
    milliseconds: int
    reports: list[tuple[AutomationTaskRun, Report]]


def tasks(ctx: Ctx) -> list[tuple[registry.Entry, datetime | None]]:
    """Every row of tbltask in the order of a run, with when it is due next.

    None: at the next invocation, or never where it is not modelled.
    """
    now = ctx.host.clock.now()
    with ctx.unit(read=True) as db:
        at, found = registry.hour(db), registry.entries(db)
    return [(one, None if one.task is None else _next(one, now, at)) for one in found]


def health(ctx: Ctx) -> Health:
    """Whether the automation runs as it should, by the documented rule."""
    now = ctx.host.clock.now()
    with ctx.unit(read=True) as db:
        last, daily = records.last_run(db), records.last_daily(db)
    invoked, ran = last.started_at if last else None, daily.started_at if daily else None
    return Health(
        invoked, ran, invoked is not None and now - invoked <= INVOKED_WITHIN, ran is not None and now - ran <= DAILY_WITHIN
    )  # fmt: skip


def day(ctx: Ctx, wanted: date) -> tuple[list[AutomationRun], list[TaskDay]]:
    """The runs of a day, and what each task did on it, in the order of the tasks."""
    with ctx.unit(read=True) as db:
        runs, rows = records.runs_of(db, wanted), records.tasks_of(db, wanted, wanted)
    by_task: dict[str, list[AutomationTaskRun]] = defaultdict(list)
    for row in rows:
        by_task[row.task].append(row)
    order = [*ALL, *sorted(set(by_task) - set(ALL))]
    return runs, [_task_day(name, by_task[name]) for name in order if name in by_task]


def days_with_runs(ctx: Ctx, first: date, last: date) -> dict[date, tuple[bool, bool]]:
    """The days in between on which the automation ran: whether with a daily run, and whether a task failed."""
    with ctx.unit(read=True) as db:
        between = (AutomationRun.day >= first, AutomationRun.day <= last)
        ran = db.execute(select(AutomationRun.day, func.max(AutomationRun.daily)).where(*between).group_by(AutomationRun.day)).all()
        failed = select(AutomationTaskRun.day).where(AutomationTaskRun.day >= first, AutomationTaskRun.day <= last)
        bad = set(db.scalars(failed.where(AutomationTaskRun.error != "").distinct()))
    return {one: (bool(daily), one in bad) for one, daily in ran if one}


def statistics(ctx: Ctx, first: date, last: date, task: str = "") -> dict[str, dict[str, dict[str, int]]]:
    """By date, then task (the namespace): how much was done and left alone, and how often it failed."""
    with ctx.unit(read=True) as db:
        rows = records.tasks_of(db, first, last)
    found: dict[str, dict[str, dict[str, int]]] = {}
    for row in rows:
        if row.day is None or (task and row.task.lower() != task.lower()):
            continue
        one = found.setdefault(row.day.isoformat(), {}).setdefault(row.task, {"done": 0, "skipped": 0, "failed": 0})
        one["done"] += row.done
        one["skipped"] += row.skipped
        one["failed"] += int(bool(row.error))
    return found


def _task_day(name: str, rows: list[AutomationTaskRun]) -> TaskDay:
    return TaskDay(
        name, ALL[name].title if name in ALL else name, sum(row.done for row in rows), sum(row.skipped for row in rows),
        [row.error for row in rows if row.error], sum(row.milliseconds for row in rows), [(row, records.report_of(row)) for row in rows],
    )  # fmt: skip


def _next(entry: registry.Entry, now: datetime, at: int) -> datetime | None:
    last = None if entry.last_run is not None and entry.last_run > now else entry.last_run
    if entry.periodic:
        due = registry.next_due(entry, last, at)
        return due if due is not None and due > now else None
    ran_today = last is not None and last.date() == now.date()
    # Inside the hour the next invocation brings it.
    return None if now.hour == at and not ran_today else registry.daily_at(now, at)
