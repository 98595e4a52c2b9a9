"""A client's credit log and stored pay methods."""

from flask import request
from sqlalchemy import select
from werkzeug.wrappers import Response

from modulehost import money
from modulehost.billing import credit, gateways, paymethods
from modulehost.billing.credit import CreditRefused
from modulehost.money import MoneyError
from modulehost.schema import Admin, Credit
from modulehost.web import frame
from modulehost.web.admin.client_frame import client_of, client_page
from modulehost.web.admin.paging import paged
from modulehost.web.admin.site import blueprint, confirmed, go, number, unknown_change

CREDITS = "/admin/clientscredits.php"
PAY_METHODS = "/admin/clientspaymethods.php"


@blueprint.get("/clientscredits.php")
@frame.permission("View Credit Log")
def client_credits() -> Response:
    """The movements of the client's credit, the newest first, and the form for one by hand."""
    return _credits("")


def _credits(wrong: str) -> Response:
    client = client_of()
    with frame.ctx().unit(read=True) as db:
        rows = paged(db, select(Credit).where(Credit.clientid == client.id).order_by(Credit.id.desc()))
        admins = {row.id: f"{row.firstname} {row.lastname}".strip() or row.username for row in db.scalars(select(Admin))}
    return client_page("client_credits.html", client, "credits", page=rows, admins=admins, wrong=wrong, given=request.form,
                       nonce=frame.host().entropy.token(24), code=422 if wrong else 200)  # fmt: skip


@blueprint.post("/clientscredits.php")
@frame.permission("Manage Credits")
def change_credits() -> Response:
    """Add to (`type` add) or remove from the client's credit."""
    client, form, ctx = client_of(), request.form, frame.ctx()
    kind = form.get("type", "add")
    if kind not in ("add", "remove"):
        unknown_change("The credit knows", kind)
    try:
        sum_ = money.amount(form.get("amount", ""))
        if sum_ <= 0:
            raise CreditRefused("the amount must be above zero")
        text = form.get("description", "").strip()
        if not text:
            raise CreditRefused("write what the credit is for")
        credit.change(ctx, client.id, sum_ if kind == "add" else -sum_, text, once_key=form.get("nonce", "")[:64])
    except (MoneyError, CreditRefused) as refused:
        return _credits(str(refused)[:1].upper() + str(refused)[1:])
    frame.note("success", "Credit Added" if kind == "add" else "Credit Removed")
    return go(f"{CREDITS}?userid={client.id}")


@blueprint.get("/clientspaymethods.php")
@frame.permission("View Credit Card Details")
def client_pay_methods() -> Response:
    """The client's stored cards and bank accounts: never more of a number than its last four digits."""
    client, ctx = client_of(), frame.ctx()
    with ctx.unit(read=True) as db:
        rows = paymethods.of_client(db, client.id)
        names = {one.module: one.displayname for one in gateways.active(db)}
    expired = {one.id for one in rows if paymethods.expired(ctx, one)}
    return client_page("client_paymethods.html", client, "paymethods", rows=rows, names=names, expired=expired)


@blueprint.post("/clientspaymethods.php")
@frame.permission("Update/Delete Stored Credit Card")
def change_pay_methods() -> Response:
    """`action` default or delete, for the pay method `paymethodid`."""
    client, ctx, action = client_of(), frame.ctx(), request.form.get("action", "")
    back = f"{PAY_METHODS}?userid={client.id}"
    if action not in ("default", "delete"):
        unknown_change("Pay methods know", action)
    question = "Are you sure you want to delete this pay method? The gateway forgets it, too."
    if action == "delete" and (asked := confirmed(question, back, "Delete Pay Method")):
        return asked
    try:
        if action == "default":
            paymethods.set_default(ctx, client.id, number("paymethodid"))
            frame.note("success", "Changes Saved Successfully!")
        else:
            paymethods.delete(ctx, client.id, number("paymethodid"))
            frame.note("success", "Pay Method Deleted")
    except paymethods.PayMethodRefused as refused:
        frame.note("error", "Nothing was changed", str(refused))
    return go(back)
