"""The activity log (tblactivitylog): one line per thing that was done, by whom, for which client."""

from contextvars import ContextVar
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from modulehost import hooks
from modulehost.context import Actor, Ctx, after_commit, ctx_of
from modulehost.schema import ActivityLog

#: set while LogActivity fires: what its listeners (or their failures) write fires it no more
_telling: ContextVar[bool] = ContextVar("modulehost_log_activity", default=False)


def activity(db: Session, message: str, client_id: int = 0, actor: Actor | None = None) -> int:
    """Write one line; returns its id. `actor` defaults to who acts in this unit's context. LogActivity follows the commit."""
    who = actor or ctx_of(db).actor
    name = f"{who.behind} (as {who.name})" if who.behind else who.name
    row = ActivityLog(
        date=ctx_of(db).host.clock.now(),
        description=message,
        user=name,
        userid=client_id or (who.id if who.kind == "client" else 0),
        user_id=who.user_id,
        admin_id=who.id if who.kind == "admin" else who.admin_id,
        ipaddr=who.ip,
    )
    db.add(row)
    db.flush()
    ctx, told = ctx_of(db), {"description": message, "user": name, "userid": row.userid, "ipaddress": who.ip}
    after_commit(lambda: _tell(ctx, told))
    return row.id


def _tell(ctx: Ctx, told: dict[str, Any]) -> None:
    if _telling.get():
        return
    token = _telling.set(True)
    try:
        if hooks.heard(ctx, "LogActivity"):  # most lines interest nobody; they would fill the trace
            hooks.fire(ctx, "LogActivity", **told)
    finally:
        _telling.reset(token)


def prune(db: Session, most: int) -> int:
    """Delete the oldest entries so that `most` stay; returns how many went. 0 or less keeps all."""
    if most <= 0:
        return 0
    last = db.scalar(select(ActivityLog.id).order_by(ActivityLog.id.desc()).offset(most).limit(1))
    if last is None:
        return 0
    return int(db.execute(delete(ActivityLog).where(ActivityLog.id <= last)).rowcount)  # type: ignore[attr-defined]
