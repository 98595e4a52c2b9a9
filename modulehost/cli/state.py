"""reset and config show."""

from typing import Any

import click

from modulehost import config as configuration
from modulehost.cli.main import columns, shared, show


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@shared
def reset(root: str | None, database: str | None, yes: bool, as_json: bool) -> None:
    """Empty the host's database and put its clock back. Modules, templates, settings file and key stay."""
    from modulehost.app import create_host
    from modulehost.context import Host
    from modulehost.schema.create import drop_all

    settings = configuration.load(root, {"database": database})
    if not yes:
        click.confirm(f"Delete everything in {_shown(settings.database_url)}?", abort=True, err=True)
    host = Host(settings)
    drop_all(host.engine)
    host.clock.reset()
    host.close()
    create_host(settings).close()
    show({"reset": _shown(settings.database_url)}, as_json, lambda: f"reset {_shown(settings.database_url)}")


@click.group("config")
def config() -> None:
    """The host's settings."""


@config.command("show")
@shared
def show_(root: str | None, database: str | None, as_json: bool) -> None:
    """Every setting, its value, and whether a flag, a variable, the file or nobody set it."""
    found = configuration.load(root, {"database": database})
    rows: list[dict[str, Any]] = []
    for name, text in configuration.DESCRIPTIONS.items():
        value: Any = getattr(found, name)
        if name == "database":
            value = _shown(found.database_url)
        elif name == "smtp_url" and "@" in value:
            value = _shown(value)
        elif name in ("control_token",) and value:
            value = "********"
        rows.append(
            {
                "name": name,
                "value": str(value) if name == "root" else value,
                "source": found.sources.get(name, "default"),
                "about": text,
            }
        )
    rows[0]["source"] = "flag" if root else "default"
    if found.seed:
        click.echo("warning: a seed is set, so secrets are predictable; never expose this host", err=True)
    show(rows, as_json, lambda: columns([[r["name"], str(r["value"]), f"({r['source']})", r["about"]] for r in rows]))


def _shown(url: str) -> str:
    from sqlalchemy import make_url

    return make_url(url).render_as_string(hide_password=True)
