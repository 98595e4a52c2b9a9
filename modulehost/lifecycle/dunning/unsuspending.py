"""Lifting a suspension that came by itself, once it is paid for (setting AutoUnsuspend).

A suspension with another reason is somebody's decision and stays. So does one of a service that is overdue still, with a later
period: it would be suspended again with the next daily run.
"""

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost import settings
from modulehost.context import Ctx
from modulehost.lifecycle.dunning import marks
from modulehost.lifecycle.dunning.acting import carry_out
from modulehost.lifecycle.dunning.overdue import REASON, overdue_since
from modulehost.lifecycle.subjects import OfAddon, OfService, Subject
from modulehost.schema import InvoiceItem, Service, ServiceAddon


def on_paid(ctx: Ctx, payload: dict[str, Any]) -> None:
    """Subscriber of `invoice.paid`. One payment lifts once, however often it is announced."""
    invoice_id = int(payload["invoiceid"])
    with ctx.unit(read=True) as db:
        if not settings.on(db, "AutoUnsuspend"):
            return
        found = _lifted(db, invoice_id, ctx.host.clock.today())
    for whom in found:
        carry_out(ctx, whom, "UnsuspendAccount", key=f"unsuspend:{invoice_id}:{payload.get('occasion', '')}")


def on_addon_status(ctx: Ctx, payload: dict[str, Any]) -> None:
    """Subscriber of `addon.status`: an addon that is not suspended any more has no automatic suspension."""
    if payload.get("now") != "Suspended":
        with ctx.unit() as db:
            addon = db.get(ServiceAddon, int(payload["addonid"]))
            if addon is None or addon.status != "Suspended":
                marks.forget(db, int(payload["addonid"]))


def _lifted(db: Session, invoice_id: int, today: date) -> list[Subject]:
    limit = overdue_since(db, today)
    services = db.scalars(
        select(Service)
        .join(InvoiceItem, (InvoiceItem.relid == Service.id) & (InvoiceItem.type == "Hosting"))
        .where(InvoiceItem.invoiceid == invoice_id, Service.domainstatus == "Suspended", Service.suspendreason == REASON)
        .order_by(Service.id)
        .distinct()
    ).all()
    addons = db.scalars(
        select(ServiceAddon)
        .join(InvoiceItem, (InvoiceItem.relid == ServiceAddon.id) & (InvoiceItem.type == "Addon"))
        .where(InvoiceItem.invoiceid == invoice_id, ServiceAddon.status == "Suspended")
        .order_by(ServiceAddon.id)
        .distinct()
    ).all()
    paid = [one.id for one in services if one.nextduedate is None or one.nextduedate > limit]
    others = [one.id for one in addons if (one.nextduedate is None or one.nextduedate > limit) and marks.marked(db, one.id)]
    return [*map(OfService, paid), *map(OfAddon, others)]
