"""Money due and paid: cycles, prices, configurable options, invoices, payments, gateways, tax."""

from modulehost import events
from modulehost.billing import invoices, issuing, payments
from modulehost.context import Host
from modulehost.mail import fields


def register(host: Host) -> None:
    """Subscribe to what follows new and paid invoices, and give their mails the merge fields."""
    fields.provide(host, "invoice", invoices.mail_fields)
    events.subscribe(host, "invoice.created", issuing.on_created)
    events.subscribe(host, "invoice.paid", payments.on_paid)
    events.subscribe(host, "invoice.automated", payments.on_automated)
    events.subscribe(host, "invoice.settled", payments.on_settled)
