"""Which module a test is about, and what its host holds: from marks, settings, and where the test lies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from modulehost.checking import Found, kind_of
from modulehost.contract import TYPES
from modulehost.contract.names import nearest_of

_MAPS = ("config", "server", "service", "configoptions", "customfields", "settings")
_WORDS = ("module", "type", "time")


class WrongUse(LookupError):
    """A mark, a setting or the place of a test does not fit; the text says what was found and what is expected."""


@dataclass(frozen=True)
class Subject:
    """The module under test. `folder` None: it is bundled, or there is none (`name` empty).

    `config`: module settings by their number or name (of an addon: its fields); `server`: columns of a server, none when
    empty; `service`: columns of the service; `configoptions`, `customfields`: name => value; `settings`: the host's.
    """

    name: str = ""
    type: str = "servers"
    folder: Path | None = None
    searched: str = ""
    time: datetime = datetime(2026, 1, 15, 12)
    config: dict[int | str, Any] = field(default_factory=dict)
    server: dict[str, Any] = field(default_factory=dict)
    service: dict[str, Any] = field(default_factory=dict)
    configoptions: dict[str, Any] = field(default_factory=dict)
    customfields: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)

    def required(self) -> str:
        """The module's name. Raises WrongUse when there is none."""
        if not self.name:
            raise WrongUse(
                f"no module under test was found {self.searched}; put the test into the module's folder, "
                'mark it with @pytest.mark.modulehost(module="acme"), or set modulehost_module in the pytest settings'
            )
        return self.name


def of(
    marks: Sequence[Mapping[str, Any]], test: Path, rootdir: Path, named: str = "", time: str = "2026-01-15 12:00:00"
) -> Subject:
    """The subject of a test file. `marks` are the closest first; their maps are laid over each other. Raises WrongUse."""
    words: dict[str, Any] = {}
    maps: dict[str, Any] = {name: {} for name in _MAPS}
    for mark in reversed(marks):
        for key, value in mark.items():
            if key in _WORDS:
                words[key] = value
            elif key in maps:
                maps[key].update(value)
            else:
                near = nearest_of(key, (*_WORDS, *_MAPS))
                hint = f"did you mean {near}?" if near else f"known are {', '.join((*_WORDS, *_MAPS))}"
                raise WrongUse(f"the mark modulehost has no {key}; {hint}")
    moment = words.get("time") or time
    when = moment if isinstance(moment, datetime) else datetime.fromisoformat(str(moment))
    name = str(words.get("module") or named)
    folder = _named(name, test, rootdir) if name else _around(test, rootdir)
    type_ = f"{str(words.get('type') or '').removesuffix('s')}s" if words.get("type") else ""
    if folder is None and not name:
        return Subject(searched=f"around {test}", time=when, **maps)
    if not type_:
        type_ = kind_of(_found(folder)) if folder is not None else _bundled_type(name)
    return Subject(folder.name if folder is not None else name, type_, folder, "", when, **maps)


def _named(name: str, test: Path, rootdir: Path) -> Path | None:
    """The folder of a module that is named: a path, or a name to be found around the test, in rootdir, or bundled (None)."""
    if "/" in name:
        given = (rootdir / name).resolve()
        if _is_module(given):
            return given
        raise WrongUse(f"{given} is no module: it has no {given.name}.py")
    for base in (*test.resolve().parents, rootdir.resolve()):
        for place in (base, base / name, *(base / "modules" / one / name for one in TYPES)):
            if place.name == name and _is_module(place):
                return place
        if base == rootdir.resolve():
            break
    _bundled_type(name)
    return None


def _bundled_type(name: str) -> str:
    from modulehost.extensions import BUNDLED

    for one in TYPES:
        if (BUNDLED / "modules" / one / name).is_dir():
            return one
    raise WrongUse(f"there is no module {name!r} around the test, in its rootdir's modules/, or among the bundled ones")


def _around(test: Path, rootdir: Path) -> Path | None:
    """The module's folder that the test lies in, or the rootdir itself."""
    return next((place for place in (*test.resolve().parents, rootdir.resolve()) if _is_module(place)), None)


def _is_module(folder: Path) -> bool:
    return (folder / f"{folder.name}.py").is_file() or (folder / f"{folder.name}.php").is_file()


def _found(folder: Path) -> Found:
    return Found(folder, folder.parent.name if folder.parent.name in TYPES else "", folder.name)
