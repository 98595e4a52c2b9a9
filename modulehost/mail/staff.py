"""Mails to administrators: which of them get a kind of mail is said by their role."""

from collections.abc import Mapping
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost.mail.outbox import queue
from modulehost.schema import Admin, AdminRole

Kind = Literal["system", "account", "support"]
KINDS = {"system": AdminRole.systememails, "account": AdminRole.accountemails, "support": AdminRole.supportemails}


def addresses(db: Session, kind: Kind) -> list[str]:
    """Where mails of this kind go: administrators who are not disabled and whose role gets them, each address once."""
    found = select(Admin.email).join(AdminRole, AdminRole.id == Admin.roleid)
    found = found.where(KINDS[kind] == 1, Admin.disabled == 0, Admin.email != "").order_by(Admin.id)
    return list(dict.fromkeys(db.scalars(found)))


def tell_admins(db: Session, kind: Kind, name: str, fields: Mapping[str, Any], rel_id: int = 0) -> None:
    """Queue the admin template `name` for each of them, inside the unit of what it tells about."""
    for address in addresses(db, kind):
        queue(db, name, 0, dict(fields), rel_id=rel_id, to=address)
