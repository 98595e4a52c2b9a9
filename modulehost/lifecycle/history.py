"""What module functions were called with and what they answered: the exact params, and the call before it.

Commands are rows (mh_command, params encrypted). What this process knows beyond the row (the return value, the firings,
the params as hooks had changed them) and the last calls of functions that change nothing are kept in memory only: they
hold secrets, and pages make many of them.
"""

import collections
import itertools
import json
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost.context import Ctx, Host, ctx_of
from modulehost.hooks import Firing
from modulehost.lifecycle import params, properties
from modulehost.lifecycle.rows import Missing
from modulehost.lifecycle.subjects import OfAddon, OfService, Subject, of_command
from modulehost.schema import Command, ModuleLog
from modulehost.vault import Vault, VaultError

KEPT_EACH, KEPT_FUNCTIONS, KEPT_COMMANDS = 5, 300, 300


_Place = tuple[Subject, str, str]


@dataclass(frozen=True)
class Call:
    """One call. `key` names it: c12 is command 12, p7 the seventh call that changed nothing.

    `complete`: the answer is known too; of a command of another process only row and log are.
    """

    key: str
    service_id: int
    module: str
    function: str
    at: datetime
    params: dict[str, Any]
    secrets: frozenset[str] = frozenset()
    value: Any = None
    message: str = ""
    state: str = ""
    printed: str = ""
    milliseconds: float = 0.0
    log_ids: tuple[int, ...] = ()
    firings: tuple[Firing, ...] = ()
    complete: bool = True
    until: datetime | None = field(default=None)
    addon_id: int = 0

    @property
    def subject(self) -> Subject:
        """Whom it was for; of a server's call a service 0."""
        return OfAddon(self.addon_id) if self.addon_id else OfService(self.service_id)


class Kept:
    """The last calls of this process: `host.part(Kept)`."""

    def __init__(self, host: Host) -> None:
        self.lock = threading.Lock()
        self.numbers = itertools.count(1)
        self.passive: collections.OrderedDict[_Place, collections.deque[Call]] = collections.OrderedDict()
        self.commands: collections.OrderedDict[str, Call] = collections.OrderedDict()


def keep_passive(ctx: Ctx, module: str, function: str, given: dict[str, Any], **known: Any) -> Call:
    """Remember a call that changes nothing: the last few of each function of each service, addon or, together, of servers."""
    kept = ctx.host.part(Kept)
    with kept.lock:
        call = _call(ctx, f"p{next(kept.numbers)}", module, function, given, known)
        place = (call.subject, module, function)
        kept.passive.setdefault(place, collections.deque(maxlen=KEPT_EACH)).append(call)
        kept.passive.move_to_end(place)
        while len(kept.passive) > KEPT_FUNCTIONS:
            kept.passive.popitem(last=False)
    return call


def keep_command(ctx: Ctx, command_id: int, module: str, function: str, given: dict[str, Any], **known: Any) -> None:
    """Remember what the row of a command does not hold."""
    kept, key = ctx.host.part(Kept), f"c{command_id}"
    with kept.lock:
        kept.commands[key] = _call(ctx, key, module, function, given, known)
        while len(kept.commands) > KEPT_COMMANDS:
            kept.commands.popitem(last=False)


def _call(ctx: Ctx, key: str, module: str, function: str, given: dict[str, Any], known: dict[str, Any]) -> Call:
    service_id, addon_id = int(given.get("serviceid") or 0), int(given.get("addonId") or 0)
    now = ctx.host.clock.now()
    return Call(key, service_id, module, function, now, _plain(given), **known, addon_id=addon_id)


def passive(host: Host, service_id: int = 0) -> list[Call]:
    """The calls that changed nothing, newest first; of one service if it is given."""
    kept = host.part(Kept)
    with kept.lock:
        found = [one for calls in kept.passive.values() for one in calls if not service_id or one.service_id == service_id]
    return sorted(found, key=lambda one: -int(one.key[1:]))


def find(ctx: Ctx, key: str) -> Call | None:
    """A call by its key; None when there is none, or it is no longer kept."""
    number = key[1:] if key[1:].isascii() and key[1:].isdecimal() and len(key) < 11 else ""
    if key[:1] == "p" and number:
        return next((one for one in passive(ctx.host) if one.key == key), None)
    if key[:1] != "c" or not number:
        return None
    with ctx.unit(read=True) as db:
        row = db.get(Command, int(number))
        return _of_row(db, row) if row is not None else None


def previous(ctx: Ctx, call: Call) -> Call | None:
    """The call of the same function for the same service or addon before this one."""
    if call.key.startswith("p"):
        wanted = (call.subject, call.module, call.function)
        same = (one for one in passive(ctx.host) if (one.subject, one.module, one.function) == wanted)
        return next((one for one in same if int(one.key[1:]) < int(call.key[1:])), None)
    before = select(Command).where(*call.subject.commands(), Command.function == call.function)
    before = before.where(Command.id < int(call.key[1:]), Command.module == call.module)
    with ctx.unit(read=True) as db:
        row = db.scalar(before.order_by(Command.id.desc()).limit(1))
        return _of_row(db, row) if row is not None else None


def log_entries(db: Session, call: Call) -> list[ModuleLog]:
    """What the module wrote into the module log during the call: by id where they are known, else by module and time."""
    if call.log_ids:
        return list(db.scalars(select(ModuleLog).where(ModuleLog.id.in_(call.log_ids)).order_by(ModuleLog.id)))
    if not call.key.startswith("c") or call.until is None:
        return []
    during = (ModuleLog.module == call.module, ModuleLog.date >= call.at, ModuleLog.date <= call.until + timedelta(seconds=1))
    return list(db.scalars(select(ModuleLog).where(*during).order_by(ModuleLog.id).limit(50)))


def _of_row(db: Session, row: Command) -> Call:
    from modulehost.lifecycle.modules import secret_positions  # modules.py is built on this file

    vault = ctx_of(db).host.part(Vault)
    try:
        given = json.loads(vault.decrypt(row.params) or "{}")
    except (VaultError, ValueError):
        given = {}
    known = ctx_of(db).host.part(Kept).commands.get(f"c{row.id}")
    if known is not None:
        given = known.params
    whom = of_command(row)
    hidden = params.secrets(given, secret_positions(db, row.module, whom))
    hidden |= set(known.secrets) if known is not None else set()
    try:
        hidden |= params.secret_fields(db, whom) | {properties.password(db, whom)}
    except (Missing, VaultError):
        pass  # what is gone, or whose key is, hides nothing that could be read
    return Call(
        f"c{row.id}", row.service_id, row.module, row.function, row.started_at or ctx_of(db).host.clock.now(), given,
        frozenset(hidden - {""}),
        known.value if known else None, row.message, row.state, known.printed if known else "",
        known.milliseconds if known else 0.0, known.log_ids if known else (), known.firings if known else (),
        known is not None, row.finished_at, row.addon_id,
    )  # fmt: skip


def _plain(given: dict[str, Any]) -> dict[str, Any]:
    """The params as they are now, whatever becomes of the dict; without the row's model, which is no value."""
    return {name: dict(one) if isinstance(one, dict) else one for name, one in given.items() if name != "model"}
