"""serialize(): the texts on the left were worked out by PHP's documented format."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modulehost.api.phpserialize import PhpFormatError, dumps, loads

PAIRS = [
    (b"N;", None),
    (b"b:1;", True),
    (b"b:0;", False),
    (b"i:-5;", -5),
    (b"d:12.5;", Decimal("12.5")),
    (b's:5:"h\xc3\xa9lo";', "hélo"),
    (b's:3:"";"";', '";"'),
    (b'a:2:{i:4;s:1:"7";s:3:"vat";s:0:"";}', {4: "7", "vat": ""}),
    (b'a:1:{i:3;a:2:{s:8:"optionid";i:4;s:3:"qty";i:2;}}', {3: {"optionid": 4, "qty": 2}}),
]


@pytest.mark.parametrize(("text", "value"), PAIRS)
def test_both_ways(text: bytes, value: Any) -> None:
    assert loads(text) == value
    assert dumps(value) == text


def test_lists_and_number_like_keys_become_arrays() -> None:
    assert dumps(["a", "b"]) == b'a:2:{i:0;s:1:"a";i:1;s:1:"b";}'
    assert dumps({"7": "x", "07": "y"}) == b'a:2:{i:7;s:1:"x";s:2:"07";s:1:"y";}'


@pytest.mark.parametrize(
    "text",
    [
        b'O:8:"stdClass":0:{}', b'C:3:"Foo":0:{}', b"R:1;", b"r:1;", b'E:7:"Foo:Bar";',
        b"", b"i:5", b"i:x;", b"s:3:\"ab\";", b's:99999999:"a";', b"a:1:{i:0;}", b"a:1:{i:0;i:1;i:2;i:3;}", b"a:-1:{}",
        b"a:1:{a:0:{}i:1;}", b"a:1:{b:1;i:1;}", b"i:5;trailing", b"a:1:{i:0;" * 30 + b"N;" + b"}" * 30, b"d:one;", b"Z",
    ],
)  # fmt: skip
def test_refused(text: bytes) -> None:
    with pytest.raises(PhpFormatError):
        loads(text)


scalars = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(st.characters(codec="utf-8"))
keys = st.integers(-100, 100) | st.text(st.characters(codec="utf-8")).filter(
    lambda text: not text.lstrip("-").isdecimal()
)


@given(st.recursive(scalars, lambda inner: st.dictionaries(keys, inner, max_size=4), max_leaves=10))
def test_any_value_survives(value: Any) -> None:
    assert loads(dumps(value)) == value


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        loads(data)
    except PhpFormatError:
        pass
