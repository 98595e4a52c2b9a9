"""Lists in pages: counted and cut by the database."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from flask import request
from sqlalchemy.orm import Session

from modulehost import settings
from modulehost.db import counted
from modulehost.schema import alphabetic
from modulehost.web.numbers import is_whole

LARGEST = 200
#: lists are counted and paged up to here; further rows are found by filters, so that no page costs more in a large table
MOST = 10_000


@dataclass(frozen=True)
class Page:
    """One page of a list."""

    rows: list[Any]
    number: int
    total: int
    size: int
    query: dict[str, str] = field(default_factory=dict)
    more: bool = False  # there are rows beyond `total`

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max((self.total + self.size - 1) // self.size, 1)

    @property
    def first(self) -> int:
        """Number of the first row shown."""
        return (self.number - 1) * self.size + 1 if self.rows else 0

    @property
    def last(self) -> int:
        """Number of the last row shown."""
        return self.first + len(self.rows) - 1 if self.rows else 0

    @property
    def shown(self) -> list[int | None]:
        """Page numbers for the list of pages; None is a gap."""
        wanted = sorted({1, self.pages, *(n for n in range(self.number - 2, self.number + 3) if 0 < n <= self.pages)})
        found: list[int | None] = []
        for n in wanted:
            if found and n - (found[-1] or 0) > 1:
                found.append(None)
            found.append(n)
        return found

    def url(self, number: int) -> str:
        """The address of another page with the same filters."""
        return f"{request.path}?{urlencode({**self.query, 'page': number})}"


def wanted_page() -> int:
    """The page number of the request; what is no number is 1."""
    text = request.args.get("page", "1")
    return max(int(text), 1) if is_whole(text) and len(text) < 8 else 1


def page_size(db: Session) -> int:
    """Rows of a page as the setting NumRecordstoDisplay says."""
    return min(max(settings.number(db, "NumRecordstoDisplay"), 1), LARGEST)


def paged(db: Session, query: Any, scalars: bool = True, size: int = 0) -> Page:
    """The page of the select `query` that the request asks for; a number past the end shows the last page. `size`: 0 for the setting's."""
    size = size or page_size(db)
    found = counted(db, query, MOST)
    total = min(found, MOST)
    number = min(wanted_page(), max((total + size - 1) // size, 1))
    cut = query.limit(size).offset((number - 1) * size)
    rows: list[Any] = list(db.scalars(cut)) if scalars else list(db.execute(cut))
    return Page(rows, number, total, size, filters(), found > MOST)


def filters() -> dict[str, str]:
    """The query of the request without the page number and empty values."""
    return {k: v for k, v in request.args.items() if v and k != "page"}


def given(search: Callable[[int, int], tuple[int, Sequence[Any]]], size: int) -> Page:
    """A page of `size` rows from a function (start, count) -> (total, rows) of a lower room."""
    number = wanted_page()
    number = min(number, MOST // size)
    found, rows = search((number - 1) * size, size)
    total = min(found, MOST)
    pages = max((total + size - 1) // size, 1)
    if number > pages:
        number = pages
        _, rows = search((number - 1) * size, size)
    return Page(list(rows), number, total, size, filters(), found > MOST)


@dataclass(frozen=True)
class Order:
    """What the request wants a list sorted by: a key of the page's own list of columns, never the text of the request."""

    by: str
    falling: bool

    def __call__(self, columns: Mapping[str, Any], key: Any) -> tuple[Any, ...]:
        """The terms of ORDER BY; rows that are equal follow the key in the same direction, so that an index serves."""
        column = columns[self.by]
        terms = (alphabetic(key),) if column is key else (alphabetic(column), alphabetic(key))
        return tuple(one.desc() for one in terms) if self.falling else terms


def wanted_order(columns: Collection[str], default: str = "id", falling: bool = True) -> Order:
    """`orderby` and `order` (asc, desc) of the request; what `columns` does not name is the default."""
    by = request.args.get("orderby", "")
    if by not in columns:
        return Order(default, falling)
    return Order(by, request.args.get("order", "asc") == "desc")
