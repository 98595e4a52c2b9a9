"""What an administrator decides about each service of an order before it is accepted: server, user name, password, Create."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost.billing.catalog import Invalid, servers
from modulehost.context import Ctx
from modulehost.ordering.acceptance import Forced, sets_up
from modulehost.schema import Order, Product, Server, Service
from modulehost.web.admin.site import MASK
from modulehost.web.numbers import is_whole


@dataclass(frozen=True)
class Waiting:
    """A Pending service of an order with a module; `choices` are its servers as (id, label), `create` whether it would be set up."""

    service: Service
    product: Product
    choices: list[tuple[int, str]]
    create: bool


def waiting(db: Session, order: Order) -> list[Waiting]:
    """What the order page lists above *Accept Order*."""
    rows = db.execute(
        select(Service, Product).join(Product, Product.id == Service.packageid)
        .where(Service.orderid == order.id, Service.domainstatus == "Pending", Product.servertype != "")
        .order_by(Service.id)
    ).all()  # fmt: skip
    known = servers.of_modules(db, {product.servertype for _service, product in rows})
    used = servers.used_accounts(db, [row.id for row in known])

    def choices(service: Service, product: Product) -> list[tuple[int, str]]:
        mine = [s for s in known if s.type == product.servertype and (not s.disabled or s.id == service.server)]
        return [(s.id, _label(s, used.get(s.id, 0))) for s in mine]

    return [Waiting(s, p, choices(s, p), sets_up(p)) for s, p in rows]


def _label(server: Server, count: int) -> str:
    text = f"{server.name} ({count}{f'/{server.maxaccounts}' if server.maxaccounts else ''})"
    return f"{text}, disabled" if server.disabled else text


def decided(ctx: Ctx, order: Order, form: Mapping[str, str]) -> dict[int, Forced]:
    """What the form says for single services; a password that is its mask stays. Raises Invalid for a server that is none of theirs."""
    with ctx.unit(read=True) as db:
        rows = waiting(db, order)
    found: dict[int, Forced] = {}
    errors: dict[str, str] = {}
    for one in rows:
        key = one.service.id
        if f"sent[{key}]" not in form:
            continue
        server = form.get(f"server[{key}]", "")
        if server not in ("", "0") and not (is_whole(server) and int(server) in dict(one.choices)):
            errors[f"server[{key}]"] = f"{one.product.name}: the server must be one of the module {one.product.servertype}."
            continue
        password = form.get(f"password[{key}]", "")
        found[key] = Forced(
            int(server or 0), form.get(f"username[{key}]", "").strip(), "" if password == MASK else password, f"create[{key}]" in form
        )
    if errors:
        raise Invalid(errors)
    return found
