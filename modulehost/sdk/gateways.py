"""Payment gateways: the helper functions of callbacks, under their public names. They belong into a gateway's web.py."""

from typing import Any

from modulehost.sdk import calling


def getGatewayVariables(name: str) -> dict[str, Any]:
    """The settings of an active gateway by field name. Raises GatewayHalted when it is not active."""
    found: dict[str, Any] = calling.function("getGatewayVariables")(calling.ctx(), name)
    return found


def checkCbInvoiceID(invoice_id: Any, name: str) -> int:
    """The id of the invoice that a callback names. Raises GatewayHalted (and logs it) when there is none."""
    found: int = calling.function("checkCbInvoiceID")(calling.ctx(), invoice_id, name)
    return found


def checkCbTransID(transid: str) -> None:
    """Raises GatewayHalted when a transaction of this id is recorded already."""
    calling.function("checkCbTransID")(calling.ctx(), transid)


def logTransaction(name: str, data: Any, status: str) -> None:
    """Write to the gateway log; `data` is a map or a text. The gateway's secret settings are masked."""
    calling.function("logTransaction")(calling.ctx(), name, data, status)


def addInvoicePayment(invoice_id: int, transid: str, amount: Any = "", fee: Any = "0.00", name: str = "") -> bool:
    """Apply a payment to an invoice; without an amount, what is due. Returns whether it was applied; the log says why not."""
    found: bool = calling.function("addInvoicePayment")(calling.ctx(), invoice_id, transid, amount, fee, name or calling.who()[1])
    return found


def paymentReversed(reverse_transid: str, original_transid: str) -> None:
    """A payment went back (chargeback): its invoice is unpaid again, due dates go back. Raises ValueError when it is not known."""
    calling.function("paymentReversed")(calling.ctx(), reverse_transid, original_transid)


def paymentPending(invoice_id: int, transid: str = "") -> None:
    """The money is on its way: the invoice is Payment Pending until it is paid. A name of this host's own."""
    calling.function("paymentPending")(calling.ctx(), invoice_id, transid)


def createCardPayMethod(
    client_id: int, gateway: str, token: str, card_number: str, expiry: str, card_type: str = "", description: str = ""
) -> int:
    """Keep a card by the gateway's token; `expiry` is MMYY, of the number only the last four digits stay. Returns the pay method's id."""
    found: int = calling.function("createCardPayMethod")(
        calling.ctx(), client_id, gateway, token, card_number, expiry, card_type, description
    )
    return found


def updateCardPayMethod(client_id: int, pay_method_id: int, expiry: str) -> None:
    """Change a kept card's expiry, MMYY."""
    calling.function("updateCardPayMethod")(calling.ctx(), client_id, pay_method_id, expiry)


def createBankPayMethod(
    client_id: int, gateway: str, bank_code: str, bank_account: str, bank_name: str = "", token: str = ""
) -> int:
    """Keep a bank account; returns the pay method's id."""
    found: int = calling.function("createBankPayMethod")(
        calling.ctx(), client_id, gateway, bank_code, bank_account, bank_name, token
    )
    return found


def updateBankPayMethod(client_id: int, pay_method_id: int, bank_code: str, bank_account: str, bank_name: str = "") -> None:
    """Change a kept bank account's details."""
    calling.function("updateBankPayMethod")(calling.ctx(), client_id, pay_method_id, bank_code, bank_account, bank_name)
