"""What the host asks a server module outside of commands: its metadata, settings fields, buttons, and functions that only show."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost import events, extensions, hooks, journal, runtimes
from modulehost.context import Ctx, ctx_of
from modulehost.contract import SERVER_FUNCTIONS, Checked, ConfigField, Module, read_config_options, spec
from modulehost.extensions import ModuleMissing
from modulehost.lifecycle import history, params
from modulehost.lifecycle.rows import Missing, one
from modulehost.lifecycle.subjects import Target, subject
from modulehost.runtimes import ModuleFailed, Returned
from modulehost.schema import Addon, ModuleConfiguration, Product, Server
from modulehost.vault import MARK, Vault

COMMANDS = (
    "CreateAccount",
    "Renew",
    "SuspendAccount",
    "UnsuspendAccount",
    "TerminateAccount",
    "ChangePackage",
    "ChangePassword",
)


class NoModule(ModuleFailed):
    """The service's product names no module."""

    def __init__(self, text: str) -> None:
        super().__init__(text, "missing")


@dataclass(frozen=True)
class Button:
    """A button of Module Commands: its label, the function suffix behind it, and whether the module itself brought it."""

    label: str
    function: str
    custom: bool = False


def server_module(ctx: Ctx, name: str) -> Module:
    """The server module of that name. Raises ModuleFailed."""
    try:
        return extensions.module(ctx.host, "servers", name)
    except ModuleMissing as failure:
        raise ModuleFailed(str(failure), "missing") from None


def module_of(db: Session, target: Target) -> str:
    """The module that provisions a service or addon. Raises NoModule when there is none."""
    whom = subject(target)
    name = whom.module(db)
    if not name:
        what = "product" if whom.kind == "service" else "product addon"
        raise NoModule(f"the {what} of {whom.named} has no module; choose one on its Module Settings tab")
    return name


def supports(ctx: Ctx, target: Target) -> set[str]:
    """The function suffixes of the module of a service or addon; empty without one. Raises ModuleFailed when it does not load."""
    with ctx.unit(read=True) as db:
        try:
            name = module_of(db, target)
        except NoModule:
            return set()
    return runtimes.functions(ctx, server_module(ctx, name))


def with_port(ctx: Ctx, name: str, given: dict[str, Any]) -> dict[str, Any]:
    """The params with `serverport` as documented: the server's own port, else the one that MetaData names."""
    if not given.get("server") or given.get("serverport"):
        return given
    try:
        known = metadata(ctx, name)
    except ModuleFailed:
        return given  # the call that these params are for says what is wrong with the module
    port = known.get("DefaultSSLPort" if given.get("serversecure") else "DefaultNonSSLPort")
    return {**given, "serverport": str(port or "")}


def call(ctx: Ctx, target: Target, function: str, *more: Any, extra: Mapping[str, Any] | None = None) -> Returned:
    """Run a function that changes nothing here (ClientArea, AdminServicesTabFields, LoginLink) with the params of a service or addon."""
    whom = subject(target)
    with ctx.unit(read=True) as db:
        name = module_of(db, whom)
        given = {**params.of(db, whom), **(extra or {})}
        hidden = params.secrets(given, secret_positions(db, name, whom)) | params.secret_fields(db, whom)
    returned = _logged(ctx, name, function, given, *more, secrets=hidden)
    events.drain(ctx)  # what it may have changed by localAPI
    return returned


def server_call(ctx: Ctx, server_id: int, function: str, extra: Mapping[str, Any] | None = None) -> Returned:
    """Run a function that belongs to a server (TestConnection, AdminLink) with the server block, `extra` laid over it."""
    with ctx.unit(read=True) as db:
        name = one(db, Server, server_id, "server").type
        given = {**params.server(db, server_id), **(extra or {})}
    if not name:
        raise NoModule(f"server {server_id} has no module type")
    return _logged(ctx, name, function, given, secrets=params.secrets(given, []))


def invoke(
    ctx: Ctx, target: Target, what: str, function: Any, judge: Callable[[Any], Checked], code: Any = None
) -> Returned:
    """Run something that the module of a service or addon handed over (a custom action's callable) as `call` runs its functions.

    `what` names it in the history and in errors; `judge` tells what is wrong with its answer; `code` is the code object whose
    place errors name. Raises ModuleFailed.
    """
    whom = subject(target)
    with ctx.unit(read=True) as db:
        name = module_of(db, whom)
        given = params.of(db, whom)
        hidden = params.secrets(given, secret_positions(db, name, whom)) | params.secret_fields(db, whom)

    def run(module: Module, complete: dict[str, Any]) -> Returned:
        returned = runtimes.invoke(ctx, module, f"{name}_{what}", function, secrets=hidden)
        place = module.place(code.co_filename, code.co_firstlineno) if code is not None else f"{module.shown}/{module.name}.py:1"
        return replace(returned, checked=judge(returned.value), place=place)

    returned = _recorded(ctx, name, what, given, run, hidden)
    events.drain(ctx)
    return returned


def _logged(ctx: Ctx, name: str, function: str, given: dict[str, Any], *more: Any, secrets: set[str]) -> Returned:
    def run(module: Module, complete: dict[str, Any]) -> Returned:
        return runtimes.call(ctx, module, function, complete, *more, secrets=secrets)

    return _recorded(ctx, name, function, given, run, secrets)


def _recorded(
    ctx: Ctx,
    name: str,
    function: str,
    given: dict[str, Any],
    run: Callable[[Module, dict[str, Any]], Returned],
    secrets: set[str],
) -> Returned:
    """Run it and remember the call; a failure goes into the module log with its traceback, wherever it is shown besides."""
    module, complete = server_module(ctx, name), with_port(ctx, name, given)
    hidden = frozenset(secrets)
    try:
        with hooks.gathering() as fired:
            returned = run(module, complete)
        kept = history.keep_passive(
            ctx, name, function, complete, secrets=hidden, value=returned.value, message="; ".join(returned.problems),
            printed=returned.printed, milliseconds=returned.milliseconds, log_ids=returned.log_ids, firings=tuple(fired),
        )  # fmt: skip
        return replace(returned, key=kept.key)
    except ModuleFailed as failure:
        told = {"message": str(failure), "state": "failed", "printed": failure.printed}
        kept = history.keep_passive(ctx, name, function, complete, secrets=hidden, firings=tuple(fired), **told)
        failure.key = kept.key
        log_failure(ctx, name, function, complete, str(failure), failure.trace + failure.printed, secrets)
        raise


def log_failure(
    ctx: Ctx, name: str, function: str, given: Mapping[str, Any], text: str, trace: str, secrets: Iterable[str]
) -> None:
    """Write a call that went wrong into the module log, also when the call that asked for it has been revoked meanwhile."""
    shown = {k: v for k, v in given.items() if k != "model"}
    journal.module_log(replace(ctx, call=None), name, function, shown, text, trace, secrets)


def metadata(ctx: Ctx, name: str) -> dict[str, Any]:
    """MetaData of a module; `DisplayName` falls back to the module's name, APIVersion to 1.1."""
    module = server_module(ctx, name)
    found: Mapping[str, Any] = {}
    if "MetaData" in runtimes.functions(ctx, module):
        value = runtimes.call(ctx, module, "MetaData").value
        found = value if isinstance(value, Mapping) else {}
    return {"DisplayName": module.name, "APIVersion": "1.1", **found}


def config_options(ctx: Ctx, name: str, product_id: int) -> list[ConfigField]:
    """The Module Settings fields. Raises ModuleFailed, also when what the module returned cannot be shown as fields."""
    return settings_fields(ctx, name, product_id)[0]


def settings_fields(
    ctx: Ctx, name: str, product_id: int, *, addon_id: int = 0
) -> tuple[list[ConfigField], list[str]]:
    """The Module Settings fields, and what is wrong with some of them. Raises ModuleFailed as config_options does.

    With `addon_id` they are asked for a product addon (tbladdons) instead of a product.
    """
    module = server_module(ctx, name)
    if "ConfigOptions" not in runtimes.functions(ctx, module):
        return [], []
    with ctx.unit(read=True) as db:
        sold = params.product_addon(db, addon_id) if addon_id else params.product(db, product_id)
    given = {**sold, "moduletype": name}
    returned = runtimes.call(ctx, module, "ConfigOptions", given)
    fields, _ = read_config_options(returned.value)
    if returned.problems and not fields:
        raise ModuleFailed("; ".join(returned.problems), "raised")
    _remember_secrets(ctx, name, fields)
    return fields, returned.problems


def buttons(ctx: Ctx, target: Target) -> list[Button]:
    """The Module Commands of a service: documented ones that the module defines, then AdminCustomButtonArray."""
    known = supports(ctx, target)
    with ctx.unit(read=True) as db:
        functions = {f: subject(target).called(db, f) for f in COMMANDS} if known else {}
    found = [Button(spec(called).label, f) for f, called in functions.items() if called in known]
    return found + _custom(ctx, target, known, "AdminCustomButtonArray")


def admin_buttons(ctx: Ctx, target: Target) -> list[Button]:
    """The module's own buttons for staff alone: AdminCustomButtonArray."""
    return _custom(ctx, target, supports(ctx, target), "AdminCustomButtonArray")


def client_buttons(ctx: Ctx, target: Target) -> list[Button]:
    """The buttons that clients see: ClientAreaCustomButtonArray."""
    return _custom(ctx, target, supports(ctx, target), "ClientAreaCustomButtonArray")


def client_functions(ctx: Ctx, target: Target) -> set[str]:
    """The function suffixes that a client may call: those of the buttons and of ClientAreaAllowedFunctions."""
    known = supports(ctx, target)
    listed = [*client_buttons(ctx, target), *_custom(ctx, target, known, "ClientAreaAllowedFunctions")]
    return {b.function for b in listed} - set(SERVER_FUNCTIONS)


def _custom(ctx: Ctx, target: Target, known: set[str], function: str) -> list[Button]:
    if function not in known:
        return []
    returned = call(ctx, target, function)
    if returned.problems:
        raise ModuleFailed("; ".join(returned.problems), "raised")
    value = returned.value or {}
    pairs = value.items() if isinstance(value, Mapping) else [(suffix, suffix) for suffix in value]
    return [Button(str(label), str(suffix), True) for label, suffix in pairs]


# --- module settings of a product ------------------------------------------------------------------------------------


def save_product_options(db: Session, product: Product, values: Mapping[int, str], fields: list[ConfigField]) -> None:
    """Store configoptionN; fields of type password are encrypted at rest."""
    vault = ctx_of(db).host.part(Vault)
    secret = {f.position for f in fields if f.secret}
    for position, value in values.items():
        setattr(product, f"configoption{position}", vault.encrypt(value) if position in secret else value)
    product.updated_at = ctx_of(db).host.clock.now()
    db.flush()


def save_addon_options(
    db: Session, addon: Addon, values: Mapping[int, str], fields: list[ConfigField]
) -> None:
    """Store the module settings of a product addon (tblmodule_configuration); fields of type password are encrypted at rest."""
    vault, now = ctx_of(db).host.part(Vault), ctx_of(db).host.clock.now()
    known = {field.position: field for field in fields}
    mine = (ModuleConfiguration.entity_type == "addon", ModuleConfiguration.entity_id == addon.id)
    held = {row.setting_name: row for row in db.scalars(select(ModuleConfiguration).where(*mine))}
    for position, value in values.items():
        field, name = known.get(position), f"configoption{position}"
        row = held.get(name)
        if row is None:
            row = ModuleConfiguration(entity_type="addon", entity_id=addon.id, setting_name=name, created_at=now)
            db.add(row)
        row.friendly_name = (field.label if field else name)[:64]
        row.value = vault.encrypt(value) if field is not None and field.secret else value
        row.updated_at = now
    addon.updated_at = now
    db.flush()


class _Secrets:
    """Which settings of a module are secret, as its ConfigOptions last said."""

    def __init__(self, host: Any) -> None:
        self.positions: dict[str, list[int]] = {}


def _remember_secrets(ctx: Ctx, name: str, fields: list[ConfigField]) -> None:
    ctx.host.part(_Secrets).positions[name] = [f.position for f in fields if f.secret]


def secret_positions(db: Session, name: str, target: Target) -> list[int]:
    """The positions of secret module settings: those that lie encrypted, and those ConfigOptions named."""
    try:
        options = subject(target).options(db)
    except Missing:
        options = {}
    stored = [n for n, value in options.items() if value.startswith(MARK)]
    return sorted({*stored, *ctx_of(db).host.part(_Secrets).positions.get(name, [])})
