"""A client's credit and invoices: spending it, giving it back, and what was paid too much.

Errors of applying credit are those of the public API reference.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from modulehost import events, journal, mail
from modulehost.billing import invoices, movements, once
from modulehost.context import Ctx
from modulehost.language import Phrase
from modulehost.money import ZERO, amount, currency_of, formatted
from modulehost.schema import Client, Credit, Invoice

RECEIPT_MAIL = "Invoice Payment Confirmation"
#: statuses of invoices that credit may be spent on and taken from
OPEN = ("Unpaid", "Collections", "Payment Pending")
_OVERPAYMENT = "Overpayment of Invoice #"


class CreditRefused(ValueError):
    """Credit that cannot be applied, removed or changed so; the text is what the API answers."""


@dataclass(frozen=True)
class Applied:
    """What was spent on the invoice, and whether that paid it."""

    amount: Decimal
    paid: bool


def apply(ctx: Ctx, invoice_id: int, wanted: Decimal | None = None, *, send: bool = True) -> Applied:
    """Spend credit on an unpaid invoice; without an amount, as much as there is and is due. Raises CreditRefused.

    With nothing due any more the invoice is Paid, and `send` tells whether the confirmation mail goes out.
    """
    with ctx.unit() as db:
        invoice, client = _locked(db, invoice_id)
        if invoice.status != "Unpaid":
            raise CreditRefused(Phrase("host.error.notUnpaid", "Invoice Not in Unpaid Status"))
        due = invoices.balance(db, invoice)
        used = min(client.credit, due) if wanted is None else amount(wanted)
        if used > client.credit:
            raise CreditRefused(Phrase("invoiceaddcreditoverbalance", "Amount exceeds customer credit balance"))
        if used > due:
            raise CreditRefused(Phrase("invoiceaddcreditovercredit", "Amount Exceeds Invoice Balance"))
        if used <= 0:
            raise CreditRefused(Phrase("host.amountInvalid", "Credit Amount to apply must be greater than zero"))
        paid = spend(db, invoice, client, used, send)
    events.drain(ctx)
    return Applied(used, paid)


def applied_text(number: str) -> str:
    """What tblcredit says of credit that an invoice has used."""
    return f"Credit Applied to Invoice #{number}"


def spend(db: Session, invoice: Invoice, client: Client, used: Decimal, send: bool = True) -> bool:
    """Take `used` of the client's credit for the invoice; returns whether that paid it. The caller has checked the amount."""
    movements.add(db, client, -used, applied_text(invoices.number(invoice)), invoice.id)
    invoice.credit += used
    invoices.retotal(db, invoice)
    shown = formatted(used, currency_of(db, client))
    journal.activity(db, f"Credit of {shown} applied to Invoice ID: {invoice.id}", client.id)
    paid = invoices.settle_if_zero(db, invoice)
    if paid and send:
        mail.queue(db, RECEIPT_MAIL, invoice.userid, rel_id=invoice.id)
    return paid


def use_what_there_is(db: Session, invoice: Invoice, send: bool = False) -> Decimal:
    """Spend the client's credit on an unpaid invoice as far as it goes; returns how much that was."""
    client = db.get(Client, invoice.userid, with_for_update=True, populate_existing=True)
    if client is None or invoice.status != "Unpaid":
        return ZERO
    used = min(client.credit, invoices.balance(db, invoice))
    if used <= 0:
        return ZERO
    spend(db, invoice, client, used, send)
    return used


def remove(ctx: Ctx, invoice_id: int, wanted: Decimal) -> Decimal:
    """Give credit that an open or paid invoice has used back to the client; a paid one is unpaid again. Raises CreditRefused."""
    with ctx.unit() as db:
        invoice, client = _locked(db, invoice_id)
        given = amount(wanted)
        if given <= 0:
            raise CreditRefused("the amount to remove must be greater than zero")
        if given > invoice.credit:
            raise CreditRefused(f"the invoice has used {formatted(invoice.credit, currency_of(db, client))} of credit, no more")
        if invoice.status not in (*OPEN, "Paid"):
            raise CreditRefused(f"credit cannot be removed from an invoice that is {invoice.status}")
        give_back(db, invoice, client, given)
        if invoice.status == "Paid" and invoices.balance(db, invoice) > 0:
            invoices.reopen(db, invoice)
    events.drain(ctx)
    return given


def give_back(db: Session, invoice: Invoice, client: Client, given: Decimal) -> None:
    """Return `given` of the credit that an invoice has used; rows only."""
    movements.add(db, client, given, f"Credit Removed from Invoice #{invoices.number(invoice)}", invoice.id)
    invoice.credit -= given
    invoices.retotal(db, invoice)
    shown = formatted(given, currency_of(db, client))
    journal.activity(db, f"Credit of {shown} removed from Invoice ID: {invoice.id}", client.id)


def set_used(db: Session, invoice: Invoice, wanted: Decimal) -> None:
    """Let an invoice have used `wanted` of its client's credit, whatever it has used so far. Raises CreditRefused."""
    client = db.get_one(Client, invoice.userid, with_for_update=True, populate_existing=True)
    more = amount(wanted) - invoice.credit
    if wanted < 0 or more > client.credit:
        raise CreditRefused("Amount exceeds customer credit balance")
    if more > invoices.balance(db, invoice):
        raise CreditRefused("Amount Exceeds Invoice Balance")
    if more > 0:
        spend(db, invoice, client, more)
    elif more < 0:
        give_back(db, invoice, client, -more)


def change(
    ctx: Ctx, client_id: int, amount_: Decimal, description: str, *, day: date | None = None, admin_id: int = 0, once_key: str = ""
) -> Decimal:
    """Add to a client's credit (below zero: remove from it) by hand; returns the new balance. Raises CreditRefused.

    The same `once_key` changes it once.
    """
    with ctx.unit() as db:
        client = db.get(Client, client_id, with_for_update=True, populate_existing=True)
        if client is None:
            raise CreditRefused("Client ID Not Found")
        if once_key and not once.claim(db, f"credit:{once_key}"):
            return client.credit
        if client.credit + amount_ < 0:
            raise CreditRefused(f"the client has only {formatted(client.credit, currency_of(db, client))} of credit")
        movements.add(db, client, amount_, description, day=day, admin_id=admin_id)
        what, shown = ("added to" if amount_ > 0 else "removed from"), formatted(abs(amount_), currency_of(db, client))
        journal.activity(db, f"Credit of {shown} {what} the credit balance - User ID: {client_id}", client_id)
        return client.credit


def surplus(db: Session, invoice_id: int) -> Decimal:
    """What overpayments of an invoice have brought its client, less what was taken back of it."""
    sums = select(func.sum(Credit.amount)).where(Credit.relid == invoice_id, Credit.description.startswith(_OVERPAYMENT))
    found = db.scalar(sums)
    return amount(found if isinstance(found, Decimal) else str(found or 0))


def credit_surplus(db: Session, invoice: Invoice, client: Client, extra: Decimal) -> None:
    """Credit the client with what was paid too much."""
    movements.add(db, client, extra, f"{_OVERPAYMENT}{invoices.number(invoice)}", invoice.id)


def take_back(db: Session, invoice: Invoice, client: Client) -> None:
    """Take back credit of an overpayment that is one no more, because money went out again.

    What the client has spent of it meanwhile cannot be taken; the activity log says how much that is.
    """
    taken = surplus(db, invoice.id) - max(-invoices.balance(db, invoice), ZERO)
    if taken > 0:
        movements.withdraw(db, client, taken, f"{_OVERPAYMENT}{invoices.number(invoice)} Withdrawn", invoice.id)


def _locked(db: Session, invoice_id: int) -> tuple[Invoice, Client]:
    invoice = db.get(Invoice, invoice_id, with_for_update=True, populate_existing=True)
    client = db.get(Client, invoice.userid, with_for_update=True, populate_existing=True) if invoice else None
    if invoice is None or client is None:
        raise CreditRefused("Invoice ID Not Found")
    return invoice, client
