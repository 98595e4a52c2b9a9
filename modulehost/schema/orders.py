"""Orders and their states."""

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from .base import Base
from .types import Big, Cents, Key, Moment, Num, Ref, Text, UNum, text_index


class Order(Base):
    """An order; its items are services, addons, domains and upgrades that point to it."""

    __tablename__ = "tblorders"
    __table_args__ = (
        *(Index(f"ix_tblorders_{name}", name) for name in ("ordernum", "date", "amount")),
        text_index("tblorders", "status", length=16),
    )

    id: Mapped[Key]
    ordernum: Mapped[Big]  # the number that clients see
    userid: Mapped[Ref]
    contactid: Mapped[Num]
    requestor_id: Mapped[UNum]  # tblusers.id
    admin_requestor_id: Mapped[UNum]  # tbladmins.id
    date: Mapped[Moment]
    nameservers: Mapped[Text]
    transfersecret: Mapped[Text]
    renewals: Mapped[Text]
    promocode: Mapped[Text]
    promotype: Mapped[Text]
    promovalue: Mapped[Text]
    orderdata: Mapped[Text]
    amount: Mapped[Cents]
    paymentmethod: Mapped[Text]
    invoiceid: Mapped[Ref]  # tblinvoices.id, 0: none
    status: Mapped[Text]  # tblorderstatuses.title
    ipaddress: Mapped[Text]
    fraudmodule: Mapped[Text]
    fraudoutput: Mapped[Text]
    notes: Mapped[Text]


class OrderStatus(Base):
    """A state of orders, and as which of the three built-in ones it counts."""

    __tablename__ = "tblorderstatuses"

    id: Mapped[Key]
    title: Mapped[Text]
    color: Mapped[Text]
    showpending: Mapped[Num]
    showactive: Mapped[Num]
    showcancelled: Mapped[Num]
    sortorder: Mapped[Num]
