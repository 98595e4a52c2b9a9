"""Invoices and transactions: lists, and one invoice with its lines and payments."""

from flask import request
from sqlalchemy import select
from werkzeug.wrappers import Response

from modulehost import hooks, money
from modulehost.billing import editing, gateways, invoices, issuing, payments, search, tax
from modulehost.schema import Client, Invoice, Transaction, begins
from modulehost.web import frame
from modulehost.web.admin import hookoutput, invoicemoney
from modulehost.web.admin.client_frame import client_page
from modulehost.web.admin.paging import MOST, given, page_size, paged, wanted_order
from modulehost.web.admin.site import blueprint, confirmed, go, number, page, row_or_404, unknown_change

URL = "/admin/invoices.php"
#: `orderby` of the address -> column
TRANSACTIONS = {"id": Transaction.id, "date": Transaction.date, "transid": Transaction.transid}
STATUSES = ("Draft", "Unpaid", "Overdue", "Paid", "Cancelled", "Refunded", "Collections", "Payment Pending")


@blueprint.get("/invoices.php")
@frame.permission("List Invoices")
def invoice_list() -> Response:
    """All invoices; `action=edit&id=` shows one."""
    if request.args.get("action") in ("edit", "view"):
        frame.require("Manage Invoice")
        return _view(number("id"))
    status = request.args.get("status", "")
    order = wanted_order(search.ORDERS, "duedate" if status == "Overdue" else "id")
    with frame.ctx().unit(read=True) as db:
        if number("invoiceid") and db.get(Invoice, number("invoiceid")) is not None:
            return go(invoice_url(number("invoiceid")))
        rows = given(
            lambda start, count: search.invoices(
                db, status=status, orderby=order.by, descending=order.falling, start=start, count=count, most=MOST
            ),
            page_size(db),
        )
        clients = {
            row.id: row for row in db.scalars(select(Client).where(Client.id.in_({i.userid for i in rows.rows})))
        }
        methods = {one.module: one.displayname for one in gateways.active(db)}
        today = frame.host().clock.today()
    title = f"Invoices: {status}" if status else "Invoices"
    return page(
        "invoices.html",
        title,
        page=rows,
        clients=clients,
        methods=methods,
        statuses=STATUSES,
        order=order,
        status=status,
        today=today,
    )


def invoice_url(invoice_id: int) -> str:
    """Where an invoice is edited."""
    return f"{URL}?action=edit&id={invoice_id}"


@blueprint.get("/clientsinvoices.php")
@frame.permission("List Invoices")
def client_invoices() -> Response:
    """The invoices of one client."""
    status = request.args.get("status", "")
    with frame.ctx().unit(read=True) as db:
        client = row_or_404(db, Client, number("userid"), "Client")
        rows = given(
            lambda start, count: search.invoices(
                db, userid=client.id, status=status, descending=True, start=start, count=count
            ),
            page_size(db),
        )
        methods = {one.module: one.displayname for one in gateways.active(db)}
    return client_page("client_invoices.html", client, "invoices", page=rows, methods=methods, today=frame.host().clock.today(),
                       statuses=STATUSES, status=status, clients={client.id: client})  # fmt: skip


@blueprint.post("/clientsinvoices.php")
@frame.permission("Create Invoice")
def create_invoice() -> Response:
    """Create Invoice: an empty draft, to be filled and published."""
    ctx = frame.ctx()
    with ctx.unit(read=True) as db:
        client = row_or_404(db, Client, number("userid"), "Client")
        method = client.defaultgateway or gateways.default(db)
    invoice_id = issuing.issue(ctx, client.id, [], status="Draft", paymentmethod=method)
    frame.note("success", "Draft Invoice Created", "Add its lines, then publish it.")
    return go(invoice_url(invoice_id))


#: tab of the invoice page -> its caption
TABS = {"summary": "Summary", "payment": "Add Payment", "options": "Options", "credit": "Credit", "refund": "Refund", "notes": "Notes"}
#: change -> the tab that it belongs to
_TAB_OF = {
    "addpayment": "payment", "options": "options", "addcredit": "credit", "removecredit": "credit", "refund": "refund", "notes": "notes",
}  # fmt: skip


def _view(invoice_id: int, wrong: str = "") -> Response:
    with frame.ctx().unit(read=True) as db:
        invoice = row_or_404(db, Invoice, invoice_id, "Invoice")
        client = db.get(Client, invoice.userid)
        items = invoices.items_of(db, invoice.id)
        balance = invoices.balance(db, invoice)
        paid = db.scalars(select(Transaction).where(Transaction.invoiceid == invoice.id).order_by(Transaction.id)).all()
        methods = [(one.module, one.displayname) for one in gateways.active(db)]
        overdue = invoices.is_overdue(db, invoice)
        more = invoicemoney.of_page(db, invoice)
        taxed = tax.taxes(db, "CustomInvoices")
    if invoice.paymentmethod not in [module for module, _name in methods]:
        methods.append((invoice.paymentmethod, invoice.paymentmethod or "None"))
    form = request.form if wrong else {}
    names = ("userid", "subtotal", "tax", "tax2", "credit", "total", "taxrate", "taxrate2", "paymentmethod")
    told = {name: getattr(invoice, name) for name in names} | {"invoiceid": invoice.id, "balance": balance}
    controls = hookoutput.html(hooks.fire(frame.ctx(), "AdminInvoicesControlsOutput", **told))
    tab = _TAB_OF.get(request.values.get("action", ""), request.args.get("tab", "summary"))
    more |= {"tabs": TABS, "tab": tab if tab in TABS else "summary", "refund_types": invoicemoney.REFUNDS,
             "captures": invoice.status == "Unpaid" and balance > 0 and invoicemoney.can_capture(invoice),
             "nonce": frame.host().entropy.token(24)}  # fmt: skip
    return page("invoice.html", f"Invoice #{invoices.number(invoice)}", invoice=invoice, client=client, items=items, wrong=wrong,
                balance=balance, payments=paid, methods=methods, overdue=overdue, given=form, taxed=taxed, today=frame.host().clock.today(),
                menu_url=URL, hook_html=controls, fixed=invoice.status in ("Paid", "Refunded"), **more)  # fmt: skip


@blueprint.post("/invoices.php")
@frame.permission("Manage Invoice")
def invoice_change() -> Response:
    """Save lines or options, add a payment, publish, cancel, mark unpaid, delete a draft's lines."""
    ctx, action = frame.ctx(), request.values.get("action", "")
    with ctx.unit(read=True) as db:
        invoice = row_or_404(db, Invoice, number("id"), "Invoice")
    back = invoice_url(invoice.id)
    if action == "cancel" and (
        asked := confirmed("Are you sure you want to cancel this invoice?", back, "Cancel Invoice")
    ):
        return asked
    changes = {
        "lines": _lines, "options": _options, "addpayment": invoicemoney.payment, "publish": _publish, "cancel": _status,
        "unpaid": _status, "paid": _mark_paid, "notes": _notes, "capture": invoicemoney.capture, "addcredit": invoicemoney.add_credit,
        "removecredit": invoicemoney.remove_credit, "refund": invoicemoney.refund, "resolve": invoicemoney.resolve,
    }  # fmt: skip
    if action not in changes:
        unknown_change("Invoices know", action)
    try:
        done = changes[action](invoice)
    except (
        *invoicemoney.ERRORS,
        invoices.InvoiceError,
        payments.PaymentRefused,
        gateways.GatewayError,
        money.MoneyError,
        ValueError,
    ) as error:
        return _view(invoice.id, str(error)[:1].upper() + str(error)[1:])
    frame.note("success", done)
    tab = _TAB_OF.get(action, "")
    return go(f"{back}&tab={tab}" if tab in ("credit", "refund", "notes", "options") else back)


def _lines(invoice: Invoice) -> str:
    form, edits = request.form, []
    for key in [name[12:-1] for name in form if name.startswith("description[")]:
        new = key == "new"
        if new and not form[f"description[{key}]"].strip():
            continue
        edits.append(
            editing.LineEdit(
                0 if new else int(key), form[f"description[{key}]"], money.amount(form.get(f"amount[{key}]", "0")),
                f"taxed[{key}]" in form, not new and f"delete[{key}]" in form,
            )
        )  # fmt: skip
    with frame.ctx().unit() as db:
        editing.edit_lines(db, row_or_404(db, Invoice, invoice.id, "Invoice"), edits)
    return "Changes Saved Successfully!"


def _options(invoice: Invoice) -> str:
    form = request.form
    with frame.ctx().unit() as db:
        row = row_or_404(db, Invoice, invoice.id, "Invoice")
        editing.edit_options(
            db, row, invoicenum=form.get("invoicenum", ""), day=invoicemoney.read_day("date"), duedate=invoicemoney.read_day("duedate"),
            paymentmethod=form.get("paymentmethod", ""), notes=form.get("notes", row.notes).replace("\r\n", "\n"),
        )  # fmt: skip
    return "Changes Saved Successfully!"


def _notes(invoice: Invoice) -> str:
    with frame.ctx().unit() as db:
        row = row_or_404(db, Invoice, invoice.id, "Invoice")
        row.notes = request.form.get("notes", "").replace("\r\n", "\n")
    return "Changes Saved Successfully!"


def _publish(invoice: Invoice) -> str:
    ctx = frame.ctx()
    with ctx.unit() as db:
        row = row_or_404(db, Invoice, invoice.id, "Invoice")
        if row.status != "Draft":
            raise ValueError("only a draft can be published")
        if not invoices.items_of(db, row.id):
            raise ValueError("an invoice without lines cannot be published; add a line first")
        invoices.set_status(db, row, "Unpaid")
        issuing.announce(db, row, "adminarea", "sendemail" in request.form)
    return "Invoice Published"


def _status(invoice: Invoice) -> str:
    cancel = request.values.get("action") == "cancel"
    with frame.ctx().unit() as db:
        row = row_or_404(db, Invoice, invoice.id, "Invoice")
        db.refresh(row, with_for_update=True)  # a payment of this very moment is not written over
        invoices.set_status(db, row, "Cancelled" if cancel else "Unpaid")
        if not cancel:
            row.date_cancelled = row.datepaid = None
    return "Invoice Cancelled" if cancel else "Invoice Marked Unpaid"


def _mark_paid(invoice: Invoice) -> str:
    with frame.ctx().unit() as db:
        row = row_or_404(db, Invoice, invoice.id, "Invoice")
        db.refresh(row, with_for_update=True)
        if row.status == "Paid":
            raise ValueError("the invoice is Paid already")
        invoices.mark_paid(db, row)
    return "Invoice Marked Paid"


@blueprint.get("/transactions.php")
@frame.permission("List Transactions")
def transaction_list() -> Response:
    """All payments and refunds."""
    text, order = request.args.get("transid", "").strip(), wanted_order(TRANSACTIONS)
    query = (
        select(Transaction, Client)
        .outerjoin(Client, Client.id == Transaction.userid)
        .order_by(*order(TRANSACTIONS, Transaction.id))
    )
    if text:
        query = query.where(begins(Transaction.transid, text))
    with frame.ctx().unit(read=True) as db:
        rows = paged(db, query, scalars=False)
        methods = {one.module: one.displayname for one in gateways.active(db)}
    return page("transactions.html", "Transactions List", page=rows, methods=methods, transid=text,
                order=order)  # fmt: skip
