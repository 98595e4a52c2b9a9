"""Add Funds: a client buys credit (a line of type AddFunds). Settings: AddFundsEnabled, AddFundsMinimum, AddFundsMaximum,
AddFundsMaximumBalance, AddFundsRequireOrder; their amounts are in the default currency and converted into the client's."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost import settings
from modulehost.billing import invoices, issuing
from modulehost.billing.carrying import FUNDS
from modulehost.context import Ctx
from modulehost.money import ZERO, MoneyError, amount, converted, currency_of, default_currency
from modulehost.schema import Client, Order


@dataclass(frozen=True)
class Limits:
    """What a client may add, in the client's currency: at least, at most at once, and up to which balance; 0 is no limit."""

    minimum: Decimal
    maximum: Decimal
    balance: Decimal


class FundsRefused(ValueError):
    """Funds that cannot be added. `phrase`: the key of the text for the client; `limit`: the amount that it tells."""

    def __init__(self, phrase: str, limit: Decimal | None = None) -> None:
        super().__init__(phrase)
        self.phrase, self.limit = phrase, limit


def enabled(db: Session) -> bool:
    """Whether clients may add funds at all."""
    return settings.on(db, "AddFundsEnabled")


def allowed(db: Session, client: Client) -> bool:
    """Whether this client may: with AddFundsRequireOrder on, only those who have an active order."""
    if not settings.on(db, "AddFundsRequireOrder"):
        return True
    return db.scalar(select(Order.id).where(Order.userid == client.id, Order.status == "Active").limit(1)) is not None


def limits(db: Session, client: Client) -> Limits:
    """The limits in the client's currency."""
    base, own = default_currency(db), currency_of(db, client)

    def limit(name: str) -> Decimal:
        try:
            return converted(amount(settings.get(db, name)), base, own)
        except MoneyError:
            return ZERO

    return Limits(limit("AddFundsMinimum"), limit("AddFundsMaximum"), limit("AddFundsMaximumBalance"))


def add(ctx: Ctx, client_id: int, wanted: Decimal, gateway: str, description: str) -> int:
    """Issue the invoice for `wanted` credit, whose line says `description`; returns its id. Raises FundsRefused."""
    with ctx.unit(read=True) as db:
        client = db.get_one(Client, client_id)
        if not enabled(db):
            raise FundsRefused("clientareaaddfundsdisabled")
        if not allowed(db, client):
            raise FundsRefused("clientareaaddfundsnotallowed")
        most = limits(db, client)
    if wanted <= 0 or wanted < most.minimum:
        raise FundsRefused("addfundsminimumerror", most.minimum)
    if most.maximum and wanted > most.maximum:
        raise FundsRefused("addfundsmaximumerror", most.maximum)
    if most.balance and client.credit + wanted > most.balance:
        raise FundsRefused("addfundsmaximumbalanceerror", most.balance)
    line = invoices.Item(description, wanted, FUNDS)
    return issuing.issue(ctx, client_id, [line], paymentmethod=gateway)
