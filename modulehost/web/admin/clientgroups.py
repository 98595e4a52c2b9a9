"""Client Groups: colour, discount and exemptions of sorts of clients."""

from flask import request
from werkzeug.wrappers import Response

from modulehost.billing.catalog import Invalid, clientgroups
from modulehost.schema import ClientGroup
from modulehost.web import frame
from modulehost.web.admin.paging import paged
from modulehost.web.admin.site import blueprint, confirmed, go, number, page, problems, row_or_404, sent, unknown_change

URL = "/admin/configclientgroups.php"
NEEDED = "Configure Client Groups"


@blueprint.get("/configclientgroups.php")
@frame.permission(NEEDED)
def client_groups() -> Response:
    """All groups; `action=edit[&id=]` is the form."""
    if request.args.get("action") == "edit":
        return _form({})
    with frame.ctx().unit(read=True) as db:
        rows = paged(db, clientgroups.listing(), scalars=False)
    return page("client_groups.html", "Client Groups", page=rows)


def _form(found: dict[str, str]) -> Response:
    key = number("id", request.args)
    with frame.ctx().unit(read=True) as db:
        row = (
            row_or_404(db, ClientGroup, key, "Client group") if key else ClientGroup(groupcolour="", discountpercent=0)
        )
    title = f"Edit Client Group: {row.groupname}" if key else "Add Client Group"
    return page("client_group_form.html", title, row=row, given=sent(), found=found, menu_url=URL)


@blueprint.post("/configclientgroups.php")
@frame.permission(NEEDED)
def client_group_change() -> Response:
    """Save a group, or delete one."""
    action = request.values.get("action", "")
    if action == "delete":
        return _delete()
    if action != "edit":
        unknown_change("Client Groups know", action)
    key = number("id", request.args)
    try:
        with frame.ctx().unit() as db:
            old = row_or_404(db, ClientGroup, key, "Client group") if key else None
            row = clientgroups.save(db, request.form, old)
    except Invalid as error:
        return _form(problems(error))
    frame.note("success", "Changes Saved Successfully!" if key else "Client Group Added", row.groupname)
    return go(URL)


def _delete() -> Response:
    with frame.ctx().unit(read=True) as db:
        row = row_or_404(db, ClientGroup, number("id"), "Client group")
    question = f"Are you sure you want to delete the client group “{row.groupname}”? Its clients stay, without a group."
    if asked := confirmed(question, URL, "Delete Group"):
        return asked
    with frame.ctx().unit() as db:
        clientgroups.delete(db, row_or_404(db, ClientGroup, row.id, "Client group"))
    frame.note("success", "Client Group Deleted", row.groupname)
    return go(URL)
