"""What a client's group grants: a discount on every price, no suspension and termination, invoices of their own."""

from decimal import Decimal

from sqlalchemy.orm import Session

from modulehost.money import ZERO
from modulehost.schema import Client, ClientGroup

__all__ = ["discount", "exempt", "group_of", "separate_invoices"]


def group_of(db: Session, client: Client | None) -> ClientGroup | None:
    """The client's group; None without one, and for visitors."""
    return db.get(ClientGroup, client.groupid) if client is not None and client.groupid else None


def discount(db: Session, client: Client | None) -> Decimal:
    """Per cent that the client pays less for products, addons and options; 0.00 without a group."""
    group = group_of(db, client)
    return (group.discountpercent if group else None) or ZERO


def exempt(db: Session, client: Client | None) -> bool:
    """Whether the client's services are neither suspended nor terminated by themselves."""
    group = group_of(db, client)
    return group is not None and group.susptermexempt == "on"


def separate_invoices(db: Session, client: Client) -> bool:
    """Whether each item gets an invoice of its own: by the client's own flag or by the group's."""
    group = group_of(db, client)
    return bool(client.separateinvoices) or (group is not None and group.separateinvoices == "on")
