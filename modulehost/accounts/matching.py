"""How people are found by what somebody types of their name: beginnings, which indices serve."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, or_

from modulehost.schema import begins, same

_NAME_PARTS = 4


def full_name(text: str, first: Any, last: Any) -> Iterator[ColumnElement[bool]]:
    """`Mary Ann Smi`: each way to part it into a first name and the beginning of a last name."""
    parts = text.split()
    for place in range(1, min(len(parts), _NAME_PARTS)):
        yield same(first, " ".join(parts[:place])) & begins(last, " ".join(parts[place:]))


def person(text: str, first: Any, last: Any, *others: Any) -> ColumnElement[bool]:
    """Whether the first, last or full name, or one of the other columns, begins with a text."""
    return or_(*(begins(one, text) for one in (first, last, *others)), *full_name(text, first, last))
