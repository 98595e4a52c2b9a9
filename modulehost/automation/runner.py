"""An invocation of the automation: the tasks that are due, in order, each telling what it did and what it left alone.

The block of the day runs with the first invocation inside the hour of DailyCronExecutionHour; a day whose hour is missed has
none. The other tasks run with every invocation, no more often than their frequency says. Several invocations at once do the work
once: each task has a lock, and the block of the day another. What a process that died has left is taken over by the next.
"""

import contextlib
import logging
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from modulehost import db as database
from modulehost import events, hooks, mail
from modulehost.automation import records, registry
from modulehost.automation.locks import Lock, held
from modulehost.automation.registry import Entry
from modulehost.automation.tasks import ALL
from modulehost.billing.once import fire_once
from modulehost.context import Ctx
from modulehost.journal import Report, activity

log = logging.getLogger("modulehost.automation")
Progress = Callable[[Report], None]
MAIL = "Cron Activity Report"
_DAY_LOCK, _REGISTRY_LOCK = "day", "registry"
_ELSEWHERE = "another invocation is working on it"
_PATIENCE = 200  # times a twentieth of a second


def run(
    ctx: Ctx,
    only: Collection[str] = (),
    skip: Collection[str] = (),
    force: bool = False,
    email_report: bool = False,
    progress: Progress | None = None,
) -> list[Report]:
    """Run what is due once; returns a report for every task, with `left` where it did not run at all.

    `only` and `skip` choose by name (LookupError for one that no task has). `force` runs what is not due, too.
    `email_report` sends the report mail also without the block of the day. A task that breaks is reported and stops no
    other. Hooks: PreCronJob and DailyCronJob enclose the block of the day, PreAutomationTask and PostAutomationTask each
    task, AfterCronJob ends every invocation.
    """
    for name in (*only, *skip):
        known(name)
    # Hook files are looked at once, as in a request: a run fires some fifty points.
    ctx = replace(ctx, request={"hook_files": [], **ctx.request})
    entries, hour = _entries(ctx)
    chosen = [one for one in entries if (not only or one.class_name in only) and one.class_name not in skip]
    reports: list[Report] = []

    def told(report: Report) -> None:
        reports.append(report)
        if progress:
            progress(report)

    with contextlib.ExitStack() as stack:
        day = _Day() if only else _day_begins(ctx, stack, chosen, force, hour)
        daily, run_id = day.mine, day.left_by_the_dead or _begin(ctx, day.mine)
        if daily:
            fire_once(ctx, f"run:{run_id}", "PreCronJob")
        for entry in chosen:
            if day.elsewhere and not entry.periodic and entry.task is not None:
                told(Report(entry.class_name, left=_ELSEWHERE))
            else:
                at = None if day.left_by_the_dead else hour
                told(_one(ctx, entry, run_id, force, at, quiet=not (daily or only)))
        _close(ctx, run_id, daily, email_report, reports)
    if daily:
        hooks.fire(ctx, "DailyCronJob")
    hooks.fire(ctx, "AfterCronJob")
    return reports


def perform(ctx: Ctx, name: str) -> Report:
    """Run one task now, whatever the hour and whenever it ran last. Raises LookupError for a name that no task has."""
    return run(ctx, only=(known(name),), force=True)[0]


def known(name: str) -> str:
    """The name itself. Raises LookupError when no task has it."""
    if name not in ALL:
        raise LookupError(f"there is no task {name}; there are {', '.join(ALL)}")
    return name


def _entries(ctx: Ctx) -> tuple[list[Entry], int]:
    """The rows of all tasks, made when they are missing; and the hour of the block of the day."""
    for _ in range(_PATIENCE):
        with ctx.unit(read=True) as db:
            found, hour = registry.entries(db), registry.hour(db)
        if registry.complete(found):
            return found, hour
        with held(ctx, _REGISTRY_LOCK) as alone:
            if alone:
                with ctx.unit() as db:
                    registry.keep(db)
        if not alone:
            time.sleep(0.05)
    raise RuntimeError("another process has been making the rows of tbltask for ten seconds; try again")


@dataclass(frozen=True)
class _Day:
    """Who has the block of the day: this invocation, another one (`elsewhere`), or nobody."""

    mine: bool = False
    elsewhere: bool = False
    left_by_the_dead: int | None = None  # the run to go on with; it is finished at any hour


def _day_begins(ctx: Ctx, stack: contextlib.ExitStack, chosen: list[Entry], force: bool, hour: int) -> _Day:
    """Who has the block of the day; if this invocation has, its lock is held until the end of `stack`."""
    with contextlib.ExitStack() as own:
        if not own.enter_context(held(ctx, _DAY_LOCK)):
            return _Day(elsewhere=True)
        left = records.take_over(ctx)
        if left is None and not _due_today(ctx, chosen, force, hour):
            return _Day()
        stack.push(own.pop_all())
        return _Day(mine=True, left_by_the_dead=left)


def _begin(ctx: Ctx, daily: bool) -> int:
    with ctx.unit() as db:
        return records.begin(db, daily)


def _due_today(ctx: Ctx, chosen: list[Entry], force: bool, hour: int) -> bool:
    """Whether a task of the day is due now: the rows are read again, for another may just have done the day."""
    with ctx.unit(read=True) as db:
        now = registry.entries(db)
    names = {one.class_name for one in chosen}
    daily = (one for one in now if one.class_name in names and one.task and not one.periodic)
    return any(not _waits(ctx, one, one.last_run, force, hour) for one in daily)


def _one(ctx: Ctx, entry: Entry, run_id: int, force: bool, hour: int | None, quiet: bool) -> Report:
    """One task, if it is due and nobody else works on it. `hour` None: the hour does not count."""
    report = Report(entry.class_name)
    report.left = _waits(ctx, entry, entry.last_run, force, hour)
    if report.left or entry.task is None:
        return report

    def begin(db: Session) -> None:
        # Asked again: another may have done it while this one came here.
        report.left = _waits(ctx, entry, registry.last_run(db, entry), force, hour)
        if not report.left:
            registry.begun(db, entry)

    with held(ctx, f"task:{entry.class_name}", begin) as lock:
        if not lock:
            report.left = _ELSEWHERE
        elif not report.left:
            _perform(ctx, lock, entry, run_id, report, quiet)
    return report


def _waits(ctx: Ctx, entry: Entry, last_run: datetime | None, force: bool, hour: int | None) -> str:
    if force and entry.task is not None and entry.enabled:
        return ""
    now = ctx.host.clock.now()
    return registry.waits(entry, last_run, now, now.hour if hour is None else hour)


def _perform(ctx: Ctx, lock: Lock, entry: Entry, run_id: int, report: Report, quiet: bool) -> None:
    assert entry.task is not None
    started, began = ctx.host.clock.now(), time.perf_counter()
    ended = False
    try:
        hooks.fire(ctx, "PreAutomationTask", task=entry.told())
        try:
            entry.task.function(ctx, report)
        except Exception as failure:
            log.exception("task %s failed", entry.class_name)
            report.error = f"{type(failure).__name__}: {failure}"
        ended, report.milliseconds = True, round((time.perf_counter() - began) * 1000)
        hooks.fire(ctx, "PostAutomationTask", task=entry.told(), completed=not report.error)
    finally:
        # Once the task has come to its end it has run, whatever becomes of a listener: it is not repeated for that.
        lock.at_end.append(lambda db: _concluded(db, entry, run_id, report, started, quiet, ended))


def _concluded(
    db: Session, entry: Entry, run_id: int, report: Report, started: datetime, quiet: bool, ended: bool
) -> None:
    registry.ended(db, entry, ended)
    if not ended:
        return
    records.keep(db, run_id, report, not entry.periodic, started)
    if report.error or (report.acted and not (quiet or entry.periodic)):
        said = report.error or ", ".join(f"{heading.count} {what}" for what, heading in report.done.items())
        activity(db, f"Cron Job: {entry.name}: {said}")


def _note(ctx: Ctx, write: Callable[[Session], None]) -> None:
    def unit() -> None:
        with ctx.unit() as db:
            write(db)

    database.despite_deadlocks(unit)


def _close(ctx: Ctx, run_id: int, daily: bool, email_report: bool, reports: list[Report]) -> None:
    send = email_report
    if daily:
        results = fire_once(ctx, f"run:{run_id}", "DailyCronJobPreEmail")
        send = not any(result.value is True for result in results)

    def write(db: Session) -> None:
        if send:
            mail.tell_admins(db, "system", MAIL, _fields(ctx, reports))
        records.end(db, run_id)
        if daily:
            activity(db, "Cron Job: Completed")

    _note(ctx, write)
    if send:
        try:
            events.drain(ctx)
            mail.deliver(ctx)
        except Exception:  # the mail waits in its queue; what remains of the run is not lost for it
            log.exception("the report mail could not be delivered yet")


def _fields(ctx: Ctx, reports: list[Report]) -> dict[str, object]:
    """What the report mail says: tasks that did, left alone or broke something."""
    tasks = [
        {
            "name": ALL[one.task].title if one.task in ALL else one.task,
            "done": [f"{heading.count} {what}" for what, heading in one.done.items()],
            "skipped": [f"{heading.count}: {why}" for why, heading in one.skipped.items()],
            "error": one.error,
        }
        for one in reports
        if one.done or one.skipped or one.error
    ]
    return {"cron_time": f"{ctx.host.clock.now():%Y-%m-%d %H:%M}", "cron_tasks": tasks}
