"""Invitations: a mail with a link by which somebody, known or new, becomes a user of a client.

Only the token's hash is kept; sending again makes a new one. A link is good for a week, and once.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from modulehost import hooks, journal, mail, settings
from modulehost.accounts import userpermissions, users
from modulehost.accounts.errors import Invalid
from modulehost.context import Ctx, ctx_of
from modulehost.language import Phrase
from modulehost.schema import Admin, Client, User, UserInvite, same
from modulehost.vault import hash_token

LIFE = timedelta(days=7)
PATH = "invite/"
USED_UP = Phrase("host.error.inviteUsed")


def of_client(db: Session, client_id: int) -> list[UserInvite]:
    """The open invitations of a client, newest first; those whose link is too old, too: they can be sent again."""
    wanted = select(UserInvite).where(UserInvite.client_id == client_id, _open())
    return list(db.scalars(wanted.order_by(UserInvite.id.desc())))


def send(ctx: Ctx, client_id: int, email: str, permissions: Iterable[str], user_id: int = 0) -> UserInvite:
    """Invite an address. `user_id` is who invites, 0: the acting administrator. Raises Invalid with the documented texts."""
    email = email.strip()
    if not email:
        raise Invalid([Phrase("clientareaerroremail", "Email is required")])
    with ctx.unit() as db:
        client = db.get(Client, client_id)
        if client is None:
            raise Invalid(["Invalid client id"])
        if not users.valid_mail(email):
            raise Invalid([Phrase("clientareaerroremailinvalid", "The email address entered is not valid")])
        chosen = userpermissions.read(permissions)
        if not chosen:
            raise Invalid([userpermissions.NEEDED])
        known = users.find(db, email)
        if known is not None and users.may_act_for(db, known.id, client_id):
            raise Invalid([userpermissions.ALREADY])
        wanted = select(UserInvite).where(UserInvite.client_id == client_id, same(UserInvite.email, email), _open())
        row = db.scalar(wanted.limit(1))
        if row is None:
            row = UserInvite(email=email, client_id=client_id, created_at=ctx.host.clock.now())
            db.add(row)
        row.permissions, row.invited_by = chosen, user_id
        row.invited_by_admin = ctx.actor.id if ctx.actor.kind == "admin" else ctx.actor.admin_id
        _mail(db, row, client)
        journal.activity(db, f"User Invitation Sent to {email}", client_id)
    return row


def resend(ctx: Ctx, client_id: int, invite_id: int) -> None:
    """Send the mail again, with a new link. Raises Invalid."""
    with ctx.unit() as db:
        row = _of(db, client_id, invite_id)
        _mail(db, row, db.get_one(Client, client_id))
        journal.activity(db, f"User Invitation Sent Again to {row.email}", client_id)


def cancel(ctx: Ctx, client_id: int, invite_id: int) -> None:
    """Take an invitation back. Raises Invalid."""
    with ctx.unit() as db:
        row = _of(db, client_id, invite_id)
        row.deleted_at = ctx.host.clock.now()
        journal.activity(db, f"User Invitation Cancelled for {row.email}", client_id)


def find(db: Session, token: str) -> UserInvite | None:
    """The invitation of a link; None when it is unknown, used, cancelled or too old."""
    row = db.scalar(select(UserInvite).where(UserInvite.token == hash_token(token), _open())) if token else None
    if row is None or row.updated_at is None or row.updated_at + LIFE < ctx_of(db).host.clock.now():
        return None
    return row


def sender(db: Session, row: UserInvite) -> str:
    """Who invites: a user's or an administrator's name, else the company's."""
    user = db.get(User, row.invited_by) if row.invited_by else None
    if user is not None:
        return f"{user.first_name} {user.last_name}".strip() or user.email
    admin = db.get(Admin, row.invited_by_admin) if row.invited_by_admin else None
    name = f"{admin.firstname} {admin.lastname}".strip() if admin else ""
    return name or settings.get(db, "CompanyName")


def client_name(client: Client) -> str:
    """How the account is called in an invitation."""
    return client.companyname or f"{client.firstname} {client.lastname}".strip()


def accept(ctx: Ctx, token: str, user_id: int) -> int:
    """Let a known user use an invitation; returns the client's id. Raises Invalid."""
    with ctx.unit() as db:
        row = find(db, token)
        if row is None:
            raise Invalid([USED_UP])
        return _use(db, row, user_id)


def accept_as_new(ctx: Ctx, token: str, data: Mapping[str, Any]) -> tuple[User, int]:
    """Make a user of `firstname`, `lastname`, `password2` (and `email`, by default the invited address) who uses the invitation.

    Fires PreUserAdd and UserAdd. The invited address counts as verified: the link came there. Raises Invalid.
    """
    with ctx.unit(read=True) as db:
        row = find(db, token)
    if row is None:
        raise Invalid([USED_UP])
    given = {**data, "email": str(data.get("email") or row.email).strip()}
    told = {name: str(given.get(key) or "") for name, key in _TOLD.items()}
    hooks.fire(ctx, "PreUserAdd", user_id=0, **told)
    with ctx.unit() as db:
        row = find(db, token)
        if row is None:
            raise Invalid([USED_UP])
        errors: list[str] = [text for name, text in users.NAMES_MISSING.items() if not str(given.get(name) or "").strip()]
        if errors:
            raise Invalid(errors)
        user = users.create(db, given)
        if user.email.lower() == row.email.lower():
            user.email_verified_at = ctx.host.clock.now()
        client_id = _use(db, row, user.id)
    hooks.fire(ctx, "UserAdd", user_id=user.id, **told)
    return user, client_id


_TOLD = {"firstname": "firstname", "lastname": "lastname", "email": "email", "password": "password2", "language": "language"}


def _open() -> Any:
    return UserInvite.accepted_at.is_(None) & UserInvite.deleted_at.is_(None)


def _of(db: Session, client_id: int, invite_id: int) -> UserInvite:
    row = db.get(UserInvite, invite_id)
    if row is None or row.client_id != client_id or row.accepted_at or row.deleted_at:
        raise Invalid([Phrase("host.error.inviteGone")])
    return row


def _mail(db: Session, row: UserInvite, client: Client) -> None:
    host = ctx_of(db).host
    token = host.entropy.token(48)
    row.token, row.updated_at = hash_token(token), host.clock.now()
    db.flush()
    fields = {
        "invite_sender_name": sender(db, row), "invite_account_name": client_name(client), "invite_email": row.email,
        "invite_accept_url": settings.system_url(db) + PATH + token,
    }  # fmt: skip
    mail.queue(db, "Account Access Invitation", client.id, fields, to=row.email, secrets=["invite_accept_url"])


def _use(db: Session, row: UserInvite, user_id: int) -> int:
    now = ctx_of(db).host.clock.now()
    taken = update(UserInvite).where(UserInvite.id == row.id, _open()).values(accepted_at=now, updated_at=now)
    if db.execute(taken).rowcount != 1:  # type: ignore[attr-defined]
        raise Invalid([USED_UP])
    if not users.may_act_for(db, user_id, row.client_id):
        users.link(db, user_id, row.client_id, permissions=row.permissions or "").invite_id = row.id
    journal.activity(db, f"User Invitation Accepted - User ID: {user_id}", row.client_id)
    return row.client_id
