"""Payment Methods of the client: stored cards and bank accounts."""

from typing import Any

from flask import request

from modulehost.billing import cards, gateways, paymethods
from modulehost.billing.paymethods import PayMethodRefused
from modulehost.themes import Page
from modulehost.themes.menus import account_sidebar
from modulehost.web import frame
from modulehost.web.client.account import crumbs
from modulehost.web.client.show import blueprint, flash, language, not_found, say, show, to

URL = "/account/paymentmethods"


def _row(one: paymethods.Shown, first: bool) -> dict[str, Any]:
    ctx = frame.ctx()
    with ctx.unit(read=True) as db:
        names = {row.module: row.displayname for row in gateways.active(db)}
    return {
        "id": one.id, "name": one.name, "description": one.row.description, "isCard": one.card is not None, "isDefault": first,
        "expiry": f"{one.expiry[:2]}/{one.expiry[2:]}" if one.expiry else "", "expired": paymethods.expired(ctx, one),
        "gateway": names.get(one.row.gateway_name, one.row.gateway_name), "active": one.row.gateway_name in names,
    }  # fmt: skip


@blueprint.get(URL)
@frame.signed_in
def listing() -> Any:
    """The stored pay methods, the default first."""
    ctx = frame.ctx()
    with ctx.unit(read=True) as db:
        held = paymethods.of_client(db, frame.client_id())
    variables = {
        "payMethods": [_row(one, place == 0) for place, one in enumerate(held)], "allowCreditCard": bool(paymethods.storing(ctx)),
        "allowBankDetails": bool(paymethods.banks(ctx)), "allowDelete": True,
    }  # fmt: skip
    page = Page("account-paymentmethods", say("paymentMethods.title"), variables, crumbs(("", say("paymentMethods.title"))))
    page.tagline, page.hook = say("paymentMethods.intro"), "PaymentMethods"
    page.primary = account_sidebar(language(), "Payment Methods")
    return show(page)


def _own(paymethod_id: int) -> paymethods.Shown | None:
    with frame.ctx().unit(read=True) as db:
        return paymethods.find(db, frame.client_id(), paymethod_id)


def _form(held: paymethods.Shown | None, wrong: str) -> Any:
    ctx = frame.ctx()
    with ctx.unit(read=True) as db:
        names = {one.module: one.displayname for one in gateways.active(db)}
    kinds = {"card": paymethods.storing(ctx), "bankacct": paymethods.banks(ctx)}
    enabled = [kind for kind, able in kinds.items() if able]
    kind = ("card" if held.card else "bankacct") if held else request.values.get("type", "")
    kind = kind if held or kind in enabled else next(iter(enabled), "")
    given = dict(request.form)
    if held is not None and request.method == "GET":
        given = {"description": held.row.description, "ccexpiry": f"{held.expiry[:2]}/{held.expiry[2:]}" if held.expiry else ""}
        given["bankname"] = held.bank.bank_name if held.bank else ""
    variables = {
        "editMode": held is not None, "paymentMethodType": kind, "enabledTypes": enabled, "errorMessage": wrong, "given": given,
        "paymethod": _row(held, False) if held else {}, "address": f"{URL}/view/{held.id}" if held else f"{URL}/add",
        "storageGateways": [{"module": name, "name": names.get(name, name)} for name in kinds.get(kind, [])],
    }  # fmt: skip
    title = say("paymentMethodsManage.edit" if held else "paymentMethodsManage.add")
    page = Page("account-paymentmethods-manage", say("paymentMethods.title"), variables)
    page.crumbs, page.tagline, page.hook = crumbs((URL, say("paymentMethods.title")), ("", title)), title, "PaymentMethods"
    page.primary = account_sidebar(language(), "Payment Methods")
    return show(page, 400 if wrong else 200)


@blueprint.route(f"{URL}/add", methods=["GET", "POST"])
@frame.signed_in
def add() -> Any:
    """The form for a card or bank account, and keeping it."""
    if request.method == "GET":
        return _form(None, "")
    ctx, form = frame.ctx(), request.form
    note, gateway, default = form.get("description", "").strip()[:200], form.get("storageGateway", ""), "default" in form
    try:
        if form.get("type") == "bankacct":
            bank = paymethods.Bank(*(form.get(one, "").strip()[:100] for one in ("routingnum", "acctnum", "bankname", "accttype",
                "holder")))
            paymethods.add_bank(ctx, frame.client_id(), bank, gateway, note, default)
        else:
            today = ctx.host.clock.today()
            card = cards.read(form.get("ccnumber", ""), form.get("ccexpiry", ""), today, cvv=form.get("cardcvv", ""))
            paymethods.add_card(ctx, frame.client_id(), card, gateway, note, default)
    except cards.CardError as wrong:
        return _form(None, say(wrong.phrase))
    except PayMethodRefused as refused:
        return _form(None, str(refused))
    flash("success", say("paymentMethods.addSuccess"))
    return to(URL)


@blueprint.route(f"{URL}/view/<int:paymethod_id>", methods=["GET", "POST"])
@frame.signed_in
def manage(paymethod_id: int) -> Any:
    """One pay method: description, a card's expiry, a bank account's name."""
    held = _own(paymethod_id)
    if held is None:
        return not_found()
    if request.method == "GET":
        return _form(held, "")
    form = request.form
    expiry = cards.months(form.get("ccexpiry", "")) if held.card else None
    if held.card and (expiry is None or cards.expires(expiry) < frame.host().clock.now()):
        return _form(held, say("creditcardexpirydateinvalid"))
    bank = None
    if held.bank:
        bank = paymethods.Bank("", "", form.get("bankname", "").strip()[:100])
    changed = expiry if expiry != held.expiry else None
    try:
        paymethods.update(
            frame.ctx(), frame.client_id(), paymethod_id, description=form.get("description", "").strip()[:200], expiry=changed, bank=bank
        )
    except PayMethodRefused as refused:
        return _form(held, str(refused))
    flash("success", say("changessavedsuccessfully"))
    return to(URL)


@blueprint.post(f"{URL}/default/<int:paymethod_id>")
@frame.signed_in
def set_default(paymethod_id: int) -> Any:
    """Let it be the first that is charged."""
    if _own(paymethod_id) is None:
        return not_found()
    paymethods.set_default(frame.ctx(), frame.client_id(), paymethod_id)
    flash("success", say("paymentMethods.defaultUpdateSuccess"))
    return to(URL)


@blueprint.post(f"{URL}/delete/<int:paymethod_id>")
@frame.signed_in
def delete(paymethod_id: int) -> Any:
    """Forget it, here and at the gateway."""
    if _own(paymethod_id) is None:
        return not_found()
    paymethods.delete(frame.ctx(), frame.client_id(), paymethod_id)
    flash("success", say("paymentMethods.deleteSuccess"))
    return to(URL)


