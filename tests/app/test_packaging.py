"""What travels: every file that git knows is in the wheel, and an installed wheel runs the demonstration in an empty folder."""

import json
import os
import subprocess
import sys
import sysconfig
import time
import zipfile
from pathlib import Path

import pytest
import requests

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout, so there is no list of files to compare with")
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    # A copy of what git knows: building in the checkout would leave its traces there and take files that are not ours.
    subprocess.run(["git", "clone", "-q", "--no-hardlinks", str(ROOT), str(source)], check=True)
    changed = subprocess.run(["git", "diff", "HEAD", "--binary"], cwd=ROOT, capture_output=True, check=True).stdout
    if changed:
        subprocess.run(["git", "apply", "--whitespace=nowarn"], cwd=source, input=changed, check=True)
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(folder),
        str(source),
    ]
    subprocess.run(command, check=True, timeout=300)
    return next(folder.glob("*.whl"))


def tracked() -> set[str]:
    listed = subprocess.run(
        ["git", "ls-files", "modulehost", "modules", "templates"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found = set()
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_symlink() or not (ROOT / name).exists():
            continue
        found.add(name if name.startswith("modulehost/") else f"modulehost/_bundled/{name}")
    return found


def test_every_tracked_file_is_in_the_wheel_and_nothing_else_at_its_top(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {n for n in archive.namelist() if not n.endswith("/")}
    assert sorted(tracked() - names) == []
    assert {n.split("/")[0] for n in names if ".dist-info" not in n} == {"modulehost"}
    assert [n for n in names if "__pycache__" in n or n.endswith(".pyc")] == []


@pytest.mark.slow
def test_an_installed_wheel_runs_the_demonstration_in_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "env")], check=True)
    python = tmp_path / "env" / "bin" / "python"
    site = subprocess.run(
        [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", site, str(wheel)],
        check=True,
        timeout=120,
    )
    # Dependencies come from the environment of the tests; modulehost itself comes from the wheel, as its path shows.
    env = {**os.environ, "PYTHONPATH": f"{site}:{sysconfig.get_path('purelib')}"}
    folder = tmp_path / "empty"
    folder.mkdir()
    where = subprocess.run(
        [str(python), "-c", "import modulehost; print(modulehost.__file__)"],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    assert where.stdout.startswith(site)
    ready = folder / "ready.json"
    child = subprocess.Popen(
        [str(python), "-m", "modulehost", "demo", "--port", "0", "--ready-file", str(ready)], cwd=folder, env=env,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        limit = time.monotonic() + 90
        while not ready.exists():
            assert child.poll() is None, child.stderr.read().decode() if child.stderr else ""
            assert time.monotonic() < limit, "the demonstration did not start"
        url = json.loads(ready.read_text())["url"]
        for path in ("", "login", "cart.php", "admin/login.php", "_host/assets/fontawesome/css/all.min.css"):
            assert requests.get(url + path, timeout=30).status_code == 200, path
    finally:
        child.terminate()
        child.wait(20)
