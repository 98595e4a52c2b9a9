"""Form fields as PHP reads them: `pid[]=1`, `pid[0]=1` and `customfields[vat]=x` are arrays; the last of equal names wins."""

from collections.abc import Iterable
from typing import Any

MAX_DEPTH = 10


def read(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The fields by name; arrays are dicts with text keys in the order in which they came."""
    out: dict[str, Any] = {}
    following_index: dict[int, int] = {}  # by id() of an array, all of which `out` or `replaced` keeps alive
    replaced: list[Any] = []
    for name, value in pairs:
        head, keys = _split(name)
        if not head:
            continue
        place, key = out, head
        for following in keys:
            inner = place.get(key)
            if not isinstance(inner, dict):
                inner = place[key] = {}
            place, key = inner, following or str(following_index.get(id(inner), 0))
            if key.isascii() and key.isdecimal() and len(key) < 10:
                following_index[id(inner)] = max(following_index.get(id(inner), 0), int(key) + 1)
        replaced.append(place.get(key))
        place[key] = value
    return out


def _split(name: str) -> tuple[str, list[str]]:
    head, bracket, rest = name.strip().partition("[")
    keys: list[str] = []
    if bracket and head:
        for part in ("[" + rest).split("[")[1:]:
            key, closed, _ = part.partition("]")
            if not closed or len(keys) == MAX_DEPTH:
                break
            keys.append(key)
    return head, keys

