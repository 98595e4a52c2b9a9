"""What a paid line means for its service: the next due date moves on."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost import hooks
from modulehost.billing.cycles import anchor_of, cycle, next_date
from modulehost.context import ctx_of
from modulehost.schema import InvoiceItem, Service, ServiceAddon


def advance(db: Session, items: Iterable[InvoiceItem]) -> None:
    """Move the due date of each service and addon one cycle on from the period that a line has paid for.

    It moves from the line's own due date, never from the day of payment, and only forward: so a line counts once,
    whatever else happened to the service in between.
    """
    items = [item for item in items if item.duedate is not None]
    services = _rows(db, Service, items, "Hosting")
    addons = _rows(db, ServiceAddon, items, "Addon")
    now = ctx_of(db).host.clock.now()
    for item in items:
        row = {"Hosting": services, "Addon": addons}.get(item.type, {}).get(item.relid)
        start = item.duedate
        if row is None or start is None or not cycle(row.billingcycle).recurs:
            continue
        if row.nextduedate is not None and row.nextduedate > start:
            continue
        if isinstance(row, ServiceAddon) and row.regdate is not None and start > row.regdate:
            ids = {"id": row.id, "userid": row.userid, "serviceid": row.hostingid, "addonid": row.addonid}
            hooks.later(db, "AddonRenewal", **ids)
        following = next_date(start, row.billingcycle, anchor_of(row.regdate, start))
        row.nextduedate, row.updated_at = following, now
        if following and (row.nextinvoicedate is None or row.nextinvoicedate < following):
            row.nextinvoicedate = following
    db.flush()


def withdraw(db: Session, items: Iterable[InvoiceItem]) -> None:
    """Undo `advance` for lines that are unpaid again: a due date goes back unless it has moved further since."""
    items = [item for item in items if item.duedate is not None]
    found = {"Hosting": _rows(db, Service, items, "Hosting"), "Addon": _rows(db, ServiceAddon, items, "Addon")}
    for item in items:
        row, start = found.get(item.type, {}).get(item.relid), item.duedate
        if row is None or start is None or not cycle(row.billingcycle).recurs:
            continue
        if row.nextduedate == next_date(start, row.billingcycle, anchor_of(row.regdate, start)):
            row.nextduedate, row.updated_at = start, ctx_of(db).host.clock.now()
    db.flush()


def _rows(
    db: Session, kind: type[Service] | type[ServiceAddon], items: list[InvoiceItem], type_: str
) -> dict[int, Service | ServiceAddon]:
    ids = {item.relid for item in items if item.type == type_}
    if not ids:
        return {}
    found: list[Service | ServiceAddon] = list(db.scalars(select(kind).where(kind.id.in_(ids)).with_for_update()))
    return {row.id: row for row in found}
