"""Whether a service can be upgraded now, and to what."""

from collections.abc import Mapping

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from modulehost.billing import pricing, upgrades
from modulehost.billing.cycles import CycleError
from modulehost.billing.options import OptionErrors
from modulehost.language import Phrase
from modulehost.money import currency_of
from modulehost.schema import Client, Invoice, InvoiceItem, Order, Product, Service, Upgrade

NOT_ACTIVE, PENDING, UNPAID, NOT_OFFERED = "notactive", "pending", "unpaid", "notoffered"
TEXTS = {
    NOT_ACTIVE: Phrase("host.upgradeNotActive", "Only an active service can be upgraded or downgraded"),
    PENDING: Phrase(
        "upgradeexistingupgradeinvoice",
        "Unable to accept upgrade order. Previous upgrade invoice for service is still unpaid.",
    ),
    UNPAID: Phrase("upgradeerroroverdueinvoice", "The service has an unpaid invoice; pay it first"),
    NOT_OFFERED: Phrase("host.upgradeNothing", "There is nothing that this service can be changed to"),
}


class UpgradeRefused(ValueError):
    """An upgrade that is not possible; `errors` is one text for each reason, `reason` one of the words above or empty."""

    def __init__(self, errors: list[str], reason: str = "") -> None:
        super().__init__("; ".join(errors))
        self.errors, self.reason = errors, reason


def refusal(db: Session, service: Service, kind: str, trusted: bool = False) -> str:
    """Why the service cannot be changed now, as one of the words above; empty when it can.

    `trusted` (staff, API): whatever the product offers to clients.
    """
    if service.domainstatus != "Active":
        return NOT_ACTIVE
    if pending(db, service.id) is not None:
        return PENDING
    if unpaid_invoice(db, service.id):
        return UNPAID
    product = db.get(Product, service.packageid)
    if product is None or not (trusted or offered(db, product, kind)):
        return NOT_OFFERED
    return ""


def offered(db: Session, product: Product, kind: str) -> bool:
    """Whether clients are offered this kind of change at all."""
    if kind == upgrades.PACKAGE:
        return bool(upgrades.targets(db, product))
    return bool(product.configoptionsupgrade) and bool(pricing.options_of(db, product))


def pending(db: Session, service_id: int) -> Upgrade | None:
    """The upgrade of a service that is under way: ordered and neither completed nor given up."""
    alive = or_(Order.invoiceid == 0, Invoice.status.not_in(("Cancelled", "Refunded")))
    found = select(Upgrade).join(Order, Order.id == Upgrade.orderid).outerjoin(Invoice, Invoice.id == Order.invoiceid)
    found = found.where(Upgrade.relid == service_id, Upgrade.status == "Pending", Order.status == "Pending", alive)
    return db.scalar(found.order_by(Upgrade.id).limit(1))


def unpaid_invoice(db: Session, service_id: int) -> int:
    """tblinvoices.id of an unpaid invoice for the service's own periods, 0 for none."""
    mine = and_(InvoiceItem.type == "Hosting", InvoiceItem.relid == service_id, Invoice.status == "Unpaid")
    found = select(Invoice.id).join(InvoiceItem, InvoiceItem.invoiceid == Invoice.id).where(mine)
    return db.scalar(found.order_by(Invoice.duedate, Invoice.id).limit(1)) or 0


def changes(
    db: Session, service: Service, kind: str, pid: int, billingcycle: str, values: Mapping[int, str | int], trusted: bool
) -> list[upgrades.Change]:
    """What was asked for, checked and priced. Raises UpgradeRefused."""
    if reason := refusal(db, service, kind, trusted):
        raise UpgradeRefused([TEXTS[reason]], reason)
    product = db.get_one(Product, service.packageid)
    currency = currency_of(db, db.get(Client, service.userid))
    try:
        if kind == upgrades.CONFIGOPTIONS:
            return list(upgrades.option_changes(db, service, product, values, currency, hidden=trusted))
        new = db.get(Product, pid)
        allowed = {one.id for one in upgrades.targets(db, product)}
        if new is None or new.retired or not (trusted or new.id in allowed):
            name = new.name if new else f"Product {pid}"
            raise UpgradeRefused([Phrase("host.error.noUpgrade", new=name, product=product.name)])
        wanted = billingcycle or service.billingcycle
        cycles = pricing.cycles_of(db, new, currency)
        if cycles and not cycles[0].recurs:
            wanted = cycles[0].key  # free or paid once: there is no choice
        return [upgrades.package(db, service, new, wanted, currency)]
    except OptionErrors as error:
        raise UpgradeRefused(error.errors) from None
    except (upgrades.NotChanged, pricing.NotOffered, CycleError) as error:
        raise UpgradeRefused([str(error)]) from None
