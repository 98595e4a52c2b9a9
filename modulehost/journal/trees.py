"""Values as people may read them: params and hook arguments as plain trees without secrets, and how two trees differ."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from modulehost.journal.masking import MASK, mask

#: parts of names whose values are never shown
SECRET_NAMES = ("password", "accesshash", "secret", "userinput", "cardnum", "cvv", "ccnumber", "rootpw", "passphrase", "apikey")
#: not secret although the name sounds so: they are names of things, or tell whether there is one
_HARMLESS = ("passwordlength", "maximumpasswordlength")
DEPTH, LENGTH = 8, 300


@dataclass(frozen=True)
class Change:
    """One place where two trees differ. `kind`: added, removed or changed; the values are masked."""

    path: str
    kind: str
    before: str = ""
    after: str = ""


def tree(value: Any, secrets: Collection[str] = (), depth: int = DEPTH) -> Any:
    """`value` of JSON's types only: objects by their class, `secrets` and what has a secret name masked, long lists cut."""
    if isinstance(value, Mapping):
        if depth == 0:
            return f"(array of {len(value)})"
        found = {str(name): _named(str(name), one, secrets, depth) for name, one in list(value.items())[:LENGTH]}
        return found | ({"...": f"{len(value) - LENGTH} more"} if len(value) > LENGTH else {})
    if isinstance(value, list | tuple | set | frozenset):
        if depth == 0:
            return f"(array of {len(value)})"
        shown = [tree(one, secrets, depth - 1) for one in list(value)[:LENGTH]]
        return shown + ([f"... {len(value) - LENGTH} more"] if len(value) > LENGTH else [])
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return mask(value, secrets)
    if isinstance(value, bytes):
        return f"(binary, {len(value)} bytes)"
    readable = type(value).__module__ in ("decimal", "datetime")
    return mask(str(value), secrets) if readable else f"({type(value).__name__})"


def _named(name: str, value: Any, secrets: Collection[str], depth: int) -> Any:
    lower = name.lower().replace("_", "").replace(" ", "")
    hidden = any(part in lower for part in SECRET_NAMES) and lower not in _HARMLESS
    if hidden and isinstance(value, str) and value:
        return MASK
    return tree(value, secrets, depth - 1)


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """The single values of a tree with their places: `configoptions.disk`, `users.0.id`."""
    if isinstance(value, Mapping) and value:
        for name, one in value.items():
            yield from leaves(one, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list | tuple) and value:
        for place, one in enumerate(value):
            yield from leaves(one, f"{path}.{place}" if path else str(place))
    else:
        yield path, value


def difference(before: Any, after: Any, secrets: Collection[str] = ()) -> list[Change]:
    """Where two params differ, compared as they are and shown masked, in the order of their places."""
    old, new = dict(leaves(before)), dict(leaves(after))
    old_shown, new_shown = dict(leaves(tree(before, secrets, 99))), dict(leaves(tree(after, secrets, 99)))
    found = []
    for path in sorted(old.keys() | new.keys()):
        shown = text(old_shown.get(path)), text(new_shown.get(path))
        if path not in old:
            found.append(Change(path, "added", "", shown[1]))
        elif path not in new:
            found.append(Change(path, "removed", shown[0], ""))
        elif str(old[path]) != str(new[path]):
            found.append(Change(path, "changed", *shown))
    return found


def text(value: Any) -> str:
    """A leaf as people read it; empty arrays and texts are visible."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "(empty)" if value in ("", {}, []) else str(value)
