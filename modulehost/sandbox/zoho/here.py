"""Which world and data centre the current request is in."""

from typing import cast

from flask import current_app, request

from modulehost.sandbox.kit.world import World
from modulehost.sandbox.zoho.regions import DEFAULT, REGIONS, Region
from modulehost.sandbox.zoho.state import State, Window


def world() -> World[State]:
    """The running simulator."""
    return cast(World[State], current_app.extensions["sandbox"])


def state() -> State:
    """Its state."""
    return world().state


def now() -> int:
    """The host's time as Unix seconds."""
    return world().now()


def region() -> Region:
    """The data centre that was asked."""
    return REGIONS[request.environ.get("sandbox.dc", DEFAULT)]


def allow(key: str, limit: int, seconds: int, lock: int = 0) -> bool:
    """Count one more of `key`; False when there were `limit` within `seconds` already.

    The window begins with its first count. With `lock` the refusal goes on for that many seconds after the first one.
    """
    at, windows = now(), state().windows
    one = windows.get(key)
    if one is not None and one.locked_until > at:
        return False
    if one is None or at - one.start >= seconds or one.locked_until:
        one = windows[key] = Window(start=at)
    if one.count >= limit:
        one.locked_until = at + lock if lock else 0
        return False
    one.count += 1
    return True
