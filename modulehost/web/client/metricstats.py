"""`$metricStats`: the metrics that a service's product charges for, with the last value and the prices."""

from typing import Any

from sqlalchemy.orm import Session

from modulehost import money
from modulehost.billing import usage
from modulehost.billing.dates import moment_text
from modulehost.lifecycle import usage as measured
from modulehost.schema import Currency, Product, Service


def metric_stats(db: Session, service: Service, product: Product, currency: Currency) -> list[dict[str, Any]]:
    """One map per metric that is switched on for the product, in the order of the module's own list."""
    known = measured.known(db, product.servertype)[1]
    last = {one.name: (value, when) for one, value, when in measured.stats(db, service)}
    items = {item.metric: item for item in usage.items_of(db, product.id) if not item.is_hidden and item.module == product.servertype}
    found = []
    for name, metric in known.items():
        if name not in items:
            continue
        scheme, brackets = usage.priced(db, items[name], currency.id)
        value, when = last.get(name, (None, None))
        found.append({
            "systemName": name, "displayName": metric.label, "unitName": metric.units.single,
            "includedQuantity": usage.number_text(items[name].included), "includedQuantityUnits": metric.units.suffix or metric.units.name,
            "pricingSchema": scheme, "currentValue": "–" if value is None else metric.units.formatted(value),
            "lastUpdated": moment_text(db, when),
            "pricing": [
                {"from": usage.number_text(one.floor), "to": usage.number_text(one.ceiling) if one.ceiling is not None else "",
                 "price": money.formatted(one.price, currency)}
                for one in brackets
            ],
        })  # fmt: skip
    return found
