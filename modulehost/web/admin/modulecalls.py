"""Module Calls: for each call of a module the exact params, what changed since the call before, the answer, and what came of it."""

from typing import Any

from flask import request
from sqlalchemy import select
from werkzeug.wrappers import Response

from modulehost import lifecycle
from modulehost.contract import SERVER_FUNCTIONS
from modulehost.journal import firings, mask, trees
from modulehost.lifecycle.history import Call
from modulehost.runtimes import ModuleFailed
from modulehost.schema import Client, Command, Service
from modulehost.vault import hash_token
from modulehost.web import frame
from modulehost.web.admin.paging import paged, wanted_order
from modulehost.web.admin.services import tell
from modulehost.web.admin.site import blueprint, client_name, go, number, page

URL = "/admin/modulecalls.php"
NEEDED = "View Module Debug Log"
SHOWN_PASSIVE = 40
#: what the list of commands may be sorted by
ORDERS = {"id": Command.id, "date": Command.started_at, "function": Command.function, "service": Command.service_id, "state": Command.state}


@blueprint.get("/modulecalls.php")
@frame.permission(NEEDED)
def module_calls() -> Response:
    """The commands, and the last calls that change nothing; `call` shows one, `service` and `function` choose."""
    if request.args.get("call"):
        return _view(request.args["call"])
    ctx, service_id, function = frame.ctx(), number("service"), request.args.get("function", "").strip()
    order = wanted_order(ORDERS)
    query = (
        select(Command, Service, Client)
        .outerjoin(Service, Service.id == Command.service_id)
        .outerjoin(Client, Client.id == Service.userid)
        .order_by(*order(ORDERS, Command.id))
    )
    if service_id:
        query = query.where(Command.service_id == service_id)
    if function:
        query = query.where(Command.function == function)
    with ctx.unit(read=True) as db:
        rows = paged(db, query, scalars=False)
    passive = [one for one in lifecycle.history.passive(ctx.host, service_id) if function in ("", one.function)]
    return page("modulecalls.html", "Module Calls", page=rows, passive=passive[:SHOWN_PASSIVE], service_id=service_id,
                function=function, order=order)  # fmt: skip


def _wanted(key: str) -> Call:
    found = lifecycle.history.find(frame.ctx(), key)
    if found is None:
        text = "There is no such call, or this process no longer keeps it: the last few of each function are kept in memory."
        raise frame.PageError(404, "Module call not found", text)
    return found


def _view(key: str) -> Response:
    ctx = frame.ctx()
    call = _wanted(key)
    before = lifecycle.history.previous(ctx, call)
    with ctx.unit(read=True) as db:
        service = db.get(Service, call.service_id) if call.service_id else None
        client = db.get(Client, service.userid) if service is not None else None
        entries = lifecycle.history.log_entries(db, call)
    hidden = call.secrets | (before.secrets if before else frozenset())
    changes = trees.difference(before.params, call.params, hidden) if before else []
    answer = trees.tree(call.value, call.secrets)
    return page(
        "modulecall.html", f"{call.module}_{call.function}", call=call, before=before, changes=changes, service=service,
        owner=client_name(client) if client else "", params=trees.tree(call.params, call.secrets), answer=answer, entries=entries,
        fired=[firings.plain(one) for one in call.firings], message=mask(call.message, call.secrets),
        printed=mask(call.printed, call.secrets), test="" if _handed_over(call) else lifecycle.as_test.write(call),
        passive=call.key.startswith("p"),
        again=_repeatable(call, service), nonce=ctx.host.entropy.token(24), text=trees.text, menu_url=URL,
    )  # fmt: skip


def _repeatable(call: Call, service: Service | None) -> bool:
    """Whether Call again can run it: it belongs to a service, and needs nothing that only the first caller knew."""
    return service is not None and call.function != "AdminServicesTabFieldsSave" and not _handed_over(call)


def _handed_over(call: Call) -> bool:
    """Whether it was no function of the module but something that one returned: the callable of a custom action."""
    return not call.function.isidentifier()


@blueprint.post("/modulecalls.php")
@frame.permission(NEEDED)
def module_call_again() -> Response:
    """Call again: the function with the service's params of today. A command goes the way of every command."""
    frame.require("Perform Server Operations")
    ctx, call = frame.ctx(), _wanted(request.form.get("call", ""))
    back = f"{URL}?call={call.key}"
    with ctx.unit(read=True) as db:
        service = db.get(Service, call.service_id) if call.service_id else None
    if not _repeatable(call, service):
        frame.abort_page(400, "Not repeatable", "This function belongs to no service, or needs the form it was sent with.")
    nonce = request.form.get("nonce", "")
    known = SERVER_FUNCTIONS.get(call.function)
    if call.key.startswith("c"):
        key = hash_token(f"{nonce}:again:{call.key}") if nonce else None
        outcome = lifecycle.run(ctx, call.subject, call.function, extra=_extra(call), request_key=key)
        tell(ctx, call.subject, call.function, outcome)
        return go(f"{URL}?call=c{outcome.command_id}" if outcome.command_id else back)
    if known is not None and known.command:
        frame.abort_page(400, "Not repeatable", "A command is run from the service's page.")
    try:
        returned = lifecycle.call(ctx, call.subject, call.function)
    except ModuleFailed as error:
        frame.note("error", "The module failed", str(error))
    else:
        text = "; ".join(returned.problems)
        frame.note("warning" if text else "success", f"{call.function} Was Called Again", text)
    newest = lifecycle.history.passive(ctx.host, call.service_id)
    return go(f"{URL}?call={next((one.key for one in newest if one.function == call.function), call.key)}")


def _extra(call: Call) -> dict[str, Any] | None:
    """What the first caller had said beside the service's own values."""
    names = {"SuspendAccount": ("suspendreason",), "ChangePassword": ("password",)}.get(call.function, ())
    found = {name: call.params[name] for name in names if call.params.get(name)}
    return found or None
