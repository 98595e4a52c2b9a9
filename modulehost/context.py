"""Host, Ctx and the unit of work.

`Host` lives as long as the process and holds the doors and registries. `Ctx` is one request, command or task: who acts,
and for how long. `with ctx.unit() as db` is the only way to a session; it does not nest, and nothing that is not ours
(module, hook, vendor) may run inside it: `foreign()` is the gate that every runtime passes.

Functions have two colours, told by their first argument: `f(db, ...)` touches rows only and composes within one unit;
`f(ctx, ...)` opens units, fires hooks and calls modules, and is never called inside a unit.
"""

import contextlib
import fcntl
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from modulehost import db as database
from modulehost.clock import Clock
from modulehost.config import Config
from modulehost.entropy import Entropy

T = TypeVar("T")


class UnitOpen(RuntimeError):
    """Code that must not run inside a unit of work would; the text names both places."""


class CallExpired(RuntimeError):
    """A module call ran past its time limit and was revoked; what it still tries to do is refused."""


class ReadOnly(RuntimeError):
    """Rows were changed in a unit that was opened for reading."""


@dataclass(frozen=True)
class Actor:
    """Who acts. `kind`: system, admin, client, api, cli; `id` is the admin's or client's id, 0 for the others.

    `behind` and `admin_id` name the administrator who acts as this client (Login as Owner).
    """

    kind: str = "system"
    id: int = 0
    name: str = "System"
    ip: str = ""
    role_id: int = 0
    user_id: int = 0
    behind: str = ""
    admin_id: int = 0

    @property
    def label(self) -> str:
        """How logs name the actor."""
        return f"{self.kind}:{self.name}" if self.kind != "system" else "System"


SYSTEM = Actor()


@dataclass(eq=False)
class Call:
    """One running call into foreign code: its deadline, what must not appear in logs, and whether it was revoked."""

    what: str
    seconds: float
    started: float = 0.0
    expired: bool = False
    secrets: set[str] = field(default_factory=set)
    module: str = ""
    module_type: str = ""
    function: str = ""
    log_ids: list[int] = field(default_factory=list)
    outer: "Call | None" = None

    def check(self) -> None:
        """Raise CallExpired once the call, or one that it runs in, has been revoked."""
        if self.outer is not None:
            self.outer.check()
        if self.expired:
            raise CallExpired(
                f"{self.what} was stopped after {self.seconds:g} s; this late call into the host is refused"
            )


class Host:
    """The long-lived half: doors (config, engine, clock, entropy) and the registries that rooms fill at start.

    Two hosts can live in one process. Rooms keep their own registry objects as parts: `host.part(HookTable)`.
    """

    def __init__(
        self, config: Config, engine: Engine | None = None, real_time: Callable[[], float] | None = None
    ) -> None:
        self.config = config
        self.root: Path = config.root
        try:
            self.root.mkdir(parents=True, exist_ok=True)
        except OSError as failure:
            raise OSError(
                f"the root {self.root} cannot be made ({failure.strerror}); name a folder of yours with --root or MODULEHOST_ROOT"
            ) from failure
        self.engine = engine or database.create_engine(config.database_url)
        self.clock = Clock(self.root / "clock", real_time)
        self.entropy = Entropy(config.seed or None)
        shown = f"[{config.host}]" if ":" in config.host else config.host
        self.base_url = config.system_url or f"http://{shown}:{config.port}/"
        self.functions: dict[str, Callable[..., Any]] = {}
        self._parts: dict[type, Any] = {}
        self._lock = threading.RLock()
        self._sessions = sessionmaker(self.engine, expire_on_commit=False, autoflush=True)
        self._read_engine = self.engine.execution_options(modulehost_read=True)
        self._owner: str | None = None
        self._owner_file: Any = None

    def part(self, kind: Callable[["Host"], T]) -> T:
        """The host's one object of class `kind`, made on first use with the host as its argument."""
        key: Any = kind
        try:
            found: T = self._parts[key]
        except KeyError:
            with self._lock:
                found = self._parts[key] if key in self._parts else self._parts.setdefault(key, kind(self))
        return found

    @property
    def owner(self) -> str:
        """This process's name in rows that only a living process may hold (a lock file that dies with it)."""
        with self._lock:
            if self._owner is None:
                folder = self.root / "run"
                folder.mkdir(exist_ok=True)
                # The process id keeps two seeded hosts apart, which would otherwise draw the same name.
                name = f"{os.getpid()}-{Entropy().token(10)}"
                self._owner_file = (folder / name).open("w")
                fcntl.flock(self._owner_file, fcntl.LOCK_EX)
                self._owner = name
            return self._owner

    def is_alive(self, owner: str) -> bool:
        """Whether the process that called itself `owner` still runs."""
        if owner == self._owner:
            return True
        if not owner:
            return False
        path = self.root / "run" / Path(owner).name
        try:
            with path.open("r+") as handle:
                try:
                    # Shared, so that two who ask at once do not take each other for the owner.
                    fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
                except BlockingIOError:
                    return True
            path.unlink(missing_ok=True)
        except FileNotFoundError:
            pass
        return False

    def close(self) -> None:
        """Give back connections and the owner file."""
        self.engine.dispose()
        if self._owner_file is not None:
            self._owner_file.close()
            (self.root / "run" / str(self._owner)).unlink(missing_ok=True)
            self._owner_file = self._owner = None


@dataclass
class _OpenUnit:
    place: str
    after: list[Callable[[], None]] = field(default_factory=list)


_unit: ContextVar[_OpenUnit | None] = ContextVar("modulehost_unit", default=None)
_current: ContextVar["Ctx | None"] = ContextVar("modulehost_ctx", default=None)


@dataclass(frozen=True)
class Ctx:
    """One request, command or task. `request` holds what the web knows of it (form, query, session), else is empty."""

    host: Host
    actor: Actor = SYSTEM
    call: Call | None = None
    request: dict[str, Any] = field(default_factory=dict, compare=False)

    @contextlib.contextmanager
    def unit(self, read: bool = False) -> Iterator[Session]:
        """One unit of work: a session that commits at the end, or rolls back on any exception.

        `read=True` takes no write lock and refuses changes. Raises UnitOpen when one is open already, CallExpired when
        the surrounding module call has been revoked (also just before the commit).
        """
        if opened := _unit.get():
            raise UnitOpen(
                f"a unit of work would open at {_caller()} inside the one opened at {opened.place}; pass db on instead"
            )
        if self.call:
            self.call.check()
        current = _OpenUnit(_caller())
        token = _unit.set(current)
        # A reading session never flushes: a query would hide a change from the check below.
        session = self.host._sessions(bind=self.host._read_engine, autoflush=False) if read else self.host._sessions()
        session.info["ctx"] = self
        try:
            yield session
            if read:
                if session.new or session.dirty or session.deleted:
                    raise ReadOnly(
                        f"rows were changed in the reading unit opened at {current.place}; open it without read=True"
                    )
                session.expunge_all()  # a rollback would expire the rows, which may be read after their unit
                session.rollback()
            else:
                session.flush()
                if self.call:
                    self.call.check()
                session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            session.close()
            _unit.reset(token)
        for function in current.after:
            function()

    def with_call(self, call: Call) -> "Ctx":
        """This context as the module call `call` sees it."""
        return replace(self, call=call)

    def acting_as(self, actor: Actor) -> "Ctx":
        """This context with another actor."""
        return replace(self, actor=actor)


def foreign(what: str) -> None:
    """The gate before every call into code that is not ours. Raises UnitOpen when a unit of work is open."""
    if opened := _unit.get():
        raise UnitOpen(f"{what} would run inside the unit of work opened at {opened.place}; move it after the unit")


def after_commit(function: Callable[[], None]) -> None:
    """Run `function` once the open unit has committed. For caches only: what must happen is a row (events.emit)."""
    opened = _unit.get()
    if opened is None:
        function()
    else:
        opened.after.append(function)


@contextlib.contextmanager
def entered(ctx: Ctx) -> Iterator[Ctx]:
    """Make `ctx` the current one for the SDK and templates, the only two that look it up."""
    token = _current.set(ctx)
    try:
        yield ctx
    finally:
        _current.reset(token)


def current() -> Ctx:
    """The context that the running module code belongs to. Raises LookupError outside a host."""
    ctx = _current.get()
    if ctx is None:
        raise LookupError(
            "no host is running here: module code works inside a host only (modulehost serve, module call, or the test plug-in)"
        )
    return ctx


def _caller() -> str:
    frame: Any = sys._getframe(1)
    while frame and (frame.f_globals.get("__name__") in (__name__, "contextlib")):
        frame = frame.f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno}" if frame else "?"


def ctx_of(db: Session) -> Ctx:
    """The context whose unit `db` is: the way from rows to the clock, the vault and the actor."""
    ctx: Ctx = db.info["ctx"]
    return ctx
