"""Doing a thing once although its announcement may be delivered twice."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost import hooks
from modulehost.context import Ctx, ctx_of
from modulehost.schema import TransientData

_KEPT_SECONDS = 60 * 86400


def claim(db: Session, key: str) -> bool:
    """Take `key` in this unit; False when an earlier unit has it. For work that a single process does at a time."""
    name = f"mh-once:{key}"
    if db.scalar(select(TransientData.id).where(TransientData.name == name).limit(1)) is not None:
        return False
    db.add(TransientData(name=name, data="", expires=int(ctx_of(db).host.clock.time()) + _KEPT_SECONDS))
    db.flush()
    return True


def fire_once(ctx: Ctx, key: str, point: str, **arguments: Any) -> list[hooks.Result]:
    """Fire a hook point at most once for `key`: a process killed while it fires does not fire it again."""
    if hooks.heard(ctx, point):
        with ctx.unit() as db:
            if not claim(db, f"{point}:{key}"):
                return []
    return hooks.fire(ctx, point, **arguments)


def reached(db: Session, key: str) -> int:
    """How far work in steps has come (`reach`); 0 when it has not begun."""
    data = db.scalar(select(TransientData.data).where(TransientData.name == f"mh-once:{key}").limit(1))
    return int(data) if data else 0


def reach(db: Session, key: str, place: int) -> None:
    """Note how far work in steps will be when this step is done: a process killed within the step does not repeat it."""
    name = f"mh-once:{key}"
    row = db.scalar(select(TransientData).where(TransientData.name == name).limit(1))
    if row is None:
        row = TransientData(name=name, data="", expires=int(ctx_of(db).host.clock.time()) + _KEPT_SECONDS)
        db.add(row)
    row.data = str(place)
    db.flush()
