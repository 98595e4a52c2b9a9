"""hooks: who listens to which hook point, and what a running host has fired."""

import json
import urllib.error
import urllib.request
from typing import Any

import click

from modulehost.cli.main import columns, show, with_host


@click.command()
@click.argument("point", required=False, default="")
@click.option("--trace", is_flag=True, help="The last firings of the running host, newest first.")
@click.option("--url", metavar="URL", help="Where that host listens; default: host and port of the configuration.")
@with_host
def hooks(ctx: Any, point: str, trace: bool, url: str | None, as_json: bool) -> None:
    """List the hook points that somebody listens to, with the listeners in their order; POINT shows one of them."""
    from modulehost import hooks as table
    from modulehost.journal import firings

    if trace:
        fired = _fired(ctx, point, url)
        show(fired, as_json, lambda: "\n".join(_firing(one) for one in fired) or "Nothing was fired.")
        return
    ctx.host.part(table.HookTable).refresh(ctx)
    found = [one for one in firings.listeners(table.listeners(ctx.host)) if point in ("", one["point"])]
    show(found, as_json, lambda: _points(found, point))
    if not as_json:
        for _one, text in table.unknown(ctx.host):
            click.echo(f"Warning: {text}", err=True)


def _points(found: list[dict[str, Any]], point: str) -> str:
    if not found:
        from modulehost.contract import hook_points, nearest_point

        if point and point not in hook_points():
            near = nearest_point(point)
            raise LookupError(f"there is no hook point {point}" + (f"; did you mean {near}?" if near else ""))
        return f"Nobody listens to {point}." if point else "Nobody listens to any hook point."
    return columns(
        [
            [one["point"] if place == 0 else "", str(each["priority"]), each["place"], each["owner"]]
            for one in found
            for place, each in enumerate(one["listeners"])
        ]
    )


def _fired(ctx: Any, point: str, url: str | None) -> list[dict[str, Any]]:
    config = ctx.host.config
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(config.host, config.host)  # noqa: S104
    base = (url or f"http://{f'[{host}]' if ':' in host else host}:{config.port}").rstrip("/")
    if not base.startswith(("http://", "https://")):
        raise click.BadParameter(f"--url is an address such as http://127.0.0.1:8000, not {base}")
    from urllib.parse import urlencode

    asked = urllib.request.Request(f"{base}/_host/hooks?{urlencode({'point': point})}")  # noqa: S310 - http(s) only
    if config.control_token:
        asked.add_header("X-Modulehost-Token", config.control_token)
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310 - http(s) only
            found: list[dict[str, Any]] = json.load(answer)["firings"]
    except (urllib.error.URLError, ValueError, KeyError, OSError) as failure:
        raise click.ClickException(
            f"no running host answers at {base} ({failure}); start it with modulehost serve, or say --url"
        ) from failure
    return found


def _firing(one: dict[str, Any]) -> str:
    lines = [f"{one['at']}  {one['point']}  {one['milliseconds']:g} ms  {one['actor']}"]
    lines.append(f"  arguments: {json.dumps(one['arguments'], ensure_ascii=False)[:2000]}")
    for result in one["results"]:
        said = f"failed: {result['error']}" if result["error"] else json.dumps(result["returned"], ensure_ascii=False)[:500]
        lines.append(f"  {result['place']}  {result['milliseconds']:g} ms  -> {said}")
    return "\n".join(lines)
