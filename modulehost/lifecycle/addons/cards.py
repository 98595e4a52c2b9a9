"""What addon modules say of themselves: `_config`."""

from collections.abc import Mapping
from dataclasses import dataclass

from modulehost import extensions, runtimes
from modulehost.context import Ctx
from modulehost.contract import AddonConfig, Module, read_addon_config
from modulehost.extensions import ModuleMissing
from modulehost.lifecycle.addons import rows
from modulehost.runtimes import ModuleFailed


@dataclass(frozen=True)
class Card:
    """An addon module on the configuration page. `problem` says why its card cannot be shown; `notes` break the contract."""

    module: Module
    config: AddonConfig
    active: bool
    version: str = ""
    problem: str = ""
    notes: tuple[str, ...] = ()


def find(ctx: Ctx, name: str) -> Module:
    """The addon module of that name. Raises ModuleFailed."""
    try:
        return extensions.module(ctx.host, "addons", name)
    except ModuleMissing as failure:
        raise ModuleFailed(str(failure), "missing") from None


def card(ctx: Ctx, name: str) -> tuple[AddonConfig, list[str]]:
    """The module's card and what is wrong with it. Raises ModuleFailed, also when `_config` is missing or returns no map."""
    returned = runtimes.call(ctx, find(ctx, name), "config")
    config, _ = read_addon_config(name, returned.value)
    if not isinstance(returned.value, Mapping):
        raise ModuleFailed("; ".join(returned.problems), "raised")
    return config, returned.problems


def cards(ctx: Ctx) -> list[Card]:
    """Every addon module that is found, and every active one that is not found any more, by name."""
    with ctx.unit(read=True) as db:
        active = rows.active(db)
        versions = {name: rows.raw(db, name).get("version", "") for name in active}
    found = {module.name: module for module in extensions.modules(ctx.host, "addons")}
    shown = []
    for name in sorted({*found, *active}):
        problem, config = "", AddonConfig(name)
        notes: list[str] = []
        try:
            config, notes = card(ctx, name)
        except ModuleFailed as failure:
            problem = str(failure)
        shown_module = found.get(name)
        if shown_module is None:
            folder = ctx.host.root / "modules" / "addons" / name
            shown_module = Module("addons", name, folder, f"modules/addons/{name}", "missing")
        shown.append(Card(shown_module, config, name in active, versions.get(name, ""), problem, tuple(notes)))
    return shown
