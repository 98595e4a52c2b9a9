"""Numbers of invoices that follow each other without a gap (settings SequentialInvoice...).

An invoice gets its number when it is made, or, while proforma invoicing is on, when it is paid; a draft when it is published. The
counter is a row that whoever takes a number holds until his unit ends: a number whose unit fails is given to the next one.
Without numbering, or while it has none, an invoice is known by its id.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost import settings
from modulehost.context import ctx_of
from modulehost.schema import Invoice

COUNTER = "SequentialInvoiceNumberValue"
#: the month or year that the counter counts in, where it begins anew with each
PERIOD = "mh_invoice_number_period"
_PERIODS = {"monthly": "%Y-%m", "yearly": "%Y"}


def proforma(db: Session) -> bool:
    """Whether invoices are proforma until they are paid (setting EnableProformaInvoicing)."""
    return settings.on(db, "EnableProformaInvoicing")


def at_creation(db: Session) -> bool:
    """Whether an invoice gets its number when it is made."""
    return settings.on(db, "SequentialInvoiceNumbering") and not proforma(db)


def take(db: Session, count: int = 1) -> list[str]:
    """The next numbers, written in the format of the setting SequentialInvoiceNumberFormat. This unit has the counter now."""
    if count < 1:
        return []
    row = settings.locked(db, COUNTER)
    today = ctx_of(db).host.clock.today()
    first = int(row.value) if row.value.isascii() and row.value.isdecimal() else 1
    pattern = _PERIODS.get(settings.get(db, "SequentialInvoiceNumberReset").lower(), "")
    now, was = today.strftime(pattern) if pattern else "", settings.get(db, PERIOD)
    if now and was and was[: len(now)] != now[: len(was)]:
        first = 1
    if now and was != now:
        settings.put(db, PERIOD, now)
    settings.put(db, COUNTER, str(first + count))
    form = settings.get(db, "SequentialInvoiceNumberFormat") or "{NUMBER}"
    for tag, value in (("{YEAR}", f"{today:%Y}"), ("{MONTH}", f"{today:%m}"), ("{DAY}", f"{today:%d}")):
        form = form.replace(tag, value)
    return [form.replace("{NUMBER}", str(number)) for number in range(first, first + count)]


def number_new(db: Session, invoice: Invoice) -> None:
    """Number an invoice that is made or published now."""
    if not invoice.invoicenum and at_creation(db):
        invoice.invoicenum = take(db)[0]


def number_paid(db: Session, invoice_ids: Sequence[int]) -> None:
    """Number those of these invoices, paid now, that have no number yet: proforma ones, and any from before numbering was on."""
    if not (proforma(db) or at_creation(db)):
        return
    mine = select(Invoice).where(Invoice.id.in_(invoice_ids), Invoice.invoicenum == "").order_by(Invoice.id)
    rows = db.scalars(mine.execution_options(populate_existing=True)).all()
    for row, number in zip(rows, take(db, len(rows)), strict=True):
        row.invoicenum = number
    db.flush()
