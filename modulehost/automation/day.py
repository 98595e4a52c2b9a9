"""The tasks of a run, in order.

Billing, suspension and termination come with the billing engine; what runs now is what keeps commands, announcements and
mails moving: marking what a dead process left, asking vendors about pending work, delivering announcements and mails.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete

from modulehost import events, hooks, lifecycle, mail, settings
from modulehost.context import Ctx
from modulehost.journal import activity
from modulehost.ordering import cancellations
from modulehost.schema import TransientData

log = logging.getLogger("modulehost.automation")


@dataclass
class Report:
    """What one task did (`done`), what it looked at and left alone with the reason (`skipped`), and its error if it broke."""

    task: str
    done: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    error: str = ""


def _interrupted(ctx: Ctx, report: Report) -> None:
    if count := lifecycle.recover(ctx):
        report.done.append(f"{count} interrupted module command(s) put into the module queue")


def _pending(ctx: Ctx, report: Report) -> None:
    for outcome in lifecycle.resume_pending(ctx):
        line = f"command {outcome.command_id}: {outcome.state} {outcome.message}".strip()
        (report.skipped if outcome.state == "pending" else report.done).append(line)


def _cancellations(ctx: Ctx, report: Report) -> None:
    found = cancellations.process(ctx)
    report.done += found.done
    report.skipped += found.skipped


def _announcements(ctx: Ctx, report: Report) -> None:
    if count := events.drain(ctx):
        report.done.append(f"{count} announcement(s) delivered")


def _mails(ctx: Ctx, report: Report) -> None:
    if count := mail.deliver(ctx):
        report.done.append(f"{count} mail(s) rendered")


def _server_counts(ctx: Ctx, report: Report) -> None:
    """Once a day: how many accounts the servers say they have."""
    midnight = datetime.combine(ctx.host.clock.today(), datetime.min.time())
    for name, remote in lifecycle.remote.refresh_all(ctx, not_since=midnight):
        if remote.error:
            report.skipped.append(f"{name}: {remote.error}")
        else:
            report.done.append(name if remote.total is None else f"{name}: {remote.total} account(s)")


def _usage(ctx: Ctx, report: Report) -> None:
    """UsageUpdate of every enabled server whose module has it, once a day."""
    _each_day(ctx, report, "mh_usage_run", lifecycle.usage.update_all)


def _metrics(ctx: Ctx, report: Report) -> None:
    """What the tenants of every enabled server use, once a day (MetricProvider)."""
    _each_day(ctx, report, "mh_metrics_run", lifecycle.usage.collect_all)


def _each_day(ctx: Ctx, report: Report, name: str, ask: Callable[[Ctx], list[tuple[str, str]]]) -> None:
    """Ask all servers unless today's run has: asking again after a kill does no harm."""
    today = ctx.host.clock.today().isoformat()
    with ctx.unit(read=True) as db:
        if settings.get(db, name) >= today:
            return
    for server, problem in ask(ctx):
        if problem:
            report.skipped.append(f"{server}: {problem}")
        else:
            report.done.append(server)
    with ctx.unit() as db:
        settings.put(db, name, today)


def _expired(ctx: Ctx, report: Report) -> None:
    """Carts, checkout keys and the like (tbltransientdata.expires is Unix time) that nobody came back for."""
    with ctx.unit() as db:
        gone = delete(TransientData).where(
            TransientData.expires != 0, TransientData.expires < int(ctx.host.clock.time())
        )
        if count := db.execute(gone).rowcount:  # type: ignore[attr-defined]
            report.done.append(f"{count} expired row(s) of tbltransientdata removed")


TASKS: dict[str, Callable[[Ctx, Report], None]] = {
    "InterruptedCommands": _interrupted,
    "PendingCommands": _pending,
    "CancellationRequests": _cancellations,
    "Announcements": _announcements,
    "Mails": _mails,
    "ServerUsageCount": _server_counts,
    "UpdateServerUsage": _usage,
    "TenantUsageMetrics": _metrics,
    "TransientData": _expired,
}


def run(ctx: Ctx) -> list[Report]:
    """Run all tasks once. A task that breaks is reported and does not stop the others.

    Hooks: each task has PreAutomationTask and PostAutomationTask; PreCronJob and DailyCronJob enclose the first run of a
    day, AfterCronJob ends every run.
    """
    reports, daily = [], _first_of_day(ctx)
    if daily:
        hooks.fire(ctx, "PreCronJob")
    for name, task in TASKS.items():
        report = Report(name)
        hooks.fire(ctx, "PreAutomationTask", task=name)
        try:
            task(ctx, report)
        except Exception as failure:
            log.exception("task %s failed", name)
            report.error = f"{type(failure).__name__}: {failure}"
        hooks.fire(ctx, "PostAutomationTask", task=name, completed=not report.error)
        reports.append(report)
        if report.done or report.error:
            with ctx.unit() as db:
                activity(db, f"Cron Job: {name}: {report.error or '; '.join(report.done)}")
    if daily:
        hooks.fire(ctx, "DailyCronJob")
    hooks.fire(ctx, "AfterCronJob")
    return reports


def _first_of_day(ctx: Ctx) -> bool:
    """Whether no run has been on this day yet."""
    today = ctx.host.clock.today().isoformat()
    with ctx.unit() as db:
        first = settings.get(db, "mh_daily_run") < today
        if first:
            settings.put(db, "mh_daily_run", today)
    return first
