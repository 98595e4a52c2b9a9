"""Card numbers as people type them: which brand, valid or not, and until when. Whole numbers are checked here and never stored."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime

#: brand -> how its numbers begin
_BRANDS = (
    ("Visa", r"4"), ("MasterCard", r"5[1-5]|2[2-7]"), ("American Express", r"3[47]"), ("Discover", r"6011|65|64[4-9]"),
    ("JCB", r"35"), ("Diners Club", r"3(0[0-5]|[689])"), ("UnionPay", r"62"), ("Maestro", r"50|5[6-9]|6"),
)  # fmt: skip


class CardError(ValueError):
    """A card that cannot be one; `text` is the API's message, `phrase` the key of the client area's."""

    def __init__(self, text: str, phrase: str) -> None:
        super().__init__(text)
        self.phrase = phrase


@dataclass(frozen=True)
class Card:
    """A card as it was entered. `expiry`, `start`: MMYY; `cvv` goes to the gateway and nowhere else."""

    number: str
    expiry: str
    cvv: str = ""
    start: str = ""
    issue: str = ""

    @property
    def brand(self) -> str:
        """Visa, MasterCard, ..."""
        return brand(self.number)

    @property
    def last_four(self) -> str:
        """What is stored of the number."""
        return self.number[-4:]


def read(number: str, expiry: str, today: date, *, cvv: str = "", start: str = "", issue: str = "") -> Card:
    """A card of what was typed. Raises CardError for a number that is none, or a month that is none or over."""
    digits = re.sub(r"[ -]", "", number)
    if not re.fullmatch(r"[0-9]{12,19}", digits) or not _luhn(digits):
        raise CardError("Card Number is invalid", "creditcardnumberinvalid")
    until = months(expiry)
    if until is None or expires(until).date() < today:
        raise CardError("Expiry Date is invalid", "creditcardenterexpirydate" if until is None else "creditcardexpirydateinvalid")
    since = months(start) if start.strip() else ""
    if since is None:
        raise CardError("Start Date is invalid", "creditcardexpirydateinvalid")
    if issue.strip() and not issue.strip().isdecimal():
        raise CardError("Issue Number is invalid", "creditcardexpirydateinvalid")
    return Card(digits, until, re.sub(r"\D", "", cvv)[:4], since, issue.strip())


def brand(digits: str) -> str:
    """The brand of a number by its first digits; `Card` for one that is not known."""
    return next((name for name, beginning in _BRANDS if re.match(beginning, digits)), "Card")


def months(text: str) -> str | None:
    """MMYY of `0927`, `09/27`, `09 / 2027`; None when it is no month."""
    found = re.fullmatch(r"\s*(\d{1,2})\s*[/ -]?\s*(?:20)?(\d{2})\s*", text)
    if not found or not 1 <= int(found[1]) <= 12:
        return None
    return f"{int(found[1]):02d}{found[2]}"


def expires(month: str) -> datetime:
    """The last second of a month MMYY, until which the card is good."""
    number, year = int(month[:2]), 2000 + int(month[2:])
    return datetime(year, number, calendar.monthrange(year, number)[1], 23, 59, 59)


def _luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
