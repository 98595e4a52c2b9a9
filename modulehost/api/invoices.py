"""Billing actions: GetInvoice, GetInvoices, CreateInvoice, UpdateInvoice, GenInvoices, AddInvoicePayment."""

import re
from typing import Any

from modulehost import events, mail
from modulehost.api.registry import action
from modulehost.api.values import ApiError, Values
from modulehost.billing import credit, editing, gateways, invoices, issuing, payments, recurring, search, tax
from modulehost.context import Ctx
from modulehost.journal import Report
from modulehost.money import ZERO, amount, currency_of, plain
from modulehost.schema import Client, Invoice, day_text, moment_text

_LINE = re.compile(r"itemdescription(\d{1,6})\Z", re.ASCII)
_DRAFT_SENT = "Cannot create and send a draft invoice in a single API request. Please create and send separately."


@action("GetInvoice", "Billing")
def get_invoice(ctx: Ctx, values: Values) -> dict[str, Any]:
    """One invoice with items and transactions."""
    with ctx.unit(read=True) as db:
        invoice = db.get(Invoice, values.number("invoiceid"))
        if invoice is None:
            raise ApiError("Invoice ID Not Found")
        answer = invoices.details(db, invoice)
    answer["items"] = {"item": answer["items"]}
    # An empty list is an empty text here, as the reference shows.
    answer["transactions"] = {"transaction": answer["transactions"]} if answer["transactions"] else ""
    return answer


@action("GetInvoices", "Billing")
def get_invoices(ctx: Ctx, values: Values) -> dict[str, Any]:
    """List invoices; the status Overdue means unpaid and past the due date."""
    start, limit = values.page()
    with ctx.unit(read=True) as db:
        total, rows = search.invoices(
            db, userid=values.number("userid"), status=values.text("status"), orderby=values.text("orderby", "id"),
            descending=values.text("order").lower() == "desc", start=start, count=limit,
        )  # fmt: skip
        found = [_listed(row, db.get(Client, row.userid)) for row in rows]
        for entry in found:
            currency = currency_of(db, db.get(Client, entry["userid"]))
            entry |= {
                "currencycode": currency.code,
                "currencyprefix": currency.prefix,
                "currencysuffix": currency.suffix,
            }
    return {"totalresults": total, "startnumber": start, "numreturned": len(found), "invoices": {"invoice": found}}


def _listed(row: Invoice, client: Client | None) -> dict[str, Any]:
    names = ("firstname", "lastname", "companyname")
    moments = ("datepaid", "last_capture_attempt", "date_refunded", "date_cancelled")
    return {
        "id": row.id,
        "userid": row.userid,
        **{name: getattr(client, name) if client else "" for name in names},
        "invoicenum": row.invoicenum,
        "date": day_text(row.date),
        "duedate": day_text(row.duedate),
        **{name: moment_text(getattr(row, name)) for name in moments},
        **{name: plain(getattr(row, name)) for name in ("subtotal", "credit", "tax", "tax2", "total")},
        "taxrate": f"{row.taxrate:.3f}",
        "taxrate2": f"{row.taxrate2:.3f}",
        "status": row.status,
        "paymentmethod": row.paymentmethod,
        "paymethodid": row.paymethodid,
        "notes": row.notes,
        "created_at": moment_text(row.created_at),
        "updated_at": moment_text(row.updated_at),
    }


@action("CreateInvoice", "Billing")
def create_invoice(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Create an invoice with numbered line items."""
    client_id = values.number("userid")
    draft = values.flag("draft") or values.text("status").lower() == "draft"
    send = values.flag("sendinvoice")
    with ctx.unit(read=True) as db:
        if db.get(Client, client_id) is None:
            raise ApiError("Client ID Not Found")
        if draft and send:
            raise ApiError(_DRAFT_SENT)
        method = values.text("paymentmethod")
        if method:
            try:
                gateways.find(db, method)
            except gateways.GatewayError as failure:
                raise ApiError(str(failure)) from None
        method = method or gateways.default(db)
    status = (
        "Draft"
        if draft
        else next((one for one in invoices.STATUSES if one.lower() == values.text("status").lower()), "")
    )
    if not status:
        if values.has("status"):
            raise ApiError(f"Invalid status; it is one of {', '.join(invoices.STATUSES)}")
        status = "Unpaid"
    rates = {name: amount(values.text(name), 3) for name in ("taxrate", "taxrate2") if values.has(name)}
    with ctx.unit(read=True) as db:
        lines = _lines(values, tax.taxes(db, "CustomInvoices"))
    invoice_id = issuing.issue(
        ctx, client_id, lines, source="api", send=send, paymentmethod=method, date=values.day("date"),
        duedate=values.day("duedate"), status=status, notes=values.text("notes"), **rates,
    )  # fmt: skip
    if values.flag("autoapplycredit"):
        with ctx.unit() as db:
            credit.use_what_there_is(db, db.get_one(Invoice, invoice_id, with_for_update=True))
    with ctx.unit(read=True) as db:
        status = db.get_one(Invoice, invoice_id).status
    return {"invoiceid": invoice_id, "status": status}


def _lines(values: Values, taxed: bool) -> list[invoices.Item]:
    """The lines by their numbers; `taxed` counts for those that do not say whether they are."""
    numbers = sorted(int(found[1]) for name in values if (found := _LINE.match(name)))
    return [
        invoices.Item(
            values.text(f"itemdescription{number}"),
            values.amount(f"itemamount{number}") or ZERO,
            taxed=values.flag(f"itemtaxed{number}") if values.has(f"itemtaxed{number}") else taxed,
        )
        for number in numbers
        if values.has(f"itemdescription{number}")
    ]


@action("UpdateInvoice", "Billing")
def update_invoice(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Edit an invoice and its lines.

    `credit` sets how much credit the invoice has used: the difference is taken from, or given back to, the client's balance.
    """
    invoice_id = values.number("invoiceid")
    publish = values.flag("publish") or values.flag("publishandsendemail")
    status = next((one for one in invoices.STATUSES if one.lower() == values.text("status").lower()), "")
    if values.has("status") and not status:
        raise ApiError(f"Invalid status {values.text('status')}")
    dates = {name: values.day(name) for name in ("date", "duedate") if name in values}
    paid = values.moment("datepaid")
    try:
        with ctx.unit() as db:
            invoice = db.get(Invoice, invoice_id, with_for_update=True, populate_existing=True)
            if invoice is None:
                raise ApiError("Invoice ID Not Found")
            if publish and invoice.status != "Draft":
                raise ApiError("Invoice must be in Draft status to be published")
            if values.has("paymentmethod") and values.text("paymentmethod") != invoice.paymentmethod:
                editing.change_method(db, invoice, gateways.find(db, values.text("paymentmethod")).module)
            for name in ("taxrate", "taxrate2"):
                if values.has(name):
                    setattr(invoice, name, amount(values.text(name), 3))
            for name, day in dates.items():
                setattr(invoice, name, day)
            if "notes" in values:
                invoice.notes = values.text("notes")
            edits = _edits(values, {item.id for item in invoices.items_of(db, invoice_id)})
            if edits:
                editing.edit_lines(db, invoice, edits)
            else:
                invoices.retotal(db, invoice)
            if values.has("credit"):
                credit.set_used(db, invoice, values.amount("credit") or ZERO)
            if publish:
                invoices.set_status(db, invoice, "Unpaid")
                issuing.announce(db, invoice, "api", values.flag("publishandsendemail"))
            if status == "Paid":
                invoices.mark_paid(db, invoice, paid)
            elif status and status != invoice.status:
                invoices.set_status(db, invoice, status)
            if paid:
                invoice.datepaid = paid
    except (gateways.GatewayError, credit.CreditRefused, invoices.InvoiceError) as failure:
        raise ApiError(str(failure)) from None
    events.drain(ctx)
    return {"invoiceid": invoice_id}


def _edits(values: Values, known: set[int]) -> list[editing.LineEdit]:
    """The changes to lines: each changed one says all three things, as do new ones."""
    missing = (
        "Missing Variables: itemdescription, itemamount and itemtaxed are required for each item being changed"
    )
    old = [values.array(name) for name in ("itemdescription", "itemamount", "itemtaxed")]
    ids = dict.fromkeys(line for one in old for line in one)
    edits = []
    for line in ids:
        if any(line not in one for one in old):
            raise ApiError(missing)
        text, sum_, taxed = (one[line] for one in old)
        edits.append(editing.LineEdit(line, str(text), Values.money("itemamount", sum_), Values({"t": taxed}).flag("t")))
    texts, sums, flags = (values.array(name) for name in ("newitemdescription", "newitemamount", "newitemtaxed"))
    for place, text in texts.items():
        sum_ = Values.money("newitemamount", sums.get(place, "0"))
        edits.append(editing.LineEdit(0, str(text), sum_, Values({"t": flags.get(place)}).flag("t")))
    gone = {Values({"n": one}).number("n") for one in values.array("deletelineids").values()}
    edits = [one for one in edits if not one.id or one.id not in gone]
    return edits + [editing.LineEdit(line, "", ZERO, delete=True) for line in sorted(gone & known)]


@action("GenInvoices", "Billing")
def gen_invoices(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Make the invoices that are due now, of all clients or of what is named."""
    values.not_modelled("domainids")
    client_id = values.number("clientid")
    if values.has("clientid"):
        with ctx.unit(read=True) as db:
            if db.get(Client, client_id) is None:
                raise ApiError("Client ID Not Found")
    found = recurring.generate(
        ctx, Report("GenInvoices"), noemails=values.flag("noemails"),
        client_ids=[client_id] if values.has("clientid") else None,
        service_ids=_ids(values, "serviceids"), addon_ids=_ids(values, "addonids"),
    )  # fmt: skip
    mail.deliver(ctx)
    return {"numcreated": str(found.count)} | ({"latestinvoiceid": found.latest} if client_id and found.count else {})


def _ids(values: Values, name: str) -> list[int] | None:
    """A list of whole numbers; None when it is not given."""
    if not values.has(name):
        return None
    found = [str(one).strip() for one in values.array(name).values()]
    if bad := [one for one in found if not (one.isascii() and one.isdecimal() and len(one) < 10)]:
        raise ApiError(f"{name} holds ids, not {bad[0][:40]!r}")
    return [int(one) for one in found]


@action("AddInvoicePayment", "Billing")
def add_invoice_payment(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Record a payment against an invoice."""
    method = values.text("gateway") or values.text("paymentmethod")  # many clients send the latter
    with ctx.unit(read=True) as db:
        invoice = db.get(Invoice, values.number("invoiceid"))
        if invoice is None:
            raise ApiError("Invoice ID Not Found")
    try:
        payments.pay(
            ctx, invoice.id, values.text("transid"), method or invoice.paymentmethod, values.amount("amount"),
            values.amount("fees") or ZERO, values.moment("date"), send=not values.flag("noemail"),
        )  # fmt: skip
    except payments.PaymentRefused as failure:
        raise ApiError(str(failure)) from None
    return {}
