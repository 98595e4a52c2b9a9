"""Add New Order: a product ordered for a client, with options, fields, promotion and a price of its own."""

from typing import Any

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from modulehost.billing import gateways, pricing
from modulehost.billing.cycles import CycleError, cycle
from modulehost.money import currency_of
from modulehost.ordering import acceptance, checkout, fields
from modulehost.schema import Client, Product, ProductGroup
from modulehost.web import frame
from modulehost.web.admin.orders import order_url
from modulehost.web.admin.site import blueprint, client_name, go, number, page, problems, row_or_404, sent
from modulehost.web.numbers import is_whole

URL = "/admin/ordersadd.php"
NEEDED = "Add New Order"


@blueprint.get("/ordersadd.php")
@frame.permission(NEEDED)
def order_form(found: dict[str, str] | None = None) -> Response:
    """The form for a client (`userid`) and a product (`pid`); without a product it asks for one first."""
    values = request.values
    with frame.ctx().unit(read=True) as db:
        client = row_or_404(db, Client, number("userid"), "Client") if number("userid") else None
        product = db.get(Product, number("pid")) if number("pid") else None
        variables = _product(db, client, product, values.get("billingcycle", "")) if client and product else {}
        methods = [(one.module, one.displayname) for one in gateways.active(db)]
        names = db.execute(
            select(Product.id, ProductGroup.name, Product.name)
            .join(ProductGroup, ProductGroup.id == Product.gid)
            .where(Product.retired == 0)
            .order_by(ProductGroup.order, ProductGroup.id, Product.order, Product.id)
        )
        goods = [(id_, f"{group} - {name}") for id_, group, name in names]
    title = f"Add New Order: {client_name(client)}" if client else "Add New Order"
    return page(
        "order_add.html", title, customer=client, product=product, goods=goods, methods=methods, found=found or {}, given=sent(),
        method=values.get("paymentmethod") or (client.defaultgateway if client else ""), menu_url=URL,
        nonce=values.get("nonce") or frame.host().entropy.token(24), **variables,
    )  # fmt: skip


def _product(db: Session, client: Client, product: Product, wanted: str) -> dict[str, Any]:
    currency = currency_of(db, client)
    offered = pricing.cycles_of(db, product, currency)
    try:
        chosen = cycle(wanted) if wanted else None
    except CycleError:
        chosen = None
    chosen = chosen if chosen in offered else (offered[0] if offered else None)
    options = pricing.options_of(db, product, currency, chosen) if chosen else []
    cycles = [(one.key, one.label) for one in offered]
    return {
        "cycles": cycles, "cycle": chosen.key if chosen else "", "options": options, "fields": fields.of_product(db, product),
        "currency": currency,
    }  # fmt: skip


@blueprint.post("/ordersadd.php")
@frame.permission(NEEDED)
def order_add() -> Response:
    """Place the order; the same form sent twice is one order."""
    ctx, form = frame.ctx(), request.form
    with ctx.unit(read=True) as db:
        client = row_or_404(db, Client, number("userid"), "Client")
    item: dict[str, Any] = {
        name: form[name].strip()
        for name in ("pid", "billingcycle", "domain", "qty", "priceoverride")
        if form.get(name, "").strip()
    }
    for name, prefix in (("configoptions", "configoption["), ("customfields", "customfield[")):
        named = {key[len(prefix) : -1]: value for key, value in form.items() if key.startswith(prefix) and key.endswith("]")}
        item[name] = {int(key): value for key, value in named.items() if is_whole(key) and value}
    wanted = checkout.OrderRequest(
        client_id=client.id, items=[item], paymentmethod=form.get("paymentmethod", ""), promocode=form.get("promocode", ""),
        promooverride="promooverride" in form and frame.may("Use Any Promotion Code on Order"),
        notes=form.get("notes", "").replace("\r\n", "\n"), ip=request.remote_addr or "", admin_requestor_id=ctx.actor.id,
        noinvoice="generateinvoice" not in form, noinvoiceemail="sendinvoice" not in form, noemail="sendemail" not in form,
        trusted=True,
    )  # fmt: skip
    try:
        placed = checkout.place(ctx, wanted, request_key=form.get("nonce", "")[:64] or None)
    except checkout.OrderRefused as refused:
        shown: Response = order_form(problems(refused))
        return shown
    frame.note("success", "Order Added", f"#{placed.ordernum}")
    active = form.get("orderstatus") == "Active" and not placed.repeated
    errors = acceptance.accept(ctx, placed.order_id, sendemail="sendemail" in form) if active else []
    if errors:
        frame.note("error", "The order was not accepted", "\n".join(errors))
    return go(order_url(placed.order_id))
