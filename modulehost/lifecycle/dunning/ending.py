"""Services whose product has an end: a fixed term (autoterminatedays), and a number of periods (recurringcycles)."""

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from modulehost import hooks, journal, mail
from modulehost.context import Ctx
from modulehost.journal import Report
from modulehost.lifecycle.dunning.acting import carry_out, standing
from modulehost.lifecycle.dunning.naming import named
from modulehost.lifecycle.subjects import OfService
from modulehost.schema import EmailTemplate, Invoice, InvoiceItem, Product, Service, unset

CHUNK = 200
_RUNNING = ("Active", "Suspended")


def end_fixed_terms(ctx: Ctx, report: Report) -> None:
    """The task FixedTermTerminations: terminate what has run for its product's days since registration, and mail its client.

    The mail is the product's `autoterminateemail`; it comes at most once.
    """
    today = ctx.host.clock.today()
    for chunk in _chunks(ctx, Product.autoterminatedays > 0, ~unset(Service.regdate)):
        due = [(service, product) for service, product in chunk if _ended(service, product, today)]
        with ctx.unit(read=True) as db:
            waits = standing(db, "service", "TerminateAccount", [service.id for service, _product in due])
        for service, product in due:
            line = f"{named(service, product.name)}, registered on {service.regdate} for {product.autoterminatedays} days"
            if service.id in waits:
                report.skip(waits[service.id], line)
                continue
            problem = carry_out(ctx, OfService(service.id), "TerminateAccount")
            if problem:
                report.skip("the module did not do it: the service is not terminated", f"{line}: {problem}")
                continue
            with ctx.unit() as db:
                _mail(db, service, product)
            report.did("services terminated at the end of their term", line)


def complete_cycles(ctx: Ctx, report: Report) -> None:
    """The task RecurringCycles: a service that was paid for as often as its product says, and whose last period is over, is Completed.

    Periods are counted as the invoices have them, cancelled ones left out. Hook ServiceRecurringCompleted.
    """
    today = ctx.host.clock.today()
    for chunk in _chunks(ctx, Product.recurringcycles > 0, Service.nextduedate <= today, ~unset(Service.nextduedate)):
        with ctx.unit(read=True) as db:
            periods, unpaid = _periods(db, [service.id for service, _product in chunk])
        for service, product in chunk:
            count, line = periods.get(service.id, 0), named(service, product.name)
            if count < product.recurringcycles:
                continue
            if service.id in unpaid:
                report.skip("its last periods are not paid", line)
            elif _complete(ctx, service.id, count):
                report.did("services completed", f"{line}, {count} period(s)")


def _ended(service: Service, product: Product, today: date) -> bool:
    return service.regdate is not None and service.regdate + timedelta(days=product.autoterminatedays) <= today


def _mail(db: Session, service: Service, product: Product) -> None:
    chosen = product.autoterminateemail
    name = db.scalar(select(EmailTemplate.name).where(EmailTemplate.id == chosen)) if chosen else None
    if name:
        mail.queue(db, name, service.userid, rel_id=service.id)


def _periods(db: Session, ids: list[int]) -> tuple[dict[int, int], set[int]]:
    """How many periods each service was invoiced for, and which have an invoice that waits for its money."""
    lines = (
        select(InvoiceItem.relid, func.count(InvoiceItem.duedate.distinct()))
        .join(Invoice, Invoice.id == InvoiceItem.invoiceid)
        .where(InvoiceItem.type == "Hosting", InvoiceItem.relid.in_(ids), Invoice.status != "Cancelled")
        .group_by(InvoiceItem.relid)
    )
    waiting = (
        select(InvoiceItem.relid)
        .join(Invoice, Invoice.id == InvoiceItem.invoiceid)
        .where(InvoiceItem.type == "Hosting", InvoiceItem.relid.in_(ids))
        .where(Invoice.status.in_(("Unpaid", "Payment Pending", "Collections", "Draft")))
    )
    counts = {relid: count for relid, count in db.execute(lines)}  # noqa: C416 - a result with keys() is no pairs for dict
    return counts, set(db.scalars(waiting))


def _complete(ctx: Ctx, service_id: int, count: int) -> bool:
    with ctx.unit() as db:
        row = db.get(Service, service_id, with_for_update=True, populate_existing=True)
        if row is None or row.domainstatus not in _RUNNING:
            return False
        row.completed_date = ctx.host.clock.today()
        OfService(service_id).set_status(db, "Completed")
        journal.activity(db, f"Recurring Cycles Completed - Service ID: {service_id}", row.userid)
        hooks.later(db, "ServiceRecurringCompleted", serviceid=service_id, recurringinvoices=count)
    return True


def _chunks(ctx: Ctx, *wanted: ColumnElement[bool]) -> Iterator[list[tuple[Service, Product]]]:
    last = 0
    while True:
        found = select(Service, Product).join(Product, Product.id == Service.packageid)
        found = found.where(Service.domainstatus.in_(_RUNNING), Service.id > last, *wanted).order_by(Service.id).limit(CHUNK)
        with ctx.unit(read=True) as db:
            rows = [(service, product) for service, product in db.execute(found)]
        if not rows:
            return
        last = rows[-1][0].id
        yield rows
