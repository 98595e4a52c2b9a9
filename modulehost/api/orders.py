"""Order actions: AddOrder, AcceptOrder, PendingOrder, CancelOrder, GetOrders."""

from typing import Any

from sqlalchemy import select

from modulehost.accounts import users
from modulehost.api import phpserialize
from modulehost.api.registry import action
from modulehost.api.values import ApiError, Values, unpack
from modulehost.billing import gateways, promotions
from modulehost.context import Ctx
from modulehost.money import plain
from modulehost.ordering import acceptance, checkout, orders
from modulehost.schema import Promotion, Server, day_text

_DOMAINS = (
    "domaintype", "regperiod", "idnlanguage", "eppcode", "nameserver1", "nameserver2", "nameserver3", "nameserver4",
    "nameserver5", "dnsmanagement", "domainfields", "emailforwarding", "idprotection", "domainpriceoverride",
    "domainrenewoverride", "domainrenewals",
)  # fmt: skip
_LATER = ("servicerenewals", "addonrenewals", "affid")


@action("AddOrder", "Orders")
def add_order(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Place an order; nothing is provisioned by it, AcceptOrder is next."""
    client_id = values.number("clientid")
    values.not_modelled(*_DOMAINS, *_LATER)
    items = [_item(values, place, pid) for place, pid in values.array("pid").items()]
    with ctx.unit(read=True) as db:
        owner = users.owner_of(db, client_id)
    if not values.has("paymentmethod"):
        _needs_method(ctx)
    request = checkout.OrderRequest(
        client_id=client_id,
        items=items,
        paymentmethod=values.text("paymentmethod"),
        promocode=values.text("promocode"),
        promooverride=values.flag("promooverride"),
        ip=values.text("clientip") or ctx.actor.ip,
        contact_id=values.number("contactid"),
        requestor_id=owner.id if owner else 0,
        admin_requestor_id=ctx.actor.id if ctx.actor.kind in ("admin", "api") else 0,
        noinvoice=values.flag("noinvoice"),
        noinvoiceemail=values.flag("noinvoiceemail"),
        noemail=values.flag("noemail"),
        autosetup=False,
        trusted=True,
        addons=_own_addons(values),
    )
    try:
        placed = checkout.place(ctx, request)
    except checkout.OrderRefused as failure:
        raise ApiError(failure.errors[0]) from None
    return {
        "orderid": placed.order_id,
        "serviceids": ",".join(map(str, placed.service_ids)),
        "addonids": ",".join(map(str, placed.addon_ids)),
        "domainids": "",
        "invoiceid": placed.invoice_id,
    }


def _item(values: Values, place: int, pid: Any) -> dict[str, Any]:
    def part(name: str) -> Any:
        return values.array(name).get(place)

    item: dict[str, Any] = {"pid": pid}
    for name in ("qty", "domain", "billingcycle", "priceoverride", "hostname", "ns1prefix", "ns2prefix", "rootpw"):
        if part(name) not in (None, ""):
            item[name] = part(name)
    for name in ("customfields", "configoptions"):
        item[name] = _map_at(values, name, place)
    ids, counts = _listed(part("addons")), _listed(part("addonsqty"))
    item["addons"] = {id_: counts[n] if n < len(counts) else 1 for n, id_ in enumerate(ids)}
    return item


def _listed(raw: Any) -> list[int]:
    """A comma list of whole numbers."""
    found = [one.strip() for one in str(raw or "").split(",") if one.strip()]
    if bad := [one for one in found if not (one.isascii() and one.isdecimal())]:
        raise ApiError(f"Addon ID invalid: {bad[0][:40]!r}")
    return [int(one) for one in found]


def _own_addons(values: Values) -> list[dict[str, Any]]:
    """The addons for services that the client has: `addonid` with `serviceid`, or `addonids` with `serviceids`."""
    found: list[dict[str, Any]] = []
    if values.has("addonid"):
        found.append({"aid": values.number("addonid"), "serviceid": values.number("serviceid"), "qty": values.number("addonidqty", 1)})
    services, counts = values.array("serviceids"), values.array("addonidsqty")
    for place, addon in values.array("addonids").items():
        found.append({"aid": addon, "serviceid": services.get(place), "qty": counts.get(place, 1)})
    return found


def _map_at(values: Values, name: str, place: int) -> dict[Any, Any]:
    """The map of one product: `name` is a list of maps. A lone base64 text or map counts for the first product."""
    given = values.get(name)
    if isinstance(given, dict) and given and not any(isinstance(one, str | dict | list) for one in given.values()):
        given = [given]
    found = Values({name: given}).array(name).get(place)
    return unpack(name, found)


def _needs_method(ctx: Ctx) -> None:
    with ctx.unit(read=True) as db:
        valid = ", ".join(one.module for one in gateways.active(db))
    raise ApiError(f"Invalid Payment Method. Valid options include {valid}")


@action("AcceptOrder", "Orders")
def accept_order(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Activate a Pending order and optionally provision its items."""
    values.not_modelled("registrar", "sendregistrar")
    server_id = values.number("serverid")
    if server_id:
        with ctx.unit(read=True) as db:
            if db.get(Server, server_id) is None:
                raise ApiError(f"There is no server with the id {server_id}")
    errors = acceptance.accept(
        ctx, values.number("orderid"), autosetup=values.flag("autosetup") if values.has("autosetup") else None,
        serverid=server_id, username=values.text("serviceusername"), password=values.text("servicepassword"),
        sendemail=values.flag("sendemail", True),
    )  # fmt: skip
    return _done(errors)


@action("PendingOrder", "Orders")
def pending_order(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Set an order and its items back to Pending."""
    return _done(acceptance.pend(ctx, values.number("orderid")))


@action("CancelOrder", "Orders")
def cancel_order(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Cancel a Pending order. There are no gateway subscriptions, so `cancelsub` is not modelled; no mail is sent."""
    values.not_modelled("cancelsub")
    return _done(acceptance.cancel(ctx, values.number("orderid")))


@action("GetOrders", "Orders")
def get_orders(ctx: Ctx, values: Values) -> dict[str, Any]:
    """List orders, newest first."""
    start, limit = values.page()
    filters: dict[str, Any] = {
        name: values.number(name) for name in ("id", "userid", "requestor_id") if values.has(name)
    }
    filters["status"] = values.text("status")
    with ctx.unit(read=True) as db:
        total, rows = orders.search(db, filters, size=limit, start=start)
        found = [orders.details(db, row) for row in rows]
    for order in found:
        order["lineitems"] = {"lineitem": order["lineitems"]}
    return {"totalresults": total, "startnumber": start, "numreturned": len(found), "orders": {"order": found}}


@action("GetPromotions", "Orders")
def get_promotions(ctx: Ctx, values: Values) -> dict[str, Any]:
    """List promotions, or the one with this code. `upgradeconfig` is serialized as PHP does."""
    with ctx.unit(read=True) as db:
        one = promotions.find(db, values.text("code")) if values.has("code") else None
        rows = (
            [one] if one else [] if values.has("code") else db.scalars(select(Promotion).order_by(Promotion.id)).all()
        )
    found = [_promotion(row) for row in rows]
    return {"totalresults": len(found), "promotions": {"promotion": found}}


def _promotion(row: Promotion) -> dict[str, Any]:
    config = promotions.upgrade_config(row)
    options = {"configoptions": [str(one) for one in config.pop("configoptions")]}
    named = ("maxuses", "uses", "lifetimepromo", "applyonce", "newsignups", "existingclient", "onceperclient",
             "recurfor", "upgrades")  # fmt: skip
    return {
        "id": row.id, "code": row.code, "type": row.type, "recurring": row.recurring or 0, "value": plain(row.value),
        "cycles": row.cycles, "appliesto": row.appliesto, "requires": row.requires,
        "requiresexisting": row.requiresexisting, "startdate": day_text(row.startdate), "expirationdate": day_text(row.expirationdate),
        **{name: getattr(row, name) for name in named},
        "upgradeconfig": phpserialize.dumps({**config, **options}).decode() if row.upgrades else "", "notes": row.notes,
    }  # fmt: skip


def _done(errors: list[str]) -> dict[str, Any]:
    if errors:
        raise ApiError(errors[0])
    return {}
