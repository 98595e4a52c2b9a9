"""Product addons from the cart to the accepted order: with a product, and for a service that the client has."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from modulehost import events, hooks, lifecycle
from modulehost.billing import invoices, payments
from modulehost.context import Ctx, Host
from modulehost.ordering import acceptance, cart, orders
from modulehost.ordering.checkout import OrderRefused, OrderRequest, Placed, place
from modulehost.schema import (
    Addon,
    Client,
    Currency,
    Email,
    Invoice,
    InvoiceItem,
    Order,
    Product,
    Service,
    ServiceAddon,
)
from tests.billing.shop import add_addon, add_client, add_prices, add_product, created


def d(text: str) -> Decimal:
    return Decimal(text)


def shop(ctx: Ctx, **values: Any) -> tuple[int, int, int]:
    """Client, product (10.00 a month, 3.00 set-up) and addon (2.00 a month, 20.00 a year); their ids."""
    with ctx.unit() as db:
        client = db.get(Client, 1) or add_client(db)
        product = add_product(db)
        return client.id, product.id, add_addon(db, "Backup", product, **values).id


def heard(ctx: Ctx, *points: str) -> list[tuple[str, dict[str, Any]]]:
    found: list[tuple[str, dict[str, Any]]] = []
    for point in points:
        hooks.add(ctx.host, point, 1, lambda given, point=point: found.append((point, dict(given))))
    return found


def statuses(ctx: Ctx) -> list[str]:
    with ctx.unit(read=True) as db:
        return list(db.scalars(select(ServiceAddon.status).order_by(ServiceAddon.id)))


def order(ctx: Ctx, client: int, product: int, addons: dict[int, Any], **item: Any) -> Placed:
    items = [{"pid": product, "domain": "ada.com", "billingcycle": "monthly", "addons": addons, **item}]
    return place(ctx, OrderRequest(client, items, "mailin"))


def test_an_order_with_an_addon_from_cart_to_active(any_host: Host) -> None:
    ctx = Ctx(any_host)
    client, product, addon = shop(ctx, allowqty=1, tax=1, prices={"monthly": "2.00", "msetupfee": "0.50"})
    fired = heard(ctx, "AddonAdd", "AddonActivated", "AddonActivation", "AfterShoppingCartCheckout")
    kept = {"currency": 1, "items": [], "addons": []}
    cart.add(kept, {"pid": product, "domain": "ada.com", "addons": {str(addon): "3"}})
    with ctx.unit() as db:
        cart.save(db, "key", kept)
        kept = cart.load(db, "key")
        totals = cart.totals(db, kept)
    assert kept["items"][0]["addons"] == {addon: "3"}
    # 10.00 + 3.00 set-up, and three times 2.00 + 0.50
    assert (totals.problems, totals.total, totals.recurring) == ([], d("20.50"), {"monthly": d("16.00")})
    placed = place(ctx, OrderRequest(client, kept["items"], "mailin"), request_key="twice")
    assert place(ctx, OrderRequest(client, kept["items"], "mailin"), request_key="twice").addon_ids == placed.addon_ids == [1]
    with ctx.unit(read=True) as db:
        row = db.get_one(ServiceAddon, 1)
        assert (row.hostingid, row.addonid, row.userid, row.qty) == (placed.service_ids[0], addon, client, 3)
        assert (row.firstpaymentamount, row.setupfee, row.recurring) == (d("7.50"), d("1.50"), d("6.00"))
        assert (row.status, row.billingcycle, row.tax, row.name) == ("Pending", "Monthly", "on", "")
        assert (row.nextduedate, row.nextinvoicedate) == (date(2027, 1, 31), date(2027, 2, 28))
        lines = db.execute(
            select(InvoiceItem.description, InvoiceItem.amount, InvoiceItem.relid, InvoiceItem.taxed)
            .where(InvoiceItem.type == "Addon").order_by(InvoiceItem.id)
        ).all()  # fmt: skip
        assert [tuple(line) for line in lines] == [
            ("Addon (ada.com) - 3 x Backup (31/01/2027 - 27/02/2027)", d("6.00"), 1, 1),
            ("Addon (ada.com) - 3 x Backup Setup Fee", d("1.50"), 1, 1),
        ]
        assert db.get_one(Invoice, placed.invoice_id).total == d("20.50")
        shown = [(line.type, line.relid, line.product, line.amount) for line in orders.lines(db, placed.order_id)]
        assert shown[1] == ("addon", 1, "Backup", d("7.50"))
        mail = next(one.message for one in db.scalars(select(Email)) if "Backup" in one.message)
        assert "Addon: 3 x Backup" in mail and "First payment: $7.50 USD" in mail
    payments.pay(ctx, placed.invoice_id, "T1", "mailin")
    with ctx.unit(read=True) as db:
        row = db.get_one(ServiceAddon, 1)
        assert (row.status, row.nextduedate) == ("Active", date(2027, 2, 28))
    ids = {"id": 1, "userid": client, "serviceid": placed.service_ids[0], "addonid": addon}
    assert fired[0] == ("AddonAdd", ids)
    assert fired[1][1]["AddonIDs"] == [1]
    assert fired[2:] == [("AddonActivated", ids), ("AddonActivation", {**ids, "clientid": client})]


def test_an_addon_for_a_service_that_the_client_has(ctx: Ctx) -> None:
    client, product, addon = shop(ctx)
    placed = order(ctx, client, product, {})
    own = [{"aid": addon, "serviceid": placed.service_ids[0]}]
    with pytest.raises(OrderRefused, match="an addon cannot be ordered for a service that is Pending"):
        place(ctx, OrderRequest(client, paymentmethod="mailin", addons=own))
    acceptance.accept(ctx, placed.order_id)
    with ctx.unit(read=True) as db:
        totals = cart.totals(db, {"items": [], "addons": own}, client=db.get_one(Client, client))
    assert (totals.total, totals.recurring) == (d("2.00"), {"monthly": d("2.00")})
    second = place(ctx, OrderRequest(client, paymentmethod="mailin", addons=own))
    assert (second.service_ids, second.addon_ids) == ([], [1])
    payments.pay(ctx, second.invoice_id, "T1", "mailin")
    assert statuses(ctx) == ["Active"]
    yearly = place(ctx, OrderRequest(client, paymentmethod="mailin", addons=[{**own[0], "billingcycle": "annually"}]))
    with ctx.unit(read=True) as db:
        assert db.get_one(Invoice, yearly.invoice_id).total == d("20.00")
        assert db.get_one(ServiceAddon, 2).billingcycle == "Annually"
    with ctx.unit() as db:
        stranger = add_client(db, email="eve@example.com").id
    with pytest.raises(OrderRefused, match="Service ID not owned by Client ID provided"):
        place(ctx, OrderRequest(stranger, paymentmethod="mailin", addons=own))


def test_what_cannot_be_ordered_says_why(ctx: Ctx) -> None:
    client, product, addon = shop(ctx)
    with ctx.unit() as db:
        other = add_product(db, "Other")
        gone = add_addon(db, "Old", db.get_one(Product, product), retired=1).id
        elsewhere = add_addon(db, "Elsewhere", other).id
        unpriced = add_addon(db, "Unpriced", db.get_one(Product, product), prices={}).id
    with pytest.raises(OrderRefused) as refused:
        order(ctx, client, product, {addon: 2, gone: 1, elsewhere: 1, unpriced: 1, 99: 1})
    assert refused.value.errors == [
        "Backup can be ordered one at a time only", "Old is not offered", "Elsewhere is not offered for this product",
        "Unpriced has no price in USD", "Addon 99 does not exist",
    ]  # fmt: skip
    with pytest.raises(OrderRefused, match="Backup: the quantity"):
        order(ctx, client, product, {addon: "many"})


def test_the_cycle_is_the_products_where_it_is_offered(ctx: Ctx) -> None:
    client, product, addon = shop(ctx)
    with ctx.unit() as db:
        pair = db.get_one(Product, product)
        once = add_addon(db, "Setup help", pair, billingcycle="onetime", prices={"monthly": "49.00"}).id
        free = add_addon(db, "Hints", pair, billingcycle="free", prices={}, autoactivate="order").id
        legacy = add_addon(db, "Old style", pair, billingcycle="Quarterly", prices={"monthly": "6.00"}).id
        yearly = add_product(db, "Yearly", prices={"annually": "100.00"})
        both = db.get_one(Addon, addon)
        both.packages = f"{product},{yearly.id}"
    placed = order(ctx, client, product, {addon: 1, once: 1, free: 1, legacy: 1})
    order(ctx, client, yearly.id, {addon: 1}, billingcycle="annually")
    with ctx.unit(read=True) as db:
        rows = [(r.billingcycle, r.firstpaymentamount, r.recurring) for r in db.scalars(select(ServiceAddon).order_by(ServiceAddon.id))]
        assert rows == [
            ("Monthly", d("2.00"), d("2.00")), ("One Time", d("49.00"), d("0.00")), ("Free Account", d("0.00"), d("0.00")),
            ("Quarterly", d("6.00"), d("6.00")), ("Annually", d("20.00"), d("20.00")),
        ]  # fmt: skip
        # 13.00 for the product, 2.00 + 49.00 + 6.00 for the addons
        assert db.get_one(Invoice, placed.invoice_id).total == d("70.00")
    assert statuses(ctx)[2] == "Active"  # its addon activates itself with the order


def test_a_hook_prices_addons(ctx: Ctx) -> None:
    client, product, addon = shop(ctx)
    asked: list[dict[str, Any]] = []

    def price(given: dict[str, Any]) -> dict[str, float]:
        asked.append(dict(given))
        return {"setup": 1.5, "recurring": 0.75}

    hooks.add(ctx.host, "OrderAddonPricingOverride", 1, price)
    placed = order(ctx, client, product, {addon: 1})
    assert (asked[0]["key"], asked[0]["pid"], asked[0]["addonid"]) == (0, product, addon)
    assert asked[0]["proddata"]["addons"] == [{"addonid": addon, "qty": 1}]
    with ctx.unit(read=True) as db:
        row = db.get_one(ServiceAddon, 1)
        assert (row.setupfee, row.recurring) == (d("1.50"), d("0.75"))
        assert db.get_one(Order, placed.order_id).amount == d("15.25")


@pytest.mark.parametrize(("mode", "after"), [("order", ["order"]), ("payment", ["payment"]), ("on", ["accept"]), ("", [])])
def test_a_module_creates_the_addon_when_it_says_so(ctx: Ctx, mode: str, after: list[str]) -> None:
    client, product, _addon = shop(ctx)
    with ctx.unit() as db:
        made = add_addon(db, "Vault", db.get_one(Product, product), autoactivate=mode, module="shopmod").id
    fired = heard(ctx, "AddonActivation")
    placed = order(ctx, client, product, {made: 1})
    at = ["order"] if created(ctx.host) else []
    payments.pay(ctx, placed.invoice_id, "T1", "mailin")
    at += ["payment"] if created(ctx.host) and not at else []
    assert acceptance.accept(ctx, placed.order_id) == []
    at += ["accept"] if created(ctx.host) and not at else []
    assert at == after
    assert created(ctx.host) == [placed.service_ids[0]] * len(after)
    assert statuses(ctx) == ["Active"]
    assert [given["id"] for _, given in fired] == [1]


def test_a_failed_create_keeps_the_order_pending_and_cancellation_terminates(ctx: Ctx) -> None:
    client, product, _addon = shop(ctx)
    with ctx.unit() as db:
        made = add_addon(db, "Vault", db.get_one(Product, product), autoactivate="on", module="shopmod").id
    (ctx.host.root / "refuse").touch()
    placed = order(ctx, client, product, {made: 1})
    assert acceptance.accept(ctx, placed.order_id) == ["Vault (addon 1): the vendor refused ada.com"]
    with ctx.unit(read=True) as db:
        assert db.get_one(Order, placed.order_id).status == "Pending"
        (waiting,) = lifecycle.queue.open_rows(db)
        assert (waiting.service_type, waiting.service_id) == ("addon", 1)
    (ctx.host.root / "refuse").unlink()
    assert lifecycle.retry(ctx, waiting.id).ok
    assert statuses(ctx) == ["Active"]
    fired = heard(ctx, "AddonTerminated", "AddonCancelled", "AddonDeleted")
    assert acceptance.cancel(ctx, placed.order_id) == []
    assert (created(ctx.host, "ended"), statuses(ctx)) == ([1], ["Cancelled"])
    assert acceptance.delete(ctx, placed.order_id) == []
    assert [point for point, _ in fired] == ["AddonTerminated", "AddonCancelled", "AddonDeleted"]
    assert fired[-1][1] == {"id": 1}
    assert statuses(ctx) == []


def test_addons_end_with_their_service_and_tied_ones_are_suspended_with_it(ctx: Ctx) -> None:
    client, product, _addon = shop(ctx)
    with ctx.unit() as db:
        pair = db.get_one(Product, product)
        db.get_one(Product, product).servertype = "shopmod"
        tied = add_addon(db, "Tied", pair, suspendproduct=1).id
        free = add_addon(db, "Free", pair).id
        vault = add_addon(db, "Vault", pair, module="shopmod").id
    placed = order(ctx, client, product, {tied: 1, free: 1, vault: 1})
    payments.pay(ctx, placed.invoice_id, "T1", "mailin")
    service = lifecycle.OfService(placed.service_ids[0])

    def become(status: str) -> list[str]:
        with ctx.unit() as db:
            service.set_status(db, status)
        events.drain(ctx)
        return statuses(ctx)

    become("Active")
    assert statuses(ctx) == ["Active", "Active", "Active"]
    assert become("Suspended") == ["Suspended", "Active", "Active"]
    assert become("Active") == ["Active", "Active", "Active"]
    assert become("Terminated") == ["Terminated"] * 3
    assert created(ctx.host, "ended") == [service.id]  # the vault's module; the service's status was set by hand


def test_a_renewal_moves_the_due_date_and_is_told(ctx: Ctx) -> None:
    client, product, addon = shop(ctx)
    placed = order(ctx, client, product, {addon: 1})
    payments.pay(ctx, placed.invoice_id, "T1", "mailin")
    fired = heard(ctx, "AddonRenewal")
    with ctx.unit() as db:
        item = invoices.Item("Addon", d("2.00"), "Addon", 1, duedate=date(2027, 2, 28))
        bill = invoices.create(db, db.get_one(Client, client), [item], paymentmethod="mailin").id
    payments.pay(ctx, bill, "T2", "mailin")
    with ctx.unit(read=True) as db:
        assert db.get_one(ServiceAddon, 1).nextduedate == date(2027, 3, 31)
    assert [given["id"] for _, given in fired] == [1]


def test_an_addon_is_priced_in_the_clients_currency(ctx: Ctx) -> None:
    _client, product, addon = shop(ctx)
    with ctx.unit() as db:
        euro = add_client(db, currency=2, email="eu@example.com").id
        add_prices(db, "product", product, currency=2, monthly="9.00")
        add_prices(db, "addon", addon, currency=2, monthly="1.80", annually="-1")
        assert db.get_one(Currency, 2).code == "EUR"
    placed = order(ctx, euro, product, {addon: 1})
    with ctx.unit(read=True) as db:
        assert db.get_one(Invoice, placed.invoice_id).total == d("10.80")
        assert db.get_one(Service, placed.service_ids[0]).amount == d("9.00")
