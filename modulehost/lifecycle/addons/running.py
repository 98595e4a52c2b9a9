"""Calling the functions of an addon module: `vars`, language, `_upgrade` first, and what goes wrong in the module log."""

import contextlib
import fcntl
import re
import time
from collections.abc import Iterator
from typing import Any

from modulehost import journal, runtimes
from modulehost.context import Ctx, Host
from modulehost.contract import AddonConfig, Module
from modulehost.lifecycle.addons import rows
from modulehost.lifecycle.addons.cards import card, find
from modulehost.runtimes import ModuleFailed, Returned

ADMIN_LINK = "addonmodules.php?module="
CLIENT_LINK = "index.php?m="


def call(
    ctx: Ctx, module: Module, function: str, *args: Any, seconds: float | None = None, secrets: set[str] | None = None
) -> Returned:
    """Run a function; a failure, and a return value that breaks the contract, is an entry of the module log too."""
    try:
        returned = runtimes.call(ctx, module, function, *args, seconds=seconds, secrets=secrets)
    except ModuleFailed as failure:
        journal.module_log(ctx, module.name, function, "", str(failure), failure.trace, secrets or ())
        raise
    if returned.problems:
        journal.module_log(ctx, module.name, function, "", "; ".join(returned.problems), "", secrets or ())
    return returned


def settings(ctx: Ctx, name: str, config: AddonConfig) -> tuple[dict[str, Any], set[str]]:
    """What is stored for the module, every field of its card with a value (empty until saved), and the texts to mask."""
    with ctx.unit(read=True) as db:
        stored = rows.values(db, name)
    given: dict[str, Any] = {field.key: "" for field in config.fields}
    given |= stored
    return {**given, "module": name}, {stored[key] for key in config.secrets if stored.get(key)}


def variables(
    ctx: Ctx, module: Module, config: AddonConfig, link: str, language: str
) -> tuple[dict[str, Any], set[str]]:
    """The `vars` of a function: settings by field name, `modulelink`, `version`, `_lang`; and the texts to mask."""
    given, secrets = settings(ctx, module.name, config)
    return {**given, "modulelink": link + module.name, "_lang": words(ctx, module, config, language)}, secrets


def words(ctx: Ctx, module: Module, config: AddonConfig, language: str) -> dict[str, str]:
    """The module's texts in `language`; those that it lacks in the language that its card names. Raises ModuleFailed."""
    own = runtimes.addon_language(ctx, module, config.language) or {}
    if language == config.language:
        return own
    return {**own, **(runtimes.addon_language(ctx, module, language) or {})}


def words_of(ctx: Ctx, name: str, language: str) -> dict[str, str]:
    """`words` of the addon module of that name. Raises ModuleFailed."""
    config, _ = card(ctx, name)
    return words(ctx, find(ctx, name), config, language)


def ready(ctx: Ctx, name: str) -> tuple[Module, AddonConfig]:
    """The module, its card read, and `_upgrade` run once if its version is not the stored one. Raises ModuleFailed.

    If `_upgrade` fails, the old version stays stored and the next access tries again.
    """
    module = find(ctx, name)
    config, _ = card(ctx, name)
    if _stored_version(ctx, name) != config.version:
        with _alone(ctx.host, name, ctx.host.config.action_seconds):
            before = _stored_version(ctx, name)
            if before != config.version:
                _upgrade(ctx, module, config, before)
    return module, config


def _upgrade(ctx: Ctx, module: Module, config: AddonConfig, before: str) -> None:
    if "upgrade" in runtimes.functions(ctx, module):
        given, secrets = settings(ctx, module.name, config)
        seconds = ctx.host.config.action_seconds
        call(ctx, module, "upgrade", {**given, "version": before}, seconds=seconds, secrets=secrets)
    with ctx.unit() as db:
        rows.store(db, module.name, {"version": config.version})
        journal.activity(db, f"Addon Module Upgraded: {config.name} from {before or 'no version'} to {config.version}")


def _stored_version(ctx: Ctx, name: str) -> str:
    with ctx.unit(read=True) as db:
        return rows.raw(db, name).get("version", "")


@contextlib.contextmanager
def _alone(host: Host, name: str, seconds: float) -> Iterator[None]:
    """One upgrade of a module at a time, over all processes of the host."""
    folder = host.root / "run" / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + seconds
    with (folder / re.sub(r"[^A-Za-z0-9_.-]", "_", f"addon-upgrade-{name}")).open("w") as handle:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise ModuleFailed(
                        f"{name} is being upgraded by another request; try again later", "expired"
                    ) from None
                time.sleep(0.02)
        yield
