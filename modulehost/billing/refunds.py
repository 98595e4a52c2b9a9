"""Money that goes back: refunds by staff, and payments that a bank or gateway has reversed.

Both are transactions with `amountout` whose `refundid` is the payment's id. An invoice whose payments have all gone back by
refund is Refunded; a reversed payment leaves it Unpaid again, and due dates that it moved go back.
"""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from modulehost import events, hooks, journal, mail
from modulehost.billing import credit, invoices, movements, payments
from modulehost.context import Ctx, ctx_of
from modulehost.money import ZERO, amount, currency_of, formatted
from modulehost.schema import Client, GatewayCall, Invoice, Transaction

REFUND_MAIL = "Invoice Refund Confirmation"


class RefundRefused(ValueError):
    """Money that cannot go back so; the text says why."""


@dataclass(frozen=True)
class Refund:
    """What went back: the new transaction, and whether the invoice is Refunded by it."""

    transaction_id: int
    invoice_id: int
    amount: Decimal
    refunded: bool


def left(db: Session, payment: Transaction) -> Decimal:
    """What of a payment has not gone back yet."""
    found = db.scalar(select(func.sum(Transaction.amountout)).where(Transaction.refundid == payment.id))
    return payment.amountin - amount(found if isinstance(found, Decimal) else str(found or 0))


def check(db: Session, transaction_id: int, wanted: Decimal | None) -> tuple[Transaction, Decimal]:
    """The payment, locked, and how much of it shall go back: all that is left unless `wanted` says. Raises RefundRefused."""
    payment = db.get(Transaction, transaction_id, with_for_update=True, populate_existing=True)
    if payment is None or payment.amountin <= 0 or not payment.invoiceid:
        raise RefundRefused("there is no such payment of an invoice")
    most = left(db, payment)
    given = most if wanted is None else amount(wanted)
    if most <= 0:
        raise RefundRefused("the payment has gone back already")
    if given <= 0 or given > most:
        client = db.get(Client, payment.userid)
        raise RefundRefused(f"the amount must be above zero and at most {formatted(most, currency_of(db, client))}")
    return payment, given


def as_credit(ctx: Ctx, transaction_id: int, wanted: Decimal | None = None, *, undo: bool = False, send: bool = True) -> Refund:
    """Give (a part of) a payment back as credit. Raises RefundRefused."""
    with ctx.unit() as db:
        payment, given = check(db, transaction_id, wanted)
        _not_asked(db, payment)
        text = f"Refund of Transaction ID {payment.transid or payment.id} to Credit Balance"
        refund = record(db, payment, given, description=text, gateway="", undo=undo, send=send)
        client = db.get_one(Client, payment.userid)
        movements.add(db, client, given, text, payment.invoiceid)
    events.drain(ctx)
    return refund


def as_record(
    ctx: Ctx, transaction_id: int, wanted: Decimal | None = None, *, transid: str = "", undo: bool = False, send: bool = True
) -> Refund:
    """Write down that (a part of) a payment was given back by hand. Hook: ManualRefund. Raises RefundRefused."""
    with ctx.unit() as db:
        payment, given = check(db, transaction_id, wanted)
        _not_asked(db, payment)
        refund = record(db, payment, given, transid=transid, undo=undo, send=send)
        hooks.later(db, "ManualRefund", transid=payment.transid, amount=given)
    events.drain(ctx)
    return refund


def _not_asked(db: Session, payment: Transaction) -> None:
    """Refuse while the gateway is asked to give this payment back, or nobody knows whether it has: it would go back twice."""
    open_ = select(GatewayCall.id).where(GatewayCall.payment_id == payment.id, GatewayCall.state.in_(("running", "interrupted")))
    if db.scalar(open_.limit(1)) is not None:
        raise RefundRefused("the gateway was asked to give this payment back, and its answer is not known yet; see the Gateway Log")


def record(
    db: Session,
    payment: Transaction,
    given: Decimal,
    *,
    transid: str = "",
    fees: Decimal = ZERO,
    description: str = "",
    gateway: str | None = None,
    undo: bool = False,
    send: bool = True,
) -> Refund:
    """Write the refund down, and what it means for the invoice. `undo`: take back what the payment did, if all went back."""
    text = description or f"Refund of Transaction ID {payment.transid or payment.id}"
    row = _out(db, payment, given, transid, text, fees, payment.gateway if gateway is None else gateway)
    invoice = db.get(Invoice, payment.invoiceid, with_for_update=True, populate_existing=True)
    if invoice is None:
        return Refund(row.id, payment.invoiceid, given, False)
    client = _client(db, invoice)
    credit.take_back(db, invoice, client)
    whole = invoice.status == "Paid" and invoices.paid_amount(db, invoice.id) <= 0
    if whole:
        invoices.set_status(db, invoice, "Refunded")
        if undo:
            invoices.undo(db, invoice)
    shown = formatted(given, currency_of(db, client))
    journal.activity(db, f"Refund of {shown} recorded on Invoice ID: {invoice.id}", invoice.userid)
    if send:
        told = {"invoice_last_payment_amount": shown, "invoice_last_payment_transid": transid or payment.transid}
        mail.queue(db, REFUND_MAIL, invoice.userid, told, rel_id=invoice.id)
    return Refund(row.id, invoice.id, given, whole)


def reverse(ctx: Ctx, reverse_transid: str, original_transid: str, gateway: str = "") -> Refund:
    """A payment was reversed (charged back): the invoice is Unpaid again and due dates go back. Raises RefundRefused.

    `gateway` narrows the search for the payment down. The same reversal is refused the second time.
    """
    with ctx.unit() as db:
        found = select(Transaction).where(Transaction.transid == original_transid, Transaction.amountin > 0)
        if gateway:
            found = found.where(Transaction.gateway == gateway)
        payment = db.scalar(found.order_by(Transaction.id.desc()).limit(1).with_for_update()) if original_transid else None
        if payment is None:
            raise RefundRefused(f"there is no payment with the transaction id {original_transid!r}")
        taken = db.scalar(select(Transaction.id).where(Transaction.transid == reverse_transid).limit(1)) if reverse_transid else None
        most = left(db, payment)
        if taken is not None or most <= 0:
            raise RefundRefused(f"the payment {original_transid} was reversed or refunded already")
        row = _out(db, payment, most, reverse_transid, f"Reversal of Transaction ID {original_transid}", ZERO, payment.gateway)
        invoice = db.get(Invoice, payment.invoiceid, with_for_update=True, populate_existing=True)
        if invoice is not None:
            client = _client(db, invoice)
            credit.take_back(db, invoice, client)
            if invoices.balance(db, invoice) > 0:
                invoices.reopen(db, invoice)
            shown = formatted(most, currency_of(db, client))
            journal.activity(db, f"Payment of {shown} reversed on Invoice ID: {invoice.id}", invoice.userid)
    events.drain(ctx)
    return Refund(row.id, payment.invoiceid, most, False)


def _out(
    db: Session, payment: Transaction, given: Decimal, transid: str, text: str, fees: Decimal, gateway: str
) -> Transaction:
    row = Transaction(
        userid=payment.userid, currency=payment.currency, gateway=gateway, date=ctx_of(db).host.clock.now(), description=text,
        amountout=given, fees=-amount(fees), rate=payment.rate, transid=transid, invoiceid=payment.invoiceid, refundid=payment.id,
    )  # fmt: skip
    db.add(row)
    db.flush()
    hooks.later(db, "AddTransaction", **payments.hook_arguments(row))
    return row


def _client(db: Session, invoice: Invoice) -> Client:
    return db.get_one(Client, invoice.userid, with_for_update=True, populate_existing=True)
