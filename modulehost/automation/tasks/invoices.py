"""Invoices that wait for their money: late fees, captures, reminders, cancellation; cards that expire."""

from modulehost.automation.declaring import Task
from modulehost.billing import dunning

TASKS = [
    Task("AddLateFees", "Late Fees", "Adds late fees to invoices that are overdue for long enough", dunning.add_late_fees),
    Task("ProcessCreditCardPayments", "Credit Card Charges", "Charges due invoices by the clients' stored pay methods",
         dunning.process_captures),
    Task("CreditCardExpiryNotices", "Credit Card Expiry Notices", "Tells clients, once a month, whose card is about to expire",
         dunning.send_expiry_notices),
    Task("InvoiceReminders", "Invoice Reminders", "Reminds clients of invoices before and after they are due", dunning.send_reminders),
    Task("InvoiceAutoCancellation", "Invoice Cancellation", "Cancels invoices that have stayed unpaid for long",
         dunning.cancel_long_unpaid),
]  # fmt: skip
