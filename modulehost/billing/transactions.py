"""Transactions written and edited by hand or by API, and lists of them. Errors are those of the public API reference."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from modulehost import events, hooks, journal
from modulehost.billing import credit, movements, payments
from modulehost.context import Ctx
from modulehost.db import counted
from modulehost.money import ZERO, amount, currency_of
from modulehost.schema import Client, Currency, Invoice, Transaction

#: what UpdateTransaction may change
EDITABLE = (
    "refundid", "userid", "invoiceid", "transid", "date", "gateway", "currency", "description", "amountin", "fees", "amountout", "rate",
)  # fmt: skip


class TransactionRefused(ValueError):
    """A transaction that cannot be written so; the text is what the API answers."""


@dataclass(frozen=True)
class New:
    """A transaction to be written. `currency` counts without a client only; `rate` None: the currency's present one.

    `credit`: the money becomes the client's credit; there is no invoice then.
    """

    gateway: str
    userid: int = 0
    invoiceid: int = 0
    transid: str = ""
    date: datetime | None = None
    currency: int = 0
    description: str = ""
    amountin: Decimal = ZERO
    fees: Decimal = ZERO
    amountout: Decimal = ZERO
    rate: Decimal | None = None
    credit: bool = False


def add(ctx: Ctx, new: New, *, duplicate: bool = False, send: bool = True) -> int:
    """Write a transaction; returns tblaccounts.id. Hook: AddTransaction. Raises TransactionRefused.

    Money in for an unpaid invoice pays it as a payment does; what is too much becomes credit (customary). `duplicate`
    lets a transaction id be there already.
    """
    with ctx.unit() as db:
        client, invoice = _checked(db, new, duplicate)
        currency = currency_of(db, client) if client else db.get_one(Currency, new.currency)
        row = Transaction(
            userid=client.id if client else 0,
            currency=0 if client else currency.id,
            gateway=new.gateway,
            date=new.date or ctx.host.clock.now(),
            description=new.description or ("Invoice Payment" if invoice and new.amountin else ""),
            amountin=new.amountin,
            fees=new.fees,
            amountout=new.amountout,
            rate=amount(currency.rate if new.rate is None else new.rate, 5),
            transid=new.transid,
            invoiceid=new.invoiceid,
        )
        db.add(row)
        db.flush()
        if invoice is not None and client is not None:
            _about(db, invoice, client, row, send)
        if new.credit and client is not None:
            movements.add(db, client, new.amountin - new.amountout, new.description or f"Transaction {new.transid or row.id}")
        journal.activity(db, f"Added Transaction - Transaction ID: {row.id}", row.userid)
        if invoice is not None and new.amountin:
            hooks.later(db, "AddInvoicePayment", invoiceid=invoice.id)
        hooks.later(db, "AddTransaction", **payments.hook_arguments(row))
    events.drain(ctx)
    return row.id


def _about(db: Session, invoice: Invoice, client: Client, row: Transaction, send: bool) -> None:
    if row.amountin > 0:
        payments.settle(db, invoice, client, row, send)
    if row.amountout > 0:
        credit.take_back(db, invoice, client)


def _checked(db: Session, new: New, duplicate: bool) -> tuple[Client | None, Invoice | None]:
    if not new.gateway:
        raise TransactionRefused("Payment Method is required")
    client = db.get(Client, new.userid, with_for_update=True, populate_existing=True) if new.userid else None
    if new.userid and client is None:
        raise TransactionRefused("Client ID Not Found")
    invoice = db.get(Invoice, new.invoiceid, with_for_update=True, populate_existing=True) if new.invoiceid else None
    if new.invoiceid and invoice is None:
        raise TransactionRefused("Invoice ID Not Found")
    if invoice is not None and client is not None and invoice.userid != client.id:
        raise TransactionRefused("User ID does not own the given Invoice ID")
    if invoice is not None and client is None:
        client = db.get(Client, invoice.userid, with_for_update=True, populate_existing=True)
    if new.currency and db.get(Currency, new.currency) is None:
        raise TransactionRefused("Currency ID Not Found")
    if client is not None and new.currency and currency_of(db, client).id != new.currency:
        raise TransactionRefused("Currency ID does not match Client currency")
    if client is None and not new.currency:
        raise TransactionRefused("A Currency ID is required for non-customer related transactions")
    same = select(Transaction.id).where(Transaction.transid == new.transid).limit(1)
    if new.transid and not duplicate and db.scalar(same) is not None:
        raise TransactionRefused("Transaction ID must be Unique")
    if new.credit and (new.invoiceid or client is None):
        raise TransactionRefused("credit needs a client and no invoice")
    if invoice is not None and invoice.status == "Cancelled" and new.amountin:
        raise TransactionRefused("It is not possible to add a payment to an invoice that is Cancelled")
    if min(new.amountin, new.amountout) < 0:
        raise TransactionRefused("amounts cannot be below zero; money that goes out is amountout")
    if not (new.amountin or new.amountout or new.fees):
        raise TransactionRefused("a transaction needs an amount in, an amount out or a fee")
    return client, invoice


def edit(ctx: Ctx, transaction_id: int, changes: dict[str, Any], *, to_credit: bool = False) -> None:
    """Change a transaction (names of EDITABLE). Statuses of invoices stay; `to_credit`: what came in becomes credit.

    Raises TransactionRefused.
    """
    with ctx.unit() as db:
        row = db.get(Transaction, transaction_id, with_for_update=True, populate_existing=True)
        if row is None:
            raise TransactionRefused("Transaction ID Not Found")
        for name, kind, text in (("userid", Client, "Client"), ("invoiceid", Invoice, "Invoice"), ("currency", Currency, "Currency")):
            if changes.get(name) and db.get(kind, changes[name]) is None:
                raise TransactionRefused(f"{text} ID Not Found")
        for name, value in changes.items():
            if name not in EDITABLE:
                raise TransactionRefused(f"{name} cannot be changed; known are {', '.join(EDITABLE)}")
            setattr(row, name, value)
        if row.amountin < 0 or row.amountout < 0:
            raise TransactionRefused("amounts cannot be below zero; money that goes out is amountout")
        if to_credit:
            client = db.get(Client, row.userid, with_for_update=True, populate_existing=True) if row.userid else None
            if client is None or row.invoiceid:
                raise TransactionRefused("credit needs a client and no invoice")
            movements.add(db, client, row.amountin - row.amountout, row.description or f"Transaction {row.transid or row.id}")
        journal.activity(db, f"Modified Transaction - Transaction ID: {row.id}", row.userid)
        db.flush()


def delete(ctx: Ctx, transaction_id: int) -> None:
    """Delete a transaction; the invoice keeps its status, its balance follows. Raises TransactionRefused."""
    with ctx.unit() as db:
        row = db.get(Transaction, transaction_id)
        if row is None:
            raise TransactionRefused("Transaction ID Not Found")
        journal.activity(db, f"Deleted Transaction - Transaction ID: {row.id}", row.userid)
        db.delete(row)


def search(
    db: Session, *, userid: int = 0, invoiceid: int = 0, transid: str = "", start: int = 0, count: int = 25
) -> tuple[int, Sequence[Transaction]]:
    """How many transactions match, and one page of them, the oldest first."""
    wanted: Select[Any] = select(Transaction)
    for column, value in ((Transaction.userid, userid), (Transaction.invoiceid, invoiceid), (Transaction.transid, transid)):
        if value:
            wanted = wanted.where(column == value)
    rows = db.scalars(wanted.order_by(Transaction.id).offset(max(start, 0)).limit(max(count, 0))).all()
    return counted(db, wanted), rows


