"""What a promotion code takes off the lines of an order."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy.orm import Session

from modulehost.billing import promotions
from modulehost.billing.promotions import Reduction
from modulehost.money import ZERO
from modulehost.ordering.addonlines import AddonLine
from modulehost.ordering.lines import Line
from modulehost.schema import Client, Currency, Promotion

#: where an addon stands: the place of its product's line and its place there, or OWN and its place among the others
AddonPlace = tuple[int, int]
OWN = -1


@dataclass(frozen=True)
class Discounts:
    """The promotion of an order, if any, and what it takes off each line and addon, by their place."""

    promotion: Promotion | None = None
    by_place: dict[int, Reduction] = field(default_factory=dict)
    addons: dict[AddonPlace, Reduction] = field(default_factory=dict)

    @property
    def total(self) -> Decimal:
        """Off the first payment."""
        return sum((one.total for one in (*self.by_place.values(), *self.addons.values())), ZERO)

    def recurring(self, place: int) -> Decimal:
        """Off each later period of a line; what ends after some periods counts as well."""
        off = self.by_place.get(place)
        lasting = self.promotion is not None and self.promotion.recurring and self.promotion.recurfor != 1
        return off.unit.recurring * off.times if off and lasting else ZERO

    def addon(self, place: AddonPlace, n: int = 0) -> Decimal:
        """Off the first payment of an addon of the line's `n`th service."""
        off = self.addons.get(place)
        return off.first.total if off and n < off.times else ZERO

    def addon_recurring(self, place: AddonPlace, n: int = 0) -> Decimal:
        """Off each later period of it. Addons have no column that counts periods: what ends after some is off the first only."""
        off = self.addons.get(place)
        lasting = self.promotion is not None and self.promotion.recurring and not self.promotion.recurfor
        return off.unit.recurring if off and lasting and n < off.times else ZERO


def addons_of(
    checked: Mapping[int, Line], own: Mapping[int, AddonLine]
) -> Iterator[tuple[AddonPlace, AddonLine, int]]:
    """Every addon of an order with its place and for how many services it is ordered."""
    for place, line in checked.items():
        for number, addon in enumerate(line.addons):
            yield (place, number), addon, line.services
    for place, addon in own.items():
        yield (OWN, place), addon, 1


def of_order(
    db: Session,
    code: str,
    checked: Mapping[int, Line],
    currency: Currency,
    client: Client | None,
    anything: bool = False,
    own_addons: Mapping[int, AddonLine] | None = None,
) -> Discounts:
    """What `code` takes off these lines and addons; nothing without a code. Raises promotions.PromotionRefused.

    `own_addons` are ordered for services that the client has. `anything`: staff may use any code on any product or addon.
    """
    if not code.strip():
        return Discounts()
    addons = list(addons_of(checked, own_addons or {}))
    goods = [line.good for line in checked.values()] + [addon.good(count) for _, addon, count in addons]
    tokens = {good.token for good in goods}
    promotion = promotions.check(db, code, client=client, tokens=tokens, anything=anything)
    offs = promotions.spread(db, promotion, goods, currency, anything)
    places = [place for place, _, _ in addons]
    cut = len(checked)
    return Discounts(
        promotion, dict(zip(checked, offs[:cut], strict=True)), dict(zip(places, offs[cut:], strict=True))
    )
