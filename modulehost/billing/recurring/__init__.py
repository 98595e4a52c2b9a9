"""Invoices for the next periods of services and addons, made in sets.

A period of a service or addon is known by its kind, its id and the day on which it begins: tblinvoiceitems.type, relid and
duedate. `nextinvoicedate` is the day of the next one to be invoiced. A run finds what is due, and takes it in short units of
some 2,000 services, cut between clients: rows are locked, what is still due gets its lines, the dates move on, and the mails
are rows of the same unit. So a run may be killed anywhere and begun anew, and two at once make each invoice once.

Periods that came due while the host was off are made up for, each on its own due date: all at once where the setting
ContinuousInvoiceGeneration is on, else one after the other, as each is paid.
"""

from modulehost.billing.recurring.announcing import on_generated
from modulehost.billing.recurring.generating import Generated, generate

__all__ = ["Generated", "generate", "on_generated"]
