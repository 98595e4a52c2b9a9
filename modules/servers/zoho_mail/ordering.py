"""What the customer ordered, read from the configurable options and the billing cycle, and checked before anything is made."""

from dataclasses import dataclass
from typing import Any

from .facts import FREE, FREE_USERS, MAILBOX_OPTION, PERIODS, PLAN_OPTION, PLANS, Plan
from .problems import Refused


@dataclass(frozen=True)
class Order:
    """A plan for so many mailboxes, paid by `period` (YEAR or MONT; empty for what costs nothing)."""

    plan: Plan
    mailboxes: int
    period: str


def read(params: dict[str, Any]) -> Order:
    """The order of a service. Without a plan option it is Mail Free, without a mailbox option one mailbox.

    Raises Refused for what Zoho does not sell: an unknown plan, no mailbox, a cycle that does not go with the plan.
    """
    options = {str(name): value for name, value in (params.get("configoptions") or {}).items()}
    plan_option = _option(options, PLAN_OPTION)
    mailbox_option = _option({name: value for name, value in options.items() if name != plan_option}, MAILBOX_OPTION)
    chosen = plan(str(options[plan_option])) if plan_option else FREE
    mailboxes = _count(mailbox_option, options[mailbox_option]) if mailbox_option else 1
    cycle = str(getattr(params["model"], "billingcycle", ""))
    if chosen.kind != "paid":
        if chosen.kind == "free" and mailboxes > FREE_USERS:
            raise Refused(
                f"{chosen.name} has room for {FREE_USERS} mailboxes, {mailboxes} were ordered: choose a paid plan"
            )
        return Order(chosen, mailboxes, "")
    if mailboxes < 1:
        raise Refused(f"{chosen.name} needs at least one mailbox: raise the minimum of the option {mailbox_option!r}")
    period = PERIODS.get(cycle)
    if period is None:
        raise Refused(
            f"{chosen.name} is paid by the month or by the year; the service's billing cycle {cycle!r} cannot buy it"
        )
    if period == "MONT" and not chosen.monthly:
        raise Refused(
            f"Zoho sells {chosen.name} by the year only; the service's billing cycle is {cycle}. Choose Annually"
        )
    return Order(chosen, mailboxes, period)


def plan(text: str) -> Plan:
    """The plan that a sub-option means: its machine value, or a name that begins with the plan's. Raises Refused."""
    wanted = _plain(text)
    for one in PLANS:
        if wanted == one.key.lower():
            return one
    # "Mail Lite 10GB" begins with "Mail Lite" too: the longest name is meant.
    named = [
        (len(_plain(name)), one) for one in PLANS for name in (one.name, *one.names) if wanted.startswith(_plain(name))
    ]
    if not named:
        known = ", ".join(f"{one.key} ({one.name})" for one in PLANS)
        raise Refused(
            f"The plan {text!r} is unknown to this module. Name the sub-option, or its part before the bar, as one of: {known}"
        )
    return max(named, key=lambda pair: pair[0])[1]


def _option(options: dict[str, Any], rule: tuple[str, tuple[str, ...]]) -> str:
    """The option that means what `rule` describes; empty when there is none. Raises Refused when two might."""
    machine, words = rule
    if exact := [name for name in options if name.lower() == machine]:
        return exact[0]
    found = [name for name in options if any(word in name.lower() for word in words)]
    if len(found) > 1:
        raise Refused(
            f"The configurable options {' and '.join(map(repr, found))} could both be the {machine}; name one {machine}|..."
        )
    return found[0] if found else ""


def _count(name: str, value: Any) -> int:
    try:
        count = int(str(value).strip() or 0)
    except ValueError:
        raise Refused(
            f"The configurable option {name!r} holds {value!r}, not a number: make it of type Quantity"
        ) from None
    if count < 0:
        raise Refused(f"The configurable option {name!r} holds {count}; a number of mailboxes is not negative")
    return count


def _plain(text: str) -> str:
    return "".join(sign for sign in text.lower() if sign.isalnum())
