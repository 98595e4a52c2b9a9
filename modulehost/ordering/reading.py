"""How the fields of services and of their addons are read from forms and API calls: what cannot be read raises ValueError, MoneyError,
CycleError or GatewayError, whose text says what is expected.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from modulehost import money
from modulehost.billing import gateways
from modulehost.billing.cycles import cycle as cycle_of
from modulehost.billing.options import whole_number
from modulehost.language import Phrase

STATUSES = ("Pending", "Active", "Suspended", "Terminated", "Cancelled", "Fraud", "Completed")


def status_told(status: str) -> Phrase:
    """A service's status as an error says it."""
    return Phrase(f"clientarea{status.lower()}", status)


def text(_db: Session, raw: Any) -> str:
    """A text without spaces around it."""
    return str(raw).strip()


def day(_db: Session, raw: Any) -> date | None:
    """A day, `2026-01-31`; None for an empty text and for zeros."""
    if isinstance(raw, date):
        return raw
    written = str(raw).strip()
    if written in ("", "0000-00-00"):
        return None
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise ValueError(f"{written[:20]!r} is not a date; write for example 2026-01-31") from None


def amount(_db: Session, raw: Any) -> Decimal:
    """A sum of money."""
    return money.amount(raw)


def ticked(raw: Any) -> bool:
    """What forms and API calls send for yes."""
    return str(raw).strip().lower() in ("on", "1", "true", "yes")


def existing(db: Session, kind: type[Any], raw: Any, what: str) -> int:
    """The id of a row that there is."""
    key = whole_number(raw, f"the {what}'s id")
    if db.get(kind, key) is None:
        raise ValueError(f"there is no {what} with the id {key}")
    return key


def status(_db: Session, raw: Any) -> str:
    """A status, in any case."""
    for one in STATUSES:
        if one.lower() == str(raw).strip().lower():
            return one
    raise ValueError(f"{raw!r} is not a status; use one of {', '.join(STATUSES)}")


def cycle(_db: Session, raw: Any) -> str:
    """A billing cycle as tblhosting holds it."""
    return cycle_of(str(raw)).label


def method(db: Session, raw: Any) -> str:
    """The system name of an active gateway."""
    return gateways.find(db, str(raw).strip()).module
