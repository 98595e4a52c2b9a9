"""Servers (tblservers) and server groups."""

from collections.abc import Collection, Iterable

from sqlalchemy import delete as delete_rows
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from modulehost import hooks
from modulehost.billing.catalog.checks import Data, Form, Invalid, ids_of
from modulehost.context import ctx_of
from modulehost.schema import Product, Server, ServerGroup, ServerGroupRel, Service
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


def used_accounts(db: Session) -> dict[int, int]:
    """How many active or suspended services each server holds."""
    query = (
        select(Service.server, func.count())
        .where(Service.server != 0, Service.domainstatus.in_(_COUNTED))
        .group_by(Service.server)
    )
    return dict(db.execute(query).all())


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
