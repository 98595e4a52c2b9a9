"""Payments: applying money to an invoice, what is too much, and what follows when nothing is due any more."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost import events, hooks, journal, mail
from modulehost.billing import carrying, credit, invoices, once
from modulehost.context import Ctx, ctx_of
from modulehost.language import Phrase
from modulehost.money import ZERO, amount, currency_of, formatted
from modulehost.schema import Client, Invoice, Transaction


class PaymentRefused(ValueError):
    """A payment that cannot be recorded; the text is what the API answers."""


class InvoiceMissing(PaymentRefused):
    """There is no such invoice."""


@dataclass(frozen=True)
class Payment:
    """What was recorded. `repeated`: this very payment was there already and nothing was done."""

    transaction_id: int
    invoice_id: int
    amount: Decimal
    credited: Decimal
    paid: bool
    repeated: bool = False


def pay(
    ctx: Ctx,
    invoice_id: int,
    transid: str,
    gateway: str,
    amount_paid: Decimal | None = None,
    fees: Decimal = ZERO,
    date: datetime | None = None,
    *,
    send: bool = True,
) -> Payment:
    """Record a payment; without an amount, what is still due. `send` False: no confirmation mail.

    The same transaction id of the same gateway on the same invoice is recorded once. What exceeds the balance becomes
    client credit. With nothing due any more the invoice is Paid and `invoice.paid` is announced; the hooks AddTransaction
    and AddInvoicePayment follow the commit. Raises InvoiceMissing and PaymentRefused.
    """
    with ctx.unit() as db:
        payment, row = record(db, invoice_id, transid, gateway, amount_paid, fees, date, send)
    if payment.repeated:
        return payment
    hooks.fire(ctx, "AddInvoicePayment", invoiceid=invoice_id)
    hooks.fire(ctx, "AddTransaction", **hook_arguments(row))
    events.drain(ctx)
    return payment


def hook_arguments(row: Transaction) -> dict[str, Any]:
    """The arguments of hook AddTransaction; the documentation misspells one of them, so both spellings are there."""
    names = "id userid currency gateway date description amountin fees amountout rate transid invoiceid refundid"
    arguments = {name: getattr(row, name) for name in names.split()}
    return {**arguments, "invocieid": row.invoiceid}


def on_paid(ctx: Ctx, payload: dict[str, Any]) -> None:
    """Subscriber of `invoice.paid`, before the rooms above do what the lines ask for."""
    once.fire_once(ctx, _key(payload), "InvoicePaidPreEmail", invoiceid=payload["invoiceid"])
    with ctx.unit() as db:
        if once.claim(db, f"invoice-automated:{_key(payload)}"):
            carrying.carry_out(db, db.get_one(Invoice, payload["invoiceid"]))
            events.emit(db, "invoice.automated", **payload)


def on_reopened(ctx: Ctx, payload: dict[str, Any]) -> None:
    """Subscriber of `invoice.reopened`."""
    with ctx.unit() as db:
        if once.claim(db, f"invoice-reopened:{_key(payload)}"):
            carrying.undo(db, db.get_one(Invoice, payload["invoiceid"]))


def on_automated(ctx: Ctx, payload: dict[str, Any]) -> None:
    """Subscriber of `invoice.automated`: a step that lets what other subscribers announced go first."""
    with ctx.unit() as db:
        if once.claim(db, f"invoice-settled:{_key(payload)}"):
            events.emit(db, "invoice.settled", **payload)


def on_settled(ctx: Ctx, payload: dict[str, Any]) -> None:
    """Subscriber of `invoice.settled`: the last word of a payment, after the automation of its lines."""
    with ctx.unit(read=True) as db:
        invoice = db.get(Invoice, payload["invoiceid"])
        details = invoices.details(db, invoice) if invoice else {}
    once.fire_once(ctx, _key(payload), "InvoicePaid", invoiceid=payload["invoiceid"], invoice=details)


def _key(payload: dict[str, Any]) -> str:
    return f"{payload['invoiceid']}:{payload.get('occasion', '')}"


def record(
    db: Session,
    invoice_id: int,
    transid: str,
    gateway: str,
    amount_paid: Decimal | None,
    fees: Decimal,
    date: datetime | None,
    send: bool,
) -> tuple[Payment, Transaction]:
    """`pay` as rows: the payment and its row; the caller fires the hooks. Raises InvoiceMissing and PaymentRefused."""
    # The lock on the invoice makes two equal payments at the same moment one after the other.
    invoice = db.get(Invoice, invoice_id, with_for_update=True, populate_existing=True)
    if invoice is None:
        raise InvoiceMissing("Invoice ID Not Found")
    if known := _known(db, invoice_id, transid, gateway):
        return Payment(known.id, invoice_id, known.amountin, ZERO, invoice.status == "Paid", True), known
    if invoice.status == "Cancelled":
        raise PaymentRefused(Phrase("host.error.invoiceCancelled", "It is not possible to add a payment to an invoice that is Cancelled"))
    due = invoices.balance(db, invoice)
    if amount_paid is None and due <= 0:
        text = f"invoice {invoices.number(invoice)} has nothing due; say the amount to record one more payment"
        raise PaymentRefused(Phrase("host.error.nothingDue", text))
    paid = due if amount_paid is None else amount(amount_paid)
    if paid <= 0:
        raise PaymentRefused(f"a payment must be more than 0.00, not {paid}")
    client = db.get(Client, invoice.userid, with_for_update=True, populate_existing=True)
    currency = currency_of(db, client)
    when = date or ctx_of(db).host.clock.now()
    row = Transaction(
        userid=invoice.userid,
        gateway=gateway,
        date=when,
        description="Invoice Payment",
        amountin=paid,
        fees=amount(fees),
        rate=amount(currency.rate, 5),
        transid=transid,
        invoiceid=invoice_id,
    )
    db.add(row)
    db.flush()
    journal.activity(db, f"Payment of {formatted(paid, currency)} recorded on Invoice ID: {invoice_id}", invoice.userid)
    credited, left = settle(db, invoice, client, row, send)
    return Payment(row.id, invoice_id, paid, credited, left <= 0), row


def settle(db: Session, invoice: Invoice, client: Client | None, row: Transaction, send: bool = True) -> tuple[Decimal, Decimal]:
    """What a payment just recorded means for its invoice: credit for what is too much, Paid when nothing is due.

    Returns what was credited and what is left to pay.
    """
    left, open_ = invoices.balance(db, invoice), invoice.status != "Paid"
    # An earlier overpayment was credited then, so only this payment's own surplus is.
    credited = min(-left, row.amountin) if left < 0 else ZERO
    if credited and client is not None:
        credit.credit_surplus(db, invoice, client, credited)
    if left <= 0 and open_:
        invoices.mark_paid(db, invoice, row.date, row.id)
        if send:
            mail.queue(db, credit.RECEIPT_MAIL, invoice.userid, rel_id=invoice.id)
    return credited, left


def _known(db: Session, invoice_id: int, transid: str, gateway: str) -> Transaction | None:
    if not transid:
        return None
    same = select(Transaction).where(
        Transaction.invoiceid == invoice_id, Transaction.transid == transid, Transaction.gateway == gateway
    )
    return db.scalar(same.order_by(Transaction.id).limit(1))
