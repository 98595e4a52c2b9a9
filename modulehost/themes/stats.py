"""A client's numbers: `stats` of GetClientsDetails, `$clientsstats` in templates."""

from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from modulehost import money
from modulehost.billing import invoices
from modulehost.context import ctx_of
from modulehost.schema import Client, Currency, Invoice, Service


def stats(db: Session, client: Client, currency: Currency) -> dict[str, Any]:
    """Counts and sums of what the host has; features that it has not count zero."""
    services = dict(
        db.execute(
            select(Service.domainstatus, func.count()).where(Service.userid == client.id).group_by(Service.domainstatus)
        ).all()
    )
    unpaid = list(db.scalars(select(Invoice).where(Invoice.userid == client.id, Invoice.status == "Unpaid")))
    today = ctx_of(db).host.clock.today()
    overdue = [row for row in unpaid if row.duedate is not None and row.duedate < today]
    due = sum((invoices.balance(db, row) for row in unpaid), Decimal(0))
    late = sum((invoices.balance(db, row) for row in overdue), Decimal(0))
    paid = db.scalar(
        select(func.count()).select_from(Invoice).where(Invoice.userid == client.id, Invoice.status == "Paid")
    )
    total = sum(int(count) for count in services.values())
    return {
        "numdueinvoices": len(unpaid),
        "dueinvoicesbalance": money.formatted(due, currency),
        "numoverdueinvoices": len(overdue),
        "overdueinvoicesbalance": money.formatted(late, currency),
        "numunpaidinvoices": len(unpaid),
        "unpaidinvoicesamount": money.formatted(due, currency),
        "numpaidinvoices": int(paid or 0),
        "incredit": client.credit > 0,
        "creditbalance": money.formatted(client.credit, currency),
        "productsnumactive": int(services.get("Active", 0)),
        "productsnumtotal": total,
        "productsnumactivehosting": 0,
        "productsnumhosting": 0,
        "productsnumactiveother": int(services.get("Active", 0)),
        "productsnumother": total,
        "numdomains": 0,
        "numactivedomains": 0,
        "numtickets": 0,
        "numactivetickets": 0,
        "numquotes": 0,
        "numaffiliatesignups": 0,
        "isAffiliate": False,
    }
