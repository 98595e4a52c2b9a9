"""The search over everything, on each database: what is found, in which order, and by which index."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from modulehost.db import create_engine
from modulehost.ordering import finding
from modulehost.schema import Client, Contact, Invoice, Order, Service, User, begins
from tests.support.databases import KINDS, fresh_database


@pytest.fixture(params=KINDS, scope="module")
def db(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """A database with a few rows of everything."""
    folder: Path = tmp_path_factory.mktemp("finding")
    with fresh_database(request.param, folder, tables=True) as url:
        engine = create_engine(url)
        with Session(engine) as session:
            session.add_all(
                [
                    Client(id=7, firstname="Ann", lastname="Smithson", companyname="", email="ann@example.com"),
                    Client(id=8, firstname="Bob", lastname="Smith", companyname="100% Wool_Co", email="bob@example.com"),
                    Client(id=9, firstname="Mary Ann", lastname="O'Neil", companyname="Smithy", email="mary@example.com"),
                    Client(id=10, firstname="Jürgen", lastname="Müller", companyname="1000 Wool Co", email="x@example.com"),
                    Contact(id=3, userid=7, firstname="Zoe", lastname="Quill", companyname="", email="zoe@example.com"),
                    User(id=12, first_name="Ann", last_name="Smithson", email="ann@example.com"),
                    Service(id=7, userid=7, domain="www.wool.example", username="woolly", orderid=1, packageid=1),
                    Service(id=21, userid=8, domain="Wool.example", username="u21", orderid=1, packageid=1),
                    Invoice(id=7, userid=7, invoicenum=""),
                    Invoice(id=22, userid=8, invoicenum="2026-0007"),
                    Order(id=7, userid=7, ordernum=5000000001),
                    Order(id=8, userid=8, ordernum=7),
                ]
            )
            session.commit()
            yield session
        engine.dispose()


def ids(rows: list[Any]) -> list[int]:
    return [row.id for row in rows]


def test_names_are_found_by_their_beginning_and_what_is_the_same_comes_first(db: Session) -> None:
    assert ids(finding.clients(db, "smith", 5)) == [8, 7, 9]
    assert ids(finding.clients(db, "SMITHS", 5)) == [7]
    assert ids(finding.clients(db, "mith", 5)) == []
    assert ids(finding.clients(db, "ann smi", 5)) == [7]
    assert ids(finding.clients(db, "Mary Ann O'N", 5)) == [9]
    assert ids(finding.clients(db, "bob@example.com", 5)) == [8]
    assert ids(finding.clients(db, "Müll", 5)) == [10]
    assert ids(finding.clients(db, "smith", 2)) == [8, 7]
    assert ids(finding.contacts(db, "zoe q", 5)) == [3]
    assert ids(finding.users(db, "SMITH", 5)) == [12]


def test_signs_of_patterns_stand_for_themselves(db: Session) -> None:
    assert ids(finding.clients(db, "100%", 5)) == [8]
    assert ids(finding.clients(db, "100% wool_", 5)) == [8]
    assert ids(finding.clients(db, "1_0", 5)) == ids(finding.clients(db, "%%", 5)) == ids(finding.clients(db, "\\%", 5)) == []


def test_numbers_are_ids_and_the_numbers_that_clients_see(db: Session) -> None:
    assert ids(finding.clients(db, "7", 5)) == ids(finding.clients(db, "#7", 5)) == [7]
    assert ids(finding.services(db, "21", 5)) == [21]
    assert ids(finding.invoices(db, "7", 5)) == [7]
    assert ids(finding.invoices(db, "2026-00", 5)) == [22]
    assert ids(finding.orders(db, "7", 5)) == [7, 8]
    assert ids(finding.orders(db, "5000000001", 5)) == [7]
    for far in ("99999999999", "9" * 18, "9" * 40):
        found = finding.clients(db, far, 5), finding.orders(db, far, 5), finding.invoices(db, far, 5)
        assert found == ([], [], [])


def test_domains_are_found_with_and_without_www(db: Session) -> None:
    for term in ("wool.example", "www.wool.example", "https://wool.example/shop"):
        assert sorted(ids(finding.services(db, term, 5))) == [7, 21], term
    assert ids(finding.services(db, "woolly", 5)) == [7]


def test_what_is_worth_a_search() -> None:
    assert [term for term in ("", "a", "1", "#1", "ab", "#", "-") if finding.enough(term)] == ["1", "#1", "ab"]


@pytest.mark.parametrize(
    ("column", "index"),
    [
        (Client.lastname, "ix_tblclients_lastname"),
        (Client.email, "ix_tblclients_email"),
        (Service.domain, "ix_tblhosting_domain"),
        (Service.username, "ix_tblhosting_username"),
        (Invoice.invoicenum, "ix_tblinvoices_invoicenum"),
        (User.last_name, "ix_tblusers_last_name"),
    ],
)
def test_beginnings_use_the_index(db: Session, column: Any, index: str) -> None:
    assert db.bind
    name = db.bind.dialect.name
    # MariaDB reads a table of a few rows without an index.
    mails = column.class_ is User and column is not User.email
    rows = [{"id": 1000 + n, column.key: f"x{n}", **({"email": f"{n}@x.example"} if mails else {})} for n in range(300)]
    db.execute(insert(column.class_), rows)
    sql = str(select(column.class_.id).where(begins(column, "smi")).compile(db.bind, compile_kwargs={"literal_binds": True}))
    if name == "postgresql":
        db.execute(text("SET LOCAL enable_seqscan = off"))
    plan = db.connection().exec_driver_sql(f"{'EXPLAIN QUERY PLAN' if name == 'sqlite' else 'EXPLAIN'} {sql}").all()
    db.rollback()
    assert index in str(plan), plan
    assert name != "sqlite" or "SEARCH" in str(plan), plan
