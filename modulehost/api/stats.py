"""The `stats` block of GetClientsDetails: what a client owes, has paid and has. Amounts are texts in the client's currency."""

from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from modulehost.billing import invoices
from modulehost.context import ctx_of
from modulehost.money import ZERO, amount, currency_of, formatted
from modulehost.schema import Client, Invoice, Product, Service, Transaction, table

_INVOICES = {
    "Draft": ("numDraftInvoices", "draftInvoicesBalance"),
    "Unpaid": ("numunpaidinvoices", "unpaidinvoicesamount"),
    "Paid": ("numpaidinvoices", "paidinvoicesamount"),
    "Cancelled": ("numcancelledinvoices", "cancelledinvoicesamount"),
    "Refunded": ("numrefundedinvoices", "refundedinvoicesamount"),
    "Collections": ("numcollectionsinvoices", "collectionsinvoicesamount"),
    "Payment Pending": ("numpaymentpendinginvoices", "paymentpendinginvoicesamount"),
}
_TYPES = {"hostingaccount": "hosting", "reselleraccount": "reseller", "server": "servers", "other": "other"}


def of_client(db: Session, client: Client) -> dict[str, Any]:
    """All figures, in the documented order."""
    currency = currency_of(db, client)

    def shown(value: Decimal) -> str:
        return formatted(value, currency)

    today = ctx_of(db).host.clock.today()
    rows = db.scalars(select(Invoice).where(Invoice.userid == client.id)).all()
    unpaid = [row for row in rows if row.status == "Unpaid"]
    due = sum((invoices.balance(db, row) for row in unpaid), ZERO)
    overdue = [row for row in unpaid if row.duedate is not None and row.duedate < today]
    sums = select(func.sum(Transaction.amountin), func.sum(Transaction.fees), func.sum(Transaction.amountout))
    gross, fees, out = (amount(str(one or 0)) for one in db.execute(sums.where(Transaction.userid == client.id)).one())
    stats: dict[str, Any] = {
        "numdueinvoices": len(unpaid),
        "dueinvoicesbalance": shown(due),
        "incredit": client.credit > 0,
        "creditbalance": shown(client.credit),
        "grossRevenue": shown(gross),
        "expenses": shown(fees + out),
        "income": shown(gross - fees - out),
        "numoverdueinvoices": len(overdue),
        "overdueinvoicesbalance": shown(sum((invoices.balance(db, row) for row in overdue), ZERO)),
    }
    for status, (count, total) in _INVOICES.items():
        found = [row for row in rows if row.status == status]
        stats[count] = len(found)
        stats[total] = shown(sum((row.total for row in found), ZERO))
    return stats | _products(db, client.id) | _others(db, client.id)


def _products(db: Session, client_id: int) -> dict[str, int]:
    grouped = select(Product.type, Service.domainstatus, func.count()).join(Product, Product.id == Service.packageid)
    rows = db.execute(grouped.where(Service.userid == client_id).group_by(Product.type, Service.domainstatus)).all()
    found: dict[str, int] = {}
    for kind, name in _TYPES.items():
        found[f"productsnumactive{name}"] = sum(n for type_, status, n in rows if type_ == kind and status == "Active")
        found[f"productsnum{name}"] = sum(n for type_, _, n in rows if type_ == kind)
    found["productsnumactive"] = sum(n for _, status, n in rows if status == "Active")
    found["productsnumtotal"] = sum(n for _, _, n in rows)
    return found


def _others(db: Session, client_id: int) -> dict[str, Any]:
    domains, quotes, tickets = table("tbldomains").c, table("tblquotes").c, table("tbltickets").c
    affiliates, signups = table("tblaffiliates").c, table("tblaffiliatesaccounts").c

    def count(*conditions: Any) -> int:
        return db.scalar(select(func.count()).where(*conditions)) or 0

    affiliate = db.scalar(select(affiliates.id).where(affiliates.clientid == client_id))
    return {
        "numactivedomains": count(domains.userid == client_id, domains.status == "Active"),
        "numdomains": count(domains.userid == client_id),
        "numacceptedquotes": count(quotes.userid == client_id, quotes.stage == "Accepted"),
        "numquotes": count(quotes.userid == client_id),
        "numtickets": count(tickets.userid == client_id),
        "numactivetickets": count(tickets.userid == client_id, tickets.status != "Closed"),
        "numaffiliatesignups": count(signups.affiliateid == affiliate) if affiliate else 0,
        "isAffiliate": affiliate is not None,
    }
