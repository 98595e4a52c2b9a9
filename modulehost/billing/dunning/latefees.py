"""Late fees: a line of type LateFee on an invoice that is overdue for long enough, once.

Settings: AddLateFeeDays (0: never), LateFeeType (Percentage of the invoice's total, or Fixed Amount), InvoiceLateFeeAmount,
LateFeeMinimum, TaxLateFee. Fixed amounts are in the default currency and converted into the client's (customary).
"""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from modulehost import hooks, settings
from modulehost.billing import invoices, tax
from modulehost.billing.dates import date_text
from modulehost.billing.dunning.lists import BY_ITSELF, chunks, named
from modulehost.context import Ctx, ctx_of
from modulehost.journal import Report
from modulehost.money import ZERO, MoneyError, amount, converted, currency_of, default_currency, formatted, places
from modulehost.schema import Client, Currency, Invoice, InvoiceItem

LINE = "LateFee"


def add_late_fees(ctx: Ctx, report: Report) -> None:
    """The task AddLateFees. Hooks: AddInvoiceLateFee and UpdateInvoiceTotal for each invoice, after the commit."""
    with ctx.unit(read=True) as db:
        days = settings.number(db, "AddLateFeeDays")
    if days <= 0:
        report.skip("late fees are off (Add Late Fee Days is 0)")
        return
    last_due = ctx.host.clock.today() - timedelta(days=days)
    # The conditions stand here, too, so that what has its fee is not read anew every day.
    has_fee = exists().where(InvoiceItem.invoiceid == Invoice.id, InvoiceItem.type == LINE)
    for ids in chunks(ctx, Invoice.duedate <= last_due, ~has_fee, BY_ITSELF):
        with ctx.unit() as db:
            _chunk(db, ids, report)


def _chunk(db: Session, ids: Sequence[int], report: Report) -> None:
    rows = db.scalars(select(Invoice).where(Invoice.id.in_(ids)).order_by(Invoice.id).with_for_update()).all()
    charged = set(db.scalars(select(InvoiceItem.invoiceid).where(InvoiceItem.invoiceid.in_(ids), InvoiceItem.type == LINE)))
    clients = {one.id: one for one in db.scalars(select(Client).where(Client.id.in_({row.userid for row in rows})))}
    today, taxed = date_text(db, ctx_of(db).host.clock.today()), tax.taxes(db, LINE)
    for invoice in rows:
        client = clients.get(invoice.userid)
        if invoice.status != "Unpaid" or invoice.id in charged or client is None:
            continue
        line = named(invoice, client)
        if client.latefeeoveride:
            report.skip("the client pays no late fees", line)
            continue
        if invoices.balance(db, invoice) <= 0:
            report.skip("nothing is due on the invoice", line)
            continue
        currency = currency_of(db, client)
        fee = of_invoice(db, invoice, currency)
        if fee <= 0:
            report.skip("the late fee would be 0.00", line)
            continue
        item = invoices.Item(f"Late Fee (Added {today})", fee, LINE, invoice.id, taxed)
        invoices.add_items(db, invoice, [item])
        hooks.later(db, "AddInvoiceLateFee", invoiceid=invoice.id)
        report.did("late fees added", f"{line}: {formatted(fee, currency)}")


def of_invoice(db: Session, invoice: Invoice, currency: Currency) -> Decimal:
    """What the settings charge for an invoice in its client's currency."""
    base = default_currency(db)
    rate, least = _setting(db, "InvoiceLateFeeAmount"), converted(_setting(db, "LateFeeMinimum"), base, currency)
    if settings.get(db, "LateFeeType").lower().startswith("fixed"):
        fee = converted(rate, base, currency)
    else:
        fee = amount(invoice.total * rate / 100, places(currency))
    return max(fee, least)


def _setting(db: Session, name: str) -> Decimal:
    try:
        return amount(settings.get(db, name))
    except MoneyError:  # what somebody wrote into the table stops no run
        return ZERO
