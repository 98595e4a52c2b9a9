"""Recurring invoices, worked out by hand: who is invoiced for what, when, and why somebody is left alone."""

import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from modulehost import hooks, settings
from modulehost.billing import credit, invoices, payments
from modulehost.billing.recurring import generate
from modulehost.context import Ctx, Host
from modulehost.journal import Report
from modulehost.schema import (
    CancelRequest,
    Client,
    Credit,
    Email,
    Invoice,
    InvoiceItem,
    Product,
    Promotion,
    Service,
    ServiceAddon,
    ServiceConfigOption,
    Tax,
)
from tests.billing import shop

# Noon of 31 January 2027: with 14 days before, periods up to 14 February are due.
DUE = date(2027, 2, 1)


def put(ctx: Ctx, **values: str) -> None:
    with ctx.unit() as db:
        for name, value in values.items():
            settings.put(db, name, value)


def add_service(db: Any, client: Client, product: Any, **values: Any) -> Service:
    shown = {
        "userid": client.id, "packageid": product.id, "domain": "ada.example", "domainstatus": "Active", "qty": 1,
        "billingcycle": "Monthly", "regdate": date(2027, 1, 1), "nextduedate": DUE, "nextinvoicedate": DUE,
        "amount": Decimal("10.00"), "firstpaymentamount": Decimal("13.00"), "paymentmethod": "mailin",
    }  # fmt: skip
    row = Service(**{**shown, **values})
    db.add(row)
    db.flush()
    return row


def add_service_addon(db: Any, service: Service, **values: Any) -> ServiceAddon:
    shown = {
        "userid": service.userid, "hostingid": service.id, "name": "Backup", "qty": 1, "status": "Active",
        "billingcycle": "Monthly", "regdate": date(2027, 1, 1), "nextduedate": DUE, "nextinvoicedate": DUE,
        "recurring": Decimal("2.00"), "firstpaymentamount": Decimal("2.00"), "paymentmethod": "mailin",
    }  # fmt: skip
    row = ServiceAddon(**{**shown, **values})
    db.add(row)
    db.flush()
    return row


def one_service(ctx: Ctx, client: dict[str, Any] | None = None, product: dict[str, Any] | None = None, **values: Any) -> Service:
    with ctx.unit() as db:
        return add_service(db, shop.add_client(db, **(client or {})), shop.add_product(db, **(product or {})), **values)


def run(ctx: Ctx, **limits: Any) -> Report:
    report = Report("CreateInvoices")
    generate(ctx, report, **limits)
    return report


def skipped(report: Report) -> dict[str, int]:
    return {why: heading.count for why, heading in report.skipped.items()}


def made(ctx: Ctx) -> list[Invoice]:
    with ctx.unit(read=True) as db:
        return list(db.scalars(select(Invoice).order_by(Invoice.id)))


def lines(ctx: Ctx, invoice: int = 0) -> list[tuple[Any, ...]]:
    """type, relid, description, amount, taxed, duedate."""
    with ctx.unit(read=True) as db:
        rows = db.scalars(select(InvoiceItem).order_by(InvoiceItem.id)).all()
    return [(r.type, r.relid, r.description, str(r.amount), r.taxed, r.duedate) for r in rows if invoice in (0, r.invoiceid)]


def get(ctx: Ctx, kind: Any, id_: int = 1) -> Any:
    with ctx.unit(read=True) as db:
        return db.get_one(kind, id_)


def test_an_invoice_with_its_line_mail_and_dates(any_host: Host) -> None:
    ctx = Ctx(any_host)
    service = one_service(ctx)
    report = run(ctx)
    (invoice,) = made(ctx)
    assert (invoice.userid, invoice.status, invoice.date, invoice.duedate) == (service.userid, "Unpaid", date(2027, 1, 31), DUE)
    assert (invoice.subtotal, invoice.total, invoice.credit, invoice.paymentmethod) == (Decimal("10.00"), Decimal("10.00"), 0, "mailin")
    assert lines(ctx) == [("Hosting", 1, "Mail - ada.example (01/02/2027 - 28/02/2027)", "10.00", 0, DUE)]
    row = get(ctx, Service)
    assert (row.nextinvoicedate, row.nextduedate) == (date(2027, 3, 1), DUE)
    assert report.done["invoices generated"].lines == ["Invoice #1 of Ada Stone: $10.00 USD"]
    with ctx.unit(read=True) as db:
        mail = db.scalars(select(Email)).one()
        assert (mail.subject, mail.to, mail.pending) == ("Invoice Created", "ada@example.com", 1)
    assert not run(ctx).done  # and only once
    assert len(made(ctx)) == 1


def test_an_ended_run_leaves_numbers_that_go_on(any_host: Host) -> None:
    """Ids given in sets and ids given one by one are one row of numbers."""
    ctx = Ctx(any_host)
    with ctx.unit() as db:
        client, product = shop.add_client(db), shop.add_product(db)
        first = invoices.create(db, client, [])
        for n in range(3):
            add_service(db, client, product, nextinvoicedate=DUE + timedelta(days=n), nextduedate=DUE + timedelta(days=n))
    run(ctx)
    with ctx.unit() as db:
        last = invoices.create(db, db.get_one(Client, 1), [])
    assert [one.id for one in made(ctx)] == [first.id, first.id + 1, first.id + 2, first.id + 3, last.id]
    assert last.id > first.id + 3


def test_one_invoice_per_client_due_date_and_payment_method(ctx: Ctx) -> None:
    with ctx.unit() as db:
        ada, bob = shop.add_client(db), shop.add_client(db, email="bob@example.com", defaultgateway="testpay")
        product = shop.add_product(db)
        first = add_service(db, ada, product)
        add_service_addon(db, first)
        add_service(db, ada, product, domain="two.example")
        add_service(db, ada, product, paymentmethod="testpay")
        later = date(2027, 2, 3)
        add_service(db, ada, product, nextduedate=later, nextinvoicedate=later)
        add_service(db, bob, product, paymentmethod="")
    run(ctx)
    assert [(i.userid, i.duedate.day, i.paymentmethod, str(i.total)) for i in made(ctx)] == [
        (1, 1, "mailin", "22.00"), (1, 1, "testpay", "10.00"), (1, 3, "mailin", "10.00"), (2, 1, "testpay", "10.00"),
    ]  # fmt: skip
    assert [(t, relid, text) for t, relid, text, *_ in lines(ctx, 1)] == [
        ("Hosting", 1, "Mail - ada.example (01/02/2027 - 28/02/2027)"),
        ("Hosting", 2, "Mail - two.example (01/02/2027 - 28/02/2027)"),
        ("Addon", 1, "Addon (ada.example) - Backup (01/02/2027 - 28/02/2027)"),
    ]


@pytest.mark.parametrize("by", ["client", "group"])
def test_separate_invoices(ctx: Ctx, by: str) -> None:
    from modulehost.schema import ClientGroup

    with ctx.unit() as db:
        db.add(ClientGroup(groupname="VIP", separateinvoices="on"))
        client = shop.add_client(db, **({"separateinvoices": 1} if by == "client" else {"groupid": 1}))
        service = add_service(db, client, shop.add_product(db))
        add_service_addon(db, service)
    run(ctx)
    assert [str(one.total) for one in made(ctx)] == ["10.00", "2.00"]


def test_a_first_payment_has_its_own_amount(ctx: Ctx) -> None:
    day = date(2027, 1, 31)
    one_service(ctx, regdate=day, nextduedate=day, nextinvoicedate=day)
    run(ctx)
    assert [line[3] for line in lines(ctx)] == ["13.00"]
    assert get(ctx, Service).nextinvoicedate == date(2027, 2, 28)


def test_options_stand_in_the_text(ctx: Ctx) -> None:
    with ctx.unit() as db:
        product = shop.add_product(db)
        boxes, (box,) = shop.add_option(db, product, "boxes|Mailboxes", 4, {"box|Mailbox": {}})
        plan, (_small, big) = shop.add_option(db, product, "Plan", 1, {"s|Small": {}, "b|Big": {}})
        service = add_service(db, shop.add_client(db), product, qty=2)
        db.add(ServiceConfigOption(relid=service.id, configid=boxes.id, optionid=box.id, qty=5))
        db.add(ServiceConfigOption(relid=service.id, configid=plan.id, optionid=big.id, qty=0))
    run(ctx)
    assert lines(ctx)[0][2] == "2 x Mail - ada.example (01/02/2027 - 28/02/2027)\nMailboxes: 5 x Mailbox\nPlan: Big"


def test_days_before_by_cycle(ctx: Ctx) -> None:
    put(ctx, CreateInvoiceDaysBefore="7", CreateInvoiceDaysBeforeAnnually="30", CreateInvoiceDaysBeforeMonthly="0")
    with ctx.unit() as db:
        client, product = shop.add_client(db), shop.add_product(db)
        days = {"Monthly": 1, "Quarterly": 7, "Semi-Annually": 8, "Annually": 30, "Biennially": 7, "Triennially": 31}
        for label, ahead in days.items():
            day = date(2027, 1, 31) + timedelta(days=ahead)
            add_service(db, client, product, billingcycle=label, nextduedate=day, nextinvoicedate=day)
    run(ctx)
    assert [relid for _type, relid, *_ in lines(ctx)] == [2, 5, 4]  # the invoices of the 7th, then that of the 30th day


@pytest.mark.parametrize(
    ("settings", "exempt", "expected"),
    [
        ({}, 0, ("16.00", "1.90", "0.60", "18.50")),  # 10 taxed: 19 % and 6 %
        ({"TaxL2Compound": "on"}, 0, ("16.00", "1.90", "0.71", "18.61")),  # 6 % of 11.90
        ({"TaxType": "Inclusive"}, 0, ("14.00", "1.52", "0.48", "16.00")),  # 10 / 1.25 = 8; 8 x 6 % = 0.48, rest 1.52
        ({}, 1, ("16.00", "0.00", "0.00", "16.00")),
    ],
)  # fmt: skip
def test_tax(ctx: Ctx, settings: dict[str, str], exempt: int, expected: tuple[str, ...]) -> None:
    put(ctx, TaxEnabled="on", **settings)
    with ctx.unit() as db:
        db.add(Tax(level=1, name="VAT", country="DE", taxrate=Decimal(19)))
        db.add(Tax(level=2, name="City", country="", taxrate=Decimal(6)))
        client = shop.add_client(db, taxexempt=exempt)
        add_service(db, client, shop.add_product(db, tax=1))
        add_service(db, client, shop.add_product(db), amount=Decimal("6.00"))
    run(ctx)
    (invoice,) = made(ctx)
    assert tuple(map(str, (invoice.subtotal, invoice.tax, invoice.tax2, invoice.total))) == expected


def test_tax_of_each_line(ctx: Ctx) -> None:
    put(ctx, TaxEnabled="on", TaxPerLineItem="on")
    with ctx.unit() as db:
        db.add(Tax(level=1, name="VAT", country="DE", taxrate=Decimal(5)))
        client, product = shop.add_client(db), shop.add_product(db, tax=1)
        for _ in range(3):
            add_service(db, client, product, amount=Decimal("0.10"))
    run(ctx)
    assert str(made(ctx)[0].tax) == "0.03"  # three times 0.005, each half-up; of the sum it would be 0.02


@pytest.mark.parametrize(
    ("settings", "credit", "used", "total", "left", "status"),
    [
        ({}, "4.00", "4.00", "6.00", "0.00", "Unpaid"),
        ({}, "25.00", "10.00", "0.00", "15.00", "Paid"),
        ({"NoAutoApplyCredit": "on"}, "25.00", "0.00", "10.00", "25.00", "Unpaid"),
    ],
)
def test_credit(any_host: Host, settings: dict[str, str], credit: str, used: str, total: str, left: str, status: str) -> None:
    ctx = Ctx(any_host)
    put(ctx, **settings)
    one_service(ctx, {"credit": Decimal(credit)})
    run(ctx)
    (invoice,) = made(ctx)
    assert (str(invoice.credit), str(invoice.total), invoice.status) == (used, total, status)
    assert str(get(ctx, Client).credit) == left
    with ctx.unit(read=True) as db:
        found = [(row.clientid, row.relid, row.description, str(row.amount)) for row in db.scalars(select(Credit))]
    assert found == ([(1, invoice.id, "Credit Applied to Invoice #1", f"-{used}")] if used != "0.00" else [])


def test_credit_goes_to_the_oldest_due_date_first(ctx: Ctx) -> None:
    with ctx.unit() as db:
        client, product = shop.add_client(db, credit=Decimal("14.00")), shop.add_product(db)
        for day in (date(2027, 2, 3), DUE):
            add_service(db, client, product, nextduedate=day, nextinvoicedate=day)
    run(ctx)
    assert [(one.duedate, str(one.credit)) for one in made(ctx)] == [(DUE, "10.00"), (date(2027, 2, 3), "4.00")]


def test_nothing_due_is_paid_at_once_and_moves_the_service_on(any_host: Host) -> None:
    ctx = Ctx(any_host)
    one_service(ctx, amount=Decimal("0.00"))
    run(ctx)
    (invoice,) = made(ctx)
    assert (invoice.status, str(invoice.total), invoice.datepaid) == ("Paid", "0.00", any_host.clock.now())
    row = get(ctx, Service)
    assert (row.nextduedate, row.nextinvoicedate) == (date(2027, 3, 1), date(2027, 3, 1))
    with ctx.unit(read=True) as db:
        assert db.scalar(select(func.count()).select_from(Email)) == 0


def test_a_recurring_promotion_has_a_line_of_its_own_for_as_long_as_it_lasts(ctx: Ctx) -> None:
    put(ctx, ContinuousInvoiceGeneration="on")
    with ctx.unit() as db:
        db.add(Promotion(code="SPRING", type="Percentage", recurring=1, value=Decimal(25), recurfor=3, appliesto="1"))
    one_service(ctx, promoid=1, promocount=1, nextduedate=date(2026, 12, 1), nextinvoicedate=date(2026, 12, 1), regdate=date(2026, 11, 1))
    run(ctx)
    assert [(t, text, money) for t, _id, text, money, *_ in lines(ctx) if t != "Hosting"] == [
        ("PromoHosting", "Promotional Code: SPRING - 25% Recurring Discount", "-2.50"),
        ("PromoHosting", "Promotional Code: SPRING - 25% Recurring Discount", "-2.50"),
    ]
    assert [str(one.total) for one in made(ctx)] == ["7.50", "7.50", "10.00"]
    assert get(ctx, Service).promocount == 3


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"domainstatus": "Pending"}, "the service is Pending"),
        ({"domainstatus": "Fraud"}, "the service is Fraud"),
        ({"domainstatus": "Terminated"}, "the service is Terminated"),
        ({"billingcycle": "Fortnightly"}, "'Fortnightly' is not a billing cycle"),
        ({"billingcycle": "One Time"}, "it is paid once"),
        ({"userid": 77}, "its client does not exist"),
    ],
)
def test_what_is_left_alone_and_why(ctx: Ctx, values: dict[str, Any], reason: str) -> None:
    one_service(ctx, **values)
    assert skipped(run(ctx)) == {reason: 1}
    assert not made(ctx)


def test_a_suspended_service_is_invoiced_and_a_closed_client_is_not(ctx: Ctx) -> None:
    one_service(ctx, domainstatus="Suspended")
    one_service(ctx, {"status": "Closed"})
    report = run(ctx)
    assert (len(made(ctx)), skipped(report)) == (1, {"its client is closed": 1})
    assert report.skipped["its client is closed"].lines == ["service 2 (Mail, ada.example)"]


def test_a_requested_cancellation_ends_invoices_for_the_service_and_its_addons(ctx: Ctx) -> None:
    with ctx.unit() as db:
        service = add_service(db, shop.add_client(db), shop.add_product(db))
        add_service_addon(db, service)
        now = ctx.host.clock.now()
        db.add(CancelRequest(relid=service.id, type="End of Billing Period", date=now, created_at=now, updated_at=now))
    assert skipped(run(ctx)) == {"its cancellation is requested": 2}


def test_recurring_cycles_end(ctx: Ctx) -> None:
    put(ctx, ContinuousInvoiceGeneration="on")
    start = date(2026, 12, 1)
    one_service(ctx, None, {"recurringcycles": 2}, regdate=date(2026, 11, 1), nextduedate=start, nextinvoicedate=start)
    run(ctx)
    assert [one.duedate for one in made(ctx)] == [date(2026, 12, 1), date(2027, 1, 1)]
    assert skipped(run(ctx)) == {"all periods of its product are invoiced": 1}


@pytest.mark.parametrize("continuous", ["", "on"])
def test_after_three_months_off_no_period_is_lost(ctx: Ctx, continuous: str) -> None:
    put(ctx, ContinuousInvoiceGeneration=continuous)
    start = date(2026, 10, 31)
    one_service(ctx, regdate=date(2026, 1, 31), nextduedate=start, nextinvoicedate=start)
    due = [date(2026, 10, 31), date(2026, 11, 30), date(2026, 12, 31), date(2027, 1, 31)]
    run(ctx)
    if continuous:
        assert [one.duedate for one in made(ctx)] == due
    else:
        for count in (1, 2, 3, 4):
            assert [one.duedate for one in made(ctx)] == due[:count]
            assert skipped(run(ctx)) == {"an earlier invoice for it is unpaid": 1} if count < 4 else True
            payments.pay(ctx, count, f"T{count}", "mailin")
            run(ctx)
    assert get(ctx, Service).nextinvoicedate == date(2027, 2, 28)
    assert len(made(ctx)) == 4


def test_a_period_that_has_a_line_is_passed_over(ctx: Ctx) -> None:
    service = one_service(ctx)
    with ctx.unit() as db:
        client = db.get_one(Client, service.userid)
        item = invoices.Item("by hand", Decimal("10.00"), "Hosting", service.id, duedate=DUE)
        done = invoices.create(db, client, [item])
        invoices.set_status(db, done, "Paid")
        void = invoices.create(db, client, [invoices.Item("void", Decimal("10.00"), "Hosting", service.id, duedate=date(2027, 3, 1))])
        invoices.set_status(db, void, "Cancelled")
    assert skipped(run(ctx)) == {"the period is invoiced already": 1}
    assert get(ctx, Service).nextinvoicedate == date(2027, 3, 1)
    ctx.host.clock.advance(timedelta(days=20))
    assert run(ctx).done["invoices generated"].count == 1  # the one of March was cancelled


def test_limits(ctx: Ctx) -> None:
    with ctx.unit() as db:
        product = shop.add_product(db)
        for name in ("ada", "bob", "cyd"):
            service = add_service(db, shop.add_client(db, email=f"{name}@example.com"), product)
            add_service_addon(db, service)
    assert run(ctx, service_ids=[1]).done["invoices generated"].count == 1
    assert [(t, relid) for t, relid, *_ in lines(ctx)] == [("Hosting", 1)]
    run(ctx, addon_ids=[2], client_ids=[2])
    assert [(t, relid) for t, relid, *_ in lines(ctx)][1:] == [("Addon", 2)]
    run(ctx, client_ids=[3], noemails=True)
    assert [(t, relid) for t, relid, *_ in lines(ctx)][2:] == [("Hosting", 3), ("Addon", 3)]
    with ctx.unit(read=True) as db:
        assert db.scalars(select(Email.to).order_by(Email.id)).all() == ["ada@example.com", "bob@example.com"]


def test_hooks_of_each_invoice_in_their_order(any_host: Host) -> None:
    ctx, heard = Ctx(any_host), []

    def listen(point: str, act: Any = None) -> None:
        def listener(given: dict[str, Any]) -> None:
            heard.append((point, given.get("invoiceid"), given.get("source"), given.get("user"), given.get("status")))
            if act:
                act(given["invoiceid"])

        hooks.add(any_host, point, 1, listener)

    def discount(invoice_id: int) -> None:
        with ctx.unit() as db:
            db.add(InvoiceItem(invoiceid=invoice_id, userid=1, description="Discount", amount=Decimal("-4.00")))

    with ctx.unit() as db:
        client, product = shop.add_client(db, credit=Decimal("7.00")), shop.add_product(db)
        add_service(db, client, product)
        add_service(db, client, product, paymentmethod="testpay")
    listen("PreInvoicingGenerateInvoiceItems")
    listen("InvoiceCreation", discount)
    listen("InvoiceCreationPreEmail", lambda id_: heard.append(("total", str(get(ctx, Invoice, id_).total))))
    listen("InvoiceCreated")
    listen("AfterInvoicingGenerateInvoiceItems")
    run(ctx)
    told = ("autogen", "system")
    assert heard == [
        ("PreInvoicingGenerateInvoiceItems", None, None, None, None),
        ("InvoiceCreation", 1, *told, "Unpaid"), ("InvoiceCreation", 2, *told, "Unpaid"),
        ("InvoiceCreationPreEmail", 1, *told, "Unpaid"), ("total", "0.00"),
        ("InvoiceCreationPreEmail", 2, *told, "Unpaid"), ("total", "5.00"),
        ("InvoiceCreated", 1, *told, "Paid"), ("InvoiceCreated", 2, *told, "Unpaid"),
        ("AfterInvoicingGenerateInvoiceItems", None, None, None, None),
    ]  # fmt: skip
    assert [(str(i.subtotal), str(i.credit), str(i.total), i.status) for i in made(ctx)] == [
        ("6.00", "6.00", "0.00", "Paid"), ("6.00", "1.00", "5.00", "Unpaid"),
    ]  # fmt: skip
    assert str(get(ctx, Client).credit) == "0.00"
    with ctx.unit(read=True) as db:
        told = [(row.subject, json.loads(row.message_data or "")["relid"]) for row in db.scalars(select(Email).order_by(Email.id))]
    assert told == [("Invoice Payment Confirmation", 1), ("Invoice Created", 2)]


def test_what_listeners_pay_of_a_new_invoice_counts(any_host: Host) -> None:
    ctx = Ctx(any_host)

    def part(given: dict[str, Any]) -> None:
        credit.apply(ctx, given["invoiceid"], Decimal("2.00"))
        payments.pay(ctx, given["invoiceid"], "T1", "mailin", Decimal("5.00"))

    hooks.add(any_host, "InvoiceCreation", 1, part)
    one_service(ctx, client={"credit": Decimal("4.50")})
    run(ctx)
    # 10.00 is 2.00 of credit and 5.00 paid by the listener, and the 2.50 of credit that were left
    (invoice,) = made(ctx)
    assert (str(invoice.credit), str(invoice.total), invoice.status) == ("4.50", "5.50", "Unpaid")
    with ctx.unit(read=True) as db:
        assert str(invoices.balance(db, invoice)) == "0.50"
    assert str(get(ctx, Client).credit) == "0.00"
    with ctx.unit() as db:
        db.get_one(Client, 1).credit = Decimal("20.00")
        add_service(db, db.get_one(Client, 1), db.get_one(Product, 1))
    run(ctx)
    # 5.00 were paid, so 3.00 and no more are taken
    assert [(str(i.credit), str(i.total), i.status) for i in made(ctx)][1:] == [("5.00", "5.00", "Paid")]
    assert str(get(ctx, Client).credit) == "15.00"
