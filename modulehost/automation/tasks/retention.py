"""What is kept for a while only."""

from modulehost import journal, settings
from modulehost.automation.declaring import Task
from modulehost.context import Ctx
from modulehost.journal import Report


def old_entries(ctx: Ctx, report: Report) -> None:
    """The activity log keeps as many entries as the setting ActivityLimit says; 0 keeps all."""
    with ctx.unit() as db:
        count = journal.prune(db, settings.number(db, "ActivityLimit"))
    report.did("old entries of the activity log deleted", count=count)


TASKS = [
    Task("DataRetentionPruning", "Data Retention", "Deletes the oldest entries of the activity log beyond the limit", old_entries),
]  # fmt: skip
