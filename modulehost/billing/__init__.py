"""Money due and paid: cycles, prices, configurable options, invoices, payments, gateways, tax."""

from sqlalchemy.orm import Session

from modulehost import events, settings
from modulehost.billing import callbacks, gateways, invoices, issuing, numbering, payments, pdf, recurring
from modulehost.context import Ctx, Host
from modulehost.mail import fields


def register(host: Host) -> None:
    """Subscribe to what follows new and paid invoices, and give their mails the merge fields."""
    callbacks.register(host)
    fields.provide(host, "invoice", invoices.mail_fields)
    fields.provide_files(host, "invoice", _paper)
    events.subscribe(host, "invoice.created", issuing.on_created)
    events.subscribe(host, "invoices.generated", recurring.on_generated)
    events.subscribe(host, "invoice.paid", payments.on_paid)
    events.subscribe(host, "invoice.reopened", payments.on_reopened)
    events.subscribe(host, "invoice.automated", payments.on_automated)
    events.subscribe(host, "invoice.settled", payments.on_settled)


def _paper(ctx: Ctx, invoice_id: int) -> list[tuple[str, bytes]]:
    """The invoice as PDF for its mails, while the setting EnablePDFInvoices is on."""
    with ctx.unit(read=True) as db:
        wanted = settings.on(db, "EnablePDFInvoices")
    made = pdf.of_invoice(ctx, invoice_id) if wanted else None
    return [made] if made else []


def seed(db: Session) -> None:
    """The payment methods of a fresh install; a host that has any keeps what it has.

    The counter of invoice numbers has its row from the beginning: invoices made at once wait for it, rather than all make it.
    """
    settings.locked(db, numbering.COUNTER)
    if not gateways.active(db):
        for module in gateways.BUNDLED:
            gateways.activate(db, module)
