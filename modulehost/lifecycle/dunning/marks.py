"""Which addons were suspended by themselves: their table has no column for a reason, so it is kept beside it."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from modulehost.context import Ctx, ctx_of
from modulehost.schema import ModuleStore

_OURS = {"module_type": "host", "module": "dunning", "scope": "suspended addons"}


def set_mark(ctx: Ctx, addon_id: int) -> None:
    """Note it before the suspension begins; a suspension that fails leaves a note that `forget` takes away when the status changes."""
    with ctx.unit() as db:
        if not marked(db, addon_id):
            db.add(ModuleStore(**_OURS, name=str(addon_id), value="1", updated_at=ctx_of(db).host.clock.now()))


def marked(db: Session, addon_id: int) -> bool:
    """Whether an addon was suspended by itself."""
    return db.scalar(select(ModuleStore.id).filter_by(**_OURS, name=str(addon_id))) is not None


def forget(db: Session, addon_id: int) -> None:
    """The addon runs again, or has ended: a later suspension is somebody else's."""
    db.execute(delete(ModuleStore).filter_by(**_OURS, name=str(addon_id)))
