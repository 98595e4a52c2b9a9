"""Locking and suspending users who are past due, and setting them free when nothing is overdue any more.

Both day counts begin on an invoice's due date. The worst unpaid invoice decides. A status that somebody else gave a user in
SolusVM 2 is left, and comes back when ours is lifted.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from modulehost import sdk

from . import events, people, postpay, usage
from .client import Panel
from .facts import ACTIVE, LOCKED, SUSPENDED

_ORDER = (ACTIVE, LOCKED, SUSPENDED)
#: only these are asked for: a draft is no invoice yet, a cancelled or refunded one none any more
_OPEN = ("Unpaid", "Collections", "Payment Pending")
_WORDS = {ACTIVE: "resume", LOCKED: "lock", SUSPENDED: "suspend"}


@dataclass(frozen=True)
class Debt:
    """An unpaid usage invoice."""

    invoice: int
    due: date


def debts(client: int) -> list[Debt]:
    """A client's unpaid usage invoices, the oldest due first."""
    ours = set(usage.invoices_of(client))
    unpaid = (one for status in _OPEN for one in usage.in_host(client, status) if one["id"] in ours) if ours else ()
    found = [Debt(one["id"], date.fromisoformat(one["duedate"])) for one in unpaid if one["duedate"] != "0000-00-00"]
    return sorted(found, key=lambda one: (one.due, one.invoice))


def status_for(owed: list[Debt], settings: postpay.PostPay, today: date) -> str:
    """The status that a client with these debts ought to have."""
    worst = ACTIVE
    for one in owed:
        for status, days in ((LOCKED, settings.lock), (SUSPENDED, settings.suspend)):
            if days is not None and today >= one.due + timedelta(days=days):
                worst = max(worst, status, key=_ORDER.index)
    return worst


def settle(panel: Panel, mine: Any) -> str:
    """Give a client's user the status it ought to have; returns what was done: lock, suspend, resume, or nothing. Raises Problem."""
    with sdk.lock(f"status-{mine.client}"):
        mine = people.row(mine.client)
        owed = debts(mine.client)
        wanted = status_for(owed, postpay.current(), sdk.today())
        ours = mine.applied or ACTIVE
        if wanted == ours and not mine.wanted:
            return ""
        people.change(mine.client, wanted=wanted)  # stands until SolusVM 2 has been told
        done = apply(panel, mine, wanted)
    if done:
        invoice = owed[0].invoice if owed else 0
        told = {"lock": "Locked", "suspend": "Suspended", "resume": "Active again"}[done]
        events.note(mine.client, done, told, invoice=invoice)
        sdk.logActivity(f"SolusVM 2: user {mine.user} is {wanted} now", mine.client)
    return done


def apply(panel: Panel, mine: Any, wanted: str) -> str:
    """Bring the user of a row to a status of ours; returns the word for what changed."""
    has = str(people.current(panel, mine).get("status") or ACTIVE)
    ours = mine.applied or ACTIVE
    #: what the user has without us: what we found before we did something, or what somebody changed it to since
    found = (mine.found or ACTIVE) if mine.applied and has == ours else has
    target = max(found, wanted, key=lambda status: _ORDER.index(status) if status in _ORDER else 0)
    if target != has:
        panel.change_user(mine.user, status=target)
    applied = wanted if wanted != ACTIVE and _ORDER.index(wanted) > _place(found) else ""
    people.change(mine.client, applied=applied, found=found if applied else "", wanted="", problem="")
    return _WORDS[target] if target != has and target in _WORDS else ""


def _place(status: str) -> int:
    return _ORDER.index(status) if status in _ORDER else 0
