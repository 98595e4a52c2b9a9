"""Making both sides agree. Each step looks at the rows as they are then, so doing it twice does nothing the second time."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost import accounts, events, journal
from modulehost.accounts import clients
from modulehost.billing import gateways
from modulehost.billing.cycles import FREE, cycle, next_date
from modulehost.billing.pricing import cycles_of, product_price
from modulehost.context import Ctx, ctx_of
from modulehost.contract.accounts import Account
from modulehost.lifecycle import properties, states
from modulehost.lifecycle.commands import run
from modulehost.lifecycle.subjects import OfService
from modulehost.lifecycle.sync.comparing import Pair, held
from modulehost.lifecycle.sync.listing import Rules
from modulehost.money import ZERO, currency_of
from modulehost.schema import Client, CustomFieldValue, Product, Server, Service, same

#: a request does not go on for longer; what is left is told and done by the next press of the button
SECONDS, AT_ONCE = 20.0, 100


@dataclass(frozen=True)
class Choices:
    """How accounts are imported.

    `product_id`: for accounts whose package is that of no product. `billingcycle`: a key of CYCLES, empty for the first that
    the product is sold in. `reset`: new passwords by ChangePassword. `welcome`: the product's welcome mail.
    """

    product_id: int = 0
    billingcycle: str = ""
    reset: bool = False
    welcome: bool = False


@dataclass
class Result:
    """What was done, what had been done before, what failed with its reason, and how many are left for another time."""

    done: int = 0
    already: int = 0
    failed: list[str] = field(default_factory=list)
    left: int = 0


def terminate(ctx: Ctx, server_id: int, pairs: Sequence[Pair]) -> Result:
    """Mark services whose account is gone from the server as Terminated; the module is not called."""
    return _in_steps(ctx, pairs, lambda db, pair, result: _terminate(db, server_id, pair, result))


def _terminate(db: Session, server_id: int, pair: Pair, result: Result) -> None:
    row = db.get(Service, pair.service.id, with_for_update=True) if pair.service else None
    if row is None or row.server != server_id or row.domainstatus not in ("Active", "Suspended"):
        result.already += 1
        return
    _set_status(db, row, "Terminated")
    row.termination_date = ctx_of(db).host.clock.today()
    journal.activity(db, f"Server Sync: no account on the server, marked Terminated - Service ID: {row.id}", row.userid)
    result.done += 1


def overtake(ctx: Ctx, server_id: int, pairs: Sequence[Pair]) -> Result:
    """Take status, domain and user name of services from their accounts; their product and the module stay untouched."""
    return _in_steps(ctx, pairs, lambda db, pair, result: _agree(db, server_id, pair, result))


def _agree(db: Session, server_id: int, pair: Pair, result: Result) -> None:
    row = db.get(Service, pair.service.id, with_for_update=True) if pair.service else None
    if row is None or pair.account is None or row.server != server_id:
        result.failed.append(f"{pair.key}: the service is not on this server any more")
        return
    changed = _overtake(db, row, pair.account)
    if changed:
        journal.activity(db, f"Server Sync: {', '.join(changed)} taken from the server - Service ID: {row.id}", row.userid)
        result.done += 1
    elif any(what == "Package" for what, _there, _here in pair.differences):
        result.failed.append(f"{pair.key}: the package differs; choose the other product on the service's own page")
    else:
        result.already += 1


def _in_steps(ctx: Ctx, pairs: Sequence[Pair], step: Callable[[Session, Pair, Result], None]) -> Result:
    """Do `step` for each pair, some in one unit, until SECONDS are over."""
    result, begun = Result(), time.monotonic()
    for place in range(0, len(pairs), AT_ONCE):
        if time.monotonic() - begun > SECONDS:
            result.left = len(pairs) - place
            break
        with ctx.unit() as db:
            for pair in pairs[place : place + AT_ONCE]:
                step(db, pair, result)
        events.drain(ctx)
    return result


def _overtake(db: Session, row: Service, account: Account) -> list[str]:
    changed = []
    for name, column in (("domain", "domain"), ("user name", "username")):
        given = getattr(account, column)
        if given and given.lower() != getattr(row, column).lower():
            setattr(row, column, given)
            changed.append(name)
    if row.domainstatus != account.status:
        _set_status(db, row, account.status)
        row.termination_date = None
        row.suspendreason = "Suspended on the server" if account.status == "Suspended" else ""
        changed.append("status")
    if changed:
        row.updated_at = ctx_of(db).host.clock.now()
    return changed


def import_accounts(ctx: Ctx, server_id: int, rules: Rules, pairs: Sequence[Pair], choices: Choices) -> Result:
    """Make client and service for accounts that only the server has.

    The client is the one with the account's mail address, else a new one. The product is the one whose package is the
    account's. After SECONDS it stops and says how many are left.
    """
    result, begun = Result(), time.monotonic()
    with ctx.unit(read=True) as db:
        server = db.get_one(Server, server_id)
        products = _by_package(db, server, rules)
        fallback = db.get(Product, choices.product_id) if choices.product_id else None
        here = {one.unique.lower() for one in held(db, server, rules)}
    for place, pair in enumerate(pairs):
        if time.monotonic() - begun > SECONDS:
            result.left = len(pairs) - place
            break
        account = pair.account
        if account is None or account.unique.lower() in here:
            result.already += 1
            continue
        product = products.get(account.product.lower()) if rules.column else None
        product = product or fallback
        if product is None:
            reason = f"no product has the package “{account.product}”" if rules.column else "no product was chosen"
            result.failed.append(f"{account.unique}: {reason}; choose a product for such accounts")
            continue
        try:
            text = _import(ctx, server, rules, account, product, choices)
        except (accounts.Invalid, ValueError) as failure:
            result.failed.append(f"{account.unique}: {failure}")
            continue
        here.add(account.unique.lower())
        result.done += 1
        if text:
            result.failed.append(f"{account.unique}: imported, but {text}")
    events.drain(ctx)
    return result


def _by_package(db: Session, server: Server, rules: Rules) -> dict[str, Product]:
    """Package, in small letters -> the first product that has it."""
    if not rules.column:
        return {}
    rows = db.scalars(select(Product).where(Product.servertype == server.type).order_by(Product.retired, Product.order, Product.id))
    found: dict[str, Product] = {}
    for row in rows:
        package = str(getattr(row, rules.column) or "").strip().lower()
        if package:
            found.setdefault(package, row)
    return found


def _import(ctx: Ctx, server: Server, rules: Rules, account: Account, product: Product, choices: Choices) -> str:
    """Import one account; returns what did not work afterwards. Raises Invalid, ValueError."""
    if not account.email:
        raise ValueError("it has no email address, so nobody can own it")
    with ctx.unit(read=True) as db:
        client = clients.find(db, email=account.email)
    if client is None:
        name = account.username or account.email.partition("@")[0]
        data = {"firstname": name, "email": account.email, "password2": ctx.host.entropy.password(14), "skipvalidation": True}
        client = clients.add(ctx, {**data, "noemail": not choices.welcome})
    with ctx.unit() as db:
        # The lock lets two imports of one account come one after the other; the second finds the first one's service.
        locked = db.get_one(Server, server.id, with_for_update=True)
        if _exists(db, locked, rules, account):
            return ""
        row = _service(db, client, server, account, product, choices)
        if rules.custom:
            properties.save(db, OfService(row.id), {rules.field: account.unique})
        if choices.welcome and not choices.reset:
            states.welcome(db, OfService(row.id))
        journal.activity(db, f"Server Sync: account “{account.unique}” imported - Service ID: {row.id}", client.id)
    if not choices.reset:
        return ""
    outcome = run(ctx, row.id, "ChangePassword", extra={"password": ctx.host.entropy.password(14)})
    if not outcome.ok:
        return f"the password was not reset: {outcome.message}"
    if choices.welcome:
        with ctx.unit() as db:
            states.welcome(db, OfService(row.id))
    return ""


def _exists(db: Session, server: Server, rules: Rules, account: Account) -> bool:
    found = select(Service.id).where(Service.server == server.id)
    if rules.custom:
        values = select(CustomFieldValue.relid).where(same(CustomFieldValue.value, account.unique))
        ids = set(db.scalars(found.where(Service.id.in_(values))))
        return any(one.id in ids and one.unique.lower() == account.unique.lower() for one in (held(db, server, rules) if ids else ()))
    column = Service.username if rules.field == "username" else Service.domain
    return db.scalar(found.where(same(column, account.unique)).limit(1)) is not None


def _service(db: Session, client: Client, server: Server, account: Account, product: Product, choices: Choices) -> Service:
    host, currency = ctx_of(db).host, currency_of(db, client)
    offered = cycles_of(db, product, currency)
    wanted = cycle(choices.billingcycle) if choices.billingcycle else (offered[0] if offered else FREE)
    price = product_price(db, product, currency, wanted)
    today = host.clock.today()
    started = date.fromisoformat(account.created) if account.created else today
    due: date | None = None
    if wanted.recurs:
        due = started
        while due is not None and due <= today:
            due = next_date(due, wanted, started.day)
    row = Service(
        userid=client.id, packageid=product.id, server=server.id, regdate=started, domain=account.domain, username=account.username,
        dedicatedip=account.primaryip if account.primaryip != server.ipaddress else "", qty=1, billingcycle=wanted.label,
        paymentmethod=_method(db, client), amount=price.recurring if price and wanted.recurs else ZERO,
        firstpaymentamount=ZERO, nextduedate=due, nextinvoicedate=due, domainstatus=account.status,
        created_at=host.clock.now(), updated_at=host.clock.now(),
    )  # fmt: skip
    if account.status == "Suspended":
        row.suspendreason = "Suspended on the server"
    db.add(row)
    db.flush()
    return row


def _method(db: Session, client: Client) -> str:
    active = {one.module for one in gateways.active(db)}
    return client.defaultgateway if client.defaultgateway in active else gateways.default(db)


def _set_status(db: Session, row: Service, status: str) -> None:
    OfService(row.id).set_status(db, status)
