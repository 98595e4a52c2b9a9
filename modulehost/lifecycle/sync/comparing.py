"""Accounts of a server beside the services that are on it by our own books."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost.contract.accounts import Account
from modulehost.lifecycle.sync.listing import Rules
from modulehost.schema import Client, CustomField, CustomFieldValue, Product, Server, Service

LIVE = ("Active", "Suspended")
_RANK = {"Active": 0, "Suspended": 1, "Pending": 2}


@dataclass(frozen=True)
class Held:
    """A service of ours on the server. `unique` is its side of the identifier, `package` that of the product's column."""

    id: int
    userid: int
    client: str
    product: str
    domain: str
    username: str
    status: str
    unique: str
    package: str


@dataclass(frozen=True)
class Pair:
    """An account, a service, or both. `differences`: what is not the same, as (what, there, here)."""

    key: str
    account: Account | None = None
    service: Held | None = None
    differences: tuple[tuple[str, str, str], ...] = ()


@dataclass
class Comparison:
    """All pairs by what is to be done about them."""

    matched: list[Pair] = field(default_factory=list)
    differing: list[Pair] = field(default_factory=list)
    missing_here: list[Pair] = field(default_factory=list)
    missing_there: list[Pair] = field(default_factory=list)

    def of(self, kind: str) -> list[Pair]:
        """The list called `kind`: matched, differing, missing_here, missing_there."""
        found: dict[str, list[Pair]] = {
            "matched": self.matched, "differing": self.differing, "missing_here": self.missing_here,
            "missing_there": self.missing_there,
        }  # fmt: skip
        return found[kind]


def compare(db: Session, server: Server, rules: Rules, accounts: Iterable[Account]) -> Comparison:
    """Match accounts and services by the module's identifier, without regard to case.

    Of several services with one identifier the live one counts. A service that ended here is compared only while the server
    still has its account; a Pending one is no account yet.
    """
    ours: dict[str, Held] = {}
    for service in held(db, server, rules):
        key = service.unique.lower()
        if key and (key not in ours or _better(service, ours[key])):
            ours[key] = service
    found = Comparison()
    there = set()
    for account in accounts:
        key = account.unique.lower()
        there.add(key)
        service_ = ours.get(key)
        if service_ is None:
            found.missing_here.append(Pair(account.unique, account))
            continue
        differences = tuple(_differences(account, service_, rules))
        pair = Pair(account.unique, account, service_, differences)
        (found.differing if differences else found.matched).append(pair)
    found.missing_there = [
        Pair(one.unique, None, one) for key, one in ours.items() if key not in there and one.status in LIVE
    ]
    for pairs in (found.matched, found.differing, found.missing_here, found.missing_there):
        pairs.sort(key=lambda pair: pair.key.lower())
    return found


def held(db: Session, server: Server, rules: Rules) -> list[Held]:
    """The services on a server with a product of its module, in one query, two when a custom field identifies them."""
    package = getattr(Product, rules.column) if rules.column else Product.servertype
    rows = db.execute(
        select(
            Service.id, Service.userid, Client.firstname, Client.lastname, Client.companyname, Product.name, Service.domain,
            Service.username, Service.domainstatus, package,
        )
        .join(Product, Product.id == Service.packageid)
        .outerjoin(Client, Client.id == Service.userid)
        .where(Service.server == server.id, Product.servertype == server.type)
        .order_by(Service.id)
    ).all()  # fmt: skip
    named = _custom(db, server.id, rules.field) if rules.custom else {}
    found = []
    for id_, userid, first, last, company, product, domain, username, status, column in rows:
        client = f"{first or ''} {last or ''}".strip() or company or f"Client {userid}"
        unique = named.get(id_, "") if rules.custom else (username if rules.field == "username" else domain)
        found.append(Held(id_, userid, client, product, domain, username, status, unique.strip(), column if rules.column else ""))
    return found


def _custom(db: Session, server_id: int, name: str) -> dict[int, str]:
    """Service id -> value of the custom field of that name (the part before `|`)."""
    rows = db.execute(
        select(CustomFieldValue.relid, CustomField.fieldname, CustomFieldValue.value)
        .join(CustomField, CustomField.id == CustomFieldValue.fieldid)
        .join(Service, (Service.id == CustomFieldValue.relid) & (Service.packageid == CustomField.relid))
        .where(CustomField.type == "product", Service.server == server_id)
    )
    return {id_: value for id_, field_, value in rows if field_.partition("|")[0].strip().lower() == name.lower()}


def _better(one: Held, other: Held) -> bool:
    return (_RANK.get(one.status, 3), -one.id) < (_RANK.get(other.status, 3), -other.id)


def _differences(account: Account, service: Held, rules: Rules) -> Iterable[tuple[str, str, str]]:
    if account.status != service.status:
        yield "Status", account.status, service.status
    for name, there, here in (("Domain", account.domain, service.domain), ("Username", account.username, service.username)):
        if there and there.lower() != here.lower():
            yield name, there, here
    if rules.column and account.product and account.product.lower() != service.package.lower():
        yield "Package", account.product, service.package
