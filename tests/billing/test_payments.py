"""Payments: applying, repeating, overpaying, refusing, and what follows a paid invoice."""

import threading
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from modulehost import events, hooks
from modulehost.billing import gateways, invoices
from modulehost.billing.invoices import Item
from modulehost.billing.payments import InvoiceMissing, PaymentRefused, pay
from modulehost.context import Ctx, Host
from modulehost.schema import Client, Credit, Email, Invoice, Service, Transaction

from .shop import add_client


def d(text: str) -> Decimal:
    return Decimal(text)


def new_invoice(ctx: Ctx, total: str = "20.00", method: str = "mailin", **values: Any) -> Invoice:
    with ctx.unit() as db:
        client = db.get(Client, 1) or add_client(db)
        return invoices.create(db, client, [Item("Work", d(total))], paymentmethod=method, **values)


def state(ctx: Ctx, invoice: Invoice) -> tuple[str, Decimal, Decimal]:
    """Status, balance and the client's credit."""
    with ctx.unit(read=True) as db:
        row = db.get_one(Invoice, invoice.id)
        return row.status, invoices.balance(db, row), db.get_one(Client, row.userid).credit


def test_a_full_payment(any_host: Host) -> None:
    ctx = Ctx(any_host)
    invoice = new_invoice(ctx)
    payment = pay(ctx, invoice.id, "T1", "mailin", fees=d("0.35"), date=datetime(2027, 1, 30, 8, 0, 0))
    assert (payment.amount, payment.paid, payment.credited, payment.repeated) == (d("20.00"), True, d("0.00"), False)
    assert state(ctx, invoice) == ("Paid", d("0.00"), d("0.00"))
    with ctx.unit(read=True) as db:
        row = db.get_one(Transaction, payment.transaction_id)
        assert (row.amountin, row.fees, row.transid, row.gateway) == (d("20.00"), d("0.35"), "T1", "mailin")
        assert (row.date, row.userid, row.invoiceid) == (datetime(2027, 1, 30, 8, 0, 0), 1, invoice.id)
        assert db.get_one(Invoice, invoice.id).datepaid == datetime(2027, 1, 30, 8, 0, 0)
        assert db.scalars(select(Email.userid)).all() == [1]
        fields = invoices.mail_fields(db, invoice.id)
    last = (fields["invoice_last_payment_amount"], fields["invoice_last_payment_transid"], fields["invoice_balance"])
    assert last == ("$20.00 USD", "T1", "$0.00 USD")


def test_partial_payments_add_up(ctx: Ctx) -> None:
    invoice = new_invoice(ctx)
    assert not pay(ctx, invoice.id, "T1", "mailin", d("5.00")).paid
    assert state(ctx, invoice) == ("Unpaid", d("15.00"), d("0.00"))
    assert pay(ctx, invoice.id, "T2", "mailin").amount == d("15.00")
    assert state(ctx, invoice) == ("Paid", d("0.00"), d("0.00"))


def test_what_is_too_much_becomes_credit(any_host: Host) -> None:
    ctx = Ctx(any_host)
    invoice = new_invoice(ctx)
    assert pay(ctx, invoice.id, "T1", "mailin", d("25.50")).credited == d("5.50")
    assert pay(ctx, invoice.id, "T2", "mailin", d("2.00")).credited == d("2.00")
    with ctx.unit(read=True) as db:
        assert db.get_one(Client, 1).credit == d("7.50")
        rows = db.scalars(select(Credit).order_by(Credit.id)).all()
    assert [(row.amount, row.relid, row.date) for row in rows] == [
        (d("5.50"), invoice.id, date(2027, 1, 31)),
        (d("2.00"), invoice.id, date(2027, 1, 31)),
    ]
    assert rows[0].description == f"Overpayment of Invoice #{invoice.id}"


def test_the_same_transaction_is_recorded_once(ctx: Ctx) -> None:
    fired: list[str] = []
    hooks.add(ctx.host, "AddInvoicePayment", 1, lambda vars: fired.append("payment"))
    invoice, other = new_invoice(ctx), new_invoice(ctx)
    first = pay(ctx, invoice.id, "T1", "mailin", d("5.00"))
    again = pay(ctx, invoice.id, "T1", "mailin", d("5.00"))
    assert again.repeated and again.transaction_id == first.transaction_id
    assert state(ctx, invoice)[1] == d("15.00")
    assert fired == ["payment"]
    assert not pay(ctx, invoice.id, "T1", "testpay", d("5.00")).repeated
    assert not pay(ctx, other.id, "T1", "mailin", d("5.00")).repeated
    assert not pay(ctx, invoice.id, "", "mailin", d("1.00")).repeated
    assert not pay(ctx, invoice.id, "", "mailin", d("1.00")).repeated
    assert state(ctx, invoice)[1] == d("8.00")


def test_what_is_refused(ctx: Ctx) -> None:
    cancelled, paid = new_invoice(ctx, status="Cancelled"), new_invoice(ctx)
    pay(ctx, paid.id, "T1", "mailin")
    with pytest.raises(PaymentRefused, match=r"^It is not possible to add a payment to an invoice that is Cancelled$"):
        pay(ctx, cancelled.id, "T2", "mailin")
    with pytest.raises(InvoiceMissing, match=r"^Invoice ID Not Found$"):
        pay(ctx, 999, "T2", "mailin")
    with pytest.raises(PaymentRefused, match="nothing due"):
        pay(ctx, paid.id, "T2", "mailin")
    for amount in ("0.00", "-1.00", "0.004"):
        with pytest.raises(PaymentRefused, match=r"must be more than 0\.00"):
            pay(ctx, paid.id, "T2", "mailin", d(amount))
    with ctx.unit(read=True) as db:
        assert db.scalar(select(func.count()).select_from(Transaction)) == 1


def test_the_hooks_of_a_payment_come_in_order_and_outside_of_units(ctx: Ctx) -> None:
    heard: list[tuple[str, str]] = []
    given_: dict[str, dict[str, Any]] = {}

    def listen(point: str) -> None:
        def function(vars: dict[str, Any]) -> None:
            with ctx.unit() as db:  # would refuse to open inside another unit
                heard.append((point, db.get_one(Invoice, vars["invoiceid"]).status))
            given_[point] = vars

        hooks.add(ctx.host, point, 1, function)

    def automation(ctx: Ctx, payload: dict[str, Any]) -> None:
        heard.append(("automation", "announces more"))
        with ctx.unit() as db:
            events.emit(db, "test.step", **payload)

    for point in ("InvoicePaid", "InvoicePaidPreEmail", "AddTransaction", "AddInvoicePayment"):
        listen(point)
    events.subscribe(ctx.host, "invoice.paid", automation)
    events.subscribe(ctx.host, "test.step", lambda ctx, payload: heard.append(("automation", "done")))
    invoice = new_invoice(ctx)
    payment = pay(ctx, invoice.id, "T1", "mailin")
    assert heard == [
        ("AddInvoicePayment", "Paid"),
        ("AddTransaction", "Paid"),
        ("InvoicePaidPreEmail", "Paid"),
        ("automation", "announces more"),
        ("automation", "done"),
        ("InvoicePaid", "Paid"),
    ]
    assert given_["AddTransaction"] == {
        "id": payment.transaction_id,
        "userid": 1,
        "currency": 0,
        "gateway": "mailin",
        "date": datetime(2027, 1, 31, 12, 0, 0),
        "description": "Invoice Payment",
        "amountin": d("20.00"),
        "fees": d("0.00"),
        "amountout": d("0.00"),
        "rate": d("1.00000"),
        "transid": "T1",
        "invoiceid": invoice.id,
        "invocieid": invoice.id,
        "refundid": 0,
    }
    assert given_["InvoicePaid"]["invoice"]["total"] == "20.00"


def test_a_rate_of_the_clients_currency_stands_in_the_transaction(ctx: Ctx) -> None:
    with ctx.unit() as db:
        client = add_client(db, currency=2)
        invoice = invoices.create(db, client, [Item("Work", d("9.00"))])
    payment = pay(ctx, invoice.id, "T1", "mailin")
    with ctx.unit(read=True) as db:
        assert db.get_one(Transaction, payment.transaction_id).rate == d("0.90000")


def add_service(ctx: Ctx, due: date | None, **values: Any) -> Service:
    with ctx.unit() as db:
        service = Service(userid=1, regdate=date(2027, 1, 31), nextduedate=due, nextinvoicedate=due, **values)
        db.add(service)
        db.flush()
        return service


def due_after_paying(ctx: Ctx, service: Service, *starts: date) -> Sequence[date | None]:
    """The service's due date after an invoice for each of these periods was paid."""
    found = []
    for number, start in enumerate(starts):
        with ctx.unit() as db:
            client = db.get(Client, 1) or add_client(db)
            invoice = invoices.create(db, client, [Item("x", d("5.00"), "Hosting", service.id, duedate=start)])
        pay(ctx, invoice.id, f"S{service.id}-{number}", "mailin")
        with ctx.unit(read=True) as db:
            found.append(db.get_one(Service, service.id).nextduedate)
    return found


def test_a_paid_period_moves_the_due_date_from_the_old_one(ctx: Ctx) -> None:
    monthly = add_service(ctx, date(2027, 1, 31), billingcycle="Monthly")
    # Months that are too short do not wear the service's own day away.
    months = due_after_paying(ctx, monthly, date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31))
    assert months == [date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30)]
    yearly = add_service(ctx, date(2027, 1, 31), billingcycle="Annually")
    assert due_after_paying(ctx, yearly, date(2027, 1, 31)) == [date(2028, 1, 31)]
    once = add_service(ctx, date(2027, 1, 31), billingcycle="One Time")
    assert due_after_paying(ctx, once, date(2027, 1, 31)) == [date(2027, 1, 31)]


def test_a_period_counts_once_and_never_backwards(ctx: Ctx) -> None:
    service = add_service(ctx, date(2027, 5, 31), billingcycle="Monthly")
    assert due_after_paying(ctx, service, date(2027, 1, 31)) == [date(2027, 5, 31)]
    assert due_after_paying(ctx, service, date(2027, 5, 31)) == [date(2027, 6, 30)]


def test_two_equal_payments_at_the_same_moment_are_one(any_host: Host) -> None:
    ctx = Ctx(any_host)
    invoice = new_invoice(ctx)
    gate, results = threading.Barrier(4), []

    def run() -> None:
        gate.wait()
        results.append(pay(ctx, invoice.id, "T1", "mailin", d("30.00")))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.repeated for one in results) == [False, True, True, True]
    assert state(ctx, invoice) == ("Paid", d("-10.00"), d("10.00"))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.decimals(1, 500, places=2), st.lists(st.decimals("0.01", 300, places=2), min_size=1, max_size=6))
def test_the_books_balance_after_any_payments(host: Host, total: Decimal, amounts: list[Decimal]) -> None:
    ctx = Ctx(host)
    with ctx.unit() as db:
        client = add_client(db)
        invoice = invoices.create(db, client, [Item("Work", total)])
    for number, amount in enumerate(amounts):
        pay(ctx, invoice.id, f"T{number}", "mailin", amount, send=False)
    with ctx.unit(read=True) as db:
        row = db.get_one(Invoice, invoice.id)
        credit = db.get_one(Client, client.id).credit
        moved = db.scalars(select(Credit.amount).where(Credit.clientid == client.id)).all()
        assert credit == sum(moved) == max(sum(amounts) - total, d("0.00"))
        assert (row.status == "Paid") == (sum(amounts) >= total)
        assert invoices.balance(db, row) == total - sum(amounts)


def test_the_bundled_gateways(ctx: Ctx) -> None:
    with ctx.unit() as db:
        assert [(one.module, one.displayname) for one in gateways.active(db)] == [
            ("mailin", "Mail In Payment"),
            ("testpay", "Test Gateway"),
        ]
        gateways.activate(db, "mailin", name="Bank Transfer", instructions="IBAN DE00")
        assert gateways.find(db, "mailin").displayname == "Bank Transfer"
        assert gateways.setting(db, "mailin", "instructions") == "IBAN DE00"
        gateways.deactivate(db, "mailin")
        assert gateways.default(db) == "testpay"
        with pytest.raises(gateways.GatewayError, match=r"^Invalid Payment Method. Valid options include testpay$"):
            gateways.find(db, "mailin")
        with pytest.raises(gateways.GatewayError, match="no payment gateway 'paypal'; bundled are mailin, testpay"):
            gateways.activate(db, "paypal")
        gateways.activate(db, "mailin")
        assert [one.module for one in gateways.active(db)] == ["testpay", "mailin"]


def test_an_invoice_that_is_paid_again_after_a_refund_is_told_again(ctx: Ctx) -> None:
    heard: list[int] = []
    hooks.add(ctx.host, "InvoicePaid", 1, lambda vars: heard.append(vars["invoiceid"]))
    invoice = new_invoice(ctx)
    for _ in range(2):
        with ctx.unit() as db:
            row = db.get_one(Invoice, invoice.id)
            invoices.mark_paid(db, row)
            invoices.mark_paid(db, row)
        events.drain(ctx)
        with ctx.unit() as db:
            invoices.set_status(db, db.get_one(Invoice, invoice.id), "Unpaid")
    assert heard == [invoice.id, invoice.id]
