"""What a promotion code takes off the lines of an order."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy.orm import Session

from modulehost.billing import promotions
from modulehost.billing.promotions import Reduction
from modulehost.money import ZERO
from modulehost.ordering.lines import Line
from modulehost.schema import Client, Currency, Promotion


@dataclass(frozen=True)
class Discounts:
    """The promotion of an order, if any, and what it takes off each line, by the line's place."""

    promotion: Promotion | None = None
    by_place: dict[int, Reduction] = field(default_factory=dict)

    @property
    def total(self) -> Decimal:
        """Off the first payment."""
        return sum((one.total for one in self.by_place.values()), ZERO)

    def recurring(self, place: int) -> Decimal:
        """Off each later period of a line; what ends after some periods counts as well."""
        off = self.by_place.get(place)
        lasting = self.promotion is not None and self.promotion.recurring and self.promotion.recurfor != 1
        return off.unit.recurring * off.times if off and lasting else ZERO


def of_order(
    db: Session,
    code: str,
    checked: Mapping[int, Line],
    currency: Currency,
    client: Client | None,
    anything: bool = False,
) -> Discounts:
    """What `code` takes off these lines; nothing without a code. Raises promotions.PromotionRefused.

    `anything`: staff may use any code on any product.
    """
    if not code.strip():
        return Discounts()
    tokens = {str(line.product.id) for line in checked.values()}
    promotion = promotions.check(db, code, client=client, tokens=tokens, anything=anything)
    goods = [line.good for line in checked.values()]
    offs = promotions.spread(db, promotion, goods, currency, anything)
    return Discounts(promotion, dict(zip(checked, offs, strict=True)))
