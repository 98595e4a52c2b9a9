"""What Automation Settings consist of: sections and fields of one page."""

import itertools
from collections.abc import Mapping

from modulehost.web.admin.generalfields import ORDER_GRACE
from modulehost.web.admin.settingform import AMOUNT, CHOICE, NUMBER, YESNO, Field, Section, in_order

HOURS = [(str(hour), f"{hour:02}:00") for hour in range(24)]
CYCLES = ("Monthly", "Quarterly", "Semi-Annually", "Annually", "Biennially", "Triennially")
LATE_FEES = [("Percentage", "Percentage"), ("Fixed Amount", "Fixed Amount")]
#: what AutoClientStatusChange stands for
CLIENT_STATUS = [
    ("1", "Never change it"),
    ("2", "By active products and services"),
    ("3", "By active products and services, and only those who have not signed in for three months"),
]


BEFORE, AFTER = "days before the due date", "days after the due date"


def _days(key: str, label: str, unit: str, hint: str = "", blank: bool = False, least: int = 0) -> Field:
    return Field(key, label, NUMBER, hint, blank=blank, least=least, most=3650, size="short", unit=unit)


_TIME = Section("Scheduling", (
    Field("DailyCronExecutionHour", "Time of Day", CHOICE, choices=HOURS, size="short",
          hint="The daily tasks run with the first call of the cron command within this hour (UTC)."),
))  # fmt: skip
_MODULES = Section("Automatic Module Functions", (
    Field("AutoSuspension", "Enable Suspension", YESNO, words="Suspend services that stay unpaid"),
    _days("AutoSuspensionDays", "Suspend Days", "days after the next due date"),
    Field("mh_suspension_email", "Send Suspension Email", YESNO, words="Tell the client about a suspension"),
    Field("AutoUnsuspend", "Enable Unsuspension", YESNO, words="Unsuspend services when what was overdue is paid"),
    Field("mh_unsuspension_email", "Send Unsuspension Email", YESNO, words="Tell the client about the end of a suspension"),
    Field("AutoTermination", "Enable Termination", YESNO, words="Terminate services that stay unpaid"),
    _days("AutoTerminationDays", "Termination Days", "days after the next due date", least=1),
))  # fmt: skip
_INVOICES = Section("Invoice Generation", (
    _days("CreateInvoiceDaysBefore", "Invoice Generation", BEFORE),
    *(_days(f"CreateInvoiceDaysBefore{cycle.replace('-', '')}", cycle, BEFORE, blank=True) for cycle in CYCLES),
    ORDER_GRACE,
), hint="Cycles may have days of their own; empty means as above.")  # fmt: skip
_REMINDERS = Section("Payment Reminders", (
    Field("SendReminder", "Payment Reminder Emails", YESNO, words="Send reminders of invoices"),
    _days("SendInvoiceReminderDays", "Invoice Unpaid Reminder", BEFORE),
    _days("SendFirstOverdueInvoiceReminder", "First Overdue Reminder", AFTER),
    _days("SendSecondOverdueInvoiceReminder", "Second Overdue Reminder", AFTER),
    _days("SendThirdOverdueInvoiceReminder", "Third Overdue Reminder", AFTER),
), hint="0 days: that reminder is not sent.")  # fmt: skip
_FEES = Section("Late Fees", (
    Field("LateFeeType", "Late Fee Type", CHOICE, choices=LATE_FEES, size="medium"),
    Field("InvoiceLateFeeAmount", "Late Fee Amount", AMOUNT, most=10**11, size="short",
          hint="Per cent of the invoice, or an amount in the default currency. 0: no late fees."),
    Field("LateFeeMinimum", "Late Fee Minimum", AMOUNT, most=10**11, size="short"),
    _days("AddLateFeeDays", "Add Late Fee Days", AFTER),
))  # fmt: skip
_CANCELLING = Section("Unpaid Invoices", (
    Field("mh_auto_cancel_invoices", "Automatic Cancellation", YESNO, words="Cancel invoices that stay unpaid"),
    _days("mh_auto_cancel_invoice_days", "Cancel After", AFTER),
))  # fmt: skip
_CAPTURE = Section("Payment Capture", (
    _days("CCProcessDaysBefore", "Process Days Before Due", BEFORE, "When stored payment methods are charged."),
    Field("CCAttemptOnlyOnce", "Attempt Only Once", YESNO, words="Do not try again after a charge failed"),
    Field("CCRetryEveryWeekFor", "Retry Every Week For", NUMBER, most=520, size="short", unit="weeks", hint="0: every day."),
    Field("CCDaySendExpiryNotices", "CC Expiry Notices Date", NUMBER, most=28, size="short",
          hint="The day of the month on which clients are told that a card expires. 0: never."),
))  # fmt: skip
_CURRENCIES = Section("Currencies", (
    Field("CurrencyAutoUpdateExchangeRates", "Exchange Rates", YESNO, words="Fetch exchange rates every day"),
    Field("CurrencyAutoUpdateProductPrices", "Product Prices", YESNO, words="Work out the prices in other currencies anew every day"),
))  # fmt: skip
_CLIENTS = Section("Cancellations and Clients", (
    Field("ShowCancellationButton", "Cancellation Requests", YESNO, words="Clients may ask for the end of a service"),
    Field("AutoCancellationRequests", "Process Cancellation Requests", YESNO,
          words="Carry cancellation requests out when their day has come"),
    Field("AutoClientStatusChange", "Client Status Update", CHOICE, choices=CLIENT_STATUS),
))  # fmt: skip

SECTIONS = (_TIME, _MODULES, _INVOICES, _REMINDERS, _FEES, _CANCELLING, _CAPTURE, _CURRENCIES, _CLIENTS)


def check(values: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with values that are right each by itself, by key."""
    errors: dict[str, str] = {}
    if values.get("AutoSuspension") and values.get("AutoTermination"):
        errors |= in_order(values, "AutoSuspensionDays", "AutoTerminationDays", "Termination Days must not be below Suspend Days.")
    overdue = [f"Send{which}OverdueInvoiceReminder" for which in ("First", "Second", "Third")]
    for earlier, later in itertools.combinations(overdue, 2):
        errors |= in_order(values, earlier, later, "Overdue reminders must follow each other: first, second, third.")
    return errors
