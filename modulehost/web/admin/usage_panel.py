"""The Metrics panel of a service's page: last values, *Refresh Now* and *Invoice Usage Now*."""

from decimal import Decimal

from werkzeug.wrappers import Response

from modulehost import lifecycle
from modulehost.context import Ctx
from modulehost.schema import Product, Service
from modulehost.web import frame
from modulehost.web.admin.site import go

#: modop -> the permission it needs
CHANGES = {"refreshmetrics": "Perform Server Operations", "invoiceusage": "Create Invoice"}


def shown(ctx: Ctx, service: Service, product: Product | None) -> list[tuple[str, str, object]] | None:
    """(label, last value with its unit, when) of every metric; None when the module measures nothing."""
    if product is None or not lifecycle.usage.has_metrics(ctx, product.servertype):
        return None
    with ctx.unit(read=True) as db:
        known = lifecycle.usage.known(db, product.servertype)[1]
        last: dict[str, tuple[Decimal, object]] = {one.name: (v, at) for one, v, at in lifecycle.usage.stats(db, service)}
    return [
        (one.label, one.units.formatted(last[name][0]) if name in last else "", last[name][1] if name in last else None)
        for name, one in known.items()
    ]


def change(ctx: Ctx, service: Service, operation: str, back: str) -> Response:
    """Run one of CHANGES."""
    frame.require(CHANGES[operation])
    if operation == "refreshmetrics":
        problem = lifecycle.usage.refresh(ctx, service.id)
        frame.note("error" if problem else "success", "Metrics could not be refreshed" if problem else "Metrics Refreshed", problem)
    elif invoice := lifecycle.usage.invoice(ctx, service.id):
        frame.note("success", "Usage Invoiced", f"Invoice #{invoice} was created.")
    else:
        why = "The last term that has ended has no usage beyond what is included, or it is invoiced already."
        frame.note("info", "Nothing to invoice", why)
    return go(back)
