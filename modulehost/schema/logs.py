"""Activity log, module log and queue, API log, banned addresses."""

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from .base import Base
from .types import Key, Moment, Num, Ref, Text, UNum, USmall, text_index, varchar


class ActivityLog(Base):
    """What somebody or the system did."""

    __tablename__ = "tblactivitylog"
    __table_args__ = (Index("ix_tblactivitylog_date", "date"),)

    id: Mapped[Key]
    date: Mapped[Moment]
    description: Mapped[Text]
    user: Mapped[Text]  # name as shown
    userid: Mapped[Ref]  # tblclients.id
    user_id: Mapped[UNum]  # tblusers.id
    admin_id: Mapped[UNum]  # tbladmins.id
    ipaddr: Mapped[Text]


class ModuleLog(Base):
    """A call of a module function or of a vendor by it."""

    __tablename__ = "tblmodulelog"
    __table_args__ = (Index("ix_tblmodulelog_date", "date"),)

    id: Mapped[Key]
    date: Mapped[Moment]
    module: Mapped[Text]
    action: Mapped[Text]
    request: Mapped[Text]
    response: Mapped[Text]
    arrdata: Mapped[Text]  # the answer as the module understood it


class ModuleQueue(Base):
    """A module command that failed and waits for another attempt."""

    __tablename__ = "tblmodulequeue"
    __table_args__ = (Index("ix_tblmodulequeue_completed_service", "completed", "service_type", "service_id"),)

    id: Mapped[Key]
    service_type: Mapped[str] = varchar(20)  # service, addon, domain
    service_id: Mapped[UNum]  # what service_type says
    module_name: Mapped[str] = varchar(64)
    module_action: Mapped[str] = varchar(64)  # such as CreateAccount
    last_attempt: Mapped[Moment]
    last_attempt_error: Mapped[Text]
    num_retries: Mapped[USmall]
    completed: Mapped[Num]  # 1: done or settled by hand
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]


class ApiLog(Base):
    """An API call."""

    __tablename__ = "tblapilog"

    id: Mapped[Key]
    action: Mapped[str] = varchar(255)
    request: Mapped[Text]
    response: Mapped[Text]
    status: Mapped[Num]
    headers: Mapped[Text]
    level: Mapped[Num]
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]


class BannedIp(Base):
    """An address that is kept out for a time."""

    __tablename__ = "tblbannedips"
    __table_args__ = (text_index("tblbannedips", "ip"),)

    id: Mapped[Key]
    ip: Mapped[Text]
    reason: Mapped[Text]
    expires: Mapped[Moment]
