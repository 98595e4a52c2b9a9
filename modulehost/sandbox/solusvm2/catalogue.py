"""Plans and limit groups: making and changing them. A plan keeps its earlier prices, so that no hour gets a new one."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from modulehost.sandbox.kit.world import World
from modulehost.sandbox.solusvm2 import activity
from modulehost.sandbox.solusvm2.refusals import Given, Refused
from modulehost.sandbox.solusvm2.state import Limit, LimitGroup, Plan, Price, State, number

TOKENS = ("tokens_per_hour", "tokens_per_month", "ip_tokens_per_hour", "ip_tokens_per_month")
FLAGS = ("is_visible", "is_snapshots_enabled", "is_backup_available", "is_additional_ips_available")
LIMITS = ("vms", "running_vms", "additional_ips")
_POLICIES = ("never", "first_day_of_month", "vm_created_day")
_MOST = 1_000_000_000


def plan(state: State, id: int) -> Plan:
    """The plan. Raises Refused 404."""
    if str(id) not in state.plans:
        raise Refused(404, f"There is no plan {id}.")
    return state.plans[str(id)]


def create_plan(world: World[State], body: Mapping[str, Any]) -> Plan:
    """A new plan. Raises Refused 422."""
    made = Plan(0, "", prices=[Price()])
    _fill(world, made, body, new=True)
    made.id = number(world.state, "plan")
    world.state.plans[str(made.id)] = made
    activity.log(world, "plan.created", None, plan=made.name)
    return made


def change_plan(world: World[State], found: Plan, body: Mapping[str, Any]) -> None:
    """Change what `body` names; a new price holds for the hours that start from now on. Raises Refused 422."""
    _fill(world, found, body, new=False)
    activity.log(world, "plan.updated", None, plan=found.name)


def _fill(world: World[State], found: Plan, body: Mapping[str, Any], new: bool) -> None:
    given = Given(body)
    name = given.text("name", required=new or "name" in body)
    tokens = {one: given.number(one, most=_MOST) for one in TOKENS}
    flags = {one: given.flag(one) for one in FLAGS}
    policy = given.choice("reset_limit_policy", _POLICIES)
    traffic = given.choice("network_traffic_limit_type", ("separate", "total"))
    percent = body.get("backup_price")
    if percent is not None and (
        isinstance(percent, bool) or not isinstance(percent, int | float) or not 0 <= percent <= 1000
    ):
        given.refuse("backup_price", "The backup_price has to be a number of per cent, 0 to 1000.")
    params = given.part("params")
    disk, ram, vcpu = (
        (
            params.number("disk", least=1),
            params.number("ram", least=1024 * 1024, most=2**50),
            params.number("vcpu", least=1),
        )
        if params
        else (None, None, None)
    )
    given.done()
    found.name = name or found.name
    found.disk, found.vcpu = disk or found.disk, vcpu or found.vcpu
    found.ram = ram // (1024 * 1024) if ram else found.ram
    found.reset_limit_policy = policy or found.reset_limit_policy
    found.network_traffic_limit_type = traffic or found.network_traffic_limit_type
    for flag, value in flags.items():
        if value is not None:
            setattr(found, flag, value)
    changed = {one: value for one, value in tokens.items() if value is not None}
    price = replace(found.price, **changed)
    if percent is not None:
        price.backup_price = float(percent)
    _reprice(world, found, price, new)


def _reprice(world: World[State], found: Plan, price: Price, new: bool) -> None:
    if new:
        found.prices = [replace(price, since=0)]
    elif price != found.price:
        price.since = world.now()
        found.prices = [one for one in found.prices if one.since < price.since] + [price]


def group(state: State, id: int) -> LimitGroup:
    """The limit group. Raises Refused 404."""
    if str(id) not in state.limit_groups:
        raise Refused(404, f"There is no limit group {id}.")
    return state.limit_groups[str(id)]


def save_group(world: World[State], body: Mapping[str, Any], found: LimitGroup | None = None) -> LimitGroup:
    """A new limit group, or other values for `found`. Lower limits stop nothing that runs. Raises Refused 422."""
    given = Given(body)
    name = given.text("name", required=True)
    limits: dict[str, Limit] = {}
    for one in LIMITS:
        part = given.part(one)
        if part is not None:
            limits[one] = Limit(part.number("limit", most=_MOST) or 0, bool(part.flag("is_enabled")))
    given.done()
    now = world.now()
    if found is None:
        found = LimitGroup(number(world.state, "limit_group"), "", created=now)
        world.state.limit_groups[str(found.id)] = found
    found.name, found.updated = name or found.name, now
    for one, limit in limits.items():
        setattr(found, one, limit)
    return found


def delete_group(world: World[State], found: LimitGroup) -> None:
    """Delete a limit group; its users have no limits then."""
    for user in world.state.users.values():
        if user.limit_group_id == found.id:
            user.limit_group_id = None
    del world.state.limit_groups[str(found.id)]
