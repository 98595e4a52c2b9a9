"""A run of the automation: the tasks in order, each telling what it did."""

import logging

from modulehost import hooks, settings
from modulehost.automation.declaring import Task
from modulehost.automation.tasks import ALL
from modulehost.context import Ctx
from modulehost.journal import Report, activity

log = logging.getLogger("modulehost.automation")


def run(ctx: Ctx) -> list[Report]:
    """Run all tasks once. A task that breaks is reported and does not stop the others.

    Hooks: each task has PreAutomationTask and PostAutomationTask; PreCronJob and DailyCronJob enclose the first run of a
    day, AfterCronJob ends every run.
    """
    daily = _first_of_day(ctx)
    if daily:
        hooks.fire(ctx, "PreCronJob")
    reports = [_perform(ctx, task) for task in ALL.values()]
    if daily:
        hooks.fire(ctx, "DailyCronJob")
    hooks.fire(ctx, "AfterCronJob")
    return reports


def perform(ctx: Ctx, name: str) -> Report:
    """Run one task now, whatever the hour and whenever it ran last. Raises LookupError for a name that no task has."""
    if name not in ALL:
        raise LookupError(f"there is no task {name}; there are {', '.join(ALL)}")
    return _perform(ctx, ALL[name])


def _perform(ctx: Ctx, task: Task) -> Report:
    report = Report(task.name)
    hooks.fire(ctx, "PreAutomationTask", task=task.name)
    try:
        task.function(ctx, report)
    except Exception as failure:
        log.exception("task %s failed", task.name)
        report.error = f"{type(failure).__name__}: {failure}"
    hooks.fire(ctx, "PostAutomationTask", task=task.name, completed=not report.error)
    if report.acted or report.error:
        said = report.error or ", ".join(f"{heading.count} {what}" for what, heading in report.done.items())
        with ctx.unit() as db:
            activity(db, f"Cron Job: {task.title}: {said}")
    return report


def _first_of_day(ctx: Ctx) -> bool:
    """Whether no run has been on this day yet."""
    today = ctx.host.clock.today().isoformat()
    with ctx.unit() as db:
        first = settings.get(db, "mh_daily_run") < today
        if first:
            settings.put(db, "mh_daily_run", today)
    return first
