"""What tenants of servers use, and how a product charges for it."""

from decimal import Decimal

from sqlalchemy.orm import Mapped

from .base import Base
from .types import Key, MomentOrNull, Num, NumOrNull, Ref, decimal, varchar


class ServerTenant(Base):
    """An account on a server, by the name that its module measures it under."""

    __tablename__ = "tblserver_tenants"

    id: Mapped[Key]
    server_id: Mapped[Ref]  # tblservers.id
    tenant: Mapped[str] = varchar(255)
    created_at: Mapped[MomentOrNull]
    updated_at: Mapped[MomentOrNull]


class TenantStat(Base):
    """A measured value: one row per metric (snapshot), day or month, until it has been invoiced."""

    __tablename__ = "tbltenant_stats"

    id: Mapped[Key]
    tenant_id: Mapped[Ref]  # tblserver_tenants.id
    metric: Mapped[str] = varchar(255)
    type: Mapped[str] = varchar(255)  # snapshot, day, month
    value: Mapped[Decimal] = decimal(19, 6)
    measured_at: Mapped[Decimal] = decimal(18, 6)  # Unix time
    invoice_id: Mapped[NumOrNull]  # tblinvoices.id
    created_at: Mapped[MomentOrNull]
    updated_at: Mapped[MomentOrNull]


class UsageItem(Base):
    """A metric that a product charges for."""

    __tablename__ = "tblusage_items"

    id: Mapped[Key]
    rel_type: Mapped[str] = varchar(200)  # Product
    rel_id: Mapped[Ref]  # tblproducts.id
    module_type: Mapped[str] = varchar(200)  # servers
    module: Mapped[str] = varchar(200)
    metric: Mapped[str] = varchar(200)
    included: Mapped[Decimal] = decimal(19, 6)
    is_hidden: Mapped[Num]  # 1: switched off, its prices are kept
    created_at: Mapped[MomentOrNull]
    updated_at: Mapped[MomentOrNull]
    deleted_at: Mapped[MomentOrNull]


class PricingBracket(Base):
    """A range of quantities with a price of its own (tblpricing, type usage, column monthly: per unit)."""

    __tablename__ = "tblpricing_bracket"

    id: Mapped[Key]
    floor: Mapped[Decimal] = decimal(19, 6)
    ceiling: Mapped[Decimal] = decimal(19, 6)  # 0: without an end
    rel_type: Mapped[str] = varchar(200)  # usage
    rel_id: Mapped[str] = varchar(200)  # tblusage_items.id
    schema_type: Mapped[str] = varchar(32)  # simple, total, graduated
    created_at: Mapped[MomentOrNull]
    updated_at: Mapped[MomentOrNull]
    deleted_at: Mapped[MomentOrNull]
