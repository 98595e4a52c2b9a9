"""Invoices that wait for their money: late fees, reminders, cancellation."""

from modulehost.automation.declaring import Task
from modulehost.billing import dunning

TASKS = [
    Task("AddLateFees", "Late Fees", "Adds late fees to invoices that are overdue for long enough", dunning.add_late_fees),
    Task("InvoiceReminders", "Invoice Reminders", "Reminds clients of invoices before and after they are due", dunning.send_reminders),
    Task("InvoiceAutoCancellation", "Invoice Cancellation", "Cancels invoices that have stayed unpaid for long",
         dunning.cancel_long_unpaid),
]  # fmt: skip
