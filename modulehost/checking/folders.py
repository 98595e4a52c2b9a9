"""Which modules a path holds."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from modulehost.contract import TYPES

LANGUAGES = {"python": ".py", "php": ".php"}
#: folders of a module that hold no code of its own
SKIPPED = ("vendor", "node_modules", "tests", "test", "__pycache__")


class NothingFound(ValueError):
    """The path holds no module; the text says what was expected."""


@dataclass(frozen=True)
class Found:
    """A module's folder. `type` is servers or addons, or empty when its place does not tell."""

    folder: Path
    type: str
    shown: str

    @property
    def name(self) -> str:
        """Its name: that of the folder."""
        return self.folder.name

    @property
    def language(self) -> str:
        """python or php: that of the main file, else of most of the files; empty without any."""
        for language, suffix in LANGUAGES.items():
            if (self.folder / f"{self.name}{suffix}").exists():
                return language
        counts = {language: sum(1 for _ in self.folder.glob(f"*{suffix}")) for language, suffix in LANGUAGES.items()}
        best = max(counts, key=lambda language: counts[language])
        return best if counts[best] else ""

    def files(self, language: str) -> list[Path]:
        """Its files in that language, without tests and libraries of others."""
        return sorted(_walk(self.folder, LANGUAGES[language]))


def find(path: Path, type_: str = "") -> list[Found]:
    """The modules at `path`: a module's folder or main file, modules/<type>, modules, or a host's root. Raises NothingFound."""
    given = path.resolve()
    if given.is_file():
        given = given.parent
        path = path.parent
    if (given / "modules").is_dir() and any((given / "modules" / one).is_dir() for one in TYPES):
        given, path = given / "modules", path / "modules"
    if any((given / one).is_dir() for one in TYPES):
        found = [_found(entry, one, path / one) for one in TYPES for entry in _folders(given / one)]
    elif given.name in TYPES:
        found = [_found(entry, given.name, path) for entry in _folders(given)]
    elif _has_code(given):
        type_ = type_ or (given.parent.name if given.parent.name in TYPES else "")
        return [Found(given, type_, given.name)]
    else:
        found = [_found(entry, type_, path) for entry in _folders(given) if _has_code(entry)]
    if not found:
        raise NothingFound(
            f"{path} holds no module; expected a module's folder (acme with acme.py or acme.php), "
            f"a folder of modules ({', '.join(f'modules/{one}' for one in TYPES)}), or a host's root"
        )
    return found


def _found(entry: Path, type_: str, parent: Path) -> Found:
    return Found(entry, type_, (parent / entry.name).as_posix())


def _folders(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(one for one in folder.iterdir() if one.is_dir() and not one.name.startswith((".", "_")))


def _has_code(folder: Path) -> bool:
    return any(next(folder.glob(f"*{suffix}"), None) for suffix in LANGUAGES.values())


def _walk(folder: Path, suffix: str) -> Iterator[Path]:
    for entry in sorted(folder.iterdir()):
        if entry.is_dir():
            if entry.name not in SKIPPED and not entry.name.startswith(".") and not entry.is_symlink():
                yield from _walk(entry, suffix)
        elif entry.suffix == suffix and not (suffix == ".py" and _is_test(entry)):
            yield entry


def _is_test(path: Path) -> bool:
    return path.name == "conftest.py" or path.name.startswith("test_")
