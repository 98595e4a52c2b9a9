"""Client Groups: colour, discount and exemptions of sorts of clients."""

from flask import request
from werkzeug.wrappers import Response

from modulehost.billing.catalog import clientgroups
from modulehost.schema import ClientGroup
from modulehost.web import frame
from modulehost.web.admin.paging import paged
from modulehost.web.admin.site import (
    blueprint,
    delete_row,
    number,
    page,
    row_or_404,
    save_row,
    sent,
    unknown_change,
)

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
    return save_row(
        ClientGroup, "client group", lambda db, old: clientgroups.save(db, request.form, old), _form, URL,
        key=number("id", request.args), added="Client Group Added", named=_name,
    )  # fmt: skip


def _name(row: ClientGroup) -> str:
    return row.groupname


def _delete() -> Response:
    more = "Its clients stay, without a group."
    return delete_row(ClientGroup, "client group", clientgroups.delete, URL, named=_name, more=lambda _db, _row: more)
