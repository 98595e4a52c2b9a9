"""Lists in pages: counted and cut by the database."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from flask import request
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from modulehost.web.numbers import is_whole

SIZE = 25


@dataclass(frozen=True)
class Page:
    """One page of a list."""

    rows: list[Any]
    number: int
    total: int
    size: int = SIZE
    query: dict[str, str] = field(default_factory=dict)

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


def paged(db: Session, query: Any, scalars: bool = True, size: int = SIZE) -> Page:
    """The page of the select `query` that the request asks for; a number past the end shows the last page."""
    total = db.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    number = min(wanted_page(), max((total + size - 1) // size, 1))
    cut = query.limit(size).offset((number - 1) * size)
    rows: list[Any] = list(db.scalars(cut)) if scalars else list(db.execute(cut))
    return Page(rows, number, total, size, filters())


def filters() -> dict[str, str]:
    """The query of the request without the page number and empty values."""
    return {k: v for k, v in request.args.items() if v and k != "page"}


def given(search: Callable[[int, int], tuple[int, Sequence[Any]]], size: int = SIZE) -> Page:
    """A page from a function (start, count) -> (total, rows) of a lower room."""
    number = wanted_page()
    total, rows = search((number - 1) * size, size)
    pages = max((total + size - 1) // size, 1)
    if number > pages:
        number = pages
        total, rows = search((number - 1) * size, size)
    return Page(list(rows), number, total, size, filters())
