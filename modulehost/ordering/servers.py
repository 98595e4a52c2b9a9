"""Which server a new service goes to.

Source: the public documentation of servers and server groups: a group has a fill type, a server a maximum number of accounts
and a flag that makes it the default; a disabled one gets nothing new.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost import journal
from modulehost.billing.catalog.servers import make_default, places_taken
from modulehost.schema import Product, Server, ServerGroup, ServerGroupRel, Service

LEAST_FULL, UNTIL_FULL = 1, 2


def choose(db: Session, product: Product) -> int:
    """The server (tblservers.id) for a new service of this product; 0 when its module has none."""
    return choose_for(db, product.servertype, product.servergroup)


def choose_for(db: Session, module: str, group_id: int) -> int:
    """The server for what a module provisions; 0 when it has none.

    Only servers of the module that are in use, and of the group when one is given. A group of fill type 1 takes
    the one that is least full, by the share of its maximum (0: no limit). Fill type 2 takes the default server until it is full;
    then the least used one becomes the default. Without a group it is the default server, and the least used one while that is full.
    When all are full it is the least full one all the same: what was sold goes somewhere, and the activity log says so.

    Services that wait for their set-up hold their place. The servers are locked until the unit ends, so of two orders at
    the same moment only one gets the last place.
    """
    if not module:
        return 0
    wanted = select(Server).where(Server.type == module, Server.disabled == 0)
    group = db.get(ServerGroup, group_id) if group_id else None
    if group_id:
        members = select(ServerGroupRel.serverid).where(ServerGroupRel.groupid == group_id)
        wanted = wanted.where(Server.id.in_(members))
    # Always in the same order, so that two orders cannot wait for each other.
    locked = wanted.order_by(Server.id).with_for_update().execution_options(populate_existing=True)
    found = list(db.scalars(locked))
    if not found:
        return 0
    taken = places_taken(db, [server.id for server in found])
    free = [server for server in found if not full(server, taken.get(server.id, 0))]
    if not free:
        chosen = min(found, key=lambda server: (_share(server, taken), not server.active, server.id))
        where = f"of the server group “{group.name}”" if group is not None else f"of the module {module}"
        journal.activity(db, f"All servers {where} are full; a new service goes to “{chosen.name}” all the same")
        return chosen.id
    if group is not None and group.filltype == LEAST_FULL:
        return min(free, key=lambda server: (_share(server, taken), taken.get(server.id, 0), server.id)).id
    default = next((server for server in found if server.active), None)
    if default in free:
        return default.id
    if group is not None and default is None:  # the default of the module is elsewhere: the one that is being filled
        return max(free, key=lambda server: (taken.get(server.id, 0), -server.id)).id
    following = min(free, key=lambda server: (taken.get(server.id, 0), server.id))
    if group is not None and default is not None:
        make_default(db, following)
        journal.activity(db, f"The server “{default.name}” is full; “{following.name}” is the default server now")
    return following.id


def full(server: Server, count: int) -> bool:
    """Whether a server with so many accounts takes no more; without a maximum it is never full."""
    return bool(server.maxaccounts) and count >= server.maxaccounts


def _share(server: Server, taken: dict[int, int]) -> float:
    return taken.get(server.id, 0) / server.maxaccounts if server.maxaccounts else 0.0


def ensure(db: Session, service: Service, product: Product) -> None:
    """Give a service that has no server one, as when servers were added after the order; for the moment of its set-up."""
    if not service.server and product.servertype:
        service.server = choose(db, product)
