"""What a task is, and the order in which tasks run.

A file `tasks/<subject>.py` declares its tasks in `TASKS = [Task("CreateInvoices", ..., function), ...]`; nothing else names them.
The order is the documented one of the daily run, kept here for the tasks that there are and those that may come.
"""

from collections.abc import Callable
from dataclasses import dataclass

from modulehost.context import Ctx
from modulehost.journal import Report

DAY = 1440  # minutes
HOUR = 60
ALWAYS = 0  # at every invocation

#: name of a task in its order -> the option that named it before 7.0, empty when there was none
ORDER: dict[str, str] = {
    # our own: what a dead process left, and what vendors still work on, before anything new begins
    "InterruptedCommands": "",
    "PendingCommands": "",
    "CurrencyUpdateExchangeRates": "updaterates",
    "CurrencyUpdateProductPricing": "updatepricing",
    "CreateInvoices": "invoices",
    "AddLateFees": "latefees",
    "ProcessCreditCardPayments": "ccprocessing",
    "InvoiceReminders": "invoicereminders",
    "DomainRenewalNotices": "domainrenewalnotices",
    "CancellationRequests": "cancelrequests",
    "RecurringCycles": "",  # our own name: services that were paid for as often as their product says; before they count as overdue
    "AutoSuspensions": "suspensions",
    "AutoTerminations": "terminations",
    "FixedTermTerminations": "fixedtermterminations",
    "CloseInactiveTickets": "closetickets",
    "AffiliateCommissions": "affcommissions",
    "AffiliateReports": "affreports",
    "EmailMarketer": "emailmarketing",
    "CreditCardExpiryNotices": "ccexpirynotices",
    "UpdateServerUsage": "usagestats",
    "ServerUsageCount": "",
    "TenantUsageMetrics": "",
    "OverageBilling": "overagesbilling",
    "AutoClientStatusSync": "clientstatussync",
    "InvoiceAutoCancellation": "",
    "DomainStatusSync": "",
    "DomainTransferSync": "",
    "DomainExpirySync": "",
    "SslSync": "",
    "DataRetentionPruning": "",
    "AutoPruneTicketAttachments": "",
    "DatabaseBackup": "backups",
    "CheckForWhmcsUpdate": "",
    "TicketEscalations": "escalations",
    "RunJobsQueue": "",
    # our own: what the tasks before have announced and written
    "Announcements": "",
    "Mails": "",
    "TransientData": "",
}


@dataclass(frozen=True)
class Task:
    """A task of the automation.

    `name`: one of ORDER. `title` and `description` are what administrators read. `function(ctx, report)` does the work, tells
    the report what it did and why it left things alone, and may be repeated after a kill: what is done is not done again.
    `daily`: it belongs to the block that runs once a day, at the hour of DailyCronExecutionHour; others run at every
    invocation, but not more often than `frequency` minutes.
    """

    name: str
    title: str
    description: str
    function: Callable[[Ctx, Report], None]
    daily: bool = True
    frequency: int = DAY

    def __post_init__(self) -> None:
        if self.name not in ORDER:
            raise ValueError(f"the task {self.name} has no place in automation/declaring.py's ORDER")
