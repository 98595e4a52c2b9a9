"""How requests are read and answers are written."""

import json
import xml.etree.ElementTree as ET
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from modulehost.api import formats, forms
from modulehost.api.values import ApiError, Values
from tests.api.client import packed

ANSWER = {
    "result": "success",
    "n": 1,
    "yes": True,
    "no": False,
    "none": None,
    "clients": {"client": [{"id": 1}, {"id": 2}]},
}


def test_json() -> None:
    assert json.loads(formats.write(ANSWER, "json")) == ANSWER
    odd = {"a": Decimal("12.50"), "d": date(2026, 3, 2), "m": datetime(2026, 3, 2, 1, 2, 3), "t": "é"}
    assert formats.write(odd, "json") == '{"a": "12.50", "d": "2026-03-02", "m": "2026-03-02 01:02:03", "t": "é"}'


def test_xml() -> None:
    tree = ET.fromstring(
        formats.write({**ANSWER, "text": 'a<b>&"\x00', "odd": {"1": "x"}}, "xml", "GetClients", "8.13.1")
    )
    assert (tree.tag, tree.get("version"), tree.findtext("action")) == ("whmcsapi", "8.13.1", "getclients")
    assert [one.text for one in tree.findall("clients/client/id")] == ["1", "2"]
    assert (tree.findtext("yes"), tree.findtext("no"), tree.findtext("none")) == ("1", "", "")
    assert tree.findtext("text") == 'a<b>&"'
    assert tree.find("odd/item").get("name") == "1"  # type: ignore[union-attr]


def test_name_value_pairs_are_the_default() -> None:
    assert formats.kind("") == formats.kind("csv") == "nvp"
    assert formats.kind(" JSON ") == "json"
    assert formats.write(ANSWER, "nvp") == (
        "result=success;n=1;yes=1;no=;none=;clients[client][0][id]=1;clients[client][1][id]=2;"
    )


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([("a", "1"), ("a", "2")], {"a": "2"}),
        ([("pid[]", "4"), ("pid[]", "5")], {"pid": {"0": "4", "1": "5"}}),
        ([("pid[3]", "4"), ("pid[]", "5")], {"pid": {"3": "4", "4": "5"}}),
        (
            [("pricing[1][monthly]", "5.00"), ("pricing[1][msetupfee]", "1")],
            {"pricing": {"1": {"monthly": "5.00", "msetupfee": "1"}}},
        ),
        ([("a", "1"), ("a[x]", "2")], {"a": {"x": "2"}}),
        ([("a[x]", "1"), ("a", "2")], {"a": "2"}),
        ([("a[x", "1"), ("[x]", "2"), ("", "3")], {"a": "1"}),
    ],
)
def test_forms_as_php_reads_them(pairs: list[tuple[str, str]], expected: dict[str, Any]) -> None:
    assert forms.read(pairs) == expected


def test_deep_names_do_not_end_the_host() -> None:
    assert "a" in forms.read([("a" + "[b]" * 10_000, "1")])


def test_values() -> None:
    values = Values(
        {"n": " 12x", "neg": "-3", "f": 1.5, "yes": "true", "on": "on", "no": "0", "d": "2026-03-02", "z": "0000-00-00"}
    )
    assert (values.number("n"), values.number("neg"), values.number("missing", 7)) == (12, -3, 7)
    assert values.amount("f") == Decimal("1.50")
    assert values.amount("missing") is None
    assert (values.flag("yes"), values.flag("on"), values.flag("no"), values.flag("missing", True)) == (
        True,
        True,
        False,
        True,
    )
    assert values.day("d") == date(2026, 3, 2)
    assert values.day("z") is None
    for read, name in ((values.day, "n"), (values.moment, "n"), (values.amount, "n"), (values.map, "n")):
        with pytest.raises(ApiError, match="Parameter 'n' must be"):
            read(name)


def test_maps_come_serialized_or_plain() -> None:
    for given in (packed({3: "x"}), {3: "x"}):
        assert Values({"customfields": given}).map("customfields") == {3: "x"}
    assert Values({"customfields": ""}).map("customfields") == {}
    for wrong in (packed("x"), "not base64!", "AAAA"):
        with pytest.raises(ApiError, match=r"must be base64\(serialize\(array\)\)"):
            Values({"customfields": wrong}).map("customfields")


def test_arrays() -> None:
    assert Values({"pid": {"0": "4", "2": "5"}}).array("pid") == {0: "4", 2: "5"}
    assert Values({"pid": ["4", "5"]}).array("pid") == {0: "4", 1: "5"}
    assert Values({"pid": "4"}).array("pid") == {0: "4"}
    assert Values({}).array("pid") == {}
    with pytest.raises(ApiError, match="Expecting parameter 'servicerenewals' to be an array"):
        Values({"servicerenewals": "4"}).array("servicerenewals", strict=True)
