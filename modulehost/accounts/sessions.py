"""Signed-in sessions as rows: a cookie opens something only while its row is there, so signing out ends its copies, too.

The cookie carries a key of which only the hash is kept. A session ends by signing out, by a changed password or second
factor, by *sign out everywhere*, and a month after it began.
"""

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from modulehost.context import ctx_of
from modulehost.schema import SignedIn
from modulehost.vault import hash_token

USER, ADMIN = "user", "admin"
LIFE = timedelta(days=31)


def begin(db: Session, kind: str, owner_id: int, *, ip: str = "", agent: str = "", admin_id: int = 0) -> str:
    """Open a session of a user or an administrator; returns its key. `admin_id` is who acts as the user."""
    host = ctx_of(db).host
    now = host.clock.now()
    db.execute(delete(SignedIn).where(SignedIn.created_at < now - LIFE))
    key = host.entropy.token(40)
    row = SignedIn(key_hash=hash_token(key), kind=kind, owner_id=owner_id, admin_id=admin_id, ip=ip[:64], agent=agent[:255])
    row.created_at = now
    db.add(row)
    db.flush()
    return key


def find(db: Session, kind: str, owner_id: int, key: str) -> SignedIn | None:
    """The session that the key opens for that owner; None when it has ended."""
    row = db.scalar(select(SignedIn).where(SignedIn.key_hash == hash_token(key))) if key else None
    if row is None or row.kind != kind or row.owner_id != owner_id:
        return None
    return row if row.created_at and row.created_at >= ctx_of(db).host.clock.now() - LIFE else None


def of(db: Session, kind: str, owner_id: int) -> list[SignedIn]:
    """The open sessions of a user or an administrator, newest first; those of administrators who act as the user not."""
    begun = ctx_of(db).host.clock.now() - LIFE
    wanted = select(SignedIn).where(SignedIn.kind == kind, SignedIn.owner_id == owner_id, SignedIn.created_at >= begun)
    return list(db.scalars(wanted.where(SignedIn.admin_id == 0).order_by(SignedIn.id.desc()).limit(100)))


def carry(db: Session, by: timedelta) -> None:
    """Take the open sessions along when the clock is moved ahead: nobody has been away for that long."""
    now = ctx_of(db).host.clock.now()
    for row in db.scalars(select(SignedIn).where(SignedIn.created_at >= now - LIFE)):
        row.created_at = (row.created_at or now) + by


def end(db: Session, key: str) -> None:
    """End one session."""
    if key:
        db.execute(delete(SignedIn).where(SignedIn.key_hash == hash_token(key)))


def end_one(db: Session, kind: str, owner_id: int, session_id: int) -> None:
    """End the session with that id, if it is the owner's."""
    doomed = delete(SignedIn).where(SignedIn.id == session_id, SignedIn.kind == kind, SignedIn.owner_id == owner_id)
    db.execute(doomed)


def end_all(db: Session, kind: str, owner_id: int, keep: str = "") -> None:
    """End all sessions of a user or an administrator but the one with the key `keep`."""
    doomed = delete(SignedIn).where(SignedIn.kind == kind, SignedIn.owner_id == owner_id)
    db.execute(doomed.where(SignedIn.key_hash != hash_token(keep)) if keep else doomed)


def end_of_admin(db: Session, admin_id: int) -> None:
    """End the client sessions in which an administrator acts as a user."""
    if admin_id:
        db.execute(delete(SignedIn).where(SignedIn.kind == USER, SignedIn.admin_id == admin_id))
