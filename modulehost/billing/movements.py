"""Movements of a client's credit (tblcredit): tblclients.credit is their sum."""

from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from modulehost import journal
from modulehost.context import ctx_of
from modulehost.money import ZERO, currency_of, formatted
from modulehost.schema import Client, Credit


def add(
    db: Session, client: Client, amount_: Decimal, description: str, invoice_id: int = 0, *, day: date | None = None, admin_id: int = 0
) -> Credit:
    """Change a client's credit balance (below zero: use it) and write the movement down. `invoice_id`: what it is about."""
    host, actor = ctx_of(db).host, ctx_of(db).actor
    client.credit += amount_
    admin = admin_id or (actor.id if actor.kind == "admin" else 0)
    row = Credit(clientid=client.id, admin_id=admin, date=day or host.clock.today(), relid=invoice_id)
    row.description, row.amount = description, amount_
    db.add(row)
    db.flush()
    return row


def withdraw(db: Session, client: Client, wanted: Decimal, description: str, invoice_id: int) -> Decimal:
    """Take credit that a client has no claim to any more, as far as it is still there; returns how much that was."""
    taken = min(wanted, max(client.credit, ZERO))
    currency = currency_of(db, client)
    if taken > 0:
        add(db, client, -taken, description, invoice_id)
    if taken < wanted:
        short = formatted(wanted - taken, currency)
        journal.activity(db, f"{description}: {short} of the credit was spent already and could not be withdrawn", client.id)
    return taken
