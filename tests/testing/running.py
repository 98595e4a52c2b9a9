"""Runs pytest as a project of its own does: in another process, with the plugin as installed."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
MODULE = """
from modulehost import sdk

def acme_ConfigOptions(params):
    return {"Plan": {"Type": "text", "Default": "small"}, "Key": {"Type": "password"}, "Place": {"Type": "text", "FriendlyName": "Where"}}

def acme_CreateAccount(params):
    sdk.logModuleCall("acme", "create", {"key": params["configoption2"]}, "ok")
    params["model"].serviceProperties.save({"Seen": f"{params['configoption1']} {params['configoption3']} {sdk.now()}"})
    return "success" if params["configoption2"] != "wrong" else "The key is refused"

def acme_SuspendAccount(params): return "success"
def acme_TestConnection(params): return {"success": params["serverhostname"] == "one.example", "error": ""}
def acme_ClientArea(params): return f"{params['configoptions']} {params['customfields']} {params['domain']}"
"""


def project(folder: Path, *, pytest_ini: str = "", **files: str) -> Path:
    """A project that holds the module acme (`modules/servers/acme`) with `files` in it (`tests__test_acme_py`)."""
    module = folder / "modules" / "servers" / "acme"
    for name, text in {"acme_py": MODULE, **files}.items():
        stem, _, suffix = name.replace("__", "/").rpartition("_")
        path = module / f"{stem}.{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (folder / "pytest.ini").write_text(f"[pytest]\naddopts = -p no:cacheprovider\n{pytest_ini}")
    return module


def run(folder: Path, *words: str) -> tuple[int, str]:
    """Run pytest in `folder` and give its status and all that it printed."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "MODULEHOST_"))}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "modulehost.testing.plugin", *words]
    done = subprocess.run(
        command, cwd=folder, env={**env, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=120
    )
    return done.returncode, done.stdout + done.stderr
