"""Orders after checkout: accepted, cancelled, fraud, pending again, deleted; changes to services; lists."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select, update

from modulehost import hooks, lifecycle
from modulehost.billing import payments
from modulehost.context import Actor, Ctx, Host
from modulehost.ordering import acceptance, orders, services
from modulehost.ordering.checkout import OrderRequest, Placed, place
from modulehost.schema import (
    Client,
    CustomFieldValue,
    Invoice,
    InvoiceItem,
    Order,
    Product,
    Server,
    Service,
    ServiceConfigOption,
)
from modulehost.vault import Vault
from tests.billing.shop import add_client, add_field, add_option, add_product, created


def d(text: str) -> Decimal:
    return Decimal(text)


def ordered(ctx: Ctx, count: int = 1, **values: Any) -> Placed:
    """An order for so many services of a new product."""
    with ctx.unit() as db:
        client = db.get(Client, 1) or add_client(db)
        product = add_product(db, **{"servertype": "shopmod", **values})
    items = [{"pid": product.id, "domain": f"site{n}.com"} for n in range(count)]
    return place(ctx, OrderRequest(client.id, items, "mailin"))


def states(ctx: Ctx, placed: Placed) -> tuple[str, list[str]]:
    """The order's status and those of its services."""
    with ctx.unit(read=True) as db:
        found = db.scalars(select(Service.domainstatus).where(Service.orderid == placed.order_id).order_by(Service.id))
        return db.get_one(Order, placed.order_id).status, list(found)


def set_status(ctx: Ctx, service_id: int, status: str) -> None:
    with ctx.unit() as db:
        db.execute(update(Service).where(Service.id == service_id).values(domainstatus=status))


@pytest.mark.parametrize(
    ("setting", "asked", "runs"),
    [("on", None, True), ("", None, False), ("payment", None, False), ("", True, True), ("on", False, False)],
)
def test_acceptance_runs_create_where_the_product_or_the_caller_says_so(
    ctx: Ctx, setting: str, asked: bool | None, runs: bool
) -> None:
    placed = ordered(ctx, autosetup=setting)
    assert acceptance.accept(ctx, placed.order_id, autosetup=asked) == []
    assert created(ctx.host) == (placed.service_ids if runs else [])
    assert states(ctx, placed) == ("Active", ["Active"])


def test_acceptance_on_each_database(any_host: Host) -> None:
    ctx = Ctx(any_host)
    placed = ordered(ctx, 2, autosetup="on")
    heard: list[tuple[int, str]] = []
    hooks.add(any_host, "AcceptOrder", 1, lambda vars: heard.append((vars["orderid"], states(ctx, placed)[0])))
    assert acceptance.accept(ctx, placed.order_id) == []
    assert acceptance.accept(ctx, placed.order_id) == ["Order ID not found or Status not Pending"]
    assert acceptance.accept(ctx, 999) == ["Order ID not found or Status not Pending"]
    assert heard == [(placed.order_id, "Pending")]
    assert created(any_host) == placed.service_ids


def test_a_create_that_fails_leaves_the_order_pending_and_can_be_repeated(ctx: Ctx) -> None:
    placed = ordered(ctx, 2, autosetup="on")
    refuse = ctx.host.root / "refuse"
    refuse.touch()
    first, second = placed.service_ids
    errors = acceptance.accept(ctx, placed.order_id)
    assert [text.partition(": ")[0] for text in errors] == [f"Mail (service {first})", f"Mail (service {second})"]
    assert "the vendor refused site0.com" in errors[0]
    assert states(ctx, placed) == ("Pending", ["Pending", "Pending"])
    refuse.unlink()
    assert acceptance.accept(ctx, placed.order_id) == []
    assert states(ctx, placed) == ("Active", ["Active", "Active"])
    assert created(ctx.host) == placed.service_ids


@pytest.mark.parametrize("earlier", [True, False])
def test_a_vendor_that_is_still_at_work_keeps_the_service_pending_but_not_the_order(ctx: Ctx, earlier: bool) -> None:
    placed = ordered(ctx, autosetup="on")
    (ctx.host.root / "wait").touch()
    if earlier:
        assert lifecycle.run(ctx, placed.service_ids[0], "CreateAccount").state == "pending"
    assert acceptance.accept(ctx, placed.order_id, autosetup=not earlier) == []
    assert states(ctx, placed) == ("Active", ["Pending"])


def test_an_order_that_changed_while_it_was_being_accepted_stays_as_it_is(ctx: Ctx) -> None:
    placed = ordered(ctx)
    hooks.add(ctx.host, "AcceptOrder", 1, lambda vars: acceptance.fraud(ctx, vars["orderid"]))
    assert acceptance.accept(ctx, placed.order_id) == ["Order ID not found or Status not Pending"]
    assert states(ctx, placed) == ("Fraud", ["Fraud"])


def test_acceptance_may_force_server_and_sign_in(ctx: Ctx) -> None:
    placed = ordered(ctx)
    with ctx.unit() as db:
        db.add(Server(name="s", type="shopmod"))
    errors = acceptance.accept(ctx, placed.order_id, serverid=1, username="ada", password="word")
    with ctx.unit(read=True) as db:
        row = db.get_one(Service, placed.service_ids[0])
    assert errors == []
    assert (row.server, row.username, ctx.host.part(Vault).decrypt(row.password)) == (1, "ada", "word")


def test_create_alone_accepts_nothing_but_saving_the_last_item_as_active_does(any_host: Host) -> None:
    ctx = Ctx(any_host)
    placed = ordered(ctx, 2)
    first, second = placed.service_ids
    assert lifecycle.run(ctx, first, "CreateAccount").ok
    assert lifecycle.run(ctx, second, "CreateAccount").ok
    assert states(ctx, placed) == ("Pending", ["Active", "Active"])
    set_status(ctx, second, "Pending")
    services.update(ctx, first, {"status": "Active"})
    assert states(ctx, placed)[0] == "Pending"  # one item still waits
    services.update(ctx, second, {"status": "Active"})
    assert states(ctx, placed) == ("Active", ["Active", "Active"])
    assert not acceptance.service_saved(ctx, second)  # it is accepted already


def test_a_saved_service_without_an_order_or_not_active_accepts_nothing(ctx: Ctx) -> None:
    placed = ordered(ctx)
    assert not acceptance.service_saved(ctx, placed.service_ids[0])
    assert not acceptance.service_saved(ctx, 999)
    with ctx.unit() as db:
        db.add(Service(domainstatus="Active"))
    assert not acceptance.service_saved(ctx, placed.service_ids[0] + 1)


def test_cancelling_takes_items_and_the_unpaid_invoice_along(any_host: Host) -> None:
    ctx = Ctx(any_host)
    placed = ordered(ctx, 2)
    heard: list[str] = []
    for point in ("CancelOrder", "InvoiceCancelled", "PendingOrder", "InvoiceUnpaid"):
        hooks.add(any_host, point, 1, lambda vars, point=point: heard.append(f"{point} {states(ctx, placed)[0]}"))  # type: ignore[misc]
    assert acceptance.cancel(ctx, placed.order_id) == []
    assert states(ctx, placed) == ("Cancelled", ["Cancelled", "Cancelled"])
    with ctx.unit(read=True) as db:
        invoice = db.get_one(Invoice, placed.invoice_id)
        assert (invoice.status, invoice.date_cancelled) == ("Cancelled", datetime(2027, 1, 31, 12, 0, 0))
    assert acceptance.cancel(ctx, placed.order_id) == ["Order ID not found or Status not Pending"]
    assert acceptance.pend(ctx, placed.order_id) == []
    assert states(ctx, placed) == ("Pending", ["Pending", "Pending"])
    with ctx.unit(read=True) as db:
        invoice = db.get_one(Invoice, placed.invoice_id)
        assert (invoice.status, invoice.date_cancelled) == ("Unpaid", None)
    assert heard == [
        "CancelOrder Pending",
        "InvoiceCancelled Cancelled",
        "PendingOrder Cancelled",
        "InvoiceUnpaid Pending",
    ]
    assert acceptance.pend(ctx, 999) == ["Order ID Not Found"]


def test_cancelling_terminates_what_runs_and_leaves_a_paid_invoice(ctx: Ctx) -> None:
    placed = ordered(ctx, autosetup="payment")
    payments.pay(ctx, placed.invoice_id, "T1", "mailin")
    assert states(ctx, placed) == ("Pending", ["Active"])
    refuse = ctx.host.root / "refuse"
    refuse.touch()
    assert acceptance.cancel(ctx, placed.order_id) == ["Mail (service 1): the vendor keeps site0.com"]
    assert states(ctx, placed) == ("Pending", ["Active"])
    refuse.unlink()
    assert acceptance.cancel(ctx, placed.order_id) == []
    assert states(ctx, placed) == ("Cancelled", ["Cancelled"])
    assert created(ctx.host, "ended") == placed.service_ids
    with ctx.unit(read=True) as db:
        assert db.get_one(Invoice, placed.invoice_id).status == "Paid"


def test_fraud_and_deletion(any_host: Host) -> None:
    ctx = Ctx(any_host)
    with ctx.unit() as db:
        client, product = add_client(db), add_product(db)
        option, _ = add_option(db, product, "Boxes", 4, {"Box": {}}, minimum=1)
        field = add_field(db, product, "Name")
        other = Service(userid=client.id, packageid=product.id, domainstatus="Active")
        db.add(other)
    item = {"pid": product.id, "configoptions": {option.id: 2}, "customfields": {field.id: "x"}}
    placed = place(ctx, OrderRequest(client.id, [item], "mailin"))
    assert acceptance.delete(ctx, placed.order_id) == ["The order status must be in Cancelled or Fraud to be deleted"]
    assert acceptance.delete(ctx, 999) == ["Order ID not found"]
    assert acceptance.fraud(ctx, 999) == ["Order ID Not Found"]
    assert acceptance.fraud(ctx, placed.order_id) == []
    assert states(ctx, placed) == ("Fraud", ["Fraud"])
    assert acceptance.delete(ctx, placed.order_id) == []
    with ctx.unit(read=True) as db:
        for kind in (Order, Invoice, InvoiceItem, ServiceConfigOption, CustomFieldValue):
            assert db.scalar(select(func.count()).select_from(kind)) == 0, kind
        assert db.scalars(select(Service.id)).all() == [other.id]


def test_a_service_changes_field_by_field(ctx: Ctx) -> None:
    placed = ordered(ctx)
    service_id = placed.service_ids[0]
    heard: list[tuple[str, dict[str, Any]]] = []
    for point in ("ServiceEdit", "AdminServiceEdit", "PreServiceEdit", "PreAdminServiceEdit"):
        hooks.add(ctx.host, point, 1, lambda vars, point=point: heard.append((point, vars)))  # type: ignore[misc]
    changes = {
        "domain": "new.com",
        "nextduedate": "2027-06-15",
        "recurringamount": "12.5",
        "billingcycle": "annually",
        "status": "suspended",
        "servicepassword": "pass",
        "overideautosuspend": "on",
        "paymentmethod": "testpay",
        "overidesuspenduntil": "0000-00-00",
        "notes": "kept",
    }
    row = services.update(ctx.acting_as(Actor("admin", 1, "Root")), service_id, changes, unset=["suspendreason"])
    assert (row.domain, row.nextduedate, row.nextinvoicedate) == ("new.com", date(2027, 6, 15), date(2027, 6, 15))
    assert (row.amount, row.billingcycle, row.domainstatus) == (d("12.50"), "Annually", "Suspended")
    assert (row.overideautosuspend, row.paymentmethod, row.overidesuspenduntil) == (1, "testpay", None)
    assert ctx.host.part(Vault).decrypt(row.password) == "pass" != row.password
    both = {"userid": 1, "serviceid": service_id}
    assert heard == [
        ("PreAdminServiceEdit", {"serviceid": service_id}),
        ("PreServiceEdit", {"serviceid": service_id}),
        ("AdminServiceEdit", both),
        ("ServiceEdit", both),
    ]


def test_a_wrong_change_changes_nothing(ctx: Ctx) -> None:
    service_id = ordered(ctx).service_ids[0]
    wrong = {
        "status": "Sleeping",
        "nextduedate": "soon",
        "recurringamount": "x",
        "billingcycle": "weekly",
        "pid": "999",
        "paymentmethod": "paypal",
        "userid": "5",
    }
    with pytest.raises(services.ServiceErrors) as caught:
        services.update(ctx, service_id, {"domain": "new.com", **wrong}, unset=["id"])
    assert set(caught.value.errors) == {*wrong, "id"}
    assert caught.value.errors["nextduedate"] == "nextduedate: 'soon' is not a date; write for example 2026-01-31"
    with ctx.unit(read=True) as db:
        assert db.get_one(Service, service_id).domain == "site0.com"
    with pytest.raises(services.ServiceMissing, match=r"^Service ID Not Found$"):
        services.update(ctx, 999, {})


def test_options_and_fields_of_a_service_change_and_the_amount_follows(any_host: Host) -> None:
    ctx = Ctx(any_host)
    service_id = ordered(ctx).service_ids[0]
    with ctx.unit() as db:
        product = db.get_one(Product, db.get_one(Service, service_id).packageid)
        option, _ = add_option(db, product, "Boxes", 4, {"Box": {"monthly": "2.00"}}, maximum=10)
        field = add_field(db, product, "Name", adminonly="on")
    row = services.update(
        ctx, service_id, {}, configoptions={option.id: 4}, customfields={field.id: "x"}, autorecalc=True
    )
    assert row.amount == d("18.00")
    with pytest.raises(services.ServiceErrors) as caught:
        services.update(ctx, service_id, {}, configoptions={option.id: 11})
    assert caught.value.errors == {"configoptions": "Boxes: the quantity must be at most 10"}
    with ctx.unit(read=True) as db:
        assert db.scalars(select(ServiceConfigOption.qty).where(ServiceConfigOption.relid == service_id)).all() == [4]
        assert db.scalars(select(CustomFieldValue.value)).all() == ["x"]


def test_lists_of_orders(any_host: Host) -> None:
    ctx = Ctx(any_host)
    first, second = ordered(ctx), ordered(ctx, name="Web")
    acceptance.accept(ctx, first.order_id)
    payments.pay(ctx, second.invoice_id, "T1", "mailin")
    with ctx.unit(read=True) as db:
        total, rows = orders.search(db)
        assert (total, [row.id for row in rows]) == (2, [second.order_id, first.order_id])
        for filters, expected in (
            ({"status": "pending"}, [second.order_id]),
            ({"paymentstatus": "Paid"}, [second.order_id]),
            ({"ordernum": first.ordernum}, [first.order_id]),
            ({"client": "ADA sto"}, [second.order_id, first.order_id]),
            ({"client": "nobody"}, []),
            ({"userid": 1, "id": first.order_id, "status": ""}, [first.order_id]),
            ({"date_from": datetime(2027, 2, 1)}, []),
        ):
            assert [row.id for row in orders.search(db, filters)[1]] == expected, filters
        assert [row.id for row in orders.search(db, page=2, size=1)[1]] == [first.order_id]
        assert [row.id for row in orders.search(db, size=5, start=1)[1]] == [first.order_id]
        details = orders.details(db, db.get_one(Order, second.order_id))
    assert details["lineitems"] == [
        {
            "type": "product",
            "relid": second.service_ids[0],
            "producttype": "Other Product/Service",
            "product": "Hosting - Web",
            "domain": "site0.com",
            "billingcycle": "Monthly",
            "amount": "13.00",
            "status": "Pending",
        }
    ]
    shown = {name: details[name] for name in ("amount", "status", "paymentstatus", "paymentmethodname", "name", "date")}
    assert shown == {
        "amount": "13.00",
        "status": "Pending",
        "paymentstatus": "Paid",
        "paymentmethodname": "Mail In Payment",
        "name": "Ada Stone",
        "date": "2027-01-31 12:00:00",
    }
