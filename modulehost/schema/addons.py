"""Addon modules."""

from sqlalchemy.orm import Mapped

from .base import Base
from .types import Key, Text, text_index


class AddonModuleSetting(Base):
    """One setting of an active addon module."""

    __tablename__ = "tbladdonmodules"
    __table_args__ = (text_index("tbladdonmodules", "module"),)

    id: Mapped[Key]
    module: Mapped[Text]  # system name
    setting: Mapped[Text]  # a field's name, version, or access (role ids with commas)
    value: Mapped[Text]  # yes/no fields: on or empty
