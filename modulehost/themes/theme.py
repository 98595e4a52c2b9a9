"""Themes and order form templates: their folders, their theme.yaml, their parents.

A theme is a folder `templates/<name>`, an order form one under `templates/orderforms/<name>`. The folder may exist in
the host root and among the bundled ones; the host root's files win one by one, so a single file there overrides a bundled
theme. Source: the public theme documentation (layout, theme.yaml, parents; grandparents are allowed).
"""

import functools
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

import modulehost
from modulehost.context import Host

THEME = "theme"
ORDERFORM = "orderform"
_NAME = re.compile(r"[a-z0-9_-]+\Z")
#: folders of templates/ that are no themes
_OTHERS = {"orderforms", "modules"}


class ThemeError(ValueError):
    """A theme that does not exist, has a broken theme.yaml, or parents that go in a circle; the text says which."""


@dataclass(frozen=True)
class Theme:
    """One theme. `folders`: where its files may lie, the first wins. `provides` and `dependencies`: asset -> version."""

    name: str
    kind: str
    folders: tuple[Path, ...]
    title: str = ""
    description: str = ""
    author: str = ""
    parent: str = ""
    provides: dict[str, str] = field(default_factory=dict)
    dependencies: dict[str, str] = field(default_factory=dict)
    properties: dict[str, Any] = field(default_factory=dict)


def search_path(host: Host) -> tuple[Path, ...]:
    """The `templates` folders: the host root's first, the bundled one second."""
    return (host.root / "templates", Path(modulehost.__file__).parent / "_bundled" / "templates")


def base(kind: str) -> str:
    """The folder of a kind below `templates`: empty for themes, `orderforms` for order forms."""
    return "orderforms" if kind == ORDERFORM else ""


def exists(host: Host, name: str, kind: str = THEME) -> bool:
    """Whether there is a theme of that name. A name that is no folder name (`../x`) never exists."""
    return _valid(name, kind) and any((folder / base(kind) / name).is_dir() for folder in search_path(host))


def names(host: Host, kind: str = THEME) -> list[str]:
    """The names of all themes (or order forms), sorted. Only folders with a theme.yaml count, as in the settings page."""
    found = {
        path.parent.name
        for folder in search_path(host)
        for path in (folder / base(kind)).glob("*/theme.yaml")
        if _valid(path.parent.name, kind)
    }
    return sorted(found)


def load(host: Host, name: str, kind: str = THEME) -> Theme:
    """One theme by name. Raises ThemeError when it does not exist or its theme.yaml cannot be read."""
    if not exists(host, name, kind):
        where = " or ".join(str(folder / base(kind) / name) for folder in search_path(host))
        raise ThemeError(f"there is no {_word(kind)} {name!r}; looked for {where}")
    folders = tuple(folder / base(kind) / name for folder in search_path(host))
    for folder in folders:
        path = folder / "theme.yaml"
        if path.is_file():
            stat = path.stat()
            data = _read(path, stat.st_mtime_ns, stat.st_size)
            break
    else:
        data = {}
    config = data.get("config") or {}
    return Theme(
        name,
        kind,
        folders,
        title=str(data.get("name") or name),
        description=str(data.get("description") or ""),
        author=str(data.get("author") or ""),
        parent=str(config.get("parent") or ""),
        provides=_versions(data.get("provides")),
        dependencies=_versions(data.get("dependencies")),
        properties=dict(data.get("properties") or {}),
    )


def chain(host: Host, name: str, kind: str = THEME) -> tuple[Theme, ...]:
    """The theme, its parent, the parent's parent and so on.

    Raises ThemeError naming the chain when a parent is missing or the parents go in a circle.
    """
    found: list[Theme] = []
    while name:
        path = [*(theme.name for theme in found), name]
        if name in path[:-1]:
            raise ThemeError(
                f"the parents of {_word(kind)} {path[0]!r} go in a circle: {' -> '.join(path)}; mend config.parent"
            )
        try:
            theme = load(host, name, kind)
        except ThemeError as error:
            if not found:
                raise
            raise ThemeError(
                f"{_word(kind)} {found[-1].name!r} names the parent {name!r} in its theme.yaml: {error}"
            ) from error
        found.append(theme)
        name = theme.parent
    return tuple(found)


def missing_dependencies(form: tuple[Theme, ...], theme: tuple[Theme, ...]) -> list[str]:
    """What an order form needs and the theme does not provide, as texts such as `bootstrap 4 (theme has 3.4.1)`.

    `3||4` names alternatives; missing version segments match anything; no dependencies at all means compatible.
    """
    provided: dict[str, str] = {}
    for one in reversed((*theme, *form)):
        provided.update(one.provides)
    needed: dict[str, str] = {}
    for one in reversed(form):
        needed.update(one.dependencies)
    problems = []
    for asset, wanted in needed.items():
        have = provided.get(asset, "")
        if not have:
            problems.append(f"{asset} {wanted} (the theme provides none)")
        elif not any(_fits(have, choice.strip()) for choice in wanted.split("||")):
            problems.append(f"{asset} {wanted} (the theme has {have})")
    return problems


def _fits(have: str, wanted: str) -> bool:
    parts = wanted.split(".")
    return have.split(".")[: len(parts)] == parts


def _word(kind: str) -> str:
    return "order form" if kind == ORDERFORM else "theme"


def _valid(name: str, kind: str) -> bool:
    return bool(_NAME.match(name)) and not (kind == THEME and name in _OTHERS)


def _versions(data: Any) -> dict[str, str]:
    return {str(k): str(v) for k, v in data.items()} if isinstance(data, dict) else {}


@functools.lru_cache(maxsize=200)
def _read(path: Path, _mtime: int, _size: int) -> dict[str, Any]:
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ThemeError(f"{path} cannot be read: {error}") from error
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise ThemeError(f"{path} should be a list of `name: value` pairs, it is a {type(data).__name__}")
    for block in ("config", "provides", "dependencies", "properties"):
        if data.get(block) is not None and not isinstance(data[block], dict):
            raise ThemeError(f"{path}: {block} should hold `name: value` pairs, it is {data[block]!r}")
    return data
