"""Broken templates: whatever a file holds, the engine answers with a text or a TemplateError, never with a Python error.

Short in `make test`; `make soak` tries many more.
"""

import json
import os
import random
from pathlib import Path

import pytest

from modulehost.smarty import TemplateError, render_string

CORPUS = Path(__file__).parents[1] / "data" / "smarty" / "cases.jsonl"
ROUNDS = 100_000 if os.environ.get("MODULEHOST_SOAK") else 1_500
PIECES = [
    "{",
    "}",
    "{/if}",
    "{else}",
    "{/foreach}",
    "$",
    "|",
    ":",
    "'",
    '"',
    "->",
    "[",
    "]",
    "(",
    "`",
    "{*",
    "*}",
    "@",
    "{literal}",
    "\x00",
    "%",
    "é",
]


def mutated(template: str, chance: random.Random) -> str:
    for _ in range(chance.randint(1, 4)):
        at = chance.randint(0, len(template))
        match chance.randint(0, 3):
            case 0:
                template = template[:at] + chance.choice(PIECES) + template[at:]
            case 1:
                template = template[:at] + template[at + chance.randint(1, 6) :]
            case 2:
                other = chance.randint(0, len(template))
                template = template[:at] + template[other : other + 12] + template[at:]
            case _:
                template = template[: max(1, at)]
    return template


@pytest.mark.soak
def test_no_template_makes_the_engine_stumble() -> None:
    cases = [json.loads(line) for line in CORPUS.read_text().splitlines() if line.strip()]
    texts = [c["template"] for c in cases if isinstance(c.get("template"), str) and len(c["template"]) < 400]
    assert len(texts) > 1000
    chance = random.Random(4711)
    refused = 0
    for _ in range(ROUNDS):
        template = mutated(chance.choice(texts), chance)
        try:
            render_string(template, {"a": [1, 2], "b": {"c": "x"}, "name": "Asha", "n": 3})
        except TemplateError:
            refused += 1
        except Exception as failure:
            raise AssertionError(f"{type(failure).__name__}: {failure} for {template!r}") from failure
    assert refused > ROUNDS // 10
