"""The one door to money: Decimal amounts, half-up to the currency's places, formatted as the emulated system does.

tblcurrencies.format: 1 = 1234.56, 2 = 1,234.56, 3 = 1.234,56, 4 = 1,234 (no decimals).
"""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost.schema import Client, Currency

ZERO = Decimal("0.00")
FORMATS = {1: ("", ".", 2), 2: (",", ".", 2), 3: (".", ",", 2), 4: (",", "", 0)}


class MoneyError(ValueError):
    """A text that is not an amount."""


def amount(value: object, places: int = 2) -> Decimal:
    """`value` (Decimal, int or text such as `12.50`) as an amount, half-up. Raises MoneyError; floats are refused."""
    if isinstance(value, float):
        raise MoneyError(f"{value!r} is a float; amounts are Decimal or text")
    try:
        number = value if isinstance(value, Decimal) else Decimal(str(value).strip() or "0")
        if not number.is_finite():
            raise InvalidOperation
        return number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    except InvalidOperation:
        raise MoneyError(f"{value!r} is not an amount; write for example 12.50") from None


def places(currency: Currency) -> int:
    """How many decimals amounts of a currency have: 2, or 0 with format 4."""
    return FORMATS.get(currency.format, FORMATS[1])[2]


def converted(value: Decimal, source: Currency, target: Currency) -> Decimal:
    """An amount of one currency in another, by their rates to the default one, half-up to the target's places."""
    if source.id == target.id or not source.rate:
        return value
    return amount(value / source.rate * target.rate, places(target))


def plain(value: Decimal) -> str:
    """An amount as API answers and module parameters hold it: `1234.50`."""
    return f"{amount(value):.2f}"


def formatted(value: Decimal, currency: Currency, code: bool = True) -> str:
    """An amount as people read it: prefix, grouping by tblcurrencies.format and, unless `code` is False, the suffix."""
    thousands, point, places = FORMATS.get(currency.format, FORMATS[1])
    number = amount(value, places)
    whole, _, cents = f"{abs(number):,.{places}f}".partition(".")
    text = whole.replace(",", thousands) + (point + cents if places else "")
    return f"{'-' if number < 0 else ''}{currency.prefix}{text}{currency.suffix if code else ''}"


def default_currency(db: Session) -> Currency:
    """The currency that other rates refer to (tblcurrencies.default = 1)."""
    found = db.scalar(select(Currency).order_by(Currency.default.desc(), Currency.id).limit(1))
    if found is None:
        raise MoneyError("no currency is set up; add one under Configuration > System Settings > Currencies")
    return found


def currency_of(db: Session, client: Client | None) -> Currency:
    """A client's currency, or the default one."""
    found = db.get(Currency, client.currency) if client is not None and client.currency else None
    return found or default_currency(db)
