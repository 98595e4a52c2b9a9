"""tbltask and tbltask_status: the tasks there are, whether they are switched on, when each ran last and runs next.

Rows of our tasks are made when they are missing; what an administrator or a module changed in them (is_enabled, frequency) counts.
A row of another class, as modules may write, is listed and told as not modelled: it names code of the emulated system's
own task runner, which does not exist here.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost import settings
from modulehost.automation.declaring import ORDER, Task
from modulehost.automation.tasks import ALL
from modulehost.context import ctx_of
from modulehost.schema import Task as TaskRow
from modulehost.schema import TaskStatus

PLACES = {name: place for place, name in enumerate(ORDER, 1)}


@dataclass(frozen=True)
class Entry:
    """One row of tbltask with its status. `task` is None for a class that is not modelled."""

    task: Task | None
    id: int
    class_name: str
    name: str
    description: str
    priority: int
    enabled: bool
    periodic: bool
    frequency: int  # minutes
    last_run: datetime | None
    in_progress: bool

    @property
    def option(self) -> str:
        """The option that named the task before 7.0, empty when there was none."""
        return ORDER.get(self.class_name, "")

    def told(self) -> dict[str, object]:
        """The row as hooks get it."""
        return {
            "id": self.id, "priority": self.priority, "class_name": self.class_name, "is_enabled": int(self.enabled),
            "is_periodic": int(self.periodic), "frequency": self.frequency, "name": self.name, "description": self.description,
        }  # fmt: skip


def keep(db: Session) -> None:
    """Make the rows of tasks that have none, and bring the others' names and places up to date. Under the caller's lock."""
    now = ctx_of(db).host.clock.now()
    rows = {row.class_name: row for row in db.scalars(select(TaskRow).order_by(TaskRow.id.desc()))}
    for name, task in ALL.items():
        row = rows.get(name)
        if row is None:
            row = TaskRow(class_name=name, is_enabled=1, frequency=task.frequency, created_at=now, updated_at=now)
            db.add(row)
        fixed = {"priority": PLACES[name] * 10, "is_periodic": int(not task.daily), "name": task.title, "description": task.description}
        if any(getattr(row, column) != value for column, value in fixed.items()):
            for column, value in fixed.items():
                setattr(row, column, value)
            row.updated_at = now
    db.flush()


def complete(found: list[Entry]) -> bool:
    """Whether every task has its row, and it says what the task says now."""
    ours = [one for one in found if one.task is not None]
    return all(
        one.id and one.task
        and (one.priority, one.periodic, one.name, one.description)
        == (PLACES[one.class_name] * 10, not one.task.daily, one.task.title, one.task.description)
        for one in ours
    )  # fmt: skip


def entries(db: Session) -> list[Entry]:
    """All rows in the order of a run; a task of ours that has no row yet is shown as it will be."""
    found: dict[str, Entry] = {}
    states = {state.task_id: state for state in db.scalars(select(TaskStatus).order_by(TaskStatus.id))}
    for row in db.scalars(select(TaskRow).order_by(TaskRow.priority, TaskRow.id)):
        if row.class_name in found:
            continue
        state = states.get(row.id)
        found[row.class_name] = Entry(
            ALL.get(row.class_name), row.id, row.class_name, row.name, row.description, row.priority, bool(row.is_enabled),
            bool(row.is_periodic), row.frequency, state.last_run if state else None, bool(state and state.in_progress),
        )  # fmt: skip
    for name, task in ALL.items():
        if name not in found:
            place = PLACES[name] * 10
            found[name] = Entry(task, 0, name, task.title, task.description, place, True, not task.daily, task.frequency, None, False)
    return sorted(found.values(), key=lambda one: (one.priority, one.id))


def begun(db: Session, entry: Entry) -> None:
    """Note that a task is being worked on."""
    _status(db, entry).in_progress = 1


def ended(db: Session, entry: Entry, ran: bool) -> None:
    """Note that a task is not worked on any more; `ran`: it has come to its end, so its next time counts from now."""
    row, now = _status(db, entry), ctx_of(db).host.clock.now()
    row.in_progress, row.updated_at = 0, now
    if ran:
        row.last_run, row.next_due = now, next_due(entry, now, hour(db))


def last_run(db: Session, entry: Entry) -> datetime | None:
    """When a task ran last, as the row says now."""
    return db.scalar(select(TaskStatus.last_run).where(TaskStatus.task_id == entry.id).order_by(TaskStatus.id).limit(1))


def hour(db: Session) -> int:
    """The hour in which the block of the day runs (DailyCronExecutionHour), 0 to 23."""
    return settings.number(db, "DailyCronExecutionHour") % 24


def next_due(entry: Entry, last: datetime | None, at: int) -> datetime | None:
    """When a task may run again; None: at the next invocation."""
    if last is None:
        return None
    if entry.periodic:
        return _minute(last) + timedelta(minutes=entry.frequency) if entry.frequency else None
    return datetime.combine(last.date() + timedelta(days=1), datetime.min.time()) + timedelta(hours=at)


def waits(entry: Entry, last: datetime | None, now: datetime, at: int) -> str:
    """Why a task does not run now; empty if it may. A last run in the future (the clock was set back) does not count."""
    if entry.task is None:
        return f"not modelled: {entry.class_name} is no task of this host, so it is listed only"
    if not entry.enabled:
        return "switched off in tbltask"
    last = None if last is not None and last > now else last
    if entry.periodic:
        due = next_due(entry, last, at)
        return f"not due before {due:%Y-%m-%d %H:%M}" if due is not None and due > now else ""
    if last is not None and last.date() == now.date():
        return "has run today"
    return "" if now.hour == at else f"not the hour of the daily run: {daily_at(now, at):%Y-%m-%d %H:%M} is the next"


def daily_at(now: datetime, at: int) -> datetime:
    """When the hour of the daily run begins next."""
    begins = datetime.combine(now.date(), datetime.min.time()) + timedelta(hours=at)
    return begins if begins > now else begins + timedelta(days=1)


def _minute(moment: datetime) -> datetime:
    # An invocation every five minutes comes a second earlier or later; a task due every hour must not wait for the one after.
    return moment.replace(second=0, microsecond=0)


def _status(db: Session, entry: Entry) -> TaskStatus:
    row = db.scalar(select(TaskStatus).where(TaskStatus.task_id == entry.id).order_by(TaskStatus.id).limit(1))
    if row is None:
        now = ctx_of(db).host.clock.now()
        row = TaskStatus(task_id=entry.id, in_progress=0, created_at=now, updated_at=now)
        db.add(row)
    return row


