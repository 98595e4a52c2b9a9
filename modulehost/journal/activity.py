"""The activity log (tblactivitylog): one line per thing that was done, by whom, for which client."""

from sqlalchemy.orm import Session

from modulehost.context import Actor, ctx_of
from modulehost.schema import ActivityLog


def activity(db: Session, message: str, client_id: int = 0, actor: Actor | None = None) -> int:
    """Write one line; returns its id. `actor` defaults to who acts in this unit's context."""
    who = actor or ctx_of(db).actor
    row = ActivityLog(
        date=ctx_of(db).host.clock.now(),
        description=message,
        user=who.name,
        userid=client_id or (who.id if who.kind == "client" else 0),
        user_id=who.user_id,
        admin_id=who.id if who.kind == "admin" else 0,
        ipaddr=who.ip,
    )
    db.add(row)
    db.flush()
    return row.id
