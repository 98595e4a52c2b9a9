"""Configurable options: groups (assigned to products), options, their choices and prices.

Tables: tblproductconfiggroups, tblproductconfiglinks, tblproductconfigoptions, tblproductconfigoptionssub, tblpricing
(type configoptions, relid = the choice). Source: public schema notes and module documentation.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import delete as delete_rows
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from modulehost.billing.catalog import prices
from modulehost.billing.catalog.checks import Data, Form, Invalid, ids_of
from modulehost.schema import (
    ConfigOption,
    ConfigOptionSub,
    Product,
    ProductConfigGroup,
    ProductConfigLink,
    Service,
    ServiceConfigOption,
)

DROPDOWN, RADIO, YESNO, QUANTITY = "1", "2", "3", "4"
TYPES = {DROPDOWN: "Dropdown", RADIO: "Radio", YESNO: "Yes/No", QUANTITY: "Quantity"}


@dataclass(frozen=True)
class GroupLine:
    """A group as the list shows it."""

    group: ProductConfigGroup
    options: int
    products: int


def groups(db: Session) -> list[GroupLine]:
    """All groups with how many options they hold and how many products they are assigned to."""
    options = dict(db.execute(select(ConfigOption.gid, func.count()).group_by(ConfigOption.gid)).all())
    products = dict(db.execute(select(ProductConfigLink.gid, func.count()).group_by(ProductConfigLink.gid)).all())
    found = db.scalars(select(ProductConfigGroup).order_by(ProductConfigGroup.name, ProductConfigGroup.id))
    return [GroupLine(group, options.get(group.id, 0), products.get(group.id, 0)) for group in found]


def save_group(db: Session, data: Data, group: ProductConfigGroup | None = None) -> ProductConfigGroup:
    """Add or change a group: `name` (required), `description`, `productlinks` (product ids). Raises Invalid."""
    form = Form(data)
    name = form.text("name", "Group Name", required=True, longest=255)
    form.done()
    if group is None:
        group = ProductConfigGroup()
        db.add(group)
    group.name, group.description = name, form.text("description")
    db.flush()
    _assign(db, group, ids_of(data, "productlinks"))
    return group


def assigned_products(db: Session, gid: int) -> list[int]:
    """Ids of the products that a group is assigned to."""
    return list(
        db.scalars(select(ProductConfigLink.pid).where(ProductConfigLink.gid == gid).order_by(ProductConfigLink.pid))
    )


def _assign(db: Session, group: ProductConfigGroup, pids: Iterable[int]) -> None:
    wanted = set(db.scalars(select(Product.id).where(Product.id.in_(list(pids)))))
    db.execute(
        delete_rows(ProductConfigLink).where(
            ProductConfigLink.gid == group.id, ProductConfigLink.pid.not_in(list(wanted))
        )
    )
    for pid in sorted(wanted - set(assigned_products(db, group.id))):
        db.add(ProductConfigLink(gid=group.id, pid=pid))
    db.flush()


def delete_group(db: Session, group: ProductConfigGroup) -> None:
    """Remove a group with its options. Raises Invalid while services use one of them."""
    for option in of_group(db, group.id):
        delete_option(db, option)
    db.execute(delete_rows(ProductConfigLink).where(ProductConfigLink.gid == group.id))
    db.delete(group)
    db.flush()


def duplicate_group(db: Session, group: ProductConfigGroup, name: str) -> ProductConfigGroup:
    """A copy with all options, choices and prices, assigned to no product. Raises Invalid."""
    copy = save_group(db, {"name": name, "description": group.description})
    columns = [column for _label, *pair in prices.COLUMNS.values() for column in pair]
    for option in of_group(db, group.id):
        twin = ConfigOption(
            gid=copy.id, optionname=option.optionname, optiontype=option.optiontype, qtyminimum=option.qtyminimum,
            qtymaximum=option.qtymaximum, order=option.order, hidden=option.hidden,
        )  # fmt: skip
        db.add(twin)
        db.flush()
        for sub in choices(db, option.id):
            new = ConfigOptionSub(
                configid=twin.id, optionname=sub.optionname, sortorder=sub.sortorder, hidden=sub.hidden
            )
            db.add(new)
            db.flush()
            for (_relid, currency), row in prices.rows(db, "configoptions", [sub.id]).items():
                prices.put(db, "configoptions", new.id, currency, {column: getattr(row, column) for column in columns})
    return copy


def of_group(db: Session, gid: int) -> list[ConfigOption]:
    """A group's options in their order."""
    return list(
        db.scalars(select(ConfigOption).where(ConfigOption.gid == gid).order_by(ConfigOption.order, ConfigOption.id))
    )


def of_product(db: Session, pid: int) -> list[ConfigOption]:
    """All options that a product offers, in the order of their groups, hidden ones included."""
    query = select(ConfigOption).join(ProductConfigLink, ProductConfigLink.gid == ConfigOption.gid)
    return list(
        db.scalars(
            query.where(ProductConfigLink.pid == pid).order_by(ConfigOption.gid, ConfigOption.order, ConfigOption.id)
        )
    )


def choices(db: Session, configid: int) -> list[ConfigOptionSub]:
    """An option's choices in their order."""
    query = select(ConfigOptionSub).where(ConfigOptionSub.configid == configid)
    return list(db.scalars(query.order_by(ConfigOptionSub.sortorder, ConfigOptionSub.id)))


def save_option(db: Session, data: Data, gid: int, option: ConfigOption | None = None) -> ConfigOption:
    """Add an option to group `gid`, or change the given one, with its choices and prices.

    `configoptionname` and `configoptiontype` (1 dropdown, 2 radio, 3 yes/no, 4 quantity); `order`, `hidden`;
    `qtyminimum`, `qtymaximum` of a quantity, where a maximum of 0 means no maximum. Of each choice there is
    `optionname[ID]`, `sortorder[ID]`, `hidden[ID]`, `delete[ID]` and `price[CURRENCY][ID][column]`; `addoptionname` is
    a new choice with `price[CURRENCY][new][column]`. Yes/no and quantity have exactly one choice. Raises Invalid.
    """
    form = Form(data)
    name = form.text("configoptionname", "Option Name", required=True, longest=255)
    kind = form.one_of("configoptiontype", TYPES, "Option Type", default=option.optiontype if option else DROPDOWN)
    least = form.number("qtyminimum", "Minimum Quantity Required")
    most = form.number("qtymaximum", "Maximum Allowed")
    if kind == QUANTITY and most and least > most:
        form.errors["qtymaximum"] = "Maximum Allowed must not be below the minimum; 0 means no maximum."
    if option is not None:
        order = form.number("order", "Sort Order")
    else:
        order = (db.scalar(select(func.max(ConfigOption.order)).where(ConfigOption.gid == gid)) or 0) + 1
    old = choices(db, option.id) if option else []
    kept = _read_choices(db, form, old, kind)
    form.done()
    if option is None:
        option = ConfigOption(gid=gid)
        db.add(option)
    option.optionname, option.optiontype, option.order, option.hidden = name, kind, order, form.flag("hidden")
    option.qtyminimum, option.qtymaximum = (least, most) if kind == QUANTITY else (0, 0)
    db.flush()
    for sub, tables in kept:
        sub.configid = option.id
        db.add(sub)
        db.flush()
        for currency, columns in tables.items():
            prices.put(db, "configoptions", sub.id, currency, columns)
    gone = [sub for sub in old if sub not in [one for one, _tables in kept]]
    for sub in gone:
        _delete_choice(db, sub)
    db.flush()
    return option


def _read_choices(
    db: Session, form: Form, old: Sequence[ConfigOptionSub], kind: str
) -> list[tuple[ConfigOptionSub, dict[int, dict[str, Decimal]]]]:
    currencies = prices.currencies(db)
    kept = []
    for sub in old:
        if form.flag(f"delete[{sub.id}]"):
            if used := _uses(db, sub):
                form.errors[f"optionname[{sub.id}]"] = (
                    f"“{sub.optionname}” is used by {used} service(s); hide it instead."
                )
            continue
        field = f"optionname[{sub.id}]"
        if field in form.data:
            sub_name = form.text(field, "Option", required=True, longest=255)
            tables = {c.id: prices.read(form, f"price[{c.id}][{sub.id}]", with_switch=False) for c in currencies}
            if not form.errors:
                sub.optionname = sub_name
                sub.sortorder, sub.hidden = form.number(f"sortorder[{sub.id}]", "Order"), form.flag(f"hidden[{sub.id}]")
        else:
            tables = {}
        kept.append((sub, tables))
    added = form.text("addoptionname", "Add Option", longest=255)
    if added:
        new = ConfigOptionSub(
            optionname=added, sortorder=form.number("addsortorder", "Order"), hidden=form.flag("addhidden")
        )
        kept.append((new, {c.id: prices.read(form, f"price[{c.id}][new]", with_switch=False) for c in currencies}))
    if kind in (YESNO, QUANTITY) and len(kept) > 1:
        form.errors["addoptionname"] = (
            f"An option of type {TYPES[kind]} has exactly one priced choice; delete the others first."
        )
    return kept


def _uses(db: Session, sub: ConfigOptionSub) -> int:
    query = select(func.count()).select_from(ServiceConfigOption).join(Service, Service.id == ServiceConfigOption.relid)
    return db.scalar(query.where(ServiceConfigOption.optionid == sub.id)) or 0


def _delete_choice(db: Session, sub: ConfigOptionSub) -> None:
    prices.forget(db, "configoptions", [sub.id])
    db.execute(delete_rows(ServiceConfigOption).where(ServiceConfigOption.optionid == sub.id))
    db.delete(sub)


def delete_option(db: Session, option: ConfigOption) -> None:
    """Remove an option with its choices and prices. Raises Invalid while services use it."""
    query = select(func.count()).select_from(ServiceConfigOption).join(Service, Service.id == ServiceConfigOption.relid)
    used = db.scalar(query.where(ServiceConfigOption.configid == option.id)) or 0
    if used:
        raise Invalid(
            {"option": f"“{option.optionname}” is used by {used} service(s); hide it instead of deleting it."}
        )
    for sub in choices(db, option.id):
        _delete_choice(db, sub)
    db.execute(delete_rows(ServiceConfigOption).where(ServiceConfigOption.configid == option.id))
    db.delete(option)
    db.flush()
