"""The module queue: commands that failed and wait for somebody."""

from flask import request
from sqlalchemy import case, select
from werkzeug.wrappers import Response

from modulehost import lifecycle
from modulehost.schema import Addon, Client, ModuleQueue, Product, Service, ServiceAddon, same
from modulehost.web import frame
from modulehost.web.admin.paging import paged, wanted_order
from modulehost.web.admin.services import tell
from modulehost.web.admin.site import blueprint, confirmed, go, number, page, row_or_404, unknown_change

URL = "/admin/modulequeue.php"
#: what the list may be sorted by
ORDERS = {
    "id": ModuleQueue.id, "module": ModuleQueue.module_name, "action": ModuleQueue.module_action,
    "lastattempt": ModuleQueue.last_attempt, "retries": ModuleQueue.num_retries,
}  # fmt: skip


@blueprint.get("/modulequeue.php")
@frame.permission("Module Queue")
def module_queue() -> Response:
    """What waits; with `completed=1` what was done or settled. `module` and `action` narrow both."""
    done, kind = request.args.get("completed", "") not in ("", "0"), ModuleQueue.service_type
    module, action = request.args.get("module", ""), request.args.get("moduleaction", "")
    order = wanted_order(ORDERS, "lastattempt")
    service_id = case((kind == "service", ModuleQueue.service_id), (kind == "addon", ServiceAddon.hostingid))
    query = (
        select(ModuleQueue, Service, Client, Product.name, ServiceAddon, Addon.name)
        .outerjoin(ServiceAddon, (ServiceAddon.id == ModuleQueue.service_id) & (ModuleQueue.service_type == "addon"))
        .outerjoin(Addon, Addon.id == ServiceAddon.addonid)
        .outerjoin(Service, Service.id == service_id)
        .outerjoin(Client, Client.id == Service.userid)
        .outerjoin(Product, Product.id == Service.packageid)
        .where(ModuleQueue.completed == int(done))
        .order_by(*order(ORDERS, ModuleQueue.id))
    )
    if module:
        query = query.where(same(ModuleQueue.module_name, module))
    if action:
        query = query.where(same(ModuleQueue.module_action, action))
    with frame.ctx().unit(read=True) as db:
        rows = paged(db, query, scalars=False)
        modules = db.scalars(select(ModuleQueue.module_name).distinct().order_by(ModuleQueue.module_name)).all()
        actions = db.scalars(select(ModuleQueue.module_action).distinct().order_by(ModuleQueue.module_action)).all()
        waiting = db.scalar(select(ModuleQueue.id).where(ModuleQueue.completed == 0).limit(1)) is not None
    return page("queue.html", "Module Queue", page=rows, done=done, order=order, module=module, action=action, modules=list(modules),
                actions=list(actions), waiting=waiting, nonce=frame.host().entropy.token(24))  # fmt: skip


@blueprint.post("/modulequeue.php")
@frame.permission("Module Queue")
def module_queue_change() -> Response:
    """Retry one, retry all, or mark one resolved."""
    ctx, action = frame.ctx(), request.form.get("action", "")
    if action == "retryall":
        if asked := confirmed("Do you want to run everything in the module queue again?", URL, "Retry All"):
            return asked
        outcomes = lifecycle.retry_all(ctx)
        bad = [outcome.message for outcome in outcomes if not outcome.ok and outcome.state != "pending"]
        waiting = [outcome.message for outcome in outcomes if outcome.state == "pending"]
        if bad:
            frame.note("error", f"{len(bad)} of {len(outcomes)} failed again", "\n".join(bad))
        if waiting:
            frame.note("info", f"{len(waiting)} command(s) pending", "\n".join(waiting))
        if good := len(outcomes) - len(bad) - len(waiting):
            frame.note("success", f"{good} command(s) succeeded")
        return go(URL)
    with ctx.unit(read=True) as db:
        row = row_or_404(db, ModuleQueue, number("id"), "Queue entry")
    if action == "retry":
        nonce = request.form.get("nonce", "")
        outcome = lifecycle.retry(ctx, row.id, request_key=f"queue:{row.id}:{nonce}"[:64] if nonce else None)
        whom = lifecycle.subjects.KINDS.get(row.service_type, lifecycle.OfService)(row.service_id)
        tell(ctx, whom, row.module_action, outcome)
    elif action == "resolve":
        lifecycle.queue.resolve(ctx, row.id)
        frame.note("success", "Marked Resolved")
    else:
        unknown_change("The module queue knows", action)
    return go(URL)
