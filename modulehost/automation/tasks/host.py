"""What keeps commands, announcements and mails moving; at every invocation."""

from sqlalchemy import delete

from modulehost import events, journal, lifecycle, mail, settings
from modulehost.automation import records
from modulehost.automation.declaring import ALWAYS, Task
from modulehost.billing import gatewaycalls
from modulehost.context import Ctx
from modulehost.journal import Report
from modulehost.schema import TransientData


def interrupted(ctx: Ctx, report: Report) -> None:
    """Commands of a process that is gone: nobody knows whether the vendor acted, so they wait in the module queue."""
    report.did("interrupted module commands put into the module queue", count=lifecycle.recover(ctx))
    report.did("gateway calls whose outcome is not known", count=gatewaycalls.recover(ctx))


def pending(ctx: Ctx, report: Report) -> None:
    """Vendors are asked about commands that they still worked on."""
    for outcome in lifecycle.resume_pending(ctx):
        line = f"command {outcome.command_id}: {outcome.state} {outcome.message}".strip()
        if outcome.state == "pending":
            report.skip("the vendor is still working", line)
        else:
            report.did("pending module commands asked about", line)


def announcements(ctx: Ctx, report: Report) -> None:
    """Announcements that nobody has delivered, such as those of a process that was killed."""
    report.did("announcements delivered", count=events.drain(ctx))


def mails(ctx: Ctx, report: Report) -> None:
    """Mails that wait are rendered and handed over, some hundreds at a time, as long as any go out."""
    while count := mail.deliver(ctx):
        report.did("mails rendered", count=count)


def expired(ctx: Ctx, report: Report) -> None:
    """Carts, checkout keys and the like (tbltransientdata.expires is Unix time) that nobody came back for."""
    with ctx.unit() as db:
        gone = delete(TransientData).where(
            TransientData.expires != 0, TransientData.expires < int(ctx.host.clock.time())
        )
        count = db.execute(gone).rowcount  # type: ignore[attr-defined]
    report.did("expired rows of tbltransientdata removed", count=count)


def prune(ctx: Ctx, report: Report) -> None:
    """What is remembered of runs grows with every invocation; the activity log keeps as many entries as ActivityLimit says."""
    with ctx.unit() as db:
        report.did("old automation runs removed", count=records.prune(db))
    with ctx.unit() as db:
        report.did("old entries of the activity log removed", count=journal.prune(db, settings.number(db, "ActivityLimit")))


TASKS = [
    Task("InterruptedCommands", "Interrupted Commands", "Puts module commands of a process that died into the module queue",
         interrupted, daily=False, frequency=ALWAYS),
    Task("PendingCommands", "Pending Commands", "Asks vendors about module commands that they still work on",
         pending, daily=False, frequency=ALWAYS),
    Task("DataRetentionPruning", "Data Retention Pruning",
         "Removes what is remembered of old automation runs, and the oldest entries of the activity log", prune),
    Task("Announcements", "Announcements", "Delivers what was announced and not yet handled",
         announcements, daily=False, frequency=ALWAYS),
    Task("Mails", "Mails", "Renders and sends mails that wait", mails, daily=False, frequency=ALWAYS),
    Task("TransientData", "Expired Data", "Removes abandoned carts and other data whose time is over",
         expired, daily=False, frequency=ALWAYS),
]  # fmt: skip
