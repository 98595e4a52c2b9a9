"""What a server is made of: the product's settings, over which go the configurable options Operating System and Location."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .facts import PAGE_SECONDS
from .panel import Servers
from .panel import of as panel_of
from .problems import Refused

Choices = list[tuple[int, str]]


@dataclass(frozen=True)
class Wanted:
    """Ids in SolusVM 2; `group` 0: none."""

    plan: int
    location: int
    system: int
    system_name: str
    group: int


def fields() -> dict[str, dict[str, Any]]:
    """The product's Module Settings."""

    def loader(read: Callable[[Servers], Choices]) -> Callable[[dict[str, Any]], dict[str, str]]:
        return lambda params: {str(id): name for id, name in read(panel_of(params, PAGE_SECONDS))}

    def one(label: str, read: Callable[[Servers], Choices], text: str) -> dict[str, Any]:
        return {"FriendlyName": label, "Type": "text", "Size": "25", "Loader": loader(read), "SimpleMode": True, "Description": text}

    return {
        "plan": one("Plan", Servers.plans, "Id or name of a plan"),
        "location": one("Location", Servers.locations, "The configurable option Location goes before it"),
        "os": one("Operating System", Servers.systems, "The configurable option Operating System goes before it"),
        "limitgroup": one("Limit Group", Servers.groups, "For new users; empty: no limits"),
    }


def of(panel: Servers, params: dict[str, Any]) -> Wanted:
    """What a service is to have. Raises Refused."""
    chosen = params.get("configoptions") or {}
    plan = _one("plan", panel.plans(), params.get("configoption1"))
    location = _one("location", panel.locations(), chosen.get("Location") or params.get("configoption2"))
    system = _one("operating system", panel.systems(), chosen.get("Operating System") or params.get("configoption3"))
    group = _one("limit group", panel.groups(), params["configoption4"])[0] if params.get("configoption4") else 0
    return Wanted(plan[0], location[0], system[0], system[1], group)


def _one(what: str, there: Choices, wanted: Any) -> tuple[int, str]:
    """The choice that a text names by id or by name."""
    text = str(wanted or "").strip()
    if not text:
        raise Refused(f"No {what} is chosen: choose one in the product's Module Settings")
    found = next((one for one in there if str(one[0]) == text), None) or next(
        (one for one in there if one[1].lower() == text.lower()), None
    )
    if found is None:
        raise Refused(f"SolusVM 2 has no {what} “{text}”; it has: {', '.join(name for _, name in there) or 'none'}")
    return found
