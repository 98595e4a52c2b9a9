"""What is kept of each invocation: a row for the run, and one for each task that did or left something."""

import json
from datetime import date, datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from modulehost.context import Ctx, ctx_of
from modulehost.journal import Report
from modulehost.journal.reports import Heading
from modulehost.schema import AutomationRun, AutomationTaskRun

KEPT_DAYS = 400
#: of invocations without the block of the day, which come every few minutes
KEPT_DAYS_SMALL = 30


def begin(db: Session, daily: bool) -> int:
    """A new run of this process; returns mh_automation_run.id."""
    ctx = ctx_of(db)
    clock = ctx.host.clock
    row = AutomationRun(
        day=clock.today(), daily=int(daily), state="running", owner=ctx.host.owner, actor=ctx.actor.label[:128],
        started_at=clock.now(),
    )  # fmt: skip
    db.add(row)
    db.flush()
    return row.id


def take_over(ctx: Ctx) -> int | None:
    """Mark the runs of processes that are gone as stopped, but go on with the block of this day: its run's id.

    Call it under the lock of the day, so that only one goes on.
    """
    with ctx.unit(read=True) as db:
        running = list(db.scalars(select(AutomationRun).where(AutomationRun.state == "running").order_by(AutomationRun.id)))
    dead = [row for row in running if row.owner != ctx.host.owner and not ctx.host.is_alive(row.owner)]
    mine = next((row.id for row in dead if row.daily and row.day == ctx.host.clock.today()), None)
    if dead:
        with ctx.unit() as db:
            left = update(AutomationRun).where(AutomationRun.id.in_([row.id for row in dead]), AutomationRun.state == "running")
            db.execute(left.where(AutomationRun.id != (mine or 0)).values(state="stopped"))
            if mine:
                db.execute(left.where(AutomationRun.id == mine).values(owner=ctx.host.owner))
    return mine


def end(db: Session, run_id: int) -> None:
    """A run has come to its end."""
    row = db.get_one(AutomationRun, run_id)
    row.state, row.finished_at = "completed", ctx_of(db).host.clock.now()


def keep(db: Session, run_id: int, report: Report, daily: bool, started: datetime) -> None:
    """Keep a task's report. One of a task that runs all day and has nothing to say is not kept."""
    if not (daily or report.done or report.skipped or report.error):
        return
    clock = ctx_of(db).host.clock
    row = AutomationTaskRun(
        run_id=run_id, day=clock.today(), task=report.task, done=report.acted,
        skipped=sum(one.count for one in report.skipped.values()), error=report.error,
        report=json.dumps({"done": _plain(report.done), "skipped": _plain(report.skipped)}),
        milliseconds=report.milliseconds, started_at=started, finished_at=clock.now(),
    )  # fmt: skip
    db.add(row)


def report_of(row: AutomationTaskRun) -> Report:
    """The report that a row keeps."""
    kept = json.loads(row.report or "{}")
    read = {side: {text: Heading(**heading) for text, heading in kept.get(side, {}).items()} for side in ("done", "skipped")}
    return Report(row.task, read["done"], read["skipped"], row.error, milliseconds=row.milliseconds)


def runs_of(db: Session, day: date) -> list[AutomationRun]:
    """The runs that began on a day, in their order."""
    return list(db.scalars(select(AutomationRun).where(AutomationRun.day == day).order_by(AutomationRun.id)))


def tasks_of(db: Session, first: date, last: date) -> list[AutomationTaskRun]:
    """What tasks did from one day to another, both included, in order."""
    found = select(AutomationTaskRun).where(AutomationTaskRun.day >= first, AutomationTaskRun.day <= last)
    return list(db.scalars(found.order_by(AutomationTaskRun.id)))


def last_daily(db: Session) -> AutomationRun | None:
    """The latest run that had the block of the day."""
    return db.scalar(select(AutomationRun).where(AutomationRun.daily == 1).order_by(AutomationRun.id.desc()).limit(1))


def last_run(db: Session) -> AutomationRun | None:
    """The latest run."""
    return db.scalar(select(AutomationRun).order_by(AutomationRun.id.desc()).limit(1))


def prune(db: Session) -> int:
    """Remove runs that are too old, with what their tasks said; returns how many."""
    today = ctx_of(db).host.clock.today()
    old = or_(
        AutomationRun.day < today - timedelta(days=KEPT_DAYS),
        (AutomationRun.daily == 0) & (AutomationRun.day < today - timedelta(days=KEPT_DAYS_SMALL)),
    )
    ids = list(db.scalars(select(AutomationRun.id).where(old, AutomationRun.state != "running").order_by(AutomationRun.id).limit(20_000)))
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        db.execute(delete(AutomationTaskRun).where(AutomationTaskRun.run_id.in_(some)))
        db.execute(delete(AutomationRun).where(AutomationRun.id.in_(some)))
    return len(ids)


def _plain(headings: dict[str, Heading]) -> dict[str, dict[str, object]]:
    return {text: {"count": one.count, "lines": one.lines} for text, one in headings.items()}
