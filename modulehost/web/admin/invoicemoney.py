"""Money of one invoice: payment, capture, credit, refund, and what became of calls whose outcome nobody knows.

Each function does what a form of the invoice page asks for and returns what the page says then.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost import money
from modulehost.billing import credit, gatewaycalls, gatewaymodules, invoices, once, payments, refunds
from modulehost.schema import GatewayCall, Invoice, Transaction
from modulehost.web import frame
from modulehost.web.admin.site import number

GATEWAY, RECORD, CREDIT = "gateway", "record", "credit"
REFUNDS = (
    (GATEWAY, "Refund through Gateway (if the module supports it)"), (RECORD, "Manual Refund, Processed Externally"),
    (CREDIT, "Add to Client's Credit Balance"),
)  # fmt: skip


def read_day(name: str) -> date | None:
    """A date of the form; None when it is empty. Raises ValueError."""
    text = request.form.get(name, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ValueError(f"{text!r} is not a date; write for example 2026-01-31") from None


def _amount(name: str) -> Decimal:
    sum_ = money.amount(request.form.get(name, "").strip())
    if sum_ <= 0:
        raise ValueError("the amount must be above zero")
    return sum_


def _first_time(what: str) -> bool:
    """Whether this form was not sent before: a second click on the same page moves no money."""
    nonce = request.form.get("nonce", "")
    if not nonce:
        return True
    with frame.ctx().unit() as db:
        return once.claim(db, f"admin-{what}:{nonce[:64]}")


def payment(invoice: Invoice) -> str:
    """Add a payment."""
    form = request.form
    day = read_day("date")
    when = datetime.combine(day, frame.host().clock.now().time()) if day else None
    amount = money.amount(form["amount"]) if form.get("amount", "").strip() else None
    fees = money.amount(form.get("fees", "0"))
    if amount is not None and amount <= Decimal(0):
        raise ValueError("the amount must be above zero")
    if not _first_time("payment"):
        return "This Payment Was Recorded Already"
    result = payments.pay(
        frame.ctx(), invoice.id, form.get("transid", "").strip(), form.get("gateway", ""), amount, fees, when,
        send="sendemail" in form,
    )  # fmt: skip
    if result.repeated:
        return "This Payment Was Recorded Already"
    return "Payment Added; the Invoice Is Paid" if result.paid else "Payment Added"


def capture(invoice: Invoice) -> str:
    """Charge the client's stored pay method."""
    frame.require("Attempts CC Captures")
    nonce = request.form.get("nonce", "")
    done = gatewaycalls.capture(frame.ctx(), invoice.id, request_key=f"admin:{nonce[:50]}" if nonce else None)
    if done.ok:
        return "Payment Captured; the Invoice Is Paid"
    if done.state == gatewaycalls.PENDING:
        return "The Capture Is Pending"
    raise ValueError(f"the capture was not successful ({done.state}): {done.message or 'the gateway gave no reason'}")


def add_credit(invoice: Invoice) -> str:
    """Use the client's credit for the invoice."""
    frame.require("Manage Credits")
    amount = _amount("amount")
    if not _first_time("credit"):
        return "The Credit Was Applied Already"
    credit.apply(frame.ctx(), invoice.id, amount)
    return "Credit Applied"


def remove_credit(invoice: Invoice) -> str:
    """Give credit that the invoice has used back to the client."""
    frame.require("Manage Credits")
    amount = _amount("amount")
    if not _first_time("credit"):
        return "The Credit Was Removed Already"
    credit.remove(frame.ctx(), invoice.id, amount)
    return "Credit Removed"


def refund(invoice: Invoice) -> str:
    """Give a payment back: through its gateway, as credit, or recorded only."""
    frame.require("Refund Invoice Payments")
    ctx, form = frame.ctx(), request.form
    with ctx.unit(read=True) as db:
        paid = db.get(Transaction, number("transid"))
    if paid is None or paid.invoiceid != invoice.id:
        raise ValueError("choose the payment to refund")
    amount = _amount("amount") if form.get("amount", "").strip() else None
    undo, send, how = "reverse" in form, "sendemail" in form, form.get("type", "")
    if how not in dict(REFUNDS):
        raise ValueError("choose how to refund")
    if not _first_time("refund"):
        return "The Refund Was Made Already"
    if how == CREDIT:
        refunds.as_credit(ctx, paid.id, amount, undo=undo, send=send)
        return "Refund Added to the Credit Balance"
    if how == RECORD:
        refunds.as_record(ctx, paid.id, amount, transid=form.get("refundtransid", "").strip(), undo=undo, send=send)
        return "Refund Recorded"
    done = gatewaycalls.refund(ctx, paid.id, amount, undo=undo, send=send)
    if done.ok:
        return "Refund Made through the Gateway"
    raise ValueError(f"the refund was not successful ({done.state}): {done.message or 'the gateway gave no reason'}")


def resolve(invoice: Invoice) -> str:
    """Say what became of a call whose outcome is not known."""
    frame.require("Attempts CC Captures")
    with frame.ctx().unit(read=True) as db:
        call = db.get(GatewayCall, number("call"))
    if call is None or call.invoice_id != invoice.id:
        raise ValueError("there is no such call of the invoice")
    gatewaycalls.resolve(frame.ctx(), call.id, request.form.get("happened") == "1", request.form.get("transid", ""))
    return "The Outcome Was Recorded"


def of_page(db: Session, invoice: Invoice) -> dict[str, Any]:
    """What the invoice page needs of all this; rows only."""
    paid = [row for row in _payments(db, invoice.id) if row.amountin > 0]
    return {
        "refundable": [(row, left) for row in paid if (left := refunds.left(db, row)) > 0],
        "unresolved": gatewaycalls.unresolved(db, invoice.id),
        "paid": invoices.paid_amount(db, invoice.id),
    }


def _payments(db: Session, invoice_id: int) -> list[Transaction]:
    return list(db.scalars(select(Transaction).where(Transaction.invoiceid == invoice_id).order_by(Transaction.id)))


def can_capture(invoice: Invoice) -> bool:
    """Whether the invoice's gateway can be asked to charge."""
    return gatewaymodules.has(frame.ctx(), invoice.paymentmethod, "capture")


ERRORS = (credit.CreditRefused, refunds.RefundRefused, gatewaycalls.CallRefused)
