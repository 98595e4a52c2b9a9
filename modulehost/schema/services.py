"""What clients have: services, their options and addons, cancellations and upgrades."""

from sqlalchemy import ColumnElement, Index, or_
from sqlalchemy.orm import Mapped

from .base import Base
from .types import (
    Cents,
    Day,
    DayOrNull,
    Key,
    Moment,
    Num,
    NumOrNull,
    Ref,
    Text,
    UNum,
    same_index,
    search_index,
    unset,
    varchar,
)


class Service(Base):
    """A client's service."""

    __tablename__ = "tblhosting"
    __table_args__ = (
        *search_index("tblhosting", "domain"),
        *same_index("tblhosting", "username"),
        Index("ix_tblhosting_nextduedate", "nextduedate"),
        Index("ix_tblhosting_domainstatus_id", "domainstatus", "id"),
        Index("ix_tblhosting_domainstatus_nextduedate", "domainstatus", "nextduedate"),
        Index("ix_tblhosting_domainstatus_nextinvoicedate", "domainstatus", "nextinvoicedate"),
    )

    id: Mapped[Key]
    userid: Mapped[Ref]  # tblclients.id
    orderid: Mapped[Ref]  # tblorders.id, 0: none
    packageid: Mapped[Ref]  # tblproducts.id
    server: Mapped[Ref]  # tblservers.id, 0: none
    regdate: Mapped[Day]
    domain: Mapped[Text]
    paymentmethod: Mapped[Text]  # system name of a gateway
    qty: Mapped[UNum]
    firstpaymentamount: Mapped[Cents]  # while regdate = nextduedate
    amount: Mapped[Cents]  # recurring
    billingcycle: Mapped[Text]  # Free Account, One Time, Monthly, Quarterly, Semi-Annually, Annually, ...
    nextduedate: Mapped[DayOrNull]
    nextinvoicedate: Mapped[Day]  # start of the next period to invoice
    termination_date: Mapped[Day]
    completed_date: Mapped[Day]
    domainstatus: Mapped[str] = varchar(10)  # Pending, Active, Suspended, Terminated, Cancelled, Fraud, Completed
    username: Mapped[Text]
    password: Mapped[Text]  # encrypted
    notes: Mapped[Text]
    subscriptionid: Mapped[Text]  # at the gateway
    promoid: Mapped[Num]  # tblpromotions.id, 0: none
    promocount: Mapped[NumOrNull]
    suspendreason: Mapped[Text]  # the client sees it
    overideautosuspend: Mapped[Num]  # 1: no automatic suspension
    overidesuspenduntil: Mapped[Day]  # none before this day
    dedicatedip: Mapped[Text]
    assignedips: Mapped[Text]  # one a line
    ns1: Mapped[Text]
    ns2: Mapped[Text]
    diskusage: Mapped[Num]  # MB, like the following three
    disklimit: Mapped[Num]
    bwusage: Mapped[Num]
    bwlimit: Mapped[Num]
    lastupdate: Mapped[Moment]  # of the usage
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]


class ServiceConfigOption(Base):
    """What a service has of a configurable option."""

    __tablename__ = "tblhostingconfigoptions"
    __table_args__ = (Index("ix_tblhostingconfigoptions_relid_configid", "relid", "configid"),)

    id: Mapped[Key]
    relid: Mapped[Num]  # tblhosting.id
    configid: Mapped[Num]  # tblproductconfigoptions.id
    optionid: Mapped[Num]  # tblproductconfigoptionssub.id
    qty: Mapped[Num]  # quantity, or 1 for yes


class ServiceAddon(Base):
    """An addon of a service."""

    __tablename__ = "tblhostingaddons"
    __table_args__ = (
        Index("ix_tblhostingaddons_status_nextduedate", "status", "nextduedate"),
        Index("ix_tblhostingaddons_status_nextinvoicedate", "status", "nextinvoicedate"),
    )

    id: Mapped[Key]
    orderid: Mapped[Ref]
    hostingid: Mapped[Ref]  # tblhosting.id
    addonid: Mapped[Ref]  # tbladdons.id, 0: made by hand
    userid: Mapped[Ref]
    server: Mapped[Num]
    name: Mapped[Text]  # empty: that of tbladdons
    qty: Mapped[UNum]
    firstpaymentamount: Mapped[Cents]
    setupfee: Mapped[Cents]
    recurring: Mapped[Cents]
    billingcycle: Mapped[Text]
    tax: Mapped[Text]  # on or empty
    status: Mapped[str] = varchar(10)  # as of services
    regdate: Mapped[Day]
    nextduedate: Mapped[DayOrNull]
    nextinvoicedate: Mapped[Day]
    termination_date: Mapped[Day]
    proratadate: Mapped[Day]
    paymentmethod: Mapped[Text]
    notes: Mapped[Text]
    subscriptionid: Mapped[str] = varchar(128)
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]


class CancelRequest(Base):
    """A client's wish to end a service."""

    __tablename__ = "tblcancelrequests"

    id: Mapped[Key]
    date: Mapped[Moment]
    relid: Mapped[Ref]  # tblhosting.id
    reason: Mapped[Text]
    type: Mapped[Text]  # Immediate, End of Billing Period
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]


def waiting_request() -> ColumnElement[bool]:
    """Whether a request has neither been carried out nor outlived by its service (see ordering.cancellations)."""
    return or_(unset(CancelRequest.updated_at), CancelRequest.updated_at <= CancelRequest.created_at)


class Upgrade(Base):
    """A change of product, cycle or options, ordered and perhaps paid."""

    __tablename__ = "tblupgrades"

    id: Mapped[Key]
    userid: Mapped[Ref]
    orderid: Mapped[Ref]
    type: Mapped[str] = varchar(13)  # package, configoptions, addon
    date: Mapped[Day]
    relid: Mapped[Ref]  # tblhosting.id
    originalvalue: Mapped[Text]
    newvalue: Mapped[Text]  # packages: "product id,cycle"
    new_cycle: Mapped[str] = varchar(30)
    amount: Mapped[Cents]
    credit_amount: Mapped[Cents]
    days_remaining: Mapped[Num]
    total_days_in_cycle: Mapped[Num]
    new_recurring_amount: Mapped[Cents]
    recurringchange: Mapped[Cents]
    status: Mapped[str] = varchar(9)  # Pending, Completed
    paid: Mapped[str] = varchar(1)  # Y, N
