"""What the servers say once a day: accounts, usage, metrics."""

from collections.abc import Callable
from datetime import datetime

from modulehost import lifecycle, settings
from modulehost.automation.declaring import Task
from modulehost.context import Ctx
from modulehost.journal import Report


def server_counts(ctx: Ctx, report: Report) -> None:
    """How many accounts the servers say they have."""
    midnight = datetime.combine(ctx.host.clock.today(), datetime.min.time())
    for name, remote in lifecycle.remote.refresh_all(ctx, not_since=midnight):
        if remote.error:
            report.skip("the server did not answer", f"{name}: {remote.error}")
        else:
            report.did("servers counted", name if remote.total is None else f"{name}: {remote.total} account(s)")


def usage(ctx: Ctx, report: Report) -> None:
    """UsageUpdate of every enabled server whose module has it."""
    _each_day(ctx, report, "mh_usage_run", lifecycle.usage.update_all)


def metrics(ctx: Ctx, report: Report) -> None:
    """What the tenants of every enabled server use (MetricProvider)."""
    _each_day(ctx, report, "mh_metrics_run", lifecycle.usage.collect_all)


def _each_day(ctx: Ctx, report: Report, name: str, ask: Callable[[Ctx], list[tuple[str, str]]]) -> None:
    """Ask all servers unless today's run has: asking again after a kill does no harm."""
    today = ctx.host.clock.today().isoformat()
    with ctx.unit(read=True) as db:
        if settings.get(db, name) >= today:
            report.skip("the servers were asked today")
            return
    for server, problem in ask(ctx):
        if problem:
            report.skip("the server did not answer", f"{server}: {problem}")
        else:
            report.did("servers asked", server)
    with ctx.unit() as db:
        settings.put(db, name, today)


TASKS = [
    Task("UpdateServerUsage", "Server Usage", "Asks every server for the disk and bandwidth usage of its accounts", usage),
    Task("ServerUsageCount", "Server Account Counts", "Asks every server how many accounts it has", server_counts),
    Task("TenantUsageMetrics", "Usage Metrics", "Asks every server for what its tenants use", metrics),
]
