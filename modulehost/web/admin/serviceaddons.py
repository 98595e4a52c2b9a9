"""An addon of a client's service: add, change and delete it, and the commands of its module. `aid` in the service's address."""

from typing import Any

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from modulehost import lifecycle
from modulehost.billing import gateways
from modulehost.billing.catalog.addons import product_ids
from modulehost.context import Ctx
from modulehost.lifecycle import OfAddon
from modulehost.lifecycle.subjects import addon_name
from modulehost.money import plain
from modulehost.ordering import fields, serviceaddons
from modulehost.ordering.reading import STATUSES
from modulehost.ordering.services import ServiceErrors
from modulehost.runtimes import ModuleFailed
from modulehost.schema import Addon, Client, Server, Service, ServiceAddon
from modulehost.vault import hash_token
from modulehost.web import frame
from modulehost.web.admin import service_form
from modulehost.web.admin.client_frame import client_page
from modulehost.web.admin.site import confirmed, go, number, page, problems, row_or_404

URL = "/admin/clientsservices.php"
#: form field -> field of ordering.serviceaddons.update
FIELDS = (
    "addonid", "name", "qty", "status", "setupfee", "firstpaymentamount", "recurring", "billingcycle", "regdate", "nextduedate",
    "terminationdate", "serverid", "paymentmethod", "notes",
)  # fmt: skip
OPERATIONS = {
    "CreateAccount": "create", "SuspendAccount": "suspend", "UnsuspendAccount": "unsuspend", "TerminateAccount": "terminate",
    "ChangePackage": "changepackage", "ChangePassword": "changepw", "Renew": "renew",
}  # fmt: skip
_COLUMNS = {"serverid": "server", "terminationdate": "termination_date"}


def addon_url(service: Service, addon_id: int | str) -> str:
    """Where an addon of a service is shown; `add` for a new one."""
    return f"{URL}?userid={service.userid}&id={service.id}&aid={addon_id}"


def wanted() -> str:
    """`aid` of the address: the id of an addon, or `add`."""
    return request.args.get("aid", "").strip()


def _row(db: Session, service: Service) -> ServiceAddon | None:
    if wanted() == "add":
        return None
    row = row_or_404(db, ServiceAddon, number("aid", request.args), "Addon")
    if row.hostingid != service.id:
        frame.abort_page(404, "Addon not found", "This addon belongs to another service.")
    return row


def show(ctx: Ctx, service: Service, found: dict[str, str] | None = None) -> Response:
    """The addon's form, or the question whether to run `modop`."""
    with ctx.unit(read=True) as db:
        row, client = _row(db, service), db.get_one(Client, service.userid)
        sold = db.get(Addon, row.addonid) if row is not None and row.addonid else None
        known = _known(db, service, row)
        name = addon_name(db, row) if row is not None else ""
        ours = fields.of_service_addon(db, row) if row is not None else []
    if row is not None and request.method == "GET" and request.args.get("modop"):
        return _ask(service, row, name)
    buttons: list[lifecycle.Button] = []
    tabs: list[tuple[str, str]] = []
    failures: list[str] = []
    if row is not None and sold is not None and sold.module:
        try:
            buttons = lifecycle.buttons(ctx, OfAddon(row.id))
            tabs = lifecycle.tabs.fields(ctx, OfAddon(row.id))
        except ModuleFailed as error:
            failures.append(str(error))
    given = request.form if found else {}
    return client_page("client_addon.html", client, "services", service=service, addon=row, addon_name=name, sold=sold,
                       values=_values(row, service, ctx), given=given, found=found or {}, buttons=buttons, rows=tabs,
                       failures=failures, ours=ours,
                       statuses=STATUSES, cycles=serviceaddons.CYCLE_LABELS, operations=OPERATIONS, **known)  # fmt: skip


def _known(db: Session, service: Service, row: ServiceAddon | None) -> dict[str, Any]:
    offered = [
        (one.id, one.name)
        for one in db.scalars(select(Addon).order_by(Addon.weight, Addon.name, Addon.id))
        if service.packageid in product_ids(one) or (row is not None and one.id == row.addonid)
    ]
    methods = [(one.module, one.displayname) for one in gateways.active(db)]
    used = row.paymentmethod if row is not None else service.paymentmethod
    if used not in [module for module, _name in methods]:
        methods.append((used, used or "None"))
    servers = [(one.id, one.name) for one in db.scalars(select(Server).order_by(Server.name))]
    return {"offered": [(0, "None - name and prices by hand"), *offered], "gateways": methods, "servers": [(0, "None"), *servers]}


def _values(row: ServiceAddon | None, service: Service, ctx: Ctx) -> dict[str, str]:
    if row is None:
        return {
            "addonid": "0", "qty": "1", "status": "Pending", "billingcycle": service.billingcycle, "paymentmethod": service.paymentmethod,
            "regdate": str(ctx.host.clock.today()), "nextduedate": str(service.nextduedate or ""), "serverid": "0",
        }  # fmt: skip
    found = {name: getattr(row, _COLUMNS.get(name, name)) for name in FIELDS}
    found |= {name: plain(found[name]) for name in ("setupfee", "firstpaymentamount", "recurring")}
    return {name: "" if value is None else str(value) for name, value in found.items()}


def _ask(service: Service, row: ServiceAddon, name: str) -> Response:
    frame.require("Perform Server Operations")
    operation, custom = request.args["modop"], request.args.get("ac", "")
    fields = [("modop", operation), ("ac", custom), ("nonce", frame.host().entropy.token(24))]
    question = f"Are you sure you want to run the module command “{custom or operation}” for the addon “{name}”?"
    back = addon_url(service, row.id)
    return page("confirm.html", "Module Command Confirmation", question=question, back=back, fields=fields, action=back,
                menu_url="/admin/clients.php")  # fmt: skip


def change(ctx: Ctx, service: Service, commands: dict[str, str], tell: Any) -> Response:
    """Add, save or delete the addon, or run a command of its module."""
    with ctx.unit(read=True) as db:
        row = _row(db, service)
        name = addon_name(db, row) if row is not None else ""
    operation = request.values.get("modop", "")
    if operation and row is not None:
        frame.require("Perform Server Operations")
        function = request.values.get("ac", "") if operation == "custom" else commands.get(operation, "")
        if not function:
            frame.abort_page(400, "Unknown module command", f"There is no module command named “{operation}”.")
        nonce = request.form.get("nonce", "")
        key = hash_token(f"{nonce}:addon:{row.id}:{function}") if nonce else None
        run = lifecycle.run_custom if operation == "custom" else lifecycle.run
        tell(ctx, OfAddon(row.id), function, run(ctx, OfAddon(row.id), function, request_key=key))
        return go(addon_url(service, row.id))
    if request.form.get("action") == "delete" and row is not None:
        frame.require("Delete Clients Products/Services")
        back = addon_url(service, row.id)
        question = f"Are you sure you want to delete the addon “{name}”? Its module is not told; terminate it first if it runs."
        if asked := confirmed(question, back, "Delete Addon"):
            return asked
        serviceaddons.delete(ctx, row.id)
        frame.note("success", "Addon Deleted", name)
        return go(f"{URL}?userid={service.userid}&id={service.id}")
    return _save(ctx, service, row)


def _save(ctx: Ctx, service: Service, row: ServiceAddon | None) -> Response:
    frame.require("Edit Clients Products/Services")
    stored = _values(row, service, ctx)
    form = {name: request.form[name].replace("\r\n", "\n") for name in FIELDS if name in request.form}
    try:
        if row is None:
            entered = {name: value for name, value in form.items() if value.strip()}
            row = serviceaddons.add(ctx, service.id, entered)
            frame.note("success", "Addon Added")
        else:
            changed = {name: value for name, value in form.items() if value != stored[name]}
            with ctx.unit(read=True) as db:
                given = service_form.custom_fields(request.form, fields.of_service_addon(db, row))
            serviceaddons.update(ctx, row.id, changed, autorecalc="autorecalc" in request.form, customfields=given)
            try:
                lifecycle.tabs.save(ctx, OfAddon(row.id), dict(request.form))
            except ModuleFailed as error:
                frame.note("error", "The module did not take its fields", str(error))
            frame.note("success", "Changes Saved Successfully!")
    except ServiceErrors as error:
        return show(ctx, service, problems(error))
    return go(addon_url(service, row.id))


def listing(db: Session, service_id: int) -> list[tuple[ServiceAddon, str]]:
    """The addons of a service with their names, for its page."""
    rows = db.scalars(select(ServiceAddon).where(ServiceAddon.hostingid == service_id).order_by(ServiceAddon.id))
    return [(row, addon_name(db, row)) for row in rows]
