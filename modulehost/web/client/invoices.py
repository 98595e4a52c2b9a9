"""Invoices: the list, and one invoice with its payment."""

from decimal import Decimal
from typing import Any
from urllib.parse import quote

from flask import Response, request
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost import hooks, money, settings
from modulehost.accounts import customfields
from modulehost.accounts.countries import country_name
from modulehost.billing import credit, editing, gateways, numbering, pdf, tax
from modulehost.billing import invoices as billing
from modulehost.billing.dates import date_text
from modulehost.money import currency_of
from modulehost.schema import Client, Currency, Invoice, Transaction
from modulehost.themes import Page
from modulehost.web import frame
from modulehost.web.client import lists, missing, paying
from modulehost.web.client.show import blueprint, not_found, number, say, show, to, worded

#: `orderby` of the address -> column
_SORTED = {"id": Invoice.id, "invoicenum": Invoice.invoicenum, "date": Invoice.date, "duedate": Invoice.duedate,
           "total": Invoice.total, "status": Invoice.status}  # fmt: skip

def status_text(status: str) -> str:
    """An invoice status in the visitor's language."""
    return say("invoicesPaymentPending" if status == "Payment Pending" else f"invoices{status.lower()}")


def listing() -> Any:
    """clientarea.php?action=invoices."""
    with frame.ctx().unit(read=True) as db:
        client = db.get_one(Client, frame.client_id())
        currency = currency_of(db, client)
        mine = select(Invoice).where(Invoice.userid == client.id, Invoice.status != "Draft")
        rows, about = lists.cut(db, mine, _SORTED, Invoice.id, "id", True)
        found = [_row(db, row, currency) for (row,) in rows]
    title = say("invoices")
    page = Page("clientareainvoices", title, {"invoices": found, **about}, hook="Invoices")
    page.crumbs = [("/clientarea.php", say("clientareatitle")), ("", title)]
    page.tagline = say("invoicesintro")
    return show(page)


def _row(db: Session, row: Invoice, currency: Currency) -> dict[str, Any]:
    total = row.total + row.credit
    return {
        "id": row.id, "invoicenum": billing.number(row), "datecreated": date_text(db, row.date),
        "normalisedDateCreated": str(row.date or ""), "datedue": date_text(db, row.duedate),
        "normalisedDateDue": str(row.duedate or ""), "total": money.formatted(total, currency), "totalnum": money.plain(total),
        "balance": money.formatted(billing.balance(db, row), currency), "status": status_text(row.status),
        "statusClass": row.status.lower().replace(" ", "-"), "rawstatus": row.status.lower(),
    }  # fmt: skip


@blueprint.route("/viewinvoice.php", methods=["GET", "POST"])
@frame.signed_in
def invoice() -> Any:
    """One invoice; POST `gateway` chooses another method, `applycredit` uses credit, `pay` charges a pay method."""
    ctx, invoice_id = frame.ctx(), number("id")
    with ctx.unit(read=True) as db:
        row = db.get(Invoice, invoice_id)
    if row is None or row.userid != frame.client_id() or row.status == "Draft":
        return not_found()
    address = f"/viewinvoice.php?id={invoice_id}"
    if request.method == "POST":
        return _change(invoice_id, address)
    with ctx.unit(read=True) as db:
        row = db.get_one(Invoice, invoice_id)
        variables, proforma = _variables(db, row), row.status == "Unpaid" and numbering.proforma(db)
    kind, html = paying.button(row)
    variables |= {"paymentbutton": html, "gatewaylink": kind, "gatewaytext": ""}
    hooks.fire(ctx, "ViewInvoiceDetailsPage", invoiceid=invoice_id)
    title = say("host.proformaTitle" if proforma else "invoicestitle") + str(variables["invoicenum"])
    return show(Page("viewinvoice", title, variables, hook="ViewInvoice", standalone=True))


@blueprint.get("/dl.php")
def download() -> Any:
    """`type=i&id=`: an invoice as PDF, for its client and for staff who manage invoices; `viewpdf=1` shows it in the browser."""
    if request.args.get("type") != "i":
        return missing.not_part()
    ctx, invoice_id = frame.ctx(), number("id")
    staff = frame.admin_actor() is not None and frame.may("Manage Invoice")
    if not staff and not frame.client_id():
        return to("/login?goto=" + quote(request.full_path))
    with ctx.unit(read=True) as db:
        row = db.get(Invoice, invoice_id)
    if row is None or (not staff and (row.userid != frame.client_id() or row.status == "Draft")):
        return not_found()
    made = pdf.of_invoice(ctx, invoice_id)
    assert made is not None, "the invoice was there a moment ago"
    shown = "inline" if request.args.get("viewpdf") else "attachment"
    heads = {"Content-Disposition": f'{shown}; filename="{made[0]}"', "Cache-Control": "private, no-store"}
    return Response(made[1], mimetype="application/pdf", headers=heads)


def _change(invoice_id: int, address: str) -> Any:
    ctx = frame.ctx()
    if request.form.get("pay"):
        return paying.charge(invoice_id, paymethod_id=number("paymethod"))
    if request.form.get("applycredit"):
        return _credit(invoice_id, address)
    if request.form.get("gateway"):
        with ctx.unit() as db:
            row = db.get_one(Invoice, invoice_id)
            if not _may_choose(db):
                return to(address)
            try:
                chosen = gateways.find(db, request.form["gateway"])
            except gateways.GatewayError as error:
                frame.note("error", say("error"), worded(str(error)))
            else:
                if row.status == "Unpaid" and chosen.visible and chosen.module != row.paymentmethod:
                    editing.change_method(db, row, chosen.module)
                    frame.note("success", say("host.gatewayChanged"))
    return to(address)


def _credit(invoice_id: int, address: str) -> Any:
    try:
        used = credit.apply(frame.ctx(), invoice_id, money.amount(request.form.get("creditamount", "").replace(",", ".")))
    except money.MoneyError:
        frame.note("error", say("error"), say("host.amountInvalid"))
    except credit.CreditRefused as refused:
        frame.note("error", say("error"), worded(str(refused)))
    else:
        frame.note("success", say("host.creditApplied" if not used.paid else "invoicepaymentsuccessconfirmation"))
    return to(address)


def _may_choose(db: Session) -> bool:
    """Whether clients choose the payment method of their invoices."""
    return settings.on(db, "AllowCustomerChangeInvoiceGateway")


def _variables(db: Session, row: Invoice) -> dict[str, Any]:
    client = db.get_one(Client, row.userid)
    currency = currency_of(db, client)
    due = billing.balance(db, row)

    def shown(amount: Decimal) -> str:
        return money.formatted(amount, currency)

    names = [one or say("invoicestaxname") for one in tax.of_client(db, client).names]
    printed = [one for one in customfields.fields(db, "client") if one.showinvoice == "on" and one.fieldtype != "password"]
    held = customfields.values(db, printed, client.id)
    paid = db.scalars(select(Transaction).where(Transaction.invoiceid == row.id).order_by(Transaction.id)).all()
    visible = [one for one in gateways.active(db) if one.visible]
    return {
        "invoiceid": row.id, "invoicenum": billing.number(row), "status": row.status, "statuslocale": status_text(row.status),
        "date": date_text(db, row.date), "datedue": date_text(db, row.duedate),
        "datepaid": date_text(db, row.datepaid.date() if row.datepaid else None),
        "overdue": billing.is_overdue(db, row),
        "amountpaid": shown(billing.paid_amount(db, row.id)), "ispartial": row.status == "Unpaid" and due != row.total,
        "payto": _lines(settings.get(db, "InvoicePayTo") or settings.get(db, "CompanyName")),
        "clientsdetails": {
            "firstname": client.firstname, "lastname": client.lastname, "companyname": client.companyname, "email": client.email,
            "address1": client.address1, "address2": client.address2, "city": client.city, "state": client.state,
            "postcode": client.postcode, "country": country_name(client.country), "tax_id": client.tax_id,
        },
        "customfields": [
            {"id": one.id, "fieldname": customfields.label(one), "value": held[one.id]} for one in printed if held[one.id]
        ],
        "invoiceitems": [
            {"id": one.item.id, "type": one.item.type, "relid": one.item.relid, "description": _lines(one.description),
             "amount": shown(one.amount), "rawamount": money.plain(one.amount), "taxed": bool(one.item.taxed)}
            for one in billing.shown_items(db, row.id)
        ],
        "subtotal": shown(row.subtotal), "tax": shown(row.tax) if row.tax else "", "tax2": shown(row.tax2) if row.tax2 else "",
        "taxname": names[0], "taxname2": names[1],
        "taxrate": f"{row.taxrate.normalize():f}", "taxrate2": f"{row.taxrate2.normalize():f}",
        "credit": shown(row.credit) if row.credit else "", "total": shown(row.total), "invoiceamount": shown(row.total),
        "balance": shown(due), "balancenum": money.plain(due), "notes": _lines(row.notes) if row.notes else "",
        "paymentmethod": row.paymentmethod, "selectedGateway": row.paymentmethod,
        "allowchangegateway": row.status == "Unpaid" and len(visible) > 1 and _may_choose(db),
        "paymethoddisplayname": billing.method_name(db, row.paymentmethod),
        "availableGateways": {one.module: one.displayname for one in visible},
        "transactions": [
            {"date": date_text(db, one.date.date() if one.date else None), "gateway": billing.method_name(db, one.gateway),
             "transid": one.transid, "amount": shown(one.amountin - one.amountout), "referenceId": one.transid, "referenceHref": "",
             "typeLabel": say("billing.ledger.refund" if one.amountout else "billing.ledger.payment"),
             "isCreditNote": False, "isDebitNote": False}
            for one in paid
        ],
        "paymentSuccess": request.args.get("paymentsuccess") == "true", "paymentFailed": request.args.get("paymentfailed") == "true",
        "pendingReview": request.args.get("paymentpending") == "true", "paymentInititated": False,
        "paymentSuccessAwaitingNotification": False, "offlineReview": False,
        "invalidInvoiceIdRequested": False, "manualapplycredit": row.status == "Unpaid" and due > 0 and client.credit > 0,
        "totalcredit": shown(client.credit), "creditamount": money.plain(min(client.credit, max(due, money.ZERO))),
        "customAlert": None, "invoiceQrHtml": "", "taxCode": settings.get(db, "TaxCode"), "taxIdLabel": "", "tokenInput": _token(),
    }  # fmt: skip


def _token() -> Markup:
    return Markup('<input type="hidden" name="token" value="{}">').format(frame.csrf())


def _lines(text: str) -> Markup:
    """A text of several lines as HTML."""
    return Markup("<br>\n").join(text.strip().splitlines())
