"""What hooks may say about a cart: prices, extra lines, an order number, refusals."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from modulehost import hooks
from modulehost.billing.prices import Price
from modulehost.context import Ctx
from modulehost.money import amount

#: what hooks say about addons: ("product" or "addon", place in the cart, addon id) -> the price of one unit
AddonPrices = dict[tuple[str, int, int], Price]


@dataclass(frozen=True)
class Adjustment:
    """A line that a hook adds to the total."""

    description: str
    amount: Decimal
    taxed: bool = False


def products(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The items as the hook points of the cart get them."""
    return [
        {
            "pid": item.get("pid"),
            "domain": item.get("domain", ""),
            "billingcycle": item.get("billingcycle", ""),
            "qty": item.get("qty", 1),
            "configoptions": dict(item.get("configoptions") or {}),
            "customfields": dict(item.get("customfields") or {}),
            "addons": [{"addonid": int(id_), "qty": qty} for id_, qty in dict(item.get("addons") or {}).items()],
            "server": {name: item.get(name, "") for name in ("hostname", "ns1prefix", "ns2prefix", "rootpw")},
            "hostname": item.get("hostname", ""),
        }
        for item in items
    ]


def override_prices(ctx: Ctx, items: list[dict[str, Any]]) -> dict[int, Price]:
    """Ask OrderProductPricingOverride for each item's own price (options come on top); the last answer counts.

    Raises MoneyError for an answer that is no amount.
    """
    found: dict[int, Price] = {}
    if not hooks.heard(ctx, "OrderProductPricingOverride"):
        return found
    for place, data in enumerate(products(items)):
        results = hooks.fire(ctx, "OrderProductPricingOverride", key=place, pid=data["pid"], proddata=data)
        for answer in hooks.values(results):
            if isinstance(answer, Mapping) and {"setup", "recurring"} & set(answer):
                found[place] = Price(_amount(answer.get("setup")), _amount(answer.get("recurring")))
    return found


def override_addon_prices(ctx: Ctx, items: list[dict[str, Any]], own: list[dict[str, Any]]) -> AddonPrices:
    """Ask OrderAddonPricingOverride for each addon of a product in the cart, and for those ordered for services (`own`).

    The last answer counts. Raises MoneyError for an answer that is no amount.
    """
    found: AddonPrices = {}
    if not hooks.heard(ctx, "OrderAddonPricingOverride"):
        return found
    asked: list[tuple[tuple[str, int, int], dict[str, Any]]] = []
    for place, data in enumerate(products(items)):
        for one in data["addons"]:
            key = ("product", place, one["addonid"])
            asked.append((key, {"pid": data["pid"], "proddata": data, "serviceid": 0}))
    for place, item in enumerate(own):
        key = ("addon", place, int(item.get("aid") or 0))
        asked.append((key, {"pid": 0, "proddata": {}, "serviceid": item.get("serviceid")}))
    for key, given in asked:
        for answer in hooks.values(hooks.fire(ctx, "OrderAddonPricingOverride", key=key[1], addonid=key[2], **given)):
            if isinstance(answer, Mapping) and {"setup", "recurring"} & set(answer):
                found[key] = Price(_amount(answer.get("setup")), _amount(answer.get("recurring")))
    return found


def of_item(prices: AddonPrices, place: int) -> dict[int, Price]:
    """The prices for the addons of one product in the cart, by addon id."""
    return {addon: price for (kind, at, addon), price in prices.items() if (kind, at) == ("product", place)}


def adjustments(ctx: Ctx, items: list[dict[str, Any]]) -> list[Adjustment]:
    """The lines that CartTotalAdjustment adds: each listener returns one or a list. Raises MoneyError."""
    found: list[Adjustment] = []
    for answer in hooks.values(hooks.fire(ctx, "CartTotalAdjustment", products=products(items), domains=[])):
        for one in answer if isinstance(answer, list | tuple) else [answer]:
            if isinstance(one, Mapping) and "amount" in one:
                text = str(one.get("description", "Adjustment"))
                found.append(Adjustment(text, _amount(one["amount"]), bool(one.get("taxed"))))
    return found


def order_number(ctx: Ctx, items: list[dict[str, Any]]) -> int:
    """The number that OverrideOrderNumberGeneration wants, 0 when nobody cares."""
    results = hooks.fire(ctx, "OverrideOrderNumberGeneration", products=products(items), domains=[])
    texts = [str(one) for one in hooks.values(results)]
    numbers = [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) <= 18]
    return numbers[-1] if numbers else 0


def texts(results: list[hooks.Result]) -> list[str]:
    """The error texts that listeners of a validation point returned: each one text or a list of them."""
    found: list[str] = []
    for value in hooks.values(results):
        found += [str(one) for one in (value if isinstance(value, list | tuple) else [value]) if one]
    return found


def _amount(value: Any) -> Decimal:
    # Hooks may use floats, which count as they are printed.
    return amount(str(value if value is not None else 0))
