"""The Test Gateway's pages: the hosted payment page, the callback, and the vendor's desk for staff.

The callback has the documented address, /modules/gateways/callback/testpay.php.
"""

from flask import Blueprint, redirect, request

from modulehost.sdk import (
    GatewayHalted,
    addInvoicePayment,
    admin_page,
    checkCbInvoiceID,
    checkCbTransID,
    csrf,
    getGatewayVariables,
    logTransaction,
    may,
    module_url,
    note,
    paymentPending,
    paymentReversed,
    render,
    system_url,
    token,
    webhook,
)

from . import vendor

NAME = "testpay"
PERMISSION = "Configure Payment Gateways"
blueprint = Blueprint("testpay", __name__)


@blueprint.get("/pay")
def pay():
    """Where the client chooses what the vendor shall do."""
    fields = {name: request.args.get(name, "") for name in ("invoiceid", "amount", "currency", "sig")}
    if not vendor.genuine(fields):
        return render("templates/message.tpl", text="This payment link is not valid. Go back to the invoice and begin again."), 400
    back = f"{system_url()}viewinvoice.php?id={fields['invoiceid']}"
    return render("templates/pay.tpl", **fields, token=csrf(), back=back, action=module_url("pay"), style=module_url("style.css"))


@blueprint.post("/pay")
def paid():
    """The vendor sends the browser back with its answer."""
    fields = {name: request.form.get(name, "") for name in ("invoiceid", "amount", "currency", "sig")}
    if not vendor.genuine(fields):
        return render("templates/message.tpl", text="This payment link is not valid. Go back to the invoice and begin again."), 400
    status = request.form.get("outcome", "declined")
    answer = {"status": status, "invoiceid": fields["invoiceid"], "amount": fields["amount"], "transid": f"TP-{token(12)}"}
    query = "&".join(f"{name}={value}" for name, value in {**answer, "sig": vendor.sign(answer)}.items())
    return redirect(f"{system_url()}modules/gateways/callback/{NAME}.php?{query}", 303)


@blueprint.route("/callback", methods=["GET", "POST"])
@webhook
def callback():
    """The vendor tells what became of a payment; a browser that brings the answer goes back to the invoice."""
    fields = dict(request.values.items())
    if not vendor.genuine(fields):
        logTransaction(NAME, fields, "Invalid Signature")
        raise GatewayHalted("Invalid Signature")
    said = hear(fields)
    ending = {"success": "paymentsuccess", "pending": "paymentpending"}.get(said, "paymentfailed")
    return redirect(f"{system_url()}viewinvoice.php?id={fields.get('invoiceid', '')}&{ending}=true", 303)


def hear(fields):
    """Do what a genuine answer says."""
    variables = getGatewayVariables(NAME)
    status, transid = fields["status"], fields["transid"]
    if status == "reversed":
        logTransaction(NAME, fields, "Reversed")
        paymentReversed(transid, fields["original"])
        return status
    invoice_id = checkCbInvoiceID(fields["invoiceid"], NAME)
    checkCbTransID(transid)
    logTransaction(NAME, fields, status.capitalize())
    if status == "success":
        vendor.forget(transid)
        addInvoicePayment(invoice_id, transid, fields["amount"], vendor.fee({**variables, **fields}), NAME)
    elif status == "pending":
        vendor.remember(transid, invoice_id, fields["amount"])
        paymentPending(invoice_id, transid)
    else:
        vendor.forget(transid)
    return status


@blueprint.get("/desk")
@admin_page
def desk():
    """For staff: settle or drop what is pending, and charge back what was paid."""
    if not may(PERMISSION):
        return render("templates/message.tpl", text=f"Your role lacks the permission {PERMISSION}."), 403
    rows = [{"transid": transid, "invoice": invoice, "amount": amount} for transid, invoice, amount in vendor.waiting()]
    return render("templates/desk.tpl", rows=rows, token=csrf(), action=module_url("desk"), style=module_url("style.css"),
                  back="/admin/configgateways.php")  # fmt: skip


@blueprint.post("/desk")
@admin_page
def act():
    """`do` is settle, drop or chargeback; `transid` names the payment."""
    if not may(PERMISSION):
        return render("templates/message.tpl", text=f"Your role lacks the permission {PERMISSION}."), 403
    doing, transid = request.form.get("do", ""), request.form.get("transid", "").strip()
    held = {one[0]: one for one in vendor.waiting()}
    try:
        if doing == "chargeback":
            hear({"status": "reversed", "transid": f"CB-{token(10)}", "original": transid})
        elif transid in held:
            _transid, invoice, amount = held[transid]
            hear({"status": "success" if doing == "settle" else "declined", "transid": transid, "invoiceid": invoice, "amount": amount})
        else:
            raise ValueError("there is no such pending payment")
    except (GatewayHalted, ValueError) as failure:
        note("error", "Nothing was changed", str(failure))
    else:
        note("success", "Done")
    return redirect(module_url("desk"), 303)
