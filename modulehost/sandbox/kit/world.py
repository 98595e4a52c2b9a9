"""A running simulator's world: its vendor, state, time, chance, faults and log."""

import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

from flask import Blueprint, Response, has_request_context, request
from werkzeug.exceptions import HTTPException

from modulehost.clock import Clock
from modulehost.entropy import Entropy
from modulehost.sandbox.kit import state
from modulehost.sandbox.kit.faults import GENERIC, HEADER, Fault, NamedFault, asked, take
from modulehost.sandbox.kit.log import Entry

S = TypeVar("S")
FORMAT = 1


@dataclass(frozen=True)
class Action(Generic[S]):
    """A button on the object page: what it does to the object with a key of one table."""

    table: str
    name: str
    title: str
    run: Callable[["World[S]", str], None]


@dataclass(frozen=True)
class Vendor(Generic[S]):
    """All that the kit has to know of a vendor.

    `route` may rewrite the WSGI environment before Flask sees it (the vendor's hosts become paths of one server).
    `pages` are links to the pages a person uses. `secrets` names the parameters that the log masks.
    `refuse` words an HTTP error of an address that belongs to an interface (None: it is a page). `context` gives the
    variables that all templates know.
    """

    name: str
    title: str
    fresh: Callable[[], S]
    seed: Callable[["World[S]"], None]
    blueprints: Sequence[Blueprint]
    faults: Sequence[NamedFault] = ()
    actions: Sequence[Action[S]] = ()
    pages: Sequence[tuple[str, str]] = ()
    secrets: frozenset[str] = frozenset()
    route: Callable[[dict[str, Any]], None] | None = None
    refuse: Callable[[HTTPException], Response | None] | None = None
    context: Callable[[], dict[str, object]] | None = None


@dataclass
class World(Generic[S]):
    """One simulator from its start to its end; `lock` is held while a request changes the state."""

    vendor: Vendor[S]
    state: S
    clock: Clock
    entropy: Entropy
    seed: int | str | None = None
    state_file: Path | None = None
    url: str = ""
    secret_key: str = ""
    starts: int = 1
    faults: list[Fault] = field(default_factory=list)
    log: deque[Entry] = field(default_factory=lambda: deque(maxlen=500))
    requests: int = 0
    lock: threading.RLock = field(default_factory=threading.RLock)
    stopping: threading.Event = field(default_factory=threading.Event)
    _saved: Any = None

    def now(self) -> int:
        """The host's time as Unix seconds."""
        return int(self.clock.time())

    def fault(self, name: str) -> Fault | None:
        """The vendor's fault `name` if it strikes the request in hand, else None."""
        if not has_request_context():
            return None
        paths = [request.path, request.script_root + request.path]
        struck = take(self.faults, [name], request.method, paths, self.now())
        struck += asked(request.headers.get(HEADER, ""), [name])
        return struck[0] if struck else None

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Let other requests in while a view waits for an answer from outside, which may depend on them.

        The state may be another one afterwards: look objects up again.
        """
        self.lock.release()
        try:
            yield
        finally:
            self.lock.acquire()

    def kinds(self) -> list[str]:
        """The kinds of fault that can be set here."""
        return [*GENERIC, *(one.name for one in self.vendor.faults)]


def open_world(
    vendor: Vendor[S], clock: Clock, state_file: Path | None = None, seed: int | str | None = None
) -> World[S]:
    """A world as its state file left it, or a fresh one with the vendor's seed data.

    A world that goes on after a restart draws other random values than the first run did: its seed is mixed with the
    number of starts, otherwise a seeded simulator would hand out the same tokens again.
    """
    if state_file is not None and state_file.exists():
        saved = state.read(state_file)
        if not isinstance(saved, dict) or saved.get("format") != FORMAT or saved.get("vendor") != vendor.name:
            raise state.StateError(
                f"{state_file} holds no state of format {FORMAT} of {vendor.name}; delete it to start afresh"
            )
        starts = int(saved["starts"]) + 1
        world = World(
            vendor=vendor,
            state=state.from_plain(type(vendor.fresh()), saved["state"]),
            clock=clock,
            entropy=Entropy(None if seed is None else f"{seed}/{starts}"),
            seed=seed,
            state_file=state_file,
            secret_key=saved["secret_key"],
            starts=starts,
            faults=[state.from_plain(Fault, one, "faults") for one in saved["faults"]],
        )
    else:
        world = World(
            vendor=vendor, state=vendor.fresh(), clock=clock, entropy=Entropy(seed), seed=seed, state_file=state_file
        )
        world.secret_key = world.entropy.token(40)
        vendor.seed(world)
    save(world)
    return world


def reset(world: World[S]) -> None:
    """Back to the seed data: faults off, log empty, and with a seed the same ids and secrets as at the first start."""
    world.faults.clear()
    world.log.clear()
    world.requests = 0
    world.entropy = Entropy(world.seed)
    world.entropy.token(40)  # the first draw of a start is the cookie key, which stays
    world.state = world.vendor.fresh()
    world.vendor.seed(world)
    save(world)


def save(world: World[Any]) -> None:
    """Write the state file if there is one and something changed since the last time."""
    if world.state_file is None:
        return
    plain = {
        "format": FORMAT,
        "vendor": world.vendor.name,
        "starts": world.starts,
        "secret_key": world.secret_key,
        "faults": state.to_plain(world.faults),
        "state": state.to_plain(world.state),
    }
    if plain != world._saved:
        state.write(world.state_file, plain)
        world._saved = plain


def load_objects(world: World[Any], given: Mapping[str, Any], replace: bool = False) -> None:
    """Put objects into the world: `{"<table>": {"<key>": {...}}}`; `replace` first drops all that is there.

    With `replace` the whole state of `GET /_sandbox/objects?secrets=1` goes in again. Raises StateError.
    """
    current = {} if replace else state.to_plain(world.state)
    names = dict(state.tables(world.state))
    for name, value in given.items():
        if name in names and isinstance(value, dict) and not replace:
            current[name] = {**current[name], **value}
        else:
            current[name] = value
    world.state = state.from_plain(type(world.state), current)
