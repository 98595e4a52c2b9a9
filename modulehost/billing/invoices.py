"""Invoices as rows: making them, their totals, what is still due, and how they are shown.

total = subtotal + tax + tax2 - credit; balance = total - payments + refunds. Amounts are in the client's currency.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from modulehost import events, hooks, settings
from modulehost.billing import movements, numbering, renewals, tax
from modulehost.billing.dates import date_text
from modulehost.context import ctx_of
from modulehost.money import ZERO, amount, currency_of, formatted, places, plain
from modulehost.schema import (
    Client,
    GatewaySetting,
    Invoice,
    InvoiceItem,
    Transaction,
    day_text,
    moment_text,
)

STATUSES = ("Draft", "Unpaid", "Paid", "Cancelled", "Refunded", "Collections", "Payment Pending")
_STATUS_HOOKS = {"Cancelled": "InvoiceCancelled", "Unpaid": "InvoiceUnpaid", "Refunded": "InvoiceRefunded"}


class InvoiceError(ValueError):
    """An invoice that cannot be made or changed so; the text says why."""


@dataclass(frozen=True)
class Item:
    """A line to be written. `type` and `relid` as in tblinvoiceitems (Hosting and a service's id; empty: by hand).

    `duedate` is the start of the period that the line pays for.
    """

    description: str
    amount: Decimal
    type: str = ""
    relid: int = 0
    taxed: bool = False
    duedate: date | None = None
    notes: str = ""


def create(
    db: Session,
    client: Client,
    items: Sequence[Item],
    *,
    paymentmethod: str = "",
    date: date | None = None,
    duedate: date | None = None,
    status: str = "Unpaid",
    notes: str = "",
    taxrate: Decimal | None = None,
    taxrate2: Decimal | None = None,
) -> Invoice:
    """Write an invoice with its lines. Days default to today, tax rates to the client's own.

    Nothing is announced: who calls it fires the hooks after the unit (see billing.issuing). Raises InvoiceError.
    """
    if status not in STATUSES:
        raise InvoiceError(f"{status!r} is not an invoice status; use one of {', '.join(STATUSES)}")
    clock = ctx_of(db).host.clock
    own = tax.rates(db, client)
    invoice = Invoice(
        userid=client.id,
        date=date or clock.today(),
        duedate=duedate or date or clock.today(),
        status=status,
        paymentmethod=paymentmethod or client.defaultgateway,
        notes=notes,
        taxrate=own[0] if taxrate is None else amount(taxrate, 3),
        taxrate2=own[1] if taxrate2 is None else amount(taxrate2, 3),
        created_at=clock.now(),
        updated_at=clock.now(),
    )
    db.add(invoice)
    if status != "Draft":
        numbering.number_new(db, invoice)
    db.flush()
    add_items(db, invoice, items)
    return invoice


def add_items(db: Session, invoice: Invoice, items: Sequence[Item]) -> list[InvoiceItem]:
    """Append lines and compute the totals anew."""
    rows = [
        InvoiceItem(
            invoiceid=invoice.id,
            userid=invoice.userid,
            type=item.type,
            relid=item.relid,
            description=item.description,
            amount=amount(item.amount),
            taxed=int(item.taxed),
            duedate=item.duedate or invoice.duedate,
            paymentmethod=invoice.paymentmethod,
            notes=item.notes,
        )
        for item in items
    ]
    db.add_all(rows)
    db.flush()
    retotal(db, invoice)
    return rows


def items_of(db: Session, invoice_id: int) -> list[InvoiceItem]:
    """The lines of an invoice in their order."""
    return list(db.scalars(select(InvoiceItem).where(InvoiceItem.invoiceid == invoice_id).order_by(InvoiceItem.id)))


@dataclass(frozen=True)
class Shown:
    """A line as it is shown: one row, or several that are the same but for their ids."""

    item: InvoiceItem
    description: str
    amount: Decimal


def shown_items(db: Session, invoice_id: int) -> list[Shown]:
    """The lines as clients read them: what is the same is one line with a quantity (setting GroupSimilarLineItems)."""
    rows = items_of(db, invoice_id)
    if not settings.on(db, "GroupSimilarLineItems"):
        return [Shown(row, row.description, row.amount) for row in rows]
    alike: dict[tuple[Any, ...], list[InvoiceItem]] = {}
    for row in rows:
        alike.setdefault((row.type, row.description, row.amount, row.taxed), []).append(row)
    return [
        Shown(same[0], f"{len(same)} x {same[0].description}" if len(same) > 1 else same[0].description, same[0].amount * len(same))
        for same in alike.values()
    ]


def retotal(db: Session, invoice: Invoice) -> None:
    """Compute subtotal, tax and total from the lines, the invoice's tax rates and the credit it has used."""
    items = items_of(db, invoice.id)
    untaxed = sum((item.amount for item in items if not item.taxed), ZERO)
    decimals = places(currency_of(db, db.get(Client, invoice.userid)))
    taxed = (item.amount for item in items if item.taxed)
    parts = tax.of_lines(db, taxed, invoice.taxrate, invoice.taxrate2, decimals)
    new = (parts.net + untaxed, parts.tax, parts.tax2, parts.total + untaxed - invoice.credit)
    if new != (invoice.subtotal, invoice.tax, invoice.tax2, invoice.total):
        invoice.subtotal, invoice.tax, invoice.tax2, invoice.total = new
        invoice.updated_at = ctx_of(db).host.clock.now()
        hooks.later(db, "UpdateInvoiceTotal", invoiceid=invoice.id)
    db.flush()


def paid_amount(db: Session, invoice_id: int) -> Decimal:
    """Payments less refunds."""
    sums = select(func.sum(Transaction.amountin - Transaction.amountout)).where(Transaction.invoiceid == invoice_id)
    found = db.scalar(sums)
    return amount(found if isinstance(found, Decimal) else str(found or 0))


def paid_amounts(db: Session, invoice_ids: Sequence[int]) -> dict[int, Decimal]:
    """Payments less refunds of many invoices; those that have neither are left out."""
    sums = select(Transaction.invoiceid, func.sum(Transaction.amountin - Transaction.amountout))
    rows = db.execute(sums.where(Transaction.invoiceid.in_(invoice_ids)).group_by(Transaction.invoiceid)).all()
    return {id_: amount(found if isinstance(found, Decimal) else str(found or 0)) for id_, found in rows}


def balance(db: Session, invoice: Invoice) -> Decimal:
    """What is still to be paid; below zero when more was paid than due."""
    return invoice.total - paid_amount(db, invoice.id)


def mark_paid(db: Session, invoice: Invoice, when: datetime | None = None, transaction_id: int = 0) -> None:
    """Make it Paid, move the due dates of the services it pays for, and announce `invoice.paid`. A paid one stays so."""
    if invoice.status == "Paid":
        return
    now = ctx_of(db).host.clock.now()
    invoice.status, invoice.datepaid, invoice.updated_at = "Paid", when or now, now
    renewals.advance(db, items_of(db, invoice.id))
    db.flush()
    numbering.number_paid(db, [invoice.id])
    _announce_paid(db, invoice.id, transaction_id)


def paid_at_once(db: Session, invoice_ids: Sequence[int]) -> None:
    """Do what `mark_paid` does beside the status, for many invoices that were written as Paid."""
    lines = select(InvoiceItem).where(InvoiceItem.invoiceid.in_(invoice_ids)).order_by(InvoiceItem.id)
    renewals.advance(db, db.scalars(lines))
    numbering.number_paid(db, invoice_ids)
    for id_ in invoice_ids:
        _announce_paid(db, id_)


def _announce_paid(db: Session, invoice_id: int, transaction_id: int = 0) -> None:
    # An invoice can be paid again after it was refunded: the occasion tells the two apart.
    occasion = ctx_of(db).host.entropy.token(12)
    events.emit(db, "invoice.paid", invoiceid=invoice_id, transactionid=transaction_id, occasion=occasion)
    db.flush()


def reopen(db: Session, invoice: Invoice) -> None:
    """Make a Paid invoice Unpaid again, because money for it went out: due dates that it moved go back, `invoice.reopened`."""
    if invoice.status != "Paid":
        return
    set_status(db, invoice, "Unpaid")
    undo(db, invoice)


def undo(db: Session, invoice: Invoice) -> None:
    """Take back what the payment of an invoice has done for its lines: due dates now, the rest by `invoice.reopened`."""
    renewals.withdraw(db, items_of(db, invoice.id))
    events.emit(db, "invoice.reopened", invoiceid=invoice.id, occasion=ctx_of(db).host.entropy.token(12))
    db.flush()


def settle_if_zero(db: Session, invoice: Invoice) -> bool:
    """An unpaid invoice on which nothing is due is Paid at once (customary, not documented). Returns whether it was."""
    due = invoice.status == "Unpaid" and balance(db, invoice) <= 0 and bool(items_of(db, invoice.id))
    if due:
        mark_paid(db, invoice)
    return due


def set_status(db: Session, invoice: Invoice, status: str) -> None:
    """Change the status with the date that belongs to it, and have its hook fired after the commit.

    Paid goes through `mark_paid` and payments instead. A cancelled invoice gives back the credit that it has used.
    """
    if status not in STATUSES:
        raise InvoiceError(f"{status!r} is not an invoice status; use one of {', '.join(STATUSES)}")
    now = ctx_of(db).host.clock.now()
    published = invoice.status == "Draft" and status == "Unpaid"
    if status != invoice.status and status in _STATUS_HOOKS and not published:
        hooks.later(db, _STATUS_HOOKS[status], invoiceid=invoice.id)
    invoice.status, invoice.updated_at = status, now
    if published:
        numbering.number_new(db, invoice)
    if status == "Cancelled":
        invoice.date_cancelled = now
        client = db.get(Client, invoice.userid, with_for_update=True, populate_existing=True) if invoice.credit else None
        if client is not None:
            movements.add(db, client, invoice.credit, f"Credit Removed from Invoice #{number(invoice)}", invoice.id)
            invoice.credit = ZERO
            retotal(db, invoice)
    elif status == "Refunded":
        invoice.date_refunded = now
    elif status in ("Unpaid", "Draft"):
        invoice.datepaid = None
    db.flush()


def is_overdue(db: Session, invoice: Invoice) -> bool:
    """Unpaid and past its due date: Overdue is no stored status."""
    due = invoice.duedate
    return invoice.status == "Unpaid" and due is not None and due < ctx_of(db).host.clock.today()


def number(invoice: Invoice) -> str:
    """The number people see: the sequential one where there is one, else the id."""
    return invoice.invoicenum or str(invoice.id)


def method_name(db: Session, module: str) -> str:
    """The shown name of a payment method, its system name when it is not active."""
    named = select(GatewaySetting.value).where(GatewaySetting.gateway == module, GatewaySetting.setting == "name")
    return db.scalar(named.limit(1)) or module


def details(db: Session, invoice: Invoice) -> dict[str, Any]:
    """The invoice as the API's GetInvoice answers it: amounts as text with two places, unset dates as zero dates.

    `items` and `transactions` are plain lists here; the API wraps them.
    """
    rows = select(Transaction).where(Transaction.invoiceid == invoice.id).order_by(Transaction.id)
    return {
        "invoiceid": invoice.id,
        "invoicenum": invoice.invoicenum,
        "userid": invoice.userid,
        "date": day_text(invoice.date),
        "duedate": day_text(invoice.duedate),
        "datepaid": moment_text(invoice.datepaid),
        "lastcaptureattempt": moment_text(invoice.last_capture_attempt),
        "subtotal": plain(invoice.subtotal),
        "credit": plain(invoice.credit),
        "tax": plain(invoice.tax),
        "tax2": plain(invoice.tax2),
        "total": plain(invoice.total),
        "balance": plain(balance(db, invoice)),
        "taxrate": f"{invoice.taxrate:.3f}",
        "taxrate2": f"{invoice.taxrate2:.3f}",
        "status": invoice.status,
        "paymentmethod": invoice.paymentmethod,
        "notes": invoice.notes,
        "ccgateway": _captures(db, invoice.paymentmethod),
        "items": [
            {
                "id": item.id,
                "type": item.type,
                "relid": item.relid,
                "description": item.description,
                "amount": plain(item.amount),
                "taxed": item.taxed,
            }
            for item in items_of(db, invoice.id)
        ],
        "transactions": [transaction_details(row) for row in db.scalars(rows)],
    }


def _captures(db: Session, module: str) -> bool:
    """Whether the gateway charges cards or bank accounts (its setting `type`)."""
    kind = select(GatewaySetting.value).where(GatewaySetting.gateway == module, GatewaySetting.setting == "type").limit(1)
    return db.scalar(kind) in ("CC", "Bank")


def transaction_details(row: Transaction) -> dict[str, Any]:
    """A payment or refund as the API answers it."""
    return {
        "id": row.id,
        "userid": row.userid,
        "currency": row.currency,
        "gateway": row.gateway,
        "date": moment_text(row.date),
        "description": row.description,
        "amountin": plain(row.amountin),
        "fees": plain(row.fees),
        "amountout": plain(row.amountout),
        "rate": f"{row.rate:.5f}",
        "transid": row.transid,
        "invoiceid": row.invoiceid,
        "refundid": row.refundid,
    }


def mail_fields(db: Session, invoice_id: int) -> dict[str, Any]:
    """The merge fields of mails about an invoice (mail.fields.provide); none when it is gone."""
    invoice = db.get(Invoice, invoice_id)
    if invoice is None:
        return {}
    currency = currency_of(db, db.get(Client, invoice.userid))
    payments = select(Transaction).where(Transaction.invoiceid == invoice_id, Transaction.amountin > 0)
    last = db.scalar(payments.order_by(Transaction.id.desc()).limit(1))
    return {
        "invoice_id": invoice.id,
        "invoice_num": number(invoice),
        "invoice_date_created": date_text(db, invoice.date),
        "invoice_date_due": date_text(db, invoice.duedate),
        "invoice_date_paid": date_text(db, invoice.datepaid),
        "invoice_items": [
            {"description": item.description, "amount": formatted(item.amount, currency)}
            for item in shown_items(db, invoice.id)
        ],
        "invoice_subtotal": formatted(invoice.subtotal, currency),
        "invoice_credit": formatted(invoice.credit, currency),
        "invoice_tax": formatted(invoice.tax, currency),
        "invoice_tax2": formatted(invoice.tax2, currency),
        "invoice_total": formatted(invoice.total, currency),
        "invoice_balance": formatted(balance(db, invoice), currency),
        "invoice_amount_paid": formatted(paid_amount(db, invoice.id), currency),
        "invoice_status": invoice.status,
        "invoice_payment_method": method_name(db, invoice.paymentmethod),
        "invoice_last_payment_amount": formatted(last.amountin if last else ZERO, currency),
        "invoice_last_payment_transid": last.transid if last else "",
        "invoice_link": f"{settings.system_url(db)}viewinvoice.php?id={invoice.id}",
        "invoice_notes": invoice.notes,
    }
