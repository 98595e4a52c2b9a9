"""Snapshots: everything a host and its simulators hold, kept under a name, so that going back is possible.

A snapshot is a folder `<root>/snapshots/<name>` with the rows of all tables (also those of modules), the time, and what each
simulator of the vendor endpoint map holds. It belongs to its kind of database and to the version of the tables it was made from.

Whoever is signed in stays so. Files (modules, templates, settings file, key) are not part of it.
"""

import json
import re
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from modulehost import journal, settings
from modulehost.automation import locks
from modulehost.automation.snapshots import rows, simulators
from modulehost.context import Ctx
from modulehost.schema import SCHEMA_VERSION

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class SnapshotError(ValueError):
    """A snapshot that cannot be made or gone back to; the text says why, and nothing was changed unless it says so."""


@dataclass(frozen=True)
class Snapshot:
    """A kept state: the host's time then, the simulators in it, the number of rows."""

    name: str
    time: datetime
    frozen: bool
    database: str
    simulators: list[str]
    rows: int


def save(ctx: Ctx, name: str, replace: bool = False) -> Snapshot:
    """Keep the present state under a name. Raises SnapshotError; a name that exists only with `replace`."""
    folder = _folder(ctx, name)
    if folder.exists() and not replace:
        raise SnapshotError(f"there is a snapshot {name!r} already; choose another name or replace it")
    _at_rest(ctx)
    host = ctx.host
    made = folder.with_name(f".{name}.{host.entropy.token(8)}")
    made.mkdir(parents=True)
    try:
        try:
            held = simulators.states(ctx)
        except simulators.Unreachable as failure:
            raise SnapshotError(str(failure)) from failure
        count = rows.write(host.engine, made / "rows.jsonl.gz")
        about = {"time": host.clock.now().isoformat(), "frozen": host.clock.frozen, "database": host.engine.dialect.name,
                 "schema": SCHEMA_VERSION, "simulators": sorted(held), "rows": count}  # fmt: skip
        (made / "simulators.json").write_text(json.dumps(held))
        (made / "about.json").write_text(json.dumps(about, indent=1))
        (made / "simulators.json").chmod(0o600)
        (made / "rows.jsonl.gz").chmod(0o600)
        if folder.exists():
            shutil.rmtree(folder)
        made.rename(folder)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    return _read(folder)


def load(ctx: Ctx, name: str) -> Snapshot:
    """Go back to a snapshot. Raises SnapshotError.

    The rows are replaced in one transaction (on MariaDB tables of modules that come or go are committed before), the simulators
    after it, the clock last: when a simulator cannot be reached nothing is changed.
    """
    folder = _folder(ctx, name)
    if not (folder / "about.json").is_file():
        raise SnapshotError(f"there is no snapshot {name!r}; there are: {', '.join(one.name for one in listing(ctx)) or 'none'}")
    found = _read(folder)
    about = json.loads((folder / "about.json").read_text())
    if found.database != ctx.host.engine.dialect.name:
        raise SnapshotError(f"the snapshot {name!r} was made on {found.database}; this host's database is {ctx.host.engine.dialect.name}")
    if about["schema"] != SCHEMA_VERSION:
        raise SnapshotError(f"the snapshot {name!r} has tables of version {about['schema']}; this modulehost has {SCHEMA_VERSION}")
    _at_rest(ctx)
    held: dict[str, Any] = json.loads((folder / "simulators.json").read_text())
    try:
        simulators.check(held)
        rows.read(ctx.host.engine, folder / "rows.jsonl.gz")
        simulators.restore(held)
    except simulators.Unreachable as failure:
        raise SnapshotError(str(failure)) from failure
    clock = ctx.host.clock
    clock.resume()
    clock.set(found.time)
    if found.frozen:
        clock.freeze()
    with ctx.unit() as db:
        settings.touch(ctx.host)
        journal.activity(db, f"Snapshot loaded: {name}")
    return found


def listing(ctx: Ctx) -> list[Snapshot]:
    """All snapshots by name."""
    folder = ctx.host.root / "snapshots"
    found = (one for one in folder.iterdir() if (one / "about.json").is_file()) if folder.is_dir() else ()
    return sorted((_read(one) for one in found if not one.name.startswith(".")), key=lambda one: one.name)


def delete(ctx: Ctx, name: str) -> None:
    """Forget a snapshot. Raises SnapshotError."""
    folder = _folder(ctx, name)
    if not folder.is_dir():
        raise SnapshotError(f"there is no snapshot {name!r}")
    shutil.rmtree(folder)


def _folder(ctx: Ctx, name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise SnapshotError(f"{name!r} is no name of a snapshot; use letters, digits, dot, dash and underscore, at most 64")
    return ctx.host.root / "snapshots" / name


def _read(folder: Path) -> Snapshot:
    about = json.loads((folder / "about.json").read_text())
    return Snapshot(
        folder.name, datetime.fromisoformat(about["time"]), about["frozen"], about["database"], about["simulators"], about["rows"]
    )


def _at_rest(ctx: Ctx) -> None:
    """Raises SnapshotError while the automation or the clock is at work: its rows would be kept half done."""
    with ctx.unit(read=True) as db:
        names = locks.names(db)
    working = [name for name in names if locks.busy(ctx, name)]
    if working:
        raise SnapshotError(f"the automation is at work ({', '.join(working)}); wait until it has ended")
