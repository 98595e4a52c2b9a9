"""docs/modules.md names all that a module may define and use."""

import re
from pathlib import Path

from modulehost import sdk
from modulehost.contract import ADDON_FUNCTIONS, FIELD_TYPES, SERVER_FUNCTIONS
from modulehost.lifecycle.modules import COMMANDS

TEXT = (Path(__file__).parents[2] / "docs" / "modules.md").read_text()
WORDS = set(re.findall(r"\w+", TEXT))
LATER = {  # known to the contract, not called by this version
    "ListAccounts",
    "GetUserCount", "GetRemoteMetaData", "RenderRemoteMetaData",
}  # fmt: skip


def test_every_door_of_the_sdk_is_described() -> None:
    assert [name for name in sdk.__all__ if name.lower() not in {word.lower() for word in WORDS}] == []


def test_every_function_that_the_host_calls_is_described() -> None:
    assert [name for name in SERVER_FUNCTIONS if name not in WORDS and name not in LATER] == []
    assert [name for name in COMMANDS if name not in WORDS] == []
    table = TEXT.partition("## Addon modules")[2]
    assert [name for name in ADDON_FUNCTIONS if f"`{name}`" not in table] == []


def test_every_type_of_a_setting_is_shown() -> None:
    shown = set(re.findall(r'"Type": "(\w+)"', TEXT))
    assert shown - {"System"} == set(FIELD_TYPES) - {""}  # System heads a gateway's settings: it is no field
