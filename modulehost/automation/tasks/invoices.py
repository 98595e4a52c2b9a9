"""Invoices: what is due gets one."""

from modulehost.automation.declaring import Task
from modulehost.billing import recurring
from modulehost.context import Ctx
from modulehost.journal import Report


def create(ctx: Ctx, report: Report) -> None:
    """Invoices for the next periods of services and addons."""
    recurring.generate(ctx, report)


TASKS = [
    Task("CreateInvoices", "Invoice Generation", "Makes the invoices for the next periods of services and addons", create),
]
