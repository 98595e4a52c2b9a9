"""Product Addons: the list, and the tabs of an addon. Their Module Settings are in productaddon_module.py."""

from collections.abc import Callable
from typing import Any

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from modulehost import hooks
from modulehost.accounts import customfields
from modulehost.billing.catalog import Invalid, addons, fields, prices, products
from modulehost.context import Ctx
from modulehost.schema import Addon, CustomField, EmailTemplate, icontains
from modulehost.web import frame
from modulehost.web.admin import hookoutput, product_module, productaddon_module
from modulehost.web.admin.paging import paged, wanted_order
from modulehost.web.admin.products import FIELD_COLUMNS
from modulehost.web.admin.site import (
    blueprint,
    change_of,
    confirmed,
    delete_row,
    go,
    number,
    page,
    problems,
    row_or_404,
    sent,
    view_of,
)

URL = "/admin/configaddons.php"
TABS = {1: "Details", 2: "Pricing", 3: "Module Settings", 4: "Custom Fields", 5: "Applicable Products"}
SORTED = {"name": Addon.name, "module": Addon.module, "billingcycle": Addon.billingcycle, "weight": Addon.weight}


@blueprint.get("/configaddons.php")
@frame.permission("View Product Addons")
def configaddons() -> Response:
    """The list, or what `action` names: manage (with `id`: edit), duplicate."""
    action = request.args.get("action", "")
    views: dict[str, Callable[[], Response]] = {"": _list, "manage": manage, "duplicate": duplicate_form}
    return view_of(action, views, "Product Addons")


@blueprint.post("/configaddons.php")
@frame.permission("View Product Addons")
def configaddons_post() -> Response:
    """Changes; each names its permission."""
    action = request.values.get("action", "")
    changes: dict[str, tuple[str, Callable[[], Response]]] = {
        "manage": ("Edit Product Addons" if number("id") else "Create New Product Addons", _save if number("id") else _create),
        "delete": ("Delete Product Addons", _delete),
        "duplicate": ("Create New Product Addons", _duplicate),
        "deletefield": ("Edit Product Addons", _delete_field),
    }
    return change_of(action, changes, "Product Addons")


def edit_url(addon_id: int, tab: int = 1) -> str:
    """Where a tab of an addon is."""
    return f"{URL}?action=manage&id={addon_id}&tab={tab}"


def _list() -> Response:
    text, order = request.args.get("name", "").strip(), wanted_order(SORTED, "weight", False)
    column = SORTED[order.by]
    query = select(Addon).order_by(column.desc() if order.falling else column, Addon.name, Addon.id)
    if text:
        query = query.where(icontains(Addon.name, text))
    with frame.ctx().unit(read=True) as db:
        rows = paged(db, query)
        used = addons.used(db, [row.id for row in rows.rows])
    counts = {row.id: len(addons.product_ids(row)) for row in rows.rows}
    return page("productaddons.html", "Product Addons", page=rows, used=used, counts=counts, name=text, order=order,
                cycles=addons.CYCLES, activation=product_module.AUTO_SETUP_SHORT)  # fmt: skip


def manage(found: dict[str, str] | None = None) -> Response:
    """Create New Addon; with `id` one tab of an addon."""
    key = number("id")
    if not key:
        return _create_form(found)
    ctx = frame.ctx()
    tab = number("tab") if number("tab") in TABS else 1
    with ctx.unit(read=True) as db:
        addon = row_or_404(db, Addon, key, "Product addon")
        more = _TAB_DATA[tab](db, addon)
    if tab == 1:
        more["hook_fields"] = hookoutput.fields("AddonConfig", id=addon.id)
    if tab == 3:
        more = productaddon_module.tab(ctx, addon)
    return page(f"productaddon_tab{tab}.html", f"Edit Addon: {addon.name}", addon=addon, tabs=TABS, tab=tab, found=found or {},
                given=sent(), menu_url=URL, **more)  # fmt: skip


def _create_form(found: dict[str, str] | None) -> Response:
    frame.require("Create New Product Addons")
    offers = [one for one in _offers() if one.get("addonname")]
    return page("productaddon_create.html", "Create New Addon", found=found or {}, given=request.values, offers=offers, menu_url=URL)


def _offers() -> list[dict[str, Any]]:
    """What hook AdminPredefinedAddons offers to begin with."""
    found: list[dict[str, Any]] = []
    for answer in hooks.values(hooks.fire(frame.ctx(), "AdminPredefinedAddons")):
        found += [dict(one) for one in (answer if isinstance(answer, list | tuple) else [answer]) if isinstance(one, dict)]
    return found


def _create() -> Response:
    data = {name: request.form[name] for name in ("name", "description", "module") if name in request.form}
    try:
        with frame.ctx().unit() as db:
            addon = addons.create(db, {**data, "type": "other", "showorder": "1"})
    except Invalid as error:
        return manage(problems(error))
    frame.note("success", "Product Addon Created", f"“{addon.name}” can be set up now: its price, and the products it is for.")
    return go(edit_url(addon.id))


def duplicate_form(found: dict[str, str] | None = None) -> Response:
    """Duplicate an Addon: the new name."""
    frame.require("Create New Product Addons")
    with frame.ctx().unit(read=True) as db:
        addon = row_or_404(db, Addon, number("id"), "Product addon")
    return page("productaddon_duplicate.html", "Duplicate Addon", addon=addon, found=found or {}, given=request.values, menu_url=URL)


def _duplicate() -> Response:
    try:
        with frame.ctx().unit() as db:
            addon = row_or_404(db, Addon, number("id"), "Product addon")
            copy = addons.duplicate(db, addon, request.form.get("newname", ""))
    except Invalid as error:
        return duplicate_form(problems(error))
    frame.note("success", "Addon Duplicated", f"“{copy.name}” has the prices, settings and fields of “{addon.name}”.")
    return go(edit_url(copy.id))


def _delete() -> Response:
    return delete_row(Addon, "product addon", addons.delete, URL)


# --- tabs --------------------------------------------------------------------------------------------------------------


def _details(db: Session, addon: Addon) -> dict[str, Any]:
    mails = select(EmailTemplate).where(EmailTemplate.type == "product", EmailTemplate.language == "")
    return {
        "mails": list(db.scalars(mails.order_by(EmailTemplate.name))),
        "activation": addons.ACTIVATION,
        "used": addons.used(db, [addon.id]).get(addon.id, 0),
    }


def _pricing(db: Session, addon: Addon) -> dict[str, Any]:
    kinds = dict(addons.CYCLES)
    if addon.billingcycle not in kinds:
        kinds[addon.billingcycle] = f"{addon.billingcycle} only (price in the first column)"
    return {
        "currencies": prices.currencies(db), "rows": prices.rows(db, "addon", [addon.id]), "cycles": prices.COLUMNS, "kinds": kinds,
    }  # fmt: skip


def _fields(db: Session, addon: Addon) -> dict[str, Any]:
    return {"fields": customfields.fields(db, "addon", addon.id), "types": fields.TYPES}


def _products(db: Session, addon: Addon) -> dict[str, Any]:
    return {"products": products.listing(db), "chosen": addons.product_ids(addon)}


_TAB_DATA: dict[int, Callable[[Session, Addon], dict[str, Any]]] = {
    1: _details, 2: _pricing, 3: lambda db, addon: {}, 4: _fields, 5: _products,
}  # fmt: skip


def _save() -> Response:
    ctx = frame.ctx()
    tab = number("tab") if number("tab") in TABS else 1
    with ctx.unit(read=True) as db:
        addon = row_or_404(db, Addon, number("id"), "Product addon")
    try:
        _SAVES[tab](ctx, addon)
    except Invalid as error:
        return manage(problems(error))
    hookoutput.saved("AddonConfigSave", id=addon.id)
    frame.note("success", "Changes Saved Successfully!")
    return go(edit_url(addon.id, tab))


def _save_details(ctx: Ctx, addon: Addon) -> None:
    names = ("name", "description", "welcomeemail", "weight", "autoactivate", *addons.BOXES)
    with ctx.unit() as db:
        row = row_or_404(db, Addon, addon.id, "Product addon")
        addons.update(db, row, {n: request.form[n] for n in names if n in request.form}, addons.BOXES)


def _save_pricing(ctx: Ctx, addon: Addon) -> None:
    with ctx.unit() as db:
        addons.save_pricing(db, row_or_404(db, Addon, addon.id, "Product addon"), request.form)


def _save_products(ctx: Ctx, addon: Addon) -> None:
    with ctx.unit() as db:
        addons.save_products(db, row_or_404(db, Addon, addon.id, "Product addon"), request.form)


def _save_fields(ctx: Ctx, addon: Addon) -> None:
    """Every field of the form, and the new one when it has a name; all or none."""
    errors: dict[str, str] = {}
    with ctx.unit() as db:
        held = customfields.fields(db, "addon", addon.id)
        kept: list[tuple[str, CustomField | None]] = [(str(one.id), one) for one in held]
        if request.form.get("field[new][fieldname]", "").strip():
            kept.append(("new", None))
        for key, field in kept:
            if f"field[{key}][fieldname]" not in request.form:
                continue
            try:
                data = {n: request.form.get(f"field[{key}][{n}]", "") for n in FIELD_COLUMNS}
                fields.save_field(db, "addon", addon.id, data, field)
            except Invalid as error:
                errors |= {f"field[{key}][{name}]": text for name, text in error.errors.items()}
        if errors:
            raise Invalid(errors)


_SAVES: dict[int, Callable[[Ctx, Addon], None]] = {
    1: _save_details, 2: _save_pricing, 3: productaddon_module.save, 4: _save_fields, 5: _save_products,
}  # fmt: skip


def _delete_field() -> Response:
    with frame.ctx().unit(read=True) as db:
        field = row_or_404(db, CustomField, number("fieldid"), "Custom field")
        count = fields.value_count(db, field)
    if field.type != "addon":
        frame.abort_page(404, "Custom field not found", "This field does not belong to a product addon.")
    text = f"Are you sure you want to delete the custom field “{field.fieldname}”?"
    if count:
        text += f" The values that {count} addon(s) of services have in it are deleted, too."
    if asked := confirmed(text, edit_url(field.relid, 4), "Delete Field"):
        return asked
    with frame.ctx().unit() as db:
        fields.delete(db, row_or_404(db, CustomField, field.id, "Custom field"))
    frame.note("success", "Custom Field Deleted")
    return go(edit_url(field.relid, 4))
