"""Custom Client Fields: what is asked of clients besides name and address."""

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from modulehost import journal
from modulehost.billing.catalog import fields
from modulehost.schema import CustomField
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
    return save_row(CustomField, "custom field", _saved, _form, URL, key=number("id", request.args), added="Custom Field Added",
                    named=_name)  # fmt: skip


def _name(row: CustomField) -> str:
    return row.fieldname.split("|")[-1]


def _of_clients(row: CustomField) -> None:
    if row.type != "client":
        frame.abort_page(404, "Custom field not found", "This field does not belong to clients.")


def _saved(db: Session, old: CustomField | None) -> CustomField:
    if old is not None:
        _of_clients(old)
    row = fields.save_field(db, "client", 0, request.form, old)
    journal.activity(db, f"Custom Client Field Saved - {row.fieldname}")
    return row


def _delete() -> Response:
    def more(db: Session, row: CustomField) -> str:
        _of_clients(row)
        count = fields.value_count(db, row)
        return f"What {count} client(s) have in it is deleted, too." if count else ""

    def remove(db: Session, row: CustomField) -> None:
        fields.delete(db, row)
        journal.activity(db, f"Custom Client Field Deleted - {row.fieldname}")

    return delete_row(CustomField, "custom field", remove, URL, named=_name, more=more)
