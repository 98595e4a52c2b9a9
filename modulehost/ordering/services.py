"""Changing a client's service: what the admin area's Save Changes and the API's UpdateClientProduct both do."""

from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from modulehost import events, hooks, journal
from modulehost.billing import clientgroups, options, pricing
from modulehost.billing.cycles import CycleError, cycle
from modulehost.billing.options import OptionErrors
from modulehost.context import Ctx, ctx_of
from modulehost.money import MoneyError, currency_of
from modulehost.ordering import fields, reading
from modulehost.schema import Client, Product, Server, Service
from modulehost.vault import Vault

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


def _count(_db: Session, raw: Any) -> int:
    return options.whole_number(raw, "the number")


def _flag(_db: Session, raw: Any) -> int:
    return int(reading.ticked(raw))


def _product(db: Session, raw: Any) -> int:
    return reading.existing(db, Product, raw, "product")


def _server(db: Session, raw: Any) -> int:
    return reading.existing(db, Server, raw, "server") if str(raw).strip() not in ("", "0") else 0


def _password(db: Session, raw: Any) -> str:
    return ctx_of(db).host.part(Vault).encrypt(str(raw))


_FIELDS: dict[str, tuple[str, Callable[[Session, Any], Any]]] = {
    "pid": ("packageid", _product),
    "serverid": ("server", _server),
    "regdate": ("regdate", reading.day),
    "nextduedate": ("nextduedate", reading.day),
    "terminationdate": ("termination_date", reading.day),
    "domain": ("domain", reading.text),
    "qty": ("qty", _count),
    "firstpaymentamount": ("firstpaymentamount", reading.amount),
    "recurringamount": ("amount", reading.amount),
    "paymentmethod": ("paymentmethod", reading.method),
    "billingcycle": ("billingcycle", reading.cycle),
    "subscriptionid": ("subscriptionid", reading.text),
    "status": ("domainstatus", reading.status),
    "notes": ("notes", reading.text),
    "serviceusername": ("username", reading.text),
    "servicepassword": ("password", _password),
    "overideautosuspend": ("overideautosuspend", _flag),
    "overidesuspenduntil": ("overidesuspenduntil", reading.day),
    "ns1": ("ns1", reading.text),
    "ns2": ("ns2", reading.text),
    "dedicatedip": ("dedicatedip", reading.text),
    "assignedips": ("assignedips", reading.text),
    "diskusage": ("diskusage", _count),
    "disklimit": ("disklimit", _count),
    "bwusage": ("bwusage", _count),
    "bwlimit": ("bwlimit", _count),
    "suspendreason": ("suspendreason", reading.text),
    "promoid": ("promoid", _count),
}
