"""Renew: a paid renewal invoice tells the module of each service and addon on it, where the module defines the function.

Source: the public function table. The invoice of the order is no renewal: its period begins on the day of registration.
"""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost.context import Ctx
from modulehost.lifecycle.commands import run
from modulehost.lifecycle.modules import supports
from modulehost.lifecycle.subjects import OfAddon, OfService, Subject
from modulehost.runtimes import ModuleFailed
from modulehost.schema import InvoiceItem, Service, ServiceAddon

_RUNNING = ("Active", "Suspended")


def on_paid(ctx: Ctx, payload: dict[str, Any]) -> None:
    """Subscriber of `invoice.paid`. One payment renews once, however often it is announced."""
    invoice_id = int(payload["invoiceid"])
    with ctx.unit(read=True) as db:
        found = renewed(db, invoice_id)
    for whom in found:
        try:
            if "Renew" not in supports(ctx, whom):
                continue
        except ModuleFailed:
            pass  # the command below fails with the reason, which the module queue keeps
        run(ctx, whom, "Renew", request_key=f"renew:{invoice_id}:{payload.get('occasion', '')}", automated=True)


def renewed(db: Session, invoice_id: int) -> list[Subject]:
    """The running services and addons that an invoice has a further period of."""
    paid = (InvoiceItem.invoiceid == invoice_id, InvoiceItem.duedate.is_not(None))
    services = db.scalars(
        select(Service.id)
        .join(InvoiceItem, InvoiceItem.relid == Service.id)
        .where(*paid, InvoiceItem.type == "Hosting", Service.domainstatus.in_(_RUNNING), InvoiceItem.duedate > Service.regdate)
        .distinct()
        .order_by(Service.id)
    )
    addons = db.scalars(
        select(ServiceAddon.id)
        .join(InvoiceItem, InvoiceItem.relid == ServiceAddon.id)
        .where(*paid, InvoiceItem.type == "Addon", ServiceAddon.status.in_(_RUNNING), InvoiceItem.duedate > ServiceAddon.regdate)
        .distinct()
        .order_by(ServiceAddon.id)
    )
    return [*map(OfService, services), *map(OfAddon, addons)]
