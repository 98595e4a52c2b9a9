"""Product addons (tbladdons): what is sold with a product or for a service that a client has, with prices, fields and module.

`data` is a form keyed by column names; `update` takes only fields that are in `data`, plus the tick boxes it is told.
"""

from collections.abc import Iterable
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy import delete as delete_rows
from sqlalchemy.orm import Session

from modulehost import hooks
from modulehost.accounts import customfields
from modulehost.billing.catalog import prices
from modulehost.billing.catalog.checks import Data, Form, Invalid, ids_of
from modulehost.billing.catalog.products import AUTO_SETUP, PAY_TYPES, TYPES
from modulehost.context import ctx_of
from modulehost.extensions import activate_hooks
from modulehost.schema import (
    Addon,
    CustomField,
    CustomFieldValue,
    EmailTemplate,
    ModuleConfiguration,
    Product,
    ServerGroup,
    ServiceAddon,
    icontains,
)

Row = TypeVar("Row", Addon, ModuleConfiguration, CustomField)
BOXES = ("allowqty", "tax", "showorder", "hidden", "retired", "suspendproduct", "prorate")
#: tbladdons.billingcycle as the form offers it; older rows name one cycle
CYCLES = PAY_TYPES
ACTIVATION = {key: text.replace("setup the product", "activate the addon").replace("setup this product", "activate this addon")
              for key, text in AUTO_SETUP.items()}  # fmt: skip


def query(text: str = "") -> Select[Addon]:
    """All product addons by their sort weight and name; only those whose name contains `text`."""
    found = select(Addon).order_by(Addon.weight, Addon.name, Addon.id)
    return found.where(icontains(Addon.name, text)) if text else found


def product_ids(addon: Addon) -> list[int]:
    """The products that it may be bought for."""
    return [int(one) for one in addon.packages.split(",") if one.strip().isdecimal()]


def create(db: Session, data: Data) -> Addon:
    """A new product addon; `name` is required. It is free until its pricing says otherwise. Raises Invalid."""
    addon = Addon(billingcycle="free", created_at=ctx_of(db).host.clock.now())
    _store(db, addon, {"name": "", **{name: data[name] for name in data}}, ())
    db.add(addon)
    db.flush()
    for currency in prices.currencies(db):
        prices.put(db, "addon", addon.id, currency.id, {})
    return addon


def update(db: Session, addon: Addon, data: Data, boxes: Iterable[str] = ()) -> None:
    """Change the fields that `data` holds, and the tick boxes named in `boxes` even when `data` lacks them. Raises Invalid."""
    _store(db, addon, {name: data[name] for name in data}, tuple(boxes))
    db.flush()


def _store(db: Session, addon: Addon, data: dict[str, object], boxes: tuple[str, ...]) -> None:
    form = Form(data)
    changed: dict[str, object] = {}
    if "name" in data:
        changed["name"] = form.text("name", "Addon Name", required=True, longest=255)
    if "description" in data:
        changed["description"] = form.text("description", "Description")
    if "autoactivate" in data:
        changed["autoactivate"] = form.one_of("autoactivate", ACTIVATION, "Automatic activation")
    if "type" in data:
        changed["type"] = form.one_of("type", TYPES, "Product Type", default="other")
    if "module" in data:
        changed["module"] = form.text("module", "Module Name", longest=32)
    for name, label in (("welcomeemail", "Welcome Email"), ("server_group_id", "Server Group"), ("weight", "Sort Weight")):
        if name in data:
            changed[name] = form.number(name, label)
    for name in BOXES:
        if name in data or name in boxes:
            changed[name] = form.flag(name)
    kinds: tuple[tuple[str, type, str], ...] = (
        ("welcomeemail", EmailTemplate, "e-mail template"), ("server_group_id", ServerGroup, "server group"),
    )  # fmt: skip
    for name, kind, what in kinds:
        number = changed.get(name)
        if number and name not in form.errors and db.get(kind, number) is None:
            form.errors[name] = f"There is no {what} {number}."
    form.done()
    for name, value in changed.items():
        setattr(addon, name, value)
    # From now on the module's hooks.py is loaded, as for a product.
    activate_hooks(db, str(changed.get("module") or ""))
    addon.updated_at = ctx_of(db).host.clock.now()


def save_pricing(db: Session, addon: Addon, data: Data) -> None:
    """Store the Pricing tab: `billingcycle` and `currency[ID][column]`. Raises Invalid."""
    form = Form(data)
    known = {*CYCLES, addon.billingcycle}  # one that names its only cycle may stay as it is
    kind = form.one_of("billingcycle", known, "Billing Cycle")
    tables = {c.id: prices.read(form, f"currency[{c.id}]", with_switch=True) for c in prices.currencies(db)}
    form.done()
    addon.billingcycle, addon.updated_at = kind, ctx_of(db).host.clock.now()
    for currency, columns in tables.items():
        prices.put(db, "addon", addon.id, currency, columns)


def save_products(db: Session, addon: Addon, data: Data) -> None:
    """Store Applicable Products: `packages`, ids of products, as a list. Unknown ones are left out."""
    wanted = ids_of(data, "packages")
    known = db.scalars(select(Product.id).where(Product.id.in_(wanted)).order_by(Product.id))
    addon.packages = ",".join(str(one) for one in known)
    addon.updated_at = ctx_of(db).host.clock.now()
    db.flush()


def used(db: Session, ids: Iterable[int]) -> dict[int, int]:
    """How many services have each of these addons."""
    rows = db.execute(
        select(ServiceAddon.addonid, func.count()).where(ServiceAddon.addonid.in_(list(ids))).group_by(ServiceAddon.addonid)
    )
    return dict(rows.all())


def delete(db: Session, addon: Addon) -> None:
    """Remove a product addon with prices, module settings and custom fields. Raises Invalid while services have it."""
    if count := used(db, [addon.id]).get(addon.id):
        text = f"“{addon.name}” is used by {count} service(s); hide or retire it instead of deleting it."
        raise Invalid({"addon": text})
    held = [field.id for field in customfields.fields(db, "addon", addon.id)]
    db.execute(delete_rows(CustomFieldValue).where(CustomFieldValue.fieldid.in_(held)))
    db.execute(delete_rows(CustomField).where(CustomField.id.in_(held)))
    db.execute(delete_rows(ModuleConfiguration).where(*_settings_of(addon)))
    prices.forget(db, "addon", [addon.id])
    hooks.later(db, "ProductAddonDelete", addonId=addon.id)
    db.delete(addon)
    db.flush()


def duplicate(db: Session, addon: Addon, name: str) -> Addon:
    """A copy under another name, with prices, module settings and custom fields. Raises Invalid."""
    form = Form({"name": name})
    new_name = form.text("name", "New Addon Name", required=True, longest=255)
    form.done()
    now = ctx_of(db).host.clock.now()
    copy: Addon = _copied(addon)
    copy.name, copy.created_at, copy.updated_at = new_name, now, now
    db.add(copy)
    db.flush()
    columns = [column for _label, *pair in prices.COLUMNS.values() for column in pair]
    for (_relid, currency), row in prices.rows(db, "addon", [addon.id]).items():
        prices.put(db, "addon", copy.id, currency, {column: getattr(row, column) for column in columns})
    for setting in db.scalars(select(ModuleConfiguration).where(*_settings_of(addon))).all():
        twin: ModuleConfiguration = _copied(setting)
        twin.entity_id = copy.id
        db.add(twin)
    for field in customfields.fields(db, "addon", addon.id):
        again: CustomField = _copied(field)
        again.relid = copy.id
        db.add(again)
    db.flush()
    return copy


def _settings_of(addon: Addon) -> list[ColumnElement[bool]]:
    return [ModuleConfiguration.entity_type == "addon", ModuleConfiguration.entity_id == addon.id]


def _copied(row: Row) -> Row:
    names = [attribute.key for attribute in type(row).__mapper__.column_attrs if attribute.key != "id"]
    return type(row)(**{name: getattr(row, name) for name in names})
