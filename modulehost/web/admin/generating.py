"""Generate Due Invoices: what the automation would make for a client, now."""

from werkzeug.wrappers import Response

from modulehost import events, journal, mail
from modulehost.billing import recurring
from modulehost.journal import Report
from modulehost.web import frame
from modulehost.web.admin.client_frame import client_of
from modulehost.web.admin.site import blueprint, confirmed, go


@blueprint.post("/clientsgenerateinvoices.php")
@frame.permission("Generate Due Invoices")
def generate_invoices() -> Response:
    """Make them, and tell how many there are or why there are none."""
    client, ctx = client_of(), frame.ctx()
    back = f"/admin/clientssummary.php?userid={client.id}"
    if asked := confirmed("Do you want to make the invoices that are due for this client now?", back, "Generate Due Invoices"):
        return asked
    report = Report("CreateInvoices")
    made = recurring.generate(ctx, report, client_ids=[client.id])
    with ctx.unit() as db:
        journal.activity(db, f"Due Invoices Generated - {made.count} - User ID: {client.id}", client.id)
    events.drain(ctx)
    mail.deliver(ctx)
    left = "; ".join(f"{heading.count} × {why}" for why, heading in report.skipped.items())
    if made.count:
        frame.note("success", f"{made.count} Invoice(s) Created", f"Left alone: {left}" if left else "")
    else:
        nothing = "Nothing of this client is due within the days of invoice generation."
        frame.note("info", "No Invoices Are Due", f"Left alone: {left}" if left else nothing)
    return go(back)
