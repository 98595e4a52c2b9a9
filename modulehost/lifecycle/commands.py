"""Running a module command: the one way in which a service is created, suspended, changed or ended.

    intent      one unit: the request's key, the service's lock, a mh_command row in state `running`; committed
    before      hooks PreModule...; one that returns abortcmd ends the command
    the call    the module, with its time limit; no unit is open
    outcome     one unit: the command's state, the service's row, mails, queue row; committed
    after       hooks AfterModule... or ...Failed

A host that dies between intent and outcome leaves a row whose owner is gone. It is then marked `interrupted`, shown in the module
queue, and never repeated by itself: nobody knows whether the vendor acted.
"""

import json
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from modulehost import db as database
from modulehost import events, hooks, journal, runtimes
from modulehost.context import Ctx, Host, ctx_of
from modulehost.lifecycle import logins, params, queue, states
from modulehost.lifecycle.modules import module_of, secret_positions, server_module, with_port
from modulehost.lifecycle.rows import Missing, one
from modulehost.runtimes import ModuleFailed
from modulehost.schema import Command, CommandLock, Service
from modulehost.vault import Vault, VaultError, hash_token

log = logging.getLogger("modulehost.lifecycle")
LONGEST_NAME = 64  # of a function, as mh_command keeps it


@dataclass(frozen=True)
class Outcome:
    """How a command ended. `state`: success, failed, pending, interrupted or refused (it never began).

    `message` is for people: the error text, or what was done. `value` is what the module returned.
    """

    ok: bool
    state: str
    message: str
    command_id: int = 0
    value: Any = None


@dataclass
class _Begun:
    command_id: int
    service_id: int
    function: str
    module: str
    params: dict[str, Any]
    secret_options: list[int]
    secrets: set[str]
    old_password: str
    answer: str | None = None  # what the module itself said, None while it has not


class _Running:
    """The commands that run in this process: what is marked as ours and is not among them was left by a failure."""

    def __init__(self, host: Host) -> None:
        self.ids: set[int] = set()


def run(
    ctx: Ctx,
    service_id: int,
    function: str,
    *,
    extra: Mapping[str, Any] | None = None,
    request_key: str | None = None,
    automated: bool = False,
    old_password: str | None = None,
) -> Outcome:
    """Run `function` (CreateAccount, SuspendAccount, ..., or a custom suffix) of the service's module.

    `extra` is laid over the params (`password` for ChangePassword, `suspendreason`). The same `request_key` never runs the same
    function of the same service twice: the second caller gets the first one's outcome. `old_password` tells what a caller
    of ChangePassword has overwritten already. Never raises for what a module does.
    """
    if len(function) > LONGEST_NAME:
        return Outcome(False, "refused", f"there is no function {function[:LONGEST_NAME]}...; its name is too long")
    key = hash_token(f"{request_key}|{service_id}|{function}") if request_key else None
    try:
        if function == "CreateAccount":
            logins.prepare(ctx, service_id)
        begun = database.despite_deadlocks(lambda: _begin(ctx, service_id, function, dict(extra or {}), key))
    except IntegrityError:  # two began in the same instant; the database let one through
        return _refused_or_known(ctx, service_id, function, key)
    except (ModuleFailed, Missing, VaultError) as failure:
        return Outcome(False, "refused", str(failure))
    if isinstance(begun, Outcome):
        return begun
    if isinstance(begun, int):
        return _await(ctx, begun, function)
    if old_password is not None:
        begun.old_password = old_password
    return _finish(ctx, begun)


def _begin(
    ctx: Ctx, service_id: int, function: str, extra: dict[str, Any], request_key: str | None
) -> "_Begun | Outcome | int":
    host, running, added = ctx.host, ctx.host.part(_Running), 0
    dead = _dead_holder(ctx, service_id)
    try:
        with ctx.unit() as db:
            if dead is not None:
                interrupt(db, dead)
            if request_key and (known := db.scalar(select(Command.id).where(Command.request_key == request_key))):
                return known
            holder = db.scalar(select(CommandLock).where(CommandLock.subject == _subject(service_id)))
            if holder is not None:
                held = db.get(Command, holder.command_id)
                return Outcome(
                    False,
                    "refused",
                    f"{held.function if held else 'another command'} is still running for this service",
                )
            name = module_of(db, service_id)
            given = {**params.service(db, service_id), **extra}
            if function == "SuspendAccount":
                given.setdefault("suspendreason", "")
            given.update(_waiting(db, service_id, function))
            options = secret_positions(db, name, given["pid"])
            old = host.part(Vault).decrypt(one(db, Service, service_id, "service").password)
            command = Command(
                service_id=service_id,
                module=name,
                function=function,
                state="running",
                request_key=request_key,
                owner=host.owner,
                actor=ctx.actor.label[:128],
                params=host.part(Vault).encrypt(json.dumps(_shown(given), default=str)),
                reference=given.get("pending", ""),
                started_at=host.clock.now(),
            )
            db.add(command)
            db.flush()
            db.add(
                CommandLock(
                    subject=_subject(service_id), command_id=command.id, owner=host.owner, created_at=host.clock.now()
                )
            )
            db.flush()
            added = command.id
            running.ids.add(added)  # before others can see the row, or they would take it for left over
            hidden = params.secrets(given, options) | params.secret_fields(db, service_id) | ({old} if old else set())
            begun = _Begun(added, service_id, function, name, given, options, hidden, old)
    except BaseException:
        running.ids.discard(added)
        raise
    return begun


def _waiting(db: Session, service_id: int, function: str) -> dict[str, str]:
    """`pending` for the params when the vendor still works on this command, or worked on it when an attempt to ask failed."""
    last = db.scalar(
        select(Command)
        .where(Command.service_id == service_id, Command.function == function)
        .order_by(Command.id.desc())
        .limit(1)
    )
    if last is None:
        return {}
    if last.state == "pending":
        last.state, last.finished_at = "resolved", ctx_of(db).host.clock.now()
        return {"pending": last.reference}
    return {"pending": last.reference} if last.state in ("failed", "interrupted") and last.reference else {}


def _finish(ctx: Ctx, begun: _Begun) -> Outcome:
    effect = states.effect(begun.function)
    # What a command did is written down even when the module call that asked for it has been revoked meanwhile.
    own = replace(ctx, call=None)
    try:
        begun.params = with_port(ctx, begun.module, begun.params)
        aborted = _before(ctx, effect.hook, begun)
        outcome = aborted or _call(ctx, own, begun)
        outcome = database.despite_deadlocks(lambda: _conclude(own, begun, outcome))
    except BaseException as failure:  # ours, not the module's: the command must not stay open for that
        _abandon(own, begun, failure)
        raise
    finally:
        ctx.host.part(_Running).ids.discard(begun.command_id)
    if outcome.ok and begun.function == "ChangePassword":
        hooks.fire(
            ctx,
            "AfterModuleChangePassword",
            serviceid=begun.service_id,
            oldpassword=begun.old_password,
            newpassword=begun.params["password"],
        )
    elif outcome.ok:
        hooks.fire(ctx, f"AfterModule{effect.hook}", params=_copied(begun.params))
    elif outcome.state == "failed" and not aborted:
        hooks.fire(
            ctx,
            f"AfterModule{effect.hook}Failed",
            params=_copied(begun.params),
            failureResponseMessage=outcome.message,
        )
    events.drain(ctx)
    return outcome


def _before(ctx: Ctx, hook: str, begun: _Begun) -> Outcome | None:
    for result in hooks.fire(ctx, f"PreModule{hook}", params=_copied(begun.params)):
        if isinstance(result.value, Mapping):
            if result.value.get("abortcmd"):
                text = f"the hook PreModule{hook} at {result.place} aborted the command"
                return Outcome(False, "failed", text, begun.command_id)
            begun.params.update({k: v for k, v in result.value.items() if k != "abortcmd"})
    begun.secrets |= params.secrets(begun.params, begun.secret_options)  # a hook may have put others in
    return None


def _call(ctx: Ctx, own: Ctx, begun: _Begun) -> Outcome:
    function, hidden = begun.function, begun.secrets
    try:
        module = server_module(ctx, begun.module)
        returned = runtimes.call(
            ctx, module, function, _copied(begun.params), seconds=ctx.host.config.action_seconds, secrets=hidden
        )
    except ModuleFailed as failure:
        journal.module_log(
            own,
            begun.module,
            function,
            _shown(begun.params),
            str(failure),
            failure.trace + failure.printed,
            hidden,
        )
        return Outcome(False, "failed", journal.mask(str(failure), hidden), begun.command_id)
    checked = returned.checked
    begun.answer = "success" if checked.ok else checked.message
    if returned.printed:
        journal.module_log(own, begun.module, f"{function} (printed)", "", returned.printed, "", hidden)
    if checked.pending is not None:
        text = journal.mask(checked.message or "the vendor is still working", hidden)
        return Outcome(False, "pending", text, begun.command_id, returned.value)
    if checked.ok:
        return Outcome(True, "success", "", begun.command_id, returned.value)
    text = "; ".join([checked.message, *returned.problems]).strip("; ")
    if returned.problems:
        journal.module_log(own, begun.module, function, _shown(begun.params), returned.value, text, hidden)
    return Outcome(False, "failed", journal.mask(text, hidden), begun.command_id, returned.value)


def _conclude(ctx: Ctx, begun: _Begun, outcome: Outcome) -> Outcome:
    function, service_id = begun.function, begun.service_id
    done = states.effect(function).done
    # While the module has not answered, a later attempt asks for the same work at the vendor.
    reference = begun.params.get("pending", "") if begun.answer is None else ""
    if outcome.state == "pending":
        reference = str(outcome.value["pending"])
    with ctx.unit() as db:
        if not _settle(db, service_id, begun.command_id, outcome.state, outcome.message, reference):
            # Somebody declared us dead; the outcome is no longer ours to write.
            return Outcome(False, "interrupted", db.get_one(Command, begun.command_id).message, begun.command_id)
        client_id = one(db, Service, service_id, "service").userid
        if outcome.ok:
            states.apply(db, service_id, function, begun.params)
            if function == "TerminateAccount":
                _forget_waiting(db, service_id)
            queue.succeed(db, service_id, function)
            journal.activity(db, f"Module {done} Successful - Service ID: {service_id}", client_id)
        elif outcome.state == "pending":
            journal.activity(db, f"Module {done} Pending - Service ID: {service_id} - {outcome.message}", client_id)
        else:
            queue.fail(db, service_id, begun.module, function, outcome.message)
            journal.activity(
                db, f"Module {done} Failed - Service ID: {service_id} - Error: {outcome.message}", client_id
            )
    return Outcome(outcome.ok, outcome.state, outcome.message, begun.command_id, outcome.value)


def _abandon(ctx: Ctx, begun: _Begun, failure: BaseException) -> None:
    """Close a command that the host itself could not bring to its end."""
    if not isinstance(failure, Exception):  # stopped from outside, with the module's answer still to come
        with ctx.unit() as db:
            interrupt(db, begun.command_id)
        return
    text = f"{begun.function} stopped inside the host: {type(failure).__name__}: {failure}"
    if begun.answer is not None:
        text += f"; the module had answered: {begun.answer}"
    text = journal.mask(text, begun.secrets)
    with ctx.unit() as db:
        waited = begun.params.get("pending", "")
        if _settle(db, begun.service_id, begun.command_id, "failed", text, waited):
            queue.fail(db, begun.service_id, begun.module, begun.function, text)
            done = states.effect(begun.function).done
            journal.activity(db, f"Module {done} Failed - Service ID: {begun.service_id} - Error: {text}")


def _forget_waiting(db: Session, service_id: int) -> None:
    """What a vendor may still finish for a terminated service must not bring it back."""
    mine = Command.service_id == service_id
    db.execute(
        update(Command)
        .where(mine, Command.state == "pending")
        .values(state="resolved", finished_at=ctx_of(db).host.clock.now())
    )
    db.execute(update(Command).where(mine, Command.state.in_(("failed", "interrupted"))).values(reference=""))


def _shown(given: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in given.items() if k != "model"}


def _copied(given: Mapping[str, Any]) -> dict[str, Any]:
    """Params as others get them: what they change in theirs changes nothing here, as PHP's arrays are values."""
    return {k: dict(v) if isinstance(v, dict) else v for k, v in given.items()}


# --- locks, and what dead processes left -----------------------------------------------------------------------------


def _subject(service_id: int) -> str:
    return f"service:{service_id}"


def _settle(db: Session, service_id: int, command_id: int, state: str, message: str, reference: str) -> bool:
    """Write how a running command ended and give its lock back; False when somebody else has closed it."""
    taken = db.execute(
        update(Command)
        .where(Command.id == command_id, Command.state == "running")
        .values(state=state, message=message, reference=reference, finished_at=ctx_of(db).host.clock.now())
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        return False
    db.execute(
        delete(CommandLock).where(CommandLock.subject == _subject(service_id), CommandLock.command_id == command_id)
    )
    return True


def _alive(host: Host, command_id: int, owner: str) -> bool:
    return command_id in host.part(_Running).ids if owner == host.owner else host.is_alive(owner)


def _dead_holder(ctx: Ctx, service_id: int) -> int | None:
    with ctx.unit(read=True) as db:
        holder = db.scalar(select(CommandLock).where(CommandLock.subject == _subject(service_id)))
    return holder.command_id if holder is not None and not _alive(ctx.host, holder.command_id, holder.owner) else None


def interrupt(db: Session, command_id: int) -> None:
    """Mark a running command whose process is gone, and put it into the module queue."""
    command = db.get(Command, command_id)
    if command is None:
        return
    text = (
        f"interrupted: the host stopped while {command.module}_{command.function} ran, so nobody knows whether the vendor acted. "
        "Look there first, then retry or mark it resolved; it is not repeated by itself"
    )
    if _settle(db, command.service_id, command_id, "interrupted", text, command.reference):
        queue.fail(db, command.service_id, command.module, command.function, text)
        journal.activity(
            db, f"Module {states.effect(command.function).done} Interrupted - Service ID: {command.service_id}"
        )


def recover(ctx: Ctx) -> int:
    """Mark every running command of a process that is gone; returns how many. Runs at start and with every automation."""
    with ctx.unit(read=True) as db:
        running = db.execute(select(Command.id, Command.owner).where(Command.state == "running")).all()
    dead = [id_ for id_, owner in running if not _alive(ctx.host, id_, owner)]
    for id_ in dead:
        with ctx.unit() as db:
            interrupt(db, id_)
    return len(dead)


def resume_pending(ctx: Ctx) -> list[Outcome]:
    """Ask again for every command that is pending at its vendor."""
    with ctx.unit(read=True) as db:
        waiting = db.execute(
            select(Command.service_id, Command.function).where(Command.state == "pending").distinct()
        ).all()
    outcomes = []
    for service_id, function in waiting:
        try:
            outcomes.append(run(ctx, service_id, function, automated=True))
        except Exception as failure:  # the command is closed and says so; the others are asked all the same
            log.exception("asking again for %s of service %s failed", function, service_id)
            outcomes.append(Outcome(False, "failed", f"{type(failure).__name__}: {failure}"))
    return outcomes


def _refused_or_known(ctx: Ctx, service_id: int, function: str, request_key: str | None) -> Outcome:
    if request_key:
        with ctx.unit(read=True) as db:
            known = db.scalar(select(Command.id).where(Command.request_key == request_key))
        if known:
            return _await(ctx, known, function)
    return Outcome(False, "refused", "another command is still running for this service")


def _await(ctx: Ctx, command_id: int, function: str) -> Outcome:
    """The outcome of a command that another request began with the same key."""
    limit = time.monotonic() + ctx.host.config.action_seconds
    while True:
        with ctx.unit(read=True) as db:
            row = db.get_one(Command, command_id)
        if row.state == "resolved" and (later := _successor(ctx, row)):
            command_id = later
        elif row.state != "running":
            return Outcome(row.state == "success", row.state, row.message, row.id)
        elif not _alive(ctx.host, row.id, row.owner):
            with ctx.unit() as db:
                interrupt(db, command_id)
        elif time.monotonic() > limit:
            return Outcome(False, "refused", f"{function} is still running for this service")
        else:
            time.sleep(0.05)


def _successor(ctx: Ctx, row: Command) -> int | None:
    """The command that asked again for what was pending in `row`."""
    with ctx.unit(read=True) as db:
        return db.scalar(
            select(Command.id)
            .where(Command.service_id == row.service_id, Command.function == row.function, Command.id > row.id)
            .order_by(Command.id)
            .limit(1)
        )
