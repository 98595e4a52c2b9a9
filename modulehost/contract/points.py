"""The hook points by their public names: category, parameters, and what a return value does (hooks.json)."""

import difflib
import functools
import json
from dataclasses import dataclass
from importlib import resources


@dataclass(frozen=True)
class HookPoint:
    """One documented point. `params` are the names in the one array it hands over; `(positional)` is an argument as it is."""

    name: str
    category: str
    params: tuple[str, ...]
    returns: str


@functools.cache
def hook_points() -> dict[str, HookPoint]:
    """Every documented point by its name."""
    stored = json.loads(resources.files("modulehost.contract").joinpath("hooks.json").read_text("utf-8"))
    return {
        name: HookPoint(name, one["category"], tuple(one["params"]), one["return"]) for name, one in stored.items()
    }


def nearest_point(name: str) -> str:
    """The documented point whose name is closest to a misspelt one, or an empty text."""
    lower = {known.lower(): known for known in hook_points()}
    found = difflib.get_close_matches(name.lower(), lower, 1, 0.6)
    return lower[found[0]] if found else ""
