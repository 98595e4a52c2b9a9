"""`modulehost hooks`, /_host/hooks, and what `module list` says of misspelt hooks."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from modulehost import app, hooks
from modulehost.cli import main
from modulehost.context import Ctx, Host

GREET = "from modulehost.sdk import add_hook\n\nadd_hook('ClientAdd', {}, lambda values: None)\nadd_hook('ClientEdti', 1, lambda values: None)\n"


def run(host: Host, *words: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, [*words, "--root", str(host.root)])
    return result.exit_code, result.stdout, result.stderr


def hook_file(host: Host, name: str, priority: int) -> None:
    folder = host.root / "includes" / "hooks"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.py").write_text(GREET.format(priority))


def test_listeners_in_their_order_with_file_and_line(host: Host) -> None:
    hook_file(host, "after", 9)
    hook_file(host, "before", 1)
    code, out, err = run(host, "hooks", "ClientAdd")
    assert code == 0
    first, second = out.strip().splitlines()
    assert first.split()[:2] == ["ClientAdd", "1"] and first.split()[2].endswith("includes/hooks/before.py:3")
    assert second.split()[0] == "9" and second.split()[-1] == "hooks/after"
    assert "unknown hook ClientEdti; did you mean ClientEdit?" in err
    code, out, _err = run(host, "hooks", "--json")
    assert [(one["point"], one["known"]) for one in json.loads(out)] == [("ClientAdd", True), ("ClientEdti", False)]


def test_a_point_that_nobody_hears_and_one_that_there_is_not(host: Host) -> None:
    assert run(host, "hooks", "InvoicePaid")[1] == "Nobody listens to InvoicePaid.\n"
    code, _out, err = run(host, "hooks", "InvoicePayed")
    assert code == 1 and "did you mean InvoicePaid?" in err


def test_the_firings_of_a_running_host(running: app.RunningHost) -> None:
    host: Host = running.host
    hooks.add(host, "ClientAdd", 1, lambda values: {"ok": True})
    hooks.fire(Ctx(host), "ClientAdd", userid=5, password="Hidden-1")
    code, out, _err = run(host, "hooks", "ClientAdd", "--trace", "--url", running.url)
    assert code == 0
    assert '"userid": 5' in out and '-> {"ok": true}' in out and "Hidden-1" not in out
    code, out, _err = run(host, "hooks", "--trace", "--json", "--url", running.url)
    fired: list[dict[str, Any]] = json.loads(out)
    assert any(one["point"] == "ClientAdd" and one["arguments"]["password"] == "********" for one in fired)
    code, _out, err = run(host, "hooks", "--trace", "--url", "http://127.0.0.1:9")
    assert code == 1 and "no running host answers at http://127.0.0.1:9" in err


def test_outside_of_development_firings_need_the_token(make_host: Callable[..., Host]) -> None:
    web = app.create_app(make_host(development=False, control_token="t0ken-of-control")).test_client()
    assert web.get("/_host/hooks").status_code == 403
    assert web.get("/_host/hooks", headers={"X-Modulehost-Token": "t0ken-of-control"}).status_code == 200


def test_module_list_names_misspelt_hooks(host: Host, write_module: Callable[..., Path]) -> None:
    write_module("acme", "def acme_CreateAccount(params): return 'success'\n", hooks=GREET.format(1))
    hook_file(host, "own", 1)
    assert "unknown hook" in run(host, "module", "list")[1]
    code, out, _err = run(host, "module", "list", "--json")
    problems = {(one["type"], one["name"]): one["problems"] for one in json.loads(out)}
    assert code == 0 and problems["servers", "acme"] == []  # not in use, so its hooks.py is not loaded
    [problem] = problems["hooks", "own"]
    assert "did you mean ClientEdit?" in problem and problem.endswith("own.py:4)")
