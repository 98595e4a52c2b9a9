"""Module log and activity log."""

import json

from flask import request
from sqlalchemy import select
from werkzeug.wrappers import Response

from modulehost import settings
from modulehost.journal import activity
from modulehost.schema import ActivityLog, ModuleLog, icontains
from modulehost.web import frame
from modulehost.web.admin.paging import paged, wanted_order
from modulehost.web.admin.site import blueprint, confirmed, go, number, page, row_or_404

#: `orderby` of the address -> column
_MODULE_LOG = {"id": ModuleLog.id, "date": ModuleLog.date}
_ACTIVITY = {"id": ActivityLog.id, "date": ActivityLog.date}
MODULE_LOG = "/admin/systemmodulelog.php"


@blueprint.get("/systemmodulelog.php")
@frame.permission("View Module Debug Log")
def module_log() -> Response:
    """What modules said to vendors and got back; `id` shows one entry."""
    ctx = frame.ctx()
    if number("id"):
        with ctx.unit(read=True) as db:
            entry = row_or_404(db, ModuleLog, number("id"), "Log entry")
            before = db.scalar(
                select(ModuleLog.id).where(ModuleLog.id < entry.id).order_by(ModuleLog.id.desc()).limit(1)
            )
            after = db.scalar(select(ModuleLog.id).where(ModuleLog.id > entry.id).order_by(ModuleLog.id).limit(1))
        title = f"Module Log: {entry.module} {entry.action}"
        return page(
            "modulelog_entry.html", title, entry=entry, before=before, after=after, pretty=pretty, menu_url=MODULE_LOG
        )
    module, action, text = (request.args.get(name, "").strip() for name in ("module", "modaction", "text"))
    order = wanted_order(_MODULE_LOG)
    query = select(ModuleLog).order_by(*order(_MODULE_LOG, ModuleLog.id))
    if module:
        query = query.where(ModuleLog.module == module)
    if action:
        query = query.where(icontains(ModuleLog.action, action))
    if text:
        query = query.where(icontains(ModuleLog.request, text) | icontains(ModuleLog.response, text))
    with ctx.unit(read=True) as db:
        rows = paged(db, query)
        modules = db.scalars(select(ModuleLog.module).distinct().order_by(ModuleLog.module)).all()
        enabled = settings.on(db, "ModuleLogEnabled")
    return page(
        "modulelog.html",
        "Module Log",
        page=rows,
        modules=modules,
        module=module,
        action=action,
        text=text,
        enabled=enabled,
        order=order,
    )


@blueprint.post("/systemmodulelog.php")
@frame.permission("View Module Debug Log")
def module_log_change() -> Response:
    """Enable or disable the log, or empty it (Reset Debug Log)."""
    ctx, action = frame.ctx(), request.form.get("action", "")
    if action == "reset":
        question = "Are you sure you want to delete all entries of the module log?"
        if asked := confirmed(question, MODULE_LOG, "Reset Debug Log"):
            return asked
        with ctx.unit() as db:
            count = db.query(ModuleLog).delete()
            activity(db, f"Module Log Reset - {count} entries")
        frame.note("success", "Module Log Reset", f"{count} entries were deleted.")
    else:
        with ctx.unit() as db:
            settings.put(db, "ModuleLogEnabled", "on" if action == "enable" else "")
        frame.note("success", "Debug Logging Enabled" if action == "enable" else "Debug Logging Disabled")
    return go(MODULE_LOG)


@blueprint.get("/systemactivitylog.php")
@frame.permission("View Activity Log")
def activity_log() -> Response:
    """What people and the system did."""
    text, user = request.args.get("description", "").strip(), request.args.get("username", "").strip()
    address, order = request.args.get("ipaddress", "").strip(), wanted_order(_ACTIVITY)
    query = select(ActivityLog).order_by(*order(_ACTIVITY, ActivityLog.id))
    if address:
        query = query.where(ActivityLog.ipaddr == address)
    if text:
        query = query.where(icontains(ActivityLog.description, text))
    if user:
        query = query.where(icontains(ActivityLog.user, user))
    with frame.ctx().unit(read=True) as db:
        rows = paged(db, query, size=50)
    return page("activitylog.html", "Activity Log", page=rows, text=text, user=user, address=address, order=order)


def pretty(text: str) -> str:
    """JSON on several lines, as people read it; anything else as it is."""
    stripped = text.strip()
    if stripped[:1] not in ("{", "["):
        return text
    try:
        return json.dumps(json.loads(stripped), indent=2, ensure_ascii=False)
    except ValueError:
        return text
