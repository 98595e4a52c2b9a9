"""The command line, each verb as a process of its own or through click's runner."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner

from modulehost.cli import main
from modulehost.context import Host

Write = Callable[..., Path]


def run(*words: str, env: dict[str, str] | None = None) -> tuple[int, str]:
    result = CliRunner().invoke(main, list(words), env=env, catch_exceptions=False)
    return result.exit_code, result.output


def run_json(*words: str) -> tuple[int, object]:
    code, output = run(*words, "--json")
    return code, json.loads(output)


def test_module_list_names_what_is_found_and_what_is_wrong(host: Host, write_module: Write) -> None:
    write_module("good", "def good_CreateAccount(params): return 'success'\n")
    write_module("typo", "def typo_CreateAcount(params): return 'success'\n")
    write_module("broken", "def broken_(:\n")
    (host.root / "modules" / "servers" / "empty").mkdir()
    code, rows = run_json("module", "list", "--root", str(host.root))
    assert code == 0
    assert isinstance(rows, list)
    found = {(r["type"], r["name"]): r for r in rows}
    assert found["servers", "good"]["functions"] == ["CreateAccount"]
    assert found["servers", "typo"]["problems"] == [
        "typo_CreateAcount is not called by the host; did you mean typo_CreateAccount? (modules/servers/typo/typo.py:1)"
    ]
    assert "SyntaxError" in found["servers", "broken"]["problems"][0]
    assert found["servers", "empty"]["problems"] == ["modules/servers/empty has no empty.py"]
    assert "CreateAccount" in found["servers", "zoho_mail"]["functions"]


def test_module_call_with_sample_params_tells_value_log_and_problems(host: Host, write_module: Write) -> None:
    write_module(
        "demo",
        "from modulehost import sdk\n"
        "def demo_CreateAccount(params):\n"
        "    print('hello')\n"
        "    sdk.logModuleCall('demo', 'create', {'pw': params['password']}, 'ok', replace=[params['password']])\n"
        "    return None if params['domain'] == 'example.com' else 'success'\n",
    )
    code, report = run_json("module", "call", "demo", "CreateAccount", "--root", str(host.root))
    assert code == 1
    assert isinstance(report, dict)
    assert report["problems"] == [
        'demo_CreateAccount returned None; expected "success" or an error text (modules/servers/demo/demo.py:2)'
    ]
    assert report["printed"] == "hello\n"
    assert [e["action"] for e in report["log"]] == ["create"]
    assert "********" in report["log"][0]["request"]
    code, output = run(
        "module",
        "call",
        "demo",
        "demo_CreateAccount",
        "--params",
        '{"domain": "other.example"}',
        "--root",
        str(host.root),
    )
    assert (code, 'returned: "success"' in output, "the contract is kept" in output) == (0, True, True)


def test_trying_a_function_leaves_nothing_in_the_modules_store(host: Host, write_module: Write) -> None:
    write_module(
        "demo",
        "from modulehost import sdk\n"
        "def demo_CreateAccount(params):\n"
        "    kept = sdk.store('accounts')\n"
        "    if kept.get('1'): return 'was there'\n"
        "    kept.set('1', 'x', secret=True)\n"
        "    return 'success' if (kept.get('1'), kept.names()) == ('x', ['1']) else 'lost'\n",
    )
    for _ in range(2):
        assert run("module", "call", "demo", "CreateAccount", "--root", str(host.root))[0] == 0


def test_module_call_for_an_unknown_function_names_the_nearest(host: Host) -> None:
    code, output = run("module", "call", "examplehost", "CreateAcount", "--root", str(host.root))
    assert code == 1
    assert "did you mean CreateAccount?" in output


def test_bad_words_are_one_line_not_a_traceback(host: Host) -> None:
    for words in (
        ["module", "call", "nosuch", "CreateAccount"],
        ["module", "call", "examplehost", "CreateAccount", "--params", "{"],
        ["api", "call", "GetClients", "nonsense"],
        ["clock", "advance", "soon"],
        ["clock", "set", "tomorrow"],
    ):
        result = CliRunner().invoke(main, [*words, "--root", str(host.root)])
        assert result.exit_code != 0, words
        assert result.exception is None or isinstance(result.exception, SystemExit), words
        assert "Traceback" not in result.output


def test_api_call_prints_the_answer_and_fails_with_its_error(host: Host) -> None:
    code, answer = run_json("api", "call", "GetClients", "limitnum=5", "--root", str(host.root))
    assert (code, isinstance(answer, dict) and answer["totalresults"]) == (0, 1)
    code, output = run("api", "call", "GetInvoice", "invoiceid=99", "--root", str(host.root))
    assert code == 1
    assert "Invoice ID Not Found" in output


def test_the_clock_goes_ahead_day_by_day_and_not_back(host: Host) -> None:
    root = ("--root", str(host.root))
    code, before = run_json("clock", "show", *root)
    assert (code, isinstance(before, dict) and before["offset_seconds"]) == (0, 0)
    code, after = run_json("clock", "advance", "1d12h", *root)
    assert (code, isinstance(after, dict) and after["offset_seconds"]) == (0, 129600)
    assert (host.root / "clock").read_text() == "+129600"
    assert round((host.clock.time() - time.time()) / 60) == 2160
    result = CliRunner().invoke(main, ["clock", "set", "2001-01-01", *root])
    assert result.exit_code == 1
    assert "goes ahead only" in result.output


def test_settings_flag_over_variable_over_file(tmp_path: Path) -> None:
    (tmp_path / "modulehost.toml").write_text("port = 1001\npage_seconds = 7\n")
    env = {"MODULEHOST_PORT": "1002", "MODULEHOST_DATABASE": "postgresql://me:secret@db.example/shop"}
    _, output = run("config", "show", "--root", str(tmp_path), "--json", env=env)
    rows = {r["name"]: r for r in json.loads(output)}
    assert (rows["port"]["value"], rows["port"]["source"]) == (1002, "variable")
    assert (rows["page_seconds"]["value"], rows["page_seconds"]["source"]) == (7.0, "file")
    assert (rows["host"]["value"], rows["host"]["source"]) == ("127.0.0.1", "default")
    assert rows["database"]["value"] == "postgresql://me:***@db.example/shop"
    (tmp_path / "modulehost.toml").write_text("prot = 1\n")
    result = CliRunner().invoke(main, ["config", "show", "--root", str(tmp_path)])
    assert result.exit_code == 1
    assert "unknown setting 'prot'" in result.output


def test_reset_empties_the_database_and_puts_the_clock_back(host: Host) -> None:
    run("clock", "advance", "2d", "--root", str(host.root), "--json")
    assert run("reset", "--yes", "--root", str(host.root))[0] == 0
    code, answer = run_json("api", "call", "GetClients", "--root", str(host.root))
    assert (code, isinstance(answer, dict) and answer["totalresults"]) == (0, 0)
    assert not (host.root / "clock").exists()


def test_demo_never_empties_a_host_of_yours(host: Host) -> None:
    result = CliRunner().invoke(main, ["demo", "--root", str(host.root), "--port", "0"])
    assert result.exit_code == 1
    assert "belongs to a host of yours" in result.output
    assert run_json("api", "call", "GetClients", "--root", str(host.root))[1]["totalresults"] == 1  # type: ignore[index]


@pytest.fixture
def started(tmp_path: Path) -> Callable[..., tuple[subprocess.Popen[bytes], dict[str, object]]]:
    children: list[subprocess.Popen[bytes]] = []

    def start(*words: str) -> tuple[subprocess.Popen[bytes], dict[str, object]]:
        ready = tmp_path / f"ready{len(children)}.json"
        command = [sys.executable, "-m", "modulehost", *words, "--port", "0", "--ready-file", str(ready)]
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ})
        children.append(child)
        limit = time.monotonic() + 60
        while not ready.exists():
            assert child.poll() is None, child.stderr.read().decode() if child.stderr else ""
            assert time.monotonic() < limit
            time.sleep(0.02)
        return child, json.loads(ready.read_text())

    yield start  # type: ignore[misc]
    for child in children:
        child.kill()
        child.wait()


def test_serve_makes_a_first_admin_once_and_uses_the_real_port(
    tmp_path: Path, started: Callable[..., tuple[subprocess.Popen[bytes], dict[str, object]]]
) -> None:
    child, ready = started("serve", "--root", str(tmp_path / "shop"))
    assert isinstance(ready["admin"], dict)
    assert set(ready["admin"]) == {"username", "password"}
    assert requests.get(f"{ready['url']}_host/health", timeout=20).json()["status"] == "ok"
    assert not str(ready["url"]).endswith((":0/", ":8080/"))
    child.send_signal(signal.SIGINT)
    assert child.wait(20) == 0
    _, again = started("serve", "--root", str(tmp_path / "shop"))
    assert "admin" not in again


def test_a_taken_port_says_how_to_choose_another(host: Host, running: object) -> None:
    port = str(running.port)  # type: ignore[attr-defined]
    result = CliRunner().invoke(main, ["serve", "--root", str(host.root), "--port", port])
    assert result.exit_code == 1
    assert "choose another with --port N, or 0 for any free one" in result.output


def test_a_sandbox_alone_follows_the_clock_of_a_host(
    started: Callable[..., tuple[subprocess.Popen[bytes], dict[str, object]]], tmp_path: Path
) -> None:
    (tmp_path / "clock").write_text("1900000000")
    child, ready = started("sandbox", "serve", "zoho", "--root", str(tmp_path))
    assert ready["vendor"] == "zoho"
    assert requests.get(f"{ready['url']}/_sandbox/health", timeout=20).ok
    assert child.stdout is not None and str(ready["url"]) in child.stdout.readline().decode()
    assert "17 Mar 2030, 17:46 UTC" in requests.get(f"{ready['url']}/signin", timeout=20).text  # 1900000000
    result = CliRunner().invoke(main, ["sandbox", "serve", "acme"])
    assert result.exit_code == 2
    assert "known are solusvm2, zoho" in result.output
