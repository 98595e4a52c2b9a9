"""Moving the host's clock ahead: day by day, with the block of the day on each.

A journey is a row, so that any process can tell how far it is, only one is under way, and one whose process died can be gone on with:
the clock stands where it came to, and the day that was under way there is finished first.
"""

import contextlib
import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from modulehost.accounts import sessions
from modulehost.automation import locks, registry
from modulehost.automation.runner import run
from modulehost.context import Ctx
from modulehost.journal import Report
from modulehost.schema import ClockJourney

log = logging.getLogger("modulehost.automation")
Progress = Callable[[datetime, list[Report]], None]
LOCK = "journey"
LONGEST = timedelta(days=20 * 366)


class Backwards(ValueError):
    """The clock was to be set before its present time."""


class UnderWay(ValueError):
    """The clock is being moved already."""


def advance(ctx: Ctx, by: timedelta, progress: Progress | None = None) -> datetime:
    """Move the clock ahead by `by`; returns the new time. Raises Backwards, UnderWay.

    It stops at the hour of the daily run of each day on the way, and at the end, to run the automation: so the block of the
    day runs once a day whatever time it starts from. Where the daily hour has begun already and today's block has not run, it runs first.
    """
    clock = ctx.host.clock
    ahead = clock.offset + by
    set_to(ctx, clock.now() + by, progress)
    if not clock.frozen and clock.offset < ahead:
        clock.advance(ahead - clock.offset)  # a running clock has gone on while the days were run
    return clock.now()


def set_to(ctx: Ctx, moment: datetime, progress: Progress | None = None) -> datetime:
    """Move the clock ahead to `moment`, day by day. Raises Backwards, UnderWay."""
    with contextlib.ExitStack() as stack:
        _travel(ctx, _begin(ctx, stack, moment), progress)
    return ctx.host.clock.now()


def start(ctx: Ctx, moment: datetime) -> int:
    """Begin a journey that goes on in the background; returns mh_clock_journey.id. Raises Backwards, UnderWay."""
    with contextlib.ExitStack() as stack:
        journey = _begin(ctx, stack, moment)
        own = stack.pop_all()

    def go() -> None:
        with own:
            try:
                _travel(ctx, journey, None)
            except Exception:
                log.exception("the journey of the clock to %s ended", moment)

    threading.Thread(target=go, name="modulehost-clock", daemon=True).start()
    return journey


def read_moment(text: str) -> datetime:
    """A moment as people write it (2027-03-01, 2027-03-01T09:00, with or without a zone) as naive UTC. Raises ValueError."""
    try:
        to = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"{text!r} is no time; write for example 2027-03-01 or 2027-03-01T09:00") from None
    return to.astimezone(UTC).replace(tzinfo=None) if to.tzinfo else to


def left_over(ctx: Ctx) -> ClockJourney | None:
    """The last journey, if its process died or it failed before its target."""
    last = latest(ctx)
    if last is None or last.state == "done" or last.target is None or last.target <= ctx.host.clock.now():
        return None
    return None if last.state == "running" and locks.busy(ctx, LOCK) else last


def latest(ctx: Ctx) -> ClockJourney | None:
    """The last journey."""
    with ctx.unit(read=True) as db:
        return db.scalar(select(ClockJourney).order_by(ClockJourney.id.desc()).limit(1))


def show(ctx: Ctx) -> dict[str, Any]:
    """The host's time and the last journey, as JSON: what the command line, /_host/clock and the admin area print.

    `journey.state`: running, done, failed, or stopped (its process died).
    """
    clock, last = ctx.host.clock, latest(ctx)
    found: dict[str, Any] = {
        "now": clock.now().isoformat(sep=" "), "offset_seconds": clock.offset.total_seconds(), "frozen": clock.frozen, "journey": None,
    }  # fmt: skip
    if last is not None:
        state = last.state if last.state != "running" or locks.busy(ctx, LOCK) else "stopped"
        found["journey"] = {
            "id": last.id, "state": state, "from": _text(last.origin), "to": _text(last.target), "stops": last.stops,
            "done": last.done, "said": last.said, "error": last.error,
        }  # fmt: skip
    return found


def _begin(ctx: Ctx, stack: contextlib.ExitStack, moment: datetime) -> int:
    """Write the row, under the lock that `stack` gives back."""
    now = ctx.host.clock.now()
    if moment < now:
        raise Backwards("the clock goes ahead only; rows of later days would stay. Use reset, or load a snapshot")
    if moment - now > LONGEST:
        raise ValueError("the clock goes ahead by 20 years at once at the most")
    if not stack.enter_context(locks.held(ctx, LOCK)):
        last = latest(ctx)
        raise UnderWay(f"the clock is under way{f' to {last.target}' if last else ''} already; wait until it has come there")
    with ctx.unit() as db:
        db.execute(update(ClockJourney).where(ClockJourney.state == "running").values(state="failed", error="its process died"))
        row = ClockJourney(state="running", origin=now, target=moment, stops=_stops(now, moment, registry.hour(db)), done=0,
                           owner=ctx.host.owner, actor=ctx.actor.label[:128])  # fmt: skip
        db.add(row)
        db.flush()
        return row.id


def _travel(ctx: Ctx, journey: int, progress: Progress | None) -> None:
    clock = ctx.host.clock
    with ctx.unit(read=True) as db:
        row = db.get_one(ClockJourney, journey)
    # What is left is counted apart from the time: a clock that runs goes on while the automation works.
    left = (row.target or clock.now()) - clock.now()
    try:
        if left > timedelta(0) and clock.now().hour == _hour(ctx):
            _stop(ctx, journey, progress)
        while left > timedelta(0):
            now = clock.now()
            step = min(registry.daily_at(now, _hour(ctx)) - now, left)
            with ctx.unit() as db:
                sessions.carry(db, step)
            clock.advance(step)
            left -= step
            _stop(ctx, journey, progress)
    except BaseException as failure:
        _note(ctx, journey, state="failed", error=f"{type(failure).__name__}: {failure}")
        raise
    _note(ctx, journey, state="done")


def _stop(ctx: Ctx, journey: int, progress: Progress | None) -> None:
    reports = run(ctx)
    did = [f"{heading.count} {what}" for one in reports for what, heading in one.done.items()]
    did += [f"{one.task} failed: {one.error}" for one in reports if one.error]
    now = ctx.host.clock.now()
    _note(ctx, journey, done=ClockJourney.done + 1, said=f"{now:%Y-%m-%d %H:%M}: {', '.join(did) or 'nothing to do'}")
    if progress:
        progress(now, reports)


def _note(ctx: Ctx, journey: int, **values: Any) -> None:
    with ctx.unit() as db:
        db.execute(update(ClockJourney).where(ClockJourney.id == journey).values(**values))


def _stops(now: datetime, target: datetime, at: int) -> int:
    first, count = registry.daily_at(now, at), 0
    if first <= target:
        count = (target - first).days + 1
    ends_there = count and first + timedelta(days=count - 1) == target
    return count + (1 if target > now and not ends_there else 0) + (1 if target > now and now.hour == at else 0)


def _hour(ctx: Ctx) -> int:
    with ctx.unit(read=True) as db:
        return registry.hour(db)


def _text(moment: datetime | None) -> str:
    return moment.isoformat(sep=" ") if moment else ""
