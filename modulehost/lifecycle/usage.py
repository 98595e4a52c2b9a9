"""Usage: UsageUpdate, which writes what services use itself, and MetricProvider, whose values are kept in tbltenant_stats."""

import json
from calendar import timegm
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost import events, extensions, runtimes
from modulehost.billing import issuing
from modulehost.billing import usage as billed
from modulehost.context import Ctx, ctx_of
from modulehost.contract import UNITS, MetricInterface, MetricProblem, ProviderInterface, Units, read_metrics
from modulehost.contract.config import kind
from modulehost.lifecycle import params
from modulehost.lifecycle.modules import log_failure, metadata, server_call, server_module
from modulehost.lifecycle.rows import one
from modulehost.runtimes import ModuleFailed
from modulehost.schema import ModuleStore, Server, ServerTenant, Service, TenantStat, same

_SCOPE = "modulehost:usage"  # what the host knows of a module's metrics, beside what the module keeps itself
_PLACES = Decimal("0.000001")


@dataclass(frozen=True)
class Known:
    """A metric as its module last described it."""

    name: str
    label: str
    type: str
    units: Units


def servers(ctx: Ctx, function: str) -> list[tuple[int, str]]:
    """The enabled servers whose module has `function`, as (id, name); a module that does not load has none."""
    names = []
    for module in extensions.modules(ctx.host, "servers"):
        try:
            if not module.problem and function in runtimes.functions(ctx, module):
                names.append(module.name)
        except ModuleFailed:
            continue
    with ctx.unit(read=True) as db:
        found = select(Server.id, Server.name).where(Server.disabled == 0, Server.type.in_(names)).order_by(Server.id)
        return [(id_, name) for id_, name in db.execute(found)]


def update(ctx: Ctx, server_id: int) -> str:
    """Have the module of a server write what its services use (UsageUpdate); returns what went wrong, empty if nothing did."""
    try:
        server_call(ctx, server_id, "UsageUpdate")
    except ModuleFailed as failure:
        return str(failure)
    events.drain(ctx)
    return ""


def update_all(ctx: Ctx) -> list[tuple[str, str]]:
    """UsageUpdate of every enabled server, once each: (name, what went wrong). One that fails does not stop the others."""
    return [(name, update(ctx, id_)) for id_, name in servers(ctx, "UsageUpdate")]


# --- metrics ----------------------------------------------------------------------------------------------------------


def has_metrics(ctx: Ctx, name: str) -> bool:
    """Whether a module measures anything."""
    try:
        return bool(name) and "MetricProvider" in runtimes.functions(ctx, server_module(ctx, name))
    except ModuleFailed:
        return False


def metrics(ctx: Ctx, name: str) -> list[Known]:
    """The metrics of a module, asked without a server, and remembered. Raises ModuleFailed."""
    with ctx.unit(read=True) as db:
        given = params.server(db, 0)
    found = _ask(ctx, name, given, "metrics")
    _remember(ctx, name, found)
    return [Known(key, metric.displayName(), metric.type(), metric.units()) for key, (metric, _value) in found.items()]


def known(db: Session, name: str) -> tuple[str, dict[str, Known]]:
    """What a module last said: the field that tells tenants apart (domain, username, customfield.NAME), and its metrics by name."""
    row = db.scalar(_remembered(name))
    data: dict[str, Any] = json.loads(row.value) if row is not None else {"field": "domain", "metrics": {}}
    found = {
        key: Known(key, one["label"], one["type"], UNITS.get(one["kind"], Units)(one["units"], one["single"], one["suffix"]))
        for key, one in data["metrics"].items()
    }
    return str(data["field"]), found


def collect(ctx: Ctx, server_id: int) -> str:
    """Keep what all tenants of a server use (usage()); returns what went wrong, empty if nothing did."""
    with ctx.unit(read=True) as db:
        name, given = one(db, Server, server_id, "server").type, params.server(db, server_id)
    try:
        metrics(ctx, name)
        found = _ask(ctx, name, given, "usage")
    except ModuleFailed as failure:
        return str(failure)
    with ctx.unit() as db:
        for tenant, values in found.items():
            _keep(db, server_id, tenant, values)
    return ""


def collect_all(ctx: Ctx) -> list[tuple[str, str]]:
    """The same of every enabled server: (name, what went wrong)."""
    return [(name, collect(ctx, id_)) for id_, name in servers(ctx, "MetricProvider")]


def refresh(ctx: Ctx, service_id: int) -> str:
    """Ask anew what one service uses (tenantUsage); returns what went wrong, empty if nothing did."""
    with ctx.unit(read=True) as db:
        service = one(db, Service, service_id, "service")
        server = db.get(Server, service.server) if service.server else None
        if server is None:
            return "The service has no server; choose one and save."
        name, given = server.type, params.server(db, server.id)
    try:
        metrics(ctx, name)
        with ctx.unit(read=True) as db:
            tenant = tenant_of(db, one(db, Service, service_id, "service"))
        if not tenant:
            return "The service has no name that its module knows it by: its domain, user name or custom field is empty."
        found = _ask(ctx, name, given, "tenantUsage", tenant)
    except ModuleFailed as failure:
        return str(failure)
    with ctx.unit() as db:
        _keep(db, server.id, tenant, found)
    return ""


def tenant_of(db: Session, service: Service) -> str:
    """The name under which the service's module measures it."""
    server = db.get(Server, service.server) if service.server else None
    field = known(db, server.type)[0] if server is not None else ""
    if field.lower().startswith("customfield."):
        wanted = field.partition(".")[2].lower()
        fields = params.custom_fields(db, service.id)
        return next((str(value) for name, value in fields.items() if name.lower() == wanted), "")
    return str(service.username if field.lower() == "username" else service.domain)


def stats(db: Session, service: Service) -> list[tuple[Known, Decimal, datetime]]:
    """The last value of each metric of a service, and when it was measured."""
    server = db.get(Server, service.server) if service.server else None
    tenant = tenant_of(db, service)
    if server is None or not tenant:
        return []
    described = known(db, server.type)[1]
    query = (
        select(TenantStat)
        .join(ServerTenant, ServerTenant.id == TenantStat.tenant_id)
        .where(ServerTenant.server_id == server.id, same(ServerTenant.tenant, tenant))
        .order_by(TenantStat.measured_at, TenantStat.id)
    )
    last = {row.metric: row for row in db.scalars(query) if row.metric in described}
    epoch = datetime(1970, 1, 1)
    return [
        (described[name], last[name].value, epoch + timedelta(seconds=int(last[name].measured_at)))
        for name in described
        if name in last
    ]


def invoice(ctx: Ctx, service_id: int) -> int:
    """Invoice what a service used in its last term that has ended; returns the invoice's id, 0 when there is nothing to charge.

    A second time finds nothing: a term is settled once. InvoiceCreation and its companions fire as for any invoice.
    """
    with ctx.unit() as db:
        made = billed.charge(db, one(db, Service, service_id, "service"))
        if made is None:
            return 0
        issuing.announce(db, made)
    events.drain(ctx)
    return made.id


def names(db: Session, service: Service) -> tuple[str, dict[str, str]]:
    """The tenant that a service is and the labels of its metrics (billing.usage.provide)."""
    server = db.get(Server, service.server) if service.server else None
    described = known(db, server.type)[1] if server is not None else {}
    return tenant_of(db, service), {key: value.label for key, value in described.items()}


def _ask(ctx: Ctx, name: str, given: dict[str, Any], method: str, *args: Any) -> dict[str, Any]:
    """What a method of the provider returns, read inside the call's time limit. What goes wrong stands in the module log."""
    module, hidden = server_module(ctx, name), params.secrets(given, [])
    what = f"{name}_MetricProvider {method}()"

    def read(provider: Any) -> dict[str, Any]:
        value = getattr(provider, method)(*args)
        if method != "usage":
            return dict(read_metrics(value, what, method == "tenantUsage"))
        if not isinstance(value, Mapping):
            raise MetricProblem(f"{what} returned {kind(value)}; expected a map of tenant => metrics")
        for tenant in value:
            if not isinstance(tenant, (str, int)) or not str(tenant) or len(str(tenant)) > 255:
                raise MetricProblem(f"{what} returned the tenant {kind(tenant)}; expected 1 to 255 characters")
        return {str(tenant): read_metrics(one, f"{what} for {tenant}", True) for tenant, one in value.items()}

    def judged(provider: Any) -> dict[str, Any] | MetricProblem:
        try:
            return read(provider)
        except MetricProblem as problem:  # handed back, because its place is the module's and not this file
            return problem

    try:
        returned = runtimes.call(ctx, module, "MetricProvider", given, secrets=hidden)
        provider = returned.value
        if not isinstance(provider, ProviderInterface):
            raise ModuleFailed(f"{returned.what} returned {kind(provider)}; expected a ProviderInterface ({returned.place})", "raised")
        found = runtimes.invoke(ctx, module, what, lambda: judged(provider), secrets=hidden).value
        if isinstance(found, MetricProblem):
            raise ModuleFailed(f"{found} ({returned.place})", "raised")
    except ModuleFailed as failure:
        log_failure(ctx, name, f"MetricProvider.{method}", given, str(failure), failure.trace + failure.printed, hidden)
        raise
    answer: dict[str, Any] = found
    return answer


def _remembered(name: str) -> Any:
    mine = (ModuleStore.module_type == "servers", ModuleStore.module == name)
    return select(ModuleStore).where(*mine, ModuleStore.scope == _SCOPE, ModuleStore.name == "metrics")


def _remember(ctx: Ctx, name: str, found: dict[str, tuple[MetricInterface, Any]]) -> None:
    field = str(metadata(ctx, name).get("ListAccountsUniqueIdentifierField") or "domain")
    described = {}
    for key, (metric, _value) in found.items():
        units = metric.units()
        described[key] = {
            "label": str(metric.displayName()), "type": metric.type(), "units": units.name, "single": units.single, "suffix": units.suffix,
            "kind": next((word.__name__ for word in type(units).__mro__ if word.__name__ in UNITS), "WholeNumber"),
        }  # fmt: skip
    text = json.dumps({"field": field, "metrics": described})
    with ctx.unit() as db:
        row = db.scalar(_remembered(name))
        if row is None:
            row = ModuleStore(module_type="servers", module=name, scope=_SCOPE, name="metrics")
            db.add(row)
        if row.value != text:
            row.value, row.updated_at = text, ctx.host.clock.now()


def _keep(db: Session, server_id: int, tenant: str, values: dict[str, tuple[MetricInterface, Decimal | None]]) -> None:
    """Write the values of a tenant: over the row of the same day, month or snapshot unless that has been invoiced."""
    now = ctx_of(db).host.clock.now()
    # The server's row is the lock under which two answers do not become two rows.
    if db.get(Server, server_id, with_for_update=True) is None:
        return
    mine = (ServerTenant.server_id == server_id, same(ServerTenant.tenant, tenant))
    row = db.scalar(select(ServerTenant).where(*mine).order_by(ServerTenant.id).limit(1))
    if row is None:
        row = ServerTenant(server_id=server_id, tenant=tenant, created_at=now)
        db.add(row)
    row.updated_at = now
    db.flush()
    for name, (metric, value) in values.items():
        if value is None:
            continue
        start = _start(metric.type(), now)
        where = [TenantStat.tenant_id == row.id, TenantStat.metric == name, TenantStat.type == metric.type()]
        if start is not None:
            where.append(TenantStat.measured_at >= timegm(start.timetuple()))
        else:
            where.append(TenantStat.invoice_id.is_(None))
        stat = db.scalar(select(TenantStat).where(*where).order_by(TenantStat.id.desc()).limit(1))
        if stat is None:
            stat = TenantStat(tenant_id=row.id, metric=name, type=metric.type(), created_at=now)
            db.add(stat)
        stat.value, stat.updated_at = value.quantize(_PLACES), now
        stat.measured_at = Decimal(timegm(now.timetuple()))
    db.flush()


def _start(type_: str, now: datetime) -> datetime | None:
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return {MetricInterface.TYPE_PERIOD_DAY: day, MetricInterface.TYPE_PERIOD_MONTH: day.replace(day=1)}.get(type_)
