"""A run: chunk after chunk, each in a unit of its own."""

import contextlib
import functools
import gc
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from modulehost import events, hooks
from modulehost.billing import promotions, usage
from modulehost.billing.invoices import Item
from modulehost.billing.issuing import author
from modulehost.billing.prices import Price
from modulehost.billing.recurring import announcing, candidates, planning, reading, terms, writing
from modulehost.context import Ctx
from modulehost.db import despite_deadlocks
from modulehost.journal import DETAILS, Report
from modulehost.money import formatted
from modulehost.schema import Currency, Promotion, Service, TenantStat

DONE = "invoices generated"


@dataclass
class Generated:
    """How many invoices a run has made, and the id of the last one (0: none)."""

    count: int = 0
    latest: int = 0


def generate(
    ctx: Ctx,
    report: Report,
    *,
    noemails: bool = False,
    client_ids: Sequence[int] | None = None,
    service_ids: Sequence[int] | None = None,
    addon_ids: Sequence[int] | None = None,
) -> Generated:
    """Make the invoices that are due, of everything or of what the ids name; `noemails`: without Invoice Created mails.

    Due is a period that begins within the days of the setting CreateInvoiceDaysBefore, or of its cycle's own setting. The
    report says what was made, and what was left alone and why. Hooks: PreInvoicingGenerateInvoiceItems and
    AfterInvoicingGenerateInvoiceItems around the run; those of each invoice as `announcing` describes.
    """
    hooks.fire(ctx, "PreInvoicingGenerateInvoiceItems")
    wanted = candidates.Wanted(client_ids, service_ids, addon_ids)
    with ctx.unit(read=True) as db:
        now = terms.read(db)
        chunks = candidates.find(db, now, wanted, report)
    made = Generated()
    for services, addons in chunks:
        waiting = announcing.heard(ctx)
        one, found = despite_deadlocks(functools.partial(_chunk, ctx, now, services, addons, waiting, not noemails))
        report.include(found)
        made.count += one.count
        made.latest = max(made.latest, one.latest)
        if one.count:
            events.drain(ctx)
    hooks.fire(ctx, "AfterInvoicingGenerateInvoiceItems")
    return made


def _chunk(
    ctx: Ctx, now: terms.Terms, services: Sequence[int], addons: Sequence[int], waiting: bool, send: bool
) -> tuple[Generated, Report]:
    """One unit. It reports by itself: what a deadlock has undone was not done."""
    report = Report("")
    with _collector_resting(), ctx.unit() as db:
        facts = reading.read(db, now, services, addons)
        planner = planning.Planner(now, facts, report, _discounts(db), functools.partial(_usage, db))
        plan = planner.make()
        writing.write(db, now, plan, waiting=waiting, send=send)
        if waiting and plan.bills:
            source, user = author(ctx.actor)
            ids = [bill.id for bill in plan.bills]
            events.emit(db, announcing.KIND, ids=ids, source=source, user=user, send=send)
    for bill in plan.bills[:DETAILS]:
        name = bill.client.companyname or f"{bill.client.firstname} {bill.client.lastname}".strip() or f"client {bill.client.id}"
        report.did(DONE, f"Invoice #{bill.number or bill.id} of {name}: {formatted(bill.sums.total, bill.currency)}")
    report.did(DONE, count=len(plan.bills[DETAILS:]))
    return Generated(len(plan.bills), max((bill.id for bill in plan.bills), default=0)), report


@contextlib.contextmanager
def _collector_resting() -> Iterator[None]:
    """The thousands of rows of a chunk go by themselves; looking for cycles among them walks the whole host, for a third of the time."""
    ran = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if ran:
            gc.enable()


def _discounts(db: Session) -> planning.Discount:
    """What promotions take off, each computed once for a price."""

    @functools.cache
    def discount(promotion_id: int, full: Decimal, currency_id: int) -> tuple[Decimal, str]:
        found, currency = db.get_one(Promotion, promotion_id), db.get_one(Currency, currency_id)
        off = promotions.discount(db, found, Price(recurring=full), currency).recurring
        return off, promotions.line_text(db, found, currency)

    return lambda promotion_id, full, currency: discount(promotion_id, full, currency.id)


def _usage(db: Session, service_id: int) -> list[tuple[Item, list[TenantStat]]]:
    return usage.settle(db, db.get_one(Service, service_id))
