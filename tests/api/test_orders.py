"""From product to paid and provisioned order, by API alone. The shop's prices: 10.00 monthly, 3.00 set-up."""

from typing import Any

import pytest
from sqlalchemy import select

from modulehost.context import Ctx, Host
from modulehost.schema import EmailTemplate, Invoice, Order, Product, ProductGroup, Server, Service
from modulehost.vault import Vault
from tests.api.client import CLIENT, Api, packed
from tests.billing.shop import add_field, add_option, add_product, created


@pytest.fixture
def client(api: Api) -> int:
    return int(api("AddClient", **CLIENT)["clientid"])


@pytest.fixture
def product(ctx: Ctx) -> Product:
    with ctx.unit() as db:
        return add_product(db, servertype="shopmod", autosetup="on")


def order(api: Api, client: int, product: Product, **more: Any) -> dict[str, Any]:
    values = {"clientid": client, "paymentmethod": "mailin", "pid[0]": product.id, "billingcycle[0]": "monthly", **more}
    return api.ok("AddOrder", **values)


def test_the_whole_story(api: Api, host: Host, client: int, product: Product) -> None:
    placed = order(api, client, product, **{"domain[0]": "example.com"})
    service, invoice = int(placed["serviceids"]), placed["invoiceid"]
    assert (placed["addonids"], placed["domainids"]) == ("", "")
    assert created(host) == []

    shown = api.ok("GetOrders", id=placed["orderid"])["orders"]["order"][0]
    assert (shown["status"], shown["amount"], shown["paymentstatus"], shown["name"]) == (
        "Pending",
        "13.00",
        "Unpaid",
        "Angelica Mohr",
    )
    assert shown["lineitems"]["lineitem"][0]["relid"] == service

    billed = api.ok("GetInvoice", invoiceid=invoice)
    assert (billed["total"], billed["balance"], billed["status"], billed["transactions"]) == (
        "13.00",
        "13.00",
        "Unpaid",
        "",
    )
    assert billed["items"]["item"]
    api.ok("AddInvoicePayment", invoiceid=invoice, transid="T-1", gateway="mailin", date="2027-01-31 12:00:00")
    paid = api.ok("GetInvoice", invoiceid=invoice)
    assert (paid["balance"], paid["status"], paid["datepaid"]) == ("0.00", "Paid", "2027-01-31 12:00:00")
    assert paid["transactions"]["transaction"][0]["transid"] == "T-1"
    listed = api.ok("GetInvoices", userid=client, status="Paid")["invoices"]["invoice"]
    assert [(one["id"], one["currencycode"], one["firstname"]) for one in listed] == [(invoice, "USD", "Angelica")]

    api.ok("AcceptOrder", orderid=placed["orderid"])
    assert created(host) == [service]
    assert api("GetOrders", status="active")["totalresults"] == 1
    products = api.ok("GetClientsProducts", serviceid=service)["products"]["product"]
    assert [(one["status"], one["recurringamount"], one["billingcycle"]) for one in products] == [
        ("Active", "10.00", "Monthly")
    ]


def test_services_set_up_at_the_order_still_wait_for_acceptance(api: Api, host: Host, ctx: Ctx, client: int) -> None:
    with ctx.unit() as db:
        product = add_product(db, servertype="shopmod", autosetup="order")
    placed = order(api, client, product)
    assert created(host) == []
    api.ok("AcceptOrder", orderid=placed["orderid"], autosetup="true", serviceusername="anna", servicepassword="pw-1")
    assert created(host) == [int(placed["serviceids"])]
    shown = api("GetClientsProducts", serviceid=placed["serviceids"])["products"]["product"][0]
    assert (shown["username"], shown["password"]) == ("anna", "pw-1")


def test_options_and_fields_serialized_or_plain(api: Api, host: Host, ctx: Ctx, client: int, product: Product) -> None:
    with ctx.unit() as db:
        size, (small, large) = add_option(
            db, product, "plan|Plan", 1, {"s|Small": {"monthly": "0.00"}, "l|Large": {"monthly": "5.00"}}
        )
        boxes, _ = add_option(db, product, "boxes|Mailboxes", 4, {"Mailbox": {"monthly": "2.00"}}, minimum=1)
        field = add_field(db, product, "vat|VAT Number")
    options, custom = {size.id: large.id, boxes.id: 3}, {field.id: "DE1"}
    first = order(api, client, product, **{"configoptions[0]": packed(options), "customfields[0]": packed(custom)})
    values = {
        "clientid": client, "paymentmethod": "mailin", "pid": [product.id], "billingcycle": ["monthly"],
        "configoptions": [options], "customfields": [custom],
    }  # fmt: skip
    second = host.functions["localAPI"](ctx, "AddOrder", values)
    for placed in (first, second):
        shown = api("GetClientsProducts", serviceid=placed["serviceids"])["products"]["product"][0]
        # 10.00 + Large 5.00 + 3 mailboxes at 2.00
        assert shown["recurringamount"] == "21.00"
        assert [(one["option"], one["value"]) for one in shown["configoptions"]["configoption"]] == [
            ("Plan", "Large"),
            ("Mailboxes", 3),
        ]
        assert [(one["name"], one["value"]) for one in shown["customfields"]["customfield"]] == [("vat", "DE1")]
    assert small.id != large.id


def test_several_products_are_parallel_arrays(api: Api, ctx: Ctx, client: int, product: Product) -> None:
    with ctx.unit() as db:
        other = add_product(db, "Other", prices={"annually": "50.00"})
    placed = api.ok(
        "AddOrder", clientid=client, paymentmethod="mailin",
        **{"pid[0]": product.id, "pid[1]": other.id, "billingcycle[0]": "monthly", "billingcycle[1]": "annually",
           "domain[1]": "two.example", "priceoverride[0]": "1.00"},
    )  # fmt: skip
    services = [int(one) for one in placed["serviceids"].split(",")]
    with ctx.unit(read=True) as db:
        rows = [db.get_one(Service, one) for one in services]
    assert [(row.billingcycle, row.domain, f"{row.amount}") for row in rows] == [
        ("Monthly", "", "1.00"), ("Annually", "two.example", "50.00"),
    ]  # fmt: skip


def test_mails_and_invoice_can_be_left_out(api: Api, ctx: Ctx, client: int, product: Product) -> None:
    placed = order(api, client, product, noinvoice="true", noemail="true")
    assert placed["invoiceid"] == 0
    with ctx.unit(read=True) as db:
        assert db.scalars(select(Invoice)).all() == []


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"clientid": 9}, "Client ID Not Found"),
        ({"paymentmethod": "gold"}, "Invalid Payment Method. Valid options include mailin, testpay"),
        ({"paymentmethod": None}, "Invalid Payment Method. Valid options include mailin, testpay"),
        ({"pid[0]": None, "billingcycle[0]": None}, "No items added to cart so order cannot proceed"),
        ({"domaintype[0]": "register"}, "The parameter 'domaintype' is not modelled by this host; leave it out"),
        ({"addonid": 1}, "Service ID not owned by Client ID provided"),
    ],
)
def test_refused_orders(api: Api, client: int, product: Product, change: dict[str, Any], text: str) -> None:
    values = {
        "clientid": client,
        "paymentmethod": "mailin",
        "pid[0]": product.id,
        "billingcycle[0]": "monthly",
        **change,
    }
    assert api.refused("AddOrder", **values) == text
    assert api("GetOrders")["totalresults"] == 0


def test_parameters_that_say_nothing_are_no_obstacle(api: Api, client: int, product: Product) -> None:
    empty = {
        "addons[0]": "",
        "domaintype[0]": "",
        "idprotection[0]": "0",
        "dnsmanagement[0]": "false",
        "nameserver1": "",
    }
    assert order(api, client, product, **empty)["serviceids"]


def test_closed_clients_order_nothing(api: Api, ctx: Ctx, client: int, product: Product) -> None:
    from modulehost.schema import Client

    with ctx.unit() as db:
        db.get_one(Client, client).status = "Closed"
    values = {"clientid": client, "paymentmethod": "mailin", "pid[0]": product.id}
    assert api.refused("AddOrder", **values) == "Unable to add order when client status is Closed"


def test_a_refusing_module_keeps_the_order_pending(api: Api, host: Host, client: int, product: Product) -> None:
    placed = order(api, client, product, **{"domain[0]": "example.com"})
    (host.root / "refuse").touch()
    assert "the vendor refused example.com" in api.refused("AcceptOrder", orderid=placed["orderid"])
    assert api("GetOrders", status="Pending")["totalresults"] == 1
    (host.root / "refuse").unlink()
    api.ok("AcceptOrder", orderid=placed["orderid"])
    assert api.refused("AcceptOrder", orderid=placed["orderid"]) == "Order ID not found or Status not Pending"


def test_cancel_and_back_to_pending(api: Api, client: int, product: Product) -> None:
    placed = order(api, client, product)
    assert api.refused("CancelOrder", orderid=99) == "Order ID not found or Status not Pending"
    assert api.refused("PendingOrder", orderid=99) == "Order ID Not Found"
    assert api.refused("CancelOrder", orderid=placed["orderid"], cancelsub="true").startswith(
        "The parameter 'cancelsub'"
    )
    api.ok("CancelOrder", orderid=placed["orderid"])
    assert api("GetInvoice", invoiceid=placed["invoiceid"])["status"] == "Cancelled"
    payment = {"invoiceid": placed["invoiceid"], "transid": "x", "gateway": "mailin", "date": ""}
    cancelled = "It is not possible to add a payment to an invoice that is Cancelled"
    assert api.refused("AddInvoicePayment", **payment) == cancelled
    api.ok("PendingOrder", orderid=placed["orderid"])
    assert api("GetInvoice", invoiceid=placed["invoiceid"])["status"] == "Unpaid"


def test_add_a_product(api: Api, ctx: Ctx, host: Host) -> None:
    with ctx.unit() as db:
        group = ProductGroup(name="Mail", slug="mail")
        db.add(group)
        welcome = db.scalars(
            select(EmailTemplate).where(EmailTemplate.name == "Other Product/Service Welcome Email")
        ).one()
    made = api.ok(
        "AddProduct", name="Mail Pro", gid=group.id, type="other", paytype="recurring", module="shopmod", autosetup="on",
        welcomeemail=welcome.id, description="For teams", configoption1="gold", configoption2="topsecret",
        **{"pricing[1][monthly]": "5.00", "pricing[1][msetupfee]": "1", "pricing[2][annually]": "40"},
    )  # fmt: skip
    with ctx.unit(read=True) as db:
        row = db.get_one(Product, made["pid"])
    assert (row.configoption1, row.configoption2 != "topsecret") == ("gold", True)
    assert host.part(Vault).decrypt(row.configoption2) == "topsecret"
    shown = api.ok("GetProducts", pid=made["pid"])["products"]["product"][0]
    assert (shown["name"], shown["slug"], shown["module"]) == ("Mail Pro", "mail-pro", "shopmod")
    assert shown["product-url"] == "http://shop.test/mail/mail-pro"
    assert (
        shown["pricing"]["USD"] | {"prefix": "$", "monthly": "5.00", "msetupfee": "1.00", "annually": "-1.00"}
        == shown["pricing"]["USD"]
    )
    assert shown["pricing"]["EUR"]["annually"] == "40.00"


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"name": ""}, "You must supply a name for the product"),
        ({"gid": 77}, "You must supply a valid Product Group ID"),
        ({"welcomeemail": 777}, "You must supply a valid welcome email ID"),
        (
            {"type": "ship"},
            'Invalid product type. Must be one of "hostingaccount", "reselleraccount", "server" or "other"',
        ),
        ({"paytype": "barter"}, 'Invalid pay type. Must be one of "free", "onetime" or "recurring"'),
        ({"autosetup": "soon"}, 'Invalid autosetup value. Must be one of "", "on", "order" or "payment"'),
        ({"color": "#ffffff"}, "The parameter 'color' is not modelled by this host; leave it out"),
    ],
)
def test_refused_products(api: Api, ctx: Ctx, change: dict[str, Any], text: str) -> None:
    with ctx.unit() as db:
        db.add(group := ProductGroup(name="Mail", slug="mail"))
    assert api.refused("AddProduct", **{"name": "Mail Pro", "gid": group.id, **change}) == text
    assert api("GetProducts")["totalresults"] == 0


def test_products_with_options_and_order_form_fields(api: Api, ctx: Ctx, product: Product) -> None:
    with ctx.unit() as db:
        add_option(db, product, "boxes|Mailboxes", 4, {"box|Mailbox": {"monthly": "2.00"}}, minimum=1, maximum=0)
        add_field(db, product, "vat|VAT Number", required="on", description="For invoices")
        add_field(db, product, "internal", adminonly="on")
        other = add_product(db, "Other")
    shown = api.ok("GetProducts", pid=f"{product.id},{other.id}")
    assert shown["totalresults"] == 2
    first = shown["products"]["product"][0]
    assert [(one["name"], one["required"]) for one in first["customfields"]["customfield"]] == [("VAT Number", "on")]
    option = first["configoptions"]["configoption"][0]
    assert (option["name"], option["type"], option["minqty"], option["maxqty"]) == ("Mailboxes", "4", 1, 0)
    assert option["options"]["option"][0]["pricing"]["USD"]["monthly"] == "2.00"
    assert option["options"]["option"][0]["rawName"] == "box|Mailbox"
    assert api("GetProducts", gid=other.gid)["totalresults"] == 1
    assert api("GetProducts", module="shopmod")["totalresults"] == 1
    assert api("GetProducts", pid="none")["totalresults"] == 0


def test_a_server_must_exist_to_be_forced(api: Api, ctx: Ctx, client: int, product: Product) -> None:
    placed = order(api, client, product)
    assert api.refused("AcceptOrder", orderid=placed["orderid"], serverid=4) == "There is no server with the id 4"
    with ctx.unit() as db:
        db.add(server := Server(name="Saturn", type="shopmod", ipaddress="192.0.2.1"))
    api.ok("AcceptOrder", orderid=placed["orderid"], serverid=server.id)
    shown = api("GetClientsProducts", serviceid=placed["serviceids"])["products"]["product"][0]
    assert (shown["serverid"], shown["servername"], shown["serverip"]) == (server.id, "Saturn", "192.0.2.1")
    with ctx.unit(read=True) as db:
        assert db.get_one(Order, placed["orderid"]).status == "Active"
