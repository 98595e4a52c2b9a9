"""What the automation did, by date and task."""

from datetime import datetime, time
from typing import Any

from modulehost import settings
from modulehost.api.registry import action
from modulehost.api.system import day_of
from modulehost.api.values import Values
from modulehost.automation import records, status
from modulehost.context import Ctx
from modulehost.schema import moment_text


@action("GetAutomationLog", "System")
def get_automation_log(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Statistics of the tasks: date, then namespace (the task's name), then how much was done, skipped and failed.

    `startdate` and `enddate` are whole days, today where they are left out; `namespace` chooses one task.
    """
    with ctx.unit(read=True) as db:
        shape, today = settings.get(db, "DateFormat"), ctx.host.clock.today()
        first, last = (day_of(values.text(name), shape, name) if values.has(name) else today for name in ("startdate", "enddate"))
        daily = records.last_daily(db)
    return {
        "currentDatetime": moment_text(ctx.host.clock.now()),
        "lastDailyCronInvocationTime": moment_text(daily.started_at if daily else None),
        "startdate": moment_text(datetime.combine(first, time())),
        "enddate": moment_text(datetime.combine(last, time(23, 59, 59))),
        "statistics": status.statistics(ctx, first, last, values.text("namespace")),
    }
