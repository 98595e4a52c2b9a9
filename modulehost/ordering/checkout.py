"""Placing an order: check, ask the hooks, write everything in one unit, then announce it.

Order of the hooks: ShoppingCartValidateCheckout (with a form), PreShoppingCartCheckout, OrderProductPricingOverride,
OrderAddonPricingOverride, CartTotalAdjustment, OverrideOrderNumberGeneration; after the unit those of the invoice, then
AfterShoppingCartCheckout.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost import events, hooks
from modulehost.billing import clientgroups, gateways, issuing, once
from modulehost.billing.prices import Price
from modulehost.billing.promotions import PromotionRefused
from modulehost.context import Ctx, ctx_of
from modulehost.language import Phrase
from modulehost.money import MoneyError, currency_of
from modulehost.ordering import addonlines, hookpoints, lines, setup
from modulehost.ordering.addonlines import AddonLine
from modulehost.ordering.cart import NOTHING_TO_ORDER
from modulehost.ordering.discounts import Discounts, of_order
from modulehost.ordering.hookpoints import AddonPrices
from modulehost.ordering.writing import OrderRequest, Placed, write
from modulehost.schema import Client, Order, TransientData
from modulehost.vault import hash_token

__all__ = ["OrderRefused", "OrderRequest", "Placed", "place"]
KEY_SECONDS = 7 * 86400


class OrderRefused(ValueError):
    """An order that cannot be placed; `errors` is one text for each reason, the message all of them."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__("; ".join(errors))
        self.errors = errors


def place(ctx: Ctx, request: OrderRequest, request_key: str | None = None) -> Placed:
    """Place an order: Order, services and invoice are Pending and Unpaid, the confirmation is queued, hooks fire.

    `request_key`: a one-time value of the form; the same key of the same client places one order, and the second call
    answers with the first's. Raises OrderRefused.
    """
    with ctx.unit(read=True) as db:
        if done := _placed_before(db, request, request_key):
            return done
        _check(db, request, {}, {})
    if request.form is not None:
        form = {**request.form, "a": "checkout", "submit": "true", "clientId": request.client_id}
        if refused := hookpoints.texts(hooks.fire(ctx, "ShoppingCartValidateCheckout", **form)):
            raise OrderRefused(refused)
    hooks.fire(ctx, "PreShoppingCartCheckout", products=hookpoints.products(request.items), domains=[])
    try:
        overrides = hookpoints.override_prices(ctx, request.items)
        addon_prices = hookpoints.override_addon_prices(ctx, request.items, request.addons)
        adjustments = hookpoints.adjustments(ctx, request.items)
    except MoneyError as error:
        raise OrderRefused([Phrase("host.error.hookPrice", f"A hook of the cart gave a wrong price: {error}")]) from None
    ordernum = hookpoints.order_number(ctx, request.items)
    try:
        with ctx.unit() as db:
            # The lock on the client lets two equal requests at the same moment come one after the other.
            client = db.get(Client, request.client_id, with_for_update=True, populate_existing=True)
            if done := _placed_before(db, request, request_key):
                return done
            checked, addons, discounts = _check(db, request, overrides, addon_prices)
            assert client is not None, "checked a line above"
            method = _with_method(db, request, client)
            placed = write(db, method, client, checked, addons, adjustments, ordernum, discounts)
            if request_key:
                _remember(db, request, request_key, placed)
    except lines.ItemErrors as error:
        raise OrderRefused(error.errors) from None
    except PromotionRefused as error:
        raise OrderRefused([str(error)]) from None
    events.drain(ctx)
    return placed


def on_placed(ctx: Ctx, payload: dict[str, Any]) -> None:
    """Subscriber of `order.placed`: brings the invoice out, fires AfterShoppingCartCheckout, starts what sets itself up."""
    order_id, invoice_id = payload["orderid"], payload["invoiceid"]
    if invoice_id:
        issuing.bring_out(ctx, invoice_id, payload["source"], payload["user"], payload["send"])
    with ctx.unit(read=True) as db:
        order = db.get(Order, order_id)
    if order is None:
        return
    once.fire_once(
        ctx,
        str(order_id),
        "AfterShoppingCartCheckout",
        OrderID=order_id,
        OrderNumber=payload["ordernumber"],
        ServiceIDs=payload["serviceids"],
        AddonIDs=payload.get("addonids", []),
        DomainIDs=[],
        RenewalIDs=[],
        PaymentMethod=payload["paymentmethod"],
        InvoiceID=invoice_id,
        TotalDue=order.amount,
    )
    wanted = {"order"} if payload["autosetup"] else set()
    if payload["nothing_due"]:
        wanted.add("payment")
    with ctx.unit() as db:
        setup.start(db, payload["serviceids"], wanted, f"order-{order_id}")
        setup.start_addons(db, payload.get("addonids", []), wanted, f"order-{order_id}")


def _check(
    db: Session, request: OrderRequest, overrides: Mapping[int, Price], addon_prices: AddonPrices
) -> tuple[list[lines.Line], list[AddonLine], Discounts]:
    client = db.get(Client, request.client_id)
    if client is None:
        raise OrderRefused(["Client ID Not Found"])
    if client.status == "Closed":
        raise OrderRefused([Phrase("host.accountClosed", "Unable to add order when client status is Closed")])
    if request.paymentmethod or not gateways.default(db):
        try:
            gateways.find(db, request.paymentmethod)
        except gateways.GatewayError as error:
            raise OrderRefused([str(error)]) from None
    if not request.items and not request.addons:
        raise OrderRefused([NOTHING_TO_ORDER])
    currency, trusted = currency_of(db, client), request.trusted
    checked, addons, errors = [], [], []
    less = clientgroups.discount(db, client)
    for place_, item in enumerate(request.items):
        try:
            price, own = overrides.get(place_), hookpoints.of_item(addon_prices, place_)
            line = lines.check(db, item, currency, trusted=trusted, override=price, less=less, addon_prices=own)
            checked.append(line)
        except lines.ItemErrors as error:
            errors += error.errors
    for place_, item in enumerate(request.addons):
        price = addon_prices.get(("addon", place_, int(item.get("aid") or 0)))
        try:
            addons.append(
                addonlines.check_own(db, item, client.id, currency, trusted=trusted, override=price, less=less)
            )
        except addonlines.AddonRefused as refused:
            errors.append(str(refused))
    if errors:
        raise OrderRefused(errors)
    try:
        numbered, own_addons = dict(enumerate(checked)), dict(enumerate(addons))
        discounts = of_order(db, request.promocode, numbered, currency, client, request.promooverride, own_addons)
    except PromotionRefused as error:
        raise OrderRefused([str(error)]) from None
    return checked, addons, discounts


def _with_method(db: Session, request: OrderRequest, client: Client) -> OrderRequest:
    """The request with a payment method: the one asked for, the client's own while it is active, or the first."""
    active = {one.module for one in gateways.active(db)}
    own = client.defaultgateway if client.defaultgateway in active else gateways.default(db)
    return replace(request, paymentmethod=request.paymentmethod or own)


def _key_name(request: OrderRequest, key: str) -> str:
    return f"checkout:{request.client_id}:{hash_token(key)}"


def _placed_before(db: Session, request: OrderRequest, key: str | None) -> Placed | None:
    if not key:
        return None
    row = db.scalar(select(TransientData).where(TransientData.name == _key_name(request, key)).limit(1))
    return Placed(**json.loads(row.data), repeated=True) if row else None


def _remember(db: Session, request: OrderRequest, key: str, placed: Placed) -> None:
    data = {
        "order_id": placed.order_id,
        "ordernum": placed.ordernum,
        "service_ids": placed.service_ids,
        "addon_ids": placed.addon_ids,
        "invoice_id": placed.invoice_id,
    }
    expires = int(ctx_of(db).host.clock.time()) + KEY_SECONDS
    db.add(TransientData(name=_key_name(request, key), data=json.dumps(data), expires=expires))
    db.flush()
