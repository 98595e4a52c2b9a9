"""The metrics that a product charges for: `$metrics` of order forms with what is included and the prices, and `$metricStats` of a
service with the last value besides.
"""

from typing import Any

from sqlalchemy.orm import Session

from modulehost import money
from modulehost.billing import usage
from modulehost.billing.dates import moment_text
from modulehost.lifecycle import usage as measured
from modulehost.schema import Currency, Product, Service


def metric_prices(db: Session, product: Product, currency: Currency) -> list[dict[str, Any]]:
    """One map per metric that is switched on for the product, in the order of the module's own list.

    Quantities are in units that people read (10 GB, not 10240 MB); a price is for one unit as the module counts it (`unitName`).
    """
    known = measured.known(db, product.servertype)[1] if product.servertype else {}
    items = {item.metric: item for item in usage.items_of(db, product.id) if not item.is_hidden and item.module == product.servertype}
    found = []
    for name, metric in known.items():
        if name not in items:
            continue
        scheme, brackets = usage.priced(db, items[name], currency.id)
        included, sign = metric.units.scaled(items[name].included)
        found.append({
            "systemName": name, "displayName": metric.label, "unitName": metric.units.single,
            "includedQuantity": included, "includedQuantityUnits": sign or metric.units.name, "pricingSchema": scheme,
            "pricing": [
                {"from": metric.units.formatted(one.floor), "to": metric.units.formatted(one.ceiling) if one.ceiling is not None else "",
                 "price": money.formatted(one.price, currency)}
                for one in brackets
            ],
        })  # fmt: skip
    return found


def metric_stats(db: Session, service: Service, product: Product, currency: Currency) -> list[dict[str, Any]]:
    """The same with what a service used last."""
    last = {one.name: (one.units.formatted(value), when) for one, value, when in measured.stats(db, service)}
    found = []
    for metric in metric_prices(db, product, currency):
        value, when = last.get(metric["systemName"], ("–", None))
        found.append({**metric, "currentValue": value, "lastUpdated": moment_text(db, when)})
    return found
