"""What happens to addons of themselves: their automatic set-up, and what becomes of them when their service changes.

Source: the public pages on automation and product addons. A service that is terminated or cancelled takes its addons with it. An
addon whose product addon says *suspend parent product* is tied to its service: it is suspended and unsuspended with it.
"""

from typing import Any

from sqlalchemy import select

from modulehost import hooks
from modulehost.context import Ctx
from modulehost.lifecycle.commands import run
from modulehost.lifecycle.subjects import OfAddon, set_addon_status, told
from modulehost.schema import Addon, Service, ServiceAddon

_RUNNING = ("Active", "Suspended")
_ENDED = ("Terminated", "Cancelled")


def set_up(ctx: Ctx, payload: dict[str, Any]) -> None:
    """Subscriber of `addon.setup`: Create, once, for an addon that is still pending; AddonActivation tells of its success."""
    whom = OfAddon(int(payload["addonid"]))
    with ctx.unit(read=True) as db:
        row = db.get(ServiceAddon, whom.id)
    if row is None or row.status != "Pending":
        return
    key = f"setup:{whom.id}:{payload.get('cause', '')}"
    if run(ctx, whom, "CreateAccount", request_key=key, automated=True).ok:
        hooks.fire(ctx, "AddonActivation", **told(row), clientid=row.userid)


def on_service_status(ctx: Ctx, payload: dict[str, Any]) -> None:
    """Subscriber of `service.status`: addons follow their service as it is now."""
    with ctx.unit(read=True) as db:
        service = db.get(Service, int(payload["serviceid"]))
        if service is None:
            return
        rows = db.execute(
            select(ServiceAddon, Addon)
            .outerjoin(Addon, Addon.id == ServiceAddon.addonid)
            .where(ServiceAddon.hostingid == service.id)
            .order_by(ServiceAddon.id)
        ).all()
    status = service.domainstatus
    for row, addon in rows:
        tied, module = bool(addon and addon.suspendproduct), addon.module if addon else ""
        if status in _ENDED and row.status in (*_RUNNING, "Pending"):
            _follow(ctx, row, status, "TerminateAccount" if module and row.status in _RUNNING else "")
        elif status == "Suspended" and tied and row.status == "Active":
            _follow(ctx, row, status, "SuspendAccount" if module else "")
        elif status == "Active" and payload.get("was") == "Suspended" and tied and row.status == "Suspended":
            _follow(ctx, row, status, "UnsuspendAccount" if module else "")


def _follow(ctx: Ctx, row: ServiceAddon, status: str, function: str) -> None:
    """Run the module's function, which sets the status by itself; a failure waits in the module queue."""
    if function and not run(ctx, OfAddon(row.id), function, automated=True).ok:
        return
    with ctx.unit() as db:
        now = db.get(ServiceAddon, row.id)
        if now is not None and now.status != status:
            set_addon_status(db, now, status)
