"""Charging due invoices by stored pay methods, and telling clients whose card is about to expire.

Settings: CCProcessDaysBefore, CCAttemptOnlyOnce, CCRetryEveryWeekFor (weeks; without either, a failed capture is tried again
every day: customary), CCDaySendExpiryNotices (day of the month).
"""

from datetime import datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from modulehost import mail, settings
from modulehost.billing import gatewaycalls, gatewaymodules, gateways, invoices, once, paymethods
from modulehost.billing.dunning.lists import BY_ITSELF, CHUNK, chunks, named
from modulehost.billing.gateways import GatewayError
from modulehost.context import Ctx
from modulehost.journal import Report
from modulehost.schema import Client, CreditCard, GatewayCall, Invoice, PayMethod

EXPIRY_MAIL = "Credit Card Expiring Soon"


def process_captures(ctx: Ctx, report: Report) -> None:
    """The task ProcessCreditCardPayments: at most one attempt per invoice and day."""
    with ctx.unit(read=True) as db:
        kinds = (gatewaymodules.CARD, gatewaymodules.BANK)
        names = [one.module for one in gateways.active(db) if one.type in kinds]
        ahead = settings.number(db, "CCProcessDaysBefore")
        only_once, weeks = settings.on(db, "CCAttemptOnlyOnce"), settings.number(db, "CCRetryEveryWeekFor")
    names = [name for name in names if gatewaymodules.has(ctx, name, "capture")]
    if not names:
        report.skip("no active gateway can charge cards or accounts")
        return
    last_due = ctx.host.clock.today() + timedelta(days=ahead)
    for ids in chunks(ctx, Invoice.duedate <= last_due, Invoice.paymentmethod.in_(names), BY_ITSELF):
        for invoice_id in ids:
            _attempt(ctx, invoice_id, only_once, weeks, report)


def _attempt(ctx: Ctx, invoice_id: int, only_once: bool, weeks: int, report: Report) -> None:
    today = ctx.host.clock.today()
    with ctx.unit(read=True) as db:
        invoice = db.get_one(Invoice, invoice_id)
        client = db.get(Client, invoice.userid)
        line = named(invoice, client)
        why = _why_not(db, invoice, client, only_once, weeks, ctx)
    if why:
        report.skip(why, line)
        return
    try:
        done = gatewaycalls.capture(ctx, invoice_id, request_key=f"auto:{invoice_id}:{today:%Y%m%d}", automated=True)
    except (gatewaycalls.CallRefused, GatewayError) as refused:
        report.skip(str(refused), line)
        return
    if done.repeated:
        report.skip("a capture was tried today", line)
    elif done.ok:
        report.did("payments captured", line)
    elif done.state == gatewaycalls.PENDING:
        report.did("captures pending", line)
    elif done.state == gatewaycalls.INTERRUPTED:
        report.did("captures whose outcome is not known", f"{line}: {done.message}")
    else:
        report.did("captures failed", f"{line}: {done.message or done.state}")


def _why_not(db: Session, invoice: Invoice, client: Client | None, only_once: bool, weeks: int, ctx: Ctx) -> str:
    today = ctx.host.clock.today()
    if client is None or invoice.status != "Unpaid" or invoices.balance(db, invoice) <= 0:
        return "nothing is due on the invoice"
    if client.disableautocc:
        return "the client is not charged automatically"
    usable = paymethods.for_gateway(db, client.id, invoice.paymentmethod)
    if not usable:
        return "the client has no pay method for the gateway"
    if all(paymethods.expired(ctx, one) for one in usable):
        return "the client's card is expired"
    if gatewaycalls.unresolved(db, invoice.id):
        return gatewaycalls.UNKNOWN
    mine = select(func.min(GatewayCall.started_at), func.max(GatewayCall.started_at)).where(
        GatewayCall.invoice_id == invoice.id, GatewayCall.kind == gatewaycalls.CAPTURE
    )
    first, last = db.execute(mine).one()
    if first is None or last is None:
        return ""
    if last >= datetime.combine(today, time()):
        return "a capture was tried today"
    if only_once:
        return "a capture was tried, and only one is wanted"
    if weeks > 0:
        if (today - first.date()).days > 7 * weeks:
            return "all weekly attempts were made"
        if (today - last.date()).days < 7:
            return "the next weekly attempt is not due yet"
    return ""


def send_expiry_notices(ctx: Ctx, report: Report) -> None:
    """The task CreditCardExpiryNotices: once a month, for cards whose last month this is."""
    today = ctx.host.clock.today()
    month = f"{today:%Y%m}"
    with ctx.unit(read=True) as db:
        day = settings.number(db, "CCDaySendExpiryNotices")
        if day <= 0 or today.day < day or settings.get(db, "mh_card_expiry_run") >= month:
            report.skip("it is not the day of the card expiry notices")
            return
    begin, last = datetime(today.year, today.month, 1), 0
    end = (begin + timedelta(days=32)).replace(day=1)
    while True:
        wanted = select(PayMethod.id).join(CreditCard, CreditCard.id == PayMethod.payment_id)
        wanted = wanted.where(
            PayMethod.payment_type.in_((paymethods.CARD, paymethods.REMOTE_CARD)), PayMethod.deleted_at.is_(None),
            CreditCard.expiry_date >= begin, CreditCard.expiry_date < end, PayMethod.id > last,
        )  # fmt: skip
        with ctx.unit() as db:
            ids = db.scalars(wanted.order_by(PayMethod.id).limit(CHUNK)).all()
            for one in ids:
                _notify(db, one, month, report)
        if not ids:
            break
        last = ids[-1]
    with ctx.unit() as db:
        settings.put(db, "mh_card_expiry_run", month)


def _notify(db: Session, paymethod_id: int, month: str, report: Report) -> None:
    row = db.get_one(PayMethod, paymethod_id)
    shown, client = paymethods.find(db, row.userid, row.id), db.get(Client, row.userid)
    if shown is None or shown.card is None or client is None:
        return
    line = f"{shown.name} of {client.firstname} {client.lastname}".strip()
    if client.status != "Active":
        report.skip("the client is not active", line)
    elif once.claim(db, f"card-expiry:{row.id}:{month}"):
        fields = {
            "client_cc_type": shown.card.card_type, "client_cc_number": shown.card.last_four,
            "client_cc_expiry": f"{shown.expiry[:2]}/{shown.expiry[2:]}",
        }  # fmt: skip
        if mail.queue(db, EXPIRY_MAIL, client.id, fields) is None:
            report.skip("the mail is switched off, or the client wants none of its kind", line)
        else:
            report.did("card expiry notices sent", line)
