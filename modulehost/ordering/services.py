"""Changing a client's service: what the admin area's Save Changes and the API's UpdateClientProduct both do."""

from collections.abc import Callable, Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from modulehost import events, hooks, journal
from modulehost.billing import clientgroups, gateways, options, pricing
from modulehost.billing.cycles import CycleError, cycle
from modulehost.billing.options import OptionErrors
from modulehost.context import Ctx, ctx_of
from modulehost.money import MoneyError, amount, currency_of
from modulehost.ordering import fields
from modulehost.schema import Client, Product, Server, Service
from modulehost.vault import Vault

STATUSES = ("Pending", "Active", "Suspended", "Terminated", "Cancelled", "Fraud", "Completed")
#: what may be blanked
BLANKABLE = {
    "domain": "domain",
    "serviceusername": "username",
    "servicepassword": "password",
    "subscriptionid": "subscriptionid",
    "ns1": "ns1",
    "ns2": "ns2",
    "dedicatedip": "dedicatedip",
    "assignedips": "assignedips",
    "notes": "notes",
    "suspendreason": "suspendreason",
}


class ServiceMissing(LookupError):
    """There is no such service."""


class ServiceErrors(ValueError):
    """Changes that a service does not take; `errors` maps the field to a text."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = errors


def update(
    ctx: Ctx,
    service_id: int,
    changes: Mapping[str, Any],
    *,
    customfields: Mapping[int, str] | None = None,
    configoptions: Mapping[int, str | int] | None = None,
    unset: Collection[str] = (),
    autorecalc: bool = False,
) -> Service:
    """Change a service; returns it as stored. `changes` are named as in UpdateClientProduct, unknown names are errors.

    A new next due date is the next invoice date too. `autorecalc` computes the recurring amount from product, cycle and
    options, whatever `changes` say. Hooks: PreServiceEdit before, ServiceEdit after (for an admin also those of the
    admin area); `service.saved` is announced. Raises ServiceMissing, ServiceErrors.
    """
    admin = ctx.actor.kind == "admin"
    with ctx.unit(read=True) as db:
        if db.get(Service, service_id) is None:
            raise ServiceMissing("Service ID Not Found")
    if admin:
        hooks.fire(ctx, "PreAdminServiceEdit", serviceid=service_id)
    hooks.fire(ctx, "PreServiceEdit", serviceid=service_id)
    with ctx.unit() as db:
        service = db.get(Service, service_id, with_for_update=True, populate_existing=True)
        if service is None:
            raise ServiceMissing("Service ID Not Found")
        errors = _apply(db, service, changes)
        errors |= {name: f"{name} cannot be blanked" for name in unset if name not in BLANKABLE}
        for name in set(unset) & set(BLANKABLE):
            setattr(service, BLANKABLE[name], "")
        errors |= _extras(db, service, customfields, configoptions)
        if not errors and autorecalc:
            errors |= _recalculate(db, service)
        if errors:
            raise ServiceErrors(errors)
        service.updated_at = ctx.host.clock.now()
        journal.activity(db, f"Service Modified - Service ID: {service_id}", service.userid)
        events.emit(db, "service.saved", serviceid=service_id)
    if admin:
        hooks.fire(ctx, "AdminServiceEdit", userid=service.userid, serviceid=service_id)
    hooks.fire(ctx, "ServiceEdit", userid=service.userid, serviceid=service_id)
    events.drain(ctx)
    with ctx.unit(read=True) as db:
        return db.get_one(Service, service_id)


def recurring_amount(db: Session, service: Service) -> Decimal:
    """What a service costs each period by today's prices, less its client's group discount and before its promotion.

    Raises NotOffered, CycleError.
    """
    product = db.get(Product, service.packageid)
    if product is None:
        raise pricing.NotOffered(f"product {service.packageid} of service {service.id} does not exist")
    wanted = cycle(service.billingcycle)
    client = db.get(Client, service.userid)
    currency, less = currency_of(db, client), clientgroups.discount(db, client)
    selected = options.options_of_service(db, service.id, product, currency, wanted)
    found = pricing.quote(db, product, currency, wanted, selected, max(service.qty, 1), less=less)
    return found.recurring if wanted.recurs else Decimal("0.00")


def _apply(db: Session, service: Service, changes: Mapping[str, Any]) -> dict[str, str]:
    errors: dict[str, str] = {}
    for name, raw in changes.items():
        if raw is None:
            continue
        if name not in _FIELDS:
            errors[name] = f"{name} is not a field of a service; fields are {', '.join(sorted(_FIELDS))}"
            continue
        column, read = _FIELDS[name]
        try:
            setattr(service, column, read(db, raw))
        except (ValueError, MoneyError, CycleError) as error:
            errors[name] = f"{name}: {error}"
    if "nextduedate" in changes and "nextduedate" not in errors:
        service.nextinvoicedate = service.nextduedate
    return errors


def _extras(
    db: Session,
    service: Service,
    customfields: Mapping[int, str] | None,
    configoptions: Mapping[int, str | int] | None,
) -> dict[str, str]:
    product = db.get(Product, service.packageid)
    if product is None:
        return {}
    errors: dict[str, str] = {}
    try:
        if customfields:
            fields.store(db, service.id, fields.read(db, product, customfields, trusted=True))
        if configoptions:
            chosen = options.read_options(db, product, configoptions, hidden=True)
            named = [one for one in chosen if one.option.id in configoptions]
            options.store_options(db, service.id, named)
    except fields.FieldErrors as error:
        errors["customfields"] = str(error)
    except OptionErrors as error:
        errors["configoptions"] = str(error)
    return errors


def _recalculate(db: Session, service: Service) -> dict[str, str]:
    try:
        service.amount = recurring_amount(db, service)
    except (pricing.NotOffered, CycleError) as error:
        return {"autorecalc": str(error)}
    return {}


def _text(_db: Session, raw: Any) -> str:
    return str(raw).strip()


def _day(_db: Session, raw: Any) -> date | None:
    if isinstance(raw, date):
        return raw
    text = str(raw).strip()
    if text in ("", "0000-00-00"):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text[:20]!r} is not a date; write for example 2026-01-31") from None


def _money(_db: Session, raw: Any) -> Decimal:
    return amount(raw)


def _count(_db: Session, raw: Any) -> int:
    return options.whole_number(raw, "the number")


def _flag(_db: Session, raw: Any) -> int:
    return int(str(raw).strip().lower() in ("on", "1", "true", "yes"))


def _product(db: Session, raw: Any) -> int:
    return _existing(db, Product, raw, "product")


def _server(db: Session, raw: Any) -> int:
    return _existing(db, Server, raw, "server") if str(raw).strip() not in ("", "0") else 0


def _existing(db: Session, kind: type[Product] | type[Server], raw: Any, what: str) -> int:
    id_ = options.whole_number(raw, f"the {what}'s id")
    if db.get(kind, id_) is None:
        raise ValueError(f"there is no {what} with the id {id_}")
    return id_


def _status(_db: Session, raw: Any) -> str:
    for one in STATUSES:
        if one.lower() == str(raw).strip().lower():
            return one
    raise ValueError(f"{raw!r} is not a status; use one of {', '.join(STATUSES)}")


def _cycle(_db: Session, raw: Any) -> str:
    return cycle(str(raw)).label


def _method(db: Session, raw: Any) -> str:
    return gateways.find(db, str(raw).strip()).module


def _password(db: Session, raw: Any) -> str:
    return ctx_of(db).host.part(Vault).encrypt(str(raw))


_FIELDS: dict[str, tuple[str, Callable[[Session, Any], Any]]] = {
    "pid": ("packageid", _product),
    "serverid": ("server", _server),
    "regdate": ("regdate", _day),
    "nextduedate": ("nextduedate", _day),
    "terminationdate": ("termination_date", _day),
    "domain": ("domain", _text),
    "qty": ("qty", _count),
    "firstpaymentamount": ("firstpaymentamount", _money),
    "recurringamount": ("amount", _money),
    "paymentmethod": ("paymentmethod", _method),
    "billingcycle": ("billingcycle", _cycle),
    "subscriptionid": ("subscriptionid", _text),
    "status": ("domainstatus", _status),
    "notes": ("notes", _text),
    "serviceusername": ("username", _text),
    "servicepassword": ("password", _password),
    "overideautosuspend": ("overideautosuspend", _flag),
    "overidesuspenduntil": ("overidesuspenduntil", _day),
    "ns1": ("ns1", _text),
    "ns2": ("ns2", _text),
    "dedicatedip": ("dedicatedip", _text),
    "assignedips": ("assignedips", _text),
    "diskusage": ("diskusage", _count),
    "disklimit": ("disklimit", _count),
    "bwusage": ("bwusage", _count),
    "bwlimit": ("bwlimit", _count),
    "suspendreason": ("suspendreason", _text),
    "promoid": ("promoid", _count),
}
