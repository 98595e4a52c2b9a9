"""Module commands and changes of a service."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from modulehost.context import Ctx, Host
from modulehost.schema import Invoice, Product, Service
from tests.api.client import CLIENT, Api, packed
from tests.billing.shop import add_field, add_option, add_product


@pytest.fixture
def product(ctx: Ctx) -> Product:
    with ctx.unit() as db:
        return add_product(db, servertype="shopmod")


@pytest.fixture
def service(api: Api, product: Product) -> int:
    client = api("AddClient", **CLIENT)["clientid"]
    values = {"clientid": client, "paymentmethod": "mailin", "pid[0]": product.id, "billingcycle[0]": "monthly"}
    return int(api("AddOrder", **values)["serviceids"])


def status(api: Api, service: int) -> dict[str, Any]:
    shown: dict[str, Any] = api("GetClientsProducts", serviceid=service)["products"]["product"][0]
    return shown


COMMANDS = [
    "ModuleCreate",
    "ModuleSuspend",
    "ModuleUnsuspend",
    "ModuleTerminate",
    "ModuleChangePackage",
    "ModuleChangePw",
    "ModuleCustom",
]


@pytest.mark.parametrize("action", COMMANDS)
def test_documented_refusals(api: Api, ctx: Ctx, action: str) -> None:
    assert api.refused(action, func_name="reboot") == "Service ID is required"
    assert api.refused(action, func_name="reboot", serviceid=9) == "Service ID not found"
    with ctx.unit() as db:
        plain = add_product(db, "Plain")
        db.add(row := Service(userid=1, packageid=plain.id))
    assert api.refused(action, func_name="reboot", serviceid=row.id) == "Service not assigned to a module"


def test_a_service_through_its_life(api: Api, host: Host, service: int) -> None:
    api.ok("ModuleCreate", serviceid=service)
    assert status(api, service)["status"] == "Active"
    api.ok("ModuleSuspend", serviceid=service, suspendreason="Overdue on Payment")
    assert (status(api, service)["status"], status(api, service)["suspensionreason"]) == (
        "Suspended",
        "Overdue on Payment",
    )
    api.ok("ModuleUnsuspend", accountid=service)
    assert (status(api, service)["status"], status(api, service)["suspensionreason"]) == ("Active", "")
    api.ok("ModuleChangePw", serviceid=service, servicepassword="new-one")
    assert (host.root / "password").read_text() == status(api, service)["password"] == "new-one"
    api.ok("ModuleChangePackage", serviceid=service)
    api.ok("ModuleCustom", serviceid=service, func_name="reboot")
    api.ok("ModuleTerminate", serviceid=service)
    assert status(api, service)["status"] == "Terminated"


def test_the_module_s_words_are_the_message(api: Api, service: int) -> None:
    api.ok("ModuleCreate", serviceid=service)
    assert api.refused("ModuleSuspend", serviceid=service, suspendreason="refuse") == "the vendor keeps it running"
    assert status(api, service)["status"] == "Active"
    assert "“explode”" in api.refused("ModuleCustom", serviceid=service, func_name="explode")
    assert "func_name" in api.refused("ModuleCustom", serviceid=service)


def test_update_changes_what_is_named(api: Api, service: int) -> None:
    api.ok(
        "UpdateClientProduct", serviceid=service, domain="new.example", serviceusername="anna", servicepassword="pw-2", notes="n",
        status="active", nextduedate="2027-03-01", recurringamount="7.5", billingcycle="Quarterly", paymentmethod="testpay",
        overideautosuspend="on", overidesuspenduntil="2027-04-01", diskusage=100, dedicatedip="192.0.2.7", ns1="ns1.example",
    )  # fmt: skip
    shown = status(api, service)
    expected = {
        "domain": "new.example", "username": "anna", "password": "pw-2", "notes": "n", "status": "Active",
        "nextduedate": "2027-03-01",
        "recurringamount": "7.50", "billingcycle": "Quarterly", "paymentmethod": "testpay", "overideautosuspend": "on",
        "overidesuspenduntil": "2027-04-01", "diskusage": 100, "dedicatedip": "192.0.2.7", "ns1": "ns1.example",
    }  # fmt: skip
    assert {name: shown[name] for name in expected} == expected
    api.ok("UpdateClientProduct", serviceid=service, **{"unset[0]": "domain", "unset[1]": "servicepassword"})
    assert (status(api, service)["domain"], status(api, service)["password"], status(api, service)["notes"]) == (
        "",
        "",
        "n",
    )


def test_update_of_fields_and_options(api: Api, host: Host, ctx: Ctx, product: Product, service: int) -> None:
    with ctx.unit() as db:
        field = add_field(db, product, "vat|VAT Number")
        plan, (_, large) = add_option(
            db, product, "Plan", 1, {"Small": {"monthly": "0.00"}, "Large": {"monthly": "5.00"}}
        )
        boxes, (box,) = add_option(db, product, "Boxes", 4, {"Box": {"monthly": "2.00"}})
    api.ok(
        "UpdateClientProduct", serviceid=service, customfields=packed({field.id: "DE1"}), autorecalc="true",
        recurringamount="1.00", configoptions=packed({plan.id: large.id, boxes.id: {"optionid": box.id, "qty": 2}}),
    )  # fmt: skip
    shown = status(api, service)
    # 10.00 + Large 5.00 + 2 boxes at 2.00; autorecalc goes before recurringamount
    assert shown["recurringamount"] == "19.00"
    assert shown["customfields"]["customfield"][0]["value"] == "DE1"
    local = host.functions["localAPI"](
        ctx, "UpdateClientProduct", {"serviceid": service, "customfields": {"vat": "DE2"}}
    )
    assert local["result"] == "success"
    assert status(api, service)["customfields"]["customfield"][0]["value"] == "DE2"


@pytest.mark.parametrize(
    "change",
    [
        {"status": "Gone"}, {"pid": 99}, {"serverid": 99}, {"paymentmethod": "gold"}, {"billingcycle": "weekly"},
        {"nextduedate": "soon"}, {"recurringamount": "much"}, {"unset[0]": "status"}, {"customfields": "garbage"},
        {"customfields": packed({"nosuch": "x"})}, {"configoptions": packed({99: 1})},
    ],
)  # fmt: skip
def test_a_refused_update_changes_nothing(api: Api, service: int, change: dict[str, Any]) -> None:
    before = status(api, service)
    assert api.refused("UpdateClientProduct", serviceid=service, notes="changed", **change)
    assert status(api, service) == before


def test_update_of_a_missing_service(api: Api) -> None:
    assert api.refused("UpdateClientProduct", serviceid=9, notes="x") == "Service ID Not Found"


def test_cancellation_requests(api: Api, service: int) -> None:
    assert api.refused("AddCancelRequest", serviceid=99) == "Service ID Not Found"
    answer = api.ok("AddCancelRequest", serviceid=service, reason="Client Requested")
    assert (int(answer["serviceid"]), int(answer["userid"])) == (service, 1)
    assert api.refused("AddCancelRequest", serviceid=service, type="Immediate") == "Existing Cancellation Request Exists"
    found = api.ok("GetCancelledPackages")
    assert (found["totalresults"], found["packages"]["package"][0]["type"]) == (1, "End of Billing Period")
    assert found["packages"]["package"][0]["reason"] == "Client Requested"
    assert api.ok("GetCancelledPackages", limitstart=1)["packages"]["package"] == []


def test_an_upgrade_is_priced_and_ordered(api: Api, ctx: Ctx, service: int, product: Product) -> None:
    with ctx.unit() as db:
        large = add_product(db, "Large", prices={"monthly": "20.00"}).id
        db.get_one(Service, service).domainstatus = "Active"
        db.query(Invoice).update({"status": "Paid"})
    wanted = {"serviceid": service, "type": "product", "newproductid": large, "newproductbillingcycle": "monthly", "paymentmethod": "mailin"}
    assert api.refused("UpgradeProduct", **{**wanted, "serviceid": 99}) == "Service ID Not Found"
    assert api.refused("UpgradeProduct", **{**wanted, "type": "domain"}) == "Invalid Upgrade Type"
    assert api.refused("UpgradeProduct", **{**wanted, "paymentmethod": "x"}).startswith("Invalid Payment Method. Valid options")
    with ctx.unit() as db:
        row = db.get_one(Service, service)
        row.regdate, row.nextduedate = date(2027, 1, 14), date(2027, 2, 14)
        row.amount = Decimal("10.00")
    priced = api("UpgradeProduct", **wanted, calconly="true")
    # 14 of 31 days: 9.03 less 4.52
    assert (priced["daysuntilrenewal"], priced["totaldays"], priced["price"]) == (14, 31, "$4.51 USD")
    assert priced["upgradeinprogress"] is False
    placed = api.ok("UpgradeProduct", **wanted)
    assert placed["newproductname"] == "Large"
    assert api("GetInvoice", invoiceid=placed["invoiceid"])["total"] == "4.51"
    again = "Unable to accept upgrade order. Previous upgrade invoice for service is still unpaid."
    assert api.refused("UpgradeProduct", **wanted) == again
