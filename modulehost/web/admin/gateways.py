"""Payment Gateways: which are active and how they are set up; the gateway log, with calls whose outcome nobody knows."""

from flask import request
from sqlalchemy import select
from werkzeug.wrappers import Response

from modulehost.billing import gatewaycalls, gatewaymodules, gateways
from modulehost.billing.gateways import GatewayError
from modulehost.runtimes import ModuleFailed
from modulehost.schema import GatewayLog, icontains
from modulehost.vault import VaultError
from modulehost.web import frame
from modulehost.web.admin.paging import paged, wanted_order
from modulehost.web.admin.product_module import Shown
from modulehost.web.admin.site import MASK, blueprint, change_of, confirmed, go, number, page, row_or_404

URL = "/admin/configgateways.php"
LOG = "/admin/gatewaylog.php"
_LOGGED = {"id": GatewayLog.id, "date": GatewayLog.date, "gateway": GatewayLog.gateway, "result": GatewayLog.result}
PERMISSION = "Configure Payment Gateways"


@blueprint.get("/configgateways.php")
@frame.permission(PERMISSION)
def payment_gateways() -> Response:
    """Every gateway module; active ones with their settings."""
    return _listing("", "")


def _listing(opened: str, wrong: str) -> Response:
    ctx = frame.ctx()
    known = gatewaymodules.listing(ctx)
    values: dict[str, dict[str, str]] = {}
    trouble: dict[str, str] = {}
    with ctx.unit(read=True) as db:
        order = [one.module for one in gateways.active(db)]
        for name in order:
            try:
                values[name] = gateways.values(db, name)
            except VaultError as failure:
                trouble[name] = str(failure)
    known.sort(key=lambda one: (order.index(one.module.name) if one.module.name in order else len(order), one.config.name.lower()))
    fields = {one.module.name: _fields(one, values.get(one.module.name, {}), opened) for one in known if one.active}
    return page(
        "gateways.html", "Payment Gateways", code=422 if wrong else 200, known=known, fields=fields, values=values, opened=opened,
        wrong=wrong, trouble=trouble, order=order, menu_url=URL,
    )  # fmt: skip


def _fields(one: gatewaymodules.Known, stored: dict[str, str], opened: str) -> list[Shown]:
    name, shown = one.module.name, []
    for field in one.config.fields:
        has = bool(stored.get(field.key))
        value = stored.get(field.key, field.default)
        if name == opened:
            value = request.form.get(f"fields[{name}][{field.key}]", "")
        shown.append(Shown(field, f"fields[{name}][{field.key}]", (MASK if has else "") if field.secret else value, has))
    return shown


@blueprint.post("/configgateways.php")
@frame.permission(PERMISSION)
def change_gateway() -> Response:
    """`action` is activate, deactivate, save, up or down; `gateway` names the module."""
    name = request.form.get("gateway", "")
    changes = {
        "activate": (PERMISSION, lambda: _activate(name)), "deactivate": (PERMISSION, lambda: _deactivate(name)),
        "save": (PERMISSION, lambda: _save(name)), "up": (PERMISSION, lambda: _move(name, True)),
        "down": (PERMISSION, lambda: _move(name, False)),
    }  # fmt: skip
    try:
        return change_of(request.form.get("action", ""), changes, "Payment Gateways")
    except GatewayError as refused:
        if request.form.get("action") == "save":
            return _listing(name, str(refused))
        frame.note("error", "Nothing was changed", str(refused))
    except ModuleFailed as failure:
        frame.note("error", f"The payment gateway {name} failed", str(failure))
    return go(URL)


def _activate(name: str) -> Response:
    gatewaymodules.activate(frame.ctx(), name)
    frame.note("success", "Gateway Activated")
    return go(f"{URL}#{name}")


def _deactivate(name: str) -> Response:
    question = f"Are you sure you want to deactivate the payment gateway “{name}”? Its settings will be deleted."
    if asked := confirmed(question, f"{URL}#{name}", "Deactivate Gateway"):
        return asked
    with frame.ctx().unit() as db:
        gateways.find(db, name)
        gateways.deactivate(db, name)
    frame.note("success", "Gateway Deactivated")
    return go(URL)


def _save(name: str) -> Response:
    prefix = f"fields[{name}]["
    given = {key[len(prefix) : -1]: value for key, value in request.form.items() if key.startswith(prefix)}
    ctx = frame.ctx()
    config, _notes = gatewaymodules.config_of(ctx, gatewaymodules.find(ctx, name))
    given = {key: value for key, value in given.items() if not (key in config.secrets and value == MASK)}
    for field in config.fields:
        if field.type == "yesno":
            given.setdefault(field.key, "")
    given |= {"name": request.form.get("name", "").strip(), "visible": "on" if "visible" in request.form else ""}
    gatewaymodules.save(ctx, name, given)
    frame.note("success", "Changes Saved Successfully!")
    return go(f"{URL}#{name}")


def _move(name: str, up: bool) -> Response:
    with frame.ctx().unit() as db:
        gateways.move(db, name, up)
    return go(f"{URL}#{name}")


@blueprint.get("/gatewaylog.php")
@frame.permission("View Gateway Log")
def gateway_log() -> Response:
    """What gateways reported; `id` shows one entry."""
    ctx = frame.ctx()
    if number("id"):
        with ctx.unit(read=True) as db:
            entry = row_or_404(db, GatewayLog, number("id"), "Log entry")
        return page("gatewaylog_entry.html", f"Gateway Log: {entry.gateway}", entry=entry, menu_url=LOG)
    name, result, text = (request.args.get(one, "").strip() for one in ("gateway", "result", "text"))
    order = wanted_order(_LOGGED)
    query = select(GatewayLog).order_by(*order(_LOGGED, GatewayLog.id))
    if name:
        query = query.where(GatewayLog.gateway == name)
    if result:
        query = query.where(icontains(GatewayLog.result, result))
    if text:
        query = query.where(icontains(GatewayLog.data, text))
    with ctx.unit(read=True) as db:
        rows = paged(db, query)
        names = {one.module: one.displayname for one in gateways.active(db)}
        open_ = [(one, gatewaycalls.shown_amount(db, one)) for one in gatewaycalls.unresolved(db)]
    return page("gatewaylog.html", "Gateway Log", page=rows, names=names, gateway=name, result=result, text=text, order=order,
                unresolved=open_)  # fmt: skip
