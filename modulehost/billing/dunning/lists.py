"""Unpaid invoices in chunks: by key, so that a list of any length takes little memory and a kill loses one chunk at most."""

from collections.abc import Iterator, Sequence

from sqlalchemy import ColumnElement, exists, select

from modulehost.billing.carrying import CHILD
from modulehost.context import Ctx
from modulehost.schema import Client, Invoice, InvoiceItem, unset

#: invoices per unit
CHUNK = 200
#: a mass payment asks for what its invoices ask for themselves: nobody is charged, reminded or fined twice for the same money
BY_ITSELF = ~exists().where(InvoiceItem.invoiceid == Invoice.id, InvoiceItem.type == CHILD)


def chunks(ctx: Ctx, *wanted: ColumnElement[bool]) -> Iterator[Sequence[int]]:
    """The ids of unpaid invoices with a due date that fit, in chunks. No unit is open between two of them."""
    last = 0
    while True:
        found = select(Invoice.id).where(Invoice.status == "Unpaid", ~unset(Invoice.duedate), Invoice.id > last, *wanted)
        with ctx.unit(read=True) as db:
            ids = db.scalars(found.order_by(Invoice.id).limit(CHUNK)).all()
        if not ids:
            return
        yield ids
        last = ids[-1]


def named(invoice: Invoice, client: Client | None) -> str:
    """An invoice as a line of the report names it."""
    who = f"{client.firstname} {client.lastname}".strip() or client.companyname if client else ""
    return f"Invoice #{invoice.invoicenum or invoice.id}{' of ' + who if who else ''}"
