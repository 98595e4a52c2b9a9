"""/upgrade: another product or billing cycle for one service, all choices on one page; ordering goes on at upgrade.php.

Public are the routes `upgrade` and `upgrade-add-to-cart` and the variables of upgrade-configure.tpl. Customary, and here alone: the
fields `serviceid`, `isproduct` (0: serviceid is an addon's), `productid` and `billingcycle`, and what stands in a product of
`$upgradeProducts`. What an addon could become is nowhere documented but for services of a marketplace, so addons are told how
to change instead.
"""

from typing import Any

from flask import request
from sqlalchemy.orm import Session

from modulehost.billing import upgrades
from modulehost.money import currency_of
from modulehost.ordering.upgrades import UpgradeRefused, UpgradeRequest, checks
from modulehost.schema import Client, Product, Service, ServiceAddon
from modulehost.themes.objects import Record
from modulehost.web import frame
from modulehost.web.client import upgrade
from modulehost.web.client.show import blueprint, message, not_found, number, say, show, to, worded

URL = "/upgrade"


@blueprint.route(URL, methods=["GET", "POST"])
@frame.signed_in
def upgrade_configure() -> Any:
    """Choose. Without `serviceid`: the list of services."""
    if not number("serviceid"):
        return to("/clientarea.php?action=services")
    if request.values.get("isproduct") == "0":
        return _addon()
    found = _mine()
    return _page(*found) if found else not_found()


@blueprint.post(f"{URL}/add")
@frame.signed_in
def upgrade_add_to_cart() -> Any:
    """What was chosen, with its price: the summary of upgrade.php, from which it is ordered."""
    found, actor = _mine(), frame.client_actor()
    if found is None or actor is None:
        return not_found()
    service, product = found
    wanted = UpgradeRequest(
        service.id, upgrades.PACKAGE, pid=number("productid"), billingcycle=request.form.get("billingcycle", "")[:30],
        ip=request.remote_addr or "", requestor_id=actor.user_id,
    )  # fmt: skip
    try:
        return upgrade.summary(service, product, wanted)
    except UpgradeRefused as refused:
        return _page(service, product, refused.errors)


def _mine() -> tuple[Service, Product] | None:
    with frame.ctx().unit(read=True) as db:
        service = db.get(Service, number("serviceid"))
        product = db.get(Product, service.packageid) if service else None
    return (service, product) if service and product and service.userid == frame.client_id() else None


def _addon() -> Any:
    with frame.ctx().unit(read=True) as db:
        row = db.get(ServiceAddon, number("serviceid"))
    if row is None or row.userid != frame.client_id():
        return not_found()
    link = f"/clientarea.php?action=productdetails&id={row.hostingid}"
    return message(501, say("upgradeNotPossible"), say("host.upgradeAddon"), "fas fa-puzzle-piece", link)


def _page(service: Service, product: Product, errors: list[str] | None = None) -> Any:
    with frame.ctx().unit(read=True) as db:
        reason = checks.refusal(db, service, upgrades.PACKAGE)
        offered = [] if reason else _products(db, service, product)
    told = errors or ([checks.TEXTS[reason]] if reason else [])
    variables = {
        "serviceToBeUpgraded": Record(
            {"id": service.id, "domain": service.domain, "productName": product.name, "billingCycle": service.billingcycle},
            class_name="WHMCS\\Service\\Service",
        ),
        "isService": True, "upgradeProducts": offered, "recommendedProductKey": "", "allowMultipleQuantities": False,
        "permittedBillingCycles": list(dict.fromkeys(cycle["key"] for one in offered for cycle in one["cycles"])),
        "currentQuantity": service.qty, "minimumQuantity": 1,
        "errorMessage": " ".join(worded(one) for one in told),
    }  # fmt: skip
    return show(upgrade.page_of("upgrade-configure", service, product, variables, upgrades.PACKAGE), 400 if errors else 200)


def _products(db: Session, service: Service, product: Product) -> list[dict[str, Any]]:
    currency = currency_of(db, db.get(Client, service.userid))
    return [
        {"id": one["pid"], "productKey": str(one["pid"]), "name": one["productname"], "groupName": one["groupname"],
         "description": one["description"], "current": one["current"], "cycles": one["cycles"]}
        for one in upgrade.packages(db, service, product, currency)
    ]  # fmt: skip
