"""The module queue (tblmodulequeue): commands that failed and wait for an admin.

Source: the public module queue documentation. Nothing is retried by itself; an admin retries one or all, or marks rows
resolved. A success of the same command completes the row. Commands that an admin started by hand are listed too: the place where
one looks for what went wrong should not depend on who clicked.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost.context import Ctx, ctx_of
from modulehost.lifecycle.subjects import Subject
from modulehost.schema import ModuleQueue

#: what the queue calls the commands; others (custom functions, password changes) are reported where they were started
ACTIONS = {
    "CreateAccount": "create",
    "SuspendAccount": "suspend",
    "UnsuspendAccount": "unsuspend",
    "TerminateAccount": "terminate",
    "ChangePackage": "changepackage",
    "Renew": "renew",
}
FUNCTIONS = {action: function for function, action in ACTIONS.items()}


def open_rows(db: Session) -> list[ModuleQueue]:
    """What waits, newest attempt first."""
    return list(
        db.scalars(
            select(ModuleQueue)
            .where(ModuleQueue.completed == 0)
            .order_by(ModuleQueue.last_attempt.desc(), ModuleQueue.id)
        )
    )


def fail(db: Session, whom: Subject, module: str, function: str, error: str) -> None:
    """Note a failed attempt: a new row, or one more retry of the open one."""
    action = ACTIONS.get(function)
    if action is None:
        return
    now = ctx_of(db).host.clock.now()
    row = _open(db, whom, action)
    if row is None:
        row = ModuleQueue(
            service_type=whom.kind,
            service_id=whom.id,
            module_name=module,
            module_action=action,
            num_retries=0,
            created_at=now,
        )
        db.add(row)
    else:
        row.num_retries += 1
    row.last_attempt, row.last_attempt_error, row.updated_at, row.completed = now, error, now, 0
    db.flush()


def succeed(db: Session, whom: Subject, function: str) -> None:
    """Complete the open row of a command that has succeeded now."""
    row = _open(db, whom, ACTIONS.get(function, ""))
    if row is not None:
        row.completed, row.updated_at = 1, ctx_of(db).host.clock.now()


def resolve(ctx: Ctx, row_id: int) -> None:
    """Mark a row resolved without running anything."""
    with ctx.unit() as db:
        row = db.get(ModuleQueue, row_id)
        if row is not None:
            row.completed, row.updated_at = 1, ctx.host.clock.now()


def _open(db: Session, whom: Subject, action: str) -> ModuleQueue | None:
    return db.scalar(
        select(ModuleQueue)
        .where(
            ModuleQueue.service_type == whom.kind,
            ModuleQueue.service_id == whom.id,
            ModuleQueue.module_action == action,
            ModuleQueue.completed == 0,
        )
        .limit(1)
    )
