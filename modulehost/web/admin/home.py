"""The home page: what waits, and what happened last; and the System Settings page."""

from typing import Any

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from modulehost import hooks, lifecycle, settings
from modulehost.accounts import admins
from modulehost.context import ctx_of
from modulehost.db import counted
from modulehost.schema import ActivityLog, Client, Invoice, ModuleQueue, Order, Service
from modulehost.web import frame
from modulehost.web.admin import hookoutput, menu
from modulehost.web.admin.paging import MOST
from modulehost.web.admin.site import blueprint, go, page

#: routes of version 8 (index.php?rp=...) that lead to pages of ours
ROUTES = {
    "/admin/setup": menu.SETTINGS_URL,
    "/admin/setup/general": "/admin/configgeneral.php",
    "/admin/setup/automation": "/admin/configauto.php",
    "/admin/setup/authz/api/devices": "/admin/configapicredentials.php",
    "/admin/logs/module-log": "/admin/systemmodulelog.php",
    "/admin/logs/activity": "/admin/systemactivitylog.php",
    "/admin/services": "/admin/clientshostinglist.php",
    "/admin/utilities/module-queue": "/admin/modulequeue.php",
}


@blueprint.get("", strict_slashes=False)
@blueprint.get("/")
@blueprint.get("/index.php")
@frame.permission("Main Homepage")
def home() -> Response:
    """Figures and lists; `rp` names a page by its version 8 route."""
    route = request.args.get("rp", "").rstrip("/")
    if route:
        if route not in ROUTES:
            frame.abort_page(404, "Page not found", f"This host has no admin page for the route {route}.")
        return go(ROUTES[route])
    with frame.ctx().unit(read=True) as db:
        figures = _figures(db)
        orders = db.execute(
            select(Order, Client).outerjoin(Client, Client.id == Order.userid).order_by(Order.id.desc()).limit(6)
        ).all()
        activity = db.scalars(select(ActivityLog).order_by(ActivityLog.id.desc()).limit(8)).all()
        allowed = admins.permissions_of(db, frame.ctx().actor.role_id)
        maintenance = settings.on(db, "MaintenanceMode")
    widgets = lifecycle.addons.widgets(frame.ctx(), allowed)
    blocks = hookoutput.html(hooks.fire(frame.ctx(), "AdminHomepage"))
    return page("home.html", "Home", figures=figures, orders=orders, activity=activity, widgets=widgets,
                hook_html=blocks, maintenance=maintenance)  # fmt: skip


def _figures(db: Session) -> list[tuple[str, str, str, str]]:
    def count(kind: Any, *where: Any) -> str:
        found = counted(db, select(kind.id).where(*where), MOST)
        return str(found) if found <= MOST else f"{MOST:,}+"

    today = ctx_of(db).host.clock.today()
    overdue = (Invoice.status == "Unpaid", Invoice.duedate < today)
    return [
        ("Pending Orders", count(Order, Order.status == "Pending"), "/admin/orders.php?status=Pending", "View Orders"),
        ("Active Clients", count(Client, Client.status == "Active"), "/admin/clients.php?status=Active", "List Clients"),
        ("Active Services", count(Service, Service.domainstatus == "Active"),
         "/admin/clientshostinglist.php?status=Active", "List Services"),
        ("Overdue Invoices", count(Invoice, *overdue), "/admin/invoices.php?status=Overdue", "List Invoices"),
        ("Module Queue", count(ModuleQueue, ModuleQueue.completed == 0), "/admin/modulequeue.php", "Module Queue"),
    ]  # fmt: skip


@blueprint.get("/configsystem.php")
@blueprint.get("/setup")
@frame.permission("Main Homepage")
def system_settings() -> Response:
    """Configuration > System Settings: a tile for each subject."""
    with frame.ctx().unit(read=True) as db:
        allowed = admins.permissions_of(db, frame.ctx().actor.role_id)
    return page("system_settings.html", "System Settings", groups=menu.tiles(allowed), menu_url=menu.SETTINGS_URL)
