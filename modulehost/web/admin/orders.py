"""Orders: List All Orders and one order."""

from flask import request
from sqlalchemy import select
from werkzeug.wrappers import Response

from modulehost import hooks
from modulehost.billing import gateways, invoices
from modulehost.billing.catalog import Invalid
from modulehost.ordering import acceptance, orders
from modulehost.schema import Admin, Client, Invoice, Order, OrderStatus, User
from modulehost.vault import hash_token
from modulehost.web import frame
from modulehost.web.admin import order_setup
from modulehost.web.admin.paging import MOST, given, page_size, wanted_order
from modulehost.web.admin.site import blueprint, confirmed, go, number, page, problems, row_or_404, sent, unknown_change

URL = "/admin/orders.php"


@blueprint.get("/orders.php")
@frame.permission("View Orders")
def order_list() -> Response:
    """Manage Orders; `action=view&id=` shows one."""
    if request.args.get("action") == "view":
        frame.require("View Order Details")
        return _view(number("id"))
    status = request.args.get("status", "")
    filters = {
        "status": status, "client": request.args.get("client", "").strip(), "id": number("orderid"),
        "ordernum": number("ordernum"), "userid": number("userid"), "paymentstatus": request.args.get("paymentstatus", ""),
    }  # fmt: skip
    order = wanted_order(orders.ORDERS)
    with frame.ctx().unit(read=True) as db:
        rows = given(
            lambda start, count: orders.search(
                db, filters, start=start, size=count, most=MOST, orderby=order.by, descending=order.falling
            ),
            page_size(db),
        )
        clients = {
            row.id: row for row in db.scalars(select(Client).where(Client.id.in_({o.userid for o in rows.rows})))
        }
        bills = {
            row.id: row for row in db.scalars(select(Invoice).where(Invoice.id.in_({o.invoiceid for o in rows.rows})))
        }
        methods = {one.module: one.displayname for one in gateways.active(db)}
        statuses = db.scalars(select(OrderStatus.title).order_by(OrderStatus.sortorder, OrderStatus.id)).all()
    title = f"Manage Orders: {status}" if status else "Manage Orders"
    return page("orders.html", title, page=rows, clients=clients, bills=bills, methods=methods, statuses=list(statuses),
                filters=filters, order=order)  # fmt: skip


def order_url(order_id: int) -> str:
    """Where an order is shown."""
    return f"{URL}?action=view&id={order_id}"


def _view(order_id: int, found: dict[str, str] | None = None) -> Response:
    ctx = frame.ctx()
    with ctx.unit(read=True) as db:
        order = row_or_404(db, Order, order_id, "Order")
        client = db.get(Client, order.userid)
        lines = orders.lines(db, order.id)
        invoice = db.get(Invoice, order.invoiceid) if order.invoiceid else None
        due = invoices.balance(db, invoice) if invoice else None
        waiting = order_setup.waiting(db, order) if order.status == "Pending" else []
        method = invoices.method_name(db, order.paymentmethod)
        user = db.get(User, order.requestor_id) if order.requestor_id else None
        admin = db.get(Admin, order.admin_requestor_id) if order.admin_requestor_id else None
    hooks.fire(
        ctx, "ViewOrderDetailsPage", orderid=order.id, ordernum=order.ordernum, userid=order.userid, amount=order.amount,
        paymentmethod=order.paymentmethod, invoiceid=order.invoiceid, status=order.status,
    )  # fmt: skip
    return page("order.html", f"Order #{order.ordernum}", order=order, client=client, lines=lines, invoice=invoice, due=due,
                waiting=waiting, method=method, user=user, admin_user=admin, nonce=ctx.host.entropy.token(24), found=found or {},
                given=sent(), menu_url=URL)  # fmt: skip


@blueprint.post("/orders.php")
@frame.permission("View Order Details")
def order_change() -> Response:
    """Accept Order, Set Back to Pending, Cancel, Set as Fraud, Delete, and saving the notes."""
    ctx, action = frame.ctx(), request.values.get("action", "")
    if action == "delete":
        frame.require("Delete Order")
    with ctx.unit(read=True) as db:
        order = row_or_404(db, Order, number("id"), "Order")
    questions = {
        "cancel": "Are you sure you want to cancel this order? Services that run already are terminated.",
        "fraud": "Are you sure you want to set this order as fraud? Services that run already are terminated.",
        "delete": "Are you sure you want to delete this order? Its services and its invoice are deleted, too.",
    }
    if action in questions and (asked := confirmed(questions[action], order_url(order.id), f"Order #{order.ordernum}")):
        return asked
    if action == "accept":
        key = hash_token(f"{request.form.get('nonce', '')}:accept:{order.id}") if request.form.get("nonce") else ""
        chosen = "choices" in request.form
        name = "changepackage" if "upgrades" in request.form else "autosetup"  # what an order of upgrades can run
        autosetup = name in request.form if chosen else None
        sendemail = "sendemail" in request.form or "choices" not in request.form
        try:
            forced = order_setup.decided(ctx, order, request.form) if chosen else {}
        except Invalid as error:
            return _view(order.id, problems(error))
        errors = acceptance.accept(
            ctx, order.id, autosetup=autosetup, sendemail=sendemail, request_key=key, forced=forced
        )
        done = "Order Accepted"
    elif action == "pending":
        errors, done = acceptance.pend(ctx, order.id), "Order Set Back to Pending"
    elif action == "cancel":
        errors, done = acceptance.cancel(ctx, order.id), "Order Cancelled"
    elif action == "fraud":
        errors, done = acceptance.fraud(ctx, order.id), "Order Set as Fraud"
    elif action == "delete":
        errors, done = acceptance.delete(ctx, order.id), "Order Deleted"
    elif action == "notes":
        with ctx.unit() as db:
            row_or_404(db, Order, order.id, "Order").notes = request.form.get("notes", "").replace("\r\n", "\n")
        errors, done = [], "Notes Saved"
    else:
        unknown_change("Orders know", action)
    if errors:
        frame.note(
            "error",
            "The order was not changed" if action != "accept" else "The order was not accepted",
            "\n".join(errors),
        )
    else:
        frame.note("success", done, f"#{order.ordernum}")
    return go(URL if action == "delete" and not errors else order_url(order.id))
