"""Samples for a server's graphs: make-believe, the same each time they are asked for, and still while the server is."""

import hashlib
from typing import Any

from modulehost.sandbox.solusvm2.shown import plain_moment
from modulehost.sandbox.solusvm2.state import Plan, Server

KINDS = ("cpu", "network", "disks", "memory")
STEP, SPAN = 900, 86_400


def samples(kind: str, server: Server, plan: Plan, runs: bool, now: int) -> list[dict[str, Any]]:
    """A sample for each quarter of an hour of the last day in which the server was there."""
    first = max(server.created, now - SPAN)
    return [
        {"time": plain_moment(at), **_values(kind, server, plan, at, at >= server.changed and not runs)}
        for at in range(-(-first // STEP) * STEP, now + 1, STEP)
    ]


def _values(kind: str, server: Server, plan: Plan, at: int, still: bool) -> dict[str, Any]:
    def part(name: str) -> float:
        digest = hashlib.sha256(f"{server.uuid} {kind} {name} {at}".encode()).digest()
        return 0.0 if still else digest[0] / 255

    if kind == "cpu":
        return {"load_average": round(part("load") * 100 * plan.vcpu, 1)}
    if kind == "memory":
        return {"memory": round((0.2 + 0.6 * part("used")) * plan.ram) if not still else 0}
    if kind == "network":
        return {"derivative": {"incoming": round(part("in") * 900), "outgoing": round(part("out") * 600)}}
    return {"read_kb": round(part("read") * 4000), "write_kb": round(part("write") * 2500)}
