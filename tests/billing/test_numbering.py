"""Invoice numbers without gaps, by hand: formats, periods, proforma, failures, and many at once."""

import threading
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from modulehost.billing import invoices, issuing, payments
from modulehost.billing.invoices import Item
from modulehost.context import Ctx, Host
from modulehost.schema import Client, Invoice
from tests.billing import shop
from tests.billing.test_recurring import add_service, put, run

FORM = "{YEAR}-{MONTH}-{DAY}/{NUMBER}"


def client(ctx: Ctx) -> Client:
    with ctx.unit() as db:
        return shop.add_client(db)


def make(ctx: Ctx, status: str = "Unpaid", money: str = "5.00") -> int:
    return issuing.issue(ctx, 1, [Item("Help", Decimal(money))], status=status, paymentmethod="mailin", send=False)


def numbers(ctx: Ctx) -> list[str]:
    with ctx.unit(read=True) as db:
        return list(db.scalars(select(Invoice.invoicenum).order_by(Invoice.id)))


def test_without_numbering_the_id_counts(ctx: Ctx) -> None:
    client(ctx)
    make(ctx)
    assert numbers(ctx) == [""]


def test_numbers_when_invoices_are_made(ctx: Ctx) -> None:
    put(ctx, SequentialInvoiceNumbering="on", SequentialInvoiceNumberFormat=FORM, SequentialInvoiceNumberValue="7")
    client(ctx)
    make(ctx)
    draft = make(ctx, "Draft")
    make(ctx)
    with ctx.unit() as db:
        invoices.set_status(db, db.get_one(Invoice, draft), "Unpaid")
    assert numbers(ctx) == ["2027-01-31/7", "2027-01-31/9", "2027-01-31/8"]


def test_a_proforma_invoice_is_numbered_when_it_is_paid(ctx: Ctx) -> None:
    put(ctx, SequentialInvoiceNumbering="on", EnableProformaInvoicing="on", SequentialInvoiceNumberFormat="R{NUMBER}")
    client(ctx)
    first, second = make(ctx), make(ctx)
    make(ctx, money="0.00")  # paid at once
    assert numbers(ctx) == ["", "", "R1"]
    payments.pay(ctx, second, "A", "mailin", Decimal("1.00"))
    assert numbers(ctx) == ["", "", "R1"]
    payments.pay(ctx, second, "B", "mailin")
    payments.pay(ctx, first, "C", "mailin")
    assert numbers(ctx) == ["R3", "R2", "R1"]


@pytest.mark.parametrize(
    ("reset", "expected"),
    [
        ("", ["1", "2", "3", "4"]),
        ("monthly", ["1", "2", "1", "1"]),
        ("yearly", ["1", "2", "3", "1"]),
    ],
)
def test_the_counter_begins_anew(ctx: Ctx, reset: str, expected: list[str]) -> None:
    put(ctx, SequentialInvoiceNumbering="on", SequentialInvoiceNumberReset=reset)
    client(ctx)
    for day in (datetime(2027, 1, 31, 12), datetime(2027, 1, 31, 23), datetime(2027, 2, 1), datetime(2028, 2, 1)):
        ctx.host.clock.set(day)
        make(ctx)
    assert numbers(ctx) == expected


def test_a_number_whose_unit_failed_is_given_again(ctx: Ctx) -> None:
    put(ctx, SequentialInvoiceNumbering="on")
    owner = client(ctx)
    with pytest.raises(ZeroDivisionError), ctx.unit() as db:
        invoices.create(db, owner, [])
        raise ZeroDivisionError
    make(ctx)
    assert numbers(ctx) == ["1"]


@pytest.mark.parametrize("proforma", ["", "on"])
def test_generated_invoices_are_numbered(any_host: Host, proforma: str) -> None:
    ctx = Ctx(any_host)
    put(ctx, SequentialInvoiceNumbering="on", EnableProformaInvoicing=proforma, SequentialInvoiceNumberFormat="N{NUMBER}")
    with ctx.unit() as db:
        product = shop.add_product(db)
        for n, money in enumerate((10, 0, 10)):
            add_service(db, shop.add_client(db, email=f"c{n}@example.com"), product, amount=Decimal(money))
    report = run(ctx)
    assert numbers(ctx) == (["", "N1", ""] if proforma else ["N1", "N2", "N3"])
    if not proforma:
        assert report.done["invoices generated"].lines[0] == "Invoice #N1 of Ada Stone: $10.00 USD"
    ctx.host.clock.advance(timedelta(days=1))
    payments.pay(ctx, 3, "A", "mailin")
    assert numbers(ctx) == (["", "N1", "N2"] if proforma else ["N1", "N2", "N3"])


def test_many_at_once_leave_no_gap_and_no_number_twice(any_host: Host) -> None:
    ctx = Ctx(any_host)
    put(ctx, SequentialInvoiceNumbering="on")
    client(ctx)
    failures: list[Exception] = []
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        for n in range(5):
            try:
                with Ctx(any_host).unit() as db:
                    invoices.create(db, db.get_one(Client, 1), [Item("Help", Decimal(1))])
                    if n == 2:
                        raise LookupError("given up")
            except LookupError:
                continue
            except Exception as failure:
                failures.append(failure)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert sorted(map(int, numbers(ctx))) == list(range(1, 17))
