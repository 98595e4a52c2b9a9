"""Bringing an invoice out: the hooks, the mail and the zero rule, after the unit that wrote it.

Order: InvoiceCreation (listeners may change lines; totals are computed anew), InvoiceCreationPreEmail, the mail, then
InvoiceCreated. The announcement is an event of the writing unit, so it survives a kill; hooks run at most once, the mail
is queued exactly once.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from modulehost import events, hooks, mail
from modulehost.billing import invoices, once
from modulehost.context import Actor, Ctx, ctx_of
from modulehost.schema import Client, Invoice

NEW_INVOICE_MAIL = "Invoice Created"


class ClientMissing(LookupError):
    """There is no such client."""


def issue(
    ctx: Ctx, client_id: int, items: Sequence[invoices.Item], *, source: str = "", send: bool = True, **details: Any
) -> int:
    """Write an invoice and announce it; returns its id.

    `details` are those of `invoices.create`. `source`: adminarea, api or autogen (default: by who acts). A Draft is
    not announced. Raises ClientMissing, InvoiceError, MoneyError.
    """
    with ctx.unit() as db:
        client = db.get(Client, client_id)
        if client is None:
            raise ClientMissing(f"there is no client with the id {client_id}")
        invoice = invoices.create(db, client, items, **details)
        if invoice.status != "Draft":
            announce(db, invoice, source, send)
    if ctx.actor.kind == "admin":
        told = {"source": "adminarea", "user": ctx.actor.id, "invoiceid": invoice.id, "status": invoice.status}
        hooks.fire(ctx, "InvoiceCreationAdminArea", **told)
    events.drain(ctx)
    return invoice.id


def announce(db: Session, invoice: Invoice, source: str = "", send: bool = True) -> None:
    """Have the invoice announced after this unit (event `invoice.created`)."""
    by, user = author(ctx_of(db).actor)
    events.emit(db, "invoice.created", invoiceid=invoice.id, source=source or by, user=user, send=send)


def author(actor: Actor) -> tuple[str, int | str]:
    """`source` and `user` as the hooks of a new invoice name them: adminarea, api or autogen; an administrator's id or system."""
    by_kind = {"admin": "adminarea", "api": "api"}
    return by_kind.get(actor.kind, "autogen"), actor.id if actor.kind == "admin" else "system"


def on_created(ctx: Ctx, payload: dict[str, Any]) -> None:
    """Subscriber of `invoice.created`."""
    bring_out(ctx, payload["invoiceid"], payload["source"], payload["user"], payload["send"])


def bring_out(ctx: Ctx, invoice_id: int, source: str, user: int | str, send: bool = True) -> None:
    """Fire the hooks of a new invoice, settle it when nothing is due, queue its mail. Repeatable."""
    with ctx.unit(read=True) as db:
        invoice = db.get(Invoice, invoice_id)
    if invoice is None:
        return
    arguments = {"source": source, "user": user, "invoiceid": invoice_id}
    key = str(invoice_id)
    if hooks.heard(ctx, "InvoiceCreation"):
        once.fire_once(ctx, key, "InvoiceCreation", **arguments, status=invoice.status)
        with ctx.unit() as db:
            invoice = db.get_one(Invoice, invoice_id, with_for_update=True, populate_existing=True)
            invoices.retotal(db, invoice)
    once.fire_once(ctx, key, "InvoiceCreationPreEmail", **arguments, status=invoice.status)
    with ctx.unit() as db:
        # Locked, so that a payment at the same moment does not make it Paid twice.
        invoice = db.get_one(Invoice, invoice_id, with_for_update=True, populate_existing=True)
        if once.claim(db, f"invoice-out:{invoice_id}"):
            invoices.settle_if_zero(db, invoice)
            if send and invoice.status == "Unpaid":
                mail.queue(db, NEW_INVOICE_MAIL, invoice.userid, rel_id=invoice_id)
    once.fire_once(ctx, key, "InvoiceCreated", **arguments, status=invoice.status)
