"""What the lines of a paid invoice ask billing itself for: credit that was bought, and invoices that are paid together.

AddFunds: the amount becomes credit. Invoice (mass payment): the amount becomes credit and is spent on the invoice `relid` at
once, so that the money received stands in one transaction. Rows only; both are undone when the payment is reversed.
"""

from decimal import Decimal

from sqlalchemy.orm import Session

from modulehost.billing import credit, invoices, movements
from modulehost.schema import Client, Invoice, InvoiceItem

FUNDS, CHILD = "AddFunds", "Invoice"


def carry_out(db: Session, invoice: Invoice) -> None:
    """Do what the lines say, once per payment (the caller sees to that)."""
    for item, client in _lines(db, invoice):
        if item.type == FUNDS:
            movements.add(db, client, item.amount, f"Add Funds Invoice #{invoices.number(invoice)}", invoice.id)
            continue
        child = _child(db, item)
        number = invoices.number(child) if child else item.relid
        movements.add(db, client, item.amount, f"Mass Invoice Payment Credit for Invoice #{number}", invoice.id)
        if child is not None and child.status in credit.OPEN:
            used = min(item.amount, invoices.balance(db, child), client.credit)
            if used > 0:
                credit.spend(db, child, client, used)


def undo(db: Session, invoice: Invoice) -> None:
    """Take back what `carry_out` has given, as far as it is still there."""
    for item, client in _lines(db, invoice):
        if item.type == FUNDS:
            _withdraw(db, client, item.amount, f"Add Funds Invoice #{invoices.number(invoice)} Reversed", invoice)
            continue
        child = _child(db, item)
        if child is not None and child.status in (*credit.OPEN, "Paid") and child.credit > 0:
            credit.give_back(db, child, client, min(item.amount, child.credit))
            if invoices.balance(db, child) > 0:
                invoices.reopen(db, child)
        number = invoices.number(child) if child else item.relid
        _withdraw(db, client, item.amount, f"Mass Invoice Payment Credit for Invoice #{number} Reversed", invoice)


def _withdraw(db: Session, client: Client, wanted: Decimal, text: str, invoice: Invoice) -> None:
    movements.withdraw(db, client, wanted, text, invoice.id)


def _lines(db: Session, invoice: Invoice) -> list[tuple[InvoiceItem, Client]]:
    found = [item for item in invoices.items_of(db, invoice.id) if item.type in (FUNDS, CHILD) and item.amount > 0]
    client = db.get(Client, invoice.userid, with_for_update=True, populate_existing=True) if found else None
    return [(item, client) for item in found] if client is not None else []


def _child(db: Session, item: InvoiceItem) -> Invoice | None:
    child = db.get(Invoice, item.relid, with_for_update=True, populate_existing=True)
    return child if child is not None and child.userid == item.userid else None
