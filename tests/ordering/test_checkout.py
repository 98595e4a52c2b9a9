"""Checkout: the rows of an order, its hooks and mails, and orders that are refused or sent twice."""

import threading
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from modulehost import hooks
from modulehost.billing import payments
from modulehost.context import Actor, Ctx, Host
from modulehost.ordering import checkout
from modulehost.ordering.checkout import OrderRefused, OrderRequest, place
from modulehost.schema import (
    Client,
    CustomFieldValue,
    Email,
    Invoice,
    InvoiceItem,
    Order,
    Product,
    Server,
    ServerGroup,
    ServerGroupRel,
    Service,
    ServiceConfigOption,
    Setting,
)
from modulehost.vault import Vault
from tests.billing.shop import add_client, add_field, add_option, add_product, created, visitor


def d(text: str) -> Decimal:
    return Decimal(text)


def shop(ctx: Ctx, **values: Any) -> tuple[int, int]:
    """A client and a product; their ids."""
    with ctx.unit() as db:
        client = db.get(Client, 1) or add_client(db)
        return client.id, add_product(db, **values).id


def order_of(client: int, *items: dict[str, Any], **values: Any) -> OrderRequest:
    return OrderRequest(client, list(items), **{"paymentmethod": "mailin", **values})


def count(ctx: Ctx, kind: type[Order] | type[Service] | type[Invoice] | type[Email]) -> int:
    with ctx.unit(read=True) as db:
        return db.scalar(select(func.count()).select_from(kind)) or 0


def test_the_order_of_the_story(any_host: Host) -> None:
    ctx = visitor(any_host)
    with ctx.unit() as db:
        client = add_client(db)
        product = add_product(db, "Zoho Mail", showdomainoptions=1, servertype="shopmod")
        unit = {"Mailbox": {"monthly": "1.50", "msetupfee": "0.25"}}
        boxes, (box,) = add_option(db, product, "boxes|Number of mailboxes", 4, unit, minimum=1)
        plans = {"lite|Mail Lite": {"monthly": "2.00"}, "pro|Mail Premium": {"monthly": "5.00"}}
        plan, (_lite, pro) = add_option(db, product, "plan|Plan type", 2, plans)
        field = add_field(db, product, "admin|Super Admin")
    item = {
        "pid": product.id,
        "billingcycle": "monthly",
        "domain": "Example.COM",
        "configoptions": {boxes.id: "4", plan.id: pro.id},
        "customfields": {field.id: "root"},
    }
    placed = place(ctx, order_of(client.id, item, notes="soon, please", ip="203.0.113.7", requestor_id=9))
    with ctx.unit(read=True) as db:
        order = db.get_one(Order, placed.order_id)
        assert (order.status, order.userid, order.requestor_id, order.ipaddress) == (
            "Pending",
            client.id,
            9,
            "203.0.113.7",
        )
        assert (order.amount, order.paymentmethod, order.invoiceid) == (d("25.00"), "mailin", placed.invoice_id)
        assert order.notes == "soon, please" and len(str(order.ordernum)) == 10 and order.ordernum == placed.ordernum

        service = db.scalars(select(Service)).one()
        assert placed.service_ids == [service.id]
        assert (service.domainstatus, service.domain, service.billingcycle) == ("Pending", "example.com", "Monthly")
        assert service.regdate == service.nextduedate == date(2027, 1, 31)
        assert service.nextinvoicedate == date(2027, 2, 28)  # January is invoiced
        # first: 3.00 + 4 x 0.25 set-up and 10.00 + 4 x 1.50 + 5.00
        assert (service.firstpaymentamount, service.amount, service.qty) == (d("25.00"), d("21.00"), 1)
        options = db.scalars(select(ServiceConfigOption).order_by(ServiceConfigOption.id)).all()
        assert [(row.relid, row.configid, row.optionid, row.qty) for row in options] == [
            (service.id, boxes.id, box.id, 4),
            (service.id, plan.id, pro.id, 0),
        ]
        assert db.scalars(select(CustomFieldValue.value)).all() == ["root"]

        invoice = db.get_one(Invoice, placed.invoice_id)
        assert (invoice.status, invoice.total, invoice.duedate) == ("Unpaid", d("25.00"), date(2027, 1, 31))
        lines = db.scalars(select(InvoiceItem).order_by(InvoiceItem.id)).all()
        assert [(line.type, line.relid, line.amount, line.duedate) for line in lines] == [
            ("Hosting", service.id, d("21.00"), date(2027, 1, 31)),
            ("Setup", service.id, d("4.00"), date(2027, 1, 31)),
        ]
        assert lines[0].description == (
            "Zoho Mail - example.com (31/01/2027 - 27/02/2027)\nNumber of mailboxes: 4 x Mailbox\nPlan type: Mail Premium"
        )
        assert lines[1].description == "Zoho Mail Setup Fee"
        assert db.scalars(select(Email.userid)).all() == [client.id, client.id]  # order and invoice
    assert created(any_host) == []  # nothing is provisioned yet


def test_hooks_fire_in_order_with_their_arguments_and_outside_of_units(ctx: Ctx) -> None:
    client, pid = shop(ctx)
    heard: list[str] = []
    given: dict[str, dict[str, Any]] = {}
    answers: dict[str, Any] = {
        "OverrideOrderNumberGeneration": "4711",
        "CartTotalAdjustment": {"description": "Loyalty", "amount": "-2.00", "taxed": False},
    }

    def listen(point: str) -> None:
        def function(vars: dict[str, Any]) -> Any:
            with ctx.unit(read=True):  # refuses to open inside another unit
                heard.append(point)
            given[point] = vars
            return answers.get(point)

        hooks.add(ctx.host, point, 1, function)

    points = [
        "ShoppingCartValidateCheckout",
        "PreShoppingCartCheckout",
        "OrderProductPricingOverride",
        "CartTotalAdjustment",
        "OverrideOrderNumberGeneration",
        "InvoiceCreation",
        "InvoiceCreationPreEmail",
        "InvoiceCreated",
        "AfterShoppingCartCheckout",
    ]
    for point in points:
        listen(point)
    form = {"paymentmethod": "mailin", "notes": "", "custtype": "existing"}
    placed = place(ctx, order_of(client, {"pid": pid, "billingcycle": "monthly"}, form=form))
    assert heard == points
    assert placed.ordernum == 4711
    assert given["ShoppingCartValidateCheckout"] == {**form, "a": "checkout", "submit": "true", "clientId": client}
    assert given["PreShoppingCartCheckout"]["products"][0]["pid"] == pid
    assert given["PreShoppingCartCheckout"]["domains"] == []
    assert given["AfterShoppingCartCheckout"] == {
        "OrderID": placed.order_id,
        "OrderNumber": 4711,
        "ServiceIDs": placed.service_ids,
        "AddonIDs": [],
        "DomainIDs": [],
        "RenewalIDs": [],
        "PaymentMethod": "mailin",
        "InvoiceID": placed.invoice_id,
        "TotalDue": d("11.00"),  # 3.00 + 10.00 - 2.00
    }


def test_a_hook_may_refuse_the_checkout_before_anything_exists(ctx: Ctx) -> None:
    client, pid = shop(ctx)
    hooks.add(ctx.host, "ShoppingCartValidateCheckout", 1, lambda vars: ["Not on Sundays"])
    with pytest.raises(OrderRefused) as caught:
        place(ctx, order_of(client, {"pid": pid}, form={}))
    assert caught.value.errors == ["Not on Sundays"]
    assert count(ctx, Order) == 0
    place(ctx, order_of(client, {"pid": pid}))  # without a form there is nothing to validate


def test_what_is_refused_leaves_no_rows(ctx: Ctx) -> None:
    client, pid = shop(ctx)
    with ctx.unit() as db:
        closed = add_client(db, status="Closed", email="closed@example.com").id
    for request, text in (
        (order_of(99, {"pid": pid}), "Client ID Not Found"),
        (order_of(closed, {"pid": pid}), "Unable to add order when client status is Closed"),
        (
            order_of(client, {"pid": pid}, paymentmethod="paypal"),
            "Invalid Payment Method. Valid options include mailin, testpay",
        ),
        (order_of(client), "No items added to cart so order cannot proceed"),
        (
            order_of(client, {"pid": pid}, promocode="SUMMER"),
                "The promotion code entered does not exist.",
        ),
        (order_of(client, {"pid": pid}, {"pid": 999}), "Product 999 does not exist"),
    ):
        with pytest.raises(OrderRefused) as caught:
            place(ctx, request)
        assert caught.value.errors == [text]
    assert (count(ctx, Order), count(ctx, Service), count(ctx, Invoice), count(ctx, Email)) == (0, 0, 0, 0)


def test_a_checkout_sent_twice_places_one_order(ctx: Ctx) -> None:
    client, pid = shop(ctx)
    request = order_of(client, {"pid": pid})
    first, again = place(ctx, request, "form-1"), place(ctx, request, "form-1")
    assert (first.repeated, again.repeated) == (False, True)
    assert (again.order_id, again.service_ids, again.invoice_id) == (
        first.order_id,
        first.service_ids,
        first.invoice_id,
    )
    assert not place(ctx, request, "form-2").repeated
    assert (count(ctx, Order), count(ctx, Service)) == (2, 2)


def test_a_checkout_sent_twice_at_the_same_moment_places_one_order(any_host: Host) -> None:
    ctx = Ctx(any_host)
    client, pid = shop(ctx)
    gate, results = threading.Barrier(4), []

    def run() -> None:
        gate.wait()
        results.append(place(ctx, order_of(client, {"pid": pid}), "form-1"))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({one.order_id for one in results}) == 1 and len(results) == 4
    assert (count(ctx, Order), count(ctx, Invoice), count(ctx, Service)) == (1, 1, 1)


def test_stock_goes_down_and_never_below_nothing(any_host: Host) -> None:
    ctx = Ctx(any_host)
    client, pid = shop(ctx, stockcontrol=1, qty=2)
    with ctx.unit() as db:
        clients = [client, *(add_client(db, email=f"{n}@example.com").id for n in range(3))]
    gate, refused = threading.Barrier(4), []

    def run(buyer: int) -> None:
        gate.wait()
        try:
            place(ctx, order_of(buyer, {"pid": pid}))
        except OrderRefused as error:
            refused.append(error.errors)

    threads = [threading.Thread(target=run, args=(buyer,)) for buyer in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == [["Mail is out of stock: 0 left"]] * 2
    with ctx.unit(read=True) as db:
        assert db.get_one(Product, pid).qty == 0
    assert count(ctx, Service) == 2


def test_quantities_become_several_services_or_one(ctx: Ctx) -> None:
    client, several = shop(ctx, name="Several", allowqty=1)
    _client, scaled = shop(ctx, name="Scaled", allowqty=3)
    first = place(ctx, order_of(client, {"pid": several, "qty": 3}))
    second = place(ctx, order_of(client, {"pid": scaled, "qty": 3}))
    with ctx.unit(read=True) as db:
        rows = [db.get_one(Service, id_) for id_ in first.service_ids]
        assert [(row.qty, row.amount, row.firstpaymentamount) for row in rows] == [(1, d("10.00"), d("13.00"))] * 3
        row = db.get_one(Service, second.service_ids[0])
        assert (len(second.service_ids), row.qty, row.amount, row.firstpaymentamount) == (1, 3, d("30.00"), d("39.00"))
        assert db.get_one(Invoice, first.invoice_id).total == db.get_one(Invoice, second.invoice_id).total == d("39.00")
        line = select(InvoiceItem.description).where(InvoiceItem.invoiceid == second.invoice_id)
        assert db.scalars(line.order_by(InvoiceItem.id)).first() == "3 x Scaled (31/01/2027 - 27/02/2027)"


def test_free_one_time_and_without_an_invoice(ctx: Ctx) -> None:
    client, free = shop(ctx, name="Trial", paytype="free", prices={})
    _c, once = shop(ctx, name="Visit", paytype="onetime", prices={"monthly": "50.00"})
    _c, monthly = shop(ctx)
    for_free = place(ctx, order_of(client, {"pid": free}))
    one_time = place(ctx, order_of(client, {"pid": once}))
    later = place(ctx, order_of(client, {"pid": monthly}, noinvoice=True, noemail=True))
    with ctx.unit(read=True) as db:
        row = db.get_one(Service, for_free.service_ids[0])
        assert (row.billingcycle, row.nextduedate, row.amount, for_free.invoice_id) == (
            "Free Account",
            None,
            d("0.00"),
            0,
        )
        row = db.get_one(Service, one_time.service_ids[0])
        assert (row.billingcycle, row.nextduedate, row.amount) == ("One Time", date(2027, 1, 31), d("0.00"))
        assert (row.firstpaymentamount, row.nextinvoicedate) == (d("50.00"), None)
        assert db.scalars(select(InvoiceItem.description)).all() == ["Visit"]
        row = db.get_one(Service, later.service_ids[0])
        assert later.invoice_id == 0 and row.nextinvoicedate == date(2027, 1, 31)  # still to be invoiced
        assert db.get_one(Order, later.order_id).amount == d("13.00")


def test_the_api_may_set_prices_and_leave_fields_out(ctx: Ctx) -> None:
    client, pid = shop(ctx, showdomainoptions=1, hidden=1)
    with ctx.unit() as db:
        add_field(db, db.get_one(Product, pid), "Name", required="on")
    item = {"pid": pid, "priceoverride": "7.50"}
    with pytest.raises(OrderRefused):
        place(ctx, order_of(client, item))
    placed = place(ctx, order_of(client, item, trusted=True))
    with ctx.unit(read=True) as db:
        assert db.get_one(Invoice, placed.invoice_id).total == d("7.50")
    for wrong, text in (("-1", "Mail: the price override must not be negative"), ("x", "'x' is not an amount")):
        with pytest.raises(OrderRefused, match=text):
            place(ctx, order_of(client, {"pid": pid, "priceoverride": wrong}, trusted=True))


def test_the_order_day_has_its_grace(ctx: Ctx) -> None:
    client, pid = shop(ctx)
    with ctx.unit() as db:
        db.add(Setting(setting="OrderDaysGrace", value="7"))
    placed = place(ctx, order_of(client, {"pid": pid}))
    with ctx.unit(read=True) as db:
        assert db.get_one(Invoice, placed.invoice_id).duedate == date(2027, 2, 7)
        assert db.get_one(Service, placed.service_ids[0]).nextduedate == date(2027, 1, 31)


def test_a_root_password_is_stored_encrypted(ctx: Ctx) -> None:
    client, pid = shop(ctx)
    item = {"pid": pid, "hostname": "box.example.com", "rootpw": "s3cret word", "ns1prefix": "ns1", "ns2prefix": "ns2"}
    placed = place(ctx, order_of(client, item))
    with ctx.unit(read=True) as db:
        row = db.get_one(Service, placed.service_ids[0])
    assert (row.domain, row.ns1, row.ns2) == ("box.example.com", "ns1.box.example.com", "ns2.box.example.com")
    assert "s3cret" not in row.password and ctx.host.part(Vault).decrypt(row.password) == "s3cret word"


def test_the_method_is_the_clients_own_then_the_first(ctx: Ctx) -> None:
    client, pid = shop(ctx)
    methods = []
    for own in ("testpay", "", "gone"):
        with ctx.unit() as db:
            db.get_one(Client, client).defaultgateway = own
        placed = place(ctx, order_of(client, {"pid": pid}, paymentmethod=""))
        with ctx.unit(read=True) as db:
            methods.append(db.get_one(Order, placed.order_id).paymentmethod)
    assert methods == ["testpay", "mailin", "mailin"]


def servers_chosen(ctx: Ctx, pid: int, times: int) -> list[int]:
    """The servers of so many orders, each of which became Active."""
    found = []
    for _ in range(times):
        placed = place(ctx, order_of(1, {"pid": pid}))
        with ctx.unit() as db:
            row = db.get_one(Service, placed.service_ids[0])
            row.domainstatus = "Active"
            found.append(row.server)
    return found


def test_servers_fill_as_their_group_says(ctx: Ctx) -> None:
    _client, pid = shop(ctx, servertype="shopmod")
    with ctx.unit() as db:
        for name, values in (
            ("first", {"maxaccounts": 1}),
            ("default", {"active": 1, "maxaccounts": 2}),
            ("off", {"disabled": 1}),
            ("other", {"type": "else"}),
        ):
            db.add(Server(name=name, **{"type": "shopmod", **values}))
        db.flush()
    # The default until it is full, then the next; when all are full, the least full.
    assert servers_chosen(ctx, pid, 4) == [2, 2, 1, 2]
    with ctx.unit() as db:
        db.add_all(
            [Server(name="a", type="shopmod"), Server(name="b", type="shopmod"), ServerGroup(name="g", filltype=1)]
        )
        db.flush()
        db.add_all([ServerGroupRel(groupid=1, serverid=5), ServerGroupRel(groupid=1, serverid=6)])
        db.get_one(Product, pid).servergroup = 1
    assert servers_chosen(ctx, pid, 4) == [5, 6, 5, 6]


@pytest.mark.parametrize(
    ("autosetup", "after_order", "after_payment"),
    [("order", True, True), ("payment", False, True), ("on", False, False), ("", False, False)],
)
def test_set_up_at_the_order_or_at_its_payment(
    ctx: Ctx, autosetup: str, after_order: bool, after_payment: bool
) -> None:
    client, pid = shop(ctx, servertype="shopmod", autosetup=autosetup)
    placed = place(ctx, order_of(client, {"pid": pid, "domain": "a.com"}))
    assert bool(created(ctx.host)) == after_order
    payments.pay(ctx, placed.invoice_id, "T1", "mailin")
    assert created(ctx.host) == (placed.service_ids if after_payment else [])
    with ctx.unit(read=True) as db:
        service, order = db.get_one(Service, placed.service_ids[0]), db.get_one(Order, placed.order_id)
        assert service.domainstatus == ("Active" if after_payment else "Pending")
        assert order.status == "Pending"  # orders are reviewed, whatever set itself up
        assert service.nextduedate == date(2027, 2, 28)


def test_without_a_module_a_payment_makes_active_what_was_pending_only(ctx: Ctx) -> None:
    client, pid = shop(ctx, autosetup="payment")
    first, second = place(ctx, order_of(client, {"pid": pid})), place(ctx, order_of(client, {"pid": pid}))
    with ctx.unit() as db:
        db.get_one(Service, second.service_ids[0]).domainstatus = "Suspended"
    for placed, status in ((first, "Active"), (second, "Suspended")):
        payments.pay(ctx, placed.invoice_id, "T1", "mailin")
        with ctx.unit(read=True) as db:
            assert db.get_one(Service, placed.service_ids[0]).domainstatus == status
            assert db.get_one(Order, placed.order_id).status == "Pending"


def test_an_order_by_api_waits_for_acceptance(ctx: Ctx) -> None:
    client, pid = shop(ctx, servertype="shopmod", autosetup="order")
    place(ctx.acting_as(Actor("api", 1, "key")), order_of(client, {"pid": pid}, autosetup=False))
    assert created(ctx.host) == []


def test_a_free_product_waits_for_no_payment(ctx: Ctx) -> None:
    client, pid = shop(ctx, paytype="free", prices={}, servertype="shopmod", autosetup="payment")
    placed = place(ctx, order_of(client, {"pid": pid}))
    assert created(ctx.host) == placed.service_ids


def test_the_payment_of_an_order_is_told_once(ctx: Ctx) -> None:
    client, pid = shop(ctx)
    heard: list[tuple[str, dict[str, Any]]] = []
    for point in ("OrderPaid", "InvoicePaid"):
        hooks.add(ctx.host, point, 1, lambda vars, point=point: heard.append((point, vars)))  # type: ignore[misc]
    placed = place(ctx, order_of(client, {"pid": pid}))
    payments.pay(ctx, placed.invoice_id, "T1", "mailin", d("5.00"))
    assert heard == []
    payments.pay(ctx, placed.invoice_id, "T2", "mailin")
    payments.pay(ctx, placed.invoice_id, "T3", "mailin", d("1.00"))
    assert [point for point, _vars in heard] == ["InvoicePaid", "OrderPaid"]
    assert heard[1][1] == {"orderId": placed.order_id, "userId": client, "invoiceId": placed.invoice_id}


def test_delivering_an_orders_announcement_twice_does_everything_once(ctx: Ctx) -> None:
    client, pid = shop(ctx, servertype="shopmod", autosetup="order")
    fired: list[int] = []
    hooks.add(ctx.host, "AfterShoppingCartCheckout", 1, lambda vars: fired.append(vars["OrderID"]))
    placed = place(ctx, order_of(client, {"pid": pid}))
    mails = count(ctx, Email)
    payload = {
        "orderid": placed.order_id,
        "ordernumber": placed.ordernum,
        "serviceids": placed.service_ids,
        "invoiceid": placed.invoice_id,
        "paymentmethod": "mailin",
        "autosetup": True,
        "nothing_due": False,
        "source": "autogen",
        "user": "system",
        "send": True,
    }
    checkout.on_placed(ctx, payload)
    assert fired == [placed.order_id]
    assert (count(ctx, Email), created(ctx.host)) == (mails, placed.service_ids)
