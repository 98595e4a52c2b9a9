"""Installing modules from a folder or an archive as vendors ship them.

Understood are: a tree with `modules/<type>/<name>/` in it, however deep; a module's own folder; and a folder of another
name (an unpacked download such as `acme-1.2`) whose main file tells by its functions what it is.
"""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from modulehost.context import Host
from modulehost.contract import TYPES, Module
from modulehost.extensions.archives import MAX_DEPTH, Budget, InstallRefused, copy, nested, unpack
from modulehost.extensions.discovery import module

#: the function that a module must have tells its type
_REQUIRED = {"addons": "config", "servers": "ConfigOptions"}
_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")


@dataclass(frozen=True)
class Installed:
    """One module that was put into the host's root. `replaced`: there was one of that name."""

    module: Module
    replaced: bool


@dataclass(frozen=True)
class Installation:
    """What became of an archive or folder: the modules, and what of `modules/` and `includes/` was left out."""

    installed: tuple[Installed, ...]
    left_out: tuple[str, ...] = ()


def install(host: Host, source: Path, replace: bool = False, shown: str = "") -> Installation:
    """Put the modules of a folder or archive into `<root>/modules/<type>/<name>`. All of them, or none.

    `replace` takes the place of a module that is there; `shown` is how errors name the source. Raises InstallRefused.
    """
    shown = shown or str(source)
    work = host.root / "run" / f"install-{host.entropy.token(12)}"
    try:
        budget = Budget()
        if source.is_dir():
            if host.root.resolve().is_relative_to(source.resolve()):
                raise InstallRefused(f"{shown} holds this host's own root; give the module's folder")
            copy(source, work / "content" / source.resolve().name, budget)
        elif source.is_file():
            unpack(source, work / "content", shown, budget)
        else:
            raise InstallRefused(f"{shown} does not exist; give a module's folder or the archive that its vendor ships")
        found = _search(work / "content", shown, budget)
        targets = {key: host.root / "modules" / key[0] / key[1] for key in found}
        there = {key for key, target in targets.items() if target.exists()}
        if there and not replace:
            names = ", ".join(f"modules/{type_}/{name}" for type_, name in sorted(there))
            raise InstallRefused(f"{names} is already there; say that it is to be replaced, or remove it first")
        for key, folder in sorted(found.items()):
            _put(folder, targets[key], work / f"old-{key[0]}-{key[1]}")
        made = tuple(Installed(module(host, *key), key in there) for key in sorted(found))
        return Installation(made, tuple(_left_out(work / "content")))
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _search(content: Path, shown: str, budget: Budget) -> dict[tuple[str, str], Path]:
    """The modules by type and name. Archives inside are unpacked only while none is found: a module may ship some as data."""
    for depth in range(MAX_DEPTH + 1):
        if found := _found(content, shown):
            return found
        if depth == MAX_DEPTH or not nested(content, shown, budget):
            break
    known = " or ".join(f"modules/{type_}/<name>" for type_ in TYPES)
    raise InstallRefused(
        f"no module was found in {shown}, nor in archives up to {MAX_DEPTH} deep inside it: neither {known}, nor a file <name>.py "
        "that defines <name>_config or <name>_ConfigOptions"
    )


def _found(content: Path, shown: str) -> dict[tuple[str, str], Path]:
    """The modules of an unpacked tree by type and name. Raises InstallRefused when one is there twice."""
    folders = [content, *sorted(p for p in content.rglob("*") if p.is_dir())]
    placed = [
        ((p.parent.name, p.name), p)
        for p in folders
        if p.parent.name in TYPES and p.parent.parent.name == "modules" and any(p.iterdir()) and p.name != "callback"
    ]
    if not placed:
        placed = _loose(folders)
    found: dict[tuple[str, str], Path] = {}
    for (type_, name), folder in placed:
        if not _NAME.match(name):
            raise InstallRefused(
                f"{shown} holds a module named {name!r}; a name has lower-case letters, digits and _, and begins with a letter"
            )
        if (type_, name) in found:
            raise InstallRefused(
                f"{shown} holds modules/{type_}/{name} twice ({found[type_, name].relative_to(content)} and "
                f"{folder.relative_to(content)}); install the folder that is meant"
            )
        found[type_, name] = folder
    return found


def _loose(folders: list[Path]) -> list[tuple[tuple[str, str], Path]]:
    """Modules outside a tree of modules/: told by the required function in a main file; nothing inside one is another."""
    found: list[tuple[tuple[str, str], Path]] = []
    for folder in folders:
        if any(folder.is_relative_to(outer) for _, outer in found):
            continue
        mains = sorted(p for ending in ("*.py", "*.php") for p in folder.glob(ending))
        kinds = [((type_, path.stem), folder) for path in mains for type_ in [_type(path)] if type_]
        named = [one for one in kinds if one[0][1] == folder.name]
        found += (named or kinds)[:1]
    return found


def _type(main: Path) -> str:
    text = main.read_text("utf-8", "replace")
    for type_, function in _REQUIRED.items():
        if re.search(
            rf"^\s*(?:def|function)\s+{re.escape(main.stem)}_{function}\s*\(", text, re.MULTILINE | re.IGNORECASE
        ):
            return type_
    return ""


def _put(folder: Path, target: Path, old: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        target.rename(old)
    try:
        folder.rename(target)
    except OSError:
        if old.exists():
            old.rename(target)
        raise


def _left_out(content: Path) -> list[str]:
    """What else of a WHMCS tree the archive holds: module types that this host does not run, hook files, templates."""
    found = set()
    for path in content.rglob("*"):
        known = path.name in TYPES  # of a known type only files are left: a gateway may be one, and is to be put there by hand
        if path.is_dir() and path.parent.name == "modules" and any(not known or one.is_file() for one in path.iterdir()):
            found.add(f"modules/{path.name}")
        if path.is_dir() and path.name == "hooks" and path.parent.name == "includes" and any(path.iterdir()):
            found.add("includes/hooks")
    return sorted(found)
