"""What addon modules may return, judged without a host."""

from typing import Any

import pytest

from modulehost.contract import check_addon, nearest_addon, read_addon_config

CARD = {"name": "Notes", "version": "1.0"}


def test_a_card_with_every_field_type() -> None:
    fields = {kind: {"FriendlyName": kind.title(), "Type": kind, "Options": "a,b"} for kind in (
        "text", "password", "yesno", "dropdown", "radio", "textarea")}  # fmt: skip
    card, problems = read_addon_config("notes", {**CARD, "language": "German", "fields": fields})
    assert problems == []
    assert (card.name, card.version, card.language) == ("Notes", "1.0", "german")
    assert [f.key for f in card.fields] == list(fields)
    assert card.fields[3].options == [("a", "a"), ("b", "b")]
    assert card.secrets == {"password"}


def test_an_addon_may_have_more_fields_than_a_product() -> None:
    fields = {f"field{n}": {"Type": "text"} for n in range(40)}
    card, problems = read_addon_config("notes", {**CARD, "fields": fields})
    assert (len(card.fields), problems) == (40, [])


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (None, "returned None; expected a map with name, version and fields"),
        ({"name": "Notes"}, "returned no version; it is required"),
        ({"version": "1"}, "returned no name; it is required"),
        ({**CARD, "Fields": {}}, "returned the key 'Fields'; it is spelt 'fields'"),
        ({**CARD, "fields": ["a"]}, "returned a list as fields; expected a map of name => field"),
        (
            {**CARD, "fields": {"version": {"Type": "text"}}},
            "field 'version' has the name of a row that the host keeps; choose another",
        ),
        (
            {**CARD, "fields": {"about": {"Type": "none"}}},
            "field 'about' keeps no value; known types are text, password, yesno, dropdown, radio, textarea",
        ),
        (
            {**CARD, "fields": {"x": {"Type": "number"}}},
            "field 'x' has Type 'number'; known are text, password, yesno, dropdown, radio, textarea, none",
        ),
    ],
)
def test_a_wrong_card_is_told(value: Any, problem: str) -> None:
    assert read_addon_config("notes", value)[1] == [problem]


@pytest.mark.parametrize(
    ("value", "ok", "message", "problems"),
    [
        (None, True, "", []),
        ({"status": "success", "description": "Fine"}, True, "Fine", []),
        ({"status": "info", "description": "Look"}, True, "Look", []),
        ({"status": "error", "description": "No table"}, False, "No table", []),
        ({"status": "ok"}, False, "", ["returned the status 'ok'; known are success, error, info"]),
        ("success", True, "", ["returned the text 'success'; expected nothing, or a map with status and description"]),
    ],
)
def test_what_activate_may_return(value: Any, ok: bool, message: str, problems: list[str]) -> None:
    checked = check_addon("activate", value)
    assert (checked.ok, checked.message, checked.problems) == (ok, message, problems)


@pytest.mark.parametrize(
    ("function", "value", "problems"),
    [
        ("output", "<p>", []),
        ("output", None, []),
        ("output", {"redirectTo": "/x"}, []),
        ("output", 5, ["returned an int; expected HTML text"]),
        ("sidebar", {"redirectTo": "/x"}, ["returned a dict; expected HTML text"]),
        ("clientarea", {"templatefile": "a", "vars": {}}, []),
        ("clientarea", {"redirectTo": "index.php"}, []),
        ("clientarea", "html", ["returned the text 'html'; expected a map with pagetitle, templatefile and vars"]),
        (
            "clientarea",
            {"pagetitle": "A"},
            ["returned no templatefile; it names the Smarty template that shows the page"],
        ),
        ("clientarea", {"templatefile": "a", "vars": [1]}, ["returned vars as a list; expected a map"]),
        (
            "clientarea",
            {"templatefile": "a", "requireLogin": True},
            ["returned the key 'requireLogin'; it is spelt 'requirelogin'"],
        ),
        ("upgrade", 5, []),
        ("anything", 5, []),
    ],
)
def test_what_pages_may_return(function: str, value: Any, problems: list[str]) -> None:
    assert check_addon(function, value).problems == problems


def test_a_misspelt_function_has_a_nearest_one() -> None:
    assert nearest_addon("clientArea") == "clientarea"
    assert nearest_addon("ouput") == "output"
    assert nearest_addon("helper") == ""
