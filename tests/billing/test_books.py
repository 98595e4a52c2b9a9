"""The books after any sequence of payments, refunds, reversals, credit, late fees and mass payments."""

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from modulehost.billing import credit, dunning, invoices, masspay, payments, refunds
from modulehost.billing.invoices import Item
from modulehost.context import Ctx, Host
from modulehost.journal import Report
from modulehost.schema import Client, Credit, Invoice, Transaction

from .shop import add_client

ZERO = Decimal("0.00")
STEPS = ("pay", "part", "refund", "record", "reverse", "credit", "apply", "remove", "fee", "mass", "cancel")
REFUSED = (payments.PaymentRefused, refunds.RefundRefused, credit.CreditRefused, masspay.MassPayRefused)
AMOUNTS = st.decimals("0.01", "40.00", places=2)
MOVES = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 4), AMOUNTS), min_size=1, max_size=14)


def step(ctx: Ctx, who: int, what: str, place: int, amount: Decimal, number: int) -> Decimal:
    """Do one thing, if it is allowed; returns what came in (or went out, below zero)."""
    with ctx.unit(read=True) as db:
        bills = db.scalars(select(Invoice.id).where(Invoice.userid == who).order_by(Invoice.id)).all()
        paid = db.scalars(select(Transaction).where(Transaction.userid == who, Transaction.amountin > 0).order_by(Transaction.id)).all()
    bill = bills[place % len(bills)]
    if what == "pay":
        return payments.pay(ctx, bill, f"T{number}", "mailin", send=False).amount
    if what == "part":
        return payments.pay(ctx, bill, f"T{number}", "mailin", amount, send=False).amount
    if what in ("refund", "record", "reverse") and paid:
        one = paid[place % len(paid)]
        if what == "reverse":
            return -refunds.reverse(ctx, f"R{number}", one.transid).amount
        if what == "record":
            return -refunds.as_record(ctx, one.id, amount, undo=True, send=False).amount
        return -refunds.as_credit(ctx, one.id, amount, send=False).amount
    if what == "credit":
        credit.change(ctx, who, amount, "Gift")
    elif what == "apply":
        credit.apply(ctx, bill, amount, send=False)
    elif what == "remove":
        credit.remove(ctx, bill, amount)
    elif what == "fee":
        dunning.add_late_fees(ctx, Report("task"))
    elif what == "mass":
        masspay.create(ctx, who, bills, "mailin")
    elif what == "cancel":
        with ctx.unit() as db:
            row = db.get_one(Invoice, bill)
            if row.status == "Unpaid":
                invoices.set_status(db, row, "Cancelled")
    return ZERO


def total(found: Any) -> Decimal:
    return found or ZERO


def check(ctx: Ctx, who: int, received: Decimal) -> None:
    with ctx.unit(read=True) as db:
        held = db.get_one(Client, who).credit
        assert held >= 0
        assert held == sum(db.scalars(select(Credit.amount).where(Credit.clientid == who)), ZERO)
        moved = ZERO
        for row in db.scalars(select(Invoice).where(Invoice.userid == who)):
            lines = sum((item.amount for item in invoices.items_of(db, row.id)), ZERO)
            assert row.credit >= 0 and row.subtotal == lines
            assert row.total == row.subtotal + row.tax + row.tax2 - row.credit
            sums = db.execute(
                select(func.sum(Transaction.amountin), func.sum(Transaction.amountout)).where(Transaction.invoiceid == row.id)
            ).one()
            came, went = total(sums[0]), total(sums[1])
            assert went <= came
            assert invoices.balance(db, row) == row.total - came + went
            if row.status == "Unpaid":
                assert invoices.balance(db, row) > 0
            moved += came - went
        assert moved == received


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(MOVES)
def test_the_books_agree_whatever_happens(host: Host, moves: list[tuple[str, int, Decimal]]) -> None:
    ctx, received = Ctx(host), ZERO
    with ctx.unit() as db:
        who = add_client(db).id
        for sum_ in ("10.00", "25.50", "7.35"):
            item = Item("Work", Decimal(sum_), taxed=sum_ == "10.00")
            client = db.get_one(Client, who)
            invoices.create(db, client, [item], duedate=date(2027, 1, 1), taxrate=Decimal("19.000"), paymentmethod="mailin")
    for number, (what, place, amount) in enumerate(moves):
        try:
            received += step(ctx, who, what, place, amount, number + who * 1000)
        except REFUSED:
            pass
        check(ctx, who, received)
