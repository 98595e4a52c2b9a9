"""module list, module install, module call."""

import json
from pathlib import Path
from typing import Any

import click

from modulehost.cli.main import columns, fail, show, with_host


@click.group()
def module() -> None:
    """List and install modules, and call their functions."""


@module.command("list")
@with_host
def list_(ctx: Any, as_json: bool) -> None:
    """Every module that the host finds, what it defines, and what is wrong with it."""
    from modulehost import extensions, hooks, runtimes
    from modulehost.contract import TYPES
    from modulehost.runtimes.python.loader import Loader, misnamed

    rows = []
    ctx.host.part(hooks.HookTable).refresh(ctx)  # so that unknown hooks of active modules are known
    for type_ in TYPES:
        for found in extensions.modules(ctx.host, type_):
            row: dict[str, Any] = {
                "type": type_,
                "name": found.name,
                "folder": str(found.folder),
                "functions": [],
                "problems": [],
            }
            try:
                row["functions"] = sorted(runtimes.functions(ctx, found))
                row["problems"] = misnamed(found, ctx.host.part(Loader).load(found))
            except runtimes.ModuleFailed as failure:
                row["problems"] = [str(failure)]
            row["problems"] += [text for _one, text in hooks.unknown(ctx.host, found.owner)]
            rows.append(row)
    for one, text in hooks.unknown(ctx.host):
        if one.owner.startswith("hooks/"):
            name = one.owner.partition("/")[2]
            folder = str(ctx.host.root / "includes" / "hooks")
            rows.append({"type": "hooks", "name": name, "folder": folder, "functions": [], "problems": [text]})
    show(
        rows,
        as_json,
        lambda: columns(
            [[r["type"], r["name"], "; ".join(r["problems"]) or f"{len(r['functions'])} functions"] for r in rows]
        ),
    )


@module.command("install")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--replace", is_flag=True, help="Replace modules of the same name that the root has.")
@with_host
def install_(ctx: Any, path: Path, replace: bool, as_json: bool) -> None:
    """Put the modules of PATH, a folder or an archive as its vendor ships it, into the host's root.

    Archives inside archives are understood; paths that lead out of their folder, links and passwords are refused.
    """
    from modulehost import extensions
    from modulehost.journal import activity

    try:
        made = extensions.install(ctx.host, path, replace)
    except extensions.InstallRefused as refused:
        fail(str(refused), as_json)
    with ctx.unit() as db:
        activity(db, "Modules Installed: " + ", ".join(one.module.shown for one in made.installed))
    rows = [
        {"type": one.module.type, "name": one.module.name, "folder": str(one.module.folder), "replaced": one.replaced,
         "problem": one.module.problem}
        for one in made.installed
    ]  # fmt: skip

    def text() -> str:
        lines = [f"{'replaced' if r['replaced'] else 'installed'} {r['folder']}" for r in rows]
        lines += [f"but: {r['problem']}" for r in rows if r["problem"]]
        if made.left_out:
            lines.append(f"left out, as this host does not install them: {', '.join(made.left_out)}")
        return "\n".join(lines)

    show({"installed": rows, "left_out": list(made.left_out)}, as_json, text)


@module.command("call")
@click.argument("name")
@click.argument("function")
@click.option(
    "--service", type=int, metavar="ID", help="Run it for this service, with everything that follows from it."
)
@click.option("--server", type=int, metavar="ID", help="Run it with the params of this server.")
@click.option("--params", metavar="JSON", help="Laid over the params.")
@with_host
def call_(
    ctx: Any, name: str, function: str, service: int | None, server: int | None, params: str | None, as_json: bool
) -> None:
    """Run FUNCTION (CreateAccount, or zoho_mail_CreateAccount) of the server module NAME.

    Without --service it gets sample params, and nothing of the host changes. Prints the return value, what was logged,
    and what is wrong with it.
    """
    from modulehost.cli import calling

    extra: dict[str, Any] = {}
    if params:
        try:
            extra = json.loads(params)
        except ValueError as failure:
            raise click.BadParameter(f"--params is not JSON: {failure}") from None
        if not isinstance(extra, dict):
            raise click.BadParameter('--params is a JSON object such as {"domain": "example.com"}')
    suffix = function[len(name) + 1 :] if function.lower().startswith(f"{name.lower()}_") else function
    result = calling.run(ctx, name, suffix, service, server, extra)
    if as_json:
        show(result, True)
    else:
        click.echo(calling.text(result))
    if not result["ok"]:
        raise SystemExit(1)


__all__ = ["fail", "module"]
