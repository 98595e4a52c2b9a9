"""Test Gateway: it plays a payment vendor, with cards, a hosted page, callbacks, refunds and chargebacks. No money moves.

Which outcome a charge has is told by the card's number, unless the setting Outcome decides:

    4242 4242 4242 4242, 5555 5555 5555 4444, 3782 822463 10005   approved
    4000 0000 0000 0002                                           declined
    4000 0000 0000 0077                                           pending, until it is settled on the gateway's own page
    4000 0000 0000 0119                                           an error

A token begins with the outcome that its card will have.
"""

from modulehost.sdk import escape, store, token

from . import vendor


def testpay_MetaData():
    return {
        "DisplayName": "Test Gateway",
        "APIVersion": "1.1",
        "failedEmail": "Credit Card Payment Failed",
        "successEmail": "Credit Card Payment Confirmation",
        "pendingEmail": "Credit Card Payment Pending",
    }


def testpay_config():
    return {
        "FriendlyName": {"Type": "System", "Value": "Test Gateway"},
        "outcome": {
            "FriendlyName": "Outcome",
            "Type": "dropdown",
            "Options": {"": "By card number", "success": "Approve", "declined": "Decline", "pending": "Pending", "error": "Error"},
            "Description": "What becomes of every charge.",
        },
        "refunds": {
            "FriendlyName": "Refunds",
            "Type": "dropdown",
            "Options": {"": "Approve", "declined": "Decline", "error": "Error"},
        },
        "feepercent": {
            "FriendlyName": "Fee",
            "Type": "text",
            "Size": "6",
            "Default": "",
            "Description": "Per cent of each payment that the gateway keeps.",
        },
    }


def testpay_nolocalcc():
    """It can be charged without a card."""


def testpay_link(params):
    """A form that leads to the gateway's own page, signed so that the amount cannot be changed on the way."""
    fields = {name: str(params[name]) for name in ("invoiceid", "amount", "currency")}
    fields["sig"] = vendor.sign(fields)
    hidden = "".join(f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in fields.items())
    action = f"{params['systemurl']}modules/gateways/testpay/pay"
    return (
        f'<form method="get" action="{escape(action)}" class="payment-form">{hidden}'
        f'<button type="submit" class="btn btn-default btn-outline-secondary">{escape(params["langpaynow"])}</button></form>'
    )


def testpay_capture(params):
    outcome = params.get("outcome") or _by_card(params)
    if outcome == "error":
        return {"status": "error", "rawdata": "the vendor did not answer as it should"}
    if outcome == "declined":
        return {"status": "declined", "declinereason": "The card was declined", "rawdata": {"code": "card_declined"}}
    transid = f"{'PEND' if outcome == 'pending' else 'TEST'}-{params['invoiceid']}-{token(10)}"
    if outcome == "pending":
        vendor.remember(transid, params["invoiceid"], params["amount"])
        return {"status": "pending", "transid": transid, "rawdata": {"code": "processing"}}
    return {"status": "success", "transid": transid, "fee": vendor.fee(params), "rawdata": {"code": "approved"}}


def _by_card(params):
    known = params.get("gatewayid", "")
    if known:
        return known.split("_")[1] if known.startswith("tok_") and known.count("_") == 2 else "error"
    return vendor.outcome(params.get("cardnum", ""))


def testpay_refund(params):
    outcome = params.get("refunds")
    if outcome:
        return {"status": outcome, "declinereason": "The refund was declined", "rawdata": {"of": params["transid"]}}
    return {"status": "success", "transid": f"RF-{token(10)}", "fees": "0.00", "rawdata": {"of": params["transid"]}}


def testpay_storeremote(params):
    cards = store("cards")
    if params["action"] == "delete":
        cards.delete(params["gatewayid"])
        return {"status": "success"}
    if params["action"] == "update":
        return {"status": "success", "gatewayid": params["gatewayid"]}
    made = f"tok_{vendor.outcome(params['cardnum'])}_{token(16)}"
    cards.set(made, params["cardlastfour"])
    return {"status": "success", "gatewayid": made}
