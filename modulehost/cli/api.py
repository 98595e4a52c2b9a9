"""api call: an API action from the command line, with full permission."""

from typing import Any

import click

from modulehost.cli.main import fail, show, with_host


@click.group()
def api() -> None:
    """Call API actions."""


@api.command("call")
@click.argument("action")
@click.argument("values", nargs=-1)
@with_host
def call_(ctx: Any, action: str, values: tuple[str, ...], as_json: bool) -> None:
    """Run ACTION with k=v values, for example: api call GetClients limitnum=5. Lists are k[0]=v or k[]=v."""
    from modulehost import api as room
    from modulehost.api import forms

    given = []
    for pair in values:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise click.BadParameter(f"{pair!r} is not of the form name=value")
        given.append((name, value))
    answer = room.call(ctx, action, forms.read(given))
    if answer.get("result") == "error":
        fail(str(answer.get("message")), as_json, answer)
    show(answer, True)
