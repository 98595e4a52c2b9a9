"""Running a module command: the one way in which a service, or an addon of one, is created, suspended, changed or ended.

    intent      one unit: the request's key, the subject's lock, a mh_command row in state `running`; committed
    before      hooks PreModule...; one that returns abortcmd ends the command
    the call    the module, with its time limit; no unit is open
    outcome     one unit: the command's state, the subject's row, mails, queue row; committed
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

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from modulehost import db as database
from modulehost import events, hooks, journal, runtimes
from modulehost.context import Ctx, ctx_of
from modulehost.language import Phrase
from modulehost.lifecycle import history, logins, params, properties, queue, states
from modulehost.lifecycle.locks import Running, alive, dead_holder, holder, interrupt, settle, take
from modulehost.lifecycle.modules import module_of, secret_positions, server_module, with_port
from modulehost.lifecycle.rows import Missing
from modulehost.lifecycle.subjects import Subject, Target, of_command, subject
from modulehost.runtimes import ModuleFailed
from modulehost.schema import Command
from modulehost.vault import Vault, VaultError, hash_token

log = logging.getLogger("modulehost.lifecycle")
LONGEST_NAME = 64  # of a function, as mh_command keeps it


@dataclass(frozen=True)
class Outcome:
    """How a command ended. `state`: success, failed, pending, interrupted or refused (it never began).

    `message` is for people: the error text, or what was done. `value` is what the module returned. `internal`: the text is for
    staff and the module's author, not for clients: an exception, an answer that the contract does not allow, where a hook stands.
    """

    ok: bool
    state: str
    message: str
    command_id: int = 0
    value: Any = None
    internal: bool = False


@dataclass
class _Begun:
    command_id: int
    subject: Subject
    service_id: int
    client_id: int
    function: str
    module: str
    params: dict[str, Any]
    secret_options: list[int]
    secrets: set[str]
    old_password: str
    automated: bool = False  # nobody waits for the outcome
    returned: runtimes.Returned | None = None
    called: str = ""  # the module's function: another than the command for addons that are a feature
    answer: str | None = None  # what the module itself said, None while it has not


def run(
    ctx: Ctx,
    target: Target,
    function: str,
    *,
    extra: Mapping[str, Any] | None = None,
    request_key: str | None = None,
    automated: bool = False,
    old_password: str | None = None,
) -> Outcome:
    """Run `function` (CreateAccount, SuspendAccount, ..., or a custom suffix) of the module of a service or of a service's addon.

    `target` is a Subject; an int means a service. `extra` is laid over the params (`password` for ChangePassword,
    `suspendreason`). The same `request_key` never runs the same function of the same subject twice: the second caller gets the
    first one's outcome. `automated`: nobody started it by hand, so administrators get a mail when it fails. `old_password`
    tells what a caller of ChangePassword has overwritten already. Never raises for what a module does.
    """
    if len(function) > LONGEST_NAME:
        return Outcome(False, "refused", f"there is no function {function[:LONGEST_NAME]}...; its name is too long")
    whom = subject(target)
    key = hash_token(f"{request_key}|{whom}|{function}") if request_key else None
    try:
        if function == "CreateAccount":
            logins.prepare(ctx, whom)
        begun = database.despite_deadlocks(lambda: _begin(ctx, whom, function, dict(extra or {}), key))
    except IntegrityError:  # two began in the same instant; the database let one through
        return _refused_or_known(ctx, whom, key, function)
    except (ModuleFailed, Missing, VaultError) as failure:
        return Outcome(False, "refused", str(failure), internal=True)
    if isinstance(begun, Outcome):
        return begun
    if isinstance(begun, int):
        return _await(ctx, begun, function)
    begun.automated = automated
    if old_password is not None:
        begun.old_password = old_password
    return _finish(ctx, begun)


def _begin(
    ctx: Ctx, whom: Subject, function: str, extra: dict[str, Any], request_key: str | None
) -> "_Begun | Outcome | int":
    host, running, added = ctx.host, ctx.host.part(Running), 0
    dead = dead_holder(ctx, whom)
    try:
        with ctx.unit() as db:
            if dead is not None:
                interrupt(db, dead)
            if request_key and (known := db.scalar(select(Command.id).where(Command.request_key == request_key))):
                return known
            if (lock := holder(db, whom)) is not None:
                held = db.get(Command, lock.command_id)
                return _busy(whom, held.function if held else "another command")
            name = module_of(db, whom)
            given = {**params.of(db, whom), **extra}
            if function == "SuspendAccount":
                given.setdefault("suspendreason", "")
            given.update(_waiting(db, whom, function))
            options = secret_positions(db, name, whom)
            old = properties.password(db, whom)
            command = Command(
                service_id=given["serviceid"],
                addon_id=given["addonId"],
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
            take(db, whom, command.id)
            added = command.id
            running.ids.add(added)  # before others can see the row, or they would take it for left over
            hidden = params.secrets(given, options) | params.secret_fields(db, whom) | ({old} if old else set())
            begun = _Begun(
                added, whom, given["serviceid"], given["userid"], function, name, given, options, hidden, old,
                called=whom.called(db, function),
            )  # fmt: skip
    except BaseException:
        running.ids.discard(added)
        raise
    return begun


def _busy(whom: Subject, function: str) -> Outcome:
    return Outcome(False, "refused", Phrase("host.error.busy", f"{function} is still running for this {whom.kind}"))


def _waiting(db: Session, whom: Subject, function: str) -> dict[str, str]:
    """`pending` for the params when the vendor still works on this command, or worked on it when an attempt to ask failed."""
    last = db.scalar(
        select(Command)
        .where(*whom.commands(), Command.function == function)
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
    with hooks.gathering() as fired:
        outcome = _carry_out(ctx, begun)
    returned = begun.returned
    history.keep_command(
        ctx, begun.command_id, begun.module, begun.function, begun.params, secrets=frozenset(begun.secrets), value=outcome.value,
        printed=returned.printed if returned else "", firings=tuple(fired),
        milliseconds=returned.milliseconds if returned else 0.0, log_ids=returned.log_ids if returned else (),
    )  # fmt: skip
    events.drain(ctx)
    return outcome


def _carry_out(ctx: Ctx, begun: _Begun) -> Outcome:
    effect = states.effect(begun.called)
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
        ctx.host.part(Running).ids.discard(begun.command_id)
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
    return outcome


def _before(ctx: Ctx, hook: str, begun: _Begun) -> Outcome | None:
    for result in hooks.fire(ctx, f"PreModule{hook}", params=_copied(begun.params)):
        if isinstance(result.value, Mapping):
            if result.value.get("abortcmd"):
                text = f"the hook PreModule{hook} at {result.place} aborted the command"
                return Outcome(False, "failed", text, begun.command_id, internal=True)
            begun.params.update({k: v for k, v in result.value.items() if k != "abortcmd"})
    begun.secrets |= params.secrets(begun.params, begun.secret_options)  # a hook may have put others in
    return None


def _call(ctx: Ctx, own: Ctx, begun: _Begun) -> Outcome:
    function, hidden = begun.called, begun.secrets
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
        return Outcome(False, "failed", journal.mask(str(failure), hidden), begun.command_id, internal=True)
    begun.returned, checked = returned, returned.checked
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
    wrong = bool(returned.problems)
    return Outcome(False, "failed", journal.mask(text, hidden), begun.command_id, returned.value, internal=wrong)


def _conclude(ctx: Ctx, begun: _Begun, outcome: Outcome) -> Outcome:
    function, whom = begun.function, begun.subject
    done = states.effect(begun.called).done
    # While the module has not answered, a later attempt asks for the same work at the vendor.
    reference = begun.params.get("pending", "") if begun.answer is None else ""
    if outcome.state == "pending":
        reference = str(outcome.value["pending"])
    with ctx.unit() as db:
        if not settle(db, whom, begun.command_id, outcome.state, outcome.message, reference):
            # Somebody declared us dead; the outcome is no longer ours to write.
            message = db.get_one(Command, begun.command_id).message
            return Outcome(False, "interrupted", message, begun.command_id, internal=True)
        if outcome.ok:
            states.apply(db, whom, function, begun.params, begun.automated)
            if function == "TerminateAccount":
                _forget_waiting(db, whom)
            queue.succeed(db, whom, function)
            journal.activity(db, f"Module {done} Successful - {whom.logged}", begun.client_id)
        elif outcome.state == "pending":
            journal.activity(db, f"Module {done} Pending - {whom.logged} - {outcome.message}", begun.client_id)
        else:
            queue.fail(db, whom, begun.module, function, outcome.message, begun.automated)
            journal.activity(db, f"Module {done} Failed - {whom.logged} - Error: {outcome.message}", begun.client_id)
    return replace(outcome, command_id=begun.command_id)


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
        if settle(db, begun.subject, begun.command_id, "failed", text, waited):
            queue.fail(db, begun.subject, begun.module, begun.function, text, begun.automated)
            done = states.effect(begun.called).done
            journal.activity(db, f"Module {done} Failed - {begun.subject.logged} - Error: {text}")


def _forget_waiting(db: Session, whom: Subject) -> None:
    """What a vendor may still finish for a terminated service must not bring it back."""
    mine = whom.commands()
    db.execute(
        update(Command)
        .where(*mine, Command.state == "pending")
        .values(state="resolved", finished_at=ctx_of(db).host.clock.now())
    )
    db.execute(update(Command).where(*mine, Command.state.in_(("failed", "interrupted"))).values(reference=""))


def _shown(given: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in given.items() if k != "model"}


def _copied(given: Mapping[str, Any]) -> dict[str, Any]:
    """Params as others get them: what they change in theirs changes nothing here, as PHP's arrays are values."""
    return {k: dict(v) if isinstance(v, dict) else v for k, v in given.items()}


# --- pending at the vendor, and begun by somebody else ------------------------------------------------------------------


def resume_pending(ctx: Ctx) -> list[Outcome]:
    """Ask again for every command that is pending at its vendor."""
    with ctx.unit(read=True) as db:
        rows = list(db.scalars(select(Command).where(Command.state == "pending").order_by(Command.id)))
    outcomes = []
    for whom, function in dict.fromkeys((of_command(row), row.function) for row in rows):
        try:
            outcomes.append(run(ctx, whom, function, automated=True))
        except Exception as failure:  # the command is closed and says so; the others are asked all the same
            log.exception("asking again for %s of %s failed", function, whom.named)
            outcomes.append(Outcome(False, "failed", f"{type(failure).__name__}: {failure}"))
    return outcomes


def _refused_or_known(ctx: Ctx, whom: Subject, request_key: str | None, function: str) -> Outcome:
    if request_key:
        with ctx.unit(read=True) as db:
            known = db.scalar(select(Command.id).where(Command.request_key == request_key))
        if known:
            return _await(ctx, known, function)
    return _busy(whom, "another command")


def _await(ctx: Ctx, command_id: int, function: str) -> Outcome:
    """The outcome of a command that another request began with the same key."""
    limit = time.monotonic() + ctx.host.config.action_seconds
    while True:
        with ctx.unit(read=True) as db:
            row = db.get_one(Command, command_id)
        if row.state == "resolved" and (later := _successor(ctx, row)):
            command_id = later
        elif row.state != "running":
            return _as_kept(ctx, row)
        elif not alive(ctx.host, row.id, row.owner):
            with ctx.unit() as db:
                interrupt(db, command_id)
        elif time.monotonic() > limit:
            return _busy(of_command(row), function)
        else:
            time.sleep(0.05)


def _as_kept(ctx: Ctx, row: Command) -> Outcome:
    """The outcome that a row tells. Whose words its text is only the process that ran it knows."""
    kept = history.find(ctx, f"c{row.id}")
    value = kept.value if kept is not None else None
    own = row.state in ("success", "pending") or isinstance(value, str)
    return Outcome(row.state == "success", row.state, row.message, row.id, value, internal=not own)


def _successor(ctx: Ctx, row: Command) -> int | None:
    """The command that asked again for what was pending in `row`."""
    with ctx.unit(read=True) as db:
        return db.scalar(
            select(Command.id)
            .where(*of_command(row).commands(), Command.function == row.function, Command.id > row.id)
            .order_by(Command.id)
            .limit(1)
        )
