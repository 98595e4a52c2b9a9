"""What an order at the store has to look like."""

from dataclasses import dataclass
from typing import Any

from modulehost.sandbox.zoho import plans
from modulehost.sandbox.zoho.state import User

CUSTOMER = ("companyname", "street", "city", "state", "country", "zipcode", "phone")


class Refused(Exception):
    """The store will not sell that; the text says why."""


@dataclass
class Order:
    """A checked order: counts by add-on number; `users` is how many users they make together."""

    plan: plans.Plan
    addons: dict[int, int]
    pay_period: str
    customer: dict[str, str]

    @property
    def users(self) -> int:
        """Users bought."""
        return sum(amount for id, amount in self.addons.items() if id in plans.BY_USER_ADDON)


def parse(given: dict[str, Any], new: bool) -> Order:
    """The order in the store's JSON; `new` ones carry the customer's address. Raises Refused."""
    wanted = given.get("subscription")
    if not isinstance(wanted, dict):
        raise Refused("subscription is missing")
    plan = plans.ALL_PLANS.get(wanted.get("plan"))  # type: ignore[arg-type]
    if plan is None:
        raise Refused(f"there is no plan {wanted.get('plan')!r}")
    period = wanted.get("payperiod")
    if period not in (plans.YEAR, plans.MONTH):
        raise Refused(f"payperiod has to be {plans.YEAR} or {plans.MONTH}, not {period!r}")
    addons = _addons(wanted.get("addons"))
    _fitting(plan, addons, period)
    return Order(plan, addons, period, _address(given.get("customer")) if new else {})


def _addons(given: Any) -> dict[int, int]:
    if not isinstance(given, list):
        raise Refused("addons has to be a list of {id, count}")
    found: dict[int, int] = {}
    for one in given:
        id, amount = (one.get("id"), one.get("count")) if isinstance(one, dict) else (None, None)
        if id not in plans.BY_USER_ADDON and id not in plans.STORAGE_ADDONS:
            raise Refused(f"there is no add-on {id!r}")
        if type(amount) is not int or amount < 0:
            raise Refused(f"the count of add-on {id} has to be a number of at least 0")
        if id in found:
            raise Refused(f"add-on {id} is listed twice")
        found[id] = amount
    return found


def _fitting(plan: plans.Plan, addons: dict[int, int], period: str) -> None:
    """Whether the users fit the plan, and the plan may be paid in that period."""
    kinds = [plans.BY_USER_ADDON[id] for id, amount in addons.items() if id in plans.BY_USER_ADDON and amount]
    if plan is not plans.FLEXIBLE and any(kind is not plan for kind in kinds):
        raise Refused(f"{plan.name} takes only its own users, add-on {plan.user_addon}")
    if not kinds:
        raise Refused(f"{plan.name} needs at least one user")
    for kind in kinds:
        if period not in kind.periods:
            raise Refused(f"{kind.name} cannot be paid by {period}")


def _address(given: Any) -> dict[str, str]:
    if not isinstance(given, dict):
        raise Refused("customer is missing")
    address = {name: str(given.get(name) or "").strip() for name in CUSTOMER}
    if not address["companyname"]:
        raise Refused("customer.companyname is missing")
    # The store knows countries by their English names; a code is the usual mistake.
    if len(address["country"]) < 4 or address["country"].isupper():
        raise Refused(f"customer.country has to be the full English name, not {address['country']!r}")
    return address


def use(order: Order, users: list[User]) -> None:
    """Refuse an order for fewer users or less storage than are in use."""
    seats = sum(1 for user in users if user.enabled)
    if order.users < seats:
        raise Refused(f"{seats} users are in use; {order.users} are too few")
    for kind, id in plans.STORAGE_BY_KEY.items():
        held = sum(user.extra_storage.get(kind, 0) for user in users)
        if held > order.addons.get(id, 0):
            raise Refused(f"{held} storage add-ons of {kind} are in use")
