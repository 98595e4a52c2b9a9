"""Invoices that listeners see before they go out, in the order of a single one: UpdateInvoiceTotal, InvoiceCreation (lines may
change, totals are computed anew, then credit is used), InvoiceCreationPreEmail, the mail, InvoiceCreated.

The unit that wrote them left one announcement for its chunk. How far each point has fired is written down before every few
firings: a process that is killed in between does not fire a second time, and leaves out no more than these few.
"""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from modulehost import hooks, mail
from modulehost.billing import invoices, once, tax
from modulehost.billing.issuing import NEW_INVOICE_MAIL
from modulehost.billing.recurring import terms as reading
from modulehost.billing.recurring import writing
from modulehost.billing.recurring.planning import Bill
from modulehost.context import Ctx
from modulehost.money import ZERO, places
from modulehost.schema import Client, Currency, Invoice, InvoiceItem

KIND = "invoices.generated"
POINTS = ("UpdateInvoiceTotal", "InvoiceCreation", "InvoiceCreationPreEmail", "InvoiceCreated")
#: firings between two notes of how far a point is
_STEP = 25


def heard(ctx: Ctx) -> bool:
    """Whether anybody listens to new invoices."""
    return any(hooks.heard(ctx, point) for point in POINTS)


def on_generated(ctx: Ctx, payload: dict[str, Any]) -> None:
    """Subscriber of `invoices.generated`. Repeatable."""
    ids: list[int] = payload["ids"]
    told = {"source": payload["source"], "user": payload["user"]}
    key = f"generated:{ids[0]}"

    def created(status: str) -> Callable[[int], dict[str, Any]]:
        return lambda id_: {**told, "invoiceid": id_, "status": status}

    _fire(ctx, key, "UpdateInvoiceTotal", ids, lambda id_: {"invoiceid": id_})
    _fire(ctx, key, "InvoiceCreation", ids, created("Unpaid"))
    with ctx.unit() as db:
        if once.claim(db, f"{key}:totals"):
            _settle(db, ids, payload["send"])
    _fire(ctx, key, "InvoiceCreationPreEmail", ids, created("Unpaid"))
    with ctx.unit() as db:
        rows = db.execute(select(Invoice.id, Invoice.userid, Invoice.status).where(Invoice.id.in_(ids)).order_by(Invoice.id)).all()
        if payload["send"] and once.claim(db, f"{key}:mails"):
            mail.queue_many(db, NEW_INVOICE_MAIL, [(row.userid, row.id) for row in rows if row.status == "Unpaid"])
    now = {row.id: row.status for row in rows}
    _fire(ctx, key, "InvoiceCreated", [id_ for id_ in ids if id_ in now], lambda id_: created(now[id_])(id_))


def _fire(ctx: Ctx, key: str, point: str, ids: Sequence[int], arguments: Callable[[int], dict[str, Any]]) -> None:
    if not hooks.heard(ctx, point):
        return
    with ctx.unit(read=True) as db:
        done = once.reached(db, f"{point}:{key}")
    for start in range(done, len(ids), _STEP):
        part = ids[start : start + _STEP]
        with ctx.unit() as db:
            once.reach(db, f"{point}:{key}", start + len(part))
        for id_ in part:
            hooks.fire(ctx, point, **arguments(id_))


def _settle(db: Session, ids: Sequence[int], receipts: bool) -> None:
    """Totals of what the listeners left, then credit, and Paid where nothing is due."""
    terms = reading.read(db)
    owners = select(Invoice.userid).where(Invoice.id.in_(ids))
    columns = (Client.id, Client.currency, Client.credit)
    clients = {row.id: row for row in db.execute(select(*columns).where(Client.id.in_(owners)).order_by(Client.id).with_for_update())}
    currencies = {one.id: one for one in db.scalars(select(Currency))}
    lines: dict[int, list[Any]] = {id_: [] for id_ in ids}
    asked = (InvoiceItem.invoiceid, InvoiceItem.amount, InvoiceItem.taxed)
    for row in db.execute(select(*asked).where(InvoiceItem.invoiceid.in_(ids))):
        lines[row.invoiceid].append(row)
    names = ("id", "userid", "invoicenum", "duedate", "subtotal", "credit", "tax", "tax2", "total", "taxrate", "taxrate2")
    open_ = select(*(getattr(Invoice, name) for name in names)).where(Invoice.id.in_(ids), Invoice.status == "Unpaid")
    bills, changed = [], []
    rows = db.execute(open_.order_by(Invoice.id).with_for_update()).all()
    received = invoices.paid_amounts(db, ids)
    for row in rows:
        client = clients.get(row.userid)
        if client is None or not lines[row.id]:
            continue
        currency = currencies.get(client.currency) or terms.currency
        taxed = [line.amount for line in lines[row.id] if line.taxed]
        untaxed = sum((line.amount for line in lines[row.id] if not line.taxed), ZERO)
        sums = terms.method.of_lines(taxed, row.taxrate, row.taxrate2, places(currency))
        bill = Bill(client, currency, row.duedate, "", (row.taxrate, row.taxrate2))
        bill.earlier, bill.received = row.credit, received.get(row.id, ZERO)  # listeners may have paid a part already
        bill.sums, bill.number, bill.id = tax.Taxed(sums.net + untaxed, sums.tax, sums.tax2), row.invoicenum, row.id
        if (bill.sums.net, bill.sums.tax, bill.sums.tax2) != (row.subtotal, row.tax, row.tax2):
            changed.append(bill)
        bills.append(bill)
    writing.use_credit(bills, terms)
    for bill in {id(one): one for one in [*changed, *(b for b in bills if b.credit or b.due <= 0)]}.values():
        values: dict[str, Any] = {
            "subtotal": bill.sums.net, "tax": bill.sums.tax, "tax2": bill.sums.tax2, "credit": bill.earlier + bill.credit,
            "total": bill.total, "updated_at": terms.now,
        }  # fmt: skip
        if bill.due <= 0:
            values |= {"status": "Paid", "datepaid": terms.now}
        db.execute(update(Invoice).where(Invoice.id == bill.id).values(**values).execution_options(synchronize_session=False))
    writing.finish(db, terms, bills, receipts)
    for bill in changed:
        hooks.later(db, "UpdateInvoiceTotal", invoiceid=bill.id)
