"""What happens to a service: its params, the commands of its module, its state, and the queue of what failed."""

from typing import Any

from modulehost import events
from modulehost.accounts.countries import COUNTRIES
from modulehost.billing import usage as billed_usage
from modulehost.context import Ctx, Host
from modulehost.lifecycle import (
    addons,
    as_test,
    clientarea,
    closing,
    dunning,
    features,
    following,
    history,
    loaders,
    locks,
    params,
    properties,
    queue,
    remote,
    renewing,
    signon,
    states,
    subjects,
    sync,
    tabs,
    usage,
)
from modulehost.lifecycle.commands import Outcome, resume_pending, run
from modulehost.lifecycle.custom import run_custom
from modulehost.lifecycle.locks import recover
from modulehost.lifecycle.modules import (
    Button,
    NoModule,
    admin_buttons,
    buttons,
    call,
    client_buttons,
    client_functions,
    config_options,
    metadata,
    module_of,
    save_addon_options,
    save_product_options,
    server_call,
    server_module,
    settings_fields,
    supports,
    with_port,
)
from modulehost.lifecycle.params import product_options
from modulehost.lifecycle.retry import retry, retry_all
from modulehost.lifecycle.rows import Missing
from modulehost.lifecycle.subjects import OfAddon, OfService, Subject, Target
from modulehost.schema import Product

__all__ = [
    "Button", "Missing", "NoModule", "OfAddon", "OfService", "Outcome", "Subject", "Target", "addons", "admin_buttons", "as_test",
    "buttons", "call", "client_buttons", "client_functions", "clientarea", "closing", "config_options", "dunning", "features",
    "history", "loaders", "locks", "metadata", "module_of", "params", "product_options", "properties", "queue", "recover",
    "register", "remote", "renewing", "resume_pending", "retry", "retry_all", "run", "run_custom",
    "save_addon_options", "save_product_options", "server_call", "server_module", "settings_fields", "signon", "states", "subjects",
    "supports", "sync", "tabs", "usage", "with_port",
]  # fmt: skip


def register(host: Host) -> None:
    """Offer modules what they may ask of this room, and listen for services that are to be set up."""
    host.functions["product_options"] = _product_options
    host.functions["addon_words"] = addons.words
    host.functions["addon_settings"] = _addon_settings
    host.functions["countries"] = lambda ctx: {one.code: one.name for one in COUNTRIES.values()}
    billed_usage.provide(host, usage.names)
    events.subscribe(host, "service.setup", _set_up)
    events.subscribe(host, "invoice.paid", renewing.on_paid)
    events.subscribe(host, "invoice.paid", dunning.on_paid)
    events.subscribe(host, "addon.status", dunning.on_addon_status)
    events.subscribe(host, "addon.setup", following.set_up)
    events.subscribe(host, "service.status", following.on_service_status)


def _addon_settings(ctx: Ctx, name: str) -> dict[str, str]:
    with ctx.unit(read=True) as db:
        return addons.values(db, name)


def _product_options(ctx: Ctx, product_id: int) -> dict[int, str]:
    with ctx.unit(read=True) as db:
        row = db.get(Product, product_id)
        if row is None:
            raise Missing(f"there is no product with the id {product_id}")
        return product_options(db, row)


def _set_up(ctx: Ctx, payload: dict[str, Any]) -> None:
    """Automatic set-up: Create, once, for a service that is still pending."""
    from modulehost.schema import Service

    service_id = int(payload["serviceid"])
    with ctx.unit(read=True) as db:
        row = db.get(Service, service_id)
    if row is not None and row.domainstatus == "Pending":
        run(
            ctx,
            service_id,
            "CreateAccount",
            request_key=f"setup:{service_id}:{payload.get('cause', '')}",
            automated=True,
        )
