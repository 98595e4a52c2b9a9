"""Payment gateways as modules: which there are, their settings, their params, and calling their functions.

What is stored of an active gateway are rows of tblpaymentgateways: `name` (shown to clients), `type` (CC, Bank or Invoices),
`visible`, and one per field of `_config`; fields of type password are encrypted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from modulehost import extensions, hooks, journal, runtimes, settings
from modulehost.accounts import clients
from modulehost.billing import gateways, invoices
from modulehost.billing.gateways import GatewayError
from modulehost.context import Ctx, ctx_of
from modulehost.contract import GatewayConfig, Module, read_gateway_config
from modulehost.money import currency_of, plain
from modulehost.runtimes import ModuleFailed, Returned
from modulehost.schema import Client, GatewayLog, Invoice

CARD, BANK, INVOICES = "CC", "Bank", "Invoices"


@dataclass(frozen=True)
class Known:
    """A gateway module as the settings page shows it; `problem` says why it cannot run."""

    module: Module
    config: GatewayConfig
    functions: frozenset[str] = frozenset()
    active: bool = False
    problem: str = ""
    notes: tuple[str, ...] = ()


def listing(ctx: Ctx) -> list[Known]:
    """All gateway modules by name, and active ones whose module is gone."""
    with ctx.unit(read=True) as db:
        on = {one.module: one for one in gateways.active(db)}
    found = [_known(ctx, module, module.name in on) for module in extensions.modules(ctx.host, "gateways")]
    there = {one.module.name for one in found}
    for name, row in on.items():
        if name not in there:
            gone = Module("gateways", name, ctx.host.root / "modules" / "gateways", "modules/gateways")
            text = f"modules/gateways has no {name}.py and no {name}/{name}.py"
            found.append(Known(gone, GatewayConfig(row.displayname), active=True, problem=text))
    return sorted(found, key=lambda one: (not one.active, one.config.name.lower()))


def _known(ctx: Ctx, module: Module, active: bool) -> Known:
    try:
        config, notes = config_of(ctx, module)
        return Known(module, config, frozenset(runtimes.functions(ctx, module)), active, "", tuple(notes))
    except ModuleFailed as failure:
        return Known(module, GatewayConfig(module.name), active=active, problem=str(failure))


def find(ctx: Ctx, name: str) -> Module:
    """The module of a gateway. Raises GatewayError."""
    try:
        return extensions.module(ctx.host, "gateways", name)
    except extensions.ModuleMissing as missing:
        raise GatewayError(str(missing)) from None


def has(ctx: Ctx, name: str, function: str) -> bool:
    """Whether a gateway's module is there, loads, and defines that function."""
    try:
        return function in runtimes.functions(ctx, find(ctx, name))
    except (GatewayError, ModuleFailed):
        return False


def config_of(ctx: Ctx, module: Module) -> tuple[GatewayConfig, list[str]]:
    """What `_config` says, and what is wrong with it. Raises ModuleFailed."""
    return read_gateway_config(module.name, runtimes.call(ctx, module, "config").value)


def metadata(ctx: Ctx, name: str) -> dict[str, Any]:
    """What `_MetaData` says; empty without the function, or when it fails."""
    try:
        module = find(ctx, name)
        if "MetaData" not in runtimes.functions(ctx, module):
            return {}
        value = runtimes.call(ctx, module, "MetaData").value
    except (GatewayError, ModuleFailed):
        return {}
    return dict(value) if isinstance(value, Mapping) else {}


def activate(ctx: Ctx, name: str) -> None:
    """Switch a gateway on with the defaults of its fields. Raises GatewayError, ModuleFailed."""
    module = find(ctx, name)
    config, _notes = config_of(ctx, module)
    functions = runtimes.functions(ctx, module)
    kind = INVOICES
    if "capture" in functions:
        kind = BANK if str(metadata(ctx, name).get("gatewayType", "")).lower() == "bank" else CARD
    values = {"name": config.name, "type": kind, "visible": "on", **{one.key: one.default for one in config.fields}}
    with ctx.unit() as db:
        gateways.store(db, module.name, values, config.secrets)
        journal.activity(db, f"Gateway Module Activated: {config.name}")


def save(ctx: Ctx, name: str, values: Mapping[str, str]) -> None:
    """Store name, visibility and fields of an active gateway; `config_validate` may refuse. Raises GatewayError, ModuleFailed."""
    module = find(ctx, name)
    config, _notes = config_of(ctx, module)
    allowed = {"name", "visible", *(one.key for one in config.fields)}
    given = {key: value for key, value in values.items() if key in allowed}
    if not given.get("name", "x").strip():
        raise GatewayError("The display name is required")
    with ctx.unit(read=True) as db:
        gateways.find(db, module.name)
        now = {**gateways.values(db, module.name), **given}
    if "config_validate" in runtimes.functions(ctx, module):
        secrets = {now[key] for key in config.secrets if now.get(key)}
        try:
            runtimes.call(ctx, module, "config_validate", now, secrets=secrets)
        except ModuleFailed as failure:
            if failure.kind != "raised":
                raise
            raise GatewayError(str(failure)) from None
    with ctx.unit() as db:
        gateways.store(db, module.name, given, config.secrets)
        journal.activity(db, f"Gateway Module Configuration Modified: {now['name']}")


def params(db: Session, name: str, invoice: Invoice | None = None, amount: Decimal | None = None) -> dict[str, Any]:
    """The params of a gateway's functions: its settings, the company, and with an invoice its client and what is due."""
    url = settings.system_url(db)
    given: dict[str, Any] = dict(gateways.values(db, name))
    given |= {
        "paymentmethod": name, "moduleName": name, "companyname": settings.get(db, "CompanyName"), "systemurl": url,
        "langpaynow": "Pay Now", "whmcsVersion": settings.version(db),
    }  # fmt: skip
    if invoice is None:
        return given
    client = db.get_one(Client, invoice.userid)
    due = invoices.balance(db, invoice) if amount is None else amount
    number = invoices.number(invoice)
    given |= {
        "invoiceid": invoice.id, "invoicenum": number, "description": f"{given['companyname']} - Invoice #{number}",
        "amount": plain(due), "returnurl": f"{url}viewinvoice.php?id={invoice.id}", "dueDate": str(invoice.duedate or ""),
        **of_client(db, client),
    }  # fmt: skip
    return given


def of_client(db: Session, client: Client) -> dict[str, Any]:
    """What params say of a client: its details, and its currency's code."""
    details, currency = clients.details(db, client), currency_of(db, client)
    # The documentation calls them clientdetails, widely used modules clientsdetails.
    return {"clientdetails": details, "clientsdetails": details, "currency": currency.code, "currencyId": currency.id}


def call(
    ctx: Ctx, name: str, function: str, given: dict[str, Any], *, more_secrets: set[str] | None = None, long: bool = False
) -> Returned:
    """Call a gateway's function; failures and broken promises are entries of the module log. Raises GatewayError, ModuleFailed.

    `long`: it may take as long as a module command, not only as a page.
    """
    module = find(ctx, name)
    hidden = secrets(ctx, name) | (more_secrets or set())
    seconds = ctx.host.config.action_seconds if long else None
    try:
        returned = runtimes.call(ctx, module, function, given, seconds=seconds, secrets=hidden)
    except ModuleFailed as failure:
        journal.module_log(ctx, name, function, "", str(failure), failure.trace, hidden)
        raise
    if returned.problems:
        journal.module_log(ctx, name, function, "", "; ".join(returned.problems), "", hidden)
    return returned


def secrets(ctx: Ctx, name: str) -> set[str]:
    """The stored values of a gateway that are encrypted at rest."""
    with ctx.unit(read=True) as db:
        return {one for one in gateways.secret_values(db, name) if one}


def log(db: Session, name: str, data: Any, result: str) -> int:
    """Write what a gateway reported to tblgatewaylog; its secrets are masked. Hook LogTransaction follows the commit."""
    text = journal.mask(_lines(data), gateways.secret_values(db, name))
    row = GatewayLog(date=ctx_of(db).host.clock.now(), gateway=name, data=text, result=result[:250])
    db.add(row)
    db.flush()
    hooks.later(db, "LogTransaction", gateway=name, data=text, result=result)
    return row.id


def _lines(data: Any) -> str:
    """A map as `name => value` lines, as the page shows it; anything else as text."""
    if isinstance(data, Mapping):
        return "".join(
            f"{name} => {journal.as_text(value) if isinstance(value, (Mapping, list)) else value}\n" for name, value in data.items()
        )
    return journal.as_text(data)
