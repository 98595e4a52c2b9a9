"""Mass payment (clientarea.php?action=masspay) and added funds (clientarea.php?action=addfunds)."""

from typing import Any

from flask import request
from sqlalchemy.orm import Session

from modulehost import money, settings
from modulehost.billing import funds, gateways, invoices, masspay
from modulehost.billing.dates import date_text
from modulehost.money import ZERO, MoneyError, currency_of
from modulehost.schema import Client
from modulehost.themes import Page
from modulehost.web import frame
from modulehost.web.client.paying import address_of
from modulehost.web.client.show import not_found, say, show, to
from modulehost.web.numbers import is_whole


def _crumbs(title: str) -> list[tuple[str, str]]:
    return [("/clientarea.php", say("clientareatitle")), ("/clientarea.php?action=invoices", say("invoices")), ("", title)]


def _methods(db: Session) -> list[dict[str, str]]:
    return [{"sysname": one.module, "name": one.displayname} for one in gateways.active(db) if one.visible]


def _method(db: Session, client: Client) -> str:
    """The chosen method where it is offered, else the client's own, else the first."""
    offered = [one["sysname"] for one in _methods(db)]
    wanted = (request.form.get("paymentmethod", ""), client.defaultgateway)
    return next((one for one in wanted if one in offered), offered[0] if offered else gateways.default(db))


def mass_pay() -> Any:
    """The unpaid invoices to choose from (`all=true`: every one is ticked); POST `geninvoice` makes the one that pays them."""
    ctx = frame.ctx()
    with ctx.unit(read=True) as db:
        on = settings.on(db, "EnableMassPay")
    if not on:
        return not_found()
    with ctx.unit(read=True) as db:
        client = db.get_one(Client, frame.client_id())
        currency = currency_of(db, client)
        rows = masspay.payable(db, client.id)
        method = _method(db, client)
        methods = _methods(db)
        asked = request.values.getlist("invoiceids[]")
        chosen = {int(one) for one in asked if is_whole(one)} & {row.id for row in rows}
        if not asked and request.method == "GET":
            chosen = {row.id for row in rows}
        picked = [row for row in rows if row.id in chosen]
        listed = [
            {
                "id": row.id, "invoicenum": invoices.number(row), "datedue": date_text(db, row.duedate), "chosen": row.id in chosen,
                "overdue": invoices.is_overdue(db, row), "balance": money.formatted(invoices.balance(db, row), currency),
            }
            for row in rows
        ]  # fmt: skip
        items = {row.id: [{"id": one.id, "description": one.description, "amount": money.formatted(one.amount, currency)}
                          for one in invoices.items_of(db, row.id)] for row in rows}  # fmt: skip
        paid = sum((invoices.paid_amount(db, row.id) for row in picked), ZERO)
        total = sum((invoices.balance(db, row) for row in picked), ZERO)
    wrong = ""
    if request.method == "POST" and request.form.get("geninvoice"):
        try:
            return to(address_of(masspay.create(ctx, client.id, sorted(chosen), method)))
        except masspay.MassPayRefused:
            wrong = say("host.massPayChoose")

    def shown(name: str) -> str:
        amount = sum((getattr(row, name) for row in picked), ZERO)
        return money.formatted(amount, currency) if amount else ""

    variables = {
        "invoices": listed, "invoiceitems": items, "subtotal": shown("subtotal"), "credit": shown("credit"), "tax": shown("tax"),
        "tax2": shown("tax2"), "taxname1": say("invoicestaxname"), "taxname2": say("invoicestaxname"), "taxrate1": "", "taxrate2": "",
        "partialpayments": money.formatted(paid, currency) if paid else "", "invoiceadjustments": "",
        "total": money.formatted(total, currency), "gateways": methods, "gateway": method, "errormessage": wrong,
    }  # fmt: skip
    title = say("masspaytitle")
    page = Page("masspay", title, variables, _crumbs(title))
    page.tagline = say("masspayintro")
    return show(page, 400 if wrong else 200)


def add_funds() -> Any:
    """The form; POST `amount`, `paymentmethod` issues the invoice that buys the credit."""
    ctx = frame.ctx()
    with ctx.unit(read=True) as db:
        client = db.get_one(Client, frame.client_id())
        currency = currency_of(db, client)
        on, may = funds.enabled(db), funds.allowed(db, client)
        limits = funds.limits(db, client)
        method, methods = _method(db, client), _methods(db)
    wrong, given = "", request.form.get("amount", money.plain(limits.minimum))
    if request.method == "POST" and on and may:
        try:
            made = funds.add(ctx, client.id, money.amount(given.replace(",", "."), money.places(currency)), method, say("addfunds"))
            return to(address_of(made))
        except MoneyError:
            wrong = say("host.amountInvalid")
        except funds.FundsRefused as refused:
            limit = money.formatted(refused.limit, currency) if refused.limit is not None else ""
            wrong = f"{say(refused.phrase)} {limit}".strip()

    def shown(amount: Any) -> str:
        return money.formatted(amount, currency) if amount else ""

    variables = {
        "addfundsdisabled": not on, "notallowed": on and not may, "minimumamount": shown(limits.minimum),
        "maximumamount": shown(limits.maximum),
        "maximumbalance": shown(limits.balance), "balance": money.formatted(client.credit, currency), "amount": given, "gateways": methods,
        "gateway": method, "errormessage": wrong, "currencycode": currency.code,
    }  # fmt: skip
    title = say("addfunds")
    page = Page("clientareaaddfunds", title, variables, _crumbs(title), hook="AddFunds")
    page.tagline = say("addfundsdescription")
    return show(page, 400 if wrong else 200)
