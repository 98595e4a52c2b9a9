"""Checkout: sign in or register in place, payment method, notes; then the order, and the page that confirms it."""

import json
from collections.abc import Callable
from typing import Any

from flask import request, session
from sqlalchemy.orm import Session

from modulehost import hooks, settings
from modulehost.accounts import clients
from modulehost.billing import gateways
from modulehost.billing.options import QUANTITY
from modulehost.money import ZERO, currency_of
from modulehost.ordering import cart as carts
from modulehost.ordering.checkout import OrderRefused, OrderRequest, place
from modulehost.ordering.confirming import Ordered, summary
from modulehost.schema import Client, Invoice, Order
from modulehost.themes import Page
from modulehost.vault import hash_token
from modulehost.web import frame
from modulehost.web.client import access, cartviews
from modulehost.web.client.configure import options_text
from modulehost.web.client.services import cycle_text
from modulehost.web.client.show import client_currency, errors_html, forget_cart, load_cart, nonce, price, say, show, to
from modulehost.web.client.signin import SECOND_FACTOR, create_account, register_variables, sign_in

NOTES = "ShowNotesFieldonCheckout"
Decorate = Callable[[Page], Page]


def checkout(sidebar: Decorate) -> Any:
    """a=checkout."""
    kept = load_cart()
    if carts.is_empty(kept):
        return to("/cart.php?a=view")
    errors: list[str] = []
    if request.method == "POST" and (request.form.get("checkout") or request.form.get("submit")):
        errors = _order(kept)
        if not errors:
            return to(_landing())
        if errors == [say(SECOND_FACTOR)]:
            return to("/login/challenge")
        kept = load_cart()
    found = cartviews.cart_variables(kept)
    if found["errormessage"] and not errors:
        return to("/cart.php?a=view")
    with frame.ctx().unit(read=True) as db:
        methods = [one for one in gateways.active(db) if one.visible]
        client = db.get(Client, frame.client_id()) if frame.client_id() else None
        tos, must = settings.get(db, "TermsOfService"), settings.on(db, "EnableTOSAccept")
        first, credit = (client.defaultgateway, client.credit) if client else ("", ZERO)
        currency, asked = client_currency(db), settings.on(db, NOTES)
    chosen = request.form.get("paymentmethod") or first or (methods[0].module if methods else "")
    output = cartviews.as_html(hooks.fire(frame.ctx(), "ShoppingCartCheckoutOutput", cartData=found["hookcart"]))
    variables = {
        **found,
        **register_variables(),
        "errormessage": errors_html(errors),
        "hookOutput": output,
        "checkout": True,
        "custtype": request.form.get("custtype", "new"),
        "loginemail": request.form.get("loginemail", ""),
        "gateways": [
            {"sysname": one.module, "name": one.displayname, "type": one.type, "payment_type": ""} for one in methods
        ],
        "selectedgateway": chosen,
        "selectedgatewaytype": "",
        "orderNotes": request.form.get("notes", ""),
        "shownotesfield": asked,
        "accounts": [],
        "selectedAccountId": frame.client_id(),
        "accepttos": must,
        "tosurl": tos,
        "ipaddress": request.remote_addr or "",
        "domainsinorder": False,
        "canUseCreditOnCheckout": False,
        "creditBalance": price(credit, currency),
        "applyCredit": False,
        "inExpressCheckout": False,
        "checkoutExtraFields": [],
        "nonce": nonce(),
    }
    page = Page("checkout", say("orderForm.checkout"), variables, hook="Cart")
    page.crumbs = [
        ("/cart.php", say("navstore")),
        ("/cart.php?a=view", say("carttitle")),
        ("", say("orderForm.checkout")),
    ]
    return show(sidebar(page), 400 if errors else 200)


def _landing() -> str:
    """Where an order leads: the page that confirms it or, as the settings say, its invoice while that is unpaid."""
    with frame.ctx().unit(read=True) as db:
        order = db.get(Order, int(session.get("lastorder", 0)))
        invoice = db.get(Invoice, order.invoiceid) if order is not None and order.invoiceid else None
        at_once = settings.on(db, "AutoRedirectoInvoice")
    address = f"/viewinvoice.php?id={invoice.id}" if invoice is not None and invoice.status == "Unpaid" else ""
    return address if address and at_once and access.may_open(address) else "/cart.php?a=complete"


def _order(kept: dict[str, Any]) -> list[str]:
    """Place the order from the posted form. Returns what is wrong; nothing when the order stands."""
    ctx, form = frame.ctx(), request.form
    with ctx.unit(read=True) as db:
        offered = {one.module for one in gateways.active(db) if one.visible}
        must, asked = settings.on(db, "EnableTOSAccept"), settings.on(db, NOTES)
    if not offered:
        return [say("host.noGateways")]
    if form.get("paymentmethod") not in offered:
        return [say("host.chooseGateway")]
    if must and not form.get("accepttos"):
        return [say("host.termsNeeded")]
    if problems := cartviews.cart_variables(kept)["problems"]:
        return list(problems)
    if frame.client_actor() is None:
        if form.get("custtype") == "existing" and frame.lone_user() is None:
            wrong = sign_in(form.get("loginemail", ""), form.get("loginpassword", ""), "/cart.php?a=checkout")
            if wrong:
                return [say(wrong)]
        elif errors := create_account():
            return errors
        kept = load_cart()
    actor = frame.client_actor()
    assert actor is not None, "signed in a line above"
    wanted = OrderRequest(
        client_id=actor.id,
        items=kept["items"],
        addons=kept.get("addons") or [],
        paymentmethod=form["paymentmethod"],
        notes=form.get("notes", "").strip()[:10_000] if asked else "",
        promocode=str(kept.get("promocode", "")),
        ip=request.remote_addr or "",
        requestor_id=actor.user_id,
        form={k: v for k, v in form.to_dict().items() if k not in ("token", "nonce")},
    )
    try:
        placed = place(frame.ctx(), wanted, request_key=form.get("nonce", "")[:64] or _fingerprint(kept))
    except OrderRefused as refused:
        return refused.errors
    forget_cart()
    session["lastorder"] = placed.order_id
    return []


def _fingerprint(kept: dict[str, Any]) -> str:
    """Names this cart with these items: order forms of others send no nonce, and two clicks there are one order, too."""
    return hash_token(f"{session.get('cart', '')} {kept.get('promocode', '')} "
                      f"{json.dumps([kept['items'], kept.get('addons')], sort_keys=True, default=str)}")  # fmt: skip


def complete(sidebar: Decorate) -> Any:
    """a=complete: the confirmation of this session's last order."""
    ctx = frame.ctx()
    with ctx.unit(read=True) as db:
        order = db.get(Order, int(session.get("lastorder", 0)))
        if order is None or order.userid != frame.client_id():
            return to("/cart.php?a=view")
        invoice = db.get(Invoice, order.invoiceid) if order.invoiceid else None
        client = db.get_one(Client, order.userid)
        details = clients.details(db, client)
        lines = _lines(db, order)
    paid = invoice is not None and invoice.status == "Paid"
    given = {
        "orderid": order.id, "ordernumber": order.ordernum, "invoiceid": order.invoiceid, "ispaid": paid, "amount": order.amount,
        "paymentmethod": order.paymentmethod, "clientdetails": details,
    }  # fmt: skip
    results = hooks.fire(ctx, "ShoppingCartCheckoutCompletePage", **given)
    variables = {
        **given,
        **lines,
        "clientdetails": details,
        "addons_html": cartviews.as_html(results),
        "hasRecommendations": False,
        "unpaid": invoice is not None and invoice.status == "Unpaid",
    }
    page = Page("complete", say("orderconfirmation"), variables, hook="Cart")
    page.crumbs = [("/cart.php", say("navstore")), ("", say("orderconfirmation"))]
    return show(sidebar(page))


def _lines(db: Session, order: Order) -> dict[str, Any]:
    """What was ordered and what it costs, as the confirmation lists it; the names are ours."""
    found, currency = summary(db, order), currency_of(db, db.get(Client, order.userid))
    return {
        "orderlines": [
            {
                "name": f"{one.qty} × {one.name}" if one.qty > 1 else one.name, "domain": one.domain, "addon": one.addon,
                "details": _details(one), "price": price(one.today, currency),
                "recurring": price(one.recurring, currency) if one.recurring else "", "billingcycle": cycle_text(one.billingcycle),
            }
            for one in found.lines
        ],
        "otherlines": [{"description": text, "price": price(amount, currency)} for text, amount in found.others],
        "taxtotal": price(found.tax, currency) if found.tax else "", "taxtotal2": price(found.tax2, currency) if found.tax2 else "",
        "taxname": say("invoicestaxname"), "total": price(found.total, currency), "due": price(found.due, currency),
    }  # fmt: skip


def _details(one: Ordered) -> list[dict[str, str]]:
    shown = zip(one.options, options_text(list(one.options)), strict=True)
    return [
        {"name": text["name"], "value": f"{text['qty']} × {text['option']}" if chosen.option.type == QUANTITY else text["option"]}
        for chosen, text in shown
    ]
