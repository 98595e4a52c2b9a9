"""Lists: sorted by what the page names, and cut so that a large table costs no more."""

import re

import pytest
from sqlalchemy import select

from modulehost import db as database
from modulehost.context import Ctx
from modulehost.schema import Client
from modulehost.web.admin import paging
from tests.admin.conftest import Browser


@pytest.fixture
def crowd(ctx: Ctx) -> None:
    """Thirty clients beside the one that every host of the tests has."""
    with ctx.unit() as db:
        for n in range(30):
            db.add(Client(firstname="F", lastname=f"L{(n * 7) % 30:02}", companyname="", email=f"c{n}@example.com", status="Active"))


def names(page: str) -> list[str]:
    return re.findall(r">F (L\d\d)</a>", page)


def test_heads_sort_in_both_directions_and_keep_filters(admin: Browser, crowd: None) -> None:
    rising = names(admin.text("/admin/clients.php?orderby=lastname&order=asc&status=Active"))
    assert rising == sorted(rising) and rising[0] == "L00"
    page = admin.text("/admin/clients.php?orderby=lastname&order=desc&status=Active")
    falling = names(page)
    assert falling[0] == "L29" and falling == sorted(falling, reverse=True)
    assert 'aria-sort="descending"' in page and "?orderby=email&order=asc&status=Active" in page
    for other in ("password", "id;drop", "x" * 300):
        assert names(admin.text(f"/admin/clients.php?orderby={other}"))[0] == "L23"  # newest first: 29 * 7 % 30


@pytest.mark.parametrize("address", ["clientshostinglist.php", "invoices.php", "invoices.php?status=Overdue", "transactions.php"])
def test_the_other_lists_sort_by_what_they_offer(admin: Browser, service: int, address: str) -> None:
    page = admin.text(f"/admin/{address}")
    for link in set(re.findall(r'<th[^>]*><a href="(\?[^"]+)"', page)):
        assert admin.get(f"/admin/{address.partition('?')[0]}{link}").status_code == 200, link


def test_counting_ends_where_paging_does(admin: Browser, ctx: Ctx, crowd: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with ctx.unit(read=True) as db:
        assert database.counted(db, select(Client)) == 31
        assert database.counted(db, select(Client).where(Client.lastname == "L05"), 10) == 1
        assert database.counted(db, select(Client), 10) == 11
    monkeypatch.setattr(paging, "MOST", 25)
    page = admin.text("/admin/clients.php?status=Active&page=9")
    assert "of 25+" in page and len(names(page)) >= 24
