"""Addons by API: ordered with a product and for a service, listed, changed."""

import pytest

from modulehost.context import Ctx
from modulehost.ordering import acceptance
from modulehost.schema import Product
from tests.api.client import CLIENT, Api
from tests.billing.shop import add_addon, add_product


@pytest.fixture
def sold(ctx: Ctx) -> tuple[int, int, int]:
    """A product (10.00 and 3.00 set-up) and two addons (2.00 a month)."""
    with ctx.unit() as db:
        product: Product = add_product(db)
        return product.id, add_addon(db, "Backup", product, allowqty=1).id, add_addon(db, "Archive", product).id


def test_addons_are_ordered_listed_and_changed(api: Api, ctx: Ctx, sold: tuple[int, int, int]) -> None:
    client = int(api("AddClient", **CLIENT)["clientid"])
    product, backup, archive = sold
    values = {"clientid": client, "paymentmethod": "mailin", "pid[0]": product, "billingcycle[0]": "monthly"}
    placed = api("AddOrder", **values, **{"addons[0]": f"{backup},{archive}", "addonsqty[0]": "3,1"})
    assert (placed["result"], placed["addonids"]) == ("success", "1,2")
    lines = api("GetOrders", id=placed["orderid"])["orders"]["order"][0]["lineitems"]["lineitem"]
    assert [(line["type"], line["product"], line["amount"]) for line in lines[1:]] == [
        ("addon", "Backup", "6.00"), ("addon", "Archive", "2.00"),
    ]  # fmt: skip
    assert acceptance.accept(ctx, int(placed["orderid"])) == []
    service = int(placed["serviceids"])
    own = api("AddOrder", clientid=client, paymentmethod="mailin", addonid=archive, serviceid=service)
    assert (own["addonids"], own["serviceids"]) == ("3", "")
    several = {"addonids[0]": backup, "addonidsqty[0]": 2, "serviceids[0]": service}
    assert api("AddOrder", clientid=client, paymentmethod="mailin", **several)["addonids"] == "4"
    assert "Addon ID invalid" in api.refused("AddOrder", clientid=client, paymentmethod="mailin", addonid=99, serviceid=service)
    found = api("GetClientsAddons", clientid=client)
    assert found["totalresults"] == 4
    assert [(one["name"], one["qty"], one["recurring"], one["status"]) for one in found["addons"]["addon"]] == [
        ("Backup", 3, "6.00", "Active"), ("Archive", 1, "2.00", "Active"), ("Archive", 1, "2.00", "Pending"), ("Backup", 2, "4.00", "Pending"),
    ]  # fmt: skip
    assert api("GetClientsAddons", addonid=archive)["totalresults"] == 2
    assert api("GetClientsAddons", serviceid=f"{service},99")["totalresults"] == 4
    assert api("UpdateClientAddon", id=3, status="Active", recurring="9.00", notes="kept")["id"] == 3
    changed = api("GetClientsAddons", addonid=archive)["addons"]["addon"][1]
    assert (changed["status"], changed["recurring"], changed["notes"]) == ("Active", "9.00", "kept")
    assert api("UpdateClientAddon", id=3, autorecalc="true", recurring="77")["id"] == 3
    assert api("GetClientsAddons", addonid=archive)["addons"]["addon"][1]["recurring"] == "2.00"
    assert api.refused("UpdateClientAddon", id=99, status="Active") == "Addon ID Not Found"
    assert api.refused("UpdateClientAddon", id=3) == "Nothing to Update"
