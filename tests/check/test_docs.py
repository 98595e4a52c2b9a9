"""docs/modules.md names every rule of `check`, every fixture and every key of the mark."""

import re
from pathlib import Path

from modulehost.testing import plugin, subject

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "modules.md").read_text()
CHAPTER = TEXT[TEXT.index("## Checking, scaffolding, testing") : TEXT.index("## zoho_mail")]
NAMED = set(re.findall(r"`(\w+)`", CHAPTER)) | set(re.findall(r"`(\w+)\(", CHAPTER))


def test_every_rule_is_described() -> None:
    rules = set()
    for path in (ROOT / "modulehost" / "checking").glob("*.py"):
        rules |= set(re.findall(r'(?:ERROR|WARNING),\s*"(\w+)",', path.read_text()))
    assert len(rules) > 15
    assert rules - NAMED == set()


def test_every_fixture_and_every_key_of_the_mark_is_described() -> None:
    fixtures = {"host", "clock", "client", "service", "api", "sandbox", "modulehost_module"}
    assert fixtures <= set(vars(plugin)) and fixtures <= NAMED
    keys = {*subject._WORDS, *subject._MAPS}
    assert keys <= NAMED
    assert keys <= set(re.findall(r"(\w+)=", plugin._MARK))
