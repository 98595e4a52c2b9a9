"""Invoices, payments, credit, gateways and tax."""

from decimal import Decimal

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from .base import Base
from .types import (
    Cents,
    Day,
    DayOrNull,
    Key,
    Moment,
    MomentOrNull,
    Num,
    Ref,
    Text,
    UNum,
    UNumOrNull,
    decimal,
    same_index,
    search_index,
    text_index,
    varchar,
)


class Invoice(Base):
    """An invoice."""

    __tablename__ = "tblinvoices"
    __table_args__ = (
        text_index("tblinvoices", "status", "duedate", length=16),
        text_index("tblinvoices", "status", "id", length=16),
        *search_index("tblinvoices", "invoicenum"),
        *(Index(f"ix_tblinvoices_{name}", name) for name in ("date", "duedate", "total")),
    )

    id: Mapped[Key]
    userid: Mapped[Ref]
    invoicenum: Mapped[Text]  # empty: the id counts
    date: Mapped[DayOrNull]
    duedate: Mapped[DayOrNull]
    datepaid: Mapped[Moment]
    last_capture_attempt: Mapped[Moment]
    date_refunded: Mapped[Moment]
    date_cancelled: Mapped[Moment]
    subtotal: Mapped[Cents]
    credit: Mapped[Cents]
    tax: Mapped[Cents]
    tax2: Mapped[Cents]
    total: Mapped[Cents]  # subtotal + tax + tax2 - credit
    taxrate: Mapped[Decimal] = decimal(10, 3)  # per cent
    taxrate2: Mapped[Decimal] = decimal(10, 3)
    status: Mapped[Text]  # Draft, Unpaid, Paid, Cancelled, Refunded, Collections, Payment Pending
    paymentmethod: Mapped[Text]  # system name of a gateway
    paymethodid: Mapped[UNumOrNull]  # tblpaymethods.id
    notes: Mapped[Text]
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]


class InvoiceItem(Base):
    """A line of an invoice."""

    __tablename__ = "tblinvoiceitems"
    __table_args__ = (Index("ix_tblinvoiceitems_type_relid", "type", "relid"),)

    id: Mapped[Key]
    invoiceid: Mapped[Ref]  # 0: not yet invoiced
    userid: Mapped[Ref]
    type: Mapped[str] = varchar(30)  # Hosting, Addon, Upgrade, Item, Invoice, LateFee, ...; empty: by hand
    relid: Mapped[Num]  # what type says
    description: Mapped[Text]
    amount: Mapped[Cents]
    taxed: Mapped[Num]  # 1: taxed
    duedate: Mapped[DayOrNull]
    paymentmethod: Mapped[Text]
    notes: Mapped[Text]


class Transaction(Base):
    """Money in or out."""

    __tablename__ = "tblaccounts"
    __table_args__ = (*same_index("tblaccounts", "transid"), Index("ix_tblaccounts_date", "date"))

    id: Mapped[Key]
    userid: Mapped[Ref]  # 0: no client
    currency: Mapped[Num]  # 0: the client's
    gateway: Mapped[Text]  # system name
    date: Mapped[MomentOrNull]
    description: Mapped[Text]
    amountin: Mapped[Cents]
    fees: Mapped[Cents]
    amountout: Mapped[Cents]
    rate: Mapped[Decimal] = decimal(16, 5, default="1.00000")  # to the default currency
    transid: Mapped[Text]
    invoiceid: Mapped[Ref]
    refundid: Mapped[Num]  # tblaccounts.id that is paid back


class Credit(Base):
    """A movement of a client's credit balance."""

    __tablename__ = "tblcredit"

    id: Mapped[Key]
    clientid: Mapped[Ref]  # tblclients.id
    admin_id: Mapped[UNum]
    date: Mapped[Day]
    description: Mapped[Text]
    amount: Mapped[Cents]  # negative: used
    relid: Mapped[Num]  # tblinvoices.id, 0: none


class GatewaySetting(Base):
    """One setting of a payment gateway; an active gateway has at least its `name`."""

    __tablename__ = "tblpaymentgateways"
    __table_args__ = (text_index("tblpaymentgateways", "gateway"),)

    id: Mapped[Key]
    gateway: Mapped[Text]  # system name
    setting: Mapped[Text]  # name, type, visible, and the module's own
    value: Mapped[Text]
    order: Mapped[Num]


class GatewayLog(Base):
    """What a gateway reported."""

    __tablename__ = "tblgatewaylog"

    id: Mapped[Key]
    date: Mapped[Moment]
    gateway: Mapped[Text]
    data: Mapped[Text]
    transaction_history_id: Mapped[UNum]
    result: Mapped[Text]


class Tax(Base):
    """A tax rule."""

    __tablename__ = "tbltax"

    id: Mapped[Key]
    level: Mapped[Num]  # 1, 2
    name: Mapped[Text]
    state: Mapped[Text]  # empty: any
    country: Mapped[Text]  # empty: any
    taxrate: Mapped[Decimal] = decimal(10, 3)  # per cent
