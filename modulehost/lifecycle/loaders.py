"""Loader functions of ConfigOptions: choices that a server gives, such as its packages.

Source: the public documentation of config options: the loader is called with the params of a server of the module, returns value => label,
and throws when it cannot; its text is shown at the field.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from modulehost import runtimes
from modulehost.billing.catalog import servers
from modulehost.context import Ctx
from modulehost.contract import ConfigField
from modulehost.contract.config import kind, read_options
from modulehost.lifecycle import params
from modulehost.lifecycle.modules import log_failure, metadata, server_module, with_port
from modulehost.runtimes import ModuleFailed, Returned
from modulehost.schema import Product


@dataclass(frozen=True)
class Loaded:
    """The choices that a loader gave, or why there are none, for people."""

    options: list[tuple[str, str]] = field(default_factory=list)
    problem: str = ""


def load(ctx: Ctx, name: str, product: Product, fields: list[ConfigField]) -> dict[int, Loaded]:
    """Run the loaders of these fields; by position. Never raises for what a module does."""
    wanted = [one for one in fields if one.loader]
    if not wanted:
        return {}
    with ctx.unit(read=True) as db:
        given, group = _server(db, name, product)
    if not given["server"] and _needs_server(ctx, name):
        where = f" in the server group “{group}”" if group else ""
        text = f"The choices come from a server, and there is no enabled server of this module{where}. Add one, or type the value."
        return {one.position: Loaded(problem=text) for one in wanted}
    hidden = params.secrets(given, [])
    complete = with_port(ctx, name, given)
    return {one.position: _load(ctx, name, one, complete, hidden) for one in wanted}


def _server(db: Session, name: str, product: Product) -> tuple[dict[str, Any], str]:
    group = product.servergroup if product.servertype == name else 0
    found = servers.first_of(db, name, group)
    return {**params.product(db, product.id), "moduletype": name, **params.server(db, found)}, servers.group_name(db, group)


def _needs_server(ctx: Ctx, name: str) -> bool:
    try:
        return str(metadata(ctx, name).get("RequiresServer", True)).lower() not in ("false", "0", "")
    except ModuleFailed:
        return True


def _load(ctx: Ctx, name: str, one: ConfigField, given: dict[str, Any], hidden: set[str]) -> Loaded:
    try:
        returned = _call(ctx, name, one.loader, dict(given), hidden)
    except ModuleFailed as failure:
        log_failure(ctx, name, f"Loader of {one.key}", given, str(failure), failure.trace + failure.printed, hidden)
        return Loaded(problem=str(failure))
    value = returned.value
    if not isinstance(value, (Mapping, list, tuple)):
        return Loaded(problem=f"{returned.what} returned {kind(value)}; expected a map of value => label ({returned.place})")
    return Loaded(read_options(value))


def _call(ctx: Ctx, name: str, loader: Any, given: dict[str, Any], hidden: set[str]) -> Returned:
    module = server_module(ctx, name)
    if callable(loader):
        return runtimes.invoke(ctx, module, f"{name}'s Loader", loader, given, secrets=hidden)
    return runtimes.call(ctx, module, str(loader).removeprefix(f"{name}_"), given, secrets=hidden)
