"""Pay methods: what a client pays with, and what its gateway needs to charge it."""

from sqlalchemy.orm import Mapped

from .base import Base
from .types import Key, Moment, MomentOrNull, Num, Ref, Text, varchar


class PayMethod(Base):
    """A stored card or bank account of a client; its details are a row of tblcreditcards or tblbankaccts."""

    __tablename__ = "tblpaymethods"

    id: Mapped[Key]
    userid: Mapped[Ref]
    description: Mapped[str] = varchar(255)
    contact_id: Mapped[Num]  # who is billed: tblclients.id or tblcontacts.id
    contact_type: Mapped[str] = varchar(255)  # Client, Contact
    payment_id: Mapped[Num]  # tblcreditcards.id or tblbankaccts.id
    payment_type: Mapped[str] = varchar(255)  # CreditCard, RemoteCreditCard, BankAccount, RemoteBankAccount
    gateway_name: Mapped[str] = varchar(255)
    order_preference: Mapped[Num]  # the lowest is the default
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]
    deleted_at: Mapped[MomentOrNull]


class CreditCard(Base):
    """A card: its last four digits and, encrypted, the gateway's token. Whole numbers are never stored."""

    __tablename__ = "tblcreditcards"

    id: Mapped[Key]
    pay_method_id: Mapped[Num]
    card_type: Mapped[str] = varchar(255)
    last_four: Mapped[str] = varchar(255)
    expiry_date: Mapped[Moment]  # the last moment of its last month
    card_data: Mapped[Text]  # encrypted JSON: token, start, issue
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]
    deleted_at: Mapped[MomentOrNull]


class BankAccount(Base):
    """A bank account; its numbers, or the gateway's token for it, are encrypted."""

    __tablename__ = "tblbankaccts"

    id: Mapped[Key]
    pay_method_id: Mapped[Num]
    bank_name: Mapped[str] = varchar(255)
    acct_type: Mapped[str] = varchar(255)
    bank_data: Mapped[Text]  # encrypted JSON: code, account, holder, token
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]
    deleted_at: Mapped[MomentOrNull]
