"""What the lines of a paid invoice ask billing itself for: credit that was bought, and invoices that are paid together.

AddFunds: the amount becomes credit. Invoice (mass payment): the amount becomes credit and is spent on the invoice `relid` at
once, so that the money received stands in one transaction. Rows only; both are undone when the payment is reversed.
"""

from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from modulehost.billing import credit, invoices, movements
from modulehost.money import amount
from modulehost.schema import Client, Credit, Invoice, InvoiceItem

FUNDS, CHILD = "AddFunds", "Invoice"
_REVERSED = " Reversed"


def carry_out(db: Session, invoice: Invoice) -> None:
    """Do what the lines say, once per payment (the caller sees to that).

    What an earlier payment has given, and nothing has taken back since, is not given again: staff can mark an invoice Unpaid
    and Paid as often as they like.
    """
    before: dict[str, Decimal] = {}
    for item, client in _lines(db, invoice):
        child = _child(db, item) if item.type == CHILD else None
        text = _text(invoice, item)
        there = min(before.setdefault(text, _given(db, invoice, text)), item.amount)
        before[text] -= there
        if there >= item.amount:
            continue
        movements.add(db, client, item.amount - there, text, invoice.id)
        if child is not None and child.status in credit.OPEN:
            used = min(item.amount, invoices.balance(db, child), client.credit)
            if used > 0:
                credit.spend(db, child, client, used)


def undo(db: Session, invoice: Invoice) -> None:
    """Take back what `carry_out` has given, as far as it is still there."""
    for item, client in _lines(db, invoice):
        child = _child(db, item) if item.type == CHILD else None
        if child is not None and child.status in (*credit.OPEN, "Paid") and child.credit > 0:
            credit.give_back(db, child, client, min(item.amount, child.credit))
            if invoices.balance(db, child) > 0:
                invoices.reopen(db, child)
        movements.withdraw(db, client, item.amount, f"{_text(invoice, item)}{_REVERSED}", invoice.id)


def _text(invoice: Invoice, item: InvoiceItem) -> str:
    if item.type == FUNDS:
        return f"Add Funds Invoice #{invoices.number(invoice)}"
    # Its own words, for the number of a proforma invoice changes as it is paid.
    return f"Mass Invoice Payment Credit for {item.description}"


def _given(db: Session, invoice: Invoice, text: str) -> Decimal:
    """The credit that a line has brought so far, less what was taken back of it."""
    mine = Credit.description.in_((text, f"{text}{_REVERSED}"))
    found = db.scalar(select(func.sum(Credit.amount)).where(Credit.relid == invoice.id, mine))
    return amount(found if isinstance(found, Decimal) else str(found or 0))


def _lines(db: Session, invoice: Invoice) -> list[tuple[InvoiceItem, Client]]:
    found = [item for item in invoices.items_of(db, invoice.id) if item.type in (FUNDS, CHILD) and item.amount > 0]
    client = db.get(Client, invoice.userid, with_for_update=True, populate_existing=True) if found else None
    return [(item, client) for item in found] if client is not None else []


def _child(db: Session, item: InvoiceItem) -> Invoice | None:
    child = db.get(Invoice, item.relid, with_for_update=True, populate_existing=True)
    return child if child is not None and child.userid == item.userid else None
