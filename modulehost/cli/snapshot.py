"""snapshot save|load|list|delete: keep the state of host and simulators under a name, and go back to it."""

from typing import Any

import click

from modulehost.cli.main import columns, fail, show, with_host


@click.group()
def snapshot() -> None:
    """Keep the present state, and go back to it."""


@snapshot.command()
@click.argument("name")
@click.option("--replace", is_flag=True, help="Replace a snapshot of this name.")
@with_host
def save(ctx: Any, name: str, replace: bool, as_json: bool) -> None:
    """Keep the rows of all tables, the time, and what the simulators hold, as NAME."""
    from modulehost.automation import snapshots

    _done(as_json, "saved", lambda: snapshots.save(ctx, name, replace))


@snapshot.command()
@click.argument("name")
@with_host
def load(ctx: Any, name: str, as_json: bool) -> None:
    """Go back to NAME: rows, time and simulators. What has happened since is lost."""
    from modulehost.automation import snapshots

    _done(as_json, "loaded", lambda: snapshots.load(ctx, name))


@snapshot.command("list")
@with_host
def list_(ctx: Any, as_json: bool) -> None:
    """The snapshots there are."""
    from modulehost.automation import snapshots

    found = snapshots.listing(ctx)
    lines = [[one.name, f"{one.time} UTC", f"{one.rows} rows", ", ".join(one.simulators)] for one in found]
    show([vars(one) for one in found], as_json, lambda: columns(lines) or "no snapshots")


@snapshot.command()
@click.argument("name")
@with_host
def delete(ctx: Any, name: str, as_json: bool) -> None:
    """Forget NAME."""
    from modulehost.automation import snapshots

    try:
        snapshots.delete(ctx, name)
    except snapshots.SnapshotError as failure:
        fail(str(failure), as_json)
    show({"deleted": name}, as_json, lambda: f"deleted {name}")


def _done(as_json: bool, word: str, work: Any) -> None:
    from modulehost.automation import snapshots

    try:
        one = work()
    except snapshots.SnapshotError as failure:
        fail(str(failure), as_json)
    beside = f", simulators at {', '.join(one.simulators)}" if one.simulators else ""
    show(vars(one), as_json, lambda: f"{word} {one.name}: {one.time} UTC, {one.rows} rows{beside}")
