"""What a user may do for a client: the owner everything, the others what stands in their row of tblusers_clients."""

import json
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost import journal
from modulehost.accounts import users
from modulehost.accounts.errors import Invalid
from modulehost.context import ctx_of
from modulehost.language import Phrase
from modulehost.schema import Client, User, UserClient

#: the documented names, in the order in which they are shown
PERMISSIONS: tuple[str, ...] = (
    "profile", "contacts", "products", "manageproducts", "productsso", "domains", "managedomains", "invoices", "quotes",
    "tickets", "affiliates", "emails", "orders",
)  # fmt: skip
#: what only the owner may: manage the account's users
OWNER = "owner"
ALL = frozenset((*PERMISSIONS, OWNER))


def names(text: str | None) -> list[str]:
    """The known names in a stored list: with commas, or as JSON, a list or a map of yes and no."""
    given = (text or "").strip()
    try:
        found = json.loads(given) if given.startswith(("[", "{")) else given.split(",")
    except ValueError:
        found = []
    if isinstance(found, dict):
        found = [name for name, held in found.items() if held]
    wanted = {str(one).strip().lower() for one in found}
    return [name for name in PERMISSIONS if name in wanted]


#: what two ways of giving somebody access refuse
NEEDED = Phrase("host.error.permissionsNeeded", "User permissions are required")
ALREADY = Phrase("host.error.userAlready", "User already associated with client")


def read(given: Iterable[str]) -> str:
    """A choice of names as it is stored. Raises Invalid for an unknown one."""
    wanted = [one.strip().lower() for one in given if one.strip()]
    unknown = [one for one in wanted if one not in PERMISSIONS]
    if unknown:
        raise Invalid([f"There is no user permission {unknown[0][:40]!r}; they are {', '.join(PERMISSIONS)}"])
    return ",".join(name for name in PERMISSIONS if name in wanted)


def of(link: UserClient) -> frozenset[str]:
    """What a user may for a client: names of PERMISSIONS, and OWNER."""
    return ALL if link.owner else frozenset(names(link.permissions))


def link(db: Session, user_id: int, client_id: int) -> UserClient:
    """The row that binds a user to a client. Raises Invalid with the documented texts."""
    if db.get(User, user_id) is None:
        raise Invalid(["Invalid user id"])
    if db.get(Client, client_id) is None:
        raise Invalid(["Invalid client id"])
    row = find(db, user_id, client_id)
    if row is None:
        raise Invalid([Phrase("host.error.userNotHere", "User is not associated with client")])
    return row


def find(db: Session, user_id: int, client_id: int) -> UserClient | None:
    """The same, None when there is none."""
    return db.scalar(select(UserClient).where(UserClient.auth_user_id == user_id, UserClient.client_id == client_id))


def add(db: Session, user_id: int, client_id: int, given: Iterable[str]) -> UserClient:
    """Let a known user act for a client with these permissions. Raises Invalid, also when the user does already."""
    if db.get(User, user_id) is None:
        raise Invalid(["Invalid user id"])
    if db.get(Client, client_id) is None:
        raise Invalid(["Invalid client id"])
    chosen = read(given)
    if not chosen:
        raise Invalid([NEEDED])
    if find(db, user_id, client_id) is not None:
        raise Invalid([ALREADY])
    row = users.link(db, user_id, client_id, permissions=chosen)
    journal.activity(db, f"User Associated with Client - User ID: {user_id}", client_id)
    return row


def change(db: Session, user_id: int, client_id: int, given: Iterable[str]) -> None:
    """Give a user exactly these permissions for a client. Raises Invalid, for the owner too."""
    row = link(db, user_id, client_id)
    if row.owner:
        raise Invalid([Phrase("host.error.ownerPermissions", "Permissions cannot be set on a client owner")])
    row.permissions, row.updated_at = read(given), ctx_of(db).host.clock.now()
    journal.activity(db, f"User Permissions Changed - User ID: {user_id} - {row.permissions or 'none'}", client_id)


def remove(db: Session, user_id: int, client_id: int) -> None:
    """Take a user off a client; the user stays. Raises Invalid, for the owner too."""
    row = link(db, user_id, client_id)
    if row.owner:
        raise Invalid([Phrase("host.error.ownerStays", "You cannot remove the account owner")])
    db.delete(row)
    journal.activity(db, f"User Removed from Client - User ID: {user_id}", client_id)


def make_owner(db: Session, user_id: int, client_id: int) -> None:
    """Let another associated user own the client; who did stays with all permissions. Raises Invalid."""
    row, now = link(db, user_id, client_id), ctx_of(db).host.clock.now()
    for other in db.scalars(select(UserClient).where(UserClient.client_id == client_id, UserClient.owner == 1)):
        if other.id != row.id:
            other.owner, other.permissions, other.updated_at = 0, ",".join(PERMISSIONS), now
    row.owner, row.permissions, row.updated_at = 1, "", now
    journal.activity(db, f"Client Owner Changed - User ID: {user_id}", client_id)
