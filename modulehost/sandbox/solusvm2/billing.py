"""Calls to the billing side: prices of tokens, and the way into its portal.

`POST {url}tokens/price` and `POST {url}sso` with the token that the billing system wrote into the settings. Nothing is kept:
each time a price is shown it is asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

import requests

from modulehost.sandbox.kit.world import World
from modulehost.sandbox.solusvm2.state import Callback, State, User, number

KEPT = 100
_SAID = {
    400: "The billing system did not understand the request.",
    401: "The billing system does not accept this panel's token. An administrator has to connect it again there.",
    404: "The billing system does not know this account.",
    409: "Pay-as-you-go billing is switched off in the billing system.",
    422: "The billing system has no token price for the currency of this account.",
}


class BillingError(Exception):
    """What the panel's user is told."""


@dataclass(frozen=True)
class Prices:
    """What tokens cost a user, as the billing side says; `items` are the amounts by key."""

    currency_code: str
    currency_symbol: str
    items: dict[str, Decimal]
    taxes_inclusive: bool = False
    taxes: list[Any] = field(default_factory=list)

    def text(self, key: str) -> str:
        """An amount as a person reads it: `€0.0063 EUR`."""
        return f"{self.currency_symbol}{self.items[key]:f} {self.currency_code}"


def linked(state: State, user: User) -> bool:
    """Whether there is a billing side that may be asked about the user."""
    settings = state.settings
    return bool(settings.type and settings.url and settings.token and user.billing_user_id)


def prices(world: World[State], user: User, items: Mapping[str, int]) -> Prices:
    """What `items` (tokens by key) cost the user. Raises BillingError."""
    body = {"items": [{"key": key, "tokens": tokens} for key, tokens in items.items()]}
    data = _ask(world, user, "tokens/price", body)
    try:
        found = {str(one["key"]): Decimal(one["price"]) for one in data["items"] if isinstance(one["price"], str)}
        if not all(key in found and found[key].is_finite() for key in items):
            raise ValueError
        return Prices(
            currency_code=_text(data["currency_code"]),
            currency_symbol=_text(data["currency_symbol"]),
            items=found,
            taxes_inclusive=bool(data.get("taxes_inclusive", False)),
            taxes=list(data.get("taxes") or []),
        )
    except (KeyError, TypeError, ValueError, InvalidOperation):
        raise BillingError("The billing system answered something that is no price.") from None


def portal(world: World[State], user: User, destination: str = "invoices") -> str:
    """The address that signs the user in at the billing system, once. Raises BillingError."""
    data = _ask(world, user, "sso", {"destination": destination})
    url = data.get("url")
    if not isinstance(url, str) or urlsplit(url).scheme not in ("http", "https"):
        raise BillingError("The billing system answered something that is no address.")
    return url


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError
    return value


def _ask(world: World[State], user: User, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """`data` of the answer; what went wrong is kept for the administrator to read. Raises BillingError."""
    state = world.state
    if not state.settings.url or not state.settings.token or not state.settings.type:
        raise BillingError("No billing system is connected to this panel.")
    if user.billing_user_id is None:
        raise BillingError("This account is not linked to an account of the billing system.")
    call = Callback(number(state, "callback"), path, user.billing_user_id, world.now())
    body = {"user_id": user.billing_user_id, **body}
    if user.billing_token:
        body["billing_token"] = user.billing_token
    url = state.settings.url.rstrip("/") + "/" + path
    headers = {"Authorization": f"Bearer {state.settings.token}", "Accept": "application/json"}
    seconds = max(1, state.switches.callback_seconds)
    try:
        with world.waiting():  # the billing side may well ask this panel something before it answers
            answer = requests.post(url, json=body, headers=headers, timeout=(seconds, seconds), allow_redirects=False)
    except requests.Timeout:
        call.error = f"The billing system did not answer in time ({seconds} s)."
    except requests.exceptions.SSLError:
        call.error = "The billing system's certificate is not valid."
    except requests.RequestException:
        call.error = "The billing system cannot be reached."
    else:
        call.status = answer.status_code
        data = _data(answer)
        if answer.status_code == 200 and data is not None:
            _keep(world, call)
            return data
        call.error = "The billing system answered something that is not JSON with data."
        if answer.status_code != 200:
            call.error = _SAID.get(answer.status_code, f"The billing system answered with status {answer.status_code}.")
    _keep(world, call)
    raise BillingError(call.error)


def _data(answer: requests.Response) -> dict[str, Any] | None:
    try:
        found = answer.json()
    except requests.JSONDecodeError:
        return None
    data = found.get("data") if isinstance(found, dict) else None
    return data if isinstance(data, dict) else None


def _keep(world: World[State], call: Callback) -> None:
    calls = world.state.callbacks
    calls[str(call.id)] = call
    for key in list(calls)[:-KEPT]:
        del calls[key]
