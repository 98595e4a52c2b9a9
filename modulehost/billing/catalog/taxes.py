"""Tax rules and settings as an administrator keeps them (tbltax, settings Tax...)."""

from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from modulehost import journal, settings
from modulehost.accounts.countries import COUNTRIES
from modulehost.billing.catalog.checks import Data, Form
from modulehost.schema import Tax, same

TYPES = ("Exclusive", "Inclusive")
#: yes/no settings -> what they mean
SWITCHES = {
    "TaxEnabled": "Tax Support",
    "TaxL2Compound": "Compound Tax",
    "TaxPerLineItem": "Calculation Mode",
    "TaxCustomInvoices": "Tax Custom Invoices",
    "TaxLateFee": "Tax Late Fees",
    "mh_tax_id_field": "Customer Tax IDs/VAT Number",
}


def listing(level: int) -> Select[Any]:
    """The rules of a level by country and state."""
    return select(Tax).where(Tax.level == level).order_by(Tax.country, Tax.state, Tax.id)


def add(db: Session, data: Data) -> Tax:
    """Add a rule: `level` (1, 2), `name`, `country` (code, empty for any), `state` (empty for any), `taxrate` in per cent.

    Raises Invalid.
    """
    form = Form(data)
    level = form.number("level", "Level")
    name = form.text("name", "Name", required=True, longest=255)
    country = form.text("country", "Country").upper()
    state = form.text("state", "State", longest=255)
    rate = _rate(form)
    if level not in (1, 2):
        form.errors["level"] = "Level must be 1 or 2."
    if country and country not in COUNTRIES:
        form.errors["country"] = f"{country!r} is not the code of a country."
    if state and not country:
        form.errors["state"] = "A state needs its country."
    twin = select(Tax.id).where(Tax.level == level, same(Tax.country, country), same(Tax.state, state)).limit(1)
    if not form.errors and db.scalar(twin) is not None:
        form.errors["country"] = f"Level {level} has a rule for this place already; delete it first."
    form.done()
    rule = Tax(level=level, name=name, country=country, state=state, taxrate=rate)
    db.add(rule)
    db.flush()
    journal.activity(db, f"Tax Rule Added - Level {level} {name} {rate}%")
    return rule


def delete(db: Session, rule: Tax) -> None:
    """Remove a rule. Invoices that exist keep their rates."""
    journal.activity(db, f"Tax Rule Deleted - Level {rule.level} {rule.name} {rule.taxrate}%")
    db.delete(rule)
    db.flush()


def save_settings(db: Session, data: Data) -> None:
    """Store `TaxType`, `TaxCode` and the yes/no settings (those not named are switched off). Raises Invalid."""
    form = Form(data)
    kind = form.one_of("TaxType", TYPES, "Tax Type", default="Exclusive")
    code = form.text("TaxCode", "Your Tax ID/VAT Number", longest=255)
    form.done()
    settings.put(db, "TaxType", kind)
    if "TaxCode" in data:
        settings.put(db, "TaxCode", code)
    for name in SWITCHES:
        settings.put(db, name, "on" if form.flag(name) else "")
    journal.activity(db, "Tax Configuration Modified")


def _rate(form: Form) -> Decimal:
    raw = str(form.data.get("taxrate") or "").strip().removesuffix("%").strip()
    try:
        rate = Decimal(raw)
        if not rate.is_finite() or rate != rate.quantize(Decimal("0.001")) or not 0 <= rate <= 1000:
            raise InvalidOperation
    except InvalidOperation:
        form.errors["taxrate"] = (
            "Tax Rate must be a number of per cent such as 19 or 8.875, with at most three decimals."
        )
        return Decimal(0)
    return rate
