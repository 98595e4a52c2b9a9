"""check: what is wrong with a module, without a host and without running it."""

import dataclasses
from pathlib import Path

import click

from modulehost.cli.main import show


@click.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--type",
    "type_",
    type=click.Choice(["server", "addon"]),
    help="What a lone folder is; default: by what it defines.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def check(path: Path, type_: str | None, as_json: bool) -> None:
    """Read the Python or PHP modules at PATH and report what breaks the module contract, with file and line.

    PATH is a module's folder, a folder of modules, or a host's root. Nothing is run. Status: 0 no errors (there may be
    warnings), 1 errors, 2 PATH holds no module.
    """
    from modulehost import checking

    try:
        found = checking.find(path, f"{type_}s" if type_ else "")
    except checking.NothingFound as failure:
        raise click.UsageError(str(failure)) from None
    findings = {one: checking.check(one) for one in found}
    errors = sum(finding.level == checking.ERROR for some in findings.values() for finding in some)
    warnings = sum(map(len, findings.values())) - errors
    modules = [
        {"name": one.name, "type": checking.kind_of(one), "language": one.language, "folder": one.shown,
         "findings": [dataclasses.asdict(finding) for finding in some]} for one, some in findings.items()
    ]  # fmt: skip

    def text() -> str:
        lines = [finding.text for some in findings.values() for finding in some]
        counted = f"{_many(len(found), 'module')} checked: {_many(errors, 'error')}, {_many(warnings, 'warning')}"
        return "\n".join([*lines, counted])

    show({"modules": modules, "errors": errors, "warnings": warnings}, as_json, text)
    if errors:
        raise SystemExit(1)


def _many(number: int, word: str) -> str:
    return f"{number} {word}" + ("" if number == 1 else "s")
