"""The vendor that the Test Gateway plays: its secret, what its cards do, and which payments it holds as pending."""

import hashlib
import hmac
from decimal import Decimal, InvalidOperation

from modulehost.sdk import store, token

_CARDS = {"4000000000000002": "declined", "4000000000000077": "pending", "4000000000000119": "error"}


def sign(fields):
    """A signature of these fields that only this installation's gateway can make."""
    text = "&".join(f"{name}={fields[name]}" for name in sorted(fields) if name != "sig")
    return hmac.new(_secret().encode(), text.encode(), hashlib.sha256).hexdigest()


def genuine(fields):
    """Whether the fields carry a right signature."""
    return hmac.compare_digest(sign(fields), str(fields.get("sig", "")))


def _secret():
    kept = store("vendor")
    found = kept.get("secret")
    if not found:
        kept.set("secret", token(40), secret=True)
        found = kept.get("secret")
    return found


def outcome(number):
    """What becomes of charging a card: success, declined, pending or error."""
    return _CARDS.get(number, "success")


def fee(params):
    """What the gateway keeps of a payment, by the setting Fee."""
    try:
        part = Decimal(str(params.get("feepercent") or "0"))
        return str((Decimal(params["amount"]) * part / 100).quantize(Decimal("0.01")))
    except InvalidOperation:
        return "0.00"


def remember(transid, invoice_id, amount):
    """Hold a payment as pending."""
    store("pending").set(transid, f"{invoice_id} {amount}")


def forget(transid):
    """A pending payment is settled or dropped."""
    store("pending").delete(transid)


def waiting():
    """The pending payments: (transaction id, invoice id, amount)."""
    kept = store("pending")
    return [(name, *kept.get(name).split(" ", 1)) for name in kept.names()]
