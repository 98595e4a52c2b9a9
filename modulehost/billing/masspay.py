"""Mass payment: one invoice that pays several (lines of type Invoice), while the setting EnableMassPay is on."""

from collections.abc import Sequence

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from modulehost import settings
from modulehost.billing import invoices, issuing
from modulehost.billing.carrying import CHILD, FUNDS
from modulehost.context import Ctx
from modulehost.schema import Invoice, InvoiceItem

#: invoices that are paid together at most
MOST = 100


class MassPayRefused(ValueError):
    """Invoices that cannot be paid together; the text says why."""


def payable(db: Session, client_id: int, ids: Sequence[int] = ()) -> list[Invoice]:
    """The client's invoices that can be paid together, the oldest due first: unpaid ones, but none that buys credit or is
    a mass payment itself. `ids` names those that are wanted; without it all are."""
    others = exists().where(InvoiceItem.invoiceid == Invoice.id, InvoiceItem.type.in_((CHILD, FUNDS)))
    wanted = select(Invoice).where(Invoice.userid == client_id, Invoice.status == "Unpaid", ~others)
    if ids:
        wanted = wanted.where(Invoice.id.in_(ids))
    rows = db.scalars(wanted.order_by(Invoice.duedate, Invoice.id).limit(MOST)).all()
    return [row for row in rows if invoices.balance(db, row) > 0]


def create(ctx: Ctx, client_id: int, ids: Sequence[int], gateway: str = "") -> int:
    """The invoice that pays these: a new one, or the unpaid one that was made for the same before; of one invoice, itself.

    An older mass payment of some of them that is unpaid is cancelled. Raises MassPayRefused.
    """
    with ctx.unit() as db:
        if not settings.on(db, "EnableMassPay"):
            raise MassPayRefused("mass payment is switched off")
        rows = payable(db, client_id, ids)
        if not ids or not rows:
            raise MassPayRefused("choose invoices that are unpaid")
        if len(rows) == 1:
            return rows[0].id
        lines = [
            invoices.Item(f"Invoice #{invoices.number(row)}", invoices.balance(db, row), CHILD, row.id) for row in rows
        ]
        wanted = sorted((one.relid, one.amount) for one in lines)
        for earlier in _open(db, client_id, [row.id for row in rows]):
            held = sorted((item.relid, item.amount) for item in invoices.items_of(db, earlier.id))
            if held == wanted and (not gateway or earlier.paymentmethod == gateway):
                return earlier.id
            if not invoices.paid_amount(db, earlier.id):
                invoices.set_status(db, earlier, "Cancelled")
    return issuing.issue(ctx, client_id, lines, send=False, paymentmethod=gateway)


def _open(db: Session, client_id: int, children: Sequence[int]) -> list[Invoice]:
    about = exists().where(InvoiceItem.invoiceid == Invoice.id, InvoiceItem.type == CHILD, InvoiceItem.relid.in_(children))
    found = select(Invoice).where(Invoice.userid == client_id, Invoice.status == "Unpaid", about)
    return list(db.scalars(found.order_by(Invoice.id).with_for_update()))
