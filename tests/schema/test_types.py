"""What goes in comes out the same on SQLite, MariaDB and PostgreSQL."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from modulehost.schema import (
    Client,
    Currency,
    Email,
    Invoice,
    ModuleLog,
    ModuleStore,
    Order,
    ProductGroup,
    Promotion,
    Service,
    StorageError,
    User,
    day_text,
    icontains,
    moment_text,
    same,
    unset,
    zero_date_text,
)


@pytest.fixture
def db(any_database: Engine) -> Iterator[Session]:
    with Session(any_database, expire_on_commit=False) as session:
        yield session


@pytest.fixture
def lite(database: Engine) -> Iterator[Session]:
    with Session(database, expire_on_commit=False) as session:
        yield session


def kept(db: Session, row: Any) -> Any:
    """The row as another session reads it."""
    db.add(row)
    db.commit()
    db.expunge_all()
    return db.get(type(row), row.id)


def test_dates_come_back(db: Session) -> None:
    row = kept(db, Service(regdate=date(2026, 2, 28), lastupdate=datetime(2026, 2, 28, 23, 59, 58, 999999)))
    assert (row.regdate, row.lastupdate) == (date(2026, 2, 28), datetime(2026, 2, 28, 23, 59, 58))
    assert (row.termination_date, row.nextduedate, row.created_at) == (None, None, None)


def test_times_are_kept_without_fractions(lite: Session) -> None:
    kept(lite, Service(lastupdate=datetime(2026, 2, 28, 0, 0, 0, 5)))
    assert lite.execute(text("SELECT lastupdate, regdate FROM tblhosting")).one() == ("2026-02-28 00:00:00", "0000-00-00")


def test_unset_finds_zero_dates_and_null(db: Session) -> None:
    db.add_all([Service(id=1), Service(id=2, nextduedate=date(2026, 1, 1), termination_date=date(2026, 1, 1))])
    db.flush()
    zero = "0001-01-01" if db.bind and db.bind.dialect.name == "postgresql" else "0000-00-00"
    db.execute(text(f"INSERT INTO tblhosting (id, nextduedate) VALUES (3, '{zero}')"))

    def found(where: Any) -> list[int]:
        return list(db.scalars(select(Service.id).where(where).order_by(Service.id)))

    assert found(unset(Service.nextduedate)) == [1, 3]
    assert found(~unset(Service.nextduedate)) == [2]
    assert found(unset(Service.termination_date)) == [1, 3]
    assert found(~unset(Service.termination_date)) == [2]
    assert found(unset(Service.lastupdate)) == [1, 2, 3]
    assert list(db.scalars(select(Service.nextduedate).order_by(Service.id))) == [None, date(2026, 1, 1), None]


def test_the_zero_date_sorts_before_every_other(db: Session) -> None:
    db.add_all([Service(id=1, regdate=date(2026, 1, 2)), Service(id=2), Service(id=3, regdate=date(1970, 1, 1))])
    db.flush()
    assert list(db.scalars(select(Service.id).order_by(Service.regdate))) == [2, 3, 1]
    assert set(db.scalars(select(Service.id).where(Service.regdate <= date(2000, 1, 1)))) == {2, 3}
    assert db.scalar(select(func.max(Service.regdate))) == date(2026, 1, 2)
    assert db.scalar(select(func.min(Service.regdate))) is None


def test_a_date_is_cleared_with_none(db: Session) -> None:
    row = kept(db, Service(regdate=date(2026, 1, 1), nextduedate=date(2026, 1, 1)))
    row.regdate = row.nextduedate = None
    assert (kept(db, row).regdate, row.nextduedate) == (None, None)
    assert db.scalar(select(func.count()).where(Service.nextduedate.is_(None))) == 1
    db.execute(update(Service).values(regdate=None))
    assert db.scalar(select(func.count()).where(unset(Service.regdate))) == 1


def test_a_row_with_rubbish_for_a_date_names_the_column(lite: Session) -> None:
    lite.execute(text("INSERT INTO tblhosting (id, regdate, lastupdate) VALUES (1, 'soon', '')"))
    assert lite.scalar(select(Service.lastupdate)) is None
    with pytest.raises(StorageError, match=r"tblhosting\.regdate holds 'soon'"):
        lite.scalar(select(Service.regdate))


@pytest.mark.parametrize(
    ("given", "stored"),
    [("0.005", "0.01"), ("0.0049", "0.00"), ("-0.005", "-0.01"), ("2.675", "2.68"), ("1", "1.00")],
)
def test_amounts_are_rounded_half_up_to_the_cent(lite: Session, given: str, stored: str) -> None:
    amount = kept(lite, Invoice(total=Decimal(given))).total
    assert str(amount) == stored


def test_amounts_are_exact(db: Session) -> None:
    row = kept(db, Invoice(total=Decimal("99999999999.99"), taxrate=Decimal("7.7"), subtotal=3))
    assert (str(row.total), str(row.taxrate), str(row.subtotal)) == ("99999999999.99", "7.700", "3.00")
    db.execute(Invoice.__table__.insert(), [{"total": Decimal("0.10")}] * 10_000)  # type: ignore[attr-defined]
    tenths = Invoice.id > row.id
    assert str(db.scalar(select(func.sum(Invoice.total)).where(tenths))) == "1000.00"
    grouped = select(Invoice.userid).where(tenths).group_by(Invoice.userid)
    assert db.scalars(grouped.having(func.sum(Invoice.total) > Decimal("999.99"))).all() == [0]
    assert db.scalars(grouped.having(func.sum(Invoice.total) > Decimal("1000.01"))).all() == []


def test_amounts_compare_as_numbers(db: Session) -> None:
    db.add_all([Invoice(id=1, total=Decimal(9)), Invoice(id=2, total=Decimal(10)), Invoice(id=3, total=Decimal("-1.00"))])
    db.flush()
    assert list(db.scalars(select(Invoice.id).order_by(Invoice.total))) == [3, 1, 2]
    assert list(db.scalars(select(Invoice.id).where(Invoice.total > 9))) == [2]
    assert list(db.scalars(select(Invoice.id).where(Invoice.total > Decimal("8.995")).order_by(Invoice.id))) == [1, 2]
    assert list(db.scalars(select(Invoice.id).where(Invoice.total == Decimal("-1")))) == [3]
    assert list(db.scalars(select(Invoice.id).where(Invoice.total.in_([Decimal(9), Decimal(10)])).order_by(Invoice.id))) == [1, 2]
    db.execute(update(Invoice).where(Invoice.id == 1).values(total=Invoice.total - Decimal("0.10")))
    assert str(db.scalar(select(Invoice.total).where(Invoice.id == 1))) == "8.90"


def test_case_does_not_count_where_people_type(db: Session) -> None:
    db.add_all([Client(id=1, email="Ann.Lee@Example.COM", status="Active"), Client(id=2, email="annxlee@example.com")])
    db.flush()
    assert list(db.scalars(select(Client.id).where(same(Client.email, "ann.lee@example.com")))) == [1]
    assert list(db.scalars(select(Client.id).where(~same(Client.email, "ann.lee@example.com")))) == [2]
    assert list(db.scalars(select(Client.id).where(same(Client.status, "ACTIVE")))) == [1]
    assert list(db.scalars(select(Client.id).where(icontains(Client.email, "LEE@")).order_by(Client.id))) == [1, 2]
    assert list(db.scalars(select(Client.id).where(icontains(Client.email, "ann.lee")))) == [1]
    assert list(db.scalars(select(Client.id).where(icontains(Client.email, "ann_lee")))) == []
    assert list(db.scalars(select(Client.id).where(icontains(Client.email, "%")))) == []
    assert list(db.scalars(select(Client.id).where(same(Client.email, func.upper("ann.lee@example.com"))))) == [1]


def test_a_mail_address_signs_in_one_user(db: Session) -> None:
    db.add(User(email="ann@example.com"))
    db.flush()
    db.add(User(email="ANN@example.com"))
    with pytest.raises(IntegrityError):
        db.flush()


def test_case_counts_in_our_own_keys(db: Session) -> None:
    db.add_all([ModuleStore(module="m", name="Key", value="1"), ModuleStore(module="m", name="key", value="2")])
    db.flush()
    assert db.scalar(select(ModuleStore.value).where(ModuleStore.name == "key")) == "2"
    db.add(ModuleStore(module="m", name="key"))
    with pytest.raises(IntegrityError):
        db.flush()


def test_look_ups_use_the_index(db: Session) -> None:
    statement = select(Client.id).where(same(Client.email, "ann@example.com"))
    assert db.bind
    sql = statement.compile(db.bind, compile_kwargs={"literal_binds": True})
    name = db.bind.dialect.name
    if name == "postgresql":
        db.execute(text("SET LOCAL enable_seqscan = off"))
    plan = db.execute(text(f"{'EXPLAIN QUERY PLAN' if name == 'sqlite' else 'EXPLAIN'} {sql}")).all()
    assert "ix_tblclients_email" in str(plan)


def test_text_of_any_size_and_script(db: Session) -> None:
    answer = "ß漢字😀" * 40_000
    assert kept(db, ModuleLog(response=answer)).response == answer
    assert kept(db, ModuleLog(response="a\0b")).response == "a\ufffdb"
    assert kept(db, Client(status="漢字漢字漢字漢字")).status == "漢字漢字漢字漢字"
    assert kept(db, Email(to=None, subject="\\ ' \" % ?:x")).subject == "\\ ' \" % ?:x"


@pytest.mark.parametrize(
    ("row", "error", "message"),
    [
        (Client(status="Suspended"), StorageError, r"tblclients\.status holds at most 8 characters, not 9"),
        (Client(groupid=2**31), StorageError, r"tblclients\.groupid holds whole numbers from -2147483648 to 2147483647"),
        (Service(qty=-1), StorageError, r"tblhosting\.qty holds whole numbers from 0 to 4294967295, not -1"),
        (Invoice(total=Decimal(10**14)), StorageError, r"tblinvoices\.total holds amounts below 1E\+14|100000000000000"),
        (Invoice(total=Decimal("NaN")), StorageError, r"tblinvoices\.total holds amounts below"),
        (Invoice(total=0.1), TypeError, r"tblinvoices\.total holds a Decimal, not float \(0\.1\)"),
        (Client(notes=5), TypeError, r"tblclients\.notes holds text, not int \(5\)"),
        (Client(groupid="5"), TypeError, r"tblclients\.groupid holds a whole number, not str \('5'\)"),
        (Service(regdate=datetime(2026, 1, 1)), TypeError, r"tblhosting\.regdate holds a date, not datetime"),
        (Service(regdate="2026-01-01"), TypeError, r"tblhosting\.regdate holds a date, not str"),
        (Service(lastupdate=date(2026, 1, 1)), TypeError, r"tblhosting\.lastupdate holds a datetime, not date"),
        (Service(lastupdate=datetime(2026, 1, 1, tzinfo=UTC)), StorageError, r"tblhosting\.lastupdate holds naive UTC"),
    ],
)
def test_a_value_that_does_not_fit_names_its_column(lite: Session, row: Any, error: type[Exception], message: str) -> None:
    lite.add(row)
    with pytest.raises(Exception, match=message) as raised:
        lite.flush()
    # SQLAlchemy wraps a ValueError of a bind in its own class and keeps it as the cause.
    assert isinstance(raised.value, error) or isinstance(raised.value.__cause__, error)


def test_what_is_only_compared_may_be_too_long_or_too_large(db: Session) -> None:
    db.add(Client(id=1, status="Active"))
    db.flush()
    assert db.scalars(select(Client).where(Client.status == "x" * 300)).all() == []
    assert db.scalars(select(Client).where(same(Client.status, "x" * 300))).all() == []
    assert db.scalars(select(Client).where(Client.groupid == 10**30)).all() == []
    assert db.scalars(select(Client).where(Client.id.in_([1, 10**30]))).one().id == 1
    assert db.scalars(select(Client).where(Client.groupid < 2**40)).one().id == 1
    assert db.get(Client, 10**30) is None
    assert db.get(Client, -5) is None


def test_columns_with_names_of_sql_words(db: Session) -> None:
    assert kept(db, Currency(code="EUR", default=1, format=3)).default == 1
    assert kept(db, ProductGroup(name="Mail", order=2)).order == 2
    assert kept(db, Email(to="a@example.com")).to == "a@example.com"
    assert kept(db, Order(ordernum=10**15)).ordernum == 10**15


def test_unsigned_numbers_and_null(db: Session) -> None:
    row = kept(db, Service(qty=2**32 - 1))
    assert (row.qty, row.promocount) == (2**32 - 1, None)
    assert kept(db, Promotion(code="X")).recurring is None


def test_ids_are_not_given_twice(db: Session) -> None:
    db.add_all([Client(), Client()])
    db.commit()
    last = kept(db, Client())
    assert last.id == 3
    db.delete(last)
    db.commit()
    assert kept(db, Client()).id == 4


def test_an_unknown_column_is_refused() -> None:
    with pytest.raises(TypeError, match=r"Client \(tblclients\) has no column 'e_mail'"):
        Client(e_mail="x")


def test_dates_as_modules_see_them() -> None:
    assert (day_text(None), day_text(date(2026, 1, 31))) == ("0000-00-00", "2026-01-31")
    assert moment_text(None) == "0000-00-00 00:00:00"
    assert moment_text(datetime(2026, 1, 31, 5, 6, 7, 8)) == "2026-01-31 05:06:07"
    assert zero_date_text(datetime(2026, 1, 31)) == "2026-01-31 00:00:00"
    assert (zero_date_text(None), zero_date_text(None, moment=True)) == ("0000-00-00", "0000-00-00 00:00:00")
    assert day_text(date(987, 1, 1)) == "0987-01-01"
