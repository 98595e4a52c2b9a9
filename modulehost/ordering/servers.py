"""Which server a new service goes to."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost.billing.catalog.servers import used_accounts
from modulehost.schema import Product, Server, ServerGroup, ServerGroupRel

LEAST_FULL, UNTIL_FULL = 1, 2


def choose(db: Session, product: Product) -> int:
    """The server (tblservers.id) for a new service of this product; 0 when its module has none."""
    return choose_for(db, product.servertype, product.servergroup)


def choose_for(db: Session, module: str, group_id: int) -> int:
    """The server for what a module provisions; 0 when it has none.

    Only servers of the module and, with a group, of that group, that are in use. A group of fill type
    1 takes the one with the least accounts; otherwise the default server until it is full. Full ones come last: what was
    sold goes somewhere.
    """
    if not module:
        return 0
    wanted = select(Server).where(Server.type == module, Server.disabled == 0)
    least_full = False
    if group_id:
        members = select(ServerGroupRel.serverid).where(ServerGroupRel.groupid == group_id)
        wanted = wanted.where(Server.id.in_(members))
        group = db.get(ServerGroup, group_id)
        least_full = group is not None and group.filltype == LEAST_FULL
    used = used_accounts(db)

    def rank(server: Server) -> tuple[bool, bool, int, int]:
        count = used.get(server.id, 0)
        full = bool(server.maxaccounts) and count >= server.maxaccounts
        return full, not server.active and not least_full, count, server.id

    found = sorted(db.scalars(wanted), key=rank)
    return found[0].id if found else 0
