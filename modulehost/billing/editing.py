"""Editing an invoice by hand: its lines, dates and payment method."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from modulehost import hooks
from modulehost.billing import gateways, invoices
from modulehost.context import ctx_of
from modulehost.schema import Invoice


@dataclass(frozen=True)
class LineEdit:
    """What one line shall be; `id` 0 adds a line, `delete` removes it."""

    id: int
    description: str
    amount: Decimal
    taxed: bool = False
    delete: bool = False


def edit_lines(db: Session, invoice: Invoice, edits: Sequence[LineEdit]) -> None:
    """Change, remove and add lines, and compute the totals anew.

    Raises InvoiceError for a line of another invoice, an empty description, and an invoice that is Paid or Refunded:
    what was paid for stays as it was.
    """
    if invoice.status in ("Paid", "Refunded"):
        raise invoices.InvoiceError(f"the lines of a {invoice.status} invoice cannot be changed")
    known = {item.id: item for item in invoices.items_of(db, invoice.id)}
    added = []
    for edit in edits:
        if edit.id and edit.id not in known:
            raise invoices.InvoiceError(f"line {edit.id} does not belong to invoice {invoice.id}")
        if edit.delete:
            db.delete(known[edit.id])
        elif not edit.description.strip():
            raise invoices.InvoiceError("every line needs a description; tick Delete to remove one")
        elif edit.id:
            item = known[edit.id]
            item.description, item.amount, item.taxed = edit.description.strip(), edit.amount, int(edit.taxed)
        else:
            added.append(invoices.Item(edit.description.strip(), edit.amount, taxed=edit.taxed))
    db.flush()
    invoices.add_items(db, invoice, added)  # also computes the totals


def edit_options(
    db: Session,
    invoice: Invoice,
    *,
    invoicenum: str,
    day: date | None,
    duedate: date | None,
    paymentmethod: str,
    notes: str,
) -> None:
    """Change number, dates, payment method and printed notes. Raises GatewayError for a method that is not active."""
    if paymentmethod != invoice.paymentmethod:
        change_method(db, invoice, gateways.find(db, paymentmethod).module if paymentmethod else "")
    invoice.invoicenum, invoice.notes = invoicenum.strip(), notes
    invoice.date, invoice.duedate = day, duedate
    invoice.updated_at = ctx_of(db).host.clock.now()
    db.flush()


def change_method(db: Session, invoice: Invoice, module: str) -> None:
    """Choose another payment method; InvoiceChangeGateway follows the commit."""
    invoice.paymentmethod, invoice.updated_at = module, ctx_of(db).host.clock.now()
    hooks.later(db, "InvoiceChangeGateway", invoiceid=invoice.id, paymentmethod=module)
