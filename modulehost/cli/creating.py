"""new: a module to begin with."""

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

import click

from modulehost.cli.main import show

_ENDING = ".txt"
_TAKEN = ("hooks", "web")


@click.command()
@click.argument("kind", type=click.Choice(["server", "addon"]))
@click.argument("name")
@click.option(
    "--dir", "folder", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
    help="Where its folder is made; default: modules/servers or modules/addons in the current folder.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def new(kind: str, name: str, folder: Path | None, as_json: bool) -> None:
    """Write a working Python module NAME with its template, hooks and tests.

    It passes `modulehost check` and its own tests; change what stands in for the vendor.
    """
    from modulehost.checking import NAMES, RULES

    type_ = f"{kind}s"
    if not NAMES[type_].match(name):
        raise click.BadParameter(
            f"{name!r} is no name of {'an addon' if kind == 'addon' else 'a server'} module; write {RULES[type_]}, "
            "and begin with a letter",
            param_hint="NAME",
        )
    if name in _TAKEN:
        raise click.BadParameter(
            f"{name}.py has a meaning of its own in a module; choose another name", param_hint="NAME"
        )
    made = (folder or Path("modules") / type_) / name
    if made.exists():
        raise click.ClickException(f"{made} exists; nothing was written")
    label = " ".join(part.capitalize() for part in name.split("_"))
    files = sorted(
        _write(resources.files("modulehost.cli") / "scaffold" / kind, made, {"__NAME__": name, "__LABEL__": label})
    )
    shown = [path.as_posix() for path in files]
    show(
        {"type": type_, "name": name, "folder": made.as_posix(), "files": shown},
        as_json,
        lambda: "\n".join([*shown, "", f"modulehost check {made}", f"pytest {made}"]),
    )


def _write(source: Traversable, target: Path, words: dict[str, str]) -> list[Path]:
    """Copy a folder of the scaffold, its words filled in, in names of files too."""
    written: list[Path] = []
    target.mkdir(parents=True)
    for entry in source.iterdir():
        name = _filled(entry.name, words)
        if entry.is_dir():
            written += _write(entry, target / name, words)
        elif name.endswith(_ENDING):
            path = target / name.removesuffix(_ENDING)
            path.write_text(_filled(entry.read_text(encoding="utf-8"), words), encoding="utf-8")
            written.append(path)
    return written


def _filled(text: str, words: dict[str, str]) -> str:
    for word, value in words.items():
        text = text.replace(word, value)
    return text
