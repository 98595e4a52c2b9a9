"""A cart item checked and priced: may this be ordered like this, and what does it cost?

An item is a plain dict: `pid`, `billingcycle`, `domain`, `qty`, `configoptions` {option id: choice id or number},
`customfields` {field id: text} (its addons' among them), `addons`
{addon id: quantity}, `hostname`, `ns1prefix`, `ns2prefix`, `rootpw`, and from
API or admin `priceoverride`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from modulehost.billing import pricing, promotions
from modulehost.billing.cycles import Cycle, CycleError, cycle
from modulehost.billing.options import OptionErrors, Selected, whole_number
from modulehost.billing.prices import Price
from modulehost.context import ctx_of
from modulehost.language import Phrase
from modulehost.money import ZERO, MoneyError, amount
from modulehost.ordering import addonlines, fields
from modulehost.ordering.addonlines import AddonLine, AddonRefused, quantity_of
from modulehost.schema import Currency, Product

SEVERAL, SCALED = 1, 3
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+{_LABEL}")
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")


class ItemErrors(ValueError):
    """An item that cannot be ordered; `errors` is one text for each reason."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__("; ".join(errors))
        self.errors = errors


@dataclass(frozen=True)
class Line:
    """A checked item. `services` is how many services it becomes, `units` the quantity that each of them has."""

    item: Mapping[str, Any]
    product: Product
    cycle: Cycle
    qty: int
    domain: str
    selected: list[Selected]
    customfields: dict[int, str]
    quote: pricing.Quote
    single: pricing.Quote = field(repr=False)
    addons: tuple[AddonLine, ...] = ()

    @property
    def services(self) -> int:
        """How many services the line becomes."""
        return self.qty if self.product.allowqty == SEVERAL else 1

    @property
    def good(self) -> promotions.Good:
        """What promotions see of it."""
        price, first = Price(self.single.setup, self.single.recurring), Price(self.single.setup, self.single.first)
        return promotions.Good(str(self.product.id), self.cycle, price, self.services, first)

    def amounts(self, off: promotions.Reduction | None = None) -> list[Decimal]:
        """The lines that an invoice has for it, as amounts: per service the period, a set-up fee, a discount."""
        found: list[Decimal] = []
        if self.cycle.key == "free":
            return found
        for place in range(self.services):
            parts = [self.single.setup, -off.first.total if off and place < off.times else ZERO]
            found += [self.single.first, *(part for part in parts if part)]
        return found

    @property
    def units(self) -> int:
        """tblhosting.qty of each of them."""
        return 1 if self.product.allowqty == SEVERAL else self.qty


def check(
    db: Session,
    item: Mapping[str, Any],
    currency: Currency,
    *,
    trusted: bool = False,
    override: Price | None = None,
    less: Decimal = ZERO,
    addon_prices: Mapping[int, Price] | None = None,
) -> Line:
    """Check and price one item. `trusted`: from API or admin, which may order hidden things. Raises ItemErrors.

    `less`: per cent that the client's group takes off. `override` and `addon_prices` (by addon id) are what hooks gave in
    place of the price lists.
    """
    product = db.get(Product, _number(item.get("pid")))
    if product is None:
        raise ItemErrors([Phrase("host.cartProductGone", f"Product {item.get('pid')!r} does not exist")])
    if product.retired:
        raise ItemErrors([Phrase("host.error.gone", product=product.name)])
    errors: list[str] = []
    qty = _quantity(product, item.get("qty"), errors)
    if product.stockcontrol and product.qty < qty:
        errors.append(Phrase("host.error.stock", product=product.name, left=max(product.qty, 0)))
    wanted = _cycle(db, product, currency, str(item.get("billingcycle") or ""), errors)
    domain = _domain(product, item, errors, trusted)
    selected: list[Selected] = []
    values: dict[int, str] = {}
    given: dict[int, Any] = {}
    try:
        chosen = fields.as_ids(item.get("configoptions"))
        selected = pricing.read_options(db, product, chosen, currency, wanted, hidden=trusted)
    except OptionErrors as error:
        errors += error.errors
    except ValueError:
        errors.append(_by_id(product, "configurable options"))
    try:
        given = fields.as_ids(item.get("customfields"))
        others = fields.of_any_addon(db, given)
        values = fields.read(db, product, {id_: text for id_, text in given.items() if id_ not in others}, trusted)
    except fields.FieldErrors as error:
        errors += error.errors
    except ValueError:
        errors.append(_by_id(product, "custom fields"))
    addons: list[AddonLine] = []
    for addon_id, count in addonlines.chosen(item).items():
        price_ = (addon_prices or {}).get(addon_id)
        try:
            addons.append(
                addonlines.check(
                    db, addon_id, count, product.id, currency, wanted, trusted=trusted, override=price_, less=less, values=given
                )
            )
        except AddonRefused as error:
            errors.append(str(error))
    if wanted is None or errors:
        raise ItemErrors(errors or [Phrase("host.error.noPrice", f"{product.name} has no price", product=product.name)])
    try:
        price = _override(db, product, currency, wanted, item.get("priceoverride")) if trusted else None
        price = price or override
        today = ctx_of(db).host.clock.today()
        quote = pricing.quote(db, product, currency, wanted, selected, qty, price, less, today)
        several = product.allowqty == SEVERAL
        single = pricing.quote(db, product, currency, wanted, selected, 1, price, less, today) if several else quote
    except (pricing.NotOffered, MoneyError) as error:
        raise ItemErrors([str(error)]) from None
    joined = addonlines.with_product(addons, today, quote, currency)
    return Line(item, product, wanted, qty, domain, selected, values, quote, single, tuple(joined))


def _by_id(product: Product, what: str) -> Phrase:
    text = f"{product.name}: {what} are named by their ids, which are whole numbers"
    return Phrase("host.error.formInvalid", text, product=product.name)


def _quantity(product: Product, raw: Any, errors: list[str]) -> int:
    try:
        qty = whole_number(1 if raw in (None, "") else raw, quantity_of(product.name))
        if qty < 1:
            raise ValueError(Phrase("host.error.least", name=quantity_of(product.name), least=1))
        if qty > 1 and product.allowqty not in (SEVERAL, SCALED):
            raise ValueError(Phrase("host.error.oneOnly", product=product.name))
        if qty > 500 and product.allowqty == SEVERAL:
            raise ValueError(Phrase("host.error.mostInOrder", name=quantity_of(product.name), most=500))
    except ValueError as error:
        errors.append(str(error))
        return 1
    return qty


def _cycle(db: Session, product: Product, currency: Currency, raw: str, errors: list[str]) -> Cycle | None:
    offered = pricing.cycles_of(db, product, currency)
    if not offered:
        errors.append(Phrase("host.error.noPriceIn", product=product.name, currency=currency.code))
        return None
    try:
        # Without a word the shortest cycle is meant, and what is free or paid once has no choice at all.
        wanted = cycle(raw) if raw and offered[0].recurs else offered[0]
    except CycleError as error:
        errors.append(Phrase("host.error.about", name=product.name, problem=str(error)))
        return None
    if wanted not in offered:
        errors.append(pricing.not_sold(product, wanted, offered))
        return None
    return wanted


def _domain(product: Product, item: Mapping[str, Any], errors: list[str], trusted: bool) -> str:
    domain = str(item.get("domain") or "").strip().lower().rstrip(".")
    host = str(item.get("hostname") or "").strip().lower().rstrip(".")
    if not domain and product.showdomainoptions and not trusted:
        errors.append(Phrase("host.error.needsDomain", product=product.name))
    if domain and not (_DOMAIN.fullmatch(domain) and len(domain) <= 253):
        text = f"{domain[:80]!r} is not a domain name; write for example example.com"
        errors.append(Phrase("host.domainInvalid", text, domain=domain[:80]))
    if host and not (_HOST.fullmatch(host) and len(host) <= 253):
        errors.append(Phrase("host.error.hostInvalid", host=repr(host[:80])))
    if product.type == "server" and not trusted and not (host or domain):
        errors.append(Phrase("host.error.needsHost", product=product.name))
    return domain or host


def _override(db: Session, product: Product, currency: Currency, wanted: Cycle, raw: Any) -> Price | None:
    if raw in (None, ""):
        return None
    value = amount(raw)
    if value < Decimal(0):
        raise MoneyError(f"{product.name}: the price override must not be negative")
    return Price(recurring=value)


def _number(raw: Any) -> int:
    try:
        return whole_number(raw if raw is not None else 0, "the product")
    except ValueError:
        return 0
