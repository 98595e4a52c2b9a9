"""The rows of a plan, in sets: invoices, lines, credit that is used, dates that move on, mails."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, func, update
from sqlalchemy.orm import Session

from modulehost import mail
from modulehost.billing import credit, invoices, numbering
from modulehost.billing.issuing import NEW_INVOICE_MAIL
from modulehost.billing.recurring.planning import Bill, Plan
from modulehost.billing.recurring.reading import HOSTING
from modulehost.billing.recurring.terms import Terms
from modulehost.context import ctx_of
from modulehost.money import ZERO
from modulehost.schema import (
    Client,
    Credit,
    Invoice,
    InvoiceItem,
    Service,
    ServiceAddon,
    among,
    insert_numbered,
    insert_rows,
)

_INVOICE = (
    "userid", "invoicenum", "date", "duedate", "datepaid", "subtotal", "credit", "tax", "tax2", "total", "taxrate", "taxrate2",
    "status", "paymentmethod", "created_at", "updated_at",
)  # fmt: skip
_ITEM = ("invoiceid", "userid", "type", "relid", "description", "amount", "taxed", "duedate", "paymentmethod", "notes")
_CREDIT = ("clientid", "admin_id", "date", "description", "amount", "relid")


def write(db: Session, terms: Terms, plan: Plan, *, waiting: bool, send: bool) -> None:
    """Write invoices and what goes with them. `waiting`: listeners shall see them first, so nothing is paid or mailed yet."""
    bills = plan.bills
    if not waiting:
        use_credit(bills, terms)
    if numbering.at_creation(db):
        for bill, number in zip(bills, numbering.take(db, len(bills)), strict=True):
            bill.number = number
    _invoices(db, terms, bills, waiting)
    _items(db, bills)
    _move(db, terms, plan)
    if not waiting:
        finish(db, terms, bills, send)
        if send:
            mail.queue_many(db, NEW_INVOICE_MAIL, [(bill.client.id, bill.id) for bill in bills if bill.due > 0])


def use_credit(bills: Sequence[Bill], terms: Terms) -> None:
    """Let the clients' credit pay, oldest due date first (setting NoAutoApplyCredit)."""
    left: dict[int, Decimal] = {}
    for bill in bills if terms.credit else ():
        there = left.get(bill.client.id, bill.client.credit)
        bill.credit = max(min(there, bill.due), ZERO)
        left[bill.client.id] = there - bill.credit


def finish(db: Session, terms: Terms, bills: Sequence[Bill], receipts: bool) -> None:
    """What an invoice that is brought out brings with it: movements of credit, and what being paid at once means.

    `receipts`: who has paid by credit gets the confirmation of a payment.
    """
    _credit(db, terms, bills)
    paid = [bill.id for bill in bills if bill.due <= 0]
    if paid:
        invoices.paid_at_once(db, paid)
    if receipts:
        by_credit = [(bill.client.id, bill.id) for bill in bills if bill.credit and bill.due <= 0]
        mail.queue_many(db, credit.RECEIPT_MAIL, by_credit)


def _invoices(db: Session, terms: Terms, bills: Sequence[Bill], waiting: bool) -> None:
    rows = []
    for bill in bills:
        paid = not waiting and bill.due <= 0
        rows.append((
            bill.client.id, bill.number, terms.today, bill.duedate, terms.now if paid else None, bill.sums.net, bill.credit,
            bill.sums.tax, bill.sums.tax2, bill.total, *bill.rates, "Paid" if paid else "Unpaid", bill.method, terms.now, terms.now,
        ))  # fmt: skip
    for bill, id_ in zip(bills, insert_numbered(db, Invoice, _INVOICE, rows), strict=True):
        bill.id = id_


def _items(db: Session, bills: Sequence[Bill]) -> None:
    rows: list[tuple[Any, ...]] = []
    for bill in bills:
        for item in bill.items:
            rows.append((
                bill.id, bill.client.id, item.type, item.relid, item.description, item.amount, int(item.taxed),
                item.duedate or bill.duedate, bill.method, item.notes,
            ))  # fmt: skip
        for stat in bill.stats:
            stat.invoice_id = bill.id
    insert_rows(db, InvoiceItem, _ITEM, rows)
    db.flush()


def _move(db: Session, terms: Terms, plan: Plan) -> None:
    for (kind, day), ids in plan.moved.items():
        model = Service if kind == HOSTING else ServiceAddon
        moved = update(model).where(among(model.id, ids)).values(nextinvoicedate=day, updated_at=terms.now)
        db.execute(moved.execution_options(synchronize_session=False))
    by_count: dict[int, list[int]] = defaultdict(list)
    for id_, count in plan.promoted.items():
        by_count[count].append(id_)
    for count, ids in by_count.items():
        counted = update(Service).where(among(Service.id, ids)).values(promocount=func.coalesce(Service.promocount, 0) + count)
        db.execute(counted.execution_options(synchronize_session=False))


def _credit(db: Session, terms: Terms, bills: Sequence[Bill]) -> None:
    used = [bill for bill in bills if bill.credit]
    if not used:
        return
    actor = ctx_of(db).actor
    admin = actor.id if actor.kind == "admin" else 0
    texts = ((bill, credit.applied_text(bill.number or str(bill.id))) for bill in used)
    rows = [(bill.client.id, admin, terms.today, text, -bill.credit, bill.id) for bill, text in texts]
    insert_rows(db, Credit, _CREDIT, rows)
    left: dict[int, Decimal] = {}
    for bill in used:
        left[bill.client.id] = left.get(bill.client.id, bill.client.credit) - bill.credit
    table = Client.__table__
    change = update(table).where(table.c.id == bindparam("client")).values(credit=bindparam("left"))  # type: ignore[arg-type]
    db.connection().execute(change, [{"client": id_, "left": rest} for id_, rest in left.items()])


