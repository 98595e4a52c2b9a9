"""`modulehost check`: paths, output and exit status."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from modulehost.cli import main
from tests.check.folders import PHP, SERVER, folder


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["check", *words], catch_exceptions=False)
    return result.exit_code, result.output


def test_status_and_lines(tmp_path: Path) -> None:
    good = folder(tmp_path, acme_py=SERVER)
    assert run(str(good)) == (0, "1 module checked: 0 errors, 0 warnings\n")
    bad = folder(tmp_path, "beta", beta_py="x = 1\n", hooks_py="add_hook('InvoicePayd', 1, x)\n")
    code, output = run(str(bad))
    assert code == 1
    assert output.splitlines() == [
        "beta/beta.py:1: error: beta_ConfigOptions is missing; it is required [missing]",
        "beta/hooks.py:1: warning: InvoicePayd is not a known hook point; did you mean InvoicePaid? [hook]",
        "1 module checked: 1 error, 1 warning",
    ]


@pytest.mark.parametrize("place", ["", "modules", "modules/servers"])
def test_a_folder_of_modules_or_a_root(tmp_path: Path, place: str) -> None:
    folder(tmp_path, acme_py=SERVER)
    folder(tmp_path, "beta", acme_php=PHP)
    folder(tmp_path, "empty")
    if place != "modules/servers":
        folder(tmp_path, "crm", "addons", crm_py="")
    code, output = run(str(tmp_path / place), "--json")
    answer = json.loads(output)
    found = {one["name"]: one for one in answer["modules"]}
    assert code == 1
    assert (found["acme"]["type"], found["acme"]["language"], found["acme"]["findings"]) == ("servers", "python", [])
    (finding,) = found["beta"]["findings"]
    assert (finding["file"], finding["line"], finding["level"], finding["rule"]) == (
        f"{(tmp_path / 'modules' / 'servers' / 'beta').as_posix()}", 1, "error", "folder",
    )  # fmt: skip
    assert found["empty"]["findings"][0]["message"] == "the folder has neither empty.py nor empty.php"
    assert ("crm" in found) == (place != "modules/servers")
    assert (answer["errors"], answer["warnings"]) == (2 if place == "modules/servers" else 3, 0)


def test_what_is_no_module_is_a_wrong_use(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    code, output = run(str(tmp_path))
    assert code == 2 and "holds no module" in output
    assert run(str(tmp_path / "nowhere"))[0] == 2
    assert run()[0] == 2


def test_a_main_file_stands_for_its_folder(tmp_path: Path) -> None:
    made = folder(tmp_path, acme_py=SERVER)
    assert run(str(made / "acme.py"))[0] == 0


def test_a_lone_folder_may_be_told_its_type(tmp_path: Path) -> None:
    alone = tmp_path / "acme"
    alone.mkdir()
    (alone / "acme.py").write_text("def acme_helper(): pass\n")
    code, output = run(str(alone), "--type", "addon")
    assert code == 1 and "acme_config is missing" in output
