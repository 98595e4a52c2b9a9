"""Hook files: `includes/hooks/*.py` of the host root on every firing, and `hooks.py` of active modules.

A server module is active once a product's Module Settings were saved with it (row ModuleHooks), as the public documentation
says. A leading `_` in its name disables a hook file. Changed files are loaded anew before the next firing; what
they had subscribed before is replaced in one step. If one fails to load, what it subscribed before stays, and the error goes
to the activity log, once per state.
"""

import threading
import time
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from modulehost import hooks, runtimes, settings
from modulehost.context import Call, Ctx, Host, entered
from modulehost.contract import Module
from modulehost.extensions.discovery import ModuleMissing, module
from modulehost.journal import activity


class HookFiles:
    """What is loaded: `host.part(HookFiles)`."""

    def __init__(self, host: Host) -> None:
        self.lock = threading.Lock()
        self.loaded: dict[str, Any] = {}  # owner -> signature of the state that is subscribed (or failed)


#: set while this thread, or one that it started, loads hook files: what these fire does not load them again
_loading: ContextVar[bool] = ContextVar("modulehost_loading_hooks", default=False)


def register(host: Host) -> None:
    """Make every firing look for changed hook files first; tell modules where they lie."""
    host.part(hooks.HookTable).refresh = refresh
    host.part(hooks.HookTable).report = _report
    host.part(hooks.HookTable).invoke = _invoke
    host.functions["module_folder"] = lambda ctx, type_, name: module(ctx.host, type_, name).folder


def _invoke(ctx: Ctx, subscription: hooks.Subscription, argument: Any) -> Any:
    """Run a function of a hook file within the limit of actions, which it may start itself."""
    from modulehost.runtimes.python import limits

    if not subscription.owner:  # the host's own
        with entered(ctx):
            return subscription.function(argument)
    seconds = ctx.host.config.action_seconds
    if ctx.call is not None:
        seconds = min(seconds, max(0.05, ctx.call.seconds - (time.monotonic() - ctx.call.started)))
    call = Call(f"hook {subscription.point} of {subscription.owner}", seconds, time.monotonic(), outer=ctx.call)
    call.secrets |= ctx.call.secrets if ctx.call is not None else set()

    def body() -> Any:
        with entered(ctx.with_call(call)):
            return subscription.function(argument)

    return limits.limited(call, seconds, body)


def _report(ctx: Ctx, text: str) -> None:
    with ctx.unit() as db:
        activity(db, text)


def activate_hooks(db: Session, name: str) -> None:
    """Note that a server module is in use, so that its hooks.py is loaded from now on."""
    active = [n for n in settings.get(db, "ModuleHooks").split(",") if n]
    if name and name not in active:
        settings.put(db, "ModuleHooks", ",".join([*active, name]))


def refresh(ctx: Ctx) -> None:
    """Load new and changed hook files, forget removed ones."""
    if _loading.get():
        return
    state = ctx.host.part(HookFiles)
    with ctx.unit(read=True) as db:
        servers = [n for n in settings.get(db, "ModuleHooks").split(",") if n]
        addons = [n for n in settings.get(db, "ActiveAddonModules").split(",") if n]
    # Others wait while files are loaded, so that no hook is missed; a file that does not end makes nobody wait for ever.
    if not state.lock.acquire(timeout=ctx.host.config.page_seconds):
        return
    token = _loading.set(True)
    try:
        present: set[str] = set()
        for type_, names in (("servers", servers), ("addons", addons)):
            for name in names:
                try:
                    found = module(ctx.host, type_, name)
                except ModuleMissing:
                    continue
                if (found.folder / "hooks.py").exists():
                    present.add(found.owner)
                    _refresh_one(ctx, state, found)
        folder = ctx.host.root / "includes" / "hooks"
        for path in sorted(folder.glob("*.py")) if folder.is_dir() else ():
            if not path.name.startswith("_"):
                present.add(f"hooks/{path.stem}")
                _refresh_one(ctx, state, Module("hooks", path.stem, folder, "includes/hooks"), path)
        for owner in set(state.loaded) - present:
            hooks.remove(ctx.host, owner)
            del state.loaded[owner]
    finally:
        _loading.reset(token)
        state.lock.release()


def _refresh_one(ctx: Ctx, state: HookFiles, found: Module, file: Path | None = None) -> None:
    from modulehost.runtimes.python.loader import signature

    if found.owner in state.loaded and not ctx.host.config.development:
        return
    if file is not None:
        try:
            stat = file.stat()
        except FileNotFoundError:  # gone since it was listed
            return
        now: Any = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
    else:
        now = signature(found.folder)
    if state.loaded.get(found.owner) == now:
        return
    owned = ctx.__class__(ctx.host, ctx.actor, ctx.call, {**ctx.request, "hook_owner": found.owner})
    try:
        with hooks.replacing(ctx.host, found.owner):
            if file is not None:
                runtimes.run_hook_file(owned, found)
            else:
                runtimes.load_hooks(owned, found)
    except runtimes.ModuleFailed as failure:
        state.loaded[found.owner] = now
        with ctx.unit() as db:
            activity(db, f"Hook file not loaded: {failure}")
    else:
        state.loaded[found.owner] = now
