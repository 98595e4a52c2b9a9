"""Lists: sorted by what the page names, and cut so that a large table costs no more."""

import re
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost import db as database
from modulehost.accounts import admins, users
from modulehost.context import Ctx
from modulehost.schema import Client, Order, User
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


@pytest.mark.parametrize("address", ["clientshostinglist.php", "invoices.php", "invoices.php?status=Overdue", "transactions.php", "orders.php",
                                     "users.php", "systemactivitylog.php", "systemmodulelog.php", "configadmins.php",
                                     "configservers.php", "configpromotions.php?show=all", "modulecalls.php", "systememaillog.php"])
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


def test_orders_users_and_administrators_sort_and_filter(admin: Browser, ctx: Ctx, service: int) -> None:
    with ctx.unit() as db:
        db.add(Order(ordernum=99, userid=1, status="Active", date=ctx.host.clock.now(), amount=Decimal(7)))
        db.add(User(first_name="Zed", last_name="Aaron", email="zed@example.com"))
        sales = admins.create(db, "aaa", "Some-pass-1", role_id=2, firstname="A", lastname="Z", email="a@example.com").id
        assert len(db.scalars(users.search("zed aa")).all()) == 1 and users_found(db, "ed") == 0

    def shown(address: str, pattern: str) -> list[str]:
        return re.findall(pattern, admin.text(f"/admin/{address}"))

    order = r'action=view&id=\d+">(\d+)</a>'
    assert shown("orders.php?orderby=ordernum&order=asc", order) == ["99", "4711"]
    assert shown("orders.php?orderby=amount&order=asc", order) == ["4711", "99"]
    assert shown("orders.php", order) == ["99", "4711"]
    people = shown("users.php?orderby=lastname&order=asc", r'users.php\?id=\d+">([^<]+)</a>')
    assert people[0] == "zed@example.com" and len(people) == 2
    staff = r'data-label="Username"><a href="[^"]+">(\w+)</a></td>'
    assert shown("configadmins.php", staff)[0] == "aaa" and shown("configadmins.php?orderby=username&order=desc", staff)[-1] == "aaa"
    assert shown("configadmins.php?roleid=2", staff) == ["aaa"] and sales > 1


def users_found(db: Session, text: str) -> int:
    return len(db.scalars(users.search(text)).all())
