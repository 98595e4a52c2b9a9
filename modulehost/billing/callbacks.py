"""What gateway modules ask of the host: the documented helper functions of callback files, as rows of `host.functions`.

Those that stop a callback raise GatewayHalted, whose text is the answer to whoever called.
"""

from decimal import Decimal
from typing import Any

from sqlalchemy import select

from modulehost import journal
from modulehost.billing import gatewaymodules, gateways, invoices, payments, paymethods, refunds
from modulehost.billing.cards import expires, months
from modulehost.context import Ctx, Host
from modulehost.contract import GatewayHalted
from modulehost.money import MoneyError, amount
from modulehost.schema import Client, Invoice, Transaction


def register(host: Host) -> None:
    """Offer them to modules."""
    host.functions |= {
        "getGatewayVariables": variables, "checkCbInvoiceID": check_invoice, "checkCbTransID": check_transid,
        "logTransaction": log, "addInvoicePayment": add_payment, "paymentReversed": reversed_, "paymentPending": pending,
        "createCardPayMethod": create_card, "updateCardPayMethod": update_card, "createBankPayMethod": create_bank,
        "updateBankPayMethod": update_bank,
    }  # fmt: skip


def variables(ctx: Ctx, name: str) -> dict[str, Any]:
    """The settings of an active gateway, with company and address; `type` is its type."""
    with ctx.unit(read=True) as db:
        try:
            gateways.find(db, name)
        except gateways.GatewayError:
            raise GatewayHalted("Module Not Activated") from None
        return gatewaymodules.params(db, name)


def check_invoice(ctx: Ctx, invoice_id: Any, name: str) -> int:
    """The invoice's id; a callback about an invoice that does not exist is logged and halted."""
    text = str(invoice_id).strip()
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else 0
    with ctx.unit() as db:
        if number and db.get(Invoice, number) is not None:
            return number
        gatewaymodules.log(db, name, {"invoiceid": text}, "Invoice ID Not Found")
    raise GatewayHalted("Invoice ID Not Found")


def check_transid(ctx: Ctx, transid: str) -> None:
    """Halt when a transaction of this id is there already."""
    with ctx.unit(read=True) as db:
        if (
            transid
            and db.scalar(select(Transaction.id).where(Transaction.transid == str(transid)).limit(1)) is not None
        ):
            raise GatewayHalted("Transaction ID Already Exists")


def log(ctx: Ctx, name: str, data: Any, status: str) -> None:
    """Write to the gateway log."""
    with ctx.unit() as db:
        gatewaymodules.log(db, name, data, status)


def add_payment(ctx: Ctx, invoice_id: Any, transid: str, paid: Any, fee: Any, name: str) -> bool:
    """Apply a payment; without an amount, what is due. A refusal is an entry of the gateway log; the answer is whether it was applied."""
    try:
        sum_ = _money(paid) or None
        payments.pay(ctx, int(invoice_id), str(transid), name, sum_, _money(fee))
    except (payments.PaymentRefused, MoneyError) as refused:
        log(
            ctx,
            name,
            {"invoiceid": invoice_id, "transid": transid, "amount": paid, "reason": str(refused)},
            "Payment Refused",
        )
        return False
    return True


def reversed_(ctx: Ctx, reverse_transid: str, original_transid: str) -> None:
    """A payment was reversed. Raises ValueError when there is none of that id, or it was reversed already."""
    refunds.reverse(ctx, str(reverse_transid), str(original_transid))


def pending(ctx: Ctx, invoice_id: int, transid: str = "") -> None:
    """The money is on its way: an unpaid invoice is Payment Pending."""
    with ctx.unit() as db:
        invoice = db.get(Invoice, invoice_id, with_for_update=True, populate_existing=True)
        if invoice is not None and invoice.status == "Unpaid":
            invoices.set_status(db, invoice, "Payment Pending")
            journal.activity(
                db, f"Payment pending on Invoice ID: {invoice_id} (Transaction ID: {transid})", invoice.userid
            )


def create_card(
    ctx: Ctx, client_id: int, name: str, token: str, number: str, expiry: str, brand: str, description: str
) -> int:
    """Keep a card that the gateway knows by its token; of the number only the last four digits are taken."""
    return paymethods.add_token(
        ctx,
        _client(ctx, client_id),
        name,
        token,
        brand=brand or "Card",
        last_four=number[-4:],
        expiry=_expiry(expiry),
        description=description,
    )


def update_card(ctx: Ctx, client_id: int, paymethod_id: int, expiry: str) -> None:
    """Change a card's expiry, MMYY."""
    with ctx.unit() as db:
        held = paymethods.find(db, client_id, paymethod_id)
        if held is None or held.card is None:
            raise ValueError("Invalid Pay Method ID")
        held.card.expiry_date = expires(_expiry(expiry))


def create_bank(ctx: Ctx, client_id: int, name: str, code: str, account: str, bank_name: str, token: str) -> int:
    """Keep a bank account for the gateway."""
    return paymethods.add_bank(
        ctx, _client(ctx, client_id), paymethods.Bank(code, account, bank_name), name, token=token
    )


def update_bank(ctx: Ctx, client_id: int, paymethod_id: int, code: str, account: str, bank_name: str) -> None:
    """Change a bank account's details."""
    paymethods.update(ctx, client_id, paymethod_id, bank=paymethods.Bank(code, account, bank_name))


def _client(ctx: Ctx, client_id: int) -> int:
    with ctx.unit(read=True) as db:
        if db.get(Client, client_id) is None:
            raise ValueError("Invalid Client ID")
    return client_id


def _expiry(text: str) -> str:
    found = months(text)
    if found is None:
        raise ValueError("Expiry Date is invalid")
    return found


def _money(value: Any) -> Decimal:
    return amount(str(value if value is not None else ""))
