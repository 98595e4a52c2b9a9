"""clock show|advance|set|continue|freeze|resume: the host's time."""

from datetime import datetime
from typing import Any

import click

from modulehost.cli.main import show, with_host


@click.group()
def clock() -> None:
    """Show or move the host's time."""


@clock.command("show")
@with_host
def show_(ctx: Any, as_json: bool) -> None:
    """Print the host's time, and how far a journey of the clock is."""
    _print(ctx, as_json)


@clock.command()
@click.argument("span")
@with_host
def advance(ctx: Any, span: str, as_json: bool) -> None:
    """Move the time ahead by SPAN (45d, 12h, 1d12h), running the automation of each day on the way."""
    from modulehost import automation
    from modulehost.duration import parse

    automation.advance(ctx, parse(span), None if as_json else _progress)
    _print(ctx, as_json)


@clock.command("set")
@click.argument("moment")
@with_host
def set_(ctx: Any, moment: str, as_json: bool) -> None:
    """Move the time ahead to MOMENT (2027-03-01 or 2027-03-01T09:00), running the automation of each day on the way."""
    from modulehost import automation

    automation.set_to(ctx, automation.read_moment(moment), None if as_json else _progress)
    _print(ctx, as_json)


@clock.command("continue")
@with_host
def continue_(ctx: Any, as_json: bool) -> None:
    """Go on with a journey of the clock whose process died, or that failed."""
    from modulehost import automation

    left = automation.left_over(ctx)
    if left is None or left.target is None:
        raise click.ClickException("there is no journey of the clock to go on with")
    automation.set_to(ctx, left.target, None if as_json else _progress)
    _print(ctx, as_json)


@clock.command()
@with_host
def freeze(ctx: Any, as_json: bool) -> None:
    """Let the time stand still."""
    ctx.host.clock.freeze()
    _print(ctx, as_json)


@clock.command()
@with_host
def resume(ctx: Any, as_json: bool) -> None:
    """Let the time run on from where it stands."""
    ctx.host.clock.resume()
    _print(ctx, as_json)


def _progress(now: datetime, reports: list[Any]) -> None:
    said = [f"{heading.count} {what}" for one in reports for what, heading in one.done.items()]
    said += [f"{one.task} FAILED: {one.error}" for one in reports if one.error]
    click.echo(f"{now:%Y-%m-%d %H:%M}  {', '.join(said) or 'nothing to do'}", err=True)


def _print(ctx: Any, as_json: bool) -> None:
    from modulehost import automation

    value, own = automation.show(ctx), ctx.host.clock

    def text() -> str:
        line = f"{value['now']} UTC" + (" (frozen)" if own.frozen else "") + (f", {own.offset} ahead" if own.offset else "")
        journey = value["journey"]
        if journey and journey["state"] != "done":
            line += f"\njourney to {journey['to']}: {journey['state']}, {journey['done']} of {journey['stops']} runs"
            line += "; `modulehost clock continue` goes on with it" if journey["state"] in ("stopped", "failed") else ""
        return line

    show(value, as_json, text)
