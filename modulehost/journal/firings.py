"""Firings of hook points as plain values without secrets, for pages, the command line and /_host."""

from typing import Any

from modulehost import hooks
from modulehost.contract import hook_points
from modulehost.journal.trees import tree


def plain(firing: hooks.Firing) -> dict[str, Any]:
    """point, at, actor, milliseconds, arguments, and for each listener in order: place, returned, error, milliseconds."""
    given: Any = firing.arguments
    if firing.argument is not None:
        parts = firing.argument if isinstance(firing.argument, hooks.Positional) else (firing.argument,)
        given = dict(zip(_positions(firing.point, len(parts)), parts, strict=True))
    if isinstance(given, dict) and "LANG" in given:  # thousands of phrases
        given = {**given, "LANG": f"(array of {len(given['LANG'] or ())})"}
    return {
        "number": firing.number,
        "point": firing.point,
        "at": firing.at.isoformat(" ") if firing.at else "",
        "actor": firing.actor,
        "milliseconds": firing.milliseconds,
        "arguments": tree(given, depth=4),
        "results": [
            {"place": one.place, "returned": tree(one.value, depth=4), "error": one.error, "milliseconds": one.milliseconds}
            for one in firing.results
        ],
    }


def _positions(point: str, count: int) -> list[str]:
    """Names of the arguments of a point without an array: the documented ones, else numbers from 1."""
    known = hook_points().get(point)
    names = list(known.params) if known is not None and "(positional)" not in known.params else []
    return [names[place] if place < len(names) else str(place + 1) for place in range(count)]


def listeners(subscribed: dict[str, list[hooks.Subscription]]) -> list[dict[str, Any]]:
    """Who listens where, in order: point, known, category, and for each listener priority, place and owner."""
    found = []
    for point, subscriptions in subscribed.items():
        known = hook_points().get(point)
        found.append(
            {
                "point": point,
                "known": known is not None,
                "category": known.category if known else "",
                "listeners": [{"priority": one.priority, "place": one.place, "owner": one.owner} for one in subscriptions],
            }
        )
    return found
