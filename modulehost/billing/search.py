"""Lists of invoices, page by page."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from modulehost.context import ctx_of
from modulehost.db import counted
from modulehost.schema import Invoice, alphabetic, same, unset

ORDERS = {
    "id": Invoice.id,
    "invoicenumber": Invoice.invoicenum,
    "date": Invoice.date,
    "duedate": Invoice.duedate,
    "total": Invoice.total,
    "status": Invoice.status,
}


def invoices(
    db: Session,
    *,
    userid: int = 0,
    status: str = "",
    orderby: str = "id",
    descending: bool = False,
    start: int = 0,
    count: int = 25,
    most: int = 0,
) -> tuple[int, Sequence[Invoice]]:
    """How many invoices match, and one page of them. Status Overdue means unpaid and past the due date.

    Counting ends one above `most` when it is given.
    """
    wanted = _matching(db, userid, status)
    total = counted(db, wanted, most)
    column: Any = alphabetic(ORDERS.get(orderby.lower(), Invoice.id))
    ordered = wanted.order_by(column.desc() if descending else column, Invoice.id.desc() if descending else Invoice.id)
    return total, db.scalars(ordered.offset(max(start, 0)).limit(max(count, 0))).all()


def _matching(db: Session, userid: int, status: str) -> Select[Any]:
    wanted = select(Invoice)
    if userid:
        wanted = wanted.where(Invoice.userid == userid)
    if status.lower() == "overdue":
        today = ctx_of(db).host.clock.today()
        return wanted.where(Invoice.status == "Unpaid", Invoice.duedate < today, ~unset(Invoice.duedate))
    return wanted.where(same(Invoice.status, status)) if status else wanted
