"""Promotions: the list, and one promotion."""

from typing import Any

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from modulehost.billing import promotions as rules
from modulehost.billing.catalog import promotions
from modulehost.billing.cycles import CYCLES
from modulehost.money import ZERO, default_currency
from modulehost.schema import Addon, ConfigOption, Product, ProductConfigGroup, ProductGroup, Promotion
from modulehost.web import frame
from modulehost.web.admin.paging import paged, wanted_order
from modulehost.web.admin.site import (
    blueprint,
    confirmed,
    delete_row,
    go,
    number,
    page,
    row_or_404,
    save_row,
    sent,
    unknown_change,
)

URL = "/admin/configpromotions.php"
#: kept from a promotion that is duplicated
_COPIED = ("type", "value", "recurring", "cycles", "appliesto", "requires", "requiresexisting", "startdate", "expirationdate",
           "maxuses", "recurfor", "lifetimepromo", "applyonce", "newsignups", "existingclient", "onceperclient", "upgrades",
           "upgradeconfig", "notes")  # fmt: skip


@blueprint.get("/configpromotions.php")
@frame.permission("View Promotions")
def promotion_list() -> Response:
    """Active, expired or all promotions; `action=manage[&id=]` and `action=duplicate&id=` are the form."""
    if request.args.get("action") in ("manage", "duplicate"):
        frame.require("Create/Edit Promotions")
        return _form({})
    shown = request.args.get("show", "active")
    shown = shown if shown in promotions.SHOWN else "active"
    text, order = request.args.get("code", "").strip(), wanted_order(promotions.ORDERS, "code", falling=False)
    with frame.ctx().unit(read=True) as db:
        rows = paged(db, promotions.listing(db, shown, text).order_by(*order(promotions.ORDERS, Promotion.id)))
        base = default_currency(db)
        values = {row.id: rules.describe(db, row, base) for row in rows.rows}
    return page("promotions.html", "Promotions", page=rows, shown=shown, tabs=promotions.SHOWN, values=values, search=text,
                order=order, today=frame.host().clock.today())  # fmt: skip


def _form(found: dict[str, str]) -> Response:
    key = number("id", request.args)
    copy = request.args.get("action") == "duplicate"
    with frame.ctx().unit(read=True) as db:
        row = row_or_404(db, Promotion, key, "Promotion") if key else Promotion(type="Percentage", value=ZERO)
        if copy:
            row = Promotion(code="", **{name: getattr(row, name) for name in _COPIED})
        title = f"Manage Promotion: {row.code}" if row.id else "Create New Promotion"
        choices = _choices(db)
    form = sent()
    chosen = {
        "appliesto": set(form.getlist("appliesto")) if form else rules.listed(row.appliesto or ""),
        "requires": set(form.getlist("requires")) if form else rules.listed(row.requires or ""),
        "cycles": set(form.getlist("cycles")) if form else (rules.cycles(row) if row.cycles else set()),
    }
    upgrade = rules.upgrade_config(row)
    options = set(form.getlist("upgradeoptions")) if form else {str(one) for one in upgrade["configoptions"]}
    return page("promotion_form.html", title, row=row, given=form, found=found, chosen=chosen, upgrade=upgrade,
                upgradeoptions=options, types=rules.TYPES, flags=promotions.FLAGS, upgrade_types=promotions.UPGRADE_TYPES,
                cycles=[(one.key, one.label) for one in CYCLES.values() if one.key != "free"], menu_url=URL, **choices)  # fmt: skip


def _choices(db: Session) -> dict[str, Any]:
    """What a promotion may be for: products and addons, and the configurable options of upgrades."""
    products = db.execute(
        select(Product.id, ProductGroup.name, Product.name)
        .join(ProductGroup, ProductGroup.id == Product.gid)
        .order_by(ProductGroup.order, ProductGroup.id, Product.order, Product.id)
    )
    goods = [(str(id_), f"{group} - {name}") for id_, group, name in products]
    goods += [
        (f"A{id_}", f"Addon - {name}") for id_, name in db.execute(select(Addon.id, Addon.name).order_by(Addon.id))
    ]
    options = db.execute(
        select(ConfigOption.id, ProductConfigGroup.name, ConfigOption.optionname)
        .join(ProductConfigGroup, ProductConfigGroup.id == ConfigOption.gid)
        .order_by(ProductConfigGroup.id, ConfigOption.order, ConfigOption.id)
    )
    return {"goods": goods, "options": [(str(id_), f"{g} - {name.split('|')[-1]}") for id_, g, name in options]}


@blueprint.post("/configpromotions.php")
@frame.permission("View Promotions")
def promotion_change() -> Response:
    """Save, expire or delete a promotion."""
    action = request.values.get("action", "")
    if action == "delete":
        frame.require("Delete Promotions")
        return _delete()
    frame.require("Create/Edit Promotions")
    if action == "expire":
        return _expire()
    if action not in ("manage", "duplicate"):
        unknown_change("Promotions know", action)
    return save_row(Promotion, "promotion", lambda db, old: promotions.save(db, request.form, old), _form, URL,
                    key=number("id", request.args) if action == "manage" else 0, added="Promotion Created", named=_code)  # fmt: skip


def _code(row: Promotion) -> str:
    return row.code


def _expire() -> Response:
    with frame.ctx().unit(read=True) as db:
        row = row_or_404(db, Promotion, number("id"), "Promotion")
    if asked := confirmed(f"Are you sure you want to expire the promotion “{row.code}” now?", URL, "Expire Promotion"):
        return asked
    with frame.ctx().unit() as db:
        promotions.expire(db, row_or_404(db, Promotion, row.id, "Promotion"))
    frame.note("success", "Promotion Expired", row.code)
    return go(URL)


def _delete() -> Response:
    def more(db: Session, row: Promotion) -> str:
        count = rules.uses(db, row)
        return f"{count} service(s) lose its discount on later invoices." if count else ""

    return delete_row(Promotion, "promotion", promotions.delete, URL, named=_code, more=more)
