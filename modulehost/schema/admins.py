"""Staff: administrators, their roles and permissions, and API credentials."""

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from .base import Base
from .types import Key, Moment, MomentOrNull, Num, Ref, Text, TextOrNull, same_index, varchar


class Admin(Base):
    """A member of staff."""

    __tablename__ = "tbladmins"
    __table_args__ = (*same_index("tbladmins", "username"),)

    id: Mapped[Key]
    uuid: Mapped[str] = varchar(255)
    roleid: Mapped[Num]  # tbladminroles.id
    username: Mapped[Text]
    password: Mapped[str] = varchar(255)  # of old versions; see passwordhash
    passwordhash: Mapped[str] = varchar(255)
    authmodule: Mapped[Text]
    authdata: Mapped[Text]
    firstname: Mapped[Text]
    lastname: Mapped[Text]
    email: Mapped[Text]
    signature: Mapped[Text]
    notes: Mapped[Text]
    template: Mapped[Text]
    language: Mapped[Text]
    disabled: Mapped[Num]
    loginattempts: Mapped[Num]
    supportdepts: Mapped[Text]  # list with commas
    ticketnotifications: Mapped[Text]
    homewidgets: Mapped[Text]
    password_reset_key: Mapped[str] = varchar(255)
    password_reset_data: Mapped[Text]
    password_reset_expiry: Mapped[Moment]
    hidden_widgets: Mapped[Text]
    widget_order: Mapped[Text]
    user_preferences: Mapped[TextOrNull]
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]


class AdminRole(Base):
    """A staff role: a name for a set of permissions and mails."""

    __tablename__ = "tbladminroles"

    id: Mapped[Key]
    name: Mapped[Text]
    widgets: Mapped[Text]
    reports: Mapped[Text]
    systememails: Mapped[Num]
    accountemails: Mapped[Num]
    supportemails: Mapped[Num]


class AdminPerm(Base):
    """One permission of a role."""

    __tablename__ = "tbladminperms"

    id: Mapped[Key]
    roleid: Mapped[Ref]
    permid: Mapped[Num]


class ApiCredential(Base):
    """Identifier and secret of an API client, acting for an admin."""

    __tablename__ = "tbldeviceauth"
    __table_args__ = (UniqueConstraint("identifier"),)

    id: Mapped[Key]
    identifier: Mapped[str] = varchar(255)
    secret: Mapped[str] = varchar(255)
    compat_secret: Mapped[str] = varchar(255)
    user_id: Mapped[Num]
    is_admin: Mapped[Num]
    role_ids: Mapped[Text]  # JSON list of tblapi_roles.id
    description: Mapped[str] = varchar(255)
    last_access: Mapped[Moment]
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]
    deleted_at: Mapped[MomentOrNull]


class ApiRole(Base):
    """Which API actions a credential may call."""

    __tablename__ = "tblapi_roles"

    id: Mapped[Key]
    role: Mapped[str] = varchar(255)
    description: Mapped[str] = varchar(255)
    permissions: Mapped[Text]  # JSON
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]


class AdminLog(Base):
    """A staff sign-in."""

    __tablename__ = "tbladminlog"

    id: Mapped[Key]
    adminusername: Mapped[Text]
    logintime: Mapped[Moment]
    logouttime: Mapped[Moment]
    ipaddress: Mapped[Text]
    sessionid: Mapped[Text]
    lastvisit: Mapped[Moment]
