"""The nearest known name to a misspelt one."""

import difflib
from collections.abc import Iterable


def nearest_of(name: str, known: Iterable[str], closeness: float = 0.8) -> str:
    """The one of `known` that `name` is probably meant to be, without regard to case, or an empty text."""
    lower = {one.lower(): one for one in known}
    found = difflib.get_close_matches(name.lower(), lower, 1, closeness)
    return lower[found[0]] if found else ""
