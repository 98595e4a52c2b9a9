"""Upgrade/Downgrade of a client's service by staff: any product or option, charged or not."""

from typing import Any

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from modulehost.billing import gateways, options, pricing, upgrades
from modulehost.billing.cycles import CYCLES
from modulehost.money import currency_of
from modulehost.ordering import upgrades as orders
from modulehost.ordering.fields import as_ids
from modulehost.ordering.upgrades import UpgradeRefused, UpgradeRequest, checks
from modulehost.schema import Client, Product, ProductGroup, Service
from modulehost.web import frame
from modulehost.web.admin.client_frame import client_page
from modulehost.web.admin.services import service_url
from modulehost.web.admin.site import blueprint, go, number, problems, row_or_404, sent

URL = "/admin/clientsupgrade.php"
KINDS = {upgrades.PACKAGE: "Product/Service", upgrades.CONFIGOPTIONS: "Configurable Options"}
NEEDED = "Edit Clients Products/Services"


@blueprint.get("/clientsupgrade.php")
@frame.permission(NEEDED)
def client_upgrade(found: dict[str, str] | None = None, offer: orders.Offer | None = None) -> Response:
    """The choice; after *Calculate* with what it costs, ready to be ordered."""
    ctx, kind = frame.ctx(), _kind()
    with ctx.unit(read=True) as db:
        service = row_or_404(db, Service, number("id"), "Service")
        client = row_or_404(db, Client, service.userid, "Client")
        product = db.get(Product, service.packageid)
        reason = checks.refusal(db, service, kind, trusted=True)
        currency = currency_of(db, client)
        methods = [(one.module, one.displayname) for one in gateways.active(db)]
        more: dict[str, Any] = {"products": _products(db)} if kind == upgrades.PACKAGE else _options(db, service, product)
        unpaid = checks.unpaid_invoice(db, service.id)
    return client_page(
        "client_upgrade.html", client, "services", service=service, product=product, kind=kind, kinds=KINDS, offer=offer,
        reason=checks.TEXTS.get(reason, ""), unpaid=unpaid, currency=currency, methods=methods, found=found or {}, given=sent(),
        cycles=[(one.key, one.label) for one in CYCLES.values()], nonce=ctx.host.entropy.token(24), back=service_url(service),
        **more,
    )  # fmt: skip


@blueprint.post("/clientsupgrade.php")
@frame.permission(NEEDED)
def client_upgrade_order() -> Response:
    """`calculate`: show what it costs; else order it, with `charge` for an invoice or a credit."""
    ctx, kind = frame.ctx(), _kind()
    with ctx.unit(read=True) as db:
        service = row_or_404(db, Service, number("id"), "Service")
    actor = frame.admin_actor()
    shown: Response
    try:
        chosen = {k[len("configoption[") : -1]: v for k, v in request.form.items() if k.startswith("configoption[") and k[-1] == "]"}
        for key in (name[5:-1] for name in request.form if name.startswith("sent[")):
            chosen.setdefault(key, "0")  # a tick box that is not ticked is not sent
        wanted = UpgradeRequest(
            service.id, kind, pid=number("pid"), billingcycle=request.form.get("billingcycle", ""),
            options=as_ids(chosen) if kind == upgrades.CONFIGOPTIONS else {}, paymentmethod=request.form.get("paymentmethod", ""),
            promocode=request.form.get("promocode", "").strip(), ip=request.remote_addr or "", trusted=True,
            admin_requestor_id=actor.id if actor else 0, charge="charge" in request.form,
        )  # fmt: skip
        if "calculate" in request.form:
            shown = client_upgrade(None, orders.offer(ctx, wanted))
            return shown
        frame.require("Add New Order")
        placed = orders.place(ctx, wanted, request_key=request.form.get("nonce", "")[:64] or None)
    except (UpgradeRefused, ValueError) as error:
        shown = client_upgrade(problems(error))
        return shown
    about = f"Order #{placed.ordernum}" + (f", invoice {placed.invoice_id}" if placed.invoice_id else "")
    frame.note("success", "Upgrade Ordered" if placed.invoice_id else "Upgrade Carried Out", about)
    return go(service_url(service) if not placed.invoice_id else f"/admin/invoices.php?action=edit&id={placed.invoice_id}")


def _kind() -> str:
    kind = request.values.get("type", upgrades.PACKAGE)
    return kind if kind in KINDS else upgrades.PACKAGE


def _products(db: Session) -> list[tuple[int, str]]:
    rows = db.execute(
        select(Product, ProductGroup.name).outerjoin(ProductGroup, ProductGroup.id == Product.gid).where(Product.retired == 0)
        .order_by(Product.gid, Product.order, Product.id)
    )  # fmt: skip
    return [(product.id, " - ".join(part for part in (group, product.name) if part)) for product, group in rows]


def _options(db: Session, service: Service, product: Product | None) -> dict[str, Any]:
    if product is None:
        return {"options": [], "selected": {}}
    has = options.options_of_service(db, service.id, product)
    selected = {one.option.id: one.qty if one.option.counts else one.choice.id for one in has}
    return {"options": pricing.options_of(db, product, hidden=True), "selected": selected}
