"""Which file a template name means, and every file that was considered on the way.

Order of search, first hit wins; each theme is searched in the host root, then among the bundled ones:

* page template: active theme, parent, grandparent, and last the bundled default theme, so that a page which only we have
  (or one that a theme forgot) is still shown;
* order form template: order form, its parents;
* module template: `modules/<type>/<module>/<file>` in the theme and its parents (the override), then the module's folder,
  then its subfolder `templates`, which is not part of the override's name;
* asset: like page templates.

Source: the public theme documentation; the override folder is customary.
"""

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from modulehost import extensions
from modulehost.context import Host
from modulehost.themes import theme as theme_files
from modulehost.themes.theme import ORDERFORM, THEME, Theme, chain

#: the bundled theme
DEFAULT = "harbour"
#: module types that may bring templates
MODULE_TYPES = ("servers", "addons", "gateways", "registrars")


@dataclass(frozen=True)
class Candidate:
    """One file that could have been taken: does it exist, and why it stands in the list."""

    path: Path
    exists: bool
    reason: str


@dataclass(frozen=True)
class Choice:
    """What a name resolved to. `winner` is None when no candidate exists."""

    kind: str
    name: str
    winner: Path | None
    candidates: tuple[Candidate, ...]


def resolve(host: Host, theme: str, kind: str, name: str) -> Choice:
    """Find a template or asset.

    `kind` is `page`, `asset`, `orderform` (then `theme` is the order form's name) or a module type such as `servers`
    (then `name` is `<module>/<file>`). Names are relative, with or without `.tpl` for templates as modules write them.
    Raises ThemeError when the theme itself cannot be loaded; a name that leaves its folder has no candidates.
    """
    file = _clean(name)
    if file is None:
        return Choice(kind, name, None, ())
    if kind in MODULE_TYPES:
        places = _module_places(host, theme, kind, file)
    else:
        themes = chain(host, theme, ORDERFORM if kind == "orderform" else THEME)
        places = [(folder / file, reason) for folder, reason in _folders(host, themes)]
        if kind == "page" and DEFAULT not in (one.name for one in themes):
            places.append((theme_files.search_path(host)[-1] / DEFAULT / file, f"default theme {DEFAULT}, bundled"))
    candidates = tuple(Candidate(path, path.is_file(), reason) for path, reason in places)
    winner = next((c.path for c in candidates if c.exists), None)
    return Choice(kind, name, winner, candidates)


def shown(host: Host, path: Path) -> str:
    """A path as people know it: relative to its search-path entry (`templates/harbour/header.tpl`)."""
    for folder in theme_files.search_path(host):
        if path.is_relative_to(folder):
            return f"templates/{path.relative_to(folder)}"
    for entry in (host.root, theme_files.search_path(host)[-1].parent):
        if path.is_relative_to(entry):
            return str(path.relative_to(entry))
    return str(path)


def _folders(host: Host, themes: tuple[Theme, ...]) -> list[tuple[Path, str]]:
    found = []
    for position, theme in enumerate(themes):
        role = ("active", "parent", "grandparent")[min(position, 2)]
        word = "order form" if theme.kind == ORDERFORM else "theme"
        for folder in theme.folders:
            source = "host root" if folder.is_relative_to(host.root / "templates") else "bundled"
            found.append((folder, f"{role} {word} {theme.name}, {source}"))
    return found


def _module_places(host: Host, theme: str, kind: str, file: str) -> list[tuple[Path, str]]:
    module, _, rest = file.partition("/")
    if not rest:
        return []
    places = [
        (folder / "modules" / kind / file, f"override in {reason}")
        for folder, reason in _folders(host, chain(host, theme))
    ]
    try:
        own = extensions.module(host, kind, module).folder
    except extensions.ModuleMissing:
        return places
    return [
        *places,
        (own / rest, f"folder of the module {module}"),
        (own / "templates" / rest, f"templates of the module {module}"),
    ]


def _clean(name: str) -> str | None:
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or not path.parts or ".." in path.parts or "\0" in name:
        return None
    return str(path)
