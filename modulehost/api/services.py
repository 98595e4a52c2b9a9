"""Service actions: UpdateClientProduct and the module commands."""

from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from modulehost import events, hooks, journal, lifecycle
from modulehost.api.registry import action
from modulehost.api.values import ApiError, Values
from modulehost.billing import cycles, gateways, options, pricing
from modulehost.context import Ctx, ctx_of
from modulehost.money import currency_of
from modulehost.ordering import fields
from modulehost.schema import Client, Product, Server, Service, StorageError
from modulehost.vault import Vault

STATUSES = ("Pending", "Active", "Suspended", "Terminated", "Cancelled", "Fraud", "Completed")
_TEXTS = {
    "domain": "domain", "subscriptionid": "subscriptionid", "notes": "notes", "serviceusername": "username", "ns1": "ns1",
    "ns2": "ns2", "dedicatedip": "dedicatedip", "assignedips": "assignedips", "suspendreason": "suspendreason",
}  # fmt: skip
_NUMBERS = ("diskusage", "disklimit", "bwusage", "bwlimit", "promoid")
_DAYS = {
    "regdate": "regdate", "nextduedate": "nextduedate", "terminationdate": "termination_date",
    "overidesuspenduntil": "overidesuspenduntil",
}  # fmt: skip
_UNSET = {**_TEXTS, "servicepassword": "password"}
_NO_MODULE = "Service not assigned to a module"


def _module_service(ctx: Ctx, values: Values) -> int:
    """The service of a module command; `accountid` is the old name of serviceid that many clients still send."""
    name = "serviceid" if values.has("serviceid") else "accountid"
    if not values.has(name):
        raise ApiError("Service ID is required")
    service_id = values.number(name)
    with ctx.unit(read=True) as db:
        service = db.get(Service, service_id)
        product = db.get(Product, service.packageid) if service else None
    if service is None:
        raise ApiError("Service ID not found")
    if product is None or not product.servertype:
        raise ApiError(_NO_MODULE)
    return service_id


def _run(ctx: Ctx, service_id: int, function: str, **extra: Any) -> dict[str, Any]:
    outcome = lifecycle.run(ctx, service_id, function, extra=extra or None)
    if not outcome.ok:
        raise ApiError(outcome.message or f"{function} ended as {outcome.state}")
    return {}


@action("ModuleCreate", "Service")
def module_create(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Run CreateAccount of the service's module."""
    return _run(ctx, _module_service(ctx, values), "CreateAccount")


@action("ModuleSuspend", "Service")
def module_suspend(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Run SuspendAccount; the reason is stored and given to the module."""
    return _run(ctx, _module_service(ctx, values), "SuspendAccount", suspendreason=values.text("suspendreason"))


@action("ModuleUnsuspend", "Service")
def module_unsuspend(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Run UnsuspendAccount."""
    return _run(ctx, _module_service(ctx, values), "UnsuspendAccount")


@action("ModuleTerminate", "Service")
def module_terminate(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Run TerminateAccount."""
    return _run(ctx, _module_service(ctx, values), "TerminateAccount")


@action("ModuleChangePackage", "Service")
def module_change_package(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Run ChangePackage."""
    return _run(ctx, _module_service(ctx, values), "ChangePackage")


@action("ModuleChangePw", "Service")
def module_change_pw(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Run ChangePassword; a new `servicepassword` is stored first, as documented."""
    service_id = _module_service(ctx, values)
    vault = ctx.host.part(Vault)
    with ctx.unit() as db:
        service = db.get_one(Service, service_id)
        if values.has("servicepassword"):
            service.password = vault.encrypt(values.text("servicepassword"))
        password = vault.decrypt(service.password)
    return _run(ctx, service_id, "ChangePassword", password=password)


@action("ModuleCustom", "Service")
def module_custom(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Run a custom function of the service's module."""
    service_id = _module_service(ctx, values)
    function = values.text("func_name").strip()
    if not function:
        raise ApiError("The parameter 'func_name' is required: the function's name without the module's prefix")
    return _run(ctx, service_id, function)


@action("UpdateClientProduct", "Service")
def update_client_product(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Edit a client service. Fires PreAdminServiceEdit before and AdminServiceEdit after the change."""
    service_id = values.number("serviceid")
    with ctx.unit(read=True) as db:
        if db.get(Service, service_id) is None:
            raise ApiError("Service ID Not Found")
    hooks.fire(ctx, "PreAdminServiceEdit", serviceid=service_id)
    with ctx.unit() as db:
        service = db.get_one(Service, service_id)
        _references(db, service, values)
        _columns(service, values)
        _vaulted(db, service, values)
        _custom(db, service, values)
        _options(db, service, values)
        if values.flag("autorecalc"):
            service.amount = _recurring(db, service)
        service.updated_at = ctx.host.clock.now()
        journal.activity(db, f"Modified Product/Service - Service ID: {service.id}", service.userid)
        events.emit(db, "service.saved", serviceid=service.id)
    hooks.fire(ctx, "AdminServiceEdit", userid=service.userid, serviceid=service_id)
    events.drain(ctx)
    return {"serviceid": service_id}


def _references(db: Session, service: Service, values: Values) -> None:
    if values.has("pid"):
        if db.get(Product, values.number("pid")) is None:
            raise ApiError(f"There is no product with the id {values.number('pid')}")
        service.packageid = values.number("pid")
    if values.has("serverid"):
        if values.number("serverid") and db.get(Server, values.number("serverid")) is None:
            raise ApiError(f"There is no server with the id {values.number('serverid')}")
        service.server = values.number("serverid")
    if values.has("paymentmethod"):
        try:
            service.paymentmethod = gateways.find(db, values.text("paymentmethod")).module
        except gateways.GatewayError as failure:
            raise ApiError(str(failure)) from None
    if values.has("billingcycle"):
        try:
            service.billingcycle = cycles.cycle(values.text("billingcycle")).label
        except cycles.CycleError as failure:
            raise ApiError(str(failure)) from None
    if values.has("status"):
        status = next((one for one in STATUSES if one.lower() == values.text("status").lower()), None)
        if status is None:
            raise ApiError(f"Invalid status; it is one of {', '.join(STATUSES)}")
        service.domainstatus = status


def _columns(service: Service, values: Values) -> None:
    for name, column in _TEXTS.items():
        if values.has(name):
            setattr(service, column, values.text(name))
    for name in _NUMBERS:
        if values.has(name):
            setattr(service, name, values.number(name))
    for name, column in _DAYS.items():
        if values.has(name):
            setattr(service, column, values.day(name))
    if values.has("nextduedate"):
        service.nextinvoicedate = service.nextduedate
    if values.has("overideautosuspend"):
        service.overideautosuspend = int(values.flag("overideautosuspend"))
    if (first := values.amount("firstpaymentamount")) is not None:
        service.firstpaymentamount = first
    if (recurring := values.amount("recurringamount")) is not None and not values.flag("autorecalc"):
        service.amount = recurring
    for name in values.array("unset").values():
        if str(name) not in _UNSET:
            raise ApiError(f"'{str(name)[:40]}' cannot be unset; these can: {', '.join(_UNSET)}")
        setattr(service, _UNSET[str(name)], "")


def _vaulted(db: Session, service: Service, values: Values) -> None:
    if values.has("servicepassword"):
        service.password = ctx_of(db).host.part(Vault).encrypt(values.text("servicepassword"))


def _custom(db: Session, service: Service, values: Values) -> None:
    given = values.map("customfields")
    if not given:
        return
    product = db.get(Product, service.packageid)
    if product is None:
        raise ApiError("The service's product was deleted, so it has no custom fields")
    by_name = {one.name: one.id for one in fields.of_product(db, product)}
    named = {str(by_name.get(str(key), key)): str(value) for key, value in given.items()}
    try:
        fields.store(db, service.id, fields.read(db, product, fields.as_ids(named), trusted=True))
    except fields.FieldErrors as failure:
        raise ApiError(failure.errors[0]) from None
    except ValueError:
        raise ApiError("Custom fields are named by their ids or names") from None


def _options(db: Session, service: Service, values: Values) -> None:
    given = {key: _choice(one) for key, one in values.map("configoptions").items()}
    if not given:
        return
    product = db.get(Product, service.packageid)
    if product is None:
        raise ApiError("The service's product was deleted, so it has no configurable options")
    try:
        held = {one.option.id: one.qty if one.option.counts else one.choice.id for one in _held(db, service, product)}
        wanted = {**held, **{int(key): value for key, value in given.items()}}
        options.store_options(db, service.id, options.read_options(db, product, wanted, hidden=True))
    except options.OptionErrors as failure:
        raise ApiError(failure.errors[0]) from None
    except StorageError:
        raise
    except ValueError:
        raise ApiError("Configurable options are named by their ids") from None


def _choice(value: Any) -> Any:
    """A sub-option's id or a quantity; or, as documented, {optionid, qty}."""
    if isinstance(value, dict):
        return value.get("qty") if value.get("qty") not in (None, "") else value.get("optionid", "")
    return value


def _held(db: Session, service: Service, product: Product) -> list[options.Selected]:
    return options.options_of_service(db, service.id, product)


def _recurring(db: Session, service: Service) -> Decimal:
    product, client = db.get(Product, service.packageid), db.get(Client, service.userid)
    if product is None or client is None:
        raise ApiError("The recurring amount cannot be computed: the service's product or client was deleted")
    try:
        quote = pricing.quote(
            db, product, currency_of(db, client), service.billingcycle, _held(db, service, product), max(service.qty, 1)
        )
    except (pricing.NotOffered, cycles.CycleError) as failure:
        raise ApiError(f"The recurring amount cannot be computed: {failure}") from None
    return quote.recurring
