"""Late fees, reminders and cancellation of what stays unpaid. The shop's clock stands at 31 January 2027."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from modulehost import hooks
from modulehost.billing import dunning, invoices, masspay, payments
from modulehost.billing.invoices import Item
from modulehost.context import Ctx, Host
from modulehost.journal import Report
from modulehost.schema import Client, Email, Invoice, InvoiceItem, Tax
from modulehost.settings import put

from .shop import add_client

TODAY = date(2027, 1, 31)


def bill(ctx: Ctx, days: int, total: str = "20.00", client: int = 0, currency: int = 1, **values: Any) -> int:
    """An unpaid invoice that was due so many days ago."""
    with ctx.unit() as db:
        who = db.get_one(Client, client) if client else add_client(db, currency, **values)
        made = invoices.create(db, who, [Item("Work", Decimal(total), taxed=True)], duedate=TODAY - timedelta(days=days))
        return made.id


def run(ctx: Ctx, task: Callable[[Ctx, Report], None]) -> Report:
    report = Report("task")
    task(ctx, report)
    return report


def counts(report: Report) -> tuple[dict[str, int], dict[str, int]]:
    done, skipped = ({name: one.count for name, one in found.items()} for found in (report.done, report.skipped))
    return done, skipped


def configure(ctx: Ctx, **values: str) -> None:
    with ctx.unit() as db:
        for name, value in values.items():
            put(db, name, value)


def fees(ctx: Ctx) -> list[tuple[int, str, str]]:
    """Invoice, fee and new total of each late fee."""
    with ctx.unit(read=True) as db:
        rows = db.scalars(select(InvoiceItem).where(InvoiceItem.type == "LateFee").order_by(InvoiceItem.id)).all()
        return [(row.invoiceid, str(row.amount), str(db.get_one(Invoice, row.invoiceid).total)) for row in rows]


def test_a_percentage_once(any_host: Host) -> None:
    ctx, heard = Ctx(any_host), []
    hooks.add(any_host, "AddInvoiceLateFee", 1, lambda vars: heard.append(vars["invoiceid"]))
    configure(ctx, TaxEnabled="on", TaxLateFee="on")
    with ctx.unit() as db:
        db.add(Tax(level=1, name="VAT", country="DE", taxrate=Decimal("19.000")))
    five, exempt, paid, early = bill(ctx, 5), bill(ctx, 30, latefeeoveride=1), bill(ctx, 9), bill(ctx, 4)
    payments.pay(ctx, paid, "T", "mailin")
    report = run(ctx, dunning.add_late_fees)
    # the total of 23.80 has 10% = 2.38 added, and 19% tax on 22.38 is 4.25
    assert fees(ctx) == [(five, "2.38", "26.63")]
    assert heard == [five]
    assert counts(report) == ({"late fees added": 1}, {"the client pays no late fees": 1})
    assert report.done["late fees added"].lines == [f"Invoice #{five} of Ada Stone: $2.38 USD"]
    assert counts(run(ctx, dunning.add_late_fees))[0] == {}
    with ctx.unit(read=True) as db:
        line = db.scalars(select(InvoiceItem).where(InvoiceItem.type == "LateFee")).one()
        assert (line.description, line.taxed) == ("Late Fee (Added 31/01/2027)", 1)
        assert {db.get_one(Invoice, one).total for one in (exempt, early)} == {Decimal("23.80")}


def test_fixed_amounts_are_converted_and_there_is_a_minimum(any_host: Host) -> None:
    ctx = Ctx(any_host)
    configure(ctx, LateFeeType="Fixed Amount", InvoiceLateFeeAmount="5.00")
    euro = bill(ctx, 6, currency=2)
    run(ctx, dunning.add_late_fees)
    assert fees(ctx) == [(euro, "4.50", "24.50")]  # 0.90 EUR are 1 USD
    configure(ctx, LateFeeType="Percentage", InvoiceLateFeeAmount="1.00", LateFeeMinimum="3.00")
    dollar, more = bill(ctx, 6), bill(ctx, 6, currency=2)
    run(ctx, dunning.add_late_fees)
    assert fees(ctx)[1:] == [(dollar, "3.00", "23.00"), (more, "2.70", "22.70")]
    configure(ctx, AddLateFeeDays="0")
    bill(ctx, 60)
    assert counts(run(ctx, dunning.add_late_fees))[0] == {}


def test_late_fees_of_more_than_one_chunk(ctx: Ctx) -> None:
    first = bill(ctx, 6)
    with ctx.unit() as db:
        client = db.get_one(Client, db.get_one(Invoice, first).userid)
        for _ in range(402):
            db.add(Invoice(userid=client.id, status="Unpaid", duedate=TODAY - timedelta(days=9), total=Decimal("10.00")))
    report = run(ctx, dunning.add_late_fees)
    assert report.done["late fees added"].count == 403
    assert len(report.done["late fees added"].lines) == 50


def test_a_mass_payment_has_neither_late_fee_nor_notice_of_its_own(ctx: Ctx) -> None:
    first = bill(ctx, 5)
    with ctx.unit() as db:
        who = db.scalars(select(Client.id)).one()
    second = bill(ctx, 5, client=who)
    configure(ctx, EnableMassPay="on", SendFirstOverdueInvoiceReminder="5")
    together = masspay.create(ctx, who, [first, second])
    with ctx.unit() as db:
        db.get_one(Invoice, together).duedate = TODAY - timedelta(days=5)
    run(ctx, dunning.add_late_fees)
    assert fees(ctx) == [(first, "2.00", "22.00"), (second, "2.00", "22.00")]
    run(ctx, dunning.send_reminders)
    assert [id_ for _subject, id_ in mails(ctx)] == [first, second]


def mails(ctx: Ctx) -> list[tuple[str, int]]:
    with ctx.unit(read=True) as db:
        rows = db.scalars(select(Email).order_by(Email.id)).all()
        return [(str(json.loads(row.message_data)["template"]), int(json.loads(row.message_data)["relid"])) for row in rows]


def test_a_reminder_and_three_notices(any_host: Host) -> None:
    ctx = Ctx(any_host)
    heard: list[tuple[int, str]] = []
    hooks.add(any_host, "InvoicePaymentReminder", 1, lambda vars: heard.append((vars["invoiceid"], vars["type"])))
    one = bill(ctx, -8)
    for _ in range(16):
        any_host.clock.advance(timedelta(days=1))
        run(ctx, dunning.send_reminders)
        run(ctx, dunning.send_reminders)  # another run on the same day
    kinds = ["reminder", "firstoverdue", "secondoverdue", "thirdoverdue"]
    assert heard == [(one, kind) for kind in kinds]
    names = ["Invoice Payment Reminder", "First Invoice Overdue Notice", "Second Invoice Overdue Notice", "Third Invoice Overdue Notice"]
    assert mails(ctx) == [(name, one) for name in names]


def test_days_that_were_missed(ctx: Ctx) -> None:
    run(ctx, dunning.send_reminders)
    one, old = bill(ctx, 0), bill(ctx, 40)
    ctx.host.clock.advance(timedelta(days=4))  # the first and the second notice fell into these days
    report = run(ctx, dunning.send_reminders)
    assert mails(ctx) == [("Second Invoice Overdue Notice", one)]
    assert report.skipped["a later notice was sent already"].lines == [f"Invoice #{one} of Ada Stone"]
    ctx.host.clock.advance(timedelta(days=1))
    run(ctx, dunning.send_reminders)
    assert mails(ctx)[1:] == [("Third Invoice Overdue Notice", one)]
    assert old not in [invoice for _name, invoice in mails(ctx)]


def test_who_is_not_reminded(ctx: Ctx) -> None:
    silent, soon = bill(ctx, 1, overideduenotices=1), bill(ctx, -7, overideduenotices=1)
    refused = bill(ctx, 1, email_preferences='{"invoice": 0}')
    paid = bill(ctx, 1)
    with ctx.unit() as db:
        invoices.set_status(db, db.get_one(Invoice, paid), "Payment Pending")
    configure(ctx, SendThirdOverdueInvoiceReminder="0")
    report = run(ctx, dunning.send_reminders)
    assert mails(ctx) == [("Invoice Payment Reminder", soon)]  # a reminder before the due date is no overdue notice
    assert report.skipped["the client gets no overdue notices"].lines == [f"Invoice #{silent} of Ada Stone"]
    assert counts(report)[1]["third overdue notices are off (0 days)"] == 1
    assert any(f"Invoice #{refused} of Ada Stone" in heading.lines for why, heading in report.skipped.items() if "switched off" in why)
    configure(ctx, SendReminder="")
    bill(ctx, 1)
    assert counts(run(ctx, dunning.send_reminders)) == ({}, {"payment reminders are off": 1})


def test_cancelling_what_stays_unpaid(any_host: Host) -> None:
    ctx = Ctx(any_host)
    old, kept, partly, young = bill(ctx, 90), bill(ctx, 91), bill(ctx, 200), bill(ctx, 89)
    payments.pay(ctx, partly, "T", "mailin", Decimal("1.00"))
    assert counts(run(ctx, dunning.cancel_long_unpaid)) == ({}, {"automatic cancellation of invoices is off": 1})
    configure(ctx, mh_auto_cancel_invoices="on")
    hooks.add(any_host, "PreInvoiceAutomaticCancellation", 1, lambda vars: {"abortCancel": vars["invoiceid"] == kept})
    report = run(ctx, dunning.cancel_long_unpaid)
    assert counts(report) == ({"invoices cancelled": 1}, {"a hook kept the invoice": 1, "the invoice is paid in part": 1})
    with ctx.unit(read=True) as db:
        found = {one: db.get_one(Invoice, one).status for one in (old, kept, partly, young)}
    assert found == {old: "Cancelled", kept: "Unpaid", partly: "Unpaid", young: "Unpaid"}
