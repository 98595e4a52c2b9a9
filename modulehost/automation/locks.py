"""One worker at a time: a row per piece of work, held by a living process.

A row whose process is gone is taken over, so work under a lock must be repeatable.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from modulehost import db as database
from modulehost.context import Ctx, Host
from modulehost.schema import AutomationLock

Write = Callable[[Session], None]


class Held:
    """The locks that this process holds: a row of ours that is not among them was left by a failure. `host.part(Held)`."""

    def __init__(self, host: Host) -> None:
        self.names: set[str] = set()
        self.lock = threading.Lock()


@dataclass
class Lock:
    """What `held` gives: true when the lock was taken. What is in `at_end` is written in the unit that gives it back."""

    taken: bool
    at_end: list[Write] = field(default_factory=list)

    def __bool__(self) -> bool:
        return self.taken


@contextlib.contextmanager
def held(ctx: Ctx, name: str, at_begin: Write | None = None) -> Iterator[Lock]:
    """Hold the lock `name` for the time of the block; false when another holds it, in this process or another.

    `at_begin` is written in the unit that takes the lock. It and what is added to `at_end` may run twice (a deadlock).
    """
    own = ctx.host.part(Held)
    with own.lock:
        free = name not in own.names
        if free:
            own.names.add(name)
    if not free:
        yield Lock(False)
        return
    try:
        lock = Lock(_take(ctx, name, at_begin))
        try:
            yield lock
        finally:
            if lock:
                database.despite_deadlocks(lambda: _give_back(ctx, name, lock))
    finally:
        with own.lock:
            own.names.discard(name)


def names(db: Session) -> list[str]:
    """The locks that have a row, whoever holds them."""
    return list(db.scalars(select(AutomationLock.name).order_by(AutomationLock.name)))


def holder(db: Session, name: str) -> str:
    """Who holds a lock, empty if nobody does; whether that process still lives is another question."""
    return db.scalar(select(AutomationLock.owner).where(AutomationLock.name == name)) or ""


def busy(ctx: Ctx, name: str) -> bool:
    """Whether a living process holds a lock."""
    with ctx.unit(read=True) as db:
        owner = holder(db, name)
    if owner == ctx.host.owner:
        return name in ctx.host.part(Held).names
    return ctx.host.is_alive(owner)


def _take(ctx: Ctx, name: str, at_begin: Write | None) -> bool:
    try:
        return database.despite_deadlocks(lambda: _write(ctx, name, at_begin))
    except IntegrityError:  # two wrote in the same instant; the database let one through
        return False


def _write(ctx: Ctx, name: str, at_begin: Write | None) -> bool:
    host = ctx.host
    with ctx.unit() as db:
        before = holder(db, name)
        # This process's own row is left over from a failure, for `held` has found the name free.
        if before and before != host.owner and host.is_alive(before):
            return False
        if not before:
            db.add(AutomationLock(name=name, owner=host.owner, taken_at=host.clock.now()))
            db.flush()
        else:
            mine = update(AutomationLock).where(AutomationLock.name == name, AutomationLock.owner == before)
            found = db.execute(mine.values(owner=host.owner, taken_at=host.clock.now()))
            if found.rowcount != 1:  # type: ignore[attr-defined]
                return False
        if at_begin:
            at_begin(db)
        return True


def _give_back(ctx: Ctx, name: str, lock: Lock) -> None:
    with ctx.unit() as db:
        for write in lock.at_end:
            write(db)
        db.execute(delete(AutomationLock).where(AutomationLock.name == name, AutomationLock.owner == ctx.host.owner))
