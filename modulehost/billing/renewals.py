"""What a paid line means for its service: the next due date moves on."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost import hooks
from modulehost.billing import proration
from modulehost.billing.cycles import anchor_of, cycle, next_date
from modulehost.context import ctx_of
from modulehost.schema import InvoiceItem, Product, Service, ServiceAddon

Row = TypeVar("Row", Service, ServiceAddon)


def advance(db: Session, items: Iterable[InvoiceItem]) -> None:
    """Move the due date of each service and addon one cycle on from the period that a line has paid for.

    It moves from the line's own due date, never from the day of payment, and only forward: so a line counts once,
    whatever else happened to the service in between.
    """
    now = ctx_of(db).host.clock.now()
    for row, start, following in _periods(db, items):
        if row.nextduedate is not None and row.nextduedate > start:
            continue
        if isinstance(row, ServiceAddon) and row.regdate is not None and start > row.regdate:
            ids = {"id": row.id, "userid": row.userid, "serviceid": row.hostingid, "addonid": row.addonid}
            hooks.later(db, "AddonRenewal", **ids)
        row.nextduedate, row.updated_at = following, now
        if following and (row.nextinvoicedate is None or row.nextinvoicedate < following):
            row.nextinvoicedate = following
    db.flush()


def withdraw(db: Session, items: Iterable[InvoiceItem]) -> None:
    """Undo `advance` for lines that are unpaid again: a due date goes back unless it has moved further since."""
    for row, start, following in _periods(db, items):
        if row.nextduedate == following:
            row.nextduedate, row.updated_at = start, ctx_of(db).host.clock.now()
    db.flush()


def _periods(db: Session, items: Iterable[InvoiceItem]) -> Iterator[tuple[Service | ServiceAddon, date, date | None]]:
    """The locked row of each line that pays for a period, the period's first day and that of the next one."""
    items = [item for item in items if item.duedate is not None]
    services = _rows(db, Service, items, "Hosting")
    addons = _rows(db, ServiceAddon, items, "Addon")
    prorations = _prorations(db, services.values())
    for item in items:
        row: Service | ServiceAddon | None = None
        if item.type in ("Hosting", "Addon"):
            row = services.get(item.relid) if item.type == "Hosting" else addons.get(item.relid)
        start = item.duedate
        if row is None or start is None or not cycle(row.billingcycle).recurs:
            continue
        if isinstance(row, Service):
            prorated = prorations.get(row.packageid, 0)
        else:
            prorated = row.proratadate.day if row.proratadate is not None else 0
        usual = next_date(start, row.billingcycle, anchor_of(row.regdate, start, prorated))
        yield row, start, proration.end_of(item.notes) or usual


def _rows(db: Session, kind: type[Row], items: list[InvoiceItem], type_: str) -> dict[int, Row]:
    ids = {item.relid for item in items if item.type == type_}
    if not ids:
        return {}
    locked = select(kind).where(kind.id.in_(ids)).order_by(kind.id).with_for_update()
    # What was read before may have been changed in sets since.
    return {row.id: row for row in db.scalars(locked.execution_options(populate_existing=True))}


def _prorations(db: Session, services: Iterable[Service]) -> dict[int, int]:
    """The day of the month by product, of those that bill on a day of their own."""
    ids = {row.packageid for row in services}
    mine = select(Product.id, Product.proratadate).where(Product.id.in_(ids), Product.proratabilling == 1)
    return dict(db.execute(mine).all()) if ids else {}
