"""The rows of a fresh install: a currency, roles, order statuses, gateways, mail templates. Repeatable: what is there stays."""

from decimal import Decimal

from sqlalchemy import select

from modulehost import accounts, billing, mail, settings
from modulehost.config import DEFAULT_VERSION
from modulehost.context import Ctx
from modulehost.schema import Currency, OrderStatus, Setting

ORDER_STATUSES = (
    ("Pending", "#cc0000", 1, 0, 0),
    ("Active", "#779500", 0, 1, 0),
    ("Cancelled", "#888888", 0, 0, 1),
    ("Fraud", "#000000", 0, 0, 0),
)


def base(ctx: Ctx) -> None:
    """Write what every host needs, once."""
    with ctx.unit(read=True) as db:
        if settings.get(db, "mh_seeded"):
            return
    with ctx.unit() as db:
        if db.scalar(select(Currency.id).limit(1)) is None:
            db.add(Currency(code="USD", prefix="$", suffix=" USD", format=2, rate=Decimal("1.00000"), default=1))
        if db.scalar(select(OrderStatus.id).limit(1)) is None:
            for order, (title, color, pending, active, cancelled) in enumerate(ORDER_STATUSES, 1):
                db.add(
                    OrderStatus(
                        title=title,
                        color=color,
                        showpending=pending,
                        showactive=active,
                        showcancelled=cancelled,
                        sortorder=order * 10,
                    )
                )
        if db.scalar(select(Setting.id).where(Setting.setting == "Version")) is None:
            settings.put(db, "Version", ctx.host.config.emulate_version or DEFAULT_VERSION)
        accounts.seed(db)
        mail.seed(db)
        billing.seed(db)
        settings.put(db, "mh_seeded", "base")
