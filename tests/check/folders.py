"""Module folders for tests, and what a check says of them in short."""

from pathlib import Path

from modulehost import checking

SERVER = """
def acme_ConfigOptions(params):
    return {"Plan": {"Type": "text"}}
"""
PHP = """<?php
if (!defined("WHMCS")) { die("no"); }
function acme_ConfigOptions() { return ['Plan' => ['Type' => 'text']]; }
"""


def folder(root: Path, name: str = "acme", type_: str = "servers", **files: str) -> Path:
    """`folder(tmp_path, acme_py="...", hooks_py="...", lib__Api_php="...")`: `__` is a slash, the last `_` a dot."""
    made = root / "modules" / type_ / name
    made.mkdir(parents=True, exist_ok=True)
    for key, text in files.items():
        stem, _, suffix = key.replace("__", "/").rpartition("_")
        path = made / f"{stem}.{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return made


def said(path: Path) -> list[str]:
    """`file:line level rule message` of every finding, files as they stand in the module's folder."""
    (found,) = checking.find(path)
    return [
        f"{one.file.removeprefix(found.shown).lstrip('/')}:{one.line} {one.level} {one.rule}: {one.message}"
        for one in checking.check(found)
    ]
