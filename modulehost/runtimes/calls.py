"""Calling a module function: gate, context, time limit, return check, and one clear error for everything that can go wrong."""

import dataclasses
import re
import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from modulehost import contract, journal
from modulehost.context import Call, CallExpired, Ctx, entered, foreign
from modulehost.contract import Checked, Module
from modulehost.runtimes.python import limits
from modulehost.runtimes.python.loader import Loader, LoadFailed, heard


@dataclass(frozen=True)
class Returned:
    """What a module function returned, what it printed, where it stands, and how the contract judges it.

    `key` is the call's name in the history (lifecycle.history), empty when it is not kept.
    """

    value: Any
    printed: str = ""
    place: str = ""
    checked: Checked = field(default_factory=Checked)
    milliseconds: float = 0.0
    log_ids: tuple[int, ...] = ()

    @property
    def problems(self) -> list[str]:
        """Contract problems as sentences with function, file and line."""
        return [f"{self.what} {p} ({self.place})" for p in self.checked.problems]

    what: str = ""
    key: str = ""


class ModuleFailed(Exception):
    """A module function could not be run to its end. The text names function, cause, file and line; `trace` has the rest.

    `kind`: missing (module or function), load, raised, expired. `key`: the call's name in the history, if it is kept.
    """

    key = ""

    def __init__(self, text: str, kind: str, trace: str = "", printed: str = "") -> None:
        super().__init__(text)
        self.kind, self.trace, self.printed = kind, trace, printed


def functions(ctx: Ctx, module: Module) -> set[str]:
    """The function suffixes (`CreateAccount`) that a module defines. Raises ModuleFailed when it does not load."""
    return set(_load(ctx, module).functions)


def call(
    ctx: Ctx, module: Module, function: str, *args: Any, seconds: float | None = None, secrets: set[str] | None = None
) -> Returned:
    """Run `<module>_<function>(*args)`; `seconds` defaults to the limit of pages.

    Arguments that the function does not take are left out, as PHP does. Raises ModuleFailed.
    """
    name = f"{module.name}_{function}"
    foreign(name)
    if ctx.call is not None:
        ctx.call.check()
    generation = _load(ctx, module)
    python_name = generation.functions.get(function)
    if python_name is None:
        raise ModuleFailed(f"{name} is not defined in {module.shown}/{module.name}.py", "missing")
    target = getattr(generation.main, python_name)
    return _run(ctx, module, name, function, target, args, seconds, secrets)


def invoke(
    ctx: Ctx, module: Module, what: str, target: Any, *args: Any, seconds: float | None = None, secrets: set[str] | None = None
) -> Returned:
    """Run something that a module handed over (a widget's method) as `call` runs its functions. Raises ModuleFailed."""
    foreign(what)
    return _run(ctx, module, what, "", target, args, seconds, secrets)


def _run(
    ctx: Ctx,
    module: Module,
    name: str,
    function: str,
    target: Any,
    args: tuple[Any, ...],
    seconds: float | None,
    secrets: set[str] | None,
) -> Returned:
    code = getattr(target, "__code__", None)
    place = module.place(code.co_filename, code.co_firstlineno) if code else f"{module.shown}/{module.name}.py:1"
    wanted = _wanted(target, args)
    limit = ctx.host.config.page_seconds if seconds is None else seconds
    if ctx.call is not None:  # a call inside a call does not outlive the outer one
        limit = min(limit, max(0.05, ctx.call.seconds - (time.monotonic() - ctx.call.started)))
    running = Call(
        name,
        limit,
        time.monotonic(),
        secrets=set(secrets or ()) | (ctx.call.secrets if ctx.call is not None else set()),
        module=module.name,
        module_type=module.type,
        function=function,
        outer=ctx.call,
    )
    request = {k: v for k, v in ctx.request.items() if k != "hook_owner"}  # what runs now is the module, not the hook
    inner = dataclasses.replace(ctx, call=running, request=request)

    def said() -> str:
        return journal.mask("".join(printed), running.secrets)

    printed: list[str] = []

    def body() -> Any:
        token = heard.set(printed)
        try:
            with entered(inner):
                return target(*wanted)
        finally:
            heard.reset(token)

    started = time.perf_counter()
    try:
        value = limits.limited(running, limit, body)
    except limits.TimedOut as late:
        frame = limits.innermost(late.frames, module.folder)
        where = module.place(frame.filename, frame.lineno or 1) if frame else place
        raise ModuleFailed(
            f"{name} was stopped after {limit:g} s ({where}); the limit is page_seconds or action_seconds in modulehost.toml",
            "expired",
            "".join(traceback.format_list(late.frames)),
            said(),
        ) from None
    except CallExpired as late_call:
        raise ModuleFailed(f"{name}: {late_call} ({place})", "expired", "", said()) from None
    except limits.TimeLimit:
        raise ModuleFailed(f"{name} was stopped ({place})", "expired", "", said()) from None
    except BaseException as failure:
        if isinstance(failure, KeyboardInterrupt):
            raise
        # Without its cause, whose text may hold secrets: wherever this error is logged, they must not be.
        text, trace = _raised(module, name, failure, place), _trace(failure)
        hidden = running.secrets
        raise ModuleFailed(journal.mask(text, hidden), "raised", journal.mask(trace, hidden), said()) from None
    milliseconds = round((time.perf_counter() - started) * 1000, 1)
    return Returned(value, said(), place, _checked(module, function, value), milliseconds, tuple(running.log_ids), name)


def _checked(module: Module, function: str, value: Any) -> Checked:
    if module.type == "servers":
        return contract.check(function, value)
    if module.type == "gateways":
        return contract.check_gateway(function, value)
    return contract.check_addon(function, value) if module.type == "addons" else Checked()


def addon_language(ctx: Ctx, module: Module, language: str) -> dict[str, str] | None:
    """The texts of the module's `lang/<language>.py` (its ADDONLANG), None without that file. Raises ModuleFailed."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", language):
        return None
    file = f"lang/{language}"
    foreign(f"{module.shown}/{file}.py")
    try:
        with entered(ctx):
            found = ctx.host.part(Loader).sibling(module, file)
    except LoadFailed as failure:
        raise ModuleFailed(str(failure), "load", _trace(failure)) from failure
    if found is None:
        return None
    texts = getattr(found, "ADDONLANG", None)
    if not isinstance(texts, Mapping):
        raise ModuleFailed(f"{module.shown}/{file}.py defines no ADDONLANG; expected a map of key => text", "load")
    return {str(key): str(text) for key, text in texts.items()}


def load_hooks(ctx: Ctx, module: Module) -> str:
    """Run the module's hooks.py in its newest generation; returns the package name of that generation, empty without the file."""
    foreign(f"{module.shown}/hooks.py")
    loader = ctx.host.part(Loader)
    try:
        with entered(ctx):
            found = loader.sibling(module, "hooks", anew=True)
    except LoadFailed as failure:
        raise ModuleFailed(str(failure), "load", _trace(failure)) from failure
    return found.__name__.rpartition(".")[0] if found is not None else ""


def run_hook_file(ctx: Ctx, module: Module) -> None:
    """Run a file of includes/hooks, also when it has not changed. Raises ModuleFailed."""
    foreign(f"{module.shown}/{module.name}.py")
    try:
        with entered(ctx):
            ctx.host.part(Loader).load(module, strict=True, anew=True)
    except LoadFailed as failure:
        raise ModuleFailed(str(failure), "load", _trace(failure)) from failure


def web_blueprint(ctx: Ctx, module: Module) -> tuple[str, Any]:
    """The Flask blueprint of the module's web.py and its generation's name; (name, None) without one."""
    foreign(f"{module.shown}/web.py")
    loader = ctx.host.part(Loader)
    try:
        with entered(ctx):
            found = loader.sibling(module, "web")
    except LoadFailed as failure:
        raise ModuleFailed(str(failure), "load", _trace(failure)) from failure
    # The generation that the blueprint is of, which need not be the newest any more.
    return (found.__name__.rpartition(".")[0] if found is not None else module.name), getattr(found, "blueprint", None)


def _load(ctx: Ctx, module: Module) -> Any:
    foreign(f"loading {module.shown}")
    try:
        with entered(ctx):
            return ctx.host.part(Loader).load(module)
    except LoadFailed as failure:
        raise ModuleFailed(str(failure), "load", _trace(failure)) from failure


def explain(module: Module, what: str, failure: BaseException) -> tuple[str, str]:
    """A module's exception as one sentence with file and line, and its whole traceback."""
    return _raised(module, what, failure, module.shown), _trace(failure)


def _wanted(target: Any, args: tuple[Any, ...]) -> tuple[Any, ...]:
    code = getattr(target, "__code__", None)
    if code is None or code.co_flags & 0x04:  # *args
        return args
    return args[: code.co_argcount]


def _raised(module: Module, name: str, failure: BaseException, place: str) -> str:
    for frame in traceback.extract_tb(failure.__traceback__):
        if frame.filename.startswith(str(module.folder) + "/"):
            place = module.place(frame.filename, frame.lineno or 1)
    text = str(failure) or "without a text"
    return f"{name} raised {type(failure).__name__}: {text} ({place})"


def _trace(failure: BaseException) -> str:
    return "".join(traceback.format_exception(failure))
