"""The corpus of cases with the real engine's output."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from modulehost.smarty.conformance import check_case, main

DATA = Path(__file__).parents[1] / "data" / "smarty"
KNOWN = set((DATA / "known_failures.txt").read_text().split())


def cases() -> list[dict[str, Any]]:
    with (DATA / "cases.jsonl").open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def test_every_case_but_the_known_failures() -> None:
    failures = {case["name"]: failure for case in cases() if (failure := check_case(case)) is not None}
    assert len(cases()) == 1788
    assert {name: text for name, text in failures.items() if name not in KNOWN} == {}
    assert KNOWN - set(failures) == set(), "these pass now: take them off the list"


def test_the_command_prints_failures_and_a_last_line(tmp_path: Path, capsys: Any) -> None:
    file = tmp_path / "cases.jsonl"
    good = {"name": "a/1", "template": "{$n+1}", "vars": {"n": 5}, "expected": "6"}
    bad = {"name": "a/2", "template": "{$n}", "vars": {"n": 5}, "expected": "7"}
    file.write_text(json.dumps(good) + "\n" + json.dumps(bad) + "\n")
    assert main([str(file)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("a/2") and lines[-1] == "1/2"
