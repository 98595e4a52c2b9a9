"""Prices to be shown: tokens of a plan, and what the billing side says they cost."""

from collections.abc import Iterable
from typing import Any

from modulehost.sandbox.kit.world import World
from modulehost.sandbox.solusvm2 import billing
from modulehost.sandbox.solusvm2.meters import BACKUP, IP, SERVER
from modulehost.sandbox.solusvm2.state import Plan, State, User
from modulehost.sandbox.solusvm2.usage import tokens

KINDS = {SERVER: "", IP: "additional_ips_", BACKUP: "backup_"}


def of_server(plan: Plan, ips: int = 0, backup: bool = False) -> dict[str, int]:
    """Tokens of a server with additional addresses and backups: `per_hour`, and `per_month` at most (0: no cap)."""
    parts = [
        tokens(SERVER, plan.price),
        *[tokens(IP, plan.price)] * ips,
        *([tokens(BACKUP, plan.price)] if backup else []),
    ]
    open_ended = any(hour and not month for hour, month in parts)
    return {
        "per_hour": sum(hour for hour, _ in parts),
        "per_month": 0 if open_ended else sum(month for _, month in parts),
    }


def of_plans(world: World[State], user: User, plans: Iterable[Plan]) -> dict[int, dict[str, Any]]:
    """What the API shows as `price` of each plan, by its id; nothing where the billing side says nothing."""
    plans = list(plans)
    if not plans or not billing.linked(world.state, user):
        return {}
    asked: dict[str, int] = {}
    for plan in plans:
        for kind, prefix in KINDS.items():
            hour, month = tokens(kind, plan.price)
            asked |= {f"{plan.id}.{prefix}per_hour": hour, f"{plan.id}.{prefix}per_month": month}
    try:
        said = billing.prices(world, user, asked)
    except billing.BillingError:
        return {}
    found: dict[int, dict[str, Any]] = {}
    for plan in plans:

        def amount(name: str, plan: Plan = plan) -> str:
            return f"{said.items[f'{plan.id}.{name}']:f}"

        whole = said.items[f"{plan.id}.per_month"] + said.items[f"{plan.id}.backup_per_month"]
        found[plan.id] = {
            "per_hour": amount("per_hour"),
            "per_month": amount("per_month"),
            "additional_ips_per_hour": amount("additional_ips_per_hour"),
            "additional_ips_per_month": amount("additional_ips_per_month"),
            "currency_code": said.currency_code,
            "taxes_inclusive": said.taxes_inclusive,
            "taxes": said.taxes,
            "total_price_without_backups": amount("per_month"),
            "total_price": f"{whole:f}",
            "backup_price": amount("backup_per_month"),
        }
    return found
