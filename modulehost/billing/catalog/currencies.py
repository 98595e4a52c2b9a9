"""Currencies as an administrator keeps them (tblcurrencies), and the prices that follow from their rates.

A rate is what one unit of the default currency is in that currency; the default one's is 1.
"""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import delete as delete_rows
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from modulehost import hooks, journal
from modulehost.billing.catalog import prices
from modulehost.billing.catalog.checks import Data, Form, Invalid
from modulehost.billing.prices import NOT_OFFERED
from modulehost.context import Ctx
from modulehost.money import amount, default_currency, places
from modulehost.schema import Client, Currency, Pricing, Transaction, same

FORMATS = {1: "1234.56", 2: "1,234.56", 3: "1.234,56", 4: "1,234"}
#: what has prices here; those of domains come with domains
_PRICED = ("product", "addon", "configoptions")
_AT_ONCE = 500
_RATE = Decimal("0.00001")
_HIGHEST_RATE = Decimal("99999.99999")


def listing() -> Any:
    """Currencies with the number of clients who have them, the default one first: rows (currency, count)."""
    counted = select(Client.currency, func.count().label("clients")).group_by(Client.currency).subquery()
    count = func.coalesce(counted.c.clients, 0)
    query = select(Currency, count).outerjoin(counted, counted.c.currency == Currency.id)
    return query.order_by(Currency.default.desc(), Currency.code, Currency.id)


def save(db: Session, data: Data, currency: Currency | None = None) -> Currency:
    """Add a currency, or change the given one.

    Keys: `code` (ISO 4217), `prefix` and `suffix` (blanks count), `format` (1 to 4), `rate`; the default currency's rate
    stays 1. The first currency becomes the default one. With `updatepricing` the prices in it follow from the rate.
    Raises Invalid.
    """
    form = Form(data)
    code = form.text("code", "Currency Code", required=True).upper()
    style = form.number("format", "Format")
    first = db.scalar(select(Currency.id).limit(1)) is None
    base = first or (currency is not None and bool(currency.default))
    rate = Decimal(1) if base else _rate(form)
    if code and not (len(code) == 3 and code.isascii() and code.isalpha()):
        form.errors["code"] = "Currency Code must be three letters, such as EUR."
    if style not in FORMATS:
        form.errors["format"] = "Format must be 1, 2, 3 or 4."
    twin = db.scalar(select(Currency.id).where(same(Currency.code, code)).limit(1)) if code else None
    if twin is not None and (currency is None or twin != currency.id):
        form.errors["code"] = f"There is a currency {code} already."
    texts = {name: str(data.get(name) or "") for name in ("prefix", "suffix")}
    for name, text in texts.items():
        if len(text) > 20:
            form.errors[name] = f"{name.title()} has {len(text)} characters; at most 20 fit."
    form.done()
    if currency is None:
        currency = Currency(default=int(first))
        db.add(currency)
    currency.code, currency.format, currency.rate = code, style, rate
    currency.prefix, currency.suffix = texts["prefix"], texts["suffix"]
    db.flush()
    journal.activity(db, f"Currency Saved - {code} - Rate {rate}")
    if form.flag("updatepricing") and not currency.default:
        update_prices(db, currency)
    return currency


def make_default(db: Session, currency: Currency) -> None:
    """Let all rates refer to this currency. Prices stay as they are: each currency has its own."""
    if currency.default:
        return
    unit = currency.rate
    db.execute(update(Currency).where(Currency.id != currency.id).values(default=0))
    for other in db.scalars(select(Currency)):
        if other.id != currency.id:
            other.default = 0
            other.rate = min(max((other.rate / unit).quantize(_RATE), _RATE), _HIGHEST_RATE)
    currency.default, currency.rate = 1, Decimal("1.00000")
    db.flush()
    journal.activity(db, f"Default Currency Changed - {currency.code}")


def delete(db: Session, currency: Currency) -> None:
    """Remove a currency with the prices in it. Raises Invalid for the default one and while anybody uses it."""
    if currency.default:
        raise Invalid({"currency": "It is the default currency; make another one the default first."})
    clients = db.scalar(select(func.count()).select_from(Client).where(Client.currency == currency.id)) or 0
    if clients:
        raise Invalid({"currency": f"{clients} client(s) have {currency.code} as their currency."})
    if db.scalar(select(Transaction.id).where(Transaction.currency == currency.id).limit(1)) is not None:
        raise Invalid({"currency": f"There are transactions in {currency.code}."})
    db.execute(delete_rows(Pricing).where(Pricing.currency == currency.id))
    journal.activity(db, f"Currency Deleted - {currency.code}")
    db.delete(currency)
    db.flush()


def update_prices(db: Session, only: Currency | None = None) -> int:
    """Update Product Prices: what costs something in the default currency costs that times the rate in the others.

    -1.00 (not offered) stays so. Returns how many price rows were written. `only`: this currency alone.
    """
    base = default_currency(db)
    others = [only] if only else list(db.scalars(select(Currency).where(Currency.id != base.id).order_by(Currency.id)))
    columns = [name for _label, *pair in prices.COLUMNS.values() for name in pair]
    written = last = 0
    while others:
        query = select(Pricing).where(Pricing.currency == base.id, Pricing.type.in_(_PRICED), Pricing.id > last)
        batch = list(db.scalars(query.order_by(Pricing.id).limit(_AT_ONCE)))
        if not batch:
            break
        last = batch[-1].id
        ids = {row.relid for row in batch}
        held = db.scalars(
            select(Pricing).where(Pricing.currency.in_([one.id for one in others]), Pricing.relid.in_(ids))
        )
        rows = {(row.type, row.relid, row.currency): row for row in held}
        for source in batch:
            for currency in others:
                row = rows.get((source.type, source.relid, currency.id))
                if row is None:
                    row = Pricing(type=source.type, relid=source.relid, currency=currency.id)
                    db.add(row)
                for column in columns:
                    setattr(row, column, _converted(getattr(source, column), currency))
                written += 1
        db.flush()
    journal.activity(db, f"Product Prices Updated for Current Rates - {written} price row(s)")
    return written


def update_rates(ctx: Ctx) -> list[str]:
    """Update Exchange Rates: ask hook FetchCurrencyExchangeRates, which gets and gives rates to 1 EUR by code.

    Returns the codes whose rate changed. Raises Invalid when no hook knows rates of this shop's currencies: this host
    itself asks no bank.
    """
    with ctx.unit(read=True) as db:
        base, rows = default_currency(db), list(db.scalars(select(Currency)))
    euro = next((row.rate for row in rows if row.code == "EUR"), None)
    known = {row.code: float(row.rate / euro) for row in rows} if euro else {}
    given: dict[str, Decimal] = {}
    for answer in hooks.values(hooks.fire(ctx, "FetchCurrencyExchangeRates", **known)):
        if isinstance(answer, Mapping):
            given |= {str(code).upper(): rate for code, raw in answer.items() if (rate := _positive(raw)) is not None}
    given.setdefault("EUR", Decimal(1))
    wanted = [row for row in rows if not row.default and row.code in given]
    if base.code not in given or len(given) < 2 or not wanted:
        raise Invalid({"rates": f"No hook of FetchCurrencyExchangeRates gave a rate for {base.code} and another currency of "
                                "this shop. Enter the rates by hand, or add a hook file that returns them."})  # fmt: skip
    changed = []
    with ctx.unit() as db:
        for row in wanted:
            rate = (given[row.code] / given[base.code]).quantize(_RATE)
            stored = db.get(Currency, row.id)
            if stored is not None and not stored.default and 0 < rate <= _HIGHEST_RATE and stored.rate != rate:
                stored.rate = rate
                changed.append(row.code)
        journal.activity(db, f"Exchange Rates Updated - {', '.join(changed) or 'none changed'}")
    return changed


def _positive(raw: Any) -> Decimal | None:
    try:
        found = Decimal(str(raw))
    except InvalidOperation:
        return None
    return found if found.is_finite() and found > 0 else None


def _converted(value: Decimal, currency: Currency) -> Decimal:
    return value if value == NOT_OFFERED else amount(amount(value * currency.rate, places(currency)))


def _rate(form: Form) -> Decimal:
    raw = str(form.data.get("rate") or "").strip()
    try:
        rate = Decimal(raw)
        if not rate.is_finite() or not _RATE <= rate <= _HIGHEST_RATE:
            raise InvalidOperation
        return rate.quantize(_RATE)
    except InvalidOperation:
        form.errors["rate"] = "Base Conv. Rate must be a number above 0 and below 100000, such as 0.92500."
        return Decimal(1)
