"""Unpacking archives of vendors into a folder, without trusting them.

Refused is what no honest archive holds: absolute paths, `..`, drive
letters, links and devices, names that are the same but for case, passwords, and sizes past the limits.
"""

import re
import shutil
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

#: limits over all archives of one installation
MAX_FILES = 20_000
MAX_BYTES = 300 * 1024 * 1024
MAX_DEPTH = 4
ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz")
#: folders that tools leave behind; they are no part of a module
IGNORED = {
    ".git",
    ".svn",
    ".hg",
    "__pycache__",
    "__MACOSX",
    ".venv",
    "node_modules",
    ".idea",
    ".mypy_cache",
    ".pytest_cache",
}


class InstallRefused(ValueError):
    """What was given cannot be installed; the text names the cause, the entry and the cure."""


class Budget:
    """How much may still be unpacked."""

    def __init__(self) -> None:
        self.files, self.bytes = MAX_FILES, MAX_BYTES

    def take(self, where: str, size: int, files: int = 0) -> None:
        """Count it. Raises InstallRefused past a limit."""
        self.bytes -= size
        self.files -= files
        if self.bytes < 0 or self.files < 0:
            raise InstallRefused(
                f"{where} holds more than {MAX_FILES} files or {MAX_BYTES // 1024 // 1024} MB; copy the module's folder by hand"
            )


def is_archive(path: Path) -> bool:
    """Whether its name is that of an archive that can be unpacked."""
    return path.name.lower().endswith(ARCHIVES)


def unpack(archive: Path, target: Path, shown: str, budget: Budget) -> None:
    """Unpack an archive into the new folder `target`; archives inside it stay. Raises InstallRefused."""
    target.mkdir(parents=True)
    try:
        if zipfile.is_zipfile(archive):
            _zip(archive, target, shown, budget)
        elif tarfile.is_tarfile(archive):
            _tar(archive, target, shown, budget)
        else:
            raise InstallRefused(f"{shown} is no archive that this host can unpack; it takes {', '.join(ARCHIVES)}")
    except (
        zipfile.BadZipFile,
        tarfile.TarError,
        EOFError,
        OSError,
        NotImplementedError,
        RuntimeError,
        zlib.error,
    ) as failure:
        raise InstallRefused(f"{shown} cannot be unpacked: {failure}; download it again") from failure


def nested(folder: Path, shown: str, budget: Budget) -> bool:
    """Unpack the archives that lie in a folder, each into a folder beside it, and take them away; whether there were any."""
    found = sorted(p for p in folder.rglob("*") if p.is_file() and is_archive(p))
    for path in found:
        unpack(path, path.with_name(f"{path.name}.unpacked"), f"{shown}/{path.relative_to(folder)}", budget)
        path.unlink()
    return bool(found)


def copy(source: Path, target: Path, budget: Budget) -> None:
    """Copy a folder without what tools leave behind, and without links out of it. Raises InstallRefused."""
    target.mkdir(parents=True)
    for path in sorted(source.iterdir()):
        if path.name in IGNORED:
            continue
        if path.is_symlink():
            raise InstallRefused(f"{path} is a link; put the file itself there")
        if path.is_dir():
            copy(path, target / path.name, budget)
        elif path.is_file():
            budget.take(str(source), path.stat().st_size, 1)
            shutil.copyfile(path, target / path.name)


def _zip(archive: Path, target: Path, shown: str, budget: Budget) -> None:
    with zipfile.ZipFile(archive) as opened:
        infos = opened.infolist()
        names = _Names(shown)
        for info in infos:
            # orig_filename: zipfile itself cuts a name at a NUL and turns backslashes round
            place = names.place(info.orig_filename, info.orig_filename.endswith(("/", "\\")))
            mode = info.external_attr >> 16
            if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
                raise InstallRefused(
                    f"{shown} holds {info.filename}, which is a link or a device; modules hold files only"
                )
            if info.flag_bits & 1:
                raise InstallRefused(f"{shown} is protected with a password; unpack it by hand and install the folder")
            if place is not None:
                with opened.open(info) as stream:
                    _write(stream, target / place, shown, budget)


def _tar(archive: Path, target: Path, shown: str, budget: Budget) -> None:
    with tarfile.open(archive) as opened:
        names = _Names(shown)
        for info in opened:
            place = names.place(info.name, info.isdir())
            if not info.isfile() and not info.isdir():
                raise InstallRefused(f"{shown} holds {info.name}, which is a link or a device; modules hold files only")
            stream = opened.extractfile(info) if place is not None else None
            if stream is not None and place is not None:
                _write(stream, target / place, shown, budget)


class _Names:
    """The names of one archive: each is checked, and none may come twice on a file system that ignores case."""

    def __init__(self, shown: str) -> None:
        self.shown = shown
        self.seen: set[str] = set()

    def place(self, name: str, folder: bool) -> PurePosixPath | None:
        """Where the entry belongs; None for folders and for what is left out. Raises InstallRefused."""
        path = PurePosixPath(name.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or re.match(r"[A-Za-z]:", name) or any(ord(c) < 32 for c in name):
            raise InstallRefused(
                f"{self.shown} holds the path {name!r}, which leads out of its folder; nothing was unpacked"
            )
        if folder or not path.parts or IGNORED & set(path.parts) or path.name == ".DS_Store":
            return None
        if str(path).lower() in self.seen:
            raise InstallRefused(f"{self.shown} holds {name!r} twice (upper and lower case count as the same)")
        self.seen.add(str(path).lower())
        return path


def _write(stream: IO[bytes], path: Path, shown: str, budget: Budget) -> None:
    budget.take(shown, 0, 1)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as handle:
        for block in _blocks(stream):
            # What is really unpacked counts, not what the archive says of itself.
            budget.take(shown, len(block))
            handle.write(block)


def _blocks(stream: IO[bytes]) -> Iterator[bytes]:
    while block := stream.read(256 * 1024):
        yield block
