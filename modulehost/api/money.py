"""Billing actions about money: credit and transactions."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from modulehost.api.registry import action
from modulehost.api.values import ApiError, Values
from modulehost.billing import credit, invoices, transactions
from modulehost.billing.dates import read_day
from modulehost.context import Ctx
from modulehost.money import ZERO, MoneyError, amount, plain
from modulehost.schema import Admin, Client, Credit, day_text


@action("ApplyCredit", "Billing")
def apply_credit(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Spend client credit on an unpaid invoice; without an amount, as much as there is and is due."""
    try:
        used = credit.apply(ctx, values.number("invoiceid"), values.amount("amount"), send=not values.flag("noemail"))
    except credit.CreditRefused as failure:
        raise ApiError(str(failure)) from None
    return {"invoiceid": values.number("invoiceid"), "amount": plain(used.amount), "invoicepaid": str(used.paid).lower()}


@action("AddCredit", "Billing")
def add_credit(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Add to or remove from a client's credit balance."""
    kind = values.text("type", "add").lower() or "add"
    if kind not in ("add", "remove"):
        raise ApiError("Type can only be add or remove")
    client_id, admin_id = values.number("clientid"), values.number("adminid")
    with ctx.unit(read=True) as db:
        if db.get(Client, client_id) is None:
            raise ApiError("Client ID Not Found")
        admin = db.get(Admin, admin_id) if admin_id else None
        if values.has("adminid") and (admin is None or admin.disabled):
            raise ApiError("Admin ID Not Found")
    if not values.has("amount"):
        raise ApiError("No Amount Provided")
    try:
        given = amount(values.text("amount"))
    except MoneyError:
        given = Decimal(-1)
    if given < 0:
        raise ApiError("Amount must be in decimal format: ### or ###.##")
    try:
        day = values.day("date")
    except ApiError:
        raise ApiError("Date Format is not Valid") from None
    signed = given if kind == "add" else -given
    try:
        balance = credit.change(ctx, client_id, signed, values.text("description"), day=day, admin_id=admin_id)
    except credit.CreditRefused as failure:
        raise ApiError(str(failure)) from None
    return {"newbalance": plain(balance)}


@action("GetCredits", "Billing")
def get_credits(ctx: Ctx, values: Values) -> dict[str, Any]:
    """The credit log of a client."""
    client_id = values.number("clientid")
    with ctx.unit(read=True) as db:
        if db.get(Client, client_id) is None:
            raise ApiError("Client ID Not Found")
        rows = db.scalars(select(Credit).where(Credit.clientid == client_id).order_by(Credit.id)).all()
    found = [
        {"id": row.id, "date": day_text(row.date), "description": row.description, "amount": plain(row.amount), "relid": row.relid}
        for row in rows
    ]
    return {"totalresults": len(found), "clientid": client_id, "credits": {"credit": found}}


@action("AddTransaction", "Billing")
def add_transaction(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Insert a transaction; the date is in the system's date format."""
    new = transactions.New(
        values.text("paymentmethod"),
        values.number("userid"),
        values.number("invoiceid"),
        values.text("transid"),
        _local_date(ctx, values),
        values.number("currencyid"),
        values.text("description"),
        values.amount("amountin") or ZERO,
        values.amount("fees") or ZERO,
        values.amount("amountout") or ZERO,
        amount(values.text("rate"), 5) if values.has("rate") else None,
        values.flag("credit"),
    )
    try:
        transactions.add(ctx, new, duplicate=values.flag("allowduplicatetransid"))
    except transactions.TransactionRefused as failure:
        raise ApiError(str(failure)) from None
    return {}


def _local_date(ctx: Ctx, values: Values) -> datetime | None:
    """The parameter `date`: in the system's format, or as everywhere else (2026-01-31 or with a time)."""
    if not values.has("date"):
        return None
    with ctx.unit(read=True) as db:
        found: date | None = read_day(db, values.text("date"))
    return datetime.combine(found, time()) if found else values.moment("date")


@action("UpdateTransaction", "Billing")
def update_transaction(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Edit a transaction."""
    changes: dict[str, Any] = {}
    for name in ("refundid", "userid", "invoiceid", "currency"):
        if values.has(name):
            changes[name] = values.number(name)
    for name in ("transid", "gateway", "description"):
        if name in values:
            changes[name] = values.text(name)
    for name in ("amountin", "fees", "amountout"):
        if values.has(name):
            changes[name] = values.amount(name)
    if values.has("rate"):
        changes["rate"] = amount(values.text("rate"), 5)
    if values.has("date"):
        changes["date"] = values.moment("date")
    transaction_id = values.number("transactionid")
    try:
        transactions.edit(ctx, transaction_id, changes, to_credit=values.flag("credit"))
    except transactions.TransactionRefused as failure:
        raise ApiError(str(failure)) from None
    return {"transactionid": transaction_id}


@action("GetTransactions", "Billing")
def get_transactions(ctx: Ctx, values: Values) -> dict[str, Any]:
    """List transactions."""
    start, limit = values.page()
    with ctx.unit(read=True) as db:
        total, rows = transactions.search(
            db, userid=values.number("clientid"), invoiceid=values.number("invoiceid"), transid=values.text("transid"), start=start,
            count=limit,
        )  # fmt: skip
    found = [invoices.transaction_details(row) for row in rows]
    return {"totalresults": total, "startnumber": start, "numreturned": len(found), "transactions": {"transaction": found}}
