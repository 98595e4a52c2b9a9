"""Login as Owner: a token, good once and for a minute, with which an administrator enters the client area as a client's owner."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from modulehost import journal
from modulehost.accounts import users
from modulehost.accounts.errors import Invalid
from modulehost.context import Ctx, ctx_of
from modulehost.schema import Client, TransientData, User
from modulehost.vault import hash_token

SECONDS = 60
_PREFIX = "mh_login_as_owner:"


def create(db: Session, admin_id: int, client_id: int) -> str:
    """A token for this administrator and client. Raises Invalid when nobody can sign in for the client."""
    if db.get(Client, client_id) is None or users.owner_of(db, client_id) is None:
        raise Invalid(["This client has no user."])
    host = ctx_of(db).host
    now, token = int(host.clock.time()), host.entropy.token(40)
    db.execute(delete(TransientData).where(TransientData.name.startswith(_PREFIX), TransientData.expires <= now))
    db.add(TransientData(name=_PREFIX + hash_token(token), data=f"{admin_id} {client_id}", expires=now + SECONDS))
    return token


def redeem(ctx: Ctx, token: str, admin_id: int) -> tuple[User, int] | None:
    """Use a token up: the owner and the client's id. None when it is unknown, used, too old or another administrator's."""
    wanted = TransientData.name == _PREFIX + hash_token(token)
    with ctx.unit() as db:
        row = db.scalar(select(TransientData).where(wanted, TransientData.expires > int(ctx.host.clock.time())))
        if row is None or row.data.split()[0] != str(admin_id):
            return None
        # Two at once: only the one that deletes the row goes on.
        if db.execute(delete(TransientData).where(wanted)).rowcount != 1:  # type: ignore[attr-defined]
            return None
        client_id = int(row.data.split()[1])
        owner = users.owner_of(db, client_id)
        if owner is None:
            return None
        journal.activity(db, f"Login as Owner - User ID: {owner.id} - Client ID: {client_id}", client_id)
    return owner, client_id
