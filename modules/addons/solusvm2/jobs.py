"""What runs by itself: once a day bill and settle everybody, and with every run of the automation what was left over."""

from typing import Any

from modulehost import sdk

from . import connection, dunning, people, prepay, usage
from .client import Panel
from .facts import PREPAY
from .problems import NotConnected, Problem
from .tables import USERS

_DAY = "day"


def daily() -> None:
    """The day's work for every client; a client whose turn fails is left for the next day, the others go on."""
    sdk.store().set(_DAY, sdk.today().isoformat())
    left_over()


def left_over() -> None:
    """What today's run has not come to, because it was stopped, and what SolusVM 2 could not be told."""
    today = sdk.today()
    begun = sdk.store().get(_DAY) == today.isoformat()
    undone = (USERS.c.wanted != "") | (USERS.c.mode == PREPAY)
    if begun:
        undone = undone | (USERS.c.checked < today) | USERS.c.checked.is_(None)
    with sdk.unit(read=True) as db:
        clients = list(
            db.scalars(
                USERS.select()
                .with_only_columns(USERS.c.client)
                .where(USERS.c.user > 0, undone)
                .order_by(USERS.c.client)
            )
        )
    if not clients:
        return
    try:
        panel = connection.panel()
    except NotConnected:
        return
    for client in clients:
        mine = people.row(client)
        if mine.mode != PREPAY and begun and mine.checked != today:
            turn(panel, mine)
        else:
            attempt(panel, mine)


def attempt(panel: Panel, mine: Any) -> str:
    """Settle one client, of pre-pay after drawing what was used; what goes wrong stands in the row and in the activity log."""
    try:
        if mine.mode == PREPAY:
            return prepay.turn(panel, mine)
        return dunning.settle(panel, mine)
    except Problem as problem:
        _trouble(mine, f"status not changed: {problem}")
        return ""


def turn(panel: Panel, mine: Any) -> None:
    """Bill and settle one client; what goes wrong stands in the row."""
    if mine.mode == PREPAY:
        attempt(panel, mine)
        return
    today = sdk.today()
    for month in usage.due_months(mine, today):
        try:
            usage.bill(panel, mine, month)
        except Problem as problem:
            _trouble(mine, f"usage of {month:%Y-%m} not billed: {problem}")
            break
    else:
        people.change(mine.client, problem="")
    attempt(panel, people.row(mine.client))
    people.change(mine.client, checked=today)  # last: a run that is stopped before takes this client again


def _trouble(mine: Any, text: str) -> None:
    people.change(mine.client, problem=text)
    sdk.logActivity(f"SolusVM 2: {text}", mine.client)
