"""Retrying what stands in the module queue; apart from queue.py, which commands.py itself uses."""

from modulehost.context import Ctx
from modulehost.lifecycle.commands import Outcome, run
from modulehost.lifecycle.queue import open_rows
from modulehost.lifecycle.subjects import KINDS
from modulehost.schema import ModuleQueue


def retry(ctx: Ctx, row_id: int, request_key: str | None = None) -> Outcome:
    """Run the command of one queue row again."""
    with ctx.unit(read=True) as db:
        row = db.get(ModuleQueue, row_id)
    if row is None or row.completed:
        return Outcome(False, "refused", "this row of the module queue is completed already")
    if row.service_type not in KINDS:
        return Outcome(False, "refused", f"commands of a {row.service_type} cannot be run here; do it by hand, then resolve the row")
    whom = KINDS[row.service_type](row.service_id)
    return run(ctx, whom, row.module_action, request_key=request_key)


def retry_all(ctx: Ctx) -> list[Outcome]:
    """Run everything in the queue again, oldest first."""
    with ctx.unit(read=True) as db:
        rows = sorted(open_rows(db), key=lambda row: row.id)
    return [retry(ctx, row.id) for row in rows]
