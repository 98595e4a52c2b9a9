"""What time does to services: suspension and its lifting, termination, fixed terms, counted periods, overages, clients' status."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from modulehost import automation, events, hooks, lifecycle, mail, settings
from modulehost.billing import invoices, payments
from modulehost.billing.invoices import Item
from modulehost.context import Ctx
from modulehost.journal import Report
from modulehost.schema import (
    Addon,
    Client,
    ClientGroup,
    Email,
    EmailTemplate,
    Invoice,
    InvoiceItem,
    ModuleQueue,
    Service,
    ServiceAddon,
)
from tests.billing.shop import add_client, add_product, open_shop

TODAY = date(2027, 1, 31)
MODULE = """
from pathlib import Path


def _tell(what, params):
    root = Path(__file__).parents[3]
    if (root / "refuse").exists():
        return "the gate is locked"
    with (root / "told").open("a") as file:
        file.write(f"{what} {params['serviceid']} {params['addonId']} {params.get('suspendreason', '')}".strip() + "\\n")
    return "success"


def gate_SuspendAccount(params): return _tell("suspend", params)
def gate_UnsuspendAccount(params): return _tell("unsuspend", params)
def gate_TerminateAccount(params): return _tell("terminate", params)
"""


@pytest.fixture
def shop(any_database: Engine, tmp_path: Path) -> Iterator[Ctx]:
    """A shop on each database in turn, at the noon of 31 January 2027, whose module `gate` writes down what it is told."""
    with open_shop(any_database, tmp_path / "root") as host:
        folder = host.root / "modules" / "servers" / "gate"
        folder.mkdir(parents=True)
        (folder / "gate.py").write_text(MODULE)
        yield Ctx(host)


@pytest.fixture
def one(database: Engine, tmp_path: Path) -> Iterator[Ctx]:
    """The same on SQLite."""
    with open_shop(database, tmp_path / "root") as host:
        folder = host.root / "modules" / "servers" / "gate"
        folder.mkdir(parents=True)
        (folder / "gate.py").write_text(MODULE)
        yield Ctx(host)


def add(ctx: Ctx, client: int | None = None, product: int | None = None, module: str = "gate", **values: Any) -> Service:
    given = {
        "domain": "ada.example", "domainstatus": "Active", "billingcycle": "Monthly", "amount": Decimal("10.00"), "qty": 1,
        "regdate": date(2026, 10, 10), "nextduedate": TODAY - timedelta(days=5),
    }  # fmt: skip
    with ctx.unit() as db:
        owner = client or add_client(db, email="ada@example.com").id
        bought = product or add_product(db, servertype=module).id
        row = Service(userid=owner, packageid=bought, **{**given, **values})
        db.add(row)
    return row


def row(ctx: Ctx, service: Service) -> Service:
    with ctx.unit(read=True) as db:
        return db.get_one(Service, service.id)


def told(ctx: Ctx) -> list[str]:
    path = ctx.host.root / "told"
    return path.read_text().splitlines() if path.exists() else []


def skipped(report: Report) -> dict[str, int]:
    return {why: heading.count for why, heading in report.skipped.items()}


def put(ctx: Ctx, **values: str) -> None:
    with ctx.unit() as db:
        for name, value in values.items():
            settings.put(db, name, value)


def test_what_is_overdue_is_suspended_and_lifted_by_its_payment(shop: Ctx) -> None:
    due, later = add(shop), add(shop, nextduedate=TODAY - timedelta(days=4), domain="later.example")
    with shop.unit() as db:
        client = db.get_one(Client, due.userid)
        invoice = invoices.create(db, client, [Item("Mail", Decimal("10.00"), "Hosting", due.id, False, due.nextduedate)])
    report = automation.perform(shop, "AutoSuspensions")
    assert report.done["services suspended"].lines == [f"service {due.id} (Mail, ada.example), due on 2027-01-26"]
    assert told(shop) == [f"suspend {due.id} 0 Overdue on Payment"]
    assert (row(shop, due).domainstatus, row(shop, due).suspendreason) == ("Suspended", "Overdue on Payment")
    assert row(shop, later).domainstatus == "Active"
    events.drain(shop)
    with shop.unit(read=True) as db:
        assert db.scalars(select(Email.subject)).all() == ["Service Suspension Notification"]
    assert automation.perform(shop, "AutoSuspensions").done == {}
    payments.pay(shop, invoice.id, "T1", "mailin")
    assert told(shop)[1:] == [f"unsuspend {due.id} 0"]
    now = row(shop, due)
    assert (now.domainstatus, now.suspendreason, now.nextduedate) == ("Active", "", date(2027, 2, 26))


def test_what_is_left_alone_and_why(one: Ctx) -> None:
    free = add(one, billingcycle="Free Account", amount=Decimal("0.00"))
    add(one, free.userid, free.packageid, billingcycle="One Time")
    add(one, free.userid, free.packageid, amount=Decimal("0.00"))
    add(one, free.userid, free.packageid, overideautosuspend=1)
    add(one, free.userid, free.packageid, overidesuspenduntil=TODAY + timedelta(days=1))
    over = add(one, free.userid, free.packageid, overidesuspenduntil=TODAY)
    add(one, free.userid, free.packageid, billingcycle="now and then")
    with one.unit() as db:
        group = ClientGroup(groupname="Friends", susptermexempt="on")
        db.add(group)
        db.flush()
        friend = add_client(db, email="friend@example.com", groupid=group.id).id
    add(one, friend, free.packageid)
    report = automation.perform(one, "AutoSuspensions")
    assert skipped(report) == {
        "it is free or paid once": 2, "it costs nothing": 1, "its automatic suspension is overridden": 1,
        "its automatic suspension is overridden until a later day": 1, "its billing cycle is not known": 1,
        "the client's group is exempt from suspension and termination": 1,
    }  # fmt: skip
    assert told(one) == [f"suspend {over.id} 0 Overdue on Payment"]
    put(one, AutoSuspension="")
    assert skipped(automation.perform(one, "AutoSuspensions")) == {"the setting AutoSuspension is off": 1}


def test_a_module_that_refuses_waits_in_the_queue_and_is_not_asked_again(one: Ctx) -> None:
    service = add(one)
    (one.host.root / "refuse").touch()
    report = automation.perform(one, "AutoSuspensions")
    line = f"service {service.id} (Mail, ada.example), due on 2027-01-26"
    assert report.skipped["the module did not do it: the service is not suspended"].lines == [f"{line}: failed: the gate is locked"]
    (one.host.root / "refuse").unlink()
    assert automation.perform(one, "AutoSuspensions").skipped["an earlier Suspend waits in the module queue"].lines == [line]
    assert told(one) == []
    with one.unit(read=True) as db:
        waiting = db.scalars(select(ModuleQueue.id)).one()
    assert lifecycle.retry(one, waiting).ok


def test_a_reason_of_somebody_s_own_and_what_is_overdue_still_are_not_lifted(one: Ctx) -> None:
    manual = add(one, domainstatus="Suspended", suspendreason="spam")
    client = manual.userid
    behind = add(one, client, manual.packageid, domainstatus="Suspended", suspendreason="Overdue on Payment", nextduedate=date(2026, 11, 10))
    off = add(one, client, manual.packageid, domainstatus="Suspended", suspendreason="Overdue on Payment", nextduedate=date(2027, 1, 20))
    for service in (manual, behind):
        _pay(one, service)
    put(one, AutoUnsuspend="")
    _pay(one, off)
    assert told(one) == []
    assert [row(one, service).domainstatus for service in (manual, behind, off)] == ["Suspended"] * 3
    put(one, AutoUnsuspend="on", mh_unsuspension_email="")
    for start in (date(2026, 12, 10), date(2027, 1, 10)):  # the second payment brings it up to date
        with one.unit() as db:
            item = Item("Mail", Decimal("10.00"), "Hosting", behind.id, False, start)
            invoice = invoices.create(db, db.get_one(Client, client), [item])
        payments.pay(one, invoice.id, f"B{start}", "mailin")
    assert told(one) == [f"unsuspend {behind.id} 0"]
    with one.unit(read=True) as db:
        assert "Service Unsuspension Notification" not in db.scalars(select(Email.subject)).all()


def _pay(ctx: Ctx, service: Service) -> None:
    with ctx.unit() as db:
        item = Item("Mail", Decimal("10.00"), "Hosting", service.id, False, service.nextduedate)
        invoice = invoices.create(db, db.get_one(Client, service.userid), [item])
    payments.pay(ctx, invoice.id, f"T{service.id}", "mailin")


def test_addons_have_their_own_dates(shop: Ctx) -> None:
    heard: list[tuple[str, int]] = []
    for point in ("AddonSuspended", "AddonUnsuspended", "AddonTerminated"):
        hooks.add(shop.host, point, 1, _listener(heard, point))
    service = add(shop, nextduedate=TODAY + timedelta(days=9))
    with shop.unit() as db:
        offered = Addon(name="Backup", module="gate")
        db.add(offered)
        db.flush()
        with_module = _addon(service, offered.id)
        plain = _addon(service, 0, name="Advice")
        manual = _addon(service, 0, name="Phone", status="Suspended")
        db.add_all([with_module, plain, manual])
    report = automation.perform(shop, "AutoSuspensions")
    assert report.done["addons suspended"].lines == [
        f"addon {with_module.id} (Backup) of service {service.id}, due on 2027-01-20",
        f"addon {plain.id} (Advice) of service {service.id}, due on 2027-01-20",
    ]
    assert told(shop) == [f"suspend {service.id} {with_module.id}"]
    assert heard == [("AddonSuspended", with_module.id), ("AddonSuspended", plain.id)]
    with shop.unit() as db:
        client = db.get_one(Client, service.userid)
        items = [Item("A", Decimal("2.00"), "Addon", one.id, False, one.nextduedate) for one in (with_module, plain, manual)]
        invoice = invoices.create(db, client, items)
    payments.pay(shop, invoice.id, "T9", "mailin")
    assert heard[2:] == [("AddonUnsuspended", with_module.id), ("AddonUnsuspended", plain.id)]
    with shop.unit() as db:
        assert [one.status for one in db.scalars(select(ServiceAddon).order_by(ServiceAddon.id))] == ["Active", "Active", "Suspended"]
        for one in db.scalars(select(ServiceAddon)):
            one.nextduedate = date(2027, 1, 20) if one.id == plain.id else one.nextduedate
            one.status = "Suspended" if one.id == plain.id else one.status
    _pay_addon(shop, service, plain.id)  # suspended by hand this time: it stays
    with shop.unit(read=True) as db:
        assert db.get_one(ServiceAddon, plain.id).status == "Suspended"
    put(shop, AutoTermination="on", AutoTerminationDays="0")
    with shop.unit() as db:
        for one in db.scalars(select(ServiceAddon)):
            one.nextduedate = TODAY
    assert automation.perform(shop, "AutoTerminations").done["addons terminated"].count == 3
    assert heard[4:] == [("AddonTerminated", one) for one in (with_module.id, plain.id, manual.id)]


def _listener(heard: list[tuple[str, int]], point: str) -> Callable[[dict[str, Any]], None]:
    return lambda given: heard.append((point, given["id"]))


def _addon(service: Service, addon_id: int, **values: Any) -> ServiceAddon:
    given = {
        "status": "Active", "billingcycle": "Monthly", "recurring": Decimal("2.00"), "regdate": date(2026, 12, 20),
        "nextduedate": date(2027, 1, 20), "qty": 1,
    }  # fmt: skip
    return ServiceAddon(hostingid=service.id, userid=service.userid, addonid=addon_id, **{**given, **values})


def _pay_addon(ctx: Ctx, service: Service, addon_id: int) -> None:
    with ctx.unit() as db:
        item = Item("A", Decimal("2.00"), "Addon", addon_id, False, date(2027, 1, 20))
        invoice = invoices.create(db, db.get_one(Client, service.userid), [item])
    payments.pay(ctx, invoice.id, f"A{addon_id}", "mailin")


def test_what_has_been_overdue_for_long_is_terminated(shop: Ctx) -> None:
    long, short = add(shop, domainstatus="Suspended", nextduedate=TODAY - timedelta(days=30)), add(shop, nextduedate=TODAY - timedelta(days=29))
    assert skipped(automation.perform(shop, "AutoTerminations")) == {"the setting AutoTermination is off": 1}
    put(shop, AutoTermination="on")
    assert automation.perform(shop, "AutoTerminations").done["services terminated"].lines == [
        f"service {long.id} (Mail, ada.example), due on 2027-01-01"
    ]
    assert (row(shop, long).domainstatus, row(shop, long).termination_date) == ("Terminated", TODAY)
    assert row(shop, short).domainstatus == "Active"
    assert told(shop) == [f"terminate {long.id} 0"]


def test_without_a_module_the_status_follows_all_the_same(one: Ctx) -> None:
    service = add(one, module="")
    put(one, mh_suspension_email="")
    assert automation.perform(one, "AutoSuspensions").done["services suspended"].count == 1
    assert (row(one, service).domainstatus, row(one, service).suspendreason) == ("Suspended", "Overdue on Payment")
    events.drain(one)
    with one.unit(read=True) as db:
        assert db.scalars(select(Email)).all() == []
    _pay(one, service)
    assert row(one, service).domainstatus == "Active"


def test_a_fixed_term_ends_with_its_mail(shop: Ctx) -> None:
    with shop.unit() as db:
        template = EmailTemplate(type="product", name="Trial Over", subject="Your trial is over", message="<p>Bye</p>")
        db.add(template)
        db.flush()
        product = add_product(db, name="Trial", servertype="gate", autoterminatedays=14, autoterminateemail=template.id).id
    over = add(shop, product=product, regdate=TODAY - timedelta(days=14), billingcycle="Free Account")
    runs = add(shop, over.userid, product, regdate=TODAY - timedelta(days=13), billingcycle="Free Account")
    assert automation.perform(shop, "FixedTermTerminations").done["services terminated at the end of their term"].lines == [
        f"service {over.id} (Trial, ada.example), registered on 2027-01-17 for 14 days"
    ]
    assert [row(shop, service).domainstatus for service in (over, runs)] == ["Terminated", "Active"]
    events.drain(shop)
    mail.deliver(shop)
    with shop.unit(read=True) as db:
        assert db.scalars(select(Email.subject)).all() == ["Your trial is over"]


def test_a_number_of_periods_is_completed_once_the_last_is_paid_and_over(shop: Ctx) -> None:
    heard: list[Any] = []
    hooks.add(shop.host, "ServiceRecurringCompleted", 1, heard.append)
    with shop.unit() as db:
        product = add_product(db, servertype="gate", recurringcycles=2).id
    service = add(shop, product=product, nextduedate=TODAY, regdate=date(2026, 11, 30))
    with shop.unit() as db:
        client = db.get_one(Client, service.userid)
        made = []
        for start, status in ((date(2026, 11, 30), "Paid"), (date(2026, 12, 31), "Cancelled"), (date(2026, 12, 31), "Unpaid")):
            item = Item("Mail", Decimal("10.00"), "Hosting", service.id, False, start)
            made.append(invoices.create(db, client, [item], status=status))
    assert skipped(automation.perform(shop, "RecurringCycles")) == {"its last periods are not paid": 1}
    with shop.unit() as db:
        db.get_one(Invoice, made[2].id).status = "Paid"
        db.get_one(Service, service.id).nextduedate = TODAY + timedelta(days=1)
    assert automation.perform(shop, "RecurringCycles").done == {}
    with shop.unit() as db:
        db.get_one(Service, service.id).nextduedate = TODAY
    assert automation.perform(shop, "RecurringCycles").done["services completed"].lines == [
        f"service {service.id} (Mail, ada.example), 2 period(s)"
    ]
    assert (row(shop, service).domainstatus, row(shop, service).completed_date) == ("Completed", TODAY)
    assert heard == [{"serviceid": service.id, "recurringinvoices": 2}]
    assert automation.perform(shop, "RecurringCycles").done == {}


def test_overages_are_charged_once_on_the_last_day_of_the_month(shop: Ctx) -> None:
    with shop.unit() as db:
        product = add_product(
            db, overagesenabled="1,GB,MB", overagesdisklimit=2, overagesdiskprice=Decimal("0.5000"), overagesbwlimit=100,
            overagesbwprice=Decimal("0.0100"),
        ).id  # fmt: skip
        euro = add_client(db, currency=2, email="eva@example.com").id
    # 3584 MB are 3.5 GB: 1.5 beyond at 0.50; 350 MB are 250 beyond at 0.01
    service = add(shop, product=product, diskusage=3584, bwusage=350, nextduedate=TODAY + timedelta(days=9))
    add(shop, service.userid, product, diskusage=2048, bwusage=100, domain="small.example")
    add(shop, euro, product, diskusage=4096, domain="eva.example")  # 2 GB beyond: 1.00 USD are 0.90 EUR
    add(shop, service.userid, product, diskusage=9999, domainstatus="Terminated")
    report = automation.perform(shop, "OverageBilling")
    assert report.done["services charged"].count == 2
    assert skipped(report) == {"nothing is used beyond what its product includes": 1}
    with shop.unit(read=True) as db:
        found = db.execute(select(InvoiceItem.description, InvoiceItem.amount, InvoiceItem.type).order_by(InvoiceItem.id)).all()
        assert [tuple(line) for line in found] == [
            ("Mail - eva.example: Disk Space beyond 2 GB: 2 GB (01/2027)", Decimal("0.90"), "Overage"),
            ("Mail - ada.example: Disk Space beyond 2 GB: 1.5 GB (01/2027)", Decimal("0.75"), "Overage"),
            ("Mail - ada.example: Bandwidth beyond 100 MB: 250 MB (01/2027)", Decimal("2.50"), "Overage"),
        ]
        assert sorted(db.scalars(select(Invoice.total))) == [Decimal("0.90"), Decimal("3.25")]
    assert skipped(automation.perform(shop, "OverageBilling"))["this month has been charged"] == 2
    shop.host.clock.advance(timedelta(days=1))
    assert skipped(automation.perform(shop, "OverageBilling")) == {"it is not the last day of the month": 1}


def test_clients_follow_what_they_have(shop: Ctx) -> None:
    active = add(shop, nextduedate=TODAY)
    with shop.unit() as db:
        ids = {
            "idle": add_client(db, firstname="Idle", email="i@example.com").id,
            "kept": add_client(db, email="k@example.com", overrideautoclose=1).id,
            "closed": add_client(db, email="c@example.com", status="Closed").id,
            "back": add_client(db, email="b@example.com", status="Inactive").id,
        }
    add(shop, ids["closed"], active.packageid)
    add(shop, ids["back"], active.packageid, domainstatus="Suspended")
    report = automation.perform(shop, "AutoClientStatusSync")
    assert {what: one.lines for what, one in report.done.items()} == {
        "clients made inactive": [f"client {ids['idle']} (Idle Stone)"], "clients made active": [f"client {ids['back']} (Ada Stone)"]
    }  # fmt: skip
    assert skipped(report) == {"the client's automatic status is overridden": 1}
    with shop.unit(read=True) as db:
        states = {name: db.get_one(Client, id_).status for name, id_ in ids.items()}
    assert states == {"idle": "Inactive", "kept": "Active", "closed": "Closed", "back": "Active"}
    put(shop, AutoClientStatusChange="1")
    assert skipped(automation.perform(shop, "AutoClientStatusSync")) == {"the setting AutoClientStatusChange is off": 1}


def test_three_waits_for_ninety_days_without_a_sign_in(one: Ctx) -> None:
    put(one, AutoClientStatusChange="3")
    now = one.host.clock.now()
    with one.unit() as db:
        recent = add_client(db, email="r@example.com", lastlogin=now - timedelta(days=89)).id
        away = add_client(db, email="a@example.com", lastlogin=now - timedelta(days=91)).id
    automation.perform(one, "AutoClientStatusSync")
    with one.unit(read=True) as db:
        assert [db.get_one(Client, id_).status for id_ in (recent, away)] == ["Active", "Inactive"]


def test_one_that_cannot_be_handled_stops_no_other(one: Ctx) -> None:
    orphan = add(one, client=99)  # nobody to tell: its client is gone
    service = add(one, product=orphan.packageid)
    report = automation.perform(one, "AutoSuspensions")
    assert report.error == ""
    assert report.done["services suspended"].lines == [f"service {service.id} (Mail, ada.example), due on 2027-01-26"]
    assert "has no recipient" in report.skipped["the module did not do it: the service is not suspended"].lines[0]
    assert [row(one, service).domainstatus for service in (orphan, service)] == ["Active", "Suspended"]


def test_an_unknown_outcome_is_never_repeated(one: Ctx) -> None:
    service = add(one)
    with one.unit() as db:
        db.add(ModuleQueue(service_type="service", service_id=service.id, module_name="gate", module_action="SuspendAccount",
                           last_attempt_error="interrupted: ..."))  # fmt: skip
    for _ in range(3):
        assert skipped(automation.perform(one, "AutoSuspensions")) == {"an earlier Suspend waits in the module queue": 1}
    assert told(one) == []


