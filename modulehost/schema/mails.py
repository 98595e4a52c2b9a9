"""Mail templates and mails."""

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from .base import Base
from .types import Key, Moment, MomentOrNull, Num, Ref, Text, TextOrNull, search_index, text_index, varchar


class EmailTemplate(Base):
    """A mail template in one language."""

    __tablename__ = "tblemailtemplates"
    __table_args__ = (text_index("tblemailtemplates", "name"),)

    id: Mapped[Key]
    type: Mapped[Text]  # general, product, domain, invoice, support, affiliate, admin, user, invite, notification
    name: Mapped[Text]
    subject: Mapped[Text]
    message: Mapped[Text]
    attachments: Mapped[Text]
    fromname: Mapped[Text]
    fromemail: Mapped[Text]
    disabled: Mapped[Num]
    custom: Mapped[Num]  # 1: made here
    language: Mapped[Text]  # empty: the default
    copyto: Mapped[Text]
    blind_copy_to: Mapped[Text]
    plaintext: Mapped[Num]
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]


class Email(Base):
    """A mail to a client, sent or pending."""

    __tablename__ = "tblemails"
    __table_args__ = (
        *search_index("tblemails", "to"),
        *search_index("tblemails", "subject"),
        Index("ix_tblemails_pending", "pending"),
        Index("ix_tblemails_failed_id", "failed", "id"),
        Index("ix_tblemails_date", "date"),
    )

    id: Mapped[Key]
    userid: Mapped[Ref]
    subject: Mapped[Text]
    message: Mapped[Text]
    date: Mapped[MomentOrNull]
    to: Mapped[TextOrNull]
    cc: Mapped[TextOrNull]
    bcc: Mapped[TextOrNull]
    attachments: Mapped[TextOrNull]
    pending: Mapped[Num]
    message_data: Mapped[TextOrNull]
    failed: Mapped[Num]
    failure_reason: Mapped[str] = varchar(250)
    retry_count: Mapped[Num]
    created_at: Mapped[MomentOrNull]
    updated_at: Mapped[MomentOrNull]
    campaign_id: Mapped[Num]
