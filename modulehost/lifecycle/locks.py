"""The lock of a running command, one per subject, and what processes that are gone left behind."""

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from modulehost import journal
from modulehost.context import Ctx, Host, ctx_of
from modulehost.lifecycle import queue, states
from modulehost.lifecycle.subjects import Subject, of_command
from modulehost.schema import Command, CommandLock


class Running:
    """The commands that run in this process: what is marked as ours and is not among them was left by a failure."""

    def __init__(self, host: Host) -> None:
        self.ids: set[int] = set()


def holder(db: Session, subject: Subject) -> CommandLock | None:
    """The lock of a subject, while a command holds it."""
    return db.scalar(select(CommandLock).where(CommandLock.subject == str(subject)))


def take(db: Session, subject: Subject, command_id: int) -> None:
    """Lock a subject for a command. Raises IntegrityError when another command was quicker."""
    host = ctx_of(db).host
    db.add(
        CommandLock(subject=str(subject), command_id=command_id, owner=host.owner, created_at=host.clock.now())
    )
    db.flush()


def settle(db: Session, subject: Subject, command_id: int, state: str, message: str, reference: str) -> bool:
    """Write how a running command ended and give its lock back; False when somebody else has closed it."""
    taken = db.execute(
        update(Command)
        .where(Command.id == command_id, Command.state == "running")
        .values(state=state, message=message, reference=reference, finished_at=ctx_of(db).host.clock.now())
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        return False
    db.execute(delete(CommandLock).where(CommandLock.subject == str(subject), CommandLock.command_id == command_id))
    return True


def alive(host: Host, command_id: int, owner: str) -> bool:
    """Whether the process that began a command still works on it."""
    return command_id in host.part(Running).ids if owner == host.owner else host.is_alive(owner)


def dead_holder(ctx: Ctx, subject: Subject) -> int | None:
    """The command that holds a subject's lock though its process is gone."""
    with ctx.unit(read=True) as db:
        held = holder(db, subject)
    return held.command_id if held is not None and not alive(ctx.host, held.command_id, held.owner) else None


def interrupt(db: Session, command_id: int) -> None:
    """Mark a running command whose process is gone, and put it into the module queue."""
    command = db.get(Command, command_id)
    if command is None:
        return
    subject = of_command(command)
    text = (
        f"interrupted: the host stopped while {command.module}_{command.function} ran, so nobody knows whether the vendor acted. "
        "Look there first, then retry or mark it resolved; it is not repeated by itself"
    )
    if settle(db, subject, command_id, "interrupted", text, command.reference):
        queue.fail(db, subject, command.module, command.function, text, automated=True)
        journal.activity(db, f"Module {states.effect(command.function).done} Interrupted - {subject.logged}")


def recover(ctx: Ctx) -> int:
    """Mark every running command of a process that is gone; returns how many. Runs at start and with every automation."""
    with ctx.unit(read=True) as db:
        running = db.execute(select(Command.id, Command.owner).where(Command.state == "running")).all()
    dead = [id_ for id_, owner in running if not alive(ctx.host, id_, owner)]
    for id_ in dead:
        with ctx.unit() as db:
            interrupt(db, id_)
    return len(dead)
