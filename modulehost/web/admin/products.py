"""Products/Services: groups, the list, and the tabs of a product. Module Settings are in product_module.py."""

from collections.abc import Callable
from typing import Any

from flask import request
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from modulehost import settings
from modulehost.billing import upgrades
from modulehost.billing.catalog import Invalid, fields, groups, options, prices, products
from modulehost.context import Ctx
from modulehost.schema import CustomField, EmailTemplate, Product, ProductGroup, Service
from modulehost.web import frame
from modulehost.web.admin import hookoutput, product_module
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
    template_folders,
    view_of,
)
from modulehost.web.numbers import is_whole

URL = "/admin/configproducts.php"
TABS = {1: "Details", 2: "Pricing", 3: "Module Settings", 4: "Custom Fields", 5: "Configurable Options", 6: "Upgrades"}
FIELD_COLUMNS = (
    "fieldname", "fieldtype", "description", "regexpr", "fieldoptions", "sortorder", "adminonly", "required", "showorder",
    "showinvoice",
)  # fmt: skip


@blueprint.get("/configproducts.php")
@frame.permission("View Products/Services")
def configproducts() -> Response:
    """The list, or what `action` names."""
    action = request.args.get("action", "")
    views: dict[str, Callable[[], Response]] = {
        "": _list, "create": create_form, "creategroup": group_form, "editgroup": group_form, "edit": edit,
        "duplicate": duplicate_form,
    }  # fmt: skip
    return view_of(action, views, "Products/Services")


@blueprint.post("/configproducts.php")
@frame.permission("View Products/Services")
def configproducts_post() -> Response:
    """Changes; each names its permission."""
    action = request.values.get("action", "")
    changes: dict[str, tuple[str, Callable[[], Response]]] = {
        "create": ("Create New Products/Services", _create),
        "creategroup": ("Manage Product Groups", _save_group),
        "editgroup": ("Manage Product Groups", _save_group),
        "deletegroup": ("Manage Product Groups", _delete_group),
        "movegroup": ("Manage Product Groups", _move_group),
        "edit": ("Edit Products/Services", _save),
        "delete": ("Delete Products/Services", _delete),
        "duplicate": ("Create New Products/Services", _duplicate),
        "deletefield": ("Edit Products/Services", _delete_field),
    }
    return change_of(action, changes, "Products/Services")


def edit_url(product_id: int, tab: int) -> str:
    """Where a tab of a product is."""
    return f"{URL}?action=edit&id={product_id}&tab={tab}"


def _list() -> Response:
    with frame.ctx().unit(read=True) as db:
        all_groups = groups.listing(db)
        rows = products.listing(db)
        used = dict(db.execute(select(Service.packageid, func.count()).group_by(Service.packageid)).all())
    by_group: dict[int, list[Product]] = {}
    for row in rows:
        by_group.setdefault(row.gid, []).append(row)
    known = {group.id for group in all_groups}
    lost = [row for row in rows if row.gid not in known]
    return page("products.html", "Products/Services", groups=all_groups, by_group=by_group, lost=lost, used=used,
                types=products.TYPES, paytypes=products.PAY_TYPES, autosetup=product_module.AUTO_SETUP_SHORT)  # fmt: skip


# --- groups -----------------------------------------------------------------------------------------------------------


def group_form(found: dict[str, str] | None = None) -> Response:
    """Create a New Group, or edit the one that `ids` names."""
    key = number("ids") or number("id")
    with frame.ctx().unit(read=True) as db:
        group = row_or_404(db, ProductGroup, key, "Product group") if key else ProductGroup()
        system = settings.get(db, "OrderFormTemplate")
    title = "Edit Group" if key else "Create a New Group"
    form = sent()
    shown = {
        name: form.get(name, getattr(group, name)) for name in ("name", "headline", "tagline", "orderfrmtpl", "slug")
    }
    shown["hidden"] = "hidden" in form if form else group.hidden
    return page("group_form.html", title, group=group, shown=shown, found=found or {}, system=system,
                forms=template_folders("templates/orderforms"), menu_url=URL)  # fmt: skip


def _save_group() -> Response:
    key = number("ids") or number("id")
    try:
        with frame.ctx().unit() as db:
            if key:
                group = groups.update(db, row_or_404(db, ProductGroup, key, "Product group"), request.form)
            else:
                group = groups.create(db, request.form)
    except Invalid as error:
        return group_form(problems(error))
    frame.note("success", "Changes Saved Successfully!" if key else "Product Group Created", f"“{group.name}”")
    return go(URL)


def _delete_group() -> Response:
    return delete_row(ProductGroup, "product group", groups.delete, URL)


def _move_group() -> Response:
    with frame.ctx().unit() as db:
        step = -1 if request.form.get("to") == "up" else 1
        groups.move(db, row_or_404(db, ProductGroup, number("id"), "Product group"), step)
    return go(URL)


# --- products ---------------------------------------------------------------------------------------------------------


def create_form(found: dict[str, str] | None = None) -> Response:
    """Create a New Product."""
    frame.require("Create New Products/Services")
    ctx = frame.ctx()
    with ctx.unit(read=True) as db:
        all_groups = groups.listing(db)
    return page("product_create.html", "Create a New Product", groups=all_groups, types=products.TYPES, found=found or {},
                modules=product_module.choices(ctx), given=request.values, menu_url=URL)  # fmt: skip


def _create() -> Response:
    data = {name: request.form.get(name, "") for name in ("type", "gid", "name", "servertype")}
    try:
        with frame.ctx().unit() as db:
            product = products.create(
                db, {**data, "showdomainoptions": data["type"] in ("hostingaccount", "reselleraccount")}
            )
    except Invalid as error:
        return create_form(problems(error))
    frame.note(
        "success", "Product Created", f"“{product.name}” can be set up now; its price is set on the Pricing tab."
    )
    return go(edit_url(product.id, 1))


def duplicate_form(found: dict[str, str] | None = None) -> Response:
    """Duplicate a Product: choose which, and the new name."""
    frame.require("Create New Products/Services")
    with frame.ctx().unit(read=True) as db:
        rows = products.listing(db)
    return page("product_duplicate.html", "Duplicate a Product", products=rows, found=found or {}, given=request.values,
                menu_url=URL)  # fmt: skip


def _duplicate() -> Response:
    try:
        with frame.ctx().unit() as db:
            product = row_or_404(db, Product, number("existingproduct"), "Product")
            copy = products.duplicate(db, product, request.form.get("newproductname", ""))
    except Invalid as error:
        return duplicate_form(problems(error))
    frame.note(
        "success", "Product Duplicated", f"“{copy.name}” has the prices, settings and options of “{product.name}”."
    )
    return go(edit_url(copy.id, 1))


def _delete() -> Response:
    return delete_row(Product, "product", products.delete, URL)


# --- a product's tabs -------------------------------------------------------------------------------------------------


def edit(found: dict[str, str] | None = None) -> Response:
    """One tab of Edit Product."""
    ctx = frame.ctx()
    tab = number("tab") if number("tab") in TABS else 1
    with ctx.unit(read=True) as db:
        product = row_or_404(db, Product, number("id"), "Product")
        group = db.get(ProductGroup, product.gid)
        more: dict[str, Any] = _TAB_DATA[tab](db, product)
    if tab == 1:
        more["hook_fields"] = hookoutput.fields("AdminProductConfigFields", pid=product.id)
    if tab == 3:
        more = product_module.tab(ctx, product)
    return page(f"product_tab{tab}.html", f"Edit Product: {product.name}", product=product, group=group, tabs=TABS, tab=tab,
                found=found or {}, given=sent(), menu_url=URL, **more)  # fmt: skip


def _details(db: Session, product: Product) -> dict[str, Any]:
    mails = db.scalars(
        select(EmailTemplate)
        .where(EmailTemplate.type == "product", EmailTemplate.language == "")
        .order_by(EmailTemplate.name)
    )
    used = products.service_count(db, product.id)
    return {"groups": groups.listing(db), "types": products.TYPES, "mails": list(mails), "used": used}


def _pricing(db: Session, product: Product) -> dict[str, Any]:
    return {
        "currencies": prices.currencies(db), "rows": prices.rows(db, "product", [product.id]), "cycles": prices.COLUMNS,
        "paytypes": products.PAY_TYPES,
    }  # fmt: skip


def _fields(db: Session, product: Product) -> dict[str, Any]:
    return {"fields": fields.of_product(db, product.id), "types": fields.TYPES}


def _option_groups(db: Session, product: Product) -> dict[str, Any]:
    return {"lines": options.groups(db), "assigned": products.option_groups(db, product.id)}


def _upgrades(db: Session, product: Product) -> dict[str, Any]:
    groups_ = {one.id: one.name for one in db.scalars(select(ProductGroup))}
    rows = db.scalars(select(Product).where(Product.retired == 0).order_by(Product.gid, Product.order, Product.id))
    chosen = {one.id for one in upgrades.targets(db, product)}
    return {"rows": [(one, groups_.get(one.gid, "")) for one in rows], "chosen": chosen, "mails": _product_mails(db)}


def _product_mails(db: Session) -> list[EmailTemplate]:
    wanted = select(EmailTemplate).where(EmailTemplate.type == "product", EmailTemplate.language == "")
    return list(db.scalars(wanted.order_by(EmailTemplate.name)))


_TAB_DATA: dict[int, Callable[[Session, Product], dict[str, Any]]] = {
    1: _details, 2: _pricing, 3: lambda db, product: {}, 4: _fields, 5: _option_groups, 6: _upgrades,
}  # fmt: skip


def _save() -> Response:
    ctx = frame.ctx()
    tab = number("tab") if number("tab") in TABS else 1
    with ctx.unit(read=True) as db:
        product = row_or_404(db, Product, number("id"), "Product")
    try:
        target = _SAVES[tab](ctx, product)
    except Invalid as error:
        return edit(problems(error))
    if tab == 1:
        hookoutput.saved("AdminProductConfigFieldsSave", pid=product.id)
    frame.note("success", "Changes Saved Successfully!")
    return go(target or edit_url(product.id, tab))


def _save_details(ctx: Ctx, product: Product) -> str:
    names = ("type", "gid", "name", "description", "welcomeemail", "qty", "order", "subdomain")
    with ctx.unit() as db:
        row = row_or_404(db, Product, product.id, "Product")
        products.update(db, row, {n: request.form[n] for n in (*names, *products.DETAIL_BOXES) if n in request.form},
                        boxes=products.DETAIL_BOXES)  # fmt: skip
    return ""


def _save_pricing(ctx: Ctx, product: Product) -> str:
    with ctx.unit() as db:
        products.save_pricing(db, row_or_404(db, Product, product.id, "Product"), request.form)
    return ""


def _save_options(ctx: Ctx, product: Product) -> str:
    wanted = [int(text) for text in request.form.getlist("configoptionlinks") if is_whole(text)]
    with ctx.unit() as db:
        row = row_or_404(db, Product, product.id, "Product")
        products.assign_option_groups(db, row, wanted)
    return ""


def _save_upgrades(ctx: Ctx, product: Product) -> str:
    wanted = [int(text) for text in request.form.getlist("upgradepackages") if is_whole(text)]
    with ctx.unit() as db:
        row = row_or_404(db, Product, product.id, "Product")
        upgrades.set_targets(db, row, wanted)
        row.configoptionsupgrade = int("configoptionsupgrade" in request.form)
        row.upgradeemail = next((one.id for one in _product_mails(db) if one.id == number("upgradeemail")), 0)
        row.updated_at = ctx.host.clock.now()
    return ""


def _save_fields(ctx: Ctx, product: Product) -> str:
    """Every field of the form, and the new one when it has a name; all or none."""
    errors: dict[str, str] = {}
    with ctx.unit() as db:
        row = row_or_404(db, Product, product.id, "Product")
        kept: list[tuple[str, CustomField | None]] = [(str(one.id), one) for one in fields.of_product(db, product.id)]
        if request.form.get("field[new][fieldname]", "").strip():
            kept.append(("new", None))
        for key, field in kept:
            if f"field[{key}][fieldname]" not in request.form:
                continue
            try:
                fields.save(db, row, {n: request.form.get(f"field[{key}][{n}]", "") for n in FIELD_COLUMNS}, field)
            except Invalid as error:
                errors |= {f"field[{key}][{name}]": text for name, text in error.errors.items()}
        if errors:
            raise Invalid(errors)
    return ""


_SAVES: dict[int, Callable[[Ctx, Product], str]] = {
    1: _save_details, 2: _save_pricing, 3: product_module.save, 4: _save_fields, 5: _save_options, 6: _save_upgrades,
}  # fmt: skip


def _delete_field() -> Response:
    with frame.ctx().unit(read=True) as db:
        field = row_or_404(db, CustomField, number("fieldid"), "Custom field")
        count = fields.value_count(db, field)
    text = f"Are you sure you want to delete the custom field “{field.fieldname}”?"
    if count:
        text += f" The values that {count} service(s) have in it are deleted, too."
    if asked := confirmed(text, edit_url(field.relid, 4), "Delete Field"):
        return asked
    with frame.ctx().unit() as db:
        fields.delete(db, row_or_404(db, CustomField, field.id, "Custom field"))
    frame.note("success", "Custom Field Deleted")
    return go(edit_url(field.relid, 4))
