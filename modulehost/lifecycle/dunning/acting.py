"""Carrying out a command of the automation: by the module, or by the rows alone where there is none."""

import logging
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost import journal
from modulehost.context import Ctx
from modulehost.lifecycle import states
from modulehost.lifecycle.commands import run
from modulehost.lifecycle.modules import NoModule, module_of
from modulehost.lifecycle.subjects import Subject, of_command
from modulehost.schema import Command, ModuleQueue

log = logging.getLogger("modulehost.lifecycle")


def carry_out(ctx: Ctx, whom: Subject, function: str, reason: str = "", key: str | None = None) -> str:
    """Run a command by itself; returns what went wrong, empty if nothing did. Never raises: one that fails stops no other.

    `reason` is stored with a suspension. A service or addon without a module changes its status all the same, with mail and hooks.
    """
    try:
        return _carried_out(ctx, whom, function, reason, key)
    except Exception as failure:
        log.exception("%s of %s failed", function, whom.named)
        return f"{type(failure).__name__}: {failure}"


def _carried_out(ctx: Ctx, whom: Subject, function: str, reason: str, key: str | None) -> str:
    extra = {"suspendreason": reason} if reason else None
    with ctx.unit(read=True) as db:
        try:
            module_of(db, whom)
        except NoModule:
            module = False
        else:
            module = True
    if not module:
        with ctx.unit() as db:
            if whom.status(db) != states.effect(function).status:
                states.apply(db, whom, function, extra or {}, automated=True)
                done = states.effect(function).done
                journal.activity(db, f"{done} without a module - {whom.logged}", whom.service(db).userid)
        return ""
    outcome = run(ctx, whom, function, extra=extra, request_key=key, automated=True)
    return "" if outcome.ok else f"{outcome.state}: {outcome.message}"


def standing(db: Session, kind: str, function: str, ids: Collection[int]) -> dict[int, str]:
    """Of these services or addons (`kind`), those whose earlier command is not over, with the reason for leaving them alone."""
    word = states.effect(function).done
    found: dict[int, str] = {}
    pending = select(Command).where(
        Command.state == "pending", Command.function == function,
        Command.addon_id.in_(ids) if kind == "addon" else (Command.service_id.in_(ids) & (Command.addon_id == 0)),
    )  # fmt: skip
    for command in db.scalars(pending):
        found[of_command(command).id] = f"the vendor is still working on an earlier {word}"
    queued = select(ModuleQueue.service_id).where(
        ModuleQueue.service_type == kind, ModuleQueue.module_action == function, ModuleQueue.completed == 0,
        ModuleQueue.service_id.in_(ids),
    )  # fmt: skip
    for id_ in db.scalars(queued):
        found[id_] = f"an earlier {word} waits in the module queue"
    return found
