"""Servers (tblservers) and server groups."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Select, func, literal_column, or_, select, union_all, update
from sqlalchemy import delete as delete_rows
from sqlalchemy.orm import Session

from modulehost import hooks
from modulehost.billing.catalog.checks import Data, Form, Invalid, ids_of
from modulehost.context import ctx_of
from modulehost.schema import (
    Product,
    Server,
    ServerGroup,
    ServerGroupRel,
    ServerRemote,
    Service,
    ServiceAddon,
    icontains,
)
from modulehost.vault import Vault

FILL_TYPES = {
    1: "Add to the least full server",
    2: "Fill the default server until full, then switch to the next least used",
}
NAMESERVERS = tuple(f"nameserver{n}{suffix}" for n in range(1, 6) for suffix in ("", "ip"))
_TEXTS = ("hostname", "ipaddress", "assignedips", "noc", "statusaddress", *NAMESERVERS, "username")
#: states of services that take a place on a server
_COUNTED = ("Active", "Suspended")


def listing(db: Session) -> list[Server]:
    """All servers by name."""
    return list(db.scalars(select(Server).order_by(Server.name, Server.id)))


def of_modules(db: Session, names: Collection[str]) -> list[Server]:
    """The servers of these modules by name, disabled ones too."""
    return list(db.scalars(select(Server).where(Server.type.in_(list(names))).order_by(Server.name, Server.id)))


def search(*, text: str = "", kind: str = "", state: str = "", group: int = 0) -> Select[Server, int]:
    """The query of the server list without an order: (server, accounts on it), counted in one go by the database.

    `text` is part of name, hostname or IP address, `kind` a module, `state` enabled, disabled or full.
    """
    rows = union_all(*(
        select(kind_.server.label("server")).where(kind_.server != 0, status.in_(_COUNTED))
        for kind_, status in ((Service, Service.domainstatus), (ServiceAddon, ServiceAddon.status))
    )).subquery()  # fmt: skip
    counted = select(rows.c.server, func.count().label("accounts")).group_by(rows.c.server).subquery()
    accounts = func.coalesce(counted.c.accounts, 0)
    query = select(Server, accounts.label("accounts")).outerjoin(counted, counted.c.server == Server.id)
    if text:
        query = query.where(or_(*(icontains(c, text) for c in (Server.name, Server.hostname, Server.ipaddress))))
    if kind:
        query = query.where(Server.type == kind)
    if state in ("enabled", "disabled"):
        query = query.where(Server.disabled == int(state == "disabled"))
    elif state == "full":
        query = query.where(Server.maxaccounts > 0, accounts >= Server.maxaccounts)
    if group:
        query = query.where(Server.id.in_(select(ServerGroupRel.serverid).where(ServerGroupRel.groupid == group)))
    return query


#: what the server list may be sorted by; `accounts` is the column that `search` counts
ORDERS: dict[str, Any] = {
    "name": Server.name, "type": Server.type, "hostname": Server.hostname, "max": Server.maxaccounts,
    "accounts": literal_column("accounts"),
}  # fmt: skip


def first_of(db: Session, kind: str, group_id: int = 0) -> int:
    """The id of the module's first enabled server, of the group if there is one: the default before others; 0 without any."""
    wanted = select(Server.id).where(Server.type == kind, Server.disabled == 0)
    if group_id:
        wanted = wanted.where(Server.id.in_(select(ServerGroupRel.serverid).where(ServerGroupRel.groupid == group_id)))
    return db.scalar(wanted.order_by(Server.active.desc(), Server.id).limit(1)) or 0


def group_name(db: Session, group_id: int) -> str:
    """The name of a server group, empty without one."""
    return (db.scalar(select(ServerGroup.name).where(ServerGroup.id == group_id)) or "") if group_id else ""


def kinds(db: Session) -> list[str]:
    """The modules that have servers."""
    return list(db.scalars(select(Server.type).distinct().order_by(Server.type)))


def names(db: Session, server_ids: Iterable[int]) -> dict[int, str]:
    """Names of servers by id."""
    return dict(db.execute(select(Server.id, Server.name).where(Server.id.in_(list(server_ids)))).all())


def used_accounts(db: Session, server_ids: Iterable[int] | None = None) -> dict[int, int]:
    """How many accounts each server holds: services and addons that are Active or Suspended. All servers unless some are named."""
    return _counts(db, _COUNTED, server_ids)


def places_taken(db: Session, server_ids: Iterable[int] | None = None) -> dict[int, int]:
    """As used_accounts, with those that are Pending: they hold the place that they were sold."""
    return _counts(db, ("Pending", *_COUNTED), server_ids)


def _counts(db: Session, statuses: Sequence[str], server_ids: Iterable[int] | None) -> dict[int, int]:
    found: dict[int, int] = {}
    wanted = None if server_ids is None else list(server_ids)
    for kind, status in ((Service, Service.domainstatus), (ServiceAddon, ServiceAddon.status)):
        query = select(kind.server, func.count()).where(kind.server != 0, status.in_(statuses)).group_by(kind.server)
        for server_id, count in db.execute(query if wanted is None else query.where(kind.server.in_(wanted))):
            found[server_id] = found.get(server_id, 0) + count
    return found


def save(db: Session, data: Data, server: Server | None = None, keep: Collection[str] = ()) -> Server:
    """Add or change a server.

    Keys are columns of tblservers: `name` and `type` (module) are required; `password` and `accesshash` are encrypted,
    and those named in `keep` left as they are; `port` may be empty (the module's default); `secure` yes/no; `disabled`,
    `active` (default server of its type), `maxaccounts`, `monthlycost`, name servers; `groups` = ids of server groups.
    Raises Invalid.
    """
    form = Form(data)
    name = form.text("name", "Name", required=True, longest=255)
    kind = form.text("type", "Module", required=True, longest=64)
    most = form.number("maxaccounts", "Maximum No. of Accounts")
    port = form.number("port", "Port", most=65535)
    cost = form.money("monthlycost", "Monthly Cost")
    texts = {column: form.text(column) for column in _TEXTS}
    form.done()
    point = "ServerEdit" if server is not None else "ServerAdd"
    if server is None:
        server = Server()
        db.add(server)
    server.name, server.type, server.maxaccounts, server.monthlycost = name, kind, most, cost
    server.port = port or None
    for column, value in texts.items():
        setattr(server, column, value)
    for secret in {"password", "accesshash"} - set(keep):
        setattr(server, secret, ctx_of(db).host.part(Vault).encrypt(str(data.get(secret) or "")))
    server.secure = "on" if form.flag("secure") else ""
    server.disabled = form.flag("disabled")
    db.flush()
    if form.flag("active") or not _has_default(db, kind):
        make_default(db, server)
    if "groups" in data or "groups_sent" in data:
        join_groups(db, server, ids_of(data, "groups"))
    hooks.later(db, point, serverid=server.id)
    return server


def _has_default(db: Session, kind: str) -> bool:
    return db.scalar(select(Server.id).where(Server.type == kind, Server.active == 1).limit(1)) is not None


def make_default(db: Session, server: Server) -> None:
    """Make it the default server of its module; there is one per module."""
    db.execute(update(Server).where(Server.type == server.type, Server.id != server.id).values(active=0))
    server.active = 1
    db.flush()


def delete(db: Session, server: Server) -> None:
    """Remove a server. Raises Invalid while services are on it."""
    count = db.scalar(select(func.count()).select_from(Service).where(Service.server == server.id)) or 0
    if count:
        raise Invalid({"server": f"“{server.name}” holds {count} service(s); move them first, or disable the server."})
    db.execute(delete_rows(ServerGroupRel).where(ServerGroupRel.serverid == server.id))
    db.execute(delete_rows(ServerRemote).where(ServerRemote.server_id == server.id))
    hooks.later(db, "ServerDelete", serverid=server.id)
    db.delete(server)
    db.flush()


def groups(db: Session) -> list[ServerGroup]:
    """All server groups by name."""
    return list(db.scalars(select(ServerGroup).order_by(ServerGroup.name, ServerGroup.id)))


def members(db: Session) -> dict[int, list[int]]:
    """Server ids of each group."""
    found: dict[int, list[int]] = {}
    for row in db.scalars(select(ServerGroupRel).order_by(ServerGroupRel.id)):
        found.setdefault(row.groupid, []).append(row.serverid)
    return found


def save_group(db: Session, data: Data, group: ServerGroup | None = None) -> ServerGroup:
    """Add or change a group: `name` (required), `filltype` (1, 2), `servers` (ids). Raises Invalid."""
    form = Form(data)
    name = form.text("name", "Name", required=True, longest=255)
    fill = form.one_of("filltype", [str(key) for key in FILL_TYPES], "Fill Type", default="1")
    form.done()
    if group is None:
        group = ServerGroup()
        db.add(group)
    group.name, group.filltype = name, int(fill)
    db.flush()
    _set_members(db, group.id, ids_of(data, "servers"))
    return group


def _set_members(db: Session, group_id: int, server_ids: Iterable[int]) -> None:
    db.execute(delete_rows(ServerGroupRel).where(ServerGroupRel.groupid == group_id))
    known = set(db.scalars(select(Server.id).where(Server.id.in_(list(server_ids)))))
    for server_id in sorted(known):
        db.add(ServerGroupRel(groupid=group_id, serverid=server_id))
    db.flush()


def join_groups(db: Session, server: Server, group_ids: Iterable[int]) -> None:
    """Make these the groups that hold the server."""
    db.execute(delete_rows(ServerGroupRel).where(ServerGroupRel.serverid == server.id))
    for group_id in db.scalars(select(ServerGroup.id).where(ServerGroup.id.in_(list(group_ids)))).all():
        db.add(ServerGroupRel(groupid=group_id, serverid=server.id))
    db.flush()


def delete_group(db: Session, group: ServerGroup) -> None:
    """Remove a group; its servers stay. Raises Invalid while products use it."""
    count = db.scalar(select(func.count()).select_from(Product).where(Product.servergroup == group.id)) or 0
    if count:
        raise Invalid({"group": f"“{group.name}” is used by {count} product(s); choose another group there first."})
    db.execute(delete_rows(ServerGroupRel).where(ServerGroupRel.groupid == group.id))
    db.delete(group)
    db.flush()
