"""What SolusVM 2 asks of the host: prices of tokens, and the way of a user to the billing portal.

Paths, bodies and statuses are assumed; no public document shows them.
"""

from collections.abc import Mapping
from typing import Any

from modulehost import sdk

from . import connection, people, postpay, prices
from .problems import Refused

#: `destination` of a sign-on -> the host's own name for it
DESTINATIONS = {
    "": "clientarea:invoices",
    "invoices": "clientarea:invoices",
    "home": "clientarea:homepage",
    "billing": "clientarea:billing_info",
}
SSO_SECONDS = 60
Answer = tuple[dict[str, Any], int]


def answer(action: str, authorization: str, body: Any) -> Answer:
    """The answer to a request: its JSON and its status."""
    kind, _, token = authorization.partition(" ")
    if kind.lower() != "bearer" or not connection.is_ours(token.strip()):
        return _no(
            401, "The token is not the one of the present connection; connect again in the host's SolusVM 2 addon."
        )
    if not isinstance(body, Mapping):
        return _no(400, "The body is no JSON object.")
    mine = _whom(body.get("user_id"))
    if mine is None:
        return _no(404, f"No enrolled client has the id {body.get('user_id')!r}.")
    return _price(mine, body) if action == "tokens/price" else _sign_on(mine, body)


def _price(mine: Any, body: Mapping[str, Any]) -> Answer:
    if not postpay.on():
        return _no(409, "Post-pay is disabled.")
    items = body.get("items")
    if not isinstance(items, list) or not all(isinstance(one, Mapping) and "key" in one for one in items):
        return _no(400, "`items` has to be a list of objects with `key` and `tokens`.")
    for one in items:
        tokens = one.get("tokens")
        if not isinstance(tokens, int) or isinstance(tokens, bool) or tokens < 0:
            return _no(400, f"`tokens` of {one['key']} has to be a whole number, not {tokens!r}.")
    currency = int(people.details(mine.client)["currency"])
    known = next((one for one in prices.currencies() if one["id"] == currency), None)
    try:
        price = prices.of(currency)
    except Refused as refused:
        return _no(422, str(refused))
    assert known is not None, "it has a price"
    return {
        "data": {
            "currency_code": known["code"], "currency_symbol": (known["prefix"] or known["suffix"]).strip(),
            "taxes_inclusive": False, "taxes": [],
            "items": [{"key": one["key"], "tokens": one["tokens"], "price": f"{one['tokens'] * price:.4f}"} for one in items],
        }
    }, 200  # fmt: skip


def _sign_on(mine: Any, body: Mapping[str, Any]) -> Answer:
    wanted = DESTINATIONS.get(str(body.get("destination") or ""))
    if wanted is None:
        return _no(400, f"`destination` has to be one of {', '.join(name for name in DESTINATIONS if name)}.")
    found = sdk.localAPI("CreateSsoToken", {"client_id": mine.client, "destination": wanted})
    if found.get("result") != "success":
        return _no(403, str(found.get("message") or "The sign-on is not possible."))
    return {"data": {"url": found["redirect_url"], "expires_in": SSO_SECONDS}}, 200


def _whom(user_id: Any) -> Any:
    """The enrolled client of that id; also a number written as text is taken."""
    text = str(user_id)
    mine = people.row(int(text)) if text.isascii() and text.isdecimal() and len(text) < 10 else None
    return mine if mine is not None and mine.user else None


def _no(status: int, message: str) -> Answer:
    return {"message": message}, status
