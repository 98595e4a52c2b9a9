"""Mail In Payment: clients read how to pay; staff record the payment when it arrives."""

from modulehost.sdk import escape


def mailin_MetaData():
    return {"DisplayName": "Mail In Payment", "APIVersion": "1.1"}


def mailin_config():
    return {
        "FriendlyName": {"Type": "System", "Value": "Mail In Payment"},
        "instructions": {
            "FriendlyName": "Instructions",
            "Type": "textarea",
            "Rows": "5",
            "Default": "Send your payment with the invoice number to the address on this invoice.",
            "Description": "Shown on unpaid invoices.",
        },
    }


def mailin_link(params):
    lines = [escape(line) for line in params.get("instructions", "").strip().splitlines()]
    return '<p class="payment-instructions">' + "<br>\n".join(lines) + "</p>" if lines else ""
