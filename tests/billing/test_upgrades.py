"""What an upgrade costs. Every amount here was worked out by hand: old and new price times days left by days of the cycle."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from modulehost.billing import upgrades
from modulehost.billing.options import OptionErrors, options_of_service
from modulehost.billing.pricing import NotOffered
from modulehost.context import Ctx
from modulehost.money import default_currency
from modulehost.schema import Product, Service, ServiceConfigOption
from tests.billing.shop import add_client, add_option, add_product

SMALL = {"monthly": "10.00", "annually": "120.00", "msetupfee": "3.00"}
LARGE = {"monthly": "20.00", "annually": "240.00", "msetupfee": "7.00"}


def money(*texts: str) -> tuple[Decimal, ...]:
    return tuple(Decimal(text) for text in texts)


def service_of(ctx: Ctx, product: int, cycle: str, amount: str, regdate: str, due: str) -> Service:
    with ctx.unit() as db:
        row = Service(
            userid=1, packageid=product, domainstatus="Active", billingcycle=cycle, amount=Decimal(amount), qty=1,
            regdate=date.fromisoformat(regdate), nextduedate=date.fromisoformat(due) if due else None,
        )  # fmt: skip
        db.add(row)
        db.flush()
        return row


@pytest.fixture
def shop(ctx: Ctx) -> dict[str, int]:
    """Ids of a small and a large product, a free one and two that are paid once."""
    with ctx.unit() as db:
        add_client(db)
        made = {
            "small": add_product(db, "Small", prices=SMALL),
            "large": add_product(db, "Large", prices=LARGE),
            "free": add_product(db, "Free", paytype="free", prices={}),
            "once": add_product(db, "Once", paytype="onetime", prices={"monthly": "50.00"}),
            "dear": add_product(db, "Dear", paytype="onetime", prices={"monthly": "80.00"}),
        }
        return {name: row.id for name, row in made.items()}


# today, cycle and amount now, registered, due -> target, new cycle: days, total, credit, charge, new recurring amount
TABLE = [
    # January has 31 days, ten of them are left: 10 x 10/31 = 3.2258, 20 x 10/31 = 6.4516
    ("2027-01-31", "Monthly", "10.00", "2027-01-10", "2027-02-10", "large", "monthly", 10, 31, "3.23", "6.45", "20.00"),
    # February, and the same in a leap year: 10 x 15/29 = 5.1724, 20 x 15/29 = 10.3448
    ("2027-02-15", "Monthly", "10.00", "2027-01-01", "2027-03-01", "large", "monthly", 14, 28, "5.00", "10.00", "20.00"),
    ("2028-02-15", "Monthly", "10.00", "2028-01-01", "2028-03-01", "large", "monthly", 15, 29, "5.17", "10.34", "20.00"),
    # a service of the 31st that is due on 28 February: its month began on 31 January
    ("2027-02-14", "Monthly", "10.00", "2027-01-31", "2027-02-28", "large", "monthly", 14, 28, "5.00", "10.00", "20.00"),
    # a year of 365 days: 120 x 183/365 = 60.1644; one of 366: 120 x 92/366 = 30.1639
    ("2027-07-02", "Annually", "120.00", "2027-01-01", "2028-01-01", "large", "annually", 183, 365, "60.16", "120.33", "240.00"),
    ("2028-03-01", "Annually", "120.00", "2027-06-01", "2028-06-01", "large", "annually", 92, 366, "30.16", "60.33", "240.00"),
    # another cycle: the new price per day is that of the new cycle, the days stay: 240 x 10/365 = 6.5753
    ("2027-01-31", "Monthly", "10.00", "2027-01-10", "2027-02-10", "large", "annually", 10, 31, "3.23", "6.58", "240.00"),
    # 20 x 183/31 = 118.0645: the rest of the year at the monthly price
    ("2027-07-02", "Annually", "120.00", "2027-01-01", "2028-01-01", "large", "monthly", 183, 365, "60.16", "118.06", "20.00"),
    ("2027-01-31", "Monthly", "10.00", "2027-01-10", "2027-02-10", "small", "annually", 10, 31, "3.23", "3.29", "120.00"),
    # what the service costs counts, not the price of today: 8 x 10/31 = 2.5806
    ("2027-01-31", "Monthly", "8.00", "2027-01-10", "2027-02-10", "large", "monthly", 10, 31, "2.58", "6.45", "20.00"),
    # due today, past due, and paid ahead: 10 x 38/28 = 13.5714, 20 x 38/28 = 27.1429
    ("2027-02-10", "Monthly", "10.00", "2027-01-10", "2027-02-10", "large", "monthly", 0, 31, "0.00", "0.00", "20.00"),
    ("2027-02-20", "Monthly", "10.00", "2027-01-10", "2027-02-10", "large", "monthly", 0, 31, "0.00", "0.00", "20.00"),
    ("2027-01-31", "Monthly", "10.00", "2027-01-10", "2027-03-10", "large", "monthly", 38, 28, "13.57", "27.14", "20.00"),
    # from and to what does not recur
    ("2027-01-31", "Free Account", "0.00", "2027-01-10", "", "large", "monthly", 28, 28, "0.00", "20.00", "20.00"),
    ("2027-01-31", "Monthly", "10.00", "2027-01-10", "2027-02-10", "free", "free", 10, 31, "3.23", "0.00", "0.00"),
    ("2027-01-31", "Monthly", "10.00", "2027-01-10", "2027-02-10", "once", "onetime", 10, 31, "3.23", "50.00", "0.00"),
]  # fmt: skip


@pytest.mark.parametrize("row", TABLE, ids=lambda row: " ".join(row[:2] + row[5:7]))
def test_the_table(ctx: Ctx, shop: dict[str, int], row: tuple[str, ...]) -> None:
    today, cycle, amount, regdate, due, target, wanted, days, total, credit, charge, recurring = row
    ctx.host.clock.set(datetime.fromisoformat(f"{today} 12:00:00"))
    service = service_of(ctx, shop["free" if cycle == "Free Account" else "small"], cycle, amount, regdate, due)
    with ctx.unit(read=True) as db:
        found = upgrades.package(db, service, db.get_one(Product, shop[target]), wanted, default_currency(db))
    assert (found.days, found.total) == (days, total)
    assert (found.credit, found.charge, found.recurring) == money(credit, charge, recurring)
    assert found.amount == Decimal(charge) - Decimal(credit)
    assert found.difference == Decimal(recurring) - Decimal(amount)
    assert found.new == f"{shop[target]},{wanted}"


def test_a_downgrade_is_below_zero_and_one_time_products_pay_the_difference(ctx: Ctx, shop: dict[str, int]) -> None:
    large = service_of(ctx, shop["large"], "Monthly", "20.00", "2027-01-10", "2027-02-10")
    once = service_of(ctx, shop["once"], "One Time", "0.00", "2027-01-10", "")
    with ctx.unit(read=True) as db:
        usd = default_currency(db)
        down = upgrades.package(db, large, db.get_one(Product, shop["small"]), "monthly", usd)
        dear = upgrades.package(db, once, db.get_one(Product, shop["dear"]), "onetime", usd)
        recurring = upgrades.package(db, once, db.get_one(Product, shop["small"]), "monthly", usd)
        with pytest.raises(upgrades.NotChanged):
            upgrades.package(db, large, db.get_one(Product, shop["large"]), "monthly", usd)
        with pytest.raises(NotOffered, match="Large is not sold Quarterly; it is sold Monthly, Annually"):
            upgrades.package(db, large, db.get_one(Product, shop["large"]), "quarterly", usd)
    assert (down.credit, down.charge, down.amount) == money("6.45", "3.23", "-3.22")
    assert (dear.credit, dear.charge, dear.amount, dear.recurring) == money("50.00", "80.00", "30.00", "0.00")
    assert (recurring.credit, recurring.charge, recurring.days) == (*money("0.00", "10.00"), 28)


def test_options_are_priced_one_by_one(ctx: Ctx, shop: dict[str, int]) -> None:
    service = service_of(ctx, shop["small"], "Monthly", "13.00", "2027-01-10", "2027-02-10")
    with ctx.unit() as db:
        product, usd = db.get_one(Product, shop["small"]), default_currency(db)
        boxes, (box,) = add_option(db, product, "boxes|Mailboxes", 4, {"Mailbox": {"monthly": "1.50"}}, 1, 50)
        plan, (basic, pro) = add_option(db, product, "plan|Plan", 2, {"basic|Basic": {}, "pro|Pro": {"monthly": "4.00", "msetupfee": "9.00"}})
        secret, (hidden,) = add_option(db, product, "secret", 3, {"On": {"monthly": "1.00"}}, hidden=1)
        db.add(ServiceConfigOption(relid=service.id, configid=boxes.id, optionid=box.id, qty=2))
        db.add(ServiceConfigOption(relid=service.id, configid=plan.id, optionid=basic.id, qty=0))
        db.flush()
        # 2 -> 5 mailboxes: 3.00 x 10/31 = 0.9677, 7.50 x 10/31 = 2.4194; the plan: 4.00 x 10/31 = 1.2903
        more, better = upgrades.option_changes(db, service, product, {boxes.id: "5", plan.id: str(pro.id)}, usd)
        (fewer,) = upgrades.option_changes(db, service, product, {boxes.id: 1, plan.id: basic.id}, usd)
        with pytest.raises(OptionErrors, match="Mailboxes: the quantity must be at most 50"):
            upgrades.option_changes(db, service, product, {boxes.id: 51}, usd)
        with pytest.raises(OptionErrors, match="Mailboxes: the quantity must be at least 1"):
            upgrades.option_changes(db, service, product, {boxes.id: 0}, usd)
        with pytest.raises(OptionErrors, match=f"Option {secret.id} is not offered with Small"):
            upgrades.option_changes(db, service, product, {secret.id: 1}, usd)
        with pytest.raises(upgrades.NotChanged):
            upgrades.option_changes(db, service, product, {boxes.id: 2, plan.id: basic.id}, usd)
    assert hidden.id
    assert (more.credit, more.charge, more.amount, more.difference) == money("0.97", "2.42", "1.45", "4.50")
    assert (more.original, more.new, more.shown) == (f"{boxes.id}=>2", "5", "Mailboxes: 2 x Mailbox => 5 x Mailbox")
    assert (better.credit, better.charge, better.difference) == money("0.00", "1.29", "4.00")
    assert better.recurring == Decimal("21.50")  # 13.00 + 4.50 + 4.00
    assert (fewer.amount, fewer.difference) == money("-0.49", "-1.50")  # 1.50 x 10/31 = 0.4839 less 0.97


def test_a_new_product_keeps_the_options_that_both_have(ctx: Ctx, shop: dict[str, int]) -> None:
    service = service_of(ctx, shop["small"], "Monthly", "13.00", "2027-01-10", "2027-02-10")
    with ctx.unit() as db:
        small, large, usd = db.get_one(Product, shop["small"]), db.get_one(Product, shop["large"]), default_currency(db)
        boxes, (box,) = add_option(db, small, "boxes", 4, {"Mailbox": {"monthly": "1.50", "annually": "15.00"}}, 1)
        old, (only,) = add_option(db, small, "old", 1, {"Only": {"monthly": "5.00"}})
        from modulehost.schema import ProductConfigLink

        db.add(ProductConfigLink(gid=boxes.gid, pid=large.id))
        add_option(db, large, "backup", 3, {"Backup": {"monthly": "2.00"}})
        db.add(ServiceConfigOption(relid=service.id, configid=boxes.id, optionid=box.id, qty=4))
        db.add(ServiceConfigOption(relid=service.id, configid=old.id, optionid=only.id, qty=0))
        db.flush()
        found = upgrades.package(db, service, large, "monthly", usd)
        kept = upgrades.carried(db, service, large, usd, "monthly")
        assert len(options_of_service(db, service.id, small)) == 2
    assert found.recurring == Decimal("26.00")  # 20.00 + 4 x 1.50
    assert [(one.option.label, one.qty) for one in kept] == [("boxes", 4), ("backup", 0)]
