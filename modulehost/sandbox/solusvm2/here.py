"""Which world the current request is in, and what has come about in it meanwhile."""

from typing import cast

from flask import current_app

from modulehost.sandbox.kit.world import World
from modulehost.sandbox.solusvm2 import backups, tasks
from modulehost.sandbox.solusvm2.state import State


def world() -> World[State]:
    """The running simulator."""
    return cast(World[State], current_app.extensions["sandbox"])


def state() -> State:
    """Its state."""
    return world().state


def now() -> int:
    """The host's time as Unix seconds."""
    return world().now()


def catch_up() -> None:
    """Let happen what was due since the last request; to be called before each request of a blueprint."""
    tasks.settle(world())
    backups.settle(world())
