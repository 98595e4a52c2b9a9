"""Product addons while a product is configured, and in the cart."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from modulehost import money
from modulehost.billing import clientgroups, prices, tax
from modulehost.billing.cycles import Cycle
from modulehost.billing.dates import date_text
from modulehost.billing.pricing import Quote
from modulehost.ordering import addonlines, fields
from modulehost.ordering import cart as carts
from modulehost.ordering.addonlines import AddonLine, AddonRefused
from modulehost.schema import Currency, Product
from modulehost.themes.encode import html
from modulehost.web import frame
from modulehost.web.client.account import custom_input
from modulehost.web.client.show import array, client_of, load_cart_of, price, say
from modulehost.web.numbers import is_whole


def from_form() -> dict[int, str]:
    """`addons[ID]` of the form: a tick box (on) or a quantity; 0 and empty mean none."""
    given = array("addons", request.form)
    return {int(k): "1" if v == "on" else v.strip() for k, v in given.items() if is_whole(k) and v.strip() not in ("", "0")}


def lines_of(db: Session, row: Product, item: dict[str, Any], quote: Quote, currency: Currency) -> list[AddonLine]:
    """The chosen addons that can be ordered so; the others are refused when the form is sent."""
    less = clientgroups.discount(db, client_of(db))
    found = []
    for addon_id, qty in addonlines.chosen(item).items():
        try:
            found.append(addonlines.check(db, addon_id, qty, row.id, currency, quote.cycle, less=less))
        except AddonRefused:
            continue
    return addonlines.with_product(found, frame.host().clock.today(), quote, currency)


def taxed(db: Session, lines: Sequence[AddonLine], currency: Currency) -> tax.Taxed:
    """What they cost today, with tax where it applies."""
    rates = carts.tax_levels(db, load_cart_of(db), client_of(db)).rates
    values = [value for one in lines if one.addon.tax for value in one.amounts()]
    found = tax.of_lines(db, values, *rates, money.places(currency))
    rest = sum((one.total for one in lines if not one.addon.tax), money.ZERO)
    return tax.Taxed(found.net + rest, found.tax, found.tax2)


def offered(db: Session, row: Product, item: dict[str, Any], wanted: Cycle | None, currency: Currency) -> list[dict[str, Any]]:
    """`$addons` of the configuration page."""
    chosen = addonlines.chosen(item)
    found = []
    for one in addonlines.offered(db, row.id, currency, with_product=True):
        cycle = addonlines.cycle_of(db, one, currency, wanted)
        cost = prices.addon_price(db, one, currency, cycle) if cycle else None
        if cycle is None or cost is None:
            continue
        qty = str(chosen.get(one.id, "0"))
        text = price_text(cost, cycle, currency)
        kind = "checked " if one.id in chosen else ""
        found.append({
            "id": one.id, "name": one.name, "description": html(one.description), "pricing": text,
            "allowsQuantity": 2 if one.allowqty else 0,
            "customfields": custom_fields(db, one.id, fields.as_ids(item.get("customfields"))),
            "qty": qty, "status": one.id in chosen, "billingcycle": cycle.key,
            "checkbox": f'<input type="checkbox" name="addons[{one.id}]" id="a{one.id}" value="on" {kind}/>',
        })  # fmt: skip
    return found


def custom_fields(db: Session, addon_id: int, given: Mapping[int, Any]) -> list[dict[str, Any]]:
    """The fields of a product addon that an order form shows, with what was entered: as `$customfields` of a product; ours."""
    return [field_variables(one, str(given.get(one.id, ""))) for one in fields.of_addon(db, addon_id) if one.ordered]


def field_variables(field: fields.Field, value: str) -> dict[str, Any]:
    """A custom field as order forms show it."""
    return {
        "id": field.id, "name": field.label, "type": field.type, "description": html(field.description),
        "required": "*" if field.required else "", "value": value,
        "input": custom_input(field.id, field.type, value, list(field.choices)),
    }  # fmt: skip


def price_text(cost: prices.Price, cycle: Cycle, currency: Currency) -> str:
    """What one unit costs, in words: with its cycle and a set-up fee."""
    if cycle.key == "free":
        return say("orderfree")
    text = f"{money.formatted(cost.recurring, currency)} {say(f'orderpaymentterm{cycle.key}')}"
    return text + (f" + {money.formatted(cost.setup, currency)} {say('ordersetupfee')}" if cost.setup else "")


def summary(lines: Sequence[AddonLine], currency: Currency) -> list[dict[str, Any]]:
    """`$producttotals.addons`."""
    return [
        {"name": name_of(one), "recurring": price(one.recurring, currency), "setup": price(one.setup, currency) if one.setup else 0}
        for one in lines
    ]


def in_cart(db: Session, lines: Sequence[AddonLine], currency: Currency) -> list[dict[str, Any]]:
    """`$product.addons` of the cart."""
    return [
        {
            "addonid": one.addon.id, "name": name_of(one), "qty": one.qty, "allowqty": bool(one.addon.allowqty),
            "setup": price(one.setup, currency) if one.setup else "", "recurring": price(one.recurring, currency),
            "pricingtext": price(one.recurring, currency),
            "proratadate": date_text(db, one.until), "first": price(one.first, currency), "totaltoday": price(one.total, currency),
            "billingcyclefriendly": say(f"orderpaymentterm{one.cycle.key}"),
        }
        for one in lines
    ]  # fmt: skip


def name_of(line: AddonLine) -> str:
    """The name with its quantity."""
    return f"{line.qty} × {line.addon.name}" if line.qty > 1 else line.addon.name
