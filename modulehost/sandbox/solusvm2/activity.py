"""The audit trail."""

from typing import Any

from modulehost.sandbox.kit.world import World
from modulehost.sandbox.solusvm2.state import Activity, State, User, number

KEPT = 500


def log(world: World[State], event: str, user: User | None, **data: Any) -> None:
    """Write down what happened to whom."""
    entries = world.state.activity
    one = Activity(number(world.state, "activity"), event, created=world.now(), data=data)
    if user is not None:
        one.user_id, one.user_email = user.id, user.email
    entries[str(one.id)] = one
    for key in list(entries)[:-KEPT]:
        del entries[key]
