"""What holds for recurring invoices whatever happens: kills, two runs at once, odd days, any order of payments and credit."""

import calendar
import os
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as tuned
from hypothesis import strategies as st
from sqlalchemy import Engine, event, select

from modulehost import events, hooks, settings
from modulehost.billing import credit, invoices, payments
from modulehost.billing.cycles import CYCLES, cycle
from modulehost.billing.recurring import candidates, generate
from modulehost.context import Ctx, Host
from modulehost.db import create_engine
from modulehost.journal import Report
from modulehost.ordering import acceptance, checkout
from modulehost.schema import Client, Credit, Email, Invoice, InvoiceItem, Service, Tax, Transaction
from tests.billing import shop
from tests.billing.test_recurring import DUE, add_service, add_service_addon
from tests.support import databases

RECURRING = [one.label for one in CYCLES.values() if one.recurs]


def books(ctx: Ctx) -> dict[str, Any]:
    """All that a run writes, without ids."""
    with ctx.unit(read=True) as db:
        found = {
            "invoices": [(i.userid, i.duedate, i.status, i.subtotal, i.credit, i.total) for i in db.scalars(select(Invoice))],
            "lines": [(i.userid, i.type, i.relid, i.duedate, i.amount) for i in db.scalars(select(InvoiceItem))],
            "credit": [(c.clientid, c.amount) for c in db.scalars(select(Credit))],
            "mails": [(m.userid, m.subject) for m in db.scalars(select(Email))],
            "services": [(s.id, s.nextinvoicedate, s.nextduedate) for s in db.scalars(select(Service))],
            "clients": [(c.id, c.credit) for c in db.scalars(select(Client))],
        }
    return {name: sorted(rows, key=str) for name, rows in found.items()}


def furnish(ctx: Ctx, clients: int = 6) -> None:
    """Clients with two services and an addon each; one has credit for everything, one for a part, one pays nothing."""
    with ctx.unit() as db:
        product = shop.add_product(db)
        for n in range(clients):
            client = shop.add_client(db, email=f"c{n}@example.com", credit=Decimal("50.00") if n == 1 else Decimal(5 * (n == 2)))
            first = add_service(db, client, product, amount=Decimal(0 if n == 3 else 10))
            add_service(db, client, product, nextduedate=DUE + timedelta(days=1), nextinvoicedate=DUE + timedelta(days=1))
            add_service_addon(db, first, recurring=Decimal(0 if n == 3 else 2))


def listen(host: Host, file: Path) -> None:
    def note(given: dict[str, Any]) -> None:
        with file.open("a") as out:
            out.write(f"{given['invoiceid']}\n")

    hooks.add(host, "InvoiceCreation", 1, note)


def fork(work: Callable[[], None]) -> int:
    """Run it in a process of its own; returns the signal that ended it, or 0."""
    pid = os.fork()
    if pid == 0:
        try:
            work()
        finally:
            os._exit(0)
    return os.WTERMSIG(os.waitpid(pid, 0)[1])


@pytest.mark.parametrize("heard", [False, True])
def test_killed_anywhere_and_begun_anew_the_books_are_those_of_one_run(
    heard: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(candidates, "CHUNK", 4)

    def world(name: str) -> tuple[Path, str]:
        folder = tmp_path / name
        folder.mkdir()
        with databases.fresh_database("sqlite", folder, tables=True) as url:
            return folder, url

    def run(folder: Path, url: str, die_at: int = 0) -> int:
        """Statements run until the end; the process kills itself before number `die_at`."""
        count, engine = 0, create_engine(url)
        with shop.open_shop(engine, folder / "root", seed=False) as host:
            if heard:
                listen(host, folder / "heard")

            def tick(*_: Any) -> None:
                nonlocal count
                count += 1
                if count == die_at:
                    os.kill(os.getpid(), signal.SIGKILL)

            event.listen(engine, "before_cursor_execute", tick)
            event.listen(engine, "commit", tick)
            generate(Ctx(host), Report("x"))
            while events.drain(Ctx(host)):
                pass
        engine.dispose()
        return count

    def prepared(name: str) -> tuple[Path, str]:
        folder, url = world(name)
        engine = create_engine(url)
        with shop.open_shop(engine, folder / "root") as host:
            furnish(Ctx(host))
        engine.dispose()
        return folder, url

    def read(folder: Path, url: str) -> dict[str, Any]:
        engine = create_engine(url)
        with shop.open_shop(engine, folder / "root", seed=False) as host:
            found = books(Ctx(host))
        engine.dispose()
        return found

    folder, url = prepared("clean")
    total = run(folder, url)
    expected = read(folder, url)
    assert len(expected["invoices"]) == 12 and total > 60
    for number in range(1, 9):
        folder, url = prepared(f"killed{number}")
        die_at = total * number // 9
        assert fork(lambda: run(folder, url, die_at)) == signal.SIGKILL  # noqa: B023 - it is called here
        run(folder, url)
        assert read(folder, url) == expected, die_at
        if heard:
            told = Counter((folder / "heard").read_text().split())
            assert max(told.values()) == 1  # nobody twice, and at most the few of one step not at all
            assert len(told) >= 12 - 4


@contextmanager
def small_chunks(size: int) -> Iterator[None]:
    before, candidates.CHUNK = candidates.CHUNK, size
    try:
        yield
    finally:
        candidates.CHUNK = before


def test_two_runs_at_once_make_each_invoice_once(any_host: Host) -> None:
    ctx = Ctx(any_host)
    furnish(ctx, 20)
    counts, failures, start = [], [], threading.Barrier(3)

    def run() -> None:
        start.wait()
        try:
            counts.append(generate(Ctx(any_host), Report("x")).count)
        except Exception as failure:
            failures.append(failure)

    with small_chunks(6):
        threads = [threading.Thread(target=run) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not failures
    assert sum(counts) == 40
    found = books(ctx)
    assert len(found["invoices"]) == 40 and len(set(found["lines"])) == len(found["lines"]) == 60
    assert [credit for _id, credit in found["clients"] if credit] == [Decimal("28.00")]  # 50 - 12 - 10
    assert Counter(subject for _id, subject in found["mails"]) == {"Invoice Created": 37, "Invoice Payment Confirmation": 2}


def chain(first: date, months: int, until: date) -> list[date]:
    """Due dates by the calendar alone: every so many months, on the first one's day or the month's last."""
    found = []
    for n in range(2000):
        year, month = divmod(first.year * 12 + first.month - 1 + n * months, 12)
        day = date(year, month + 1, min(first.day, calendar.monthrange(year, month + 1)[1]))
        if day > until:
            return found
        found.append(day)
    return found


days = st.dates(date(2023, 1, 1), date(2025, 3, 31)) | st.sampled_from(
    [date(2023, 1, 31), date(2023, 12, 31), date(2024, 2, 29), date(2023, 8, 30), date(2024, 1, 29)]
)


@given(
    starts=st.lists(st.tuples(days, st.sampled_from(RECURRING)), min_size=1, max_size=4),
    steps=st.lists(st.integers(1, 120), min_size=1, max_size=6),
    continuous=st.booleans(),
)
@tuned(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_period_is_invoiced_twice_or_missed(
    starts: list[tuple[date, str]], steps: list[int], continuous: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("periods")
    with databases.fresh_database("sqlite", folder, tables=True) as url, opened(url, folder) as host:
        ctx = Ctx(host)
        host.clock.set(datetime.combine(min(day for day, _ in starts), datetime.min.time()))
        with ctx.unit() as db:
            settings.put(db, "ContinuousInvoiceGeneration", "on" if continuous else "")
            client, product = shop.add_client(db), shop.add_product(db)
            for day, label in starts:
                add_service(db, client, product, billingcycle=label, regdate=day, nextduedate=day, nextinvoicedate=day)
        for step in steps:
            host.clock.advance(timedelta(days=step))
            generate(ctx, Report("x"), noemails=True)
            while not continuous and pay_all(ctx):  # what was made up for comes one after the other
                generate(ctx, Report("x"), noemails=True)
        until = host.clock.today() + timedelta(days=14)
        with ctx.unit(read=True) as db:
            lines = db.scalars(select(InvoiceItem).where(InvoiceItem.type == "Hosting").order_by(InvoiceItem.id)).all()
        for number, (day, label) in enumerate(starts, 1):
            assert [one.duedate for one in lines if one.relid == number] == chain(day, cycle(label).months, until)


def pay_all(ctx: Ctx) -> int:
    with ctx.unit(read=True) as db:
        unpaid = db.scalars(select(Invoice.id).where(Invoice.status == "Unpaid").order_by(Invoice.id)).all()
    for id_ in unpaid:
        payments.pay(ctx, id_, "", "mailin", send=False)
    return len(unpaid)


@contextmanager
def opened(url: str, folder: Path) -> Iterator[Host]:
    engine: Engine = create_engine(url)
    try:
        with shop.open_shop(engine, folder / "root") as host:
            yield host
    finally:
        engine.dispose()


actions = st.one_of(
    st.tuples(st.just("order"), st.integers(0, 1), st.sampled_from(["monthly", "annually"])),
    st.tuples(st.just("pay"), st.integers(0, 5), st.sampled_from(["", "3.00", "40.00"])),
    st.tuples(st.just("credit"), st.integers(0, 1), st.sampled_from(["2.50", "30.00"])),
    st.tuples(st.just("spend"), st.integers(0, 5), st.just("")),
    st.tuples(st.just("days"), st.integers(1, 45), st.just("")),
)


@given(steps=st.lists(actions, min_size=4, max_size=14), inclusive=st.booleans())
@tuned(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_books_balance_after_any_sequence(
    steps: list[tuple[str, int, str]], inclusive: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("books")
    with databases.fresh_database("sqlite", folder, tables=True) as url, opened(url, folder) as host:
        ctx = Ctx(host)
        with ctx.unit() as db:
            settings.put(db, "TaxEnabled", "on")
            settings.put(db, "TaxType", "Inclusive" if inclusive else "Exclusive")
            db.add(Tax(level=1, name="VAT", country="DE", taxrate=Decimal(19)))
            people = [shop.add_client(db, email=f"c{n}@example.com").id for n in range(2)]
            product = shop.add_product(db, tax=1, prices={"monthly": "9.95", "msetupfee": "1.50", "annually": "99.00"}).id
        for what, number, text in steps:
            act(ctx, what, number, text, people, product)
            check_books(ctx, inclusive)


def act(ctx: Ctx, what: str, number: int, text: str, people: list[int], product: int) -> None:
    with ctx.unit(read=True) as db:
        known = db.scalars(select(Invoice.id).order_by(Invoice.id)).all()
    if what == "order":
        items = [{"pid": product, "billingcycle": text}]
        placed = checkout.place(ctx, checkout.OrderRequest(people[number], items, "mailin", noemail=True, trusted=True))
        acceptance.accept(ctx, placed.order_id)
    elif what == "days":
        for _ in range(number):
            ctx.host.clock.advance(timedelta(days=1))
            generate(ctx, Report("x"), noemails=True)
    elif what == "credit":
        credit.change(ctx, people[number], Decimal(text), "a gift")
    elif what == "pay" and known:
        try:
            payments.pay(ctx, known[number % len(known)], "", "mailin", Decimal(text) if text else None, send=False)
        except payments.PaymentRefused:
            pass  # nothing was due
    elif what == "spend" and known:
        try:
            credit.apply(ctx, known[number % len(known)], send=False)
        except credit.CreditRefused:
            pass


def check_books(ctx: Ctx, inclusive: bool) -> None:
    with ctx.unit(read=True) as db:
        made = db.scalars(select(Invoice)).all()
        moved, paid = db.scalars(select(Credit)).all(), db.scalars(select(Transaction)).all()
        for one in made:
            lines = sum((line.amount for line in invoices.items_of(db, one.id)), Decimal(0))
            assert one.subtotal + one.tax + one.tax2 - one.credit == one.total
            assert lines == (one.subtotal + one.tax if inclusive else one.subtotal)
            assert one.credit == -sum((row.amount for row in moved if row.relid == one.id and row.amount < 0), Decimal(0))
            assert (one.status == "Paid") == (invoices.balance(db, one) <= 0)
        for client in db.scalars(select(Client)):
            assert client.credit == sum((row.amount for row in moved if row.clientid == client.id), Decimal(0)) >= 0
        gifts = sum((row.amount for row in moved if row.description == "a gift"), Decimal(0))
        owed = sum((invoices.balance(db, one) for one in made if one.status == "Unpaid"), Decimal(0))
        billed = sum((one.total + one.credit for one in made), Decimal(0))
        there = sum((client.credit for client in db.scalars(select(Client))), Decimal(0))
        received = sum((row.amountin - row.amountout for row in paid), Decimal(0))
        assert received + gifts == billed - owed + there  # every cent that came is on an invoice or still credit
        for service in db.scalars(select(Service)):
            mine = db.scalars(select(InvoiceItem.duedate).where(InvoiceItem.type == "Hosting", InvoiceItem.relid == service.id)).all()
            months = cycle(service.billingcycle).months
            assert service.regdate is not None and service.nextinvoicedate is not None
            assert sorted(day for day in mine if day) == chain(service.regdate, months, service.nextinvoicedate - timedelta(days=1))
