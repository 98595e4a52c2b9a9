"""Custom fields of products and clients (tblcustomfields) as an administrator keeps them."""

import re

from sqlalchemy import delete as delete_rows
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from modulehost.accounts import customfields
from modulehost.billing.catalog.checks import Data, Form
from modulehost.context import ctx_of
from modulehost.schema import CustomField, CustomFieldValue, Product

TYPES = {
    "text": "Text Box",
    "link": "Link/URL",
    "password": "Password",
    "dropdown": "Drop Down",
    "tickbox": "Tick Box",
    "textarea": "Text Area",
}


def of_product(db: Session, product_id: int) -> list[CustomField]:
    """A product's custom fields in their order."""
    return customfields.fields(db, "product", product_id)


def save(db: Session, product: Product, data: Data, field: CustomField | None = None) -> CustomField:
    """Add a product's field, or change the given one; see `save_field`."""
    return save_field(db, "product", product.id, data, field)


def save_field(db: Session, type_: str, relid: int, data: Data, field: CustomField | None = None) -> CustomField:
    """Add a field of a type (product, client) and of one product (clients: 0), or change the given one.

    Keys: `fieldname` ("key|Friendly Name"; modules receive the key), `fieldtype`, `description`, `regexpr`
    (validation), `fieldoptions` (comma list of a drop-down), and yes/no `adminonly`, `required`, `showorder`,
    `showinvoice`; `sortorder`. Raises Invalid.
    """
    form = Form(data)
    name = form.text("fieldname", "Field Name", required=True, longest=255)
    kind = form.one_of("fieldtype", TYPES, "Field Type", default="text")
    pattern = form.text("regexpr", "Validation")
    options = form.text("fieldoptions", "Select Options")
    order = form.number("sortorder", "Display Order")
    try:
        re.compile(unslashed(pattern))
    except re.error as error:
        form.errors["regexpr"] = f"Validation is no regular expression: {error}."
    if kind == "dropdown" and not options:
        form.errors["fieldoptions"] = "Select Options is required for a drop-down: separate the values by commas."
    key = name.split("|")[0].strip().lower()
    taken = [f for f in customfields.fields(db, type_, relid) if f is not field and customfields.key(f).lower() == key]
    if name and taken:
        whose = "This product already has" if type_ == "product" else "There is already"
        form.errors["fieldname"] = f"{whose} a field named “{taken[0].fieldname}”."
    form.done()
    now = ctx_of(db).host.clock.now()
    if field is None:
        field = CustomField(type=type_, relid=relid, created_at=now)
        db.add(field)
    field.fieldname, field.fieldtype, field.description = name, kind, form.text("description")
    field.regexpr, field.fieldoptions, field.sortorder, field.updated_at = pattern, options, order, now
    for box in ("adminonly", "required", "showorder", "showinvoice"):
        setattr(field, box, "on" if form.flag(box) else "")
    db.flush()
    return field


def unslashed(pattern: str) -> str:
    """A pattern without the delimiters of the emulated system: `/^[0-9]+$/` is `^[0-9]+$`."""
    found = re.fullmatch(r"([/#~])(.*)\1[a-z]*", pattern, re.DOTALL)
    return found.group(2) if found else pattern


def value_count(db: Session, field: CustomField) -> int:
    """How many services have a value in this field."""
    query = select(func.count()).select_from(CustomFieldValue)
    return db.scalar(query.where(CustomFieldValue.fieldid == field.id, CustomFieldValue.value != "")) or 0


def delete(db: Session, field: CustomField) -> None:
    """Remove a field and its values."""
    db.execute(delete_rows(CustomFieldValue).where(CustomFieldValue.fieldid == field.id))
    db.delete(field)
    db.flush()
