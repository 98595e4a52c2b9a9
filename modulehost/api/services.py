"""Service actions: UpdateClientProduct and the module commands."""

from typing import Any

from sqlalchemy import func, select

from modulehost import lifecycle
from modulehost.api.registry import action
from modulehost.api.values import ApiError, Values
from modulehost.billing import gateways
from modulehost.billing import upgrades as upgrading
from modulehost.context import Ctx
from modulehost.money import currency_of, formatted
from modulehost.ordering import cancellations, fields, services, upgrades
from modulehost.schema import CancelRequest, Client, Product, Service, moment_text
from modulehost.vault import Vault

_FIELDS = (
    "pid", "serverid", "regdate", "nextduedate", "terminationdate", "domain", "firstpaymentamount", "recurringamount",
    "paymentmethod", "billingcycle", "subscriptionid", "status", "notes", "serviceusername", "servicepassword",
    "overideautosuspend", "overidesuspenduntil", "ns1", "ns2", "dedicatedip", "assignedips", "diskusage", "disklimit",
    "bwusage", "bwlimit", "suspendreason", "promoid",
)  # fmt: skip
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


def _run(ctx: Ctx, service_id: int, function: str, old_password: str | None = None, **extra: Any) -> dict[str, Any]:
    return _answer(function, lifecycle.run(ctx, service_id, function, extra=extra or None, old_password=old_password))


def _answer(function: str, outcome: lifecycle.Outcome) -> dict[str, Any]:
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
        before = vault.decrypt(service.password)
        if values.has("servicepassword"):
            service.password = vault.encrypt(values.text("servicepassword"))
        password = vault.decrypt(service.password)
    return _run(ctx, service_id, "ChangePassword", old_password=before, password=password)


@action("ModuleCustom", "Service")
def module_custom(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Run a custom function that the service's module offers to staff (AdminCustomButtonArray)."""
    service_id = _module_service(ctx, values)
    function = values.text("func_name").strip()
    if not function:
        raise ApiError("The parameter 'func_name' is required: the function's name without the module's prefix")
    return _answer(function, lifecycle.run_custom(ctx, service_id, function))


@action("UpdateClientProduct", "Service")
def update_client_product(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Edit a client service."""
    service_id = values.number("serviceid")
    with ctx.unit(read=True) as db:
        service = db.get(Service, service_id)
        product = db.get(Product, values.number("pid") or service.packageid) if service else None
        own = {one.name: one.id for one in fields.of_product(db, product)} if product else {}
    custom = {own.get(str(key), key): str(value) for key, value in values.map("customfields").items()}
    chosen = {key: _choice(value) for key, value in values.map("configoptions").items()}
    try:
        services.update(
            ctx,
            service_id,
            {name: values.text(name) for name in _FIELDS if values.has(name)},
            customfields=_by_id("customfields", custom),
            configoptions=_by_id("configoptions", chosen),
            unset=[str(one) for one in values.array("unset").values()],
            autorecalc=values.flag("autorecalc"),
        )
    except services.ServiceMissing as failure:
        raise ApiError(str(failure)) from None
    except services.ServiceErrors as failure:
        raise ApiError(next(iter(failure.errors.values()))) from None
    return {"serviceid": service_id}


@action("AddCancelRequest", "Support")
def add_cancel_request(ctx: Ctx, values: Values) -> dict[str, Any]:
    """File a cancellation request for a service; without a type at the end of the billing period."""
    service_id = values.number("serviceid")
    try:
        cancellations.file(ctx, service_id, values.text("type"), values.text("reason"))
    except cancellations.CancellationRefused as refused:
        raise ApiError(str(refused)) from None
    with ctx.unit(read=True) as db:
        return {"serviceid": service_id, "userid": db.get_one(Service, service_id).userid}


@action("GetCancelledPackages", "Client")
def get_cancelled_packages(ctx: Ctx, values: Values) -> dict[str, Any]:
    """List all cancellation requests, open and completed, in the order in which they came."""
    start, limit = values.page()
    with ctx.unit(read=True) as db:
        total = db.scalar(select(func.count()).select_from(CancelRequest)) or 0
        rows = db.scalars(select(CancelRequest).order_by(CancelRequest.id).offset(start).limit(limit)).all()
    found = [
        {
            "id": row.id,
            "date": moment_text(row.date),
            "relid": row.relid,
            "reason": row.reason,
            "type": row.type,
            "created_at": moment_text(row.created_at),
            "updated_at": moment_text(row.updated_at),
        }
        for row in rows
    ]
    return {"totalresults": total, "startnumber": start, "numreturned": len(found), "packages": {"package": found}}


def _choice(value: Any) -> Any:
    """A sub-option's id or a quantity; or, as documented, {optionid, qty}."""
    if isinstance(value, dict):
        return value["qty"] if value.get("qty") not in (None, "") else value.get("optionid", "")
    return value


def _by_id(name: str, given: dict[Any, Any]) -> dict[int, Any]:
    try:
        return fields.as_ids(given)
    except ValueError:
        raise ApiError(
            f"Parameter '{name}' must have ids as its keys, not {', '.join(map(repr, given))[:80]}"
        ) from None


@action("UpgradeProduct", "Service")
def upgrade_product(ctx: Ctx, values: Values) -> dict[str, Any]:
    """Price (calconly) or order an upgrade of product, cycle or options."""
    kinds = {"product": upgrading.PACKAGE, "configoptions": upgrading.CONFIGOPTIONS}
    with ctx.unit(read=True) as db:
        service = db.get(Service, values.number("serviceid"))
        if service is None:
            raise ApiError("Service ID Not Found")
        if values.text("type") not in kinds:
            raise ApiError("Invalid Upgrade Type")
        if not values.has("paymentmethod"):
            raise ApiError(f"Invalid Payment Method. Valid options include {', '.join(one.module for one in gateways.active(db))}")
        old = db.get(Product, service.packageid)
        new = db.get(Product, values.number("newproductid")) if values.text("type") == "product" else old
        currency = currency_of(db, db.get(Client, service.userid))
        busy = upgrades.checks.pending(db, service.id) is not None
    wanted = upgrades.UpgradeRequest(
        service.id, kinds[values.text("type")], pid=values.number("newproductid"),
        billingcycle=values.text("newproductbillingcycle"), promocode=values.text("promocode"), trusted=True,
        options=_by_id("configoptions", {key: _choice(value) for key, value in values.map("configoptions").items()}),
        paymentmethod=values.text("paymentmethod"), ip=ctx.actor.ip,
        admin_requestor_id=ctx.actor.id if ctx.actor.kind in ("admin", "api") else 0,
    )  # fmt: skip
    try:
        offer = upgrades.offer(ctx, wanted)
        placed = None if values.flag("calconly") else upgrades.place(ctx, wanted)
    except upgrades.UpgradeRefused as refused:
        raise ApiError(refused.errors[0]) from None
    last = offer.changes[-1]
    answer: dict[str, Any] = {"upgradeinprogress": busy} if placed is None else {}
    answer |= {
        "oldproductid": service.packageid, "oldproductname": old.name if old else "", "newproductid": new.id if new else 0,
        "newproductname": new.name if new else "", "daysuntilrenewal": last.days, "totaldays": last.total,
        "newproductbillingcycle": last.cycle.key, "price": formatted(offer.subtotal, currency),
    }  # fmt: skip
    if placed is not None:
        answer |= {
            "id": placed.upgrade_ids[-1],
            "orderid": placed.order_id,
            "order_number": placed.ordernum,
            "invoiceid": placed.invoice_id or None,
        }
    return answer
