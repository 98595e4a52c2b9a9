"""What happens to services by themselves."""

from modulehost.automation.declaring import Task
from modulehost.lifecycle import dunning
from modulehost.ordering import cancellations

TASKS = [
    Task("CancellationRequests", "Cancellation Requests", "Carries out the cancellation requests that are due",
         cancellations.process),
    Task("RecurringCycles", "Recurring Cycles", "Completes services that were paid for as often as their product says",
         dunning.complete_cycles),
    Task("AutoSuspensions", "Overdue Suspensions", "Suspends services and addons that are overdue", dunning.suspend_overdue),
    Task("AutoTerminations", "Overdue Terminations", "Terminates services and addons that have been overdue for long",
         dunning.terminate_overdue),
    Task("FixedTermTerminations", "Fixed Term Terminations", "Terminates services whose product's term is over",
         dunning.end_fixed_terms),
    Task("OverageBilling", "Overage Billing", "Charges disk space and bandwidth beyond a product's limits, on the last day of a month",
         dunning.charge_overages),
    Task("AutoClientStatusSync", "Client Status", "Makes clients active or inactive by what they have", dunning.sync_clients),
]  # fmt: skip
