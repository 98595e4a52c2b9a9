"""Money due and paid: cycles, prices, configurable options, invoices, payments, gateways, tax."""

from sqlalchemy.orm import Session

from modulehost import events
from modulehost.billing import callbacks, gateways, invoices, issuing, payments, recurring
from modulehost.context import Host
from modulehost.mail import fields


def register(host: Host) -> None:
    """Subscribe to what follows new and paid invoices, and give their mails the merge fields."""
    callbacks.register(host)
    fields.provide(host, "invoice", invoices.mail_fields)
    events.subscribe(host, "invoice.created", issuing.on_created)
    events.subscribe(host, "invoices.generated", recurring.on_generated)
    events.subscribe(host, "invoice.paid", payments.on_paid)
    events.subscribe(host, "invoice.reopened", payments.on_reopened)
    events.subscribe(host, "invoice.automated", payments.on_automated)
    events.subscribe(host, "invoice.settled", payments.on_settled)


def seed(db: Session) -> None:
    """The payment methods of a fresh install; a host that has any keeps what it has."""
    if not gateways.active(db):
        for module in gateways.BUNDLED:
            gateways.activate(db, module)
