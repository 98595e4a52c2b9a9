"""Which call is running, and what the host offers it."""

import time
from collections.abc import Callable
from typing import Any

from modulehost.context import Ctx, current


def ctx() -> Ctx:
    """The running call's Ctx. Raises LookupError outside a host, CallExpired after a time limit."""
    running = current()
    if running.call is not None:
        running.call.check()
    return running


def who() -> tuple[str, str]:
    """Type and name of the running module, or of the one whose hook runs."""
    running = ctx()
    owner = str(running.request.get("hook_owner") or "")
    if not owner and running.call is not None and running.call.module:
        return running.call.module_type, running.call.module
    if "/" not in owner:
        raise LookupError("no module is running here")
    type_, _, name = owner.partition("/")
    return type_, name


def page(name: str) -> Any:
    """What the page being served offers under `name`."""
    running = ctx()
    if name not in running.request:
        raise LookupError(f"sdk.{name} works in the pages of a module only; no page is being served here")
    return running.request[name]


def function(name: str) -> Callable[..., Any]:
    """What a room above offers modules under `name`."""
    try:
        return ctx().host.functions[name]
    except KeyError:
        raise LookupError(f"this host was started without the room that offers {name}") from None


def remaining() -> float | None:
    """Seconds until the running call is stopped; None without a limit."""
    call = ctx().call
    return None if call is None or not call.started else max(0.05, call.seconds - (time.monotonic() - call.started))
