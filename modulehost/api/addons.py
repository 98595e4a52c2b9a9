"""Addons of services: GetClientsAddons, UpdateClientAddon."""

from typing import Any

from sqlalchemy import select

from modulehost.api.registry import action
from modulehost.api.values import ApiError, Values
from modulehost.billing import invoices
from modulehost.context import Ctx
from modulehost.lifecycle.subjects import addon_name
from modulehost.money import plain
from modulehost.ordering import serviceaddons
from modulehost.ordering.services import ServiceErrors
from modulehost.schema import ServiceAddon, day_text

_CHANGES = ("status", "addonid", "name", "setupfee", "recurring", "billingcycle", "nextduedate", "terminationdate", "notes")


@action("GetClientsAddons", "Client")
def get_clients_addons(ctx: Ctx, values: Values) -> dict[str, Any]:
    """List the addons of services: of some services, of a client, of one product addon."""
    wanted = select(ServiceAddon).order_by(ServiceAddon.id)
    if values.has("serviceid"):
        ids = [one.strip() for one in values.text("serviceid").split(",")]
        wanted = wanted.where(ServiceAddon.hostingid.in_([int(one) for one in ids if one.isascii() and one.isdecimal()]))
    if values.has("clientid"):
        wanted = wanted.where(ServiceAddon.userid == values.number("clientid"))
    if values.has("addonid"):
        wanted = wanted.where(ServiceAddon.addonid == values.number("addonid"))
    with ctx.unit(read=True) as db:
        rows = db.scalars(wanted).all()
        found = [
            {
                "id": row.id, "qty": row.qty, "userid": row.userid, "orderid": row.orderid, "serviceid": row.hostingid,
                "addonid": row.addonid, "name": addon_name(db, row), "setupfee": plain(row.setupfee), "recurring": plain(row.recurring),
                "billingcycle": row.billingcycle, "tax": row.tax, "status": row.status, "regdate": day_text(row.regdate),
                "nextduedate": day_text(row.nextduedate), "nextinvoicedate": day_text(row.nextinvoicedate),
                "paymentmethod": row.paymentmethod, "paymentmethodname": invoices.method_name(db, row.paymentmethod),
                "notes": row.notes,
            }
            for row in rows
        ]  # fmt: skip
    return {
        "serviceid": values.text("serviceid"), "clientid": values.text("clientid"), "totalresults": len(found),
        "addons": {"addon": found},
    }  # fmt: skip


@action("UpdateClientAddon", "Addons")
def update_client_addon(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Edit an addon of a service."""
    changes = {name: values[name] for name in _CHANGES if values.has(name)}
    if not changes and not values.flag("autorecalc"):
        raise ApiError("Nothing to Update")
    if values.flag("autorecalc"):
        changes.pop("recurring", None)
    try:
        row = serviceaddons.update(ctx, values.number("id"), changes, autorecalc=values.flag("autorecalc"))
    except serviceaddons.AddonMissing as error:
        raise ApiError(str(error)) from None
    except ServiceErrors as error:
        raise ApiError(str(error)) from None
    return {"id": row.id}
