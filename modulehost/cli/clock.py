"""clock show|advance|set: the host's time."""

from datetime import UTC, datetime
from typing import Any

import click

from modulehost.cli.main import show, with_host


@click.group()
def clock() -> None:
    """Show or move the host's time."""


@clock.command("show")
@with_host
def show_(ctx: Any, as_json: bool) -> None:
    """Print the host's time."""
    _print(ctx, as_json)


@clock.command()
@click.argument("span")
@with_host
def advance(ctx: Any, span: str, as_json: bool) -> None:
    """Move the time ahead by SPAN (45d, 12h, 1d12h), running the automation day by day."""
    from modulehost import automation
    from modulehost.duration import parse

    automation.advance(ctx, parse(span), None if as_json else _progress)
    _print(ctx, as_json)


@clock.command("set")
@click.argument("moment")
@with_host
def set_(ctx: Any, moment: str, as_json: bool) -> None:
    """Move the time ahead to MOMENT (2027-03-01 or 2027-03-01T09:00), running the automation day by day."""
    from modulehost import automation

    try:
        to = datetime.fromisoformat(moment)
    except ValueError:
        raise click.BadParameter(f"{moment!r} is no time; write for example 2027-03-01 or 2027-03-01T09:00") from None
    automation.set_to(ctx, to.astimezone(UTC).replace(tzinfo=None) if to.tzinfo else to, None if as_json else _progress)
    _print(ctx, as_json)


def _line(report: Any) -> str:
    said = [
        *(f"{heading.count} {what}" for what, heading in report.done.items()),
        *(f"skipped {heading.count}: {why}" for why, heading in report.skipped.items()),
        *([f"FAILED: {report.error}"] if report.error else []),
    ]
    return f"{report.task}: {'; '.join(said) or 'nothing to do'}"


def _progress(now: datetime, reports: list[Any]) -> None:
    said = [_line(r) for r in reports if r.done or r.error]
    click.echo(f"{now:%Y-%m-%d %H:%M}  {'; '.join(said) or 'nothing to do'}", err=True)


def _print(ctx: Any, as_json: bool) -> None:
    own = ctx.host.clock
    value = {"now": own.now().isoformat(sep=" "), "offset_seconds": own.offset.total_seconds(), "frozen": own.frozen}
    show(
        value,
        as_json,
        lambda: (
            f"{value['now']} UTC"
            + (" (frozen)" if own.frozen else "")
            + (f", {own.offset} ahead" if own.offset else "")
        ),
    )
