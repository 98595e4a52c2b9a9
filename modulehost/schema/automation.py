"""Scheduled tasks."""

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from .base import Base
from .types import Day, Key, Moment, MomentOrNull, Num, Text, UNum, URef, code, varchar


class Task(Base):
    """A task of the daily or periodic automation."""

    __tablename__ = "tbltask"

    id: Mapped[Key]
    priority: Mapped[Num]
    class_name: Mapped[str] = varchar(255)
    is_enabled: Mapped[Num]
    is_periodic: Mapped[Num]
    frequency: Mapped[UNum]  # minutes
    name: Mapped[str] = varchar(255)
    description: Mapped[Text]
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]


class TaskStatus(Base):
    """When a task ran last and is due next."""

    __tablename__ = "tbltask_status"

    id: Mapped[Key]
    task_id: Mapped[URef]
    in_progress: Mapped[Num]
    last_run: Mapped[Moment]
    next_due: Mapped[Moment]
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]


class AutomationRun(Base):
    """One invocation of the automation."""

    __tablename__ = "mh_automation_run"
    __table_args__ = (Index("ix_mh_automation_run_day", "day", "id"),)

    id: Mapped[Key]
    day: Mapped[Day]  # the host's, on which it began
    daily: Mapped[Num]  # 1: with the block of the day
    state: Mapped[str] = code(12)  # running, completed, stopped (its process died)
    owner: Mapped[str] = code(64)  # the process that runs it
    actor: Mapped[str] = code(128)  # who asked for it
    started_at: Mapped[Moment]
    finished_at: Mapped[MomentOrNull]


class AutomationTaskRun(Base):
    """What one task did in one run; a task that had nothing to do and nothing to say leaves no row, unless it is a daily one."""

    __tablename__ = "mh_automation_task"
    __table_args__ = (
        Index("ix_mh_automation_task_run_id", "run_id"),
        Index("ix_mh_automation_task_day_task", "day", "task"),
    )

    id: Mapped[Key]
    run_id: Mapped[Num]  # mh_automation_run.id
    day: Mapped[Day]
    task: Mapped[str] = code(64)
    done: Mapped[Num]
    skipped: Mapped[Num]
    error: Mapped[Text]
    report: Mapped[Text]  # JSON: {"done": {what: {"count": 1, "lines": []}}, "skipped": {why: ...}}
    milliseconds: Mapped[Num]  # of real time
    started_at: Mapped[Moment]
    finished_at: Mapped[Moment]


class AutomationLock(Base):
    """Held while a task, the block of the day or a journey of the clock is worked on, by the process that does it."""

    __tablename__ = "mh_automation_lock"
    __table_args__ = (UniqueConstraint("name"),)

    id: Mapped[Key]
    name: Mapped[str] = code(96)
    owner: Mapped[str] = code(64)
    taken_at: Mapped[Moment]


class ClockJourney(Base):
    """A way of the host's clock ahead, with the daily runs on it; one at a time. What a dead process left can be gone on with."""

    __tablename__ = "mh_clock_journey"

    id: Mapped[Key]
    state: Mapped[str] = code(12)  # running, done, failed
    origin: Mapped[Moment]  # the host's time at the start
    target: Mapped[Moment]
    stops: Mapped[Num]  # runs of the automation on it, as far as known at the start
    done: Mapped[Num]  # of these
    said: Mapped[Text]  # what the last one did
    error: Mapped[Text]
    owner: Mapped[str] = code(64)
    actor: Mapped[str] = code(128)
