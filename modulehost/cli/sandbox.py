"""sandbox serve: one vendor simulator by itself."""

from pathlib import Path

import click

from modulehost.cli.main import show


@click.group()
def sandbox() -> None:
    """Vendor simulators."""


@sandbox.command()
@click.argument("vendor")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=int, default=0, help="0 = any free one.")
@click.option("--ready-file", type=click.Path(path_type=Path), help="Written once it answers.")
@click.option("--root", type=click.Path(path_type=Path), metavar="DIR", help="Follow the clock of the host in DIR.")
@click.option("--clock-file", type=click.Path(path_type=Path), help="Follow the clock in this file; default: <root>/clock.")
@click.option("--state-file", type=click.Path(path_type=Path), help="Keep the objects there between runs.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def serve(
    vendor: str,
    host: str,
    port: int,
    ready_file: Path | None,
    root: Path | None,
    clock_file: Path | None,
    state_file: Path | None,
    as_json: bool,
) -> None:
    """Serve the simulator of VENDOR until interrupted."""
    from modulehost import sandbox as room

    if vendor not in room.VENDORS:
        raise click.BadParameter(f"there is no simulator {vendor!r}; known are {', '.join(sorted(room.VENDORS))}")
    room.serve(
        vendor,
        host=host,
        port=port,
        ready_file=ready_file,
        clock_file=clock_file or (root / "clock" if root else None),
        state_file=state_file,
        on_ready=lambda url: show(
            {"url": url, "vendor": vendor},
            as_json,
            lambda: f"{vendor} sandbox at {url}  (objects, requests, faults: {url}/_sandbox/)\nCtrl-C stops it.",
        ),
    )
