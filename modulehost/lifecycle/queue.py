"""The module queue (tblmodulequeue): commands that failed and wait for an admin.

Source: the public module queue documentation. Nothing is retried by itself; an admin retries one or all, or marks rows
resolved. A success of the same command completes the row. Commands that an admin started by hand are listed too: the place where
one looks for what went wrong should not depend on who clicked. Of those that
nobody started by hand administrators whose role gets account mails are told, once while the row is open: what is tried each
day and fails each day is in the queue already.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost import mail, settings
from modulehost.context import Ctx, ctx_of
from modulehost.lifecycle.subjects import Subject
from modulehost.schema import Client, ModuleQueue, Product

#: what the queue keeps, by its function's name; others (custom functions, password changes) are reported where they were started
ACTIONS = ("CreateAccount", "SuspendAccount", "UnsuspendAccount", "TerminateAccount", "ChangePackage", "Renew")
#: the mail that tells administrators of a failure nobody was there to see; all others use the last
MAILS = {"CreateAccount": "Automatic Setup Failed", "UnsuspendAccount": "Service Unsuspension Failed"}
OTHER_MAIL = "Module Command Failed"


def open_rows(db: Session) -> list[ModuleQueue]:
    """What waits, newest attempt first."""
    return list(
        db.scalars(
            select(ModuleQueue)
            .where(ModuleQueue.completed == 0)
            .order_by(ModuleQueue.last_attempt.desc(), ModuleQueue.id)
        )
    )


def fail(db: Session, whom: Subject, module: str, function: str, error: str, automated: bool = False) -> None:
    """Note a failed attempt: a new row, or one more retry of the open one. `automated`: administrators get a mail of a new row."""
    if function not in ACTIONS:
        return
    now = ctx_of(db).host.clock.now()
    row = _open(db, whom, function)
    new = row is None
    if row is None:
        row = ModuleQueue(
            service_type=whom.kind,
            service_id=whom.id,
            module_name=module,
            module_action=function,
            num_retries=0,
            created_at=now,
        )
        db.add(row)
    else:
        row.num_retries += 1
    row.last_attempt, row.last_attempt_error, row.updated_at, row.completed = now, error, now, 0
    db.flush()
    if automated and new:
        _tell(db, whom, row)


def _tell(db: Session, whom: Subject, row: ModuleQueue) -> None:
    service = whom.service(db)
    client, product = db.get(Client, service.userid), db.get(Product, service.packageid)
    url = settings.system_url(db)
    aid = f"&aid={whom.id}" if whom.kind == "addon" else ""
    given = {
        "client_id": service.userid, "client_name": f"{client.firstname} {client.lastname}".strip() if client else "",
        "service_id": service.id, "service_product": product.name if product else "", "service_domain": service.domain,
        "addon_id": whom.id if aid else 0, "addon_name": whom.shown(db) if aid else "",
        "module_name": row.module_name, "module_action": row.module_action, "error_msg": row.last_attempt_error,
        "service_link": f"{url}admin/clientsservices.php?userid={service.userid}&id={service.id}{aid}",
        "module_queue_link": f"{url}admin/modulequeue.php",
    }  # fmt: skip
    mail.tell_admins(db, "account", MAILS.get(row.module_action, OTHER_MAIL), given, rel_id=service.id)


def succeed(db: Session, whom: Subject, function: str) -> None:
    """Complete the open row of a command that has succeeded now."""
    row = _open(db, whom, function)
    if row is not None:
        row.completed, row.updated_at = 1, ctx_of(db).host.clock.now()


def resolve(ctx: Ctx, row_id: int) -> None:
    """Mark a row resolved without running anything."""
    with ctx.unit() as db:
        row = db.get(ModuleQueue, row_id)
        if row is not None:
            row.completed, row.updated_at = 1, ctx.host.clock.now()


def _open(db: Session, whom: Subject, function: str) -> ModuleQueue | None:
    return db.scalar(
        select(ModuleQueue)
        .where(
            ModuleQueue.service_type == whom.kind,
            ModuleQueue.service_id == whom.id,
            ModuleQueue.module_action == function,
            ModuleQueue.completed == 0,
        )
        .limit(1)
    )
