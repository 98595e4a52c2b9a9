"""Pay methods by API, and charging them."""

from modulehost.billing import gateways
from modulehost.context import Ctx
from tests.api.client import CLIENT, Api

CARD = {"card_number": "4242424242424242", "card_expiry": "1239"}


def client(api: Api, email: str = "a@example.com") -> int:
    return int(api("AddClient", **{**CLIENT, "email": email}, noemail="1")["clientid"])


def test_cards(any_api: Api) -> None:
    api = any_api
    who, other = client(api), client(api, "b@example.com")
    for values, text in (
        ({"clientid": ""}, "Client ID Is Required"),
        ({"clientid": 9}, "Invalid Client ID"),
        ({"type": "Cash"}, "Invalid Pay Method Type. Type should be one of 'BankAccount', 'CreditCard', or 'RemoteCreditCard'"),
        ({"type": "RemoteCreditCard"}, "Gateway is Required for RemoteCreditCard type"),
        ({"card_number": ""}, "Card Number is required for 'CreditCard' or 'RemoteCreditCard' type"),
        ({"card_expiry": ""}, "Expiry Date is required for 'CreditCard' or 'RemoteCreditCard' type"),
        ({"card_expiry": "1326"}, "Expiry Date is invalid"),
        ({"card_start": "99"}, "Start Date is invalid"),
        ({"card_issue_number": "x"}, "Issue Number is invalid"),
        ({"gateway_module_name": "gold"}, "Invalid Gateway Module Name. Must be one of: mailin, testpay"),
        ({"gateway_module_name": "mailin"}, "Unsupported Gateway Type for Storage"),
        ({"type": "BankAccount"}, "Routing number is required"),
        ({"type": "BankAccount", "bank_code": "1"}, "Account number is required"),
        ({"type": "BankAccount", "bank_code": "1", "bank_account": "2"}, "Gateway is Required for Bank Account Storage"),
    ):
        assert api.refused("AddPayMethod", **{"clientid": who, **CARD, **values}) == text
    made = api.ok("AddPayMethod", clientid=who, description="Default Card", **CARD)["paymethodid"]
    second = api.ok("AddPayMethod", clientid=who, set_as_default="1", **{**CARD, "card_number": "5555555555554444"})["paymethodid"]
    held = api.ok("GetPayMethods", clientid=who)["paymethods"]
    assert [(one["id"], one["card_last_four"], one["expiry_date"], one["card_type"], one["gateway_name"]) for one in held] == [
        (second, "4444", "12/39", "MasterCard", "testpay"), (made, "4242", "12/39", "Visa", "testpay"),
    ]  # fmt: skip
    assert [one["id"] for one in api.ok("GetPayMethods", clientid=who, paymethodid=made)["paymethods"]] == [made]
    assert api.ok("GetPayMethods", clientid=who, type="BankAccount")["paymethods"] == []
    assert api.refused("GetPayMethods", clientid=9) == "Client Not Found"
    assert api.refused("GetPayMethods", clientid=who, type="x") == "Invalid Pay Method Type. Should be 'BankAccount' or 'CreditCard'"
    assert api.refused("UpdatePayMethod", clientid=who) == "Pay Method ID is Required"
    assert api.refused("UpdatePayMethod", paymethodid=made) == "Client ID is Required"
    assert api.refused("UpdatePayMethod", clientid=who, paymethodid=99, card_expiry="0140") == "Invalid Pay Method ID"
    assert api.refused("UpdatePayMethod", clientid=other, paymethodid=made) == "Pay Method does not belong to passed Client ID"
    assert api.refused("UpdatePayMethod", clientid=who, paymethodid=made) == "No Details Provided for Update"
    assert api.refused("UpdatePayMethod", clientid=who, paymethodid=made, **CARD) == "Unable to Update Card Number for Assisted Gateway"
    assert api.refused("UpdatePayMethod", clientid=who, paymethodid=made, card_expiry="0120") == "Expiry Date is invalid"
    api.ok("UpdatePayMethod", clientid=who, paymethodid=made, card_expiry="0140", set_as_default="1")
    assert api.ok("GetPayMethods", clientid=who)["paymethods"][0]["expiry_date"] == "01/40"
    assert api.refused("DeletePayMethod", clientid=other, paymethodid=made) == "Pay Method does not belong to passed Client ID"
    api.ok("DeletePayMethod", clientid=who, paymethodid=made, failonremotefailure="1")
    assert [one["id"] for one in api.ok("GetPayMethods", clientid=who)["paymethods"]] == [second]


def test_capture(api: Api, ctx: Ctx) -> None:
    who = client(api)
    line = {"itemdescription1": "Work", "itemamount1": "20.00"}
    one = api.ok("CreateInvoice", userid=who, paymentmethod="testpay", **line)["invoiceid"]
    assert api.ok("GetInvoice", invoiceid=one)["ccgateway"] is True
    api.ok("AddPayMethod", clientid=who, **{**CARD, "card_number": "4000000000000002"})
    assert api.refused("CapturePayment", invoiceid=one) == "Payment Attempt Failed"
    with ctx.unit() as db:
        gateways.store(db, "testpay", {"outcome": "success"})
    api.ok("CapturePayment", invoiceid=one, cvv="123")
    assert api.ok("GetInvoice", invoiceid=one)["status"] == "Paid"
    for invoice in (one, 99):
        assert api.refused("CapturePayment", invoiceid=invoice) == "Invoice Not Found or Not Unpaid"
    by_mail = api.ok("CreateInvoice", userid=who, paymentmethod="mailin", **line)["invoiceid"]
    assert api.ok("GetInvoice", invoiceid=by_mail)["ccgateway"] is False
    assert api.refused("CapturePayment", invoiceid=by_mail) == "Payment Attempt Failed"
