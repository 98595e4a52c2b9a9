"""Upgrades and downgrades of services: checks.py says what is possible, placing.py makes the order, completing.py carries it out.

Steps, each an announcement of the unit before it, so that a killed host goes on with the next delivery:

    upgrade.placed     order and rows of tblupgrades stand; the last hook on the amount, then the invoice or no charge
    upgrade.due        it is paid (invoice.paid) or nothing is due: the service changes, paid = Y
    upgrade.applied    the module's ChangePackage, with the params of the new package
    upgrade.completed  the module has done it (service.packagechanged): Completed, mail, hooks, the order is Active

A module that fails leaves the service changed, the upgrade Pending with paid = Y, and its command in the module queue; a
retry that succeeds, or accepting the order, completes it.
"""

from modulehost.ordering.upgrades.checks import UpgradeRefused, refusal
from modulehost.ordering.upgrades.completing import accept, on_applied, on_changed, on_due, on_paid, told
from modulehost.ordering.upgrades.placing import Offer, PlacedUpgrade, UpgradeRequest, offer, on_placed, place

__all__ = [
    "Offer", "PlacedUpgrade", "UpgradeRefused", "UpgradeRequest", "accept", "offer", "on_applied", "on_changed", "on_due",
    "on_paid", "on_placed", "place", "refusal", "told",
]  # fmt: skip
