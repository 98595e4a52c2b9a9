"""Upgrades from order to completed package: payment, credit, hooks, doubled clicks and events, kills, failing modules, acceptance."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from modulehost import events, hooks, lifecycle, money, settings
from modulehost.billing import invoices, payments, promotions
from modulehost.billing import upgrades as pricing
from modulehost.context import Ctx, Host
from modulehost.language import phrase
from modulehost.ordering import acceptance, orders, upgrades
from modulehost.ordering.upgrades import UpgradeRefused, UpgradeRequest
from modulehost.schema import (
    Client,
    Credit,
    Email,
    EmailTemplate,
    Event,
    Invoice,
    InvoiceItem,
    ModuleQueue,
    Order,
    Product,
    Promotion,
    Service,
    ServiceConfigOption,
    Tax,
    Upgrade,
)
from tests.billing.shop import MODULE, add_client, add_option, add_product

CHANGES = """

def shopmod_ChangePackage(params):
    root = Path(__file__).parents[3]
    if (root / "refuse").exists():
        return "the vendor has no room for " + params["configoption1"]
    with (root / "changed").open("a") as file:
        file.write(f"{params['serviceid']} {params['pid']} {params['configoption1']} {params['configoptions'].get('boxes', '-')}\\n")
    return "success"
"""
SMALL, LARGE, SERVICE = 1, 2, 1


def prepare(host: Host, module: str = "shopmod") -> Ctx:
    """Client 1 has service 1: Small at 10.00 monthly, ten of 31 days left; Large costs 20.00, and either may become the other."""
    ctx = Ctx(host)
    (host.root / "modules" / "servers" / "shopmod" / "shopmod.py").write_text(MODULE + CHANGES)
    with ctx.unit() as db:
        client = add_client(db)
        small = add_product(db, "Small", prices={"monthly": "10.00", "annually": "120.00"}, servertype=module, configoption1="s")
        large = add_product(db, "Large", prices={"monthly": "20.00", "annually": "240.00"}, servertype=module, configoption1="l")
        pricing.set_targets(db, small, [large.id, small.id, 99])
        pricing.set_targets(db, large, [small.id])
        db.add(
            Service(
                userid=client.id, packageid=small.id, domain="ada.example", domainstatus="Active", billingcycle="Monthly", qty=1,
                amount=Decimal("10.00"), regdate=date(2027, 1, 10), nextduedate=date(2027, 2, 10), paymentmethod="mailin",
            )
        )  # fmt: skip
    return ctx


@pytest.fixture
def shop(host: Host) -> Ctx:
    return prepare(host)


def up(**values: Any) -> UpgradeRequest:
    return UpgradeRequest(**{"service_id": SERVICE, "pid": LARGE, "billingcycle": "monthly", "paymentmethod": "mailin", **values})


def changed(ctx: Ctx) -> list[str]:
    path = ctx.host.root / "changed"
    return path.read_text().splitlines() if path.exists() else []


def service(ctx: Ctx) -> Service:
    with ctx.unit(read=True) as db:
        return db.get_one(Service, SERVICE)


def state(ctx: Ctx) -> list[tuple[str, str]]:
    with ctx.unit(read=True) as db:
        return [(row.status, row.paid) for row in db.scalars(select(Upgrade).order_by(Upgrade.id))]


def order_status(ctx: Ctx) -> str:
    with ctx.unit(read=True) as db:
        return db.scalars(select(Order.status).order_by(Order.id.desc())).first() or ""


def test_a_paid_upgrade_changes_the_service_once(any_host: Host) -> None:
    ctx = prepare(any_host)
    heard: list[Any] = []
    for point in ("AfterProductUpgrade", "AcceptOrder", "PreModuleChangePackage"):
        hooks.add(any_host, point, 1, lambda given, point=point: heard.append((point, given.get("upgradeid"))) and None)
    with ctx.unit() as db:
        mail = db.scalars(select(EmailTemplate).where(EmailTemplate.name == "Other Product/Service Welcome Email")).one()
        db.get_one(Product, LARGE).upgradeemail = mail.id
    placed = upgrades.place(ctx, up(), request_key="click")
    again = upgrades.place(ctx, up(), request_key="click")
    assert (again.order_id, again.invoice_id, again.repeated) == (placed.order_id, placed.invoice_id, True)
    with ctx.unit(read=True) as db:
        row = db.scalars(select(Upgrade)).one()
        assert (row.type, row.originalvalue, row.newvalue, row.new_cycle) == ("package", "1,monthly", "2,monthly", "monthly")
        assert (row.days_remaining, row.total_days_in_cycle, row.status, row.paid) == (10, 31, "Pending", "N")
        assert (row.amount, row.credit_amount) == (Decimal("3.22"), Decimal("3.23"))
        assert (row.new_recurring_amount, row.recurringchange) == (Decimal("20.00"), Decimal("10.00"))
        invoice = db.get_one(Invoice, placed.invoice_id)
        line = db.scalars(select(InvoiceItem)).one()
        assert (invoice.total, invoice.status, line.type, line.relid) == (Decimal("3.22"), "Unpaid", "Upgrade", row.id)
        assert line.description == "Upgrade/Downgrade: ada.example\nSmall => Large (Monthly)\n(31/01/2027 - 09/02/2027)"
        (shown,) = orders.lines(db, placed.order_id)
        assert (shown.type, shown.product, shown.status) == ("upgrade", "Small => Large (Monthly)", "Pending")
    assert (service(ctx).packageid, changed(ctx)) == (SMALL, [])
    payments.pay(ctx, placed.invoice_id, "T1", "mailin")
    # However often the payment is announced, it counts once.
    with ctx.unit() as db:
        paid = db.scalars(select(Event).where(Event.kind.in_(("invoice.paid", "upgrade.applied")))).all()
        for event in paid:
            events.emit(db, event.kind, **json.loads(event.payload))
    events.drain(ctx)
    now = service(ctx)
    assert (now.packageid, now.billingcycle, now.amount, now.nextduedate) == (LARGE, "Monthly", Decimal("20.00"), date(2027, 2, 10))
    assert changed(ctx) == ["1 2 l -"]
    assert (state(ctx), order_status(ctx)) == ([("Completed", "Y")], "Active")
    assert heard == [("PreModuleChangePackage", None), ("AfterProductUpgrade", 1), ("AcceptOrder", None)]
    with ctx.unit(read=True) as db:
        names = [json.loads(row.message_data or "{}").get("template", row.subject) for row in db.scalars(select(Email))]
    assert len(names) == 3, names  # the invoice, its receipt, and the product's upgrade mail


def test_a_downgrade_gives_credit_at_once_unless_the_setting_says_otherwise(shop: Ctx) -> None:
    with shop.unit() as db:
        row = db.get_one(Service, SERVICE)
        row.packageid, row.amount = LARGE, Decimal("20.00")
    assert upgrades.offer(shop, up(pid=SMALL)).credited == Decimal("3.22")
    placed = upgrades.place(shop, up(pid=SMALL))
    assert (placed.invoice_id, service(shop).packageid, state(shop)) == (0, SMALL, [("Completed", "Y")])
    with shop.unit() as db:
        assert db.get_one(Client, 1).credit == Decimal("3.22")
        assert db.scalars(select(Credit.description)).one() == f"Upgrade/Downgrade Credit - Order #{placed.ordernum}"
        row = db.get_one(Service, SERVICE)
        row.packageid, row.amount = LARGE, Decimal("20.00")
        settings.put(db, "CreditOnDowngrade", "")
    upgrades.place(shop, up(pid=SMALL))
    with shop.unit(read=True) as db:
        assert db.get_one(Client, 1).credit == Decimal("3.22")
    assert service(shop).packageid == SMALL


def test_options_change_together_and_the_module_sees_them(shop: Ctx) -> None:
    with shop.unit() as db:
        product = db.get_one(Product, SMALL)
        product.configoptionsupgrade = 1
        boxes, (box,) = add_option(db, product, "boxes|Mailboxes", 4, {"Mailbox": {"monthly": "1.50"}}, 1, 50)
        backup, (yes,) = add_option(db, product, "backup|Backup", 3, {"Daily": {"monthly": "3.00"}})
        db.add(ServiceConfigOption(relid=SERVICE, configid=boxes.id, optionid=box.id, qty=2))
        db.get_one(Service, SERVICE).amount = Decimal("13.00")
    heard: list[int] = []
    hooks.add(shop.host, "AfterConfigOptionsUpgrade", 1, lambda given: heard.append(given["upgradeid"]))
    wanted = up(kind="configoptions", pid=0, options={boxes.id: "5", backup.id: "1"})
    placed = upgrades.place(shop, wanted)
    with shop.unit(read=True) as db:
        invoice = db.get_one(Invoice, placed.invoice_id)
        lines = [(row.description.split("\n")[1], row.amount) for row in invoices.items_of(db, invoice.id)]
    # 4.50 and 3.00 for ten of 31 days: 2.42 - 0.97, and 0.9677
    assert lines == [("Mailboxes: 2 => 5", Decimal("1.45")), ("Backup: - => Yes", Decimal("0.97"))]
    payments.pay(shop, placed.invoice_id, "T1", "mailin")
    assert service(shop).amount == Decimal("20.50")
    assert changed(shop) == ["1 1 s 5"]
    assert state(shop) == [("Completed", "Y"), ("Completed", "Y")]
    assert heard == placed.upgrade_ids
    with shop.unit(read=True) as db:
        held = {row.configid: row.qty for row in db.scalars(select(ServiceConfigOption))}
    assert held == {boxes.id: 5, backup.id: 1}
    assert yes.id


def test_what_is_refused(shop: Ctx) -> None:
    def reasons(**values: Any) -> str:
        with pytest.raises(UpgradeRefused) as refused:
            upgrades.place(shop, up(**values))
        return str(refused.value)

    assert reasons(service_id=99) == "Service ID Not Found"
    assert reasons(kind="domains") == "Invalid Upgrade Type"
    assert reasons(pid=SMALL) == "The service has this product and billing cycle already"
    assert reasons(pid=99) == "Product 99 is not offered as an upgrade of Small"
    assert reasons(billingcycle="weekly").startswith("'weekly' is not a billing cycle")
    assert reasons(promocode="NONE") == phrase("english", "ordercodenotfound")
    assert reasons(paymentmethod="nothing") == "Invalid Payment Method. Valid options include mailin, testpay"
    assert reasons(kind="configoptions") == "There is nothing that this service can be changed to"
    hooks.add(shop.host, "ShoppingCartValidateUpgrade", 1, lambda given: [f"{given['id']} not to {given['pid']}"])
    assert reasons() == f"{SERVICE} not to {LARGE}"
    upgrades.place(shop, up(trusted=True))
    assert reasons() == "Unable to accept upgrade order. Previous upgrade invoice for service is still unpaid."
    with shop.unit() as db:
        db.get_one(Service, SERVICE).domainstatus = "Suspended"
    assert reasons() == "Only an active service can be upgraded or downgraded"
    with shop.unit() as db:
        db.get_one(Service, SERVICE).domainstatus = "Active"
        db.get_one(Order, 1).status = "Cancelled"
        invoices.create(db, db.get_one(Client, 1), [invoices.Item("Renewal", Decimal("10.00"), "Hosting", SERVICE)])
    assert reasons() == "The service has an unpaid invoice; pay it first"
    with shop.unit(read=True) as db:
        assert len(db.scalars(select(Order)).all()) == 1


def test_a_promotion_for_upgrades_takes_its_part_off(shop: Ctx) -> None:
    config = json.dumps({"type": "product", "value": "50", "discounttype": "Percentage", "configoptions": []})
    with shop.unit() as db:
        for code, upgrade in (("HALF", 1), ("NEW", 0)):
            db.add(Promotion(code=code, type="Percentage", value=Decimal(10), upgrades=upgrade, upgradeconfig=config, appliesto=str(LARGE)))
    with pytest.raises(UpgradeRefused) as refused:
        upgrades.offer(shop, up(promocode="new"))
    assert refused.value.reason == "host.promoNotForUpgrades"
    placed = upgrades.place(shop, up(promocode="half"))
    with shop.unit(read=True) as db:
        amounts = [(row.type, row.amount) for row in invoices.items_of(db, placed.invoice_id)]
        assert db.get_one(Order, placed.order_id).promocode == "HALF"
        assert db.scalars(select(Promotion.uses).order_by(Promotion.id)).all() == [1, 0]
    assert amounts == [("Upgrade", Decimal("3.22")), ("PromoHosting", Decimal("-1.61"))]


@pytest.mark.parametrize(
    ("config", "off", "text"),
    [
        ({"type": "product", "value": "50", "discounttype": "Percentage"}, "1.61", "50% Discount"),
        ({"type": "product", "value": "2", "discounttype": "Fixed Amount"}, "2.00", "$2.00 USD Discount"),
        ({"type": "configoptions", "value": "50", "discounttype": "Percentage"}, "", ""),
    ],
)
def test_a_code_counts_for_its_kind_of_upgrade_and_the_new_product_is_taxed(
    shop: Ctx, config: dict[str, Any], off: str, text: str
) -> None:
    """3.22 to pay, less the code; 10% tax, as the product that is bought is taxed and the old one is not."""
    with shop.unit() as db:
        db.add(Promotion(code="UP", type="Percentage", value=Decimal(10), upgrades=1, upgradeconfig=json.dumps(config), appliesto=str(LARGE)))
        db.get_one(Product, LARGE).tax = 1
        settings.put(db, "TaxEnabled", "on")
        db.add(Tax(level=1, name="VAT", taxrate=Decimal(10)))
    if not off:
        with pytest.raises(UpgradeRefused) as refused:
            upgrades.place(shop, up(promocode="UP"))
        assert refused.value.reason == "host.promoNotForUpgrades"
        with shop.unit(read=True) as db:
            assert db.scalars(select(Promotion.uses)).one() == 0
        return
    shown = upgrades.offer(shop, up(promocode="UP"))
    placed = upgrades.place(shop, up(promocode="UP"))
    with shop.unit(read=True) as db:
        invoice, promotion = db.get_one(Invoice, placed.invoice_id), db.scalars(select(Promotion)).one()
        found = (invoice.subtotal, invoice.tax, invoice.total)
        assert promotions.describe_upgrade(db, promotion, money.default_currency(db)) == text
    due = Decimal("3.22") - Decimal(off)  # 1.61 -> tax 0.16; 1.22 -> tax 0.12
    assert found == (due, Decimal("0.16" if off == "1.61" else "0.12"), Decimal("1.77" if off == "1.61" else "1.34"))
    assert (shown.discount, shown.tax.tax, shown.total) == (Decimal(off), found[1], found[2])


def test_hooks_may_change_the_price(shop: Ctx) -> None:
    asked: list[dict[str, Any]] = []

    def override(given: dict[str, Any]) -> dict[str, Any]:
        asked.append(dict(given))
        return {"price": 8.5, "discount": "1.00", "newproductid": 77}

    def last(given: dict[str, Any]) -> dict[str, Any]:
        asked.append(dict(given))
        return {"amount": given["amount"] + 1}

    hooks.add(shop.host, "OrderProductUpgradeOverride", 1, override)
    hooks.add(shop.host, "PreUpgradeCheckout", 1, last)
    shown = upgrades.offer(shop, up())
    assert (shown.subtotal, shown.discount, shown.total) == (Decimal("8.50"), Decimal("1.00"), Decimal("7.50"))
    placed = upgrades.place(shop, up())
    assert asked[0] == {
        "oldproductid": SMALL, "oldproductname": "Small", "newproductid": LARGE, "newproductname": "Large", "days": 10,
        "totaldays": 31, "newproductbillingcycle": "monthly", "price": 3.22, "discount": 0.0, "promoqualifies": False,
    }  # fmt: skip
    assert asked[-1] == {"clientId": 1, "upgradeId": 1, "serviceId": SERVICE, "amount": 8.5, "discount": 1.0}
    with shop.unit(read=True) as db:
        assert db.get_one(Invoice, placed.invoice_id).total == Decimal("8.50")  # 9.50 less 1.00
        assert db.get_one(Upgrade, 1).newvalue == f"{LARGE},monthly"


@pytest.mark.parametrize("step", ["upgrade.placed", "upgrade.applied", "service.packagechanged", "upgrade.completed"])
def test_killed_between_two_steps_it_is_completed_by_the_next_delivery(
    shop: Ctx, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = events._claim

    def stops(ctx: Ctx) -> Event | None:
        with ctx.unit(read=True) as db:
            if db.scalar(select(Event.id).where(Event.kind == step, Event.state == "new").limit(1)) is not None:
                return None
        return claim(ctx)

    monkeypatch.setattr(events, "_claim", stops)
    monkeypatch.setattr("modulehost.ordering.upgrades.placing.WAIT_SECONDS", 0)
    placed = upgrades.place(shop, up())
    if step != "upgrade.placed":
        payments.pay(shop, placed.invoice_id, "T1", "mailin")
        assert state(shop) != [("Completed", "Y")] or order_status(shop) == "Pending"
    monkeypatch.undo()
    events.drain(shop)
    if step == "upgrade.placed":
        with shop.unit(read=True) as db:
            invoice = db.get_one(Order, placed.order_id).invoiceid
        payments.pay(shop, invoice, "T1", "mailin")
    assert (service(shop).packageid, state(shop), order_status(shop)) == (LARGE, [("Completed", "Y")], "Active")
    assert changed(shop) == ["1 2 l -"]


def test_a_failing_module_waits_in_the_queue_and_a_retry_completes_it(shop: Ctx) -> None:
    (shop.host.root / "refuse").touch()
    placed = upgrades.place(shop, up())
    payments.pay(shop, placed.invoice_id, "T1", "mailin")
    assert (service(shop).packageid, state(shop), order_status(shop)) == (LARGE, [("Pending", "Y")], "Pending")
    with shop.unit(read=True) as db:
        row = db.scalars(select(ModuleQueue)).one()
    assert (row.module_action, row.last_attempt_error) == ("ChangePackage", "the vendor has no room for l")
    with pytest.raises(UpgradeRefused):
        upgrades.place(shop, up(pid=SMALL))
    assert acceptance.accept(shop, placed.order_id) == ["Large (service 1): the vendor has no room for l"]
    assert order_status(shop) == "Pending"
    (shop.host.root / "refuse").unlink()
    assert lifecycle.retry(shop, row.id).ok
    assert (state(shop), order_status(shop), changed(shop)) == ([("Completed", "Y")], "Active", ["1 2 l -"])


def test_accepting_and_cancelling_the_order(shop: Ctx) -> None:
    first = upgrades.place(shop, up())
    assert acceptance.cancel(shop, first.order_id) == []
    assert (state(shop), order_status(shop), service(shop).packageid) == ([("Cancelled", "N")], "Cancelled", SMALL)
    with shop.unit(read=True) as db:
        assert db.get_one(Invoice, first.invoice_id).status == "Cancelled"
    second = upgrades.place(shop, up())
    heard: list[int] = []
    hooks.add(shop.host, "AcceptOrder", 1, lambda given: heard.append(given["orderid"]))
    assert acceptance.accept(shop, second.order_id) == []
    assert (order_status(shop), service(shop).packageid, changed(shop)) == ("Active", LARGE, ["1 2 l -"])
    assert heard == [second.order_id]
    # The invoice that is paid later changes nothing any more.
    payments.pay(shop, second.invoice_id, "T1", "mailin")
    assert changed(shop) == ["1 2 l -"]
    assert acceptance.pend(shop, first.order_id) == []
    assert state(shop)[0] == ("Pending", "N")
    assert acceptance.cancel(shop, first.order_id) == []
    assert acceptance.delete(shop, first.order_id) == []
    assert state(shop) == [("Completed", "Y")]


def test_staff_may_charge_nothing_and_choose_any_product(shop: Ctx) -> None:
    with shop.unit() as db:
        other = add_product(db, "Other", prices={"monthly": "99.00"}).id
    assert upgrades.offer(shop, up(pid=other, trusted=True, charge=False)).total == Decimal("0.00")
    placed = upgrades.place(shop, up(pid=other, trusted=True, charge=False))
    now = service(shop)
    assert (placed.invoice_id, now.packageid, now.amount, state(shop)) == (0, other, Decimal("99.00"), [("Completed", "Y")])


def test_a_free_service_becomes_a_paid_one_that_is_due_a_cycle_later(shop: Ctx) -> None:
    with shop.unit() as db:
        free = add_product(db, "Free", paytype="free", prices={})
        pricing.set_targets(db, free, [LARGE])
        row = db.get_one(Service, SERVICE)
        row.packageid, row.billingcycle, row.amount, row.nextduedate = free.id, "Free Account", Decimal(0), None
    placed = upgrades.place(shop, up())
    with shop.unit(read=True) as db:
        assert db.get_one(Invoice, placed.invoice_id).total == Decimal("20.00")
    payments.pay(shop, placed.invoice_id, "T1", "mailin")
    now = service(shop)
    assert (now.billingcycle, now.nextduedate, now.nextinvoicedate) == ("Monthly", date(2027, 2, 28), date(2027, 2, 28))
