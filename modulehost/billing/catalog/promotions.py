"""Promotions as an administrator keeps them (tblpromotions)."""

import json
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from modulehost import journal, money
from modulehost.billing.catalog.checks import Data, Form, list_of
from modulehost.billing.cycles import CYCLES
from modulehost.billing.promotions import FIXED, FREE_SETUP, PERCENTAGE, TYPES, find
from modulehost.context import ctx_of
from modulehost.schema import Promotion, icontains, unset

SHOWN = {"active": "Active Promotions", "expired": "Expired Promotions", "all": "All Promotions"}
#: what the list may be sorted by
ORDERS = {
    "code": Promotion.code, "type": Promotion.type, "value": Promotion.value, "uses": Promotion.uses,
    "startdate": Promotion.startdate, "expirationdate": Promotion.expirationdate, "id": Promotion.id,
}  # fmt: skip
FLAGS = {
    "recurring": "Recurring",
    "requiresexisting": "Existing services count",
    "lifetimepromo": "Lifetime Promotion",
    "applyonce": "Apply Once",
    "newsignups": "New Signups",
    "existingclient": "Existing Client",
    "onceperclient": "Apply Once per Client",
    "upgrades": "Upgrades/Downgrades",
}
UPGRADE_TYPES = {"product": "Products/Services", "configoptions": "Configurable Options"}


def listing(db: Session, shown: str = "active", text: str = "") -> Select[Any]:
    """Promotions that can be used still, those that cannot any more (by date or by number of uses), or all; without an order."""
    today = ctx_of(db).host.clock.today()
    over = or_(
        and_(~unset(Promotion.expirationdate), Promotion.expirationdate < today),
        and_(Promotion.maxuses > 0, Promotion.uses >= Promotion.maxuses),
    )
    query = select(Promotion)
    if shown == "active":
        query = query.where(~over)
    elif shown == "expired":
        query = query.where(over)
    if text:
        query = query.where(or_(icontains(Promotion.code, text), icontains(Promotion.notes, text)))
    return query


def save(db: Session, data: Data, promotion: Promotion | None = None) -> Promotion:
    """Add a promotion, or change the given one.

    Keys: the columns; `appliesto`, `requires` (tokens) and `cycles` (keys) may be lists; days as 2026-12-31; for upgrades
    `upgradetype`, `upgradevalue`, `upgradediscounttype` and `upgradeoptions` (ids). Raises Invalid.
    """
    form = Form(data)
    code = form.text("code", "Promotion Code", required=True, longest=100)
    kind = form.one_of("type", TYPES, "Type", default=PERCENTAGE)
    value = form.money("value", "Value")
    recurfor, maxuses = form.number("recurfor", "Recur For"), form.number("maxuses", "Maximum Uses")
    flags = {name: form.flag(name) for name in FLAGS}
    applies, requires = _tokens(form, "appliesto"), _tokens(form, "requires")
    chosen = [one for one in _texts(form, "cycles") if one]
    start, end = _day(form, "startdate", "Start Date"), _day(form, "expirationdate", "Expiry Date")
    if any(sign in code for sign in ", \t\r\n"):
        form.errors["code"] = "Promotion Code must not hold blanks or commas."
    twin = find(db, code)
    if twin is not None and (promotion is None or twin.id != promotion.id):
        form.errors["code"] = f"There is a promotion {twin.code} already."
    if value < 0 or (kind == PERCENTAGE and value > 100):
        form.errors["value"] = (
            "Value must be between 0 and 100 per cent." if kind == PERCENTAGE else "Value must not be below 0."
        )
    elif not value and kind in (PERCENTAGE, FIXED) and not flags["upgrades"]:
        form.errors.setdefault("value", "Value must be above 0.")
    if unknown := [one for one in chosen if one not in CYCLES]:
        form.errors["cycles"] = f"{unknown[0]!r} is not a billing cycle."
    if not applies and not flags["upgrades"]:
        form.errors["appliesto"] = "Choose what the promotion applies to."
    if start and end and end < start:
        form.errors["expirationdate"] = "Expiry Date must not be before the start date."
    if flags["newsignups"] and flags["existingclient"]:
        form.errors["existingclient"] = "A promotion cannot be for new signups only and for existing clients only."
    upgrade = _upgrade(form) if flags["upgrades"] else ""
    form.done()
    if promotion is None:
        promotion = Promotion()
        db.add(promotion)
    promotion.code, promotion.type = code, kind
    promotion.value = money.ZERO if kind == FREE_SETUP else value
    promotion.recurfor, promotion.maxuses, promotion.startdate, promotion.expirationdate = recurfor, maxuses, start, end
    promotion.appliesto, promotion.requires = ",".join(applies), ",".join(requires)
    promotion.cycles = ",".join(CYCLES[one].label for one in CYCLES if one in chosen)
    promotion.upgradeconfig, promotion.notes = upgrade, form.text("notes")
    for name, on in flags.items():
        setattr(promotion, name, on)
    db.flush()
    journal.activity(db, f"Promotion Saved - {code}")
    return promotion


def expire(db: Session, promotion: Promotion) -> None:
    """Expire Now: it was valid until yesterday. Services that have it keep their discount."""
    promotion.expirationdate = ctx_of(db).host.clock.today() - timedelta(days=1)
    db.flush()
    journal.activity(db, f"Promotion Expired - {promotion.code}")


def delete(db: Session, promotion: Promotion) -> None:
    """Remove a promotion: later invoices of services that have it are without discount."""
    journal.activity(db, f"Promotion Deleted - {promotion.code}")
    db.delete(promotion)
    db.flush()


def _texts(form: Form, name: str) -> list[str]:
    found: list[str] = []
    for one in list_of(form.data, name):
        found += [part.strip() for part in str(one).split(",")]
    return [one for one in found if one]


def _tokens(form: Form, name: str) -> list[str]:
    found = _texts(form, name)
    wrong = [one for one in found if not (one.removeprefix("A").isdecimal() or one.startswith("D."))]
    if wrong:
        form.errors[name] = f"{wrong[0]!r} names no product (its id), addon (A and its id) or domain (D.com)."
    return list(dict.fromkeys(found))


def _day(form: Form, name: str, label: str) -> date | None:
    text = str(form.data.get(name) or "").strip()
    if text in ("", "0000-00-00"):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        form.errors[name] = f"{label} must look like 2026-12-31, not {text[:20]!r}."
        return None


def _upgrade(form: Form) -> str:
    kind = form.one_of("upgradetype", UPGRADE_TYPES, "Upgrade Type", default="product")
    how = form.one_of("upgradediscounttype", (PERCENTAGE, FIXED), "Upgrade Discount", default=PERCENTAGE)
    value = form.money("upgradevalue", "Upgrade Discount")
    if value < 0 or (how == PERCENTAGE and value > 100):
        form.errors["upgradevalue"] = "Upgrade Discount must not be below 0, and not above 100 per cent."
    ids = [int(one) for one in _texts(form, "upgradeoptions") if one.isdecimal()]
    return json.dumps({"value": money.plain(value), "type": kind, "discounttype": how, "configoptions": ids})
