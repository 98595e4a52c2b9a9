"""The partner store: bringing a customer's subscription to what was ordered.

Every purchase is preceded by a look at what is there, so that running a command again buys nothing twice.
"""

from dataclasses import dataclass
from typing import Any

from .client import Zoho
from .facts import PLANS
from .ordering import Order
from .problems import Refused, StoreRefused, Unsure


@dataclass(frozen=True)
class Subscription:
    """What the store has for a customer: plan id (empty on Mail Free), YEAR or MONT, and counts by add-on id."""

    plan: str
    period: str
    addons: dict[str, int]


NONE = Subscription("", "", {})


def current(zoho: Zoho, email: str) -> Subscription:
    """The customer's subscription; the store's `failure` on reading means that there is none."""
    try:
        details = zoho.subscription("GET", {"email": email}).get("licensedetails") or {}
    except StoreRefused:
        return NONE
    if not details.get("paiduser"):
        return NONE
    counts = {str(row.get("addonid")): int(row.get("addonvalue") or 0) for row in details.get("addondetails") or []}
    addons = {addon: count for addon, count in counts.items() if count}
    return Subscription(str(details.get("planid") or ""), str(details.get("payperiod") or ""), addons)


def wanted(order: Order, now: Subscription) -> Subscription:
    """The ordered subscription. A change sends the full list, so storage that was bought in the console is listed again."""
    users = {str(plan.user_addon) for plan in PLANS}
    kept = {addon: count for addon, count in now.addons.items() if addon not in users}
    return Subscription(str(order.plan.plan_id), order.period, {str(order.plan.user_addon): order.mailboxes, **kept})


def check(order: Order, now: Subscription) -> None:
    """Refuse what the store never does, before anything is changed."""
    if order.plan.kind == "trial" and now.plan:
        raise Refused(f"A paid subscription cannot become the {order.plan.name}")
    if order.plan.kind == "paid" and now.period == "YEAR" and order.period == "MONT":
        raise Refused("Zoho does not move a yearly subscription back to monthly payment: keep a yearly billing cycle")


def bring(zoho: Zoho, email: str, order: Order, customer: dict[str, str]) -> None:
    """Buy, change or end the subscription until it is what was ordered. Raises StoreRefused, Refused, Unsure, ..."""
    now = current(zoho, email)
    check(order, now)
    if order.plan.kind != "paid":
        if now.plan:
            end(zoho, email, f"Changed to {order.plan.name}")
        return
    goal = wanted(order, now)
    if now == goal:
        return
    addons = [{"id": int(addon), "count": count} for addon, count in goal.addons.items()]
    request: dict[str, Any] = {
        "email": email,
        "subscription": {"plan": order.plan.plan_id, "addons": addons, "payperiod": order.period},
    }
    try:
        if now.plan:
            zoho.subscription("PUT", request)
        else:
            zoho.subscription("POST", {**request, "customer": customer})
    except Unsure:
        if current(zoho, email) != goal:  # the answer was lost, not the purchase
            raise


def end(zoho: Zoho, email: str, comment: str) -> None:
    """Let the organisation fall back to Mail Free; nothing happens when it is there already."""
    if not current(zoho, email).plan:
        return
    try:
        zoho.subscription("DELETE", {"email": email, "comment": comment})
    except Unsure:
        if current(zoho, email).plan:
            raise
