"""Cancelling invoices that have stayed unpaid for long (settings mh_auto_cancel_invoices, mh_auto_cancel_invoice_days).

The public documentation names the setting but not its key, so both keys are ours.
"""

from datetime import timedelta

from modulehost import hooks, journal, settings
from modulehost.billing import invoices
from modulehost.billing.dunning.lists import chunks, named
from modulehost.context import Ctx
from modulehost.journal import Report
from modulehost.schema import Client, Invoice


def cancel_long_unpaid(ctx: Ctx, report: Report) -> None:
    """The task InvoiceAutoCancellation. A listener of PreInvoiceAutomaticCancellation that answers abortCancel keeps one."""
    with ctx.unit(read=True) as db:
        days = settings.number(db, "mh_auto_cancel_invoice_days")
        if not settings.on(db, "mh_auto_cancel_invoices") or days <= 0:
            report.skip("automatic cancellation of invoices is off")
            return
    for ids in chunks(ctx, Invoice.duedate <= ctx.host.clock.today() - timedelta(days=days)):
        for invoice_id in ids:
            _cancel(ctx, invoice_id, report)


def _cancel(ctx: Ctx, invoice_id: int, report: Report) -> None:
    if hooks.heard(ctx, "PreInvoiceAutomaticCancellation"):
        answers = hooks.values(hooks.fire(ctx, "PreInvoiceAutomaticCancellation", invoiceid=invoice_id))
        if any(isinstance(one, dict) and one.get("abortCancel") for one in answers):
            report.skip("a hook kept the invoice", f"Invoice #{invoice_id}")
            return
    with ctx.unit() as db:
        invoice = db.get(Invoice, invoice_id, with_for_update=True, populate_existing=True)
        if invoice is None or invoice.status != "Unpaid":
            return
        line = named(invoice, db.get(Client, invoice.userid))
        if invoices.paid_amount(db, invoice_id) > 0:
            report.skip("the invoice is paid in part", line)
            return
        invoices.set_status(db, invoice, "Cancelled")
        journal.activity(db, f"Cancelled automatically: Invoice ID: {invoice_id}", invoice.userid)
        report.did("invoices cancelled", line)
