"""What time does to services and clients: suspension, unsuspension, termination, the end of a fixed term, overages, clients' status.

Source: the public notes on automation. Each task here looks at what is due by date, does it once, and says why it left the rest.
A command that failed, or whose outcome nobody knows, stands in the module queue and is not repeated from here.
"""

from modulehost.lifecycle.dunning.clientstatus import sync_clients
from modulehost.lifecycle.dunning.ending import complete_cycles, end_fixed_terms
from modulehost.lifecycle.dunning.naming import named
from modulehost.lifecycle.dunning.overages import charge_overages
from modulehost.lifecycle.dunning.overdue import REASON, suspend_overdue, terminate_overdue
from modulehost.lifecycle.dunning.unsuspending import on_addon_status, on_paid

__all__ = [
    "REASON", "charge_overages", "complete_cycles", "end_fixed_terms", "named", "on_addon_status", "on_paid", "suspend_overdue",
    "sync_clients", "terminate_overdue",
]  # fmt: skip
