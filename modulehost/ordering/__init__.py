"""From the cart to the accepted order: custom fields, cart, checkout, acceptance, changes to services."""

from modulehost import events
from modulehost.context import Host
from modulehost.ordering import acceptance, cancellations, checkout, setup, upgrades


def register(host: Host) -> None:
    """Subscribe to what follows placed orders, payments and saved services."""
    events.subscribe(host, "order.placed", checkout.on_placed)
    events.subscribe(host, "invoice.paid", setup.on_paid)
    events.subscribe(host, "invoice.paid", upgrades.on_paid)
    events.subscribe(host, "upgrade.placed", upgrades.on_placed)
    events.subscribe(host, "upgrade.due", upgrades.on_due)
    events.subscribe(host, "upgrade.applied", upgrades.on_applied)
    events.subscribe(host, "upgrade.completed", acceptance.on_upgrade_completed)
    events.subscribe(host, "service.packagechanged", upgrades.on_changed)
    events.subscribe(host, "invoice.settled", setup.on_settled)
    events.subscribe(host, "service.saved", acceptance.on_service_saved)
    events.subscribe(host, "addon.saved", acceptance.on_addon_saved)
    events.subscribe(host, "service.saved", cancellations.on_status)
    events.subscribe(host, "service.status", cancellations.on_status)
