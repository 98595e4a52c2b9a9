"""Which product addons a client may order for the services there are already."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost.billing import clientgroups, prices
from modulehost.billing.cycles import Cycle, CycleError, cycle
from modulehost.billing.prices import Price
from modulehost.ordering.addonlines import TAKING, AddonLine, cycle_of, offered
from modulehost.schema import Addon, Client, Currency, Product, Service


@dataclass(frozen=True)
class Offer:
    """An addon and the services it fits: each as the line of one unit, with the product's name."""

    addon: Addon
    lines: Sequence[tuple[AddonLine, str]]


def for_client(db: Session, client: Client, currency: Currency, service_id: int = 0) -> list[Offer]:
    """The addons on offer for a client's running services, in their order; for one of them alone with `service_id`."""
    wanted = (
        select(Service, Product)
        .join(Product, Product.id == Service.packageid)
        .where(Service.userid == client.id, Service.domainstatus.in_(TAKING))
        .order_by(Product.name, Service.domain, Service.id)
    )
    if service_id:
        wanted = wanted.where(Service.id == service_id)
    less = clientgroups.discount(db, client)
    fitting: dict[int, list[Addon]] = {}
    known: dict[tuple[int, str], tuple[Cycle, Price] | None] = {}
    found: dict[int, tuple[Addon, list[tuple[AddonLine, str]]]] = {}
    for service, product in db.execute(wanted):
        try:
            period = cycle(service.billingcycle)
        except CycleError:
            continue
        if product.id not in fitting:
            fitting[product.id] = offered(db, product.id, currency)
        for addon in fitting[product.id]:
            key = (addon.id, period.key)
            if key not in known:
                known[key] = _priced(db, addon, currency, period)
            if cost := known[key]:
                line = AddonLine(addon, cost[0], 1, cost[1].reduced(less), service)
                found.setdefault(addon.id, (addon, []))[1].append((line, product.name))
    order = sorted(found.values(), key=lambda one: (one[0].weight, one[0].name, one[0].id))
    return [Offer(addon, lines) for addon, lines in order]


def available(db: Session, service: Service, currency: Currency) -> bool:
    """Whether any addon can be ordered for a service."""
    return service.domainstatus in TAKING and bool(offered(db, service.packageid, currency))


def _priced(db: Session, addon: Addon, currency: Currency, period: Cycle) -> tuple[Cycle, Price] | None:
    chosen = cycle_of(db, addon, currency, period)
    price = prices.addon_price(db, addon, currency, chosen) if chosen else None
    return (chosen, price) if chosen and price else None
