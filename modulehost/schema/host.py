"""Our own tables: events, commands and what else the emulated system keeps elsewhere. Case counts in their keys."""

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from .base import Base
from .types import Cents, Key, Moment, MomentOrNull, Num, Ref, Text, code, code_or_null


class SchemaVersion(Base):
    """A version that this database was brought to; the highest is where it stands."""

    __tablename__ = "mh_schema"

    id: Mapped[Key]
    version: Mapped[Num]
    applied_at: Mapped[Moment]


class Event(Base):
    """What happened and others wait for; a row of the unit in which it happened, drained after its commit."""

    __tablename__ = "mh_event"
    __table_args__ = (Index("ix_mh_event_state_id", "state", "id"),)

    id: Mapped[Key]
    kind: Mapped[str] = code(64)  # such as invoice.paid
    payload: Mapped[Text]  # JSON
    created_at: Mapped[Moment]
    state: Mapped[str] = code(12, default="new")  # new, running, done, failed
    attempts: Mapped[Num]
    error: Mapped[Text]
    owner: Mapped[str] = code(64)  # the process that drains it


class Command(Base):
    """A module command: the intent before the call, the outcome after it."""

    __tablename__ = "mh_command"
    __table_args__ = (Index("ix_mh_command_state_id", "state", "id"), UniqueConstraint("request_key"))

    id: Mapped[Key]
    service_id: Mapped[Ref]  # tblhosting.id, 0: none
    addon_id: Mapped[Ref]  # tblhostingaddons.id, 0: none
    server_id: Mapped[Num]  # tblservers.id, 0: none
    module: Mapped[str] = code(64)
    function: Mapped[str] = code(64)
    state: Mapped[str] = code(12, default="running")  # running, success, failed, pending, interrupted, resolved
    request_key: Mapped[str | None] = code_or_null(64)  # the same request does not run twice
    owner: Mapped[str] = code(64)  # the process that runs it
    actor: Mapped[str] = code(128)  # who asked for it
    reference: Mapped[Text]  # the vendor's, for an outcome that comes later
    message: Mapped[Text]
    params: Mapped[Text]  # encrypted JSON
    started_at: Mapped[Moment]
    finished_at: Mapped[MomentOrNull]


class CommandLock(Base):
    """Held while a command runs on its subject, so that two clicks run it once."""

    __tablename__ = "mh_command_lock"
    __table_args__ = (UniqueConstraint("subject"),)

    id: Mapped[Key]
    subject: Mapped[str] = code(64)  # such as service:12
    command_id: Mapped[Num]
    owner: Mapped[str] = code(64)
    created_at: Mapped[Moment]


class GatewayCall(Base):
    """A capture or refund that a gateway was asked for: the intent before the call, the outcome after it."""

    __tablename__ = "mh_gateway_call"
    __table_args__ = (Index("ix_mh_gateway_call_state_id", "state", "id"), UniqueConstraint("request_key"))

    id: Mapped[Key]
    kind: Mapped[str] = code(16)  # capture, refund
    gateway: Mapped[str] = code(64)
    invoice_id: Mapped[Ref]  # tblinvoices.id
    payment_id: Mapped[Num]  # tblaccounts.id that is refunded
    paymethod_id: Mapped[Num]  # tblpaymethods.id, 0: none stored
    amount: Mapped[Cents]
    state: Mapped[str] = code(12, default="running")  # running, success, pending, declined, error, interrupted, resolved
    transid: Mapped[Text]
    message: Mapped[Text]
    request_key: Mapped[str | None] = code_or_null(64)  # the same request does not run twice
    options: Mapped[Text]  # JSON: what the refund was asked with
    owner: Mapped[str] = code(64)  # the process that runs it
    actor: Mapped[str] = code(128)
    started_at: Mapped[Moment]
    finished_at: Mapped[MomentOrNull]


class InvoiceNotice(Base):
    """A reminder or overdue notice that an invoice has had: each kind once."""

    __tablename__ = "mh_invoice_notice"
    __table_args__ = (UniqueConstraint("invoice_id", "kind"),)

    id: Mapped[Key]
    invoice_id: Mapped[Num]  # tblinvoices.id
    kind: Mapped[str] = code(16)  # reminder, firstoverdue, secondoverdue, thirdoverdue
    created_at: Mapped[Moment]


class ModuleStore(Base):
    """What a module keeps for itself, by scope and name."""

    __tablename__ = "mh_module_store"
    __table_args__ = (UniqueConstraint("module_type", "module", "scope", "name"),)

    id: Mapped[Key]
    module_type: Mapped[str] = code(16)
    module: Mapped[str] = code(64)
    scope: Mapped[str] = code(96)
    name: Mapped[str] = code(96)
    value: Mapped[Text]
    encrypted: Mapped[Num]  # 1: value is encrypted
    updated_at: Mapped[Moment]


class SsoToken(Base):
    """A single sign-on token, of which only the hash is kept."""

    __tablename__ = "mh_sso_token"
    __table_args__ = (UniqueConstraint("token_hash"),)

    id: Mapped[Key]
    token_hash: Mapped[str] = code(64)
    user_id: Mapped[Num]
    client_id: Mapped[Num]
    destination: Mapped[str] = code(255)
    expires_at: Mapped[Moment]
    used_at: Mapped[MomentOrNull]


class SignedIn(Base):
    """A session that was opened by a sign-in; without its row the browser's cookie opens nothing."""

    __tablename__ = "mh_session"
    __table_args__ = (UniqueConstraint("key_hash"), Index("ix_mh_session_kind_owner", "kind", "owner_id"))

    id: Mapped[Key]
    key_hash: Mapped[str] = code(64)
    kind: Mapped[str] = code(8)  # user, admin
    owner_id: Mapped[Num]  # tblusers.id or tbladmins.id
    admin_id: Mapped[Num]  # of a user's session: the administrator who acts as the user, 0: nobody does
    ip: Mapped[Text]
    agent: Mapped[Text]  # the browser's own name
    created_at: Mapped[Moment]


class HookTrace(Base):
    """One call of a hook function: who was called, how long it took, what it got and gave."""

    __tablename__ = "mh_hook_trace"
    __table_args__ = (Index("ix_mh_hook_trace_point_id", "point", "id"),)

    id: Mapped[Key]
    point: Mapped[str] = code(64)
    file: Mapped[Text]
    duration_ms: Mapped[Num]
    arguments: Mapped[Text]
    result: Mapped[Text]
    error: Mapped[Text]
    created_at: Mapped[Moment]
