"""Announcements as rows: how a lower room reaches an upper one without knowing it.

`emit` writes a row in the announcing unit, so an announcement exists exactly if what it announces was committed. `drain`
hands rows to their subscribers after the commit; every changing web request, command and automation run drains. A
subscriber may be called twice for one row (a process killed in between), so it must be repeatable.
"""

import functools
import json
import logging
from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from modulehost.context import Ctx, Host, ctx_of
from modulehost.db import despite_deadlocks
from modulehost.schema import Event

log = logging.getLogger("modulehost.events")
Subscriber = Callable[[Ctx, dict[str, Any]], None]
MAX_ATTEMPTS = 5


class Subscribers:
    """Who listens to what: `host.part(Subscribers)`."""

    def __init__(self, host: Host) -> None:
        self.by_kind: dict[str, list[Subscriber]] = defaultdict(list)


def subscribe(host: Host, kind: str, function: Subscriber) -> None:
    """Call `function(ctx, payload)` for every row of that kind; once per function."""
    listeners = host.part(Subscribers).by_kind[kind]
    if function not in listeners:
        listeners.append(function)


def emit(db: Session, kind: str, **payload: Any) -> None:
    """Announce `kind` (such as `invoice.paid`) with JSON values, as part of this unit."""
    db.add(
        Event(
            kind=kind,
            payload=json.dumps(payload),
            created_at=ctx_of(db).host.clock.now(),
            state="new",
            attempts=0,
            owner="",
        )
    )


def drain(ctx: Ctx, limit: int = 1000) -> int:
    """Deliver what waits, oldest first; returns how many rows were delivered. Never raises for a subscriber's error.

    Does nothing inside a module's call, whose time limit and revocation are not for what others announced: whoever made
    the call drains after it.
    """
    done = 0
    if ctx.call is not None:
        return 0
    while done < limit and (event := despite_deadlocks(lambda: _claim(ctx))):
        done += 1
        error = ""
        for function in list(ctx.host.part(Subscribers).by_kind.get(event.kind, ())):
            try:
                function(ctx, json.loads(event.payload))
            except (Exception, SystemExit) as failure:
                log.exception(
                    "event %s (%s) failed in %s", event.id, event.kind, getattr(function, "__qualname__", function)
                )
                error = f"{type(failure).__name__}: {failure}"
            except BaseException:  # stopped from outside: the row must not stay with a process that lives on
                with ctx.unit() as db:
                    row = db.get_one(Event, event.id)
                    row.state, row.owner = "new", ""
                raise
        despite_deadlocks(functools.partial(_delivered, ctx, event.id, error))
    return done


def _delivered(ctx: Ctx, event_id: int, error: str) -> None:
    with ctx.unit() as db:
        row = db.get_one(Event, event_id)
        row.error, row.owner = error, ""
        if error:
            row.created_at = ctx.host.clock.now()  # the wait before the next attempt counts from here
        row.state = "done" if not error else "failed" if row.attempts >= MAX_ATTEMPTS else "retry"


def _claim(ctx: Ctx) -> Event | None:
    host = ctx.host
    with ctx.unit(read=True) as db:
        if db.scalar(select(Event.id).where(Event.state.in_(("new", "retry", "running"))).limit(1)) is None:
            return None
        running = {o for o in db.scalars(select(Event.owner).where(Event.state == "running").distinct()) if o}
    dead = [owner for owner in running if not host.is_alive(owner)]
    with ctx.unit() as db:
        if dead:
            left = update(Event).where(Event.state == "running", Event.owner.in_(dead))
            # One that ends its process each time is not tried for ever.
            text = f"the process ended {MAX_ATTEMPTS} times while this was delivered"
            db.execute(left.where(Event.attempts >= MAX_ATTEMPTS).values(state="failed", owner="", error=text))
            db.execute(left.values(state="new", owner=""))
        # A row that failed waits for a later minute, so that one broken subscriber cannot spin.
        ready = or_(
            Event.state == "new",
            (Event.state == "retry") & (Event.created_at < host.clock.now() - timedelta(minutes=1)),
        )
        for candidate in db.scalars(select(Event.id).where(ready).order_by(Event.id).limit(20)).all():
            taken = db.execute(
                update(Event)
                .where(Event.id == candidate, Event.state.in_(("new", "retry")))
                .values(state="running", owner=host.owner, attempts=Event.attempts + 1)
            )
            if taken.rowcount == 1:  # type: ignore[attr-defined]
                return db.get_one(Event, candidate, populate_existing=True)
    return None
