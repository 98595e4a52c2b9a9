"""What a user may do on a client's account: the public permission names, and who holds which.

The owner of an account may everything; others have the names in tblusers_clients.permissions.
"""

import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost.schema import UserClient

#: every name, in the order of the permissions page
USER_PERMISSIONS: tuple[str, ...] = (
    "profile", "contacts", "products", "manageproducts", "productsso", "domains", "managedomains", "invoices", "quotes", "tickets",
    "affiliates", "emails", "orders",
)  # fmt: skip


def permissions_of(db: Session, user_id: int, client_id: int) -> set[str]:
    """The permissions that a user has on a client; empty without a link between the two."""
    row = db.scalar(
        select(UserClient).where(UserClient.auth_user_id == user_id, UserClient.client_id == client_id)
    )
    if row is None:
        return set()
    return set(USER_PERMISSIONS) if row.owner else read(row.permissions or "")


def read(stored: str) -> set[str]:
    """The names in a stored list, which may be a comma list or JSON."""
    try:
        found = json.loads(stored) if stored.lstrip().startswith(("[", "{")) else stored.split(",")
    except ValueError:
        return set()
    if isinstance(found, dict):
        found = [name for name, held in found.items() if held]
    return {str(name).strip() for name in found} & set(USER_PERMISSIONS)
