"""Product addons in the cart: which are offered, and one of them checked and priced.

With a product they stand in its item as `addons` {addon id: quantity}. For a service that a client has already they are lines
of their own: `aid`, `serviceid`, `qty`, `billingcycle`, `customfields` {field id: text}. With a product the values of its addons'
fields are among the product's `customfields`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost import money
from modulehost.billing import prices, promotions, proration
from modulehost.billing.catalog.addons import product_ids
from modulehost.billing.cycles import Cycle, CycleError, cycle, next_date, told
from modulehost.billing.options import whole_number
from modulehost.billing.prices import Price
from modulehost.billing.pricing import Quote
from modulehost.context import ctx_of
from modulehost.language import Phrase
from modulehost.money import ZERO
from modulehost.ordering import fields
from modulehost.ordering.reading import status_told
from modulehost.schema import Addon, Currency, Service

MOST = 500
#: a service takes addons while it is one of these
TAKING = ("Active", "Suspended")


class AddonRefused(ValueError):
    """An addon that cannot be ordered so."""


@dataclass(frozen=True)
class AddonLine:
    """A checked addon. `price` is that of one unit; `service` the one it is for, None when it comes with a product.

    `share` is what the first period of all units costs, and `until` the day on which the next one begins, where the addon falls
    due together with its service (tbladdons.prorate).
    """

    addon: Addon
    cycle: Cycle
    qty: int
    price: Price
    service: Service | None = None
    customfields: Mapping[int, str] = field(default_factory=dict)
    share: Decimal | None = None
    until: date | None = None

    @property
    def setup(self) -> Decimal:
        """The set-up fee of all units."""
        return self.price.setup * self.qty

    @property
    def recurring(self) -> Decimal:
        """What comes with every period, or once."""
        return self.price.recurring * self.qty

    @property
    def first(self) -> Decimal:
        """What the first period costs."""
        return self.recurring if self.share is None else self.share

    @property
    def total(self) -> Decimal:
        """Due with the first invoice."""
        return self.setup + self.first

    def good(self, services: int = 1) -> promotions.Good:
        """What promotions see of it, ordered for so many services: all units of one service are one good."""
        first = Price(self.setup, self.first)
        return promotions.Good(f"A{self.addon.id}", self.cycle, Price(self.setup, self.recurring), services, first)

    def amounts(self, off: Decimal = ZERO) -> list[Decimal]:
        """The lines that an invoice has for it: the period, a set-up fee, and what a promotion takes off."""
        if self.cycle.key == "free":
            return []
        return [self.first, *(part for part in (self.setup, -off) if part)]


def with_product(lines: Sequence[AddonLine], today: date, quote: Quote, currency: Currency) -> list[AddonLine]:
    """The addons ordered with a product of this price, which fall due with its next period if they ask for that."""
    due = quote.until or next_date(today, quote.cycle)
    return [with_service(one, today, due, currency) for one in lines]


def with_service(line: AddonLine, today: date, due: date | None, currency: Currency) -> AddonLine:
    """The line with a first period that ends when its service is due, if the addon asks for that."""
    first = proration.with_service(today, line.cycle, due) if line.addon.prorate else None
    if first is None:
        return line
    return replace(line, share=first.share(line.recurring, line.cycle, money.places(currency)), until=first.end)


def offered(db: Session, product_id: int, currency: Currency, *, with_product: bool = False) -> list[Addon]:
    """The addons that clients may choose for a product, in their order; `with_product`: those shown while it is ordered."""
    wanted = select(Addon).where(Addon.hidden == 0, Addon.retired == 0).order_by(Addon.weight, Addon.name, Addon.id)
    if with_product:
        wanted = wanted.where(Addon.showorder == 1)
    fitting = [one for one in db.scalars(wanted) if product_id in product_ids(one)]
    return [one for one in fitting if prices.addon_cycles(db, one, currency)]


def cycle_of(db: Session, addon: Addon, currency: Currency, wanted: Cycle | None) -> Cycle | None:
    """The cycle an addon has beside a product's: the same where it is offered, else its shortest; None without a price."""
    known = prices.addon_cycles(db, addon, currency)
    return wanted if wanted in known else (known[0] if known else None)


def check(
    db: Session,
    addon_id: int,
    qty: Any,
    product_id: int,
    currency: Currency,
    wanted: Cycle | None,
    *,
    trusted: bool = False,
    override: Price | None = None,
    less: Decimal = ZERO,
    values: Mapping[int, Any] | None = None,
) -> AddonLine:
    """One addon for a product ordered in the cycle `wanted`. `trusted`: from API or admin. Raises AddonRefused.

    `values` are those of its custom fields; None: they are not looked at, as only its price is wanted.

    `less`: per cent that the client's group takes off the price list; not off an override.
    """
    addon = db.get(Addon, addon_id)
    if addon is None or ((addon.hidden or addon.retired) and not trusted):
        what = f"Addon {addon_id}" if addon is None else addon.name
        text = f"{what} does not exist" if addon is None else f"{what} is not offered"
        raise AddonRefused(Phrase("host.error.gone", text, product=what))
    if product_id not in product_ids(addon) and not trusted:
        raise AddonRefused(Phrase("host.error.addonUnfit", addon=addon.name))
    chosen = cycle_of(db, addon, currency, wanted)
    if chosen is None:
        raise AddonRefused(Phrase("host.error.noPriceIn", product=addon.name, currency=currency.code))
    price = prices.addon_price(db, addon, currency, chosen)
    assert price is not None, "cycle_of names cycles that are offered"
    line = AddonLine(addon, chosen, _quantity(addon, qty), override or price.reduced(less))
    return line if values is None else replace(line, customfields=_read_fields(db, addon, values, trusted))


def check_own(
    db: Session,
    item: Mapping[str, Any],
    client_id: int,
    currency: Currency,
    *,
    trusted: bool = False,
    override: Price | None = None,
    less: Decimal = ZERO,
) -> AddonLine:
    """An addon for a service that the client has. Raises AddonRefused."""
    service = db.get(Service, _id(item.get("serviceid")))
    if service is None or (service.userid != client_id and client_id):
        raise AddonRefused(Phrase("host.addonServiceMissing", "Service ID not owned by Client ID provided"))
    if service.domainstatus not in TAKING and not trusted:
        raise AddonRefused(Phrase("host.error.addonStatus", status=status_told(service.domainstatus)))
    addon = db.get(Addon, _id(item.get("aid")))
    if addon is None:
        raise AddonRefused(Phrase("host.error.addonGone", "Addon ID invalid"))
    name = str(item.get("billingcycle") or "")
    try:
        wanted = cycle(name or service.billingcycle)
    except CycleError as error:
        raise AddonRefused(Phrase("host.error.about", name=addon.name, problem=str(error))) from None
    if name and wanted not in prices.addon_cycles(db, addon, currency):
        raise AddonRefused(Phrase("host.error.notCycle", product=addon.name, cycle=told(wanted)))
    found = check(
        db, addon.id, item.get("qty"), service.packageid, currency, wanted, trusted=trusted, override=override,
        less=less, values=item.get("customfields") or {},
    )  # fmt: skip
    return with_service(replace(found, service=service), ctx_of(db).host.clock.today(), service.nextduedate, currency)


def chosen(item: Mapping[str, Any]) -> dict[int, Any]:
    """`addons` of a product's item with ids as numbers; what is no id is left out."""
    return {int(key): qty for key, qty in dict(item.get("addons") or {}).items() if str(key).isascii() and str(key).isdecimal()}


def quantity_of(name: str) -> Phrase:
    """The quantity of something, as an error names it."""
    return Phrase("host.error.about", name=name, problem=Phrase("host.error.quantity"))


def _read_fields(db: Session, addon: Addon, values: Mapping[int, Any], trusted: bool) -> dict[int, str]:
    try:
        return fields.read_addon(db, addon, fields.as_ids(values), trusted)
    except fields.FieldErrors as error:
        raise AddonRefused(Phrase("host.error.about", name=addon.name, problem=error.errors)) from None
    except ValueError:
        text = f"{addon.name}: custom fields are named by their ids, which are whole numbers"
        raise AddonRefused(Phrase("host.error.formInvalid", text, product=addon.name)) from None


def _quantity(addon: Addon, raw: Any) -> int:
    try:
        qty = whole_number(1 if raw in (None, "", "on") else raw, quantity_of(addon.name))
    except ValueError as error:
        raise AddonRefused(str(error)) from None
    if qty < 1 or qty > MOST:
        raise AddonRefused(Phrase("host.error.range", name=quantity_of(addon.name), least=1, most=MOST))
    if qty > 1 and not addon.allowqty:
        raise AddonRefused(Phrase("host.error.oneOnly", product=addon.name))
    return qty


def _id(raw: Any) -> int:
    text = str(raw or 0)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
