"""Addon modules held against the contract."""

from pathlib import Path

from modulehost import checking
from tests.check.folders import folder, said

CARD = "{'name': 'A', 'description': 'd', 'version': '1', 'author': 'me', 'fields': {}}"


def test_a_right_addon_has_nothing_wrong(tmp_path: Path) -> None:
    made = folder(tmp_path, "my_addon", "addons", my_addon_py=f"def my_addon_config(): return {CARD}\n")
    assert said(made) == []


def test_the_card_needs_its_keys_and_right_fields(tmp_path: Path) -> None:
    code = (
        "def crm_config():\n"
        "    return {'name': 'CRM', 'author': 'me', 'Version': '1', 'fields': {\n"
        "        'token': {'Type': 'passwrd'},\n"
        "        'help': {'Type': 'none'},\n"
        "    }}\n"
    )
    assert said(folder(tmp_path, "crm", "addons", crm_py=code)) == [
        "crm.py:2 error key: crm_config returns no description; it is required",
        "crm.py:2 error key: crm_config returns no version; it is required",
        "crm.py:2 warning key: crm_config returns Version; did you mean version?",
        "crm.py:3 error type: field 'token' has Type 'passwrd'; did you mean password?",
        "crm.py:4 error type: field 'help' has Type 'none'; known are text, password, yesno, dropdown, radio, textarea",
    ]


def test_functions_of_addons(tmp_path: Path) -> None:
    code = f"def crm_config(): return {CARD}\ndef crm_ouput(vars): return ''\ndef crm_clientarea(vars, more): return {{}}\n"
    assert said(folder(tmp_path, "crm", "addons", crm_py=code)) == [
        "crm.py:2 error function: crm_ouput is not called by the host; did you mean crm_output?",
        "crm.py:3 error call: crm_clientarea wants 2 arguments, but the host passes vars alone",
    ]
    assert said(folder(tmp_path, "bare", "addons", bare_py="def bare_output(vars): return ''\n")) == [
        "bare.py:1 error missing: bare_config is missing; it is required"
    ]


def test_a_lone_folder_is_what_it_defines(tmp_path: Path) -> None:
    alone = tmp_path / "crm"
    alone.mkdir()
    (alone / "crm.php").write_text(
        "<?php defined('WHMCS') || die();\nfunction crm_config() {}\nfunction crm_output($vars) {}\n"
    )
    (found,) = checking.find(alone)
    assert (checking.kind_of(found), found.language, said(alone)) == ("addons", "php", [])
