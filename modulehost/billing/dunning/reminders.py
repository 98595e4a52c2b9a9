"""Payment reminders: one before an invoice is due, three after. Each kind once per invoice.

A notice belongs to one day: so many days before or after the due date. The task looks at the days since its last run
(a week at most), so a missed day is made up for; where several notices fall together, the latest alone is sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost import hooks, mail, settings
from modulehost.billing import invoices
from modulehost.billing.dunning.lists import BY_ITSELF, chunks, named
from modulehost.context import Ctx, ctx_of
from modulehost.journal import Report
from modulehost.schema import Client, Invoice, InvoiceNotice

#: how far back missed days are made up for
MOST_DAYS = 7


@dataclass(frozen=True)
class Notice:
    """One kind: `kind` as hook InvoicePaymentReminder tells it, `direction` -1 before and 1 after the due date."""

    kind: str
    template: str
    setting: str
    direction: int
    label: str


#: the latest first
NOTICES = (
    Notice("thirdoverdue", "Third Invoice Overdue Notice", "SendThirdOverdueInvoiceReminder", 1, "third overdue notices sent"),
    Notice("secondoverdue", "Second Invoice Overdue Notice", "SendSecondOverdueInvoiceReminder", 1, "second overdue notices sent"),
    Notice("firstoverdue", "First Invoice Overdue Notice", "SendFirstOverdueInvoiceReminder", 1, "first overdue notices sent"),
    Notice("reminder", "Invoice Payment Reminder", "SendInvoiceReminderDays", -1, "payment reminders sent"),
)


def send_reminders(ctx: Ctx, report: Report) -> None:
    """The task InvoiceReminders. Hook: InvoicePaymentReminder for each, after the commit."""
    today = ctx.host.clock.today()
    with ctx.unit(read=True) as db:
        if not settings.on(db, "SendReminder"):
            report.skip("payment reminders are off")
            return
        before = max(_day(settings.get(db, "mh_reminders_run")) or today, today - timedelta(days=MOST_DAYS))
        days = {one.kind: settings.number(db, one.setting) for one in NOTICES}
    since = min(before, today - timedelta(days=1))
    for notice in NOTICES:
        if days[notice.kind] <= 0:
            report.skip(f"{notice.label.removesuffix(' sent')} are off (0 days)")
            continue
        moved = timedelta(days=days[notice.kind] * notice.direction)
        wanted = [Invoice.duedate > since - moved, Invoice.duedate <= today - moved, BY_ITSELF]
        if notice.direction < 0:
            wanted.append(Invoice.duedate >= today)
        for ids in chunks(ctx, *wanted):
            with ctx.unit() as db:
                _chunk(db, ids, notice, report)
    with ctx.unit() as db:
        settings.put(db, "mh_reminders_run", today.isoformat())


def _chunk(db: Session, ids: Sequence[int], notice: Notice, report: Report) -> None:
    rows = db.scalars(select(Invoice).where(Invoice.id.in_(ids)).order_by(Invoice.id).with_for_update()).all()
    had: dict[int, set[str]] = {}
    for row in db.scalars(select(InvoiceNotice).where(InvoiceNotice.invoice_id.in_(ids))):
        had.setdefault(row.invoice_id, set()).add(row.kind)
    clients = {one.id: one for one in db.scalars(select(Client).where(Client.id.in_({row.userid for row in rows})))}
    for invoice in rows:
        client, kinds = clients.get(invoice.userid), had.get(invoice.id, set())
        line = named(invoice, client)
        if invoice.status != "Unpaid" or client is None or notice.kind in kinds:
            continue
        if kinds & _later_than(notice):
            report.skip("a later notice was sent already", line)
        elif notice.direction > 0 and client.overideduenotices:
            report.skip("the client gets no overdue notices", line)
        elif invoices.balance(db, invoice) <= 0:
            report.skip("nothing is due on the invoice", line)
        elif _send(db, invoice, notice):
            report.did(notice.label, line)
        else:
            report.skip(f"the mail {notice.template} is switched off, or the client wants none of its kind", line)


def _later_than(notice: Notice) -> set[str]:
    return {one.kind for one in NOTICES[: NOTICES.index(notice)]}


def _send(db: Session, invoice: Invoice, notice: Notice) -> bool:
    db.add(InvoiceNotice(invoice_id=invoice.id, kind=notice.kind, created_at=ctx_of(db).host.clock.now()))
    db.flush()
    if mail.queue(db, notice.template, invoice.userid, rel_id=invoice.id) is None:
        return False
    hooks.later(db, "InvoicePaymentReminder", invoiceid=invoice.id, type=notice.kind)
    return True


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
