"""The cart: a plain dict kept in tbltransientdata under a key that only its visitor holds.

{"currency": 1, "items": [{"pid": 3, "billingcycle": "monthly", "domain": "example.com", "qty": 1,
                           "configoptions": {7: 5}, "customfields": {2: "x"}}], "notes": ""}
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from modulehost import hooks
from modulehost.billing import tax
from modulehost.billing.prices import Price
from modulehost.context import Ctx, ctx_of
from modulehost.money import ZERO, amount, default_currency
from modulehost.ordering import fields
from modulehost.ordering.lines import ItemErrors, Line, check
from modulehost.schema import Client, Currency, TransientData
from modulehost.vault import Vault, hash_token

Cart = dict[str, Any]
KEPT_SECONDS = 14 * 86400
_SECRET = "rootpw"  # noqa: S105 - the name of a form field
_NAMES = {"pid", "billingcycle", "domain", "qty", "configoptions", "customfields", "hostname", "ns1prefix", "ns2prefix"}


class NoSuchItem(LookupError):
    """The cart has no item at that place."""


@dataclass(frozen=True)
class Totals:
    """What a cart costs. `lines` by the place of their item; `errors` by the place of items that cannot be ordered.

    `recurring` is per cycle key what comes with every period. `tax` and `tax2` are on the sum due today.
    """

    lines: dict[int, Line] = field(default_factory=dict)
    errors: dict[int, list[str]] = field(default_factory=dict)
    subtotal: Decimal = ZERO
    tax: Decimal = ZERO
    tax2: Decimal = ZERO
    total: Decimal = ZERO
    taxrate: Decimal = ZERO
    taxrate2: Decimal = ZERO
    recurring: dict[str, Decimal] = field(default_factory=dict)


def new_key(ctx: Ctx) -> str:
    """A key for a new cart, for the visitor's session."""
    return ctx.host.entropy.token(32)


def load(db: Session, key: str) -> Cart:
    """The cart under `key`; an empty one when there is none or it has expired."""
    row = _row(db, key)
    if row is None or row.expires < ctx_of(db).host.clock.time():
        return {"currency": 0, "items": []}
    cart: Cart = json.loads(row.data)
    vault = ctx_of(db).host.part(Vault)
    for item in cart["items"]:
        for name in ("configoptions", "customfields"):
            item[name] = fields.as_ids(item.get(name))
        if item.get(_SECRET):
            item[_SECRET] = vault.decrypt(item[_SECRET])
    return cart


def save(db: Session, key: str, cart: Cart) -> None:
    """Keep the cart for two weeks from now."""
    host = ctx_of(db).host
    vault = host.part(Vault)
    items = [{**i, _SECRET: vault.encrypt(i[_SECRET])} if i.get(_SECRET) else i for i in cart["items"]]
    row = _row(db, key)
    if row is None:
        row = TransientData(name=_name(key))
        db.add(row)
    row.data, row.expires = json.dumps({**cart, "items": items}), int(host.clock.time()) + KEPT_SECONDS
    db.flush()


def forget(db: Session, key: str) -> None:
    """Remove the cart (it was ordered)."""
    db.execute(delete(TransientData).where(TransientData.name == _name(key)))


def add(cart: Cart, item: Mapping[str, Any]) -> int:
    """Append an item; returns its place."""
    cart["items"].append(_clean(item))
    return len(cart["items"]) - 1


def update(cart: Cart, place: int, changes: Mapping[str, Any]) -> None:
    """Change parts of an item. Raises NoSuchItem."""
    item = _at(cart, place)
    item.update(_clean({**item, **changes}))


def remove(cart: Cart, place: int) -> None:
    """Take an item out; those behind it move up. Raises NoSuchItem."""
    _at(cart, place)
    del cart["items"][place]


def validate(db: Session, cart: Cart, currency: Currency | None = None) -> list[str]:
    """What keeps the cart from being ordered, as texts; empty when nothing does."""
    if not cart["items"]:
        return ["No items added to cart so order cannot proceed"]
    found = totals(db, cart, currency)
    return [text for place in sorted(found.errors) for text in found.errors[place]]


def totals(
    db: Session,
    cart: Cart,
    currency: Currency | None = None,
    client: Client | None = None,
    overrides: Mapping[int, Price] | None = None,
) -> Totals:
    """What the cart costs in a currency (default: the cart's own), with the client's tax when one is known.

    `overrides`: prices that hooks gave (`override_prices`). Items that cannot be ordered count nothing.
    """
    currency = currency or currency_of(db, cart)
    checked: dict[int, Line] = {}
    errors: dict[int, list[str]] = {}
    for place, item in enumerate(cart["items"]):
        try:
            checked[place] = check(db, item, currency, override=(overrides or {}).get(place))
        except ItemErrors as error:
            errors[place] = error.errors
    taxed = sum((one.quote.total for one in checked.values() if one.product.tax), ZERO)
    rest = sum((one.quote.total for one in checked.values() if not one.product.tax), ZERO)
    rate, rate2 = tax.rates(db, client) if client else (ZERO, ZERO)
    parts = tax.of_sum(db, taxed, rate, rate2)
    recurring: dict[str, Decimal] = {}
    for one in checked.values():
        if one.cycle.recurs:
            recurring[one.cycle.key] = recurring.get(one.cycle.key, ZERO) + one.quote.recurring
    subtotal = parts.net + rest
    total = subtotal + parts.tax + parts.tax2
    return Totals(checked, errors, subtotal, parts.tax, parts.tax2, total, rate, rate2, recurring)


def currency_of(db: Session, cart: Cart) -> Currency:
    """The currency that the visitor chose, else the default one."""
    return (db.get(Currency, cart["currency"]) if cart.get("currency") else None) or default_currency(db)


def hook_products(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The items as the hook points of the cart get them."""
    return [
        {
            "pid": item.get("pid"),
            "domain": item.get("domain", ""),
            "billingcycle": item.get("billingcycle", ""),
            "qty": item.get("qty", 1),
            "configoptions": dict(item.get("configoptions") or {}),
            "customfields": dict(item.get("customfields") or {}),
            "addons": [],
            "server": {name: item.get(name, "") for name in ("hostname", "ns1prefix", "ns2prefix", _SECRET)},
            "hostname": item.get("hostname", ""),
        }
        for item in items
    ]


def override_prices(ctx: Ctx, items: list[dict[str, Any]]) -> dict[int, Price]:
    """Ask hook OrderProductPricingOverride for each item's own price (options come on top); the last answer counts.

    Raises MoneyError for an answer that is no amount.
    """
    found: dict[int, Price] = {}
    if not hooks.heard(ctx, "OrderProductPricingOverride"):
        return found
    for place, data in enumerate(hook_products(items)):
        results = hooks.fire(ctx, "OrderProductPricingOverride", key=place, pid=data["pid"], proddata=data)
        for answer in hooks.values(results):
            if isinstance(answer, Mapping) and {"setup", "recurring"} & set(answer):
                found[place] = Price(amount_of(answer.get("setup")), amount_of(answer.get("recurring")))
    return found


def check_update(ctx: Ctx, form: Mapping[str, Any]) -> list[str]:
    """Ask hook ShoppingCartValidateProductUpdate about a configured product (`form` is the request); its error texts."""
    return texts(hooks.fire(ctx, "ShoppingCartValidateProductUpdate", **dict(form)))


def texts(results: list[hooks.Result]) -> list[str]:
    """The error texts that listeners of a validation point returned: each one text or a list of them."""
    found: list[str] = []
    for value in hooks.values(results):
        found += [str(one) for one in (value if isinstance(value, list | tuple) else [value]) if one]
    return found


def amount_of(value: Any) -> Decimal:
    """An amount that a hook returned; hooks may use floats, which count as they are printed."""
    return amount(str(value if value is not None else 0))


def _clean(item: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: item[name] for name in (*sorted(_NAMES), _SECRET) if item.get(name) not in (None, "")}
    for name in ("configoptions", "customfields"):
        kept[name] = fields.as_ids(kept.get(name))
    return {"qty": 1, **kept}


def _at(cart: Cart, place: int) -> dict[str, Any]:
    if not 0 <= place < len(cart["items"]):
        raise NoSuchItem(f"the cart has {len(cart['items'])} item(s), none at place {place}")
    item: dict[str, Any] = cart["items"][place]
    return item


def _name(key: str) -> str:
    return f"cart:{hash_token(key)}"


def _row(db: Session, key: str) -> TransientData | None:
    return db.scalar(select(TransientData).where(TransientData.name == _name(key)).limit(1)) if key else None
