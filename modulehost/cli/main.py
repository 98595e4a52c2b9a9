"""`modulehost`: the group, and what its verbs share: settings flags, `--json`, errors in one line."""

import functools
import json
import logging
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from modulehost import __version__, config

if TYPE_CHECKING:
    from modulehost.context import Ctx, Host

F = Callable[..., Any]


class _Group(click.Group):
    """Verbs are found by their file; errors that people can mend are one line, not a traceback."""

    FILES = {
        "serve": "serving", "demo": "serving", "module": "module", "hooks": "hooks", "api": "api", "sandbox": "sandbox",
        "clock": "clock", "cron": "cron", "reset": "state", "config": "state", "check": "checking", "new": "creating",
        "snapshot": "snapshot",
    }  # fmt: skip

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.FILES)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        file = self.FILES.get(name)
        if file is None:
            return None
        import importlib

        found: click.Command = getattr(importlib.import_module(f"modulehost.cli.{file}"), name)
        return found

    def invoke(self, ctx: click.Context) -> Any:
        from sqlalchemy.exc import DBAPIError

        try:
            return super().invoke(ctx)
        except (config.ConfigError, LookupError, ValueError, OSError) as failure:
            raise click.ClickException(f"{failure}" if str(failure) else type(failure).__name__) from failure
        except DBAPIError as failure:
            raise click.ClickException(f"the database does not answer as it should: {failure.orig}") from failure


@click.command(cls=_Group)
@click.version_option(__version__, package_name="modulehost")
@click.option("-v", "--verbose", is_flag=True, help="Log what happens inside.")
def main(verbose: bool) -> None:
    """Run WHMCS modules, templates and API clients without WHMCS."""
    logging.basicConfig(
        level=logging.DEBUG if verbose else logging.WARNING, format="%(levelname)s %(name)s: %(message)s"
    )
    if verbose:
        logging.getLogger("modulehost").setLevel(logging.DEBUG)


def shared(function: F) -> F:
    """--root, --database and --json for every verb."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="Print JSON."),
        click.option("--database", metavar="URL", help="SQLAlchemy URL; default: SQLite in the root."),
        click.option("--root", metavar="DIR", help="Host root; default: MODULEHOST_ROOT or the current folder."),
    ):
        function = option(function)
    return function


def with_host(function: F) -> F:
    """Open the host for a verb: its first argument becomes a Ctx whose actor is the command line."""

    @shared
    @functools.wraps(function)
    def opened(*args: Any, root: str | None, database: str | None, **kwargs: Any) -> Any:
        from modulehost.app import create_host

        host = create_host(config.load(root, {"database": database}))
        try:
            return function(cli_ctx(host), *args, **kwargs)
        finally:
            host.close()

    return opened


def cli_ctx(host: "Host") -> "Ctx":
    """A context of the command line."""
    from modulehost.context import Actor, Ctx

    return Ctx(host, Actor("cli", 0, "CLI"))


def show(value: Any, as_json: bool, text: Callable[[], str] | None = None) -> None:
    """Print a result as JSON or as text."""
    click.echo(json.dumps(value, indent=2, default=str, ensure_ascii=False) if as_json or text is None else text())


def columns(rows: list[list[str]]) -> str:
    """Rows as aligned columns."""
    if not rows:
        return ""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def fail(text: str, as_json: bool, value: Any = None) -> None:
    """End with status 1, saying why."""
    if as_json:
        click.echo(
            json.dumps(value if value is not None else {"error": text}, indent=2, default=str, ensure_ascii=False)
        )
    else:
        click.echo(f"Error: {text}", err=True)
    sys.exit(1)
