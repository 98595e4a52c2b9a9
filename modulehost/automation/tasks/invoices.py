"""Invoices: what is due gets one; those that wait for their money get late fees, captures, reminders and an end."""

from modulehost.automation.declaring import Task
from modulehost.billing import dunning, recurring
from modulehost.context import Ctx
from modulehost.journal import Report


def create(ctx: Ctx, report: Report) -> None:
    """Invoices for the next periods of services and addons."""
    recurring.generate(ctx, report)


TASKS = [
    Task("CreateInvoices", "Invoice Generation", "Makes the invoices for the next periods of services and addons", create),
    Task("AddLateFees", "Late Fees", "Adds late fees to invoices that are overdue for long enough", dunning.add_late_fees),
    Task("ProcessCreditCardPayments", "Credit Card Charges", "Charges due invoices by the clients' stored pay methods",
         dunning.process_captures),
    Task("CreditCardExpiryNotices", "Credit Card Expiry Notices", "Tells clients, once a month, whose card is about to expire",
         dunning.send_expiry_notices),
    Task("InvoiceReminders", "Invoice Reminders", "Reminds clients of invoices before and after they are due", dunning.send_reminders),
    Task("InvoiceAutoCancellation", "Invoice Cancellation", "Cancels invoices that have stayed unpaid for long",
         dunning.cancel_long_unpaid),
]  # fmt: skip
