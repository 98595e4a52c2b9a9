"""Accounts: clients and the users who act for them, administrators, API credentials, sign-in and single sign-on."""

from sqlalchemy.orm import Session

from modulehost.accounts import admins
from modulehost.accounts.errors import Invalid

__all__ = ["Invalid", "seed"]


def seed(db: Session) -> None:
    """What a fresh install has: the three administrator roles."""
    admins.seed(db)
