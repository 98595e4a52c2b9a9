"""What one token costs, in every active currency, with at most four decimal places."""

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from modulehost import sdk

from .facts import PRICE_PLACES
from .problems import Refused
from .tables import PRICES

_PRICE = re.compile(rf"\d{{1,8}}(\.\d{{1,{PRICE_PLACES}}})?")
_MONEY = re.compile(r"\d{1,12}(\.\d{1,2})?")
_CENT = Decimal("0.01")


def currencies() -> list[dict[str, Any]]:
    """The active currencies of the host: id, code, prefix, suffix."""
    answer = sdk.localAPI("GetCurrencies")
    return [
        {"id": int(one["id"]), "code": str(one["code"]), "prefix": str(one["prefix"]), "suffix": str(one["suffix"])}
        for one in answer["currencies"]["currency"]
    ]


def known() -> dict[int, Decimal]:
    """Price of a token by currency id."""
    with sdk.unit(read=True) as db:
        return {row.currency: Decimal(row.price) for row in db.execute(PRICES.select())}


def missing() -> list[str]:
    """The codes of active currencies without a price."""
    have = known()
    return [one["code"] for one in currencies() if one["id"] not in have]


def check(given: Mapping[str, str]) -> tuple[dict[int, Decimal], dict[int, str]]:
    """The prices that a form holds (`price<id>`), and what is wrong with some, by currency id."""
    good: dict[int, Decimal] = {}
    wrong: dict[int, str] = {}
    for one in currencies():
        text = given.get(f"price{one['id']}", "").strip()
        if not text:
            wrong[one["id"]] = f"Enter the price of one token in {one['code']}."
        elif not _PRICE.fullmatch(text):
            wrong[one["id"]] = (
                f"{text} is not a price: a number with at most {PRICE_PLACES} decimal places, such as 0.0009."
            )
        elif not Decimal(text):
            wrong[one["id"]] = "The price of a token must be more than 0."
        else:
            good[one["id"]] = Decimal(text)
    return good, wrong


def save(prices: Mapping[int, Decimal]) -> None:
    """Store the price of every currency."""
    with sdk.unit() as db:
        db.execute(PRICES.delete())
        for currency, price in prices.items():
            db.execute(PRICES.insert().values(currency=currency, price=price))
    sdk.logActivity("SolusVM 2: token prices changed")


def of(currency: int) -> Decimal:
    """The price of a token in a currency. Raises Refused."""
    price = known().get(currency)
    if price is None:
        code = next((one["code"] for one in currencies() if one["id"] == currency), str(currency))
        raise Refused(f"there is no token price in {code}: set one in the Settings of the SolusVM 2 addon")
    return price


def cost(tokens: int, price: Decimal) -> Decimal:
    """What a line of an invoice costs: rounded half up to two places."""
    return (tokens * price).quantize(_CENT, ROUND_HALF_UP)


def is_money(text: str) -> bool:
    """Whether a text is an amount with at most two decimal places."""
    return bool(_MONEY.fullmatch(text))


def shown(currency: int, value: Decimal) -> str:
    """An amount with the currency's signs: `$12.50 USD`."""
    known = next((one for one in currencies() if one["id"] == currency), {"prefix": "", "suffix": ""})
    return f"{known['prefix']}{value:.2f}{known['suffix']}"
