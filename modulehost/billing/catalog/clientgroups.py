"""Client groups as an administrator keeps them (tblclientgroups)."""

import re
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from modulehost import journal
from modulehost.billing.catalog.checks import Data, Form
from modulehost.schema import Client, ClientGroup, same

_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}){1,2}")


def listing() -> Any:
    """Groups with the number of their clients, by name: rows (group, count)."""
    counted = select(Client.groupid, func.count().label("clients")).group_by(Client.groupid).subquery()
    count = func.coalesce(counted.c.clients, 0)
    query = select(ClientGroup, count).outerjoin(counted, counted.c.groupid == ClientGroup.id)
    return query.order_by(ClientGroup.groupname, ClientGroup.id)


def save(db: Session, data: Data, group: ClientGroup | None = None) -> ClientGroup:
    """Add a group, or change the given one.

    Keys: `groupname`, `groupcolour` (#28C99B or empty), `discountpercent` (0 to 100), yes/no `susptermexempt` and
    `separateinvoices`. Raises Invalid.
    """
    form = Form(data)
    name = form.text("groupname", "Group Name", required=True, longest=45)
    colour = form.text("groupcolour", "Group Colour")
    percent = form.money("discountpercent", "Group Discount %")
    if colour and not _COLOUR.fullmatch(colour):
        form.errors["groupcolour"] = "Group Colour must look like #28C99B, or be empty."
    if not 0 <= percent <= Decimal(100) and "discountpercent" not in form.errors:
        form.errors["discountpercent"] = "Group Discount % must be between 0 and 100."
    taken = db.scalar(select(ClientGroup.id).where(same(ClientGroup.groupname, name)).limit(1)) if name else None
    if taken is not None and (group is None or taken != group.id):
        form.errors["groupname"] = f"There is a group named “{name}” already."
    form.done()
    if group is None:
        group = ClientGroup()
        db.add(group)
    group.groupname, group.groupcolour, group.discountpercent = name, colour, percent
    group.susptermexempt = "on" if form.flag("susptermexempt") else ""
    group.separateinvoices = "on" if form.flag("separateinvoices") else ""
    db.flush()
    journal.activity(db, f"Client Group Saved - {name}")
    return group


def delete(db: Session, group: ClientGroup) -> None:
    """Remove a group; its clients stay, without one."""
    db.execute(update(Client).where(Client.groupid == group.id).values(groupid=0))
    journal.activity(db, f"Client Group Deleted - {group.groupname}")
    db.delete(group)
    db.flush()
