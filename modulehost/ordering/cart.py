"""The cart: a plain dict kept in tbltransientdata under a key that only its visitor holds.

{"currency": 1, "promocode": "SPRING", "country": "DE", "state": "",
 "items": [{"pid": 3, "billingcycle": "monthly", "domain": "example.com", "qty": 1,
                           "configoptions": {7: 5}, "customfields": {2: "x"}, "addons": {4: 1}}],
 "addons": [{"aid": 4, "serviceid": 12, "qty": 1}], "notes": ""}
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from modulehost import hooks, settings
from modulehost.billing import clientgroups, tax
from modulehost.billing.prices import Price
from modulehost.billing.promotions import PromotionRefused
from modulehost.context import Ctx, ctx_of
from modulehost.language import Phrase
from modulehost.money import ZERO, default_currency, places
from modulehost.money import currency_of as clients_currency
from modulehost.ordering import addonlines, fields, hookpoints
from modulehost.ordering.addonlines import AddonLine, AddonRefused
from modulehost.ordering.discounts import Discounts, addons_of, of_order
from modulehost.ordering.hookpoints import AddonPrices, Adjustment
from modulehost.ordering.lines import ItemErrors, Line, check
from modulehost.schema import Client, Currency, TransientData
from modulehost.vault import Vault, hash_token

Cart = dict[str, Any]
KEPT_SECONDS = 14 * 86400
_SECRET = "rootpw"  # noqa: S105 - the name of a form field
_NAMES = {"pid", "billingcycle", "domain", "qty", "configoptions", "customfields", "addons", "hostname", "ns1prefix", "ns2prefix"}
_BY_ID = ("configoptions", "customfields", "addons")
_ADDON_NAMES = ("aid", "serviceid", "qty", "billingcycle", "customfields")


NOTHING_TO_ORDER = Phrase("host.error.cartEmpty", "No items added to cart so order cannot proceed")


class NoSuchItem(LookupError):
    """The cart has no item at that place."""


@dataclass(frozen=True)
class Totals:
    """What a cart costs. `lines` by the place of their item; `errors` by the place of items that cannot be ordered.

    `recurring` is per cycle key what comes with every period. `tax` and `tax2` are on the sum due today, which contains
    the `adjustments` of hooks and is less the `discounts` of the promotion. `promo_error` is the phrase that says why the
    cart's promotion code counts nothing. `addons` and `addon_errors` are those of the addons that are ordered for services
    by themselves.
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
    adjustments: tuple[Adjustment, ...] = ()
    taxnames: tuple[str, str] = ("", "")
    discounts: Discounts = field(default_factory=Discounts)
    promo_error: str = ""
    addons: dict[int, AddonLine] = field(default_factory=dict)
    addon_errors: dict[int, str] = field(default_factory=dict)

    @property
    def problems(self) -> list[str]:
        """Every error, in the order of the cart."""
        texts = [text for place in sorted(self.errors) for text in self.errors[place]]
        return texts + [self.addon_errors[place] for place in sorted(self.addon_errors)]


def new_key(ctx: Ctx) -> str:
    """A key for a new cart, for the visitor's session."""
    return ctx.host.entropy.token(32)


def load(db: Session, key: str) -> Cart:
    """The cart under `key`; an empty one when there is none or it has expired."""
    row = _row(db, key)
    if row is None or row.expires < ctx_of(db).host.clock.time():
        return {"currency": 0, "items": [], "addons": []}
    cart: Cart = {"addons": [], **json.loads(row.data)}
    vault = ctx_of(db).host.part(Vault)
    for item in cart["items"]:
        for name in _BY_ID:
            if name in item or name != "addons":
                item[name] = fields.as_ids(item.get(name))
        if item.get(_SECRET):
            item[_SECRET] = vault.decrypt(item[_SECRET])
    for item in cart["addons"]:
        if "customfields" in item:
            item["customfields"] = fields.as_ids(item["customfields"])
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


def add_addon(cart: Cart, item: Mapping[str, Any]) -> int:
    """Append an addon for a service that the client has (`aid`, `serviceid`, `qty`, `billingcycle`); returns its place.

    One that is there already for this service takes the new quantity instead.
    """
    kept = {"qty": 1, **{name: item[name] for name in _ADDON_NAMES if item.get(name) not in (None, "")}}
    mine = cart.setdefault("addons", [])
    for place, other in enumerate(mine):
        if (other.get("aid"), other.get("serviceid")) == (kept.get("aid"), kept.get("serviceid")):
            mine[place] = kept
            return place
    mine.append(kept)
    return len(mine) - 1


def update_addon(cart: Cart, place: int, qty: str) -> None:
    """Change how many units of an addon are wanted. Raises NoSuchItem."""
    _addon_at(cart, place)["qty"] = qty


def remove_addon(cart: Cart, place: int) -> None:
    """Take an addon out; those behind it move up. Raises NoSuchItem."""
    _addon_at(cart, place)
    del cart["addons"][place]


def count(cart: Cart) -> int:
    """How many lines it has: products, and addons for services."""
    return len(cart["items"]) + len(cart.get("addons") or [])


def is_empty(cart: Cart) -> bool:
    """Whether there is nothing to order."""
    return not cart["items"] and not cart.get("addons")


def validate(db: Session, cart: Cart, currency: Currency | None = None) -> list[str]:
    """What keeps the cart from being ordered, as texts; empty when nothing does."""
    if is_empty(cart):
        return [NOTHING_TO_ORDER]
    return totals(db, cart, currency).problems


def totals(
    db: Session,
    cart: Cart,
    currency: Currency | None = None,
    client: Client | None = None,
    overrides: Mapping[int, Price] | None = None,
    adjustments: Sequence[Adjustment] = (),
    addon_prices: AddonPrices | None = None,
) -> Totals:
    """What the cart costs in a currency (default: the cart's own), with the client's tax when one is known.

    `overrides`, `addon_prices` and `adjustments` are what hooks gave (`priced` asks them). Items that cannot be ordered count nothing.
    """
    currency, given = currency or currency_of(db, cart), addon_prices or {}
    less = clientgroups.discount(db, client)
    checked: dict[int, Line] = {}
    errors: dict[int, list[str]] = {}
    for place, item in enumerate(cart["items"]):
        try:
            own, override = hookpoints.of_item(given, place), (overrides or {}).get(place)
            checked[place] = check(db, item, currency, override=override, less=less, addon_prices=own)
        except ItemErrors as error:
            errors[place] = error.errors
    addons: dict[int, AddonLine] = {}
    addon_errors: dict[int, str] = {}
    for place, item in enumerate(cart.get("addons") or []):
        try:
            price = given.get(("addon", place, int(item.get("aid") or 0)))
            owner = client.id if client else 0
            addons[place] = addonlines.check_own(db, item, owner, currency, override=price, less=less)
        except AddonRefused as error:
            addon_errors[place] = str(error)
    discounts, promo_error = Discounts(), ""
    try:
        discounts = of_order(db, str(cart.get("promocode") or ""), checked, currency, client, own_addons=addons)
    except PromotionRefused as refused:
        promo_error = refused.key
    sums = [
        (bool(one.product.tax), value)
        for place, one in checked.items()
        for value in one.amounts(discounts.by_place.get(place))
    ]
    every = [(at, one, n) for at, one, count in addons_of(checked, addons) for n in range(count)]
    sums += [(bool(one.addon.tax), value) for at, one, n in every for value in one.amounts(discounts.addon(at, n))]
    sums += [(one.taxed, one.amount) for one in adjustments]
    untaxed = sum((value for is_taxed, value in sums if not is_taxed), ZERO)
    found = tax_levels(db, cart, client)
    parts = tax.of_lines(db, (value for is_taxed, value in sums if is_taxed), *found.rates, places(currency))
    recurring: dict[str, Decimal] = {}
    for place, one in checked.items():
        if one.cycle.recurs:
            each = one.quote.recurring - discounts.recurring(place)
            recurring[one.cycle.key] = recurring.get(one.cycle.key, ZERO) + each
    for at, addon, n in every:
        if addon.cycle.recurs:
            each = addon.recurring - discounts.addon_recurring(at, n)
            recurring[addon.cycle.key] = recurring.get(addon.cycle.key, ZERO) + each
    return Totals(
        checked, errors, parts.net + untaxed, parts.tax, parts.tax2, parts.total + untaxed, *found.rates, recurring,
        tuple(adjustments), found.names, discounts, promo_error, addons, addon_errors,
    )  # fmt: skip


def tax_levels(db: Session, cart: Cart, client: Client | None) -> tax.Levels:
    """The tax rules: by the client's address, else by the place the visitor named, else by the shop's own country."""
    if client is not None:
        return tax.of_client(db, client)
    country = str(cart.get("country") or settings.get(db, "DefaultCountry"))
    return tax.levels(db, country, str(cart.get("state") or ""))


def priced(ctx: Ctx, cart: Cart, client_id: int = 0) -> Totals:
    """What the cart costs as its page shows it, hooks included: the sum that the checkout will charge.

    In the client's currency when one is signed in. Raises MoneyError when a hook answers with something that is no amount.
    """
    items = cart["items"]
    hooks.fire(ctx, "PreCalculateCartTotals", products=hookpoints.products(items), domains=[])
    overrides = hookpoints.override_prices(ctx, items)
    addon_prices = hookpoints.override_addon_prices(ctx, items, cart.get("addons") or [])
    adjustments = [] if is_empty(cart) else hookpoints.adjustments(ctx, items)
    with ctx.unit(read=True) as db:
        client = db.get(Client, client_id) if client_id else None
        currency = clients_currency(db, client) if client else currency_of(db, cart)
        found = totals(db, cart, currency, client, overrides, adjustments, addon_prices)
    hooks.fire(ctx, "AfterCalculateCartTotals", total=found.total)
    return found


def currency_of(db: Session, cart: Cart) -> Currency:
    """The currency that the visitor chose, else the default one."""
    return (db.get(Currency, cart["currency"]) if cart.get("currency") else None) or default_currency(db)


def check_domain(ctx: Ctx, domain: str) -> list[str]:
    """What ShoppingCartValidateDomain has against the domain that a product is ordered for."""
    sld, _, tld = domain.partition(".")
    given = {"domainoption": "owndomain", "sld": sld, "tld": f".{tld}"}
    return hookpoints.texts(hooks.fire(ctx, "ShoppingCartValidateDomain", **given))


def check_update(ctx: Ctx, form: Mapping[str, Any]) -> list[str]:
    """Ask hook ShoppingCartValidateProductUpdate about a configured product (`form` is the request); its error texts."""
    return hookpoints.texts(hooks.fire(ctx, "ShoppingCartValidateProductUpdate", **dict(form)))


def _clean(item: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: item[name] for name in (*sorted(_NAMES), _SECRET) if item.get(name) not in (None, "")}
    for name in _BY_ID:
        if name in kept or name != "addons":
            kept[name] = fields.as_ids(kept.get(name))
    return {"qty": 1, **kept}


def _at(cart: Cart, place: int) -> dict[str, Any]:
    if not 0 <= place < len(cart["items"]):
        raise NoSuchItem(f"the cart has {len(cart['items'])} item(s), none at place {place}")
    item: dict[str, Any] = cart["items"][place]
    return item


def _addon_at(cart: Cart, place: int) -> dict[str, Any]:
    mine = cart.get("addons") or []
    if not 0 <= place < len(mine):
        raise NoSuchItem(f"the cart has {len(mine)} addon(s), none at place {place}")
    item: dict[str, Any] = mine[place]
    return item


def _name(key: str) -> str:
    return f"cart:{hash_token(key)}"


def _row(db: Session, key: str) -> TransientData | None:
    return db.scalar(select(TransientData).where(TransientData.name == _name(key)).limit(1)) if key else None
