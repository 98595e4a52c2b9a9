"""Phrases: keys, fallback, placeholders; and that every key the bundled templates print exists."""

import re
from pathlib import Path

import pytest

from modulehost import language

TEMPLATES = Path(__file__).parents[2] / "templates"


def test_a_missing_key_is_printed_and_a_missing_language_speaks_english() -> None:
    assert language.phrase("english", "no.such.key") == "no.such.key"
    assert language.phrase("klingon", "carttitle") == language.phrase("english", "carttitle") == "Shopping cart"


def test_longer_placeholders_are_replaced_first() -> None:
    text = language.phrase("english", "clientHomePanels.overdueInvoicesMsg", numberOfInvoices=2, balanceDue="$7.00")
    assert text.startswith("Overdue invoices: 2, together $7.00.")


def test_nested_keys_are_nested() -> None:
    tree = language.phrases("english")
    assert tree["orderForm"]["firstName"] == "First name"
    assert tree["yes"] == "Yes"
    assert language.phrases("klingon") == tree


def test_english_comes_first_and_has_a_locale() -> None:
    assert language.languages()[0] == "english"
    assert language.locale("english") == "en_GB"


@pytest.mark.parametrize("name", language.languages())
def test_every_language_is_a_flat_list_of_texts(name: str) -> None:
    assert language.texts(name)
    assert set(language.texts(name)) <= set(language.texts("english"))
    language.phrases(name)


def test_every_key_of_the_bundled_templates_exists() -> None:
    known = set(language.texts("english"))
    missing = set()
    for path in TEMPLATES.rglob("*.tpl"):
        text = path.read_text()
        keys = re.findall(r"\{lang[^}]*?key='([^']+)'", text) + re.findall(r"\$LANG\.([\w.]+)", text)
        missing |= {f"{path.name}: {key}" for key in keys if key not in known}
    assert not missing


def test_every_key_of_the_client_pages_exists() -> None:
    known = set(language.texts("english"))
    root = Path(language.__file__).parents[1]
    for folder in (root / "web" / "client", root / "themes"):
        for path in folder.glob("*.py"):
            for key in re.findall(r'(?:say|phrase)\((?:language, )?"([\w.]+)"', path.read_text()):
                assert key in known, f"{path.name}: {key}"
