"""Prices as tblpricing holds them: one row per thing and currency, a set-up and a price column per cycle.

A one-time price stands in the monthly columns. -1.00 means "not offered in this cycle". Source: public schema notes.
"""

from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from modulehost import money
from modulehost.billing.catalog.checks import Data, Form
from modulehost.billing.cycles import RECURRING
from modulehost.billing.prices import NOT_OFFERED
from modulehost.schema import Currency, Pricing

#: cycle -> (label, set-up column, price column)
COLUMNS = {one.key: (one.label, one.setup_column, one.column) for one in RECURRING}


def currencies(db: Session) -> list[Currency]:
    """All currencies, the default one first."""
    return list(db.scalars(select(Currency).order_by(Currency.default.desc(), Currency.id)))


def rows(db: Session, kind: str, relids: list[int]) -> dict[tuple[int, int], Pricing]:
    """The price rows of these things, by (relid, currency)."""
    if not relids:
        return {}
    found = db.scalars(select(Pricing).where(Pricing.type == kind, Pricing.relid.in_(relids)).order_by(Pricing.id))
    return {(row.relid, row.currency): row for row in found}


def put(db: Session, kind: str, relid: int, currency: int, values: Mapping[str, Decimal]) -> Pricing:
    """Store columns (such as `monthly`, `msetupfee`) of one price row; columns not named stay as they are."""
    row = db.scalar(select(Pricing).where(Pricing.type == kind, Pricing.relid == relid, Pricing.currency == currency))
    if row is None:
        row = Pricing(type=kind, relid=relid, currency=currency)
        if kind in ("product", "addon"):
            for _label, _setup, price in COLUMNS.values():
                setattr(row, price, NOT_OFFERED)
        db.add(row)
    for column, value in values.items():
        setattr(row, column, money.amount(value))
    db.flush()
    return row


def read(form: Form, prefix: str, with_switch: bool) -> dict[str, Decimal]:
    """Price columns from form fields `<prefix>[monthly]`, `<prefix>[msetupfee]`, ...

    With a switch, a cycle counts as offered only when `<prefix>[monthly_on]` is ticked; otherwise it becomes -1.00.
    A set-up fee below 0 is refused; so is a price below 0 other than -1.
    """
    values: dict[str, Decimal] = {}
    for cycle, (label, setup, price) in COLUMNS.items():
        offered = not with_switch or bool(form.flag(f"{prefix}[{cycle}_on]"))
        for column, name in ((setup, f"{label} set-up fee"), (price, f"{label} price")):
            field = f"{prefix}[{column}]"
            value = form.money(field, name)
            if value < 0 and not (column == price and value == NOT_OFFERED):
                form.errors[field] = f"{name} must not be below 0."
            values[column] = value
        if not offered:
            values[price], values[setup] = NOT_OFFERED, money.ZERO
    return values


def forget(db: Session, kind: str, relids: list[int]) -> None:
    """Remove the price rows of deleted things."""
    if relids:
        db.execute(delete(Pricing).where(Pricing.type == kind, Pricing.relid.in_(relids)))


def from_data(data: Data) -> dict[int, dict[str, Decimal]]:
    """Prices as API calls give them: `{"pricing": {currency id: {"monthly": "5.00", "msetupfee": "1.00"}}}`.

    Cycles that are not named are not offered.
    """
    form = Form({})
    found: dict[int, dict[str, Decimal]] = {}
    known = {column for _label, *columns in COLUMNS.values() for column in columns}
    for currency, given in dict(data.get("pricing") or {}).items():
        form.data = given
        found[int(currency)] = {column: form.money(column) for column in known & set(given)}
    form.done()
    return found
