"""Custom Client Fields: what is asked of clients besides name and address."""

from flask import request
from sqlalchemy import select
from werkzeug.wrappers import Response

from modulehost import journal
from modulehost.billing.catalog import Invalid, fields
from modulehost.schema import CustomField
from modulehost.web import frame
from modulehost.web.admin.paging import paged
from modulehost.web.admin.site import blueprint, confirmed, go, number, page, problems, row_or_404, sent, unknown_change

URL = "/admin/configcustomfields.php"
NEEDED = "Configure Custom Client Fields"


@blueprint.get("/configcustomfields.php")
@frame.permission(NEEDED)
def client_fields() -> Response:
    """All fields of clients; `action=edit[&id=]` is the form."""
    if request.args.get("action") == "edit":
        return _form({})
    query = select(CustomField).where(CustomField.type == "client").order_by(CustomField.sortorder, CustomField.id)
    with frame.ctx().unit(read=True) as db:
        rows = paged(db, query)
    return page("custom_fields.html", "Custom Client Fields", page=rows, types=fields.TYPES)


def _form(found: dict[str, str]) -> Response:
    key = number("id", request.args)
    with frame.ctx().unit(read=True) as db:
        row = row_or_404(db, CustomField, key, "Custom field") if key else CustomField(type="client", fieldtype="text")
    if row.type != "client":
        frame.abort_page(404, "Custom field not found", "This field does not belong to clients.")
    title = f"Edit Field: {row.fieldname.split('|')[-1]}" if key else "Add New Custom Field"
    return page("custom_field_form.html", title, row=row, given=sent(), found=found, types=fields.TYPES, menu_url=URL)


@blueprint.post("/configcustomfields.php")
@frame.permission(NEEDED)
def client_field_change() -> Response:
    """Save a field, or delete one."""
    action = request.values.get("action", "")
    if action == "delete":
        return _delete()
    if action != "edit":
        unknown_change("Custom Client Fields know", action)
    key = number("id", request.args)
    try:
        with frame.ctx().unit() as db:
            old = row_or_404(db, CustomField, key, "Custom field") if key else None
            if old is not None and old.type != "client":
                frame.abort_page(404, "Custom field not found", "This field does not belong to clients.")
            row = fields.save_field(db, "client", 0, request.form, old)
            journal.activity(db, f"Custom Client Field Saved - {row.fieldname}")
    except Invalid as error:
        return _form(problems(error))
    frame.note("success", "Changes Saved Successfully!" if key else "Custom Field Added", row.fieldname.split("|")[-1])
    return go(URL)


def _delete() -> Response:
    with frame.ctx().unit(read=True) as db:
        row = row_or_404(db, CustomField, number("id"), "Custom field")
        count = fields.value_count(db, row)
    if row.type != "client":
        frame.abort_page(404, "Custom field not found", "This field does not belong to clients.")
    question = f"Are you sure you want to delete the field “{row.fieldname.split('|')[-1]}”?"
    question += f" What {count} client(s) have in it is deleted, too." if count else ""
    if asked := confirmed(question, URL, "Delete Field"):
        return asked
    with frame.ctx().unit() as db:
        fields.delete(db, row_or_404(db, CustomField, row.id, "Custom field"))
        journal.activity(db, f"Custom Client Field Deleted - {row.fieldname}")
    frame.note("success", "Custom Field Deleted", row.fieldname.split("|")[-1])
    return go(URL)
