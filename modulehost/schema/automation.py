"""Scheduled tasks."""

from sqlalchemy.orm import Mapped

from .base import Base
from .types import Key, Moment, Num, Text, UNum, URef, varchar


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
