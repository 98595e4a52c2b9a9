"""Cancellation Requests: what clients asked for, open or completed."""

from flask import request
from werkzeug.wrappers import Response

from modulehost.ordering import cancellations
from modulehost.schema import CancelRequest, Client, Product, Service
from modulehost.web import frame
from modulehost.web.admin.paging import paged
from modulehost.web.admin.site import blueprint, confirmed, go, number, page, row_or_404

URL = "/admin/cancelrequests.php"
NEEDED = "View Cancellation Requests"
#: `orderby` of the address -> column
SORTED = {
    "date": CancelRequest.date, "client": Client.lastname, "product": Product.name, "type": CancelRequest.type,
    "nextduedate": Service.nextduedate,
}  # fmt: skip


@blueprint.get("/cancelrequests.php")
@frame.permission(NEEDED)
def cancel_requests() -> Response:
    """The open requests; with `completed=1` those whose service has ended."""
    done = bool(request.args.get("completed"))
    filters = {name: request.args.get(name, "").strip() for name in ("type", "client", "domain")}
    orderby = request.args.get("orderby", "date")
    orderby = orderby if orderby in SORTED else "date"
    falling = request.args.get("order", "desc" if orderby == "date" else "asc") == "desc"
    column = SORTED[orderby]
    query = cancellations.listing(done, filters["type"], filters["client"], filters["domain"])
    query = query.order_by(column.desc() if falling else column, CancelRequest.id.desc())
    with frame.ctx().unit(read=True) as db:
        rows = paged(db, query, scalars=False)
    return page("cancelrequests.html", "Cancellation Requests", page=rows, done=done, filters=filters, types=cancellations.TYPES,
                orderby=orderby, falling=falling)  # fmt: skip


@blueprint.post("/cancelrequests.php")
@frame.permission(NEEDED)
def delete_cancel_request() -> Response:
    """`action=delete`: withdraw a request; the service goes on."""
    if request.values.get("action") != "delete":
        frame.abort_page(400, "Unknown action", "Cancellation requests know no change but delete.")
    with frame.ctx().unit(read=True) as db:
        row = row_or_404(db, CancelRequest, number("id"), "Cancellation request")
    back = frame.local_target(request.form.get("back"), URL)
    question = "Are you sure you want to delete this cancellation request? Its service is not cancelled then."
    if asked := confirmed(question, back, "Delete Request"):
        return asked
    if cancellations.withdraw(frame.ctx(), row.id):
        frame.note("success", "Cancellation Request Deleted")
    return go(back)
