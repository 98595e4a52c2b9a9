"""Hook points: who listens, in which order, and a trace of what fired.

Lower priority numbers run earlier, equal ones in the order of their registration. A hook function that raises stops
nobody else: its error stands in the trace and in the activity log. Source: the public hook documentation.
"""

import collections
import contextlib
import dataclasses
import itertools
import logging
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from modulehost.context import Ctx, Host, after_commit, ctx_of, entered, foreign
from modulehost.contract import hook_points, nearest_point

log = logging.getLogger("modulehost.hooks")
HookFunction = Callable[..., Any]


class Positional(tuple[Any, ...]):
    """Several arguments in their order, for the few points that hand over no array."""


@dataclass(frozen=True)
class Subscription:
    """One function at one point. `owner` names the hook file or module generation it came from; `place` file and line."""

    point: str
    priority: int
    function: HookFunction
    owner: str
    place: str
    order: int


@dataclass(frozen=True)
class Result:
    """What one function returned (`value`) or how it failed (`error`), and how long it took."""

    place: str
    value: Any = None
    error: str = ""
    milliseconds: float = 0.0
    owner: str = ""


@dataclass(frozen=True)
class Firing:
    """One firing of a point, for the trace. `argument` is what a point without an array hands over."""

    point: str
    arguments: dict[str, Any]
    results: tuple[Result, ...]
    argument: Any = None
    at: datetime | None = None
    milliseconds: float = 0.0
    number: int = 0
    actor: str = ""


@dataclass
class _Table:
    by_point: dict[str, list[Subscription]] = field(default_factory=dict)
    count: int = 0


class HookTable:
    """All subscriptions of one host and the last firings: `host.part(HookTable)`."""

    def __init__(self, host: Host) -> None:
        self.table = _Table()
        self.trace: collections.deque[Firing] = collections.deque(maxlen=500)
        self.lock = threading.Lock()
        self.numbers = itertools.count(1)
        #: called before firing, so that changed hook files are loaded first (extensions sets it)
        self.refresh: Callable[[Ctx], None] = lambda ctx: None
        #: called with the text of a hook that failed (extensions writes it into the activity log)
        self.report: Callable[[Ctx, str], None] = lambda ctx, text: None
        #: runs one function; extensions puts the time limit of foreign code around it
        self.invoke: Callable[[Ctx, Subscription, Positional], Any] = _invoke
        #: what owners subscribe whose files are being loaded
        self.coming: dict[str, list[Subscription]] = {}


#: who gathers the firings of what runs now
_gathering: ContextVar[list[Firing] | None] = ContextVar("modulehost_firings", default=None)


def add(host: Host, point: str, priority: int, function: HookFunction, owner: str = "") -> None:
    """Subscribe `function(vars)` to `point`."""
    table = host.part(HookTable)
    code = getattr(function, "__code__", None)
    place = f"{_shown(code.co_filename)}:{code.co_firstlineno}" if code else repr(function)
    with table.lock:
        table.table.count += 1
        new = Subscription(point, int(priority), function, owner, place, table.table.count)
        if owner in table.coming:
            table.coming[owner].append(new)
        else:
            _insert(table.table, [new])


@contextlib.contextmanager
def replacing(host: Host, owner: str) -> Iterator[None]:
    """What `owner` subscribes inside the block takes the place of all it had, in one step; after an exception it keeps those."""
    table = host.part(HookTable)
    with table.lock:
        table.coming[owner] = []
    try:
        yield
    except BaseException:
        with table.lock:
            del table.coming[owner]
        raise
    with table.lock:
        for point, listeners in list(table.table.by_point.items()):
            table.table.by_point[point] = [s for s in listeners if s.owner != owner]
        _insert(table.table, table.coming.pop(owner))


def subscribing(host: Host, owner: str) -> bool:
    """Whether the files of `owner` are being loaded, so that it may subscribe."""
    return owner in host.part(HookTable).coming


def _insert(table: _Table, new: list[Subscription]) -> None:
    for one in new:
        found = [*table.by_point.get(one.point, []), one]
        table.by_point[one.point] = sorted(found, key=lambda s: (s.priority, s.order))


def _shown(file: str) -> str:
    """A hook file as people know it: from its folder in the host's root, wherever that lies."""
    for folder in ("modules/servers/", "modules/addons/", "includes/hooks/"):
        if (at := file.rfind(f"/{folder}")) >= 0:
            return file[at + 1 :]
    return file


def remove(host: Host, owner: str) -> None:
    """Forget all subscriptions of an owner (its module was deactivated, or its file loaded anew)."""
    table = host.part(HookTable)
    with table.lock:
        for point, listeners in list(table.table.by_point.items()):
            table.table.by_point[point] = [s for s in listeners if s.owner != owner]


def subscriptions(host: Host, point: str) -> list[Subscription]:
    """Who listens to `point`, in the order of their running."""
    return list(host.part(HookTable).table.by_point.get(point, ()))


def listeners(host: Host) -> dict[str, list[Subscription]]:
    """Every point that somebody listens to, by name, with its listeners in the order of their running."""
    table = host.part(HookTable)
    with table.lock:
        return {point: list(found) for point, found in sorted(table.table.by_point.items()) if found}


def unknown(host: Host, owner: str = "") -> list[tuple[Subscription, str]]:
    """Subscriptions to points that are not documented, with a sentence about each; of one owner if it is given."""
    found = []
    for point, subscribed in listeners(host).items():
        if point in hook_points():
            continue
        near = nearest_point(point)
        hint = f"did you mean {near}?" if near else "no documented name is like it"
        for one in subscribed:
            if not owner or one.owner == owner:
                found.append((one, f"add_hook names the unknown hook {point}; {hint} ({one.place})"))
    return found


def heard(ctx: Ctx, point: str) -> bool:
    """Whether anybody listens, so that set-based work may skip the per-row firing."""
    ctx.host.part(HookTable).refresh(ctx)
    return bool(subscriptions(ctx.host, point))


def fire(ctx: Ctx, point: str, argument: Any = None, /, **arguments: Any) -> list[Result]:
    """Call every listener of `point` with the documented arguments as one dict; returns their results in order.

    A few points (menus among them) hand one object over instead: that is `argument`; Positional for several.
    """
    foreign(f"hook {point}")
    table = ctx.host.part(HookTable)
    table.refresh(ctx)
    began = time.perf_counter()
    results: list[Result] = []
    for subscription in subscriptions(ctx.host, point):
        if ctx.call is not None:
            ctx.call.check()
        started = time.perf_counter()
        own = dataclasses.replace(ctx, request={**ctx.request, "hook_owner": subscription.owner})
        try:
            value = table.invoke(own, subscription, _handed_over(argument, arguments))
        except (Exception, SystemExit) as failure:
            hidden = sorted(_secrets(arguments), key=len, reverse=True)
            error = _without(hidden, f"{type(failure).__name__}: {failure}")
            log.error("hook %s at %s failed\n%s", point, subscription.place, _without(hidden, traceback.format_exc()))
            results.append(Result(subscription.place, None, error, _since(started), subscription.owner))
            table.report(ctx, f"Hook {point} of {subscription.owner or subscription.place} failed: {error}")
        else:
            results.append(Result(subscription.place, value, "", _since(started), subscription.owner))
    firing = Firing(
        point, arguments, tuple(results), argument, ctx.host.clock.now(), _since(began), next(table.numbers), ctx.actor.label
    )
    table.trace.append(firing)
    if (gathered := _gathering.get()) is not None:
        gathered.append(firing)
    return results


def later(db: Session, point: str, /, **arguments: Any) -> None:
    """Fire `point` once this unit has committed; not at all if it does not. At most once, like every hook."""
    ctx = ctx_of(db)
    after_commit(lambda: _ignored(fire(ctx, point, **arguments)))


@contextlib.contextmanager
def gathering() -> Iterator[list[Firing]]:
    """The firings of what runs inside the block, in their order."""
    found: list[Firing] = []
    token = _gathering.set(found)
    try:
        yield found
    finally:
        _gathering.reset(token)


def trace(host: Host, point: str = "") -> list[Firing]:
    """The last firings of this process, newest first; of one point if it is given."""
    found = list(host.part(HookTable).trace)
    return [one for one in reversed(found) if not point or one.point == point]


def _handed_over(argument: Any, arguments: dict[str, Any]) -> Positional:
    if argument is None:
        return Positional((dict(arguments),))
    return argument if isinstance(argument, Positional) else Positional((argument,))


def _ignored(_results: list[Result]) -> None:
    """What listeners of a point return whose return value has no meaning."""


def _invoke(ctx: Ctx, subscription: Subscription, arguments: Positional) -> Any:
    with entered(ctx):
        return subscription.function(*arguments)


def values(results: Iterable[Result]) -> list[Any]:
    """What the listeners returned, without those that returned nothing."""
    return [r.value for r in results if r.value is not None]


def _secrets(value: Any, secret: bool = False) -> set[str]:
    """The texts under names such as password, serverpassword, serveraccesshash, however deep."""
    if isinstance(value, Mapping):
        found = set()
        for name, one in value.items():
            found |= _secrets(one, any(part in str(name).lower() for part in ("password", "accesshash", "secret")))
        return found
    return {value} if secret and isinstance(value, str) and len(value) >= 3 else set()


def _without(secrets: list[str], text: str) -> str:
    for secret in secrets:
        text = text.replace(secret, "********")
    return text


def _since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 3)
