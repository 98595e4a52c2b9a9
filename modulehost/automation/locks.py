"""One worker at a time: a row per piece of work, held by a living process.

A row whose process is gone is taken over, so work under a lock must be repeatable.
"""

import contextlib
import threading
from collections.abc import Iterator

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from modulehost import db as database
from modulehost.context import Ctx, Host
from modulehost.schema import AutomationLock


class Held:
    """The locks that this process holds: a row of ours that is not among them was left by a failure. `host.part(Held)`."""

    def __init__(self, host: Host) -> None:
        self.names: set[str] = set()
        self.lock = threading.Lock()


@contextlib.contextmanager
def held(ctx: Ctx, name: str) -> Iterator[bool]:
    """Hold the lock `name` for the time of the block; False when another holds it, in this process or another."""
    own = ctx.host.part(Held)
    with own.lock:
        free = name not in own.names
        if free:
            own.names.add(name)
    if not free:
        yield False
        return
    try:
        taken = _take(ctx, name)
        try:
            yield taken
        finally:
            if taken:
                with ctx.unit() as db:
                    db.execute(delete(AutomationLock).where(AutomationLock.name == name, AutomationLock.owner == ctx.host.owner))
    finally:
        with own.lock:
            own.names.discard(name)


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


def _take(ctx: Ctx, name: str) -> bool:
    host = ctx.host
    with ctx.unit(read=True) as db:
        owner = holder(db, name)
    # This process's own row is left over from a failure, for `held` has found the name free.
    if owner and owner != host.owner and host.is_alive(owner):
        return False
    try:
        return database.despite_deadlocks(lambda: _write(ctx, name, owner))
    except IntegrityError:  # two wrote in the same instant; the database let one through
        return False


def _write(ctx: Ctx, name: str, before: str) -> bool:
    host = ctx.host
    with ctx.unit() as db:
        if not before:
            db.add(AutomationLock(name=name, owner=host.owner, taken_at=host.clock.now()))
            return True
        mine = update(AutomationLock).where(AutomationLock.name == name, AutomationLock.owner == before)
        found = db.execute(mine.values(owner=host.owner, taken_at=host.clock.now()))
        return bool(found.rowcount == 1)  # type: ignore[attr-defined]
