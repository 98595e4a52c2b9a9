"""Fault switches: what goes wrong on purpose, on which path, how often.

Generic kinds work for every vendor and are applied at the edge, outside the vendor's code:

    status        the vendor answers `status` with `body` and does nothing
    delay         the answer comes `seconds` later (capped)
    drop          the connection is closed without an answer, nothing was done
    drop_after    the vendor does the work, then the connection is closed without an answer
    invalid_body  the vendor does the work, then answers `body` (default: JSON cut in the middle) with its usual status

A vendor adds named kinds of its own (`Vendor.faults`), which its code asks for with `World.fault(name)`.

A program may also ask for faults of one request alone, in its header `X-Sandbox-Fault: delay=2, status=503`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

MAX_DELAY = 60.0
MAX_DAYS = 3650.0
HEADER = "X-Sandbox-Fault"
GENERIC = {
    "status": "Answer with a status, do nothing",
    "delay": "Answer later",
    "drop": "Close the connection, do nothing",
    "drop_after": "Do the work, then close the connection",
    "invalid_body": "Do the work, answer a broken body",
}


@dataclass(frozen=True)
class NamedFault:
    """A fault that only the vendor's own code can act out: its name, what it does, where it applies by default."""

    name: str
    title: str
    path: str = "*"
    method: str = "*"


@dataclass
class Fault:
    """One switch that is on.

    `path` is a shell pattern for the request's path, `method` an HTTP method or `*`, `every` n makes only each n-th
    match count, `remaining` is how often it still happens (None: until removed). From the Unix time `until` of the
    host on it is over (0: it has no such end), so `drop` on `*` with it is a vendor that is offline for some days.
    """

    id: str
    kind: str
    path: str = "*"
    method: str = "*"
    every: int = 1
    remaining: int | None = None
    until: int = 0
    status: int = 503
    seconds: float = 0.0
    body: str = ""
    seen: int = field(default=0)
    done: int = field(default=0)


class FaultError(ValueError):
    """A switch that cannot be set; the text says why."""


def check(fault: Fault, kinds: Iterable[str]) -> None:
    """Refuse a switch that could never work."""
    kinds = list(kinds)
    if fault.kind not in kinds:
        raise FaultError(f"there is no fault {fault.kind!r}; known are {', '.join(kinds)}")
    if fault.every < 1:
        raise FaultError("every counts matches from 1: 1 is each, 2 each second one")
    if fault.remaining is not None and fault.remaining < 1:
        raise FaultError("remaining has to be at least 1, or absent for no end")
    if not 100 <= fault.status <= 599:
        raise FaultError("status has to be an HTTP status, 100 to 599")
    if not 0 <= fault.seconds <= MAX_DELAY:
        raise FaultError(f"seconds has to be between 0 and {MAX_DELAY:g}")


def matches(fault: Fault, method: str, paths: Iterable[str]) -> bool:
    """Whether a request is one of those that the switch is about."""
    if fault.method not in ("*", method):
        return False
    return any(fnmatchcase(path, fault.path) for path in paths)


def take(faults: list[Fault], kinds: Iterable[str], method: str, paths: Iterable[str], at: int = 0) -> list[Fault]:
    """The switches of `kinds` that strike this request at the time `at`; counts them, and removes those that are over."""
    kinds, paths = set(kinds), list(paths)
    struck: list[Fault] = []
    for fault in list(faults):
        if fault.until and fault.until <= at:
            faults.remove(fault)
            continue
        if fault.kind not in kinds or not matches(fault, method, paths):
            continue
        fault.seen += 1
        if fault.seen % fault.every:
            continue
        fault.done += 1
        struck.append(fault)
        if fault.remaining is not None:
            fault.remaining -= 1
            if fault.remaining <= 0:
                faults.remove(fault)
    return struck


def asked(header: str, kinds: Iterable[str]) -> list[Fault]:
    """The faults of `kinds` that a request's own header names; a value is the status, or the seconds."""
    found: list[Fault] = []
    for part in header.split(","):
        kind, _, value = (text.strip() for text in part.partition("="))
        if kind not in set(kinds):
            continue
        fault = Fault(id="header", kind=kind)
        if kind == "status" and value.isdecimal() and 100 <= int(value) <= 599:
            fault.status = int(value)
        elif re.fullmatch(r"\d+(\.\d+)?", value):
            fault.seconds = min(float(value), MAX_DELAY)
        found.append(fault)
    return found
