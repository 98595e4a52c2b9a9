"""`modulehost new`: what it writes passes `check` and its own tests."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from modulehost import checking
from modulehost.cli import main
from tests.testing.running import run as run_pytest


def new(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["new", *words], catch_exceptions=False)
    return result.exit_code, result.output


@pytest.mark.parametrize(("kind", "name", "passed"), [("server", "acme2", 6), ("addon", "my_crm", 5)])
def test_a_new_module_passes_check_and_its_own_tests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, name: str, passed: int
) -> None:
    monkeypatch.chdir(tmp_path)
    code, output = new(kind, name)
    assert code == 0
    made = tmp_path / "modules" / f"{kind}s" / name
    for line in output.splitlines()[: output.splitlines().index("")]:
        assert (tmp_path / line).is_file()
    assert {path.name for path in made.rglob("*")} >= {f"{name}.py", "hooks.py", f"test_{name}.py"}
    assert any(path.suffix == ".tpl" for path in made.rglob("*"))
    assert not [path for path in made.rglob("*") if "__" in path.name or path.suffix == ".txt"]
    (found,) = checking.find(made)
    assert (checking.check(found), checking.kind_of(found)) == ([], f"{kind}s")
    code, output = run_pytest(tmp_path, "-p", "no:cacheprovider", str(made))
    assert (code, f"{passed} passed" in output) == (0, True), output


def test_a_folder_of_choice_and_json(tmp_path: Path) -> None:
    code, output = new("server", "acme", "--dir", str(tmp_path / "work"), "--json")
    answer = json.loads(output)
    assert (code, answer["type"], answer["folder"]) == (0, "servers", f"{tmp_path}/work/acme")
    assert f"{tmp_path}/work/acme/acme.py" in answer["files"]
    main_file = (tmp_path / "work" / "acme" / "acme.py").read_text()
    assert "def acme_CreateAccount(params: Params) -> str:" in main_file and "__" not in main_file.replace(
        "__NAME__", "!"
    )


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("server", "my_host"),
        ("server", "Acme"),
        ("server", "1host"),
        ("addon", "my-crm"),
        ("addon", "../x"),
        ("server", "hooks"),
    ],
)
def test_names_follow_the_public_rules(tmp_path: Path, kind: str, name: str) -> None:
    code, output = new(kind, name, "--dir", str(tmp_path))
    assert code == 2 and "NAME" in output
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "acme").mkdir()
    code, output = new("server", "acme", "--dir", str(tmp_path))
    assert code == 1 and "exists; nothing was written" in output
    assert list((tmp_path / "acme").iterdir()) == []
