"""The metrics that a product charges for, as the Module Settings tab enters them.

Form fields of a metric: `metric[NAME][on]`, `[included]`, `[scheme]`, and per range N `[N][floor]`, `[N][ceiling]` (empty: no
end) and `[N][price][currency id]` per unit. A range without any price is not there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import delete
from sqlalchemy.orm import Session

from modulehost import money
from modulehost.billing import usage
from modulehost.billing.catalog import prices
from modulehost.billing.catalog.checks import Data, Form
from modulehost.context import ctx_of
from modulehost.schema import Currency, PricingBracket, Product, UsageItem

LARGEST = Decimal(10) ** 13
ROWS = 5  # ranges that the form offers at least


@dataclass(frozen=True)
class Range:
    """One entered range."""

    floor: Decimal
    ceiling: Decimal  # 0: no end
    prices: dict[int, Decimal]


def save(db: Session, product: Product, metrics: Sequence[tuple[str, str]], data: Data) -> None:
    """Store what the form says of these metrics (system name, label). Raises Invalid with every wrong field."""
    form = Form(data)
    currencies = prices.currencies(db)
    entered = {}
    for name, label in metrics:
        if form.flag(f"metric[{name}][on]"):
            entered[name] = _read(form, name, label, currencies)
    form.done()
    held = {item.metric: item for item in usage.items_of(db, product.id) if item.module == product.servertype}
    now = ctx_of(db).host.clock.now()
    for name, _label in metrics:
        item = held.get(name)
        if name not in entered:
            if item is not None:
                item.is_hidden, item.updated_at = 1, now
            continue
        if item is None:
            item = UsageItem(
                rel_type="Product", rel_id=product.id, module_type="servers", module=product.servertype, metric=name, created_at=now
            )
            db.add(item)
        item.included, scheme, ranges = entered[name]
        item.is_hidden, item.updated_at = 0, now
        db.flush()
        _put(db, item, scheme, ranges)


def forget(db: Session, product: Product) -> None:
    """Remove a product's metrics with their prices."""
    for item in usage.items_of(db, product.id):
        _clear(db, item)
        db.delete(item)
    db.flush()


def copy(db: Session, product: Product, to: Product) -> None:
    """Give another product the same metrics, inclusions and prices."""
    now = ctx_of(db).host.clock.now()
    for item in usage.items_of(db, product.id):
        rows = usage.brackets_of(db, item)
        priced = prices.rows(db, "usage", [row.id for row in rows])
        ranges = [
            Range(row.floor, row.ceiling, {currency: price.monthly for (id_, currency), price in priced.items() if id_ == row.id})
            for row in rows
        ]
        twin = UsageItem(
            rel_type="Product", rel_id=to.id, module_type=item.module_type, module=item.module, metric=item.metric,
            included=item.included, is_hidden=item.is_hidden, created_at=now, updated_at=now,
        )  # fmt: skip
        db.add(twin)
        db.flush()
        _put(db, twin, rows[0].schema_type if rows else "simple", ranges)


def _clear(db: Session, item: UsageItem) -> None:
    prices.forget(db, "usage", [row.id for row in usage.brackets_of(db, item)])
    db.execute(delete(PricingBracket).where(PricingBracket.rel_type == "usage", PricingBracket.rel_id == str(item.id)))


def _put(db: Session, item: UsageItem, scheme: str, ranges: list[Range]) -> None:
    _clear(db, item)
    now = ctx_of(db).host.clock.now()
    for one in ranges:
        row = PricingBracket(
            floor=one.floor, ceiling=one.ceiling, rel_type="usage", rel_id=str(item.id), schema_type=scheme,
            created_at=now, updated_at=now,
        )  # fmt: skip
        db.add(row)
        db.flush()
        for currency, price in one.prices.items():
            prices.put(db, "usage", row.id, currency, {"monthly": price})


def _read(form: Form, name: str, label: str, currencies: list[Currency]) -> tuple[Decimal, str, list[Range]]:
    begin = f"metric[{name}]"
    included = _quantity(form, f"{begin}[included]", f"{label}: the included quantity")
    scheme = form.one_of(f"{begin}[scheme]", usage.SCHEMES, f"{label}: the pricing scheme", "simple")
    ranges: list[Range] = []
    count = 1 if scheme == "simple" else max(ROWS, sum(key.startswith(begin) and key.endswith("[floor]") for key in form.data))
    for n in range(min(count, 100)):
        fields = {one.id: f"{begin}[{n}][price][{one.id}]" for one in currencies}
        if not any(str(form.data.get(field) or "").strip() for field in fields.values()):
            continue
        where = f"{label}, range {n + 1}"
        floor = _quantity(form, f"{begin}[{n}][floor]", f"{where}: its beginning") if scheme != "simple" else Decimal(0)
        ceiling = _quantity(form, f"{begin}[{n}][ceiling]", f"{where}: its end") if scheme != "simple" else Decimal(0)
        found = {}
        for one in currencies:
            field = fields[one.id]
            if str(form.data.get(field) or "").strip():
                found[one.id] = form.money(field, f"{where}: the price in {one.code}")
                if found[one.id] < money.ZERO:
                    form.errors[field] = f"{where}: the price in {one.code} must not be below 0."
        if ceiling and ceiling <= floor:
            form.errors[f"{begin}[{n}][ceiling]"] = f"{where} ends at {ceiling:f}, which is not above its beginning, {floor:f}."
        before = ranges[-1] if ranges else None
        expected = before.ceiling if before is not None else Decimal(0)
        if before is not None and (not before.ceiling or floor < before.ceiling):
            end = f"to {before.ceiling:f}" if before.ceiling else "without an end"
            form.errors[f"{begin}[{n}][floor]"] = f"{where} begins at {floor:f} and overlaps the range before it, which goes {end}."
        elif floor != expected:
            form.errors[f"{begin}[{n}][floor]"] = f"{where} begins at {floor:f}; units from {expected:f} on would have no price."
        ranges.append(Range(floor, ceiling, found))
    if not ranges:
        form.errors[f"{begin}[0][price][{currencies[0].id}]"] = f"{label}: enter a price per unit; 0.00 is a price."
    elif ranges[-1].ceiling:
        form.errors[f"{begin}[scheme]"] = f"{label}: the last range must have no end, or units above it would have no price."
    for one in currencies:
        having = [one.id in r.prices for r in ranges]
        if any(having) and not all(having):
            form.errors[f"{begin}[scheme]"] = f"{label}: in {one.code} some ranges have no price; enter all or none."
    return included, scheme, ranges


def _quantity(form: Form, field: str, label: str) -> Decimal:
    try:
        value = money.amount(form.data.get(field) or "0", 6)
    except money.MoneyError:
        form.errors[field] = f"{label} is {str(form.data.get(field))!r}; expected a number such as 10 or 2.5."
        return Decimal(0)
    if not 0 <= value < LARGEST:
        form.errors[field] = f"{label} must be from 0 to below {LARGEST:f}."
        return Decimal(0)
    return value.normalize() if value else Decimal(0)
