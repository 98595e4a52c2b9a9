"""Clients, the users who sign in for them, their contacts and notes."""

from decimal import Decimal

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from .base import Base
from .types import (
    Cents,
    Day,
    Key,
    Moment,
    MomentOrNull,
    Num,
    Ref,
    Text,
    TextOrNull,
    UNum,
    URef,
    decimal_or_null,
    same_index,
    search_index,
    varchar,
    varchar_or_null,
)


class Client(Base):
    """A client account. Who signs in is a `User`."""

    __tablename__ = "tblclients"
    __table_args__ = (
        *search_index("tblclients", "email"),
        *(one for name in ("firstname", "lastname", "companyname") for one in search_index("tblclients", name)),
        Index("ix_tblclients_datecreated", "datecreated"),
    )

    id: Mapped[Key]
    uuid: Mapped[str] = varchar(255)
    firstname: Mapped[Text]
    lastname: Mapped[Text]
    companyname: Mapped[Text]
    email: Mapped[Text]
    address1: Mapped[Text]
    address2: Mapped[Text]
    city: Mapped[Text]
    state: Mapped[Text]
    postcode: Mapped[Text]
    country: Mapped[Text]  # ISO 3166 alpha-2
    phonenumber: Mapped[Text]
    tax_id: Mapped[str] = varchar(128)
    password: Mapped[Text]  # of times before users; sign-in is in tblusers
    authmodule: Mapped[Text]
    authdata: Mapped[Text]
    currency: Mapped[Num]  # tblcurrencies.id
    defaultgateway: Mapped[Text]  # system name of a gateway
    credit: Mapped[Cents]  # balance, in the client's currency
    taxexempt: Mapped[Num]
    latefeeoveride: Mapped[Num]  # 1: no late fees
    overideduenotices: Mapped[Num]  # 1: no overdue mails
    separateinvoices: Mapped[Num]  # 1: one invoice per item
    disableautocc: Mapped[Num]  # 1: no automatic capture
    datecreated: Mapped[Day]
    notes: Mapped[Text]
    billingcid: Mapped[Num]  # tblcontacts.id that gets invoices, 0: the client
    securityqid: Mapped[Num]
    securityqans: Mapped[Text]
    groupid: Mapped[Num]  # tblclientgroups.id, 0: none
    cardtype: Mapped[str] = varchar(255)
    cardlastfour: Mapped[Text]
    cardnum: Mapped[Text]
    startdate: Mapped[Text]
    expdate: Mapped[Text]
    issuenumber: Mapped[Text]
    bankname: Mapped[Text]
    banktype: Mapped[Text]
    bankcode: Mapped[Text]
    bankacct: Mapped[Text]
    gatewayid: Mapped[Text]
    lastlogin: Mapped[MomentOrNull]
    ip: Mapped[Text]
    host: Mapped[Text]
    status: Mapped[str] = varchar(8, index=True)  # Active, Inactive, Closed
    language: Mapped[Text]  # empty: the system's
    pwresetkey: Mapped[Text]
    emailoptout: Mapped[Num]
    marketing_emails_opt_in: Mapped[UNum]
    overrideautoclose: Mapped[Num]  # 1: no automatic change of status
    allow_sso: Mapped[Num]
    email_verified: Mapped[Num]
    email_preferences: Mapped[TextOrNull]  # JSON: general, invoice, support, product, domain, affiliate
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]
    pwresetexpiry: Mapped[Moment]


class User(Base):
    """A person who signs in to the client area, for one client or several."""

    __tablename__ = "tblusers"
    __table_args__ = (
        *search_index("tblusers", "email", length=None, unique=True),
        *(one for name in ("first_name", "last_name") for one in search_index("tblusers", name, length=None)),
    )

    id: Mapped[Key]
    first_name: Mapped[str] = varchar(255)
    last_name: Mapped[str] = varchar(255)
    email: Mapped[str] = varchar(255)
    password: Mapped[str] = varchar(255)  # hash
    language: Mapped[str] = varchar(32)
    second_factor: Mapped[str] = varchar(255)  # name of the second-factor module
    second_factor_config: Mapped[TextOrNull]
    remember_token: Mapped[str] = varchar(100)
    reset_token: Mapped[str] = varchar(100)
    security_question_id: Mapped[UNum]
    security_question_answer: Mapped[str] = varchar(255)
    last_ip: Mapped[str] = varchar(64)
    last_hostname: Mapped[str] = varchar(255)
    last_login: Mapped[MomentOrNull]
    email_verification_token: Mapped[str] = varchar(100)
    email_verification_token_expiry: Mapped[MomentOrNull]
    email_verified_at: Mapped[MomentOrNull]
    reset_token_expiry: Mapped[MomentOrNull]
    created_at: Mapped[MomentOrNull]
    updated_at: Mapped[MomentOrNull]


class UserClient(Base):
    """Which users act for which client."""

    __tablename__ = "tblusers_clients"
    __table_args__ = (UniqueConstraint("auth_user_id", "client_id"),)

    id: Mapped[Key]
    auth_user_id: Mapped[UNum]  # tblusers.id
    client_id: Mapped[URef]  # tblclients.id
    invite_id: Mapped[UNum]  # tbluser_invites.id
    owner: Mapped[UNum]  # 1: owns the account
    permissions: Mapped[TextOrNull]  # names of permissions
    last_login: Mapped[MomentOrNull]
    created_at: Mapped[MomentOrNull]
    updated_at: Mapped[MomentOrNull]


class UserInvite(Base):
    """An invitation to act for a client, sent to a mail address."""

    __tablename__ = "tbluser_invites"

    id: Mapped[Key]
    token: Mapped[str] = varchar(100)  # hash of the token in the mail
    email: Mapped[str] = varchar(255)
    client_id: Mapped[URef]  # tblclients.id
    invited_by: Mapped[UNum]  # tblusers.id, 0: an administrator
    invited_by_admin: Mapped[Num]  # tbladmins.id, 0: a user
    permissions: Mapped[TextOrNull]  # names of permissions
    accepted_at: Mapped[MomentOrNull]
    created_at: Mapped[MomentOrNull]
    updated_at: Mapped[MomentOrNull]  # when the mail was sent
    deleted_at: Mapped[MomentOrNull]  # when it was cancelled


class Contact(Base):
    """A further addressee of a client."""

    __tablename__ = "tblcontacts"
    __table_args__ = tuple(
        one for name in ("firstname", "lastname", "companyname", "email") for one in same_index("tblcontacts", name)
    )

    id: Mapped[Key]
    userid: Mapped[Ref]
    firstname: Mapped[Text]
    lastname: Mapped[Text]
    companyname: Mapped[Text]
    email: Mapped[Text]
    address1: Mapped[Text]
    address2: Mapped[Text]
    city: Mapped[Text]
    state: Mapped[Text]
    postcode: Mapped[Text]
    country: Mapped[Text]
    phonenumber: Mapped[Text]
    tax_id: Mapped[str] = varchar(128)
    subaccount: Mapped[Num]
    password: Mapped[Text]
    permissions: Mapped[Text]
    domainemails: Mapped[Num]
    generalemails: Mapped[Num]
    invoiceemails: Mapped[Num]
    productemails: Mapped[Num]
    supportemails: Mapped[Num]
    affiliateemails: Mapped[Num]
    pwresetkey: Mapped[Text]
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]
    pwresetexpiry: Mapped[Moment]


class ClientGroup(Base):
    """A group of clients with a discount and exemptions."""

    __tablename__ = "tblclientgroups"

    id: Mapped[Key]
    groupname: Mapped[str] = varchar(45)
    groupcolour: Mapped[str | None] = varchar_or_null(45)
    discountpercent: Mapped[Decimal | None] = decimal_or_null(10, 2)
    susptermexempt: Mapped[TextOrNull]
    separateinvoices: Mapped[Text]


class Note(Base):
    """A staff note on a client."""

    __tablename__ = "tblnotes"

    id: Mapped[Key]
    userid: Mapped[Ref]
    adminid: Mapped[Num]
    created: Mapped[Moment]
    modified: Mapped[Moment]
    note: Mapped[Text]
    sticky: Mapped[Num]
