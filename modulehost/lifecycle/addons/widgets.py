"""Dashboard widgets: objects that functions of the hook AdminHomeWidgets return.

Attributes as publicly documented for the widget class: title, description, weight (lower comes first), columns 1 to 3,
cache and cacheExpiry in seconds, requiredPermission; get_data() gives a map, generate_output(data) the HTML.
"""

import threading
from collections.abc import Container
from dataclasses import dataclass
from typing import Any

from modulehost import extensions, hooks, journal, runtimes
from modulehost.context import Ctx, Host
from modulehost.contract import Module
from modulehost.contract.config import kind
from modulehost.runtimes import ModuleFailed


@dataclass(frozen=True)
class Shown:
    """A widget on the dashboard: HTML of the module's own, or `problem`."""

    title: str
    description: str = ""
    columns: int = 1
    weight: int = 150
    html: str = ""
    problem: str = ""


class _Cache:
    def __init__(self, host: Host) -> None:
        self.lock = threading.Lock()
        self.data: dict[str, tuple[float, Any]] = {}


def widgets(ctx: Ctx, allowed: Container[str]) -> list[Shown]:
    """Every widget whose required permission is in `allowed`, in the order of weights. One that fails shows its error."""
    found = []
    for result in hooks.fire(ctx, "AdminHomeWidgets"):
        given = result.value if isinstance(result.value, (list, tuple)) else [result.value]
        if result.error:
            found.append(Shown("AdminHomeWidgets", problem=f"{result.error} ({result.place})"))
        for widget in given:
            if widget is None:
                continue
            needed = str(_of(widget, "requiredPermission", "required_permission") or "")
            if not needed or needed in allowed:
                found.append(_shown(ctx, widget, result))
    return sorted(found, key=lambda one: one.weight)


def _shown(ctx: Ctx, widget: Any, result: hooks.Result) -> Shown:
    name = type(widget).__name__
    output = _of(widget, "generate_output", "generateOutput")
    if not callable(output):
        return Shown(name, problem=f"returned {kind(widget)}; expected a widget with generate_output ({result.place})")
    title = str(_of(widget, "title") or name)
    description = str(_of(widget, "description") or "")
    columns, weight = _number(_of(widget, "columns"), 1), _number(_of(widget, "weight"), 150)
    place = (title, description, min(3, max(1, columns)), weight)
    owner = _owner(ctx.host, result.owner)
    try:
        data = _data(ctx, widget, owner, name)
        value = runtimes.invoke(ctx, owner, f"{name}.generate_output", output, data).value
    except ModuleFailed as failure:
        journal.module_log(ctx, owner.name, name, "", str(failure), failure.trace)
        return Shown(*place, problem=str(failure))
    if value is not None and not isinstance(value, str):
        return Shown(*place, problem=f"{name}.generate_output returned {kind(value)}; expected HTML text")
    return Shown(*place, html=value or "")


def _data(ctx: Ctx, widget: Any, owner: Module, name: str) -> Any:
    get = _of(widget, "get_data", "getData")
    if not callable(get):
        return {}
    seconds = _number(_of(widget, "cacheExpiry", "cache_expiry"), 120) if _of(widget, "cache") else 0
    cache, key, now = ctx.host.part(_Cache), f"{owner.owner} {name}", ctx.host.clock.time()
    with cache.lock:
        kept = cache.data.get(key)
    if seconds and kept and 0 <= now - kept[0] < seconds:
        return kept[1]
    data = runtimes.invoke(ctx, owner, f"{name}.get_data", get).value
    with cache.lock:
        cache.data[key] = (now, data)
    return data


def _owner(host: Host, owner: str) -> Module:
    """The module, or the hook file, that a listener came from."""
    type_, _, name = owner.partition("/")
    if type_ in ("servers", "addons"):
        return extensions.module(host, type_, name)
    return Module("hooks", name, host.root / "includes" / "hooks", "includes/hooks")


def _of(widget: Any, *names: str) -> Any:
    return next((getattr(widget, name) for name in names if hasattr(widget, name)), None)


def _number(value: Any, default: int) -> int:
    return value if isinstance(value, int) else default
