"""Custom fields of products and product addons (tblcustomfields, types `product` and `addon`)."""

import re

from sqlalchemy import delete as delete_rows
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from modulehost.billing.catalog.checks import Data, Form
from modulehost.context import ctx_of
from modulehost.schema import Addon, CustomField, CustomFieldValue, Product

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
    return of(db, "product", product_id)


def of(db: Session, type_: str, relid: int) -> list[CustomField]:
    """The custom fields of a product or an addon (`type_`) in their order."""
    query = select(CustomField).where(CustomField.type == type_, CustomField.relid == relid)
    return list(db.scalars(query.order_by(CustomField.sortorder, CustomField.id)))


def save(db: Session, product: Product | Addon, data: Data, field: CustomField | None = None) -> CustomField:
    """Add a field, or change the given one.

    Keys: `fieldname` ("key|Friendly Name"; modules receive the key), `fieldtype`, `description`, `regexpr`
    (validation), `fieldoptions` (comma list of a drop-down), and yes/no `adminonly`, `required`, `showorder`,
    `showinvoice`; `sortorder`. Raises Invalid.
    """
    form, type_ = Form(data), "addon" if isinstance(product, Addon) else "product"
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
    taken = [
        f for f in of(db, type_, product.id) if f is not field and f.fieldname.split("|")[0].strip().lower() == key
    ]
    if name and taken:
        form.errors["fieldname"] = f"This {'product' if type_ == 'product' else 'addon'} already has a field named “{taken[0].fieldname}”."
    form.done()
    now = ctx_of(db).host.clock.now()
    if field is None:
        field = CustomField(type=type_, relid=product.id, created_at=now)
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
