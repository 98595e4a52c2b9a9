"""Which modules there are: the host root first, what is bundled second. Nothing is imported here.

A module is a folder `modules/<type>/<name>/` with a main file of the same name; a payment gateway may also be one file,
`modules/gateways/<name>.py`, as the public documentation has it. Folders without one are listed with the
reason, so that a typing error is seen instead of a module that is silently missing.
"""

import importlib.resources
from pathlib import Path

from modulehost.context import Host
from modulehost.contract import TYPES, Module

BUNDLED = Path(str(importlib.resources.files("modulehost"))) / "_bundled"


class ModuleMissing(LookupError):
    """No module of that type and name; the text names the folders that were looked through and the nearest name."""


def search_path(host: Host, folder: str) -> list[Path]:
    """The folders `folder` (modules, templates) in the order of their precedence; missing ones are left out."""
    return [p for p in (host.root / folder, BUNDLED / folder) if p.is_dir()]


def modules(host: Host, type_: str) -> list[Module]:
    """All modules of a type by name; one in the host root hides a bundled one."""
    if type_ not in TYPES:
        raise ModuleMissing(f"there are no modules of type {type_!r}; known are {', '.join(TYPES)}")
    found: dict[str, Module] = {}
    for base in search_path(host, "modules"):
        folder = base / type_
        if not folder.is_dir():
            continue
        for entry in _folders(folder, type_):
            if type_ == "gateways" and _is_extra(entry):
                continue
            if entry.name not in found:
                found[entry.name] = _module(type_, entry, f"modules/{type_}/{entry.relative_to(folder).as_posix()}")
        if type_ == "gateways":
            for file in sorted([*folder.glob("*.py"), *folder.glob("*.php")]):
                if not file.name.startswith((".", "_")):
                    found.setdefault(file.stem, _single(folder, file))
    return [found[name] for name in sorted(found)]


def _is_extra(folder: Path) -> bool:
    """Whether a folder of modules/gateways holds what belongs to gateways of one file, not a gateway."""
    beside = any((folder.parent / f"{folder.name}{ending}").exists() for ending in (".py", ".php"))
    return folder.name == "callback" or (beside and not (folder / f"{folder.name}.py").exists())


def _single(folder: Path, file: Path) -> Module:
    shown = "modules/gateways"
    problem = ""
    if file.suffix == ".php":
        problem = f"{shown}/{file.name} is written in PHP; this version runs modules written in Python only"
    elif not file.stem.isidentifier():
        problem = f"{shown}/{file.name}: no Python function can begin with {file.stem!r}; rename the file"
    return Module("gateways", file.stem, folder, shown, problem)


def _folders(folder: Path, type_: str) -> list[Path]:
    """The modules in a folder, and after them those of archives unpacked there whole: `acme-1.0/modules/servers/acme`."""
    entries = _inside(folder)
    archives = [one / "modules" / type_ for one in entries if (one / "modules" / type_).is_dir()]
    own = [one for one in entries if not (one / "modules" / type_).is_dir()]
    return own + [one for archive in archives for one in _inside(archive)]


def _inside(folder: Path) -> list[Path]:
    return sorted(e for e in folder.iterdir() if e.is_dir() and not e.name.startswith((".", "_")))


def module(host: Host, type_: str, name: str) -> Module:
    """The module of that type and name (case does not matter). Raises ModuleMissing."""
    known = modules(host, type_)
    for one in known:
        if one.name == name or one.name.lower() == name.lower():
            return one
    import difflib

    near = difflib.get_close_matches(name, [m.name for m in known], 1)
    where = ", ".join(str(p / type_) for p in search_path(host, "modules"))
    raise ModuleMissing(
        f"there is no module {name!r} of type {type_}; looked in {where}"
        + (f"; did you mean {near[0]!r}?" if near else "")
    )


def _module(type_: str, folder: Path, shown: str) -> Module:
    problem = ""
    if not (folder / f"{folder.name}.py").exists():
        others = sorted(p.name for p in folder.glob("*.py") if p.stem not in ("hooks", "web", "__init__"))
        if (folder / f"{folder.name}.php").exists():
            problem = f"{shown}/{folder.name}.php is written in PHP; this version runs modules written in Python only"
        elif others:
            problem = f"{shown} has no {folder.name}.py; the main file must be named like its folder (found {', '.join(others)})"
        else:
            problem = f"{shown} has no {folder.name}.py"
    elif not folder.name.isidentifier():
        problem = (
            f"{shown}: no Python function can begin with {folder.name!r}; "
            "name folder and file with letters, digits and _ only, not beginning with a digit"
        )
    return Module(type_, folder.name, folder, shown, problem)
