"""Settings, currencies and data kept for a while."""

from decimal import Decimal

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from .base import Base
from .types import Key, Moment, Num, Text, decimal, text_index, varchar


class Setting(Base):
    """A system setting."""

    __tablename__ = "tblconfiguration"
    __table_args__ = (UniqueConstraint("setting"),)

    id: Mapped[Key]
    setting: Mapped[str] = varchar(64)
    value: Mapped[Text]
    created_at: Mapped[Moment]
    updated_at: Mapped[Moment]


class Currency(Base):
    """A currency and its rate."""

    __tablename__ = "tblcurrencies"

    id: Mapped[Key]
    code: Mapped[Text]  # ISO 4217
    prefix: Mapped[Text]
    suffix: Mapped[Text]
    format: Mapped[Num]  # 1: 1234.56, 2: 1,234.56, 3: 1.234,56, 4: 1,234
    rate: Mapped[Decimal] = decimal(10, 5, default="1.00000")  # units for one of the default currency
    default: Mapped[Num]  # 1 in one row


class TransientData(Base):
    """A value that is kept until a Unix time."""

    __tablename__ = "tbltransientdata"
    __table_args__ = (text_index("tbltransientdata", "name"),)

    id: Mapped[Key]
    name: Mapped[str] = varchar(1024)
    data: Mapped[Text]
    expires: Mapped[Num]  # Unix time
