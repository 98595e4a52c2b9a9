"""Modules get no private door: each imports only itself, the standard library, the SDK and three libraries."""

import ast
import sys
from pathlib import Path

import pytest

MODULES = Path(__file__).parents[2] / "modules"
ALLOWED = {"requests", "authlib", "cryptography"}


def imported(tree: ast.AST) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names |= (
                {f"{node.module}.{alias.name}" for alias in node.names}
                if node.module == "modulehost"
                else {node.module or ""}
            )
    return names


@pytest.mark.parametrize("path", sorted(MODULES.rglob("*.py")), ids=lambda path: str(path.relative_to(MODULES)))
def test_a_module_imports_no_more_than_it_may(path: Path) -> None:
    extra = {"flask", "werkzeug"} if path.name == "web.py" else set()
    for name in imported(ast.parse(path.read_text())):
        top = name.partition(".")[0]
        assert name == "modulehost.sdk" or top in sys.stdlib_module_names or top in ALLOWED | extra, (
            f"{path.name} imports {name}"
        )
