"""Billing actions about stored pay methods, and charging them.

Card numbers are never stored here: a CreditCard goes to a gateway that keeps it, as a RemoteCreditCard does, and answers as one.
"""

from typing import Any

from modulehost.api.registry import action
from modulehost.api.values import ApiError, Values
from modulehost.billing import cards, gatewaycalls, gateways, paymethods
from modulehost.billing.dates import moment_text
from modulehost.billing.paymethods import PayMethodRefused, Shown
from modulehost.context import Ctx
from modulehost.schema import Client, Invoice

_CARDS = (paymethods.CARD, paymethods.REMOTE_CARD)
_BANKS = (paymethods.BANK, paymethods.REMOTE_BANK)


@action("AddPayMethod", "Billing")
def add_pay_method(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Store a card or bank account of a client."""
    if not values.has("clientid"):
        raise ApiError("Client ID Is Required")
    client_id, gateway = values.number("clientid"), values.text("gateway_module_name")
    with ctx.unit(read=True) as db:
        if db.get(Client, client_id) is None:
            raise ApiError("Invalid Client ID")
        active = [one.module for one in gateways.active(db)]
    kind = values.text("type", paymethods.CARD) or paymethods.CARD
    if kind not in (*_CARDS, paymethods.BANK):
        raise ApiError("Invalid Pay Method Type. Type should be one of 'BankAccount', 'CreditCard', or 'RemoteCreditCard'")
    if kind == paymethods.REMOTE_CARD and not gateway:
        raise ApiError("Gateway is Required for RemoteCreditCard type")
    if gateway and gateway not in active:
        raise ApiError(f"Invalid Gateway Module Name. Must be one of: {', '.join(active)}")
    note, default = values.text("description"), values.flag("set_as_default")
    try:
        if kind == paymethods.BANK:
            bank = paymethods.Bank(
                values.text("bank_code"), values.text("bank_account"), values.text("bank_name"), values.text("bank_account_type")
            )
            made = paymethods.add_bank(ctx, client_id, bank, gateway, note, default)
        else:
            for name, text in (("card_number", "Card Number"), ("card_expiry", "Expiry Date")):
                if not values.has(name):
                    raise ApiError(f"{text} is required for 'CreditCard' or 'RemoteCreditCard' type")
            card = cards.read(
                values.text("card_number"), values.text("card_expiry"), ctx.host.clock.today(), start=values.text("card_start"),
                issue=values.text("card_issue_number"),
            )  # fmt: skip
            made = paymethods.add_card(ctx, client_id, card, gateway, note, default)
    except (cards.CardError, PayMethodRefused) as refused:
        raise ApiError(str(refused)) from None
    return {"clientid": client_id, "paymethodid": made}


@action("GetPayMethods", "Billing")
def get_pay_methods(ctx: Ctx, values: Values) -> dict[str, Any]:
    """The stored pay methods of a client, the default first."""
    if not values.has("clientid"):
        raise ApiError("Client ID Is Required")
    client_id, kind = values.number("clientid"), values.text("type")
    if kind and kind not in (paymethods.BANK, paymethods.CARD):
        raise ApiError("Invalid Pay Method Type. Should be 'BankAccount' or 'CreditCard'")
    with ctx.unit(read=True) as db:
        if db.get(Client, client_id) is None:
            raise ApiError("Client Not Found")
        held = paymethods.of_client(db, client_id)
        wanted = {paymethods.BANK: _BANKS, paymethods.CARD: _CARDS}.get(kind, (*_BANKS, *_CARDS))
        found = [
            _listed(one) | {"last_updated": moment_text(db, one.row.updated_at)}
            for one in held
            if one.row.payment_type in wanted and values.number("paymethodid", one.id) == one.id
        ]
    return {"clientid": client_id, "paymethods": found}


def _listed(one: Shown) -> dict[str, Any]:
    secret = one.secret or {}
    shown: dict[str, Any] = {
        "id": one.id, "type": one.row.payment_type, "description": one.row.description, "gateway_name": one.row.gateway_name,
        "contact_type": one.row.contact_type, "contact_id": one.row.contact_id,
    }  # fmt: skip
    if one.card is not None:
        return shown | {
            "card_last_four": one.card.last_four, "expiry_date": _month(one.expiry), "start_date": _month(secret.get("start", "")),
            "issue_number": secret.get("issue", ""), "card_type": one.card.card_type, "remote_token": one.token,
        }  # fmt: skip
    bank = one.bank
    return shown | {"bank_name": bank.bank_name if bank else "", "remote_token": one.token}


def _month(text: str) -> str:
    return f"{text[:2]}/{text[2:]}" if text else ""


def _own(ctx: Ctx, values: Values, needed: str) -> tuple[int, Shown]:
    """Client and pay method as the parameters name them, in the order in which the reference checks them."""
    names = {"clientid": "Client ID is Required", "paymethodid": "Pay Method ID is Required"}
    for name in (needed, *(one for one in names if one != needed)):
        if not values.has(name):
            raise ApiError(names[name])
    client_id = values.number("clientid")
    with ctx.unit(read=True) as db:
        row = paymethods.row_of(db, values.number("paymethodid"))
        if row is None:
            raise ApiError("Invalid Pay Method ID")
        held = paymethods.find(db, client_id, row.id)
    if held is None:
        raise ApiError("Pay Method does not belong to passed Client ID")
    return client_id, held


@action("UpdatePayMethod", "Billing")
def update_pay_method(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Edit a stored pay method."""
    client_id, held = _own(ctx, values, "paymethodid")
    texts = ("card_number", "card_expiry", "card_start", "card_issue_number", "bank_name", "bank_account_type", "bank_code", "bank_account")
    default = values.flag("set_as_default")
    if not any(values.has(name) for name in texts) and not default:
        raise ApiError("No Details Provided for Update")
    if values.has("card_number"):
        raise ApiError("Unable to Update Card Number for Assisted Gateway")
    expiry = None
    if values.has("card_expiry"):
        expiry = cards.months(values.text("card_expiry"))
        if expiry is None or cards.expires(expiry) < ctx.host.clock.now():
            raise ApiError("Expiry Date is invalid")
    if values.has("card_start") and cards.months(values.text("card_start")) is None:
        raise ApiError("Start Date is invalid")
    bank = paymethods.Bank(
        values.text("bank_code"), values.text("bank_account"), values.text("bank_name"), values.text("bank_account_type")
    )
    try:
        paymethods.update(
            ctx, client_id, held.id, expiry=expiry if held.card else None, bank=bank if held.bank else None, default=default
        )
    except PayMethodRefused as refused:
        raise ApiError(str(refused)) from None
    return {"clientid": client_id, "paymethodid": held.id}


@action("DeletePayMethod", "Billing")
def delete_pay_method(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Delete a stored pay method, at its gateway too."""
    client_id, held = _own(ctx, values, "clientid")
    try:
        paymethods.delete(ctx, client_id, held.id, strict=values.flag("failonremotefailure"))
    except PayMethodRefused as refused:
        raise ApiError(str(refused)) from None
    return {"paymethodid": held.id}


@action("CapturePayment", "Billing")
def capture_payment(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Charge an unpaid invoice by the client's stored pay method."""
    with ctx.unit(read=True) as db:
        invoice = db.get(Invoice, values.number("invoiceid"))
    if invoice is None or invoice.status != "Unpaid":
        raise ApiError("Invoice Not Found or Not Unpaid")
    try:
        done = gatewaycalls.capture(ctx, invoice.id, cvv=values.text("cvv"))
    except (gatewaycalls.CallRefused, gateways.GatewayError):
        raise ApiError("Payment Attempt Failed") from None
    if not done.ok:
        raise ApiError("Payment Attempt Failed")
    return {}


