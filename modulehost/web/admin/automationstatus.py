"""Automation Status: what the automation did on a day, and whether it runs as it should."""

from datetime import date, timedelta

from flask import request
from werkzeug.wrappers import Response

from modulehost.automation import status
from modulehost.web import frame
from modulehost.web.admin.site import blueprint, page

URL = "/admin/automationstatus.php"
STRIP = 14  # days in the row above


@blueprint.get("/automationstatus.php")
@frame.permission("View Automation Status")
def automation_status() -> Response:
    """One day's tasks with their counts and lines; `date=2027-03-01` chooses the day, today if there is none."""
    ctx = frame.ctx()
    today = ctx.host.clock.today()
    try:
        day = date.fromisoformat(request.args.get("date", ""))
    except ValueError:
        day = today
    day = min(day, today)
    last = min(today, day + timedelta(days=STRIP // 2))
    first = last - timedelta(days=STRIP - 1)
    known = status.days_with_runs(ctx, first, last)
    days = [(one, *known.get(one, (None, False))) for one in (first + timedelta(days=n) for n in range(STRIP))]
    runs, tasks = status.day(ctx, day)
    return page(
        "automationstatus.html", "Automation Status", chosen=day, today=today, days=days, runs=runs, tasks=tasks,
        before=day - timedelta(days=1), after=day + timedelta(days=1), health=status.health(ctx), entries=status.tasks(ctx),
    )  # fmt: skip
