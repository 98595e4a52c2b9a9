"""Products (tblproducts) with their prices, and what hangs on them.

`data` is a form or an API call's parameters, keyed by column names. `update` takes only fields that are in `data`, plus
the tick boxes of the tab it is told (`boxes`), because an unticked box is not sent at all.
"""

from collections.abc import Iterable
from typing import TypeVar

from sqlalchemy import delete as delete_rows
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from modulehost import hooks
from modulehost.billing.catalog import prices, usage
from modulehost.billing.catalog.checks import Data, Form, Invalid
from modulehost.billing.catalog.groups import free_slug, slugged
from modulehost.context import Ctx, after_commit, ctx_of
from modulehost.contract import hook_points
from modulehost.extensions import activate_hooks
from modulehost.schema import (
    CustomField,
    CustomFieldValue,
    EmailTemplate,
    Product,
    ProductConfigGroup,
    ProductConfigLink,
    ProductGroup,
    ServerGroup,
    Service,
)

#: what ProductEdit hands over beside pid and configoptionN
_EDIT_ARGUMENTS = [name for name in hook_points()["ProductEdit"].params if name not in ("pid", "configoptionX")]
TYPES = {
    "hostingaccount": "Shared Hosting",
    "reselleraccount": "Reseller Hosting",
    "server": "Server/VPS",
    "other": "Other",
}
PAY_TYPES = {"free": "Free", "onetime": "One Time", "recurring": "Recurring"}
#: tblproducts.autosetup -> what the admin area says
AUTO_SETUP = {
    "order": "Automatically setup the product as soon as an order is placed",
    "payment": "Automatically setup the product as soon as the first payment is received",
    "on": "Automatically setup the product when you manually accept a pending order",
    "": "Do not automatically setup this product",
}
DETAIL_BOXES = ("hidden", "retired", "showdomainoptions", "stockcontrol", "tax", "is_featured")
_NUMBERS = {
    "welcomeemail": "Welcome Email",
    "qty": "Quantity in Stock",
    "servergroup": "Server Group",
    "recurringcycles": "Recurring Cycles Limit",
    "autoterminatedays": "Auto Terminate/Fixed Term",
    "autoterminateemail": "Termination Email",
    "upgradeemail": "Upgrade Email",
    "allowqty": "Allow Multiple Quantities",
    "order": "Sort Order",
}
_DAYS = {"proratadate": "Prorata Date", "proratachargenextmonth": "Charge Next Month"}
Row = TypeVar("Row", Product, CustomField)
_TEXTS = ("subdomain", "freedomain", "freedomainpaymentterms", "freedomaintlds")


def listing(db: Session) -> list[Product]:
    """All products in the order of their groups."""
    query = (
        select(Product)
        .outerjoin(ProductGroup, ProductGroup.id == Product.gid)
        .order_by(ProductGroup.order, ProductGroup.id, Product.order, Product.name, Product.id)
    )
    return list(db.scalars(query))


def create(db: Session, data: Data) -> Product:
    """A new product. Required: `name`, `gid`; `type` is hostingaccount when not given, `paytype` free.

    Further keys: columns of tblproducts (`description`, `hidden`, `servertype`, `autosetup`, ...) and
    `pricing` {currency id: {cycle column: amount}}. Raises Invalid.
    """
    product = Product(type="hostingaccount", paytype="free", gid=0)
    product.created_at = ctx_of(db).host.clock.now()
    offered = prices.from_data(data)
    _store(db, product, {"type": "hostingaccount", "paytype": "free", "name": "", "gid": 0, **_plain(data)}, ())
    db.add(product)
    if not product.order:
        product.order = (db.scalar(select(func.max(Product.order)).where(Product.gid == product.gid)) or 0) + 1
    db.flush()
    for currency in prices.currencies(db):
        prices.put(db, "product", product.id, currency.id, offered.get(currency.id, {}))
    return product


def update(db: Session, product: Product, data: Data, boxes: Iterable[str] = ()) -> Product:
    """Change the fields that `data` holds, and the tick boxes named in `boxes` even when `data` lacks them."""
    _store(db, product, _plain(data), tuple(boxes))
    db.flush()
    saved(db, product)
    return product


def saved(db: Session, product: Product) -> None:
    """Fire ProductEdit once this unit has committed, with the columns of tblproducts as they are then."""
    ctx = ctx_of(db)
    after_commit(lambda: _tell_saved(ctx, product))


def _tell_saved(ctx: Ctx, product: Product) -> None:
    columns = {name: getattr(product, name) for name in _EDIT_ARGUMENTS if hasattr(product, name)}
    settings = {f"configoption{place}": getattr(product, f"configoption{place}") for place in range(1, 25)}
    hooks.fire(ctx, "ProductEdit", pid=product.id, **columns, **settings)


def _plain(data: Data) -> dict[str, object]:
    return {name: data[name] for name in data}


def _store(db: Session, product: Product, data: dict[str, object], boxes: tuple[str, ...]) -> None:
    form = Form(data)
    changed: dict[str, object] = {}
    if "name" in data:
        changed["name"] = form.text("name", "Product Name", required=True, longest=255)
    if "type" in data:
        changed["type"] = form.one_of("type", TYPES, "Product Type")
    if "paytype" in data:
        changed["paytype"] = form.one_of("paytype", PAY_TYPES, "Payment Type")
    if "autosetup" in data:
        changed["autosetup"] = form.one_of("autosetup", AUTO_SETUP, "Automatic setup")
    if "gid" in data:
        changed["gid"] = gid = form.number("gid", "Product Group")
        if db.get(ProductGroup, gid) is None:
            form.errors["gid"] = (
                "Product Group is required: choose an existing group."
                if not gid
                else f"There is no product group {gid}."
            )
    if "description" in data:
        changed["description"] = form.text("description", "Product Description")
    if "servertype" in data:
        changed["servertype"] = form.text("servertype", "Module Name", longest=64)
    for name, label in _NUMBERS.items():
        if name in data:
            changed[name] = form.number(name, label)
    for name, label in _DAYS.items():
        if name in data:
            changed[name] = form.number(name, label, most=31)
    for name in _TEXTS:
        if name in data:
            changed[name] = form.text(name)
    for name in (*DETAIL_BOXES, "proratabilling"):
        if name in data or name in boxes:
            changed[name] = form.flag(name)
    if "configoptionsupgrade" in data or "configoptionsupgrade" in boxes:
        changed["configoptionsupgrade"] = form.flag("configoptionsupgrade")
    _check_reference(db, form, changed, "welcomeemail", EmailTemplate, "e-mail template")
    _check_reference(db, form, changed, "servergroup", ServerGroup, "server group")
    form.done()
    for name, value in changed.items():
        setattr(product, name, value)
    # From now on the module's hooks.py is loaded, as documented for the save of Module Settings.
    activate_hooks(db, str(changed.get("servertype") or ""))
    if "slug" in data or not product.slug:
        product.slug = _unique_slug(db, slugged(form.text("slug") or product.name), product)
    product.updated_at = ctx_of(db).host.clock.now()


def _check_reference(db: Session, form: Form, changed: dict[str, object], name: str, kind: type, what: str) -> None:
    number = changed.get(name)
    if number and name not in form.errors and db.get(kind, number) is None:
        form.errors[name] = f"There is no {what} {number}."


def _unique_slug(db: Session, slug: str, product: Product) -> str:
    query = select(Product.slug).where(Product.slug.startswith(slug), Product.id != (product.id or 0))
    return free_slug(slug, set(db.scalars(query)))


def service_count(db: Session, product_id: int) -> int:
    """How many services use the product."""
    return db.scalar(select(func.count()).select_from(Service).where(Service.packageid == product_id)) or 0


def delete(db: Session, product: Product) -> None:
    """Remove a product with its prices, metrics, custom fields and option links. Raises Invalid while services use it."""
    if count := service_count(db, product.id):
        raise Invalid(
            {"product": f"“{product.name}” is used by {count} service(s); hide or retire it instead of deleting it."}
        )
    prices.forget(db, "product", [product.id])
    fields = list(
        db.scalars(select(CustomField.id).where(CustomField.type == "product", CustomField.relid == product.id))
    )
    if fields:
        db.execute(delete_rows(CustomFieldValue).where(CustomFieldValue.fieldid.in_(fields)))
        db.execute(delete_rows(CustomField).where(CustomField.id.in_(fields)))
    db.execute(delete_rows(ProductConfigLink).where(ProductConfigLink.pid == product.id))
    usage.forget(db, product)
    hooks.later(db, "ProductDelete", pid=product.id)
    db.delete(product)
    db.flush()


def duplicate(db: Session, product: Product, name: str) -> Product:
    """A copy under another name, with prices, metrics, module settings, custom fields and option links. Raises Invalid."""
    form = Form({"name": name})
    new_name = form.text("name", "New Product Name", required=True, longest=255)
    form.done()
    copy = _copied(product)
    copy.name, copy.created_at = new_name, ctx_of(db).host.clock.now()
    copy.slug = _unique_slug(db, slugged(new_name), copy)
    copy.order = (db.scalar(select(func.max(Product.order)).where(Product.gid == product.gid)) or 0) + 1
    db.add(copy)
    db.flush()
    for (_relid, currency), row in prices.rows(db, "product", [product.id]).items():
        columns = [column for _label, *pair in prices.COLUMNS.values() for column in pair]
        prices.put(db, "product", copy.id, currency, {column: getattr(row, column) for column in columns})
    for field in db.scalars(
        select(CustomField).where(CustomField.type == "product", CustomField.relid == product.id)
    ).all():
        twin = _copied(field)
        twin.relid = copy.id
        db.add(twin)
    for gid in option_groups(db, product.id):
        db.add(ProductConfigLink(pid=copy.id, gid=gid))
    usage.copy(db, product, copy)
    db.flush()
    return copy


def _copied(row: Row) -> Row:
    names = [attribute.key for attribute in type(row).__mapper__.column_attrs if attribute.key != "id"]
    return type(row)(**{name: getattr(row, name) for name in names})


def option_groups(db: Session, product_id: int) -> list[int]:
    """Ids of the configurable option groups assigned to a product."""
    return list(
        db.scalars(
            select(ProductConfigLink.gid).where(ProductConfigLink.pid == product_id).order_by(ProductConfigLink.gid)
        )
    )


def assign_option_groups(db: Session, product: Product, gids: Iterable[int]) -> None:
    """Make these (existing) groups the ones of the product."""
    wanted = set(db.scalars(select(ProductConfigGroup.id).where(ProductConfigGroup.id.in_(list(gids)))))
    db.execute(
        delete_rows(ProductConfigLink).where(
            ProductConfigLink.pid == product.id, ProductConfigLink.gid.not_in(list(wanted))
        )
    )
    for gid in sorted(wanted - set(option_groups(db, product.id))):
        db.add(ProductConfigLink(pid=product.id, gid=gid))
    db.flush()


def save_pricing(db: Session, product: Product, data: Data) -> None:
    """Store the Pricing tab: `paytype`, `recurringcycles`, `autoterminatedays` and `currency[ID][column]` fields.

    A one-time price uses the monthly columns only. Raises Invalid.
    """
    form = Form(data)
    paytype = form.one_of("paytype", PAY_TYPES, "Payment Type")
    tables = {c.id: prices.read(form, f"currency[{c.id}]", with_switch=True) for c in prices.currencies(db)}
    form.done()
    boxes = ("configoptionsupgrade",) if "configoptionsupgrade" in data or "pricing_tab" in data else ()
    update(
        db,
        product,
        {k: data[k] for k in ("recurringcycles", "autoterminatedays", "allowqty", *_DAYS) if k in data} | {"paytype": paytype},
        (),
    )
    if "pricing_tab" in data:
        product.proratabilling = form.flag("proratabilling")
    if boxes:
        product.configoptionsupgrade = form.flag("configoptionsupgrade")
    for currency, columns in tables.items():
        prices.put(db, "product", product.id, currency, columns)
