"""Addons of services as staff add, change and delete them: the admin area's pages and the API's UpdateClientAddon."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from modulehost import events, hooks, journal
from modulehost.billing import prices
from modulehost.billing.cycles import CYCLES, CycleError, cycle
from modulehost.billing.options import whole_number
from modulehost.context import Ctx
from modulehost.lifecycle.subjects import set_addon_status, told
from modulehost.money import MoneyError, currency_of
from modulehost.ordering import addonrows, fields, reading
from modulehost.ordering.services import ServiceErrors
from modulehost.schema import Addon, Client, Server, Service, ServiceAddon

CYCLE_LABELS = tuple(one.label for one in CYCLES.values())


class AddonMissing(LookupError):
    """There is no such addon."""


def add(ctx: Ctx, service_id: int, changes: Mapping[str, Any]) -> ServiceAddon:
    """Give a service an addon; `changes` as for `update`. One of the catalogue brings its prices unless they are given.

    No order and no invoice are made. Hook AddonAdd follows. Raises ServiceErrors, AddonMissing (no such service).
    """
    now, today = ctx.host.clock.now(), ctx.host.clock.today()
    with ctx.unit() as db:
        service = db.get(Service, service_id)
        if service is None:
            raise AddonMissing("Service ID Not Found")
        row = ServiceAddon(
            hostingid=service.id, userid=service.userid, orderid=0, addonid=0, qty=1, status="Pending", regdate=today,
            billingcycle=service.billingcycle or "Monthly", nextduedate=service.nextduedate, nextinvoicedate=service.nextduedate,
            paymentmethod=service.paymentmethod, created_at=now,
        )  # fmt: skip
        db.add(row)
        db.flush()
        errors = _apply(db, row, changes)
        sold = db.get(Addon, row.addonid) if row.addonid else None
        if sold is None and not row.name:
            errors["addonid"] = "Choose a product addon, or give the addon a name"
        if sold is not None:
            row.tax = row.tax or ("on" if sold.tax else "")
            row.server = row.server or addonrows.server_for(db, sold, service)
            if not errors and "recurring" not in changes:
                errors |= _recalculate(db, row)
        if errors:
            raise ServiceErrors(errors)
        row.updated_at = now
        hooks.later(db, "AddonAdd", **told(row))
        if row.status == "Active":
            hooks.later(db, "AddonActivated", **told(row))
        journal.activity(db, f"Addon Added - Addon ID: {row.id} - Service ID: {service.id}", service.userid)
        added = row.id
    events.drain(ctx)
    return _read(ctx, added)


def update(
    ctx: Ctx, addon_id: int, changes: Mapping[str, Any], *, autorecalc: bool = False, customfields: Mapping[int, str] | None = None
) -> ServiceAddon:
    """Change an addon of a service; `changes` are named as in UpdateClientAddon, unknown names are errors.

    `customfields` are values by field id.

    A new next due date is the next invoice date too. `autorecalc` computes the recurring amount from the catalogue. A change
    of status has its own hook; anything else fires AddonEdit. `addon.saved` is announced. Raises AddonMissing, ServiceErrors.
    """
    with ctx.unit() as db:
        row = db.get(ServiceAddon, addon_id, with_for_update=True, populate_existing=True)
        if row is None:
            raise AddonMissing("Addon ID Not Found")
        errors = _apply(db, row, changes)
        if not errors and autorecalc:
            errors |= _recalculate(db, row)
        if not errors and customfields:
            errors |= _store_fields(db, row, customfields)
        if errors:
            raise ServiceErrors(errors)
        row.updated_at = ctx.host.clock.now()
        if autorecalc or customfields or set(changes) - {"status"}:
            hooks.later(db, "AddonEdit", **told(row))
        journal.activity(db, f"Addon Modified - Addon ID: {row.id} - Service ID: {row.hostingid}", row.userid)
        events.emit(db, "addon.saved", addonid=row.id)
    events.drain(ctx)
    return _read(ctx, addon_id)


def delete(ctx: Ctx, addon_id: int) -> None:
    """Remove an addon of a service; its module is not asked. Hook AddonDeleted follows. Raises AddonMissing."""
    with ctx.unit() as db:
        row = db.get(ServiceAddon, addon_id)
        if row is None:
            raise AddonMissing("Addon ID Not Found")
        journal.activity(db, f"Addon Deleted - Addon ID: {row.id} - Service ID: {row.hostingid}", row.userid)
        addonrows.remove(db, [row])
    events.drain(ctx)


def _read(ctx: Ctx, addon_id: int) -> ServiceAddon:
    with ctx.unit(read=True) as db:
        return db.get_one(ServiceAddon, addon_id)


def _apply(db: Session, row: ServiceAddon, changes: Mapping[str, Any]) -> dict[str, str]:
    errors: dict[str, str] = {}
    status = ""
    for name, raw in changes.items():
        if raw is None:
            continue
        if name not in _FIELDS:
            errors[name] = f"{name} is not a field of an addon; fields are {', '.join(sorted(_FIELDS))}"
            continue
        column, read = _FIELDS[name]
        try:
            value = read(db, raw)
        except (ValueError, MoneyError, CycleError) as error:
            errors[name] = f"{name}: {error}"
            continue
        if name == "status":
            status = value
        else:
            setattr(row, column, value)
    if "nextduedate" in changes and "nextduedate" not in errors:
        row.nextinvoicedate = row.nextduedate
    if status and not errors:
        ended = row.termination_date
        set_addon_status(db, row, status)
        if "terminationdate" in changes:
            row.termination_date = ended
    return errors


def _store_fields(db: Session, row: ServiceAddon, values: Mapping[int, str]) -> dict[str, str]:
    sold = db.get(Addon, row.addonid) if row.addonid else None
    try:
        if sold is not None:
            fields.store(db, row.id, fields.read_addon(db, sold, values, trusted=True))
    except fields.FieldErrors as error:
        return {"customfields": str(error)}
    return {}


def _recalculate(db: Session, row: ServiceAddon) -> dict[str, str]:
    addon = db.get(Addon, row.addonid)
    if addon is None:
        return {"autorecalc": "an addon that is not from the catalogue has no price to compute"}
    wanted, currency = cycle(row.billingcycle), currency_of(db, db.get(Client, row.userid))
    price = prices.addon_price(db, addon, currency, wanted)
    if price is None:
        offered = ", ".join(one.label for one in prices.addon_cycles(db, addon, currency)) or "no cycle at all"
        return {"billingcycle": f"{addon.name} is not sold {wanted.label} in {currency.code}; it is sold {offered}"}
    once = price.times(max(row.qty, 1))
    row.recurring = once.recurring if wanted.recurs else Decimal("0.00")
    if not row.firstpaymentamount:
        row.firstpaymentamount, row.setupfee = once.total, once.setup
    return {}


def _count(_db: Session, raw: Any) -> int:
    count = whole_number(raw, "the quantity")
    if count < 1:
        raise ValueError("the quantity must be at least 1")
    return count


def _addon(db: Session, raw: Any) -> int:
    return _optional(db, Addon, raw, "product addon")


def _server(db: Session, raw: Any) -> int:
    return _optional(db, Server, raw, "server")


def _optional(db: Session, kind: type[Any], raw: Any, what: str) -> int:
    return reading.existing(db, kind, raw, what) if whole_number(raw or 0, f"the {what}'s id") else 0


def _tax(_db: Session, raw: Any) -> str:
    return "on" if reading.ticked(raw) else ""


_FIELDS: dict[str, tuple[str, Callable[[Session, Any], Any]]] = {
    "status": ("status", reading.status),
    "addonid": ("addonid", _addon),
    "name": ("name", reading.text),
    "qty": ("qty", _count),
    "setupfee": ("setupfee", reading.amount),
    "firstpaymentamount": ("firstpaymentamount", reading.amount),
    "recurring": ("recurring", reading.amount),
    "billingcycle": ("billingcycle", reading.cycle),
    "regdate": ("regdate", reading.day),
    "nextduedate": ("nextduedate", reading.day),
    "terminationdate": ("termination_date", reading.day),
    "serverid": ("server", _server),
    "paymentmethod": ("paymentmethod", reading.method),
    "tax": ("tax", _tax),
    "notes": ("notes", reading.text),
}
