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
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from modulehost import events, hooks, journal, runtimes
from modulehost.context import Ctx
from modulehost.lifecycle import logins, params, queue, states
from modulehost.lifecycle.modules import module_of, secret_positions, server_module
from modulehost.lifecycle.rows import Missing, one
from modulehost.runtimes import ModuleFailed
from modulehost.schema import Command, CommandLock, Service
from modulehost.vault import Vault


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


@dataclass(frozen=True)
class _Begun:
    command_id: int
    module: str
    params: dict[str, Any]
    secrets: set[str]


def run(
    ctx: Ctx,
    service_id: int,
    function: str,
    *,
    extra: Mapping[str, Any] | None = None,
    request_key: str | None = None,
    automated: bool = False,
) -> Outcome:
    """Run `function` (CreateAccount, SuspendAccount, ..., or a custom suffix) of the service's module.

    `extra` is laid over the params (`password` for ChangePassword, `suspendreason`). The same `request_key` never runs twice:
    the second caller gets the first one's outcome. Never raises for what a module does.
    """
    try:
        if function == "CreateAccount":
            logins.prepare(ctx, service_id)
        begun = _begin(ctx, service_id, function, dict(extra or {}), request_key)
    except IntegrityError:  # two began in the same instant; the database let one through
        return _refused_or_known(ctx, service_id, function, request_key)
    except (ModuleFailed, Missing) as failure:
        return Outcome(False, "refused", str(failure))
    if isinstance(begun, Outcome):
        return begun
    if isinstance(begun, int):
        return _await(ctx, begun, function)
    return _finish(ctx, service_id, function, begun, automated)


def _begin(
    ctx: Ctx, service_id: int, function: str, extra: dict[str, Any], request_key: str | None
) -> "_Begun | Outcome | int":
    host = ctx.host
    dead = _dead_holder(ctx, service_id)
    with ctx.unit() as db:
        if dead is not None:
            interrupt(db, dead)
        if request_key and (known := db.scalar(select(Command.id).where(Command.request_key == request_key))):
            return known
        holder = db.scalar(select(CommandLock).where(CommandLock.subject == _subject(service_id)))
        if holder is not None:
            running = db.get(Command, holder.command_id)
            return Outcome(
                False,
                "refused",
                f"{running.function if running else 'another command'} is still running for this service",
            )
        name = module_of(db, service_id)
        given = {**params.service(db, service_id), **extra}
        waiting = db.scalars(
            select(Command).where(
                Command.service_id == service_id, Command.function == function, Command.state == "pending"
            )
        ).all()
        if waiting:
            given["pending"] = waiting[-1].reference
            for row in waiting:
                row.state, row.finished_at = "resolved", host.clock.now()
        hidden = params.secrets(given, secret_positions(db, name, given["pid"]))
        shown = {k: v for k, v in given.items() if k != "model"}
        command = Command(
            service_id=service_id,
            module=name,
            function=function,
            state="running",
            request_key=request_key,
            owner=host.owner,
            actor=ctx.actor.label[:128],
            params=host.part(Vault).encrypt(json.dumps(shown, default=str)),
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
        return _Begun(command.id, name, given, hidden)


def _finish(ctx: Ctx, service_id: int, function: str, begun: _Begun, automated: bool) -> Outcome:
    effect, given = states.effect(function), begun.params
    try:
        aborted = _before(ctx, effect.hook, given)
        outcome = aborted or _call(ctx, function, begun)
    except Exception as failure:  # ours, not the module's: the command must not stay open for that
        outcome = Outcome(
            False,
            "failed",
            f"{function} stopped inside the host: {type(failure).__name__}: {failure}",
            begun.command_id,
        )
        _conclude(ctx, service_id, function, begun, outcome)
        raise
    before = ""
    if function == "ChangePassword":
        with ctx.unit(read=True) as db:
            before = ctx.host.part(Vault).decrypt(one(db, Service, service_id, "service").password)
    outcome = _conclude(ctx, service_id, function, begun, outcome)
    if outcome.ok and function == "ChangePassword":
        hooks.fire(
            ctx, "AfterModuleChangePassword", serviceid=service_id, oldpassword=before, newpassword=given["password"]
        )
    elif outcome.ok:
        hooks.fire(ctx, f"AfterModule{effect.hook}", params=given)
    elif outcome.state == "failed" and not aborted:
        hooks.fire(ctx, f"AfterModule{effect.hook}Failed", params=given, failureResponseMessage=outcome.message)
    events.drain(ctx)
    return outcome


def _before(ctx: Ctx, hook: str, given: dict[str, Any]) -> Outcome | None:
    for result in hooks.fire(ctx, f"PreModule{hook}", params=given):
        if isinstance(result.value, Mapping):
            if result.value.get("abortcmd"):
                return Outcome(False, "failed", f"the hook PreModule{hook} at {result.place} aborted the command")
            given.update({k: v for k, v in result.value.items() if k != "abortcmd"})
    return None


def _call(ctx: Ctx, function: str, begun: _Begun) -> Outcome:
    module = server_module(ctx, begun.module)
    try:
        returned = runtimes.call(
            ctx, module, function, begun.params, seconds=ctx.host.config.action_seconds, secrets=begun.secrets
        )
    except ModuleFailed as failure:
        shown = {k: v for k, v in begun.params.items() if k != "model"}
        journal.module_log(
            ctx, begun.module, function, shown, str(failure), failure.trace + failure.printed, begun.secrets
        )
        return Outcome(False, "failed", journal.mask(str(failure), begun.secrets), begun.command_id)
    if returned.printed:
        journal.module_log(ctx, begun.module, f"{function} (printed)", "", returned.printed, "", begun.secrets)
    checked = returned.checked
    if checked.pending is not None:
        return Outcome(
            False, "pending", checked.message or "the vendor is still working", begun.command_id, returned.value
        )
    if checked.ok:
        return Outcome(True, "success", "", begun.command_id, returned.value)
    text = "; ".join([checked.message, *returned.problems]).strip("; ")
    if returned.problems:
        shown = {k: v for k, v in begun.params.items() if k != "model"}
        journal.module_log(ctx, begun.module, function, shown, returned.value, text, begun.secrets)
    return Outcome(False, "failed", journal.mask(text, begun.secrets), begun.command_id, returned.value)


def _conclude(ctx: Ctx, service_id: int, function: str, begun: _Begun, outcome: Outcome) -> Outcome:
    done, host = states.effect(function).done, ctx.host
    with ctx.unit() as db:
        command = db.get_one(Command, begun.command_id)
        if command.state != "running":  # somebody declared us dead; the outcome is no longer ours to write
            return Outcome(False, "interrupted", command.message, command.id)
        command.state, command.message, command.finished_at = outcome.state, outcome.message, host.clock.now()
        _release(db, service_id)
        client_id = one(db, Service, service_id, "service").userid
        if outcome.ok:
            states.apply(db, service_id, function, begun.params)
            queue.succeed(db, service_id, function)
            journal.activity(db, f"Module {done} Successful - Service ID: {service_id}", client_id)
        elif outcome.state == "pending":
            command.reference = str(outcome.value["pending"])
            journal.activity(db, f"Module {done} Pending - Service ID: {service_id} - {outcome.message}", client_id)
        else:
            queue.fail(db, service_id, begun.module, function, outcome.message)
            journal.activity(
                db, f"Module {done} Failed - Service ID: {service_id} - Error: {outcome.message}", client_id
            )
    return Outcome(outcome.ok, outcome.state, outcome.message, begun.command_id, outcome.value)


# --- locks, and what dead processes left -----------------------------------------------------------------------------


def _subject(service_id: int) -> str:
    return f"service:{service_id}"


def _release(db: Session, service_id: int) -> None:
    holder = db.scalar(select(CommandLock).where(CommandLock.subject == _subject(service_id)))
    if holder is not None:
        db.delete(holder)


def _dead_holder(ctx: Ctx, service_id: int) -> int | None:
    with ctx.unit(read=True) as db:
        holder = db.scalar(select(CommandLock).where(CommandLock.subject == _subject(service_id)))
    return holder.command_id if holder is not None and not ctx.host.is_alive(holder.owner) else None


def interrupt(db: Session, command_id: int) -> None:
    """Mark a running command whose process is gone, and put it into the module queue."""
    command = db.get(Command, command_id)
    if command is None or command.state != "running":
        return
    text = (
        f"interrupted: the host stopped while {command.module}_{command.function} ran, so nobody knows whether the vendor acted. "
        "Look there first, then retry or mark it resolved; it is not repeated by itself"
    )
    command.state, command.message, command.finished_at = "interrupted", text, command.started_at
    _release(db, command.service_id)
    queue.fail(db, command.service_id, command.module, command.function, text)
    journal.activity(
        db, f"Module {states.effect(command.function).done} Interrupted - Service ID: {command.service_id}"
    )


def recover(ctx: Ctx) -> int:
    """Mark every running command of a process that is gone; returns how many. Runs at start and with every automation."""
    with ctx.unit(read=True) as db:
        running = db.execute(select(Command.id, Command.owner).where(Command.state == "running")).all()
    dead = [id_ for id_, owner in running if not ctx.host.is_alive(owner)]
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
    return [run(ctx, service_id, function, automated=True) for service_id, function in waiting]


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
        if row.state != "running":
            return Outcome(row.state == "success", row.state, row.message, row.id)
        if not ctx.host.is_alive(row.owner):
            with ctx.unit() as db:
                interrupt(db, command_id)
        elif time.monotonic() > limit:
            return Outcome(False, "refused", f"{function} is still running for this service")
        else:
            time.sleep(0.05)
