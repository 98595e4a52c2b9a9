"""The API: one function per action; JSON, XML and name-value pairs apart (formats.py).

Actions, parameters, answers and error texts are those of the public API reference.
"""

from collections.abc import Mapping
from typing import Any

from modulehost.api import (
    addons,
    automation,
    clients,
    invoices,
    mails,
    modulequeue,
    money,
    orders,
    paymethods,
    products,
    services,
    system,
    users,
)
from modulehost.api.registry import ACTIONS, LOCAL_ONLY, Action, CommandNotFound, call, error, find
from modulehost.api.values import ApiError
from modulehost.context import Ctx, Host

__all__ = ["ACTIONS", "LOCAL_ONLY", "Action", "ApiError", "CommandNotFound", "call", "error", "find", "register"]
_FILES = (
    addons, automation, clients, invoices, money, modulequeue, mails, orders, paymethods, products, services, system, users,
)  # fmt: skip - importing them fills ACTIONS


def register(host: Host) -> None:
    """Offer modules localAPI."""
    host.functions["localAPI"] = _local


def _local(ctx: Ctx, command: str, values: Mapping[str, Any] | None = None, admin: str = "") -> dict[str, Any]:
    return call(ctx, command, values or {})
