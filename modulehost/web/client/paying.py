"""Paying an invoice: what its page offers, the stored pay method or a new card, and the page for a card."""

from typing import Any

from flask import current_app, request
from markupsafe import Markup
from sqlalchemy import func, select

from modulehost import money
from modulehost.billing import cards, gatewaycalls, gatewaymodules, gateways, invoices, paymethods
from modulehost.billing.gateways import GatewayError
from modulehost.money import currency_of
from modulehost.runtimes import ModuleFailed
from modulehost.schema import Client, GatewayCall, Invoice
from modulehost.themes import Page
from modulehost.web import frame
from modulehost.web.client.show import blueprint, not_found, number, say, show, to, worded


def address_of(invoice_id: int) -> str:
    """The page of an invoice."""
    return f"/viewinvoice.php?id={invoice_id}"


def button(invoice: Invoice) -> tuple[str, Markup]:
    """What the invoice page shows for payment: its kind (none, instructions, button) and `$paymentbutton`."""
    ctx, name = frame.ctx(), invoice.paymentmethod
    with ctx.unit(read=True) as db:
        due = invoices.balance(db, invoice)
        on = {one.module: one for one in gateways.active(db)}
        usable = paymethods.for_gateway(db, invoice.userid, name)
        given = gatewaymodules.params(db, name, invoice) if name in on else {}
    if invoice.status != "Unpaid" or due <= 0:
        return "none", Markup("")
    if name not in on:
        return "instructions", Markup("<p class='payment-instructions'>{}</p>").format(say("host.gatewayGone", name=name or "-"))
    html, failed = "", False
    if gatewaymodules.has(ctx, name, "link"):
        try:
            given["langpaynow"] = say("host.payVendor") if name == gateways.TEST else say("invoicespaynow")
            html = str(gatewaymodules.call(ctx, name, "link", given).value or "")
        except (GatewayError, ModuleFailed):  # the module log has it
            failed = True
    captures = gatewaymodules.has(ctx, name, "capture")
    needless = captures and gatewaymodules.has(ctx, name, "nolocalcc")
    choices = [(one.id, one.name) for one in usable if not paymethods.expired(ctx, one)]
    test = name == gateways.TEST
    template = current_app.jinja_env.get_template("modulehost/payment.html")
    shown = template.render(
        action=address_of(invoice.id), token=frame.csrf(), module=name, link=Markup(html), choices=choices, captures=captures,  # noqa: S704
        direct=captures and (needless or bool(choices)), card=f"/invoice/{invoice.id}/pay" if captures and _takes_cards(name) else "",
        pay=say("host.testPay" if test else "invoicespaynow"), hint=say("host.testPayHint") if test else "", failed=failed,
        words={key: say(key) for key in ("host.payWithCard", "host.payWith", "host.payUnavailable", "host.payNoCard")}, needless=needless,
    )  # fmt: skip
    acts = captures or any(tag in html.lower() for tag in ("<form", "<a ", "<button"))
    return ("button" if acts else "instructions"), Markup(shown)  # noqa: S704 - escaped by Jinja; the link is the module's HTML


def _takes_cards(name: str) -> bool:
    with frame.ctx().unit(read=True) as db:
        return any(one.module == name and one.type == gatewaymodules.CARD for one in gateways.active(db))


def charge(invoice_id: int, *, paymethod_id: int = 0, card: cards.Card | None = None, cvv: str = "") -> Any:
    """Charge the invoice once per state of its payments, and go back to its page."""
    ctx, address = frame.ctx(), address_of(invoice_id)
    with ctx.unit(read=True) as db:
        tried = db.scalar(select(func.count()).select_from(GatewayCall).where(GatewayCall.invoice_id == invoice_id)) or 0
    try:
        done = gatewaycalls.capture(
            ctx, invoice_id, paymethod_id=paymethod_id, card=card, cvv=cvv, request_key=f"pay:{invoice_id}:{tried}"
        )
    except (gatewaycalls.CallRefused, GatewayError) as refused:
        frame.note("error", say("error"), worded(str(refused)))
        return to(address)
    ending = {gatewaycalls.SUCCESS: "paymentsuccess", gatewaycalls.PENDING: "paymentpending", gatewaycalls.RUNNING: "paymentpending",
              gatewaycalls.INTERRUPTED: "paymentpending"}.get(done.state, "paymentfailed")  # fmt: skip
    return to(f"{address}&{ending}=true")


@blueprint.route("/invoice/<int:invoice_id>/pay", methods=["GET", "POST"])
@frame.signed_in
def pay_by_card(invoice_id: int) -> Any:
    """Pay with a stored pay method (`ccinfo` its id) or with a card that is entered now (`ccinfo=new`)."""
    ctx = frame.ctx()
    with ctx.unit(read=True) as db:
        row = db.get(Invoice, invoice_id)
        open_ = row is not None and row.status == "Unpaid" and invoices.balance(db, row) > 0
    if row is None or row.userid != frame.client_id() or row.status == "Draft":
        return not_found()
    if not open_ or not gatewaymodules.has(ctx, row.paymentmethod, "capture"):
        return to(address_of(invoice_id))
    if request.method == "GET":
        return _page(row, "")
    form = request.form
    if form.get("ccinfo", "new") != "new":
        return charge(invoice_id, paymethod_id=number("ccinfo"), cvv=form.get("cccvv", "")[:4])
    try:
        card = cards.read(form.get("ccnumber", ""), form.get("ccexpirydate", ""), ctx.host.clock.today(), cvv=form.get("cccvv", ""))
    except cards.CardError as wrong:
        return _page(row, say(wrong.phrase))
    if not form.get("nostore") and row.paymentmethod in paymethods.storing(ctx):
        try:
            kept = paymethods.add_card(ctx, row.userid, card, row.paymentmethod, form.get("ccdescription", "").strip()[:200])
        except paymethods.PayMethodRefused as refused:
            return _page(row, str(refused))
        return charge(invoice_id, paymethod_id=kept, cvv=card.cvv)
    return charge(invoice_id, card=card)


def _page(row: Invoice, wrong: str) -> Any:
    ctx = frame.ctx()
    with ctx.unit(read=True) as db:
        client = db.get_one(Client, row.userid)
        currency = currency_of(db, client)
        due, paid = invoices.balance(db, row), invoices.paid_amount(db, row.id)
        lines = invoices.shown_items(db, row.id)
        items = [{"description": one.description, "amount": money.formatted(one.amount, currency)} for one in lines]
        held = [one for one in paymethods.for_gateway(db, row.userid, row.paymentmethod) if not paymethods.expired(ctx, one)]
    form = request.form

    def shown(amount: Any) -> str:
        return money.formatted(amount, currency) if amount else ""

    summary = {
        "subtotal": money.formatted(row.subtotal, currency), "credit": shown(row.credit), "tax": shown(row.tax), "tax2": shown(row.tax2),
        "total": money.formatted(row.total, currency), "amountpaid": shown(paid), "taxname": say("invoicestaxname"),
        "taxname2": say("invoicestaxname"),
        "taxrate": f"{row.taxrate.normalize():f}", "taxrate2": f"{row.taxrate2.normalize():f}",
    }  # fmt: skip
    variables = {
        "invoiceid": row.id, "invoicenum": invoices.number(row), "invoice": summary, "invoiceitems": items,
        "balance": money.formatted(due, currency), "cardOrBank": "card", "gateway": row.paymentmethod, "errormessage": wrong,
        "submitLocation": f"/invoice/{row.id}/pay", "hasRemoteInput": False, "remoteInput": "", "showRemoteInput": False,
        "existingCards": [{"paymethodid": one.id, "name": one.name,
        "expiry": f"{one.expiry[:2]}/{one.expiry[2:]}" if one.expiry else ""} for one in held],
        "cardOnFile": bool(held), "payMethodId": form.get("ccinfo", str(held[0].id) if held else "new"), "addingNew": not held,
        "ccexpirydate": form.get("ccexpirydate", ""), "allowClientsToRemoveCards": row.paymentmethod in paymethods.storing(ctx),
        "servedOverSsl": request.is_secure,
    }  # fmt: skip
    title = say("invoicestitle") + invoices.number(row)
    page = Page("invoice-payment", say("payInvoice"), variables, hook="CreditCardCheckout")
    page.crumbs = [("/clientarea.php", say("clientareatitle")), ("/clientarea.php?action=invoices", say("invoices")),
                   (address_of(row.id), title), ("", say("payInvoice"))]  # fmt: skip
    return show(page, 400 if wrong else 200)
