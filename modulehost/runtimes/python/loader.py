"""Loading a Python module's folder as a package under a private name, and reloading it whole.

Two modules may have siblings of one name, an addon and a server module may share their name, and two hosts may share a
process: so every load gets a package name of its own (`_mhm_<host>_<type>_<name>_g<generation>`), siblings are ordinary
relative imports. A saved file loads a new generation whole; if that fails the last good one stays and the error is kept.
The generation before stays for calls that are under way.
"""

import ast
import importlib
import importlib.machinery
import importlib.util
import itertools
import re
import sys
import threading
import time
import traceback
import types
import weakref
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from modulehost.context import Call, CallExpired, Host, current, entered
from modulehost.contract import Module, nearest
from modulehost.runtimes.python import limits
from modulehost.runtimes.python.clocked import private_builtins

PREFIX = "_mhm_"
LOAD_SECONDS = 30.0  # how long the files of a module may take to load, unless pages may take longer
_numbers = itertools.count(1)
#: where print() of the running call goes
heard: ContextVar[list[str] | None] = ContextVar("modulehost_printed", default=None)


class LoadFailed(Exception):
    """The module's files cannot be loaded; the text names cause, file and line."""


@dataclass
class Generation:
    """One loaded state of a module's folder."""

    package: str
    main: types.ModuleType
    signature: tuple[Any, ...]
    functions: dict[str, str] = field(default_factory=dict)  # suffix -> Python name


@dataclass
class _Slot:
    lock: threading.RLock = field(default_factory=threading.RLock)
    good: Generation | None = None
    before: Generation | None = None
    failed: tuple[Any, ...] | None = None
    error: str = ""


class Loader:
    """The loaded modules of one host: `host.part(Loader)`."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.number = next(_numbers)
        self.slots: dict[tuple[str, str, Path], _Slot] = {}
        self.generations = itertools.count(1)
        self.builtins = private_builtins(host.clock, _say)
        _install(self)

    def load(self, module: Module, strict: bool = False, anew: bool = False) -> Generation:
        """The newest generation that loads. `strict` raises when the files on disk do not load although an older state does.

        `anew` loads them although they have not changed: a hook file that was away has to subscribe again.
        """
        if module.problem:
            raise LoadFailed(module.problem)
        slot = self.slots.setdefault((module.type, module.name, module.folder), _Slot())
        with slot.lock:
            if slot.good is not None and not self.host.config.development and not anew:
                return slot.good
            now = signature(module.folder)
            if slot.good is None or slot.good.signature != now or anew:
                if slot.failed != now or anew:
                    self._reload(slot, module, now)
                if slot.error and (slot.good is None or strict):
                    raise LoadFailed(
                        slot.error
                    )  # made anew each time: one that is kept would collect its callers' frames
            else:
                slot.failed, slot.error = None, ""
            if slot.good is None:
                raise LoadFailed(f"{module.shown} could not be loaded")
            return slot.good

    def error(self, module: Module) -> str:
        """Why the newest files do not load, empty when they do."""
        try:
            self.load(module, strict=True)
        except LoadFailed as failure:
            return str(failure)
        return ""

    def _reload(self, slot: _Slot, module: Module, now: tuple[Any, ...]) -> None:
        # counted over all modules: one in the root and the bundled one that it hides have the same name
        number = next(self.generations)
        package = f"{PREFIX}{self.number}_{module.type}_{re.sub(r'[^0-9a-zA-Z_]', '_', module.name)}_g{number}"
        holder = types.ModuleType(package)
        holder.__path__ = [str(module.folder)]
        sys.modules[package] = holder
        try:
            main = self._import(module, f"{package}.{module.name}")
        except BaseException as failure:
            _forget(package)
            if not isinstance(failure, LoadFailed):
                raise
            slot.failed, slot.error = now, str(failure)
            return
        new = Generation(package, main, now, _functions(module, main))
        if slot.before is not None:
            _forget(slot.before.package)
        slot.before, slot.good, slot.failed, slot.error = slot.good, new, None, ""

    def _import(self, module: Module, name: str) -> types.ModuleType:
        """Run a file of the module: code of its own, so within a time limit. Raises LoadFailed."""
        seconds = max(self.host.config.page_seconds, LOAD_SECONDS)
        call = Call(f"loading {module.shown}", seconds, time.monotonic(), module=module.name, module_type=module.type)
        try:
            ctx = current()
        except LookupError:
            ctx = None

        def body() -> types.ModuleType:
            if ctx is None:
                return importlib.import_module(name)
            call.outer = ctx.call
            with entered(ctx.with_call(call)):
                return importlib.import_module(name)

        try:
            found: types.ModuleType = limits.limited(call, seconds, body)
        except limits.TimedOut as late:
            frame = limits.innermost(late.frames, module.folder)
            where = f" ({module.place(frame.filename, frame.lineno or 1)})" if frame else ""
            raise LoadFailed(f"{module.owner} does not load: stopped after {seconds:g} s{where}") from None
        except CallExpired:  # says nothing of the files
            raise
        except (Exception, SystemExit) as failure:
            raise LoadFailed(_explain(module, failure)) from failure
        return found

    def sibling(self, module: Module, name: str, anew: bool = False) -> types.ModuleType | None:
        """Another file of the folder (`hooks`, `web`, `lang/english`) in the module's newest generation, None without it.

        `anew` runs it again although this generation has run it: a module that is activated again subscribes again.
        """
        if not (module.folder / f"{name}.py").exists():
            return None
        generation = self.load(module)
        full = f"{generation.package}.{name.replace('/', '.')}"
        if anew:
            sys.modules.pop(full, None)
        known = sys.modules.get(full)
        if known is not None and not getattr(known.__spec__, "_initializing", False):
            return known
        return self._import(module, full)


def signature(folder: Path) -> tuple[Any, ...]:
    """A value that changes when any Python file of the folder does."""
    found = []
    for path in sorted(folder.rglob("*.py")):
        try:
            stat = path.stat()
        except FileNotFoundError:
            continue
        found.append((str(path), stat.st_mtime_ns, stat.st_size, stat.st_ino))
    return tuple(found)


def _functions(module: Module, main: types.ModuleType) -> dict[str, str]:
    prefix = f"{module.name.lower()}_"
    return {
        name[len(prefix) :]: name
        for name, value in vars(main).items()
        if name.lower().startswith(prefix) and callable(value)
    }


def misnamed(module: Module, generation: Generation) -> list[str]:
    """Functions whose name is nearly a documented one, as warnings with the right spelling and their line."""
    from modulehost.contract import ADDON_FUNCTIONS, SERVER_FUNCTIONS, nearest_addon

    known, near = (SERVER_FUNCTIONS, nearest) if module.type == "servers" else (ADDON_FUNCTIONS, nearest_addon)
    found = []
    for suffix, name in generation.functions.items():
        if suffix not in known and (right := near(suffix)):
            code = getattr(vars(generation.main)[name], "__code__", None)
            line = code.co_firstlineno if code else 1
            found.append(
                f"{name} is not called by the host; did you mean {module.name}_{right}? ({module.shown}/{module.name}.py:{line})"
            )
    return found


def _explain(module: Module, failure: BaseException) -> str:
    if isinstance(failure, SyntaxError) and failure.filename:
        where = module.place(failure.filename, failure.lineno or 1)
        return f"{module.owner} does not load: {type(failure).__name__}: {failure.msg} ({where})"
    place = ""
    for frame in traceback.extract_tb(failure.__traceback__):
        if frame.filename.startswith(str(module.folder)):
            place = f" ({module.place(frame.filename, frame.lineno or 1)})"
    advice = ""
    if isinstance(failure, ModuleNotFoundError) and failure.name and (module.folder / f"{failure.name}.py").exists():
        advice = f"; it is a file of this folder, so write `from . import {failure.name}`"
    return f"{module.owner} does not load: {type(failure).__name__}: {failure}{advice}{place}"


def _forget(package: str) -> None:
    for name in [n for n in sys.modules if n == package or n.startswith(package + ".")]:
        del sys.modules[name]


def _say(text: str) -> None:
    printed = heard.get()
    if printed is not None:
        printed.append(text)
    else:
        sys.stdout.write(text)


class _SourceLoader(importlib.machinery.SourceFileLoader):
    """Reads source only: byte code is keyed by whole seconds and size, so an edit within the same second would be missed."""

    namespace: dict[str, Any]

    def path_stats(self, path: Any) -> Any:
        raise OSError("no byte code for modules")

    def exec_module(self, module: types.ModuleType) -> None:
        module.__dict__["__builtins__"] = self.namespace
        super().exec_module(module)


_loaders: "weakref.WeakValueDictionary[int, Loader]" = weakref.WeakValueDictionary()


class _Finder:
    """Finds the files of modules under their private package names; it keeps nothing itself."""

    @staticmethod
    def find_spec(fullname: str, path: Sequence[str] | None = None, target: Any = None) -> Any:
        if not fullname.startswith(PREFIX) or not path:
            return None
        loader = _loaders.get(int(fullname[len(PREFIX) :].partition("_")[0]))
        tail = fullname.rpartition(".")[2]
        for folder in path:
            for file, package in ((Path(folder) / tail / "__init__.py", True), (Path(folder) / f"{tail}.py", False)):
                if loader is not None and file.exists():
                    source = _SourceLoader(fullname, str(file))
                    source.namespace = loader.builtins
                    locations = [str(file.parent)] if package else None
                    return importlib.util.spec_from_file_location(
                        fullname, file, loader=source, submodule_search_locations=locations
                    )
        return None


def _install(loader: Loader) -> None:
    _loaders[loader.number] = loader
    if not any(f is _Finder for f in sys.meta_path):
        sys.meta_path.insert(0, _Finder)


def line_of(file: Path, function: str) -> int:
    """The line on which `function` is defined in `file`, 1 when it is not."""
    try:
        tree = ast.parse(file.read_text())
    except (OSError, SyntaxError, ValueError):
        return 1
    return next(
        (
            n.lineno
            for n in ast.walk(tree)
            if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef)) and n.name == function
        ),
        1,
    )
