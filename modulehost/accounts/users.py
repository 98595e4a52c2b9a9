"""Users: the people who sign in to the client area, each for one client or several."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost import hooks, journal, mail, settings
from modulehost.accounts import throttle
from modulehost.accounts.errors import Invalid
from modulehost.context import Actor, Ctx, ctx_of
from modulehost.schema import Client, User, UserClient, same, table
from modulehost.vault import NOBODY, Vault, hash_password, hash_token, verify_password

MAIL = re.compile(r"[^@\s<>\"',;:()\[\]\\]+@[^@\s<>\"',;:()\[\]\\]+\.[^@\s.<>\"',;:()\[\]\\]{2,}\Z")
RESET_LIFE = timedelta(hours=2)
RESET_PATH = "password/reset/"
PASSWORD_MISSING = "You did not enter a password"  # noqa: S105
DUPLICATE = "A user already exists with that email address"
# Compared with when there is no such user, so that the answer takes as long as for one that exists.


def valid_mail(address: str) -> bool:
    """Whether `address` looks like a mail address."""
    return len(address) <= 255 and bool(MAIL.match(address))


def banned_mail(db: Session, address: str) -> bool:
    """Whether the address or its domain is on the list of banned mail domains (tblbannedemails)."""
    banned = table("tblbannedemails").c.domain
    domain = address.rpartition("@")[2]
    return db.scalar(select(banned).where(same(banned, domain) | same(banned, address)).limit(1)) is not None


def find(db: Session, email: str) -> User | None:
    """The user with that address."""
    return db.scalar(select(User).where(same(User.email, email.strip())))


def create(db: Session, data: Mapping[str, Any]) -> User:
    """Add a user from `firstname`, `lastname`, `email`, `password2` and optionally `language`, security question and answer.

    Raises Invalid with the documented texts.
    """
    email, password = str(data.get("email") or "").strip(), str(data.get("password2") or "")
    errors = []
    if not email:
        errors.append("You did not enter your email address")
    elif not valid_mail(email):
        errors.append("The email address you entered was not valid")
    elif banned_mail(db, email):
        errors.append("The email address entered is not available for use.")
    elif find(db, email) is not None:
        errors.append(DUPLICATE)
    if not password:
        errors.append(PASSWORD_MISSING)
    if errors:
        raise Invalid(errors)
    now = ctx_of(db).host.clock.now()
    answer = str(data.get("securityqans") or "")
    user = User(
        first_name=str(data.get("firstname") or "").strip(),
        last_name=str(data.get("lastname") or "").strip(),
        email=email,
        password=hash_password(password),
        language=str(data.get("language") or "").lower(),
        security_question_id=int(data.get("securityqid") or 0),
        security_question_answer=ctx_of(db).host.part(Vault).encrypt(answer),
        created_at=now,
        updated_at=now,
    )
    db.add(user)
    db.flush()
    return user


def edit(ctx: Ctx, user_id: int, data: Mapping[str, Any]) -> User:
    """Change a user's `firstname`, `lastname`, `email`, `language`, as far as named, and fire UserEdit. Raises Invalid."""
    with ctx.unit() as db:
        user = db.get_one(User, user_id)
        old = {"firstname": user.first_name, "lastname": user.last_name, "email": user.email}
        email = str(data.get("email", user.email)).strip()
        known = find(db, email)
        if not valid_mail(email):
            raise Invalid(["The email address entered is not valid"])
        if known is not None and known.id != user.id:
            raise Invalid([DUPLICATE])
        if email.lower() != user.email.lower():
            user.email_verified_at = None
        user.email = email
        user.first_name = str(data.get("firstname", user.first_name)).strip()
        user.last_name = str(data.get("lastname", user.last_name)).strip()
        user.language = str(data.get("language", user.language)).lower()
        user.updated_at = ctx.host.clock.now()
        journal.activity(db, f"User Profile Modified - User ID: {user.id}")
    hooks.fire(
        ctx,
        "UserEdit",
        user_id=user.id,
        firstname=user.first_name,
        lastname=user.last_name,
        email=user.email,
        olddata=old,
    )
    return user


def link(db: Session, user_id: int, client_id: int, owner: bool = False, permissions: str = "") -> UserClient:
    """Let a user act for a client."""
    now = ctx_of(db).host.clock.now()
    row = UserClient(auth_user_id=user_id, client_id=client_id, owner=int(owner), permissions=permissions)
    row.created_at = row.updated_at = now
    db.add(row)
    db.flush()
    return row


def clients_of(db: Session, user: User) -> list[Client]:
    """The clients a user acts for, owned ones first."""
    joined = (
        select(Client).join(UserClient, UserClient.client_id == Client.id).where(UserClient.auth_user_id == user.id)
    )
    return list(db.scalars(joined.order_by(UserClient.owner.desc(), Client.id)))


def owner_of(db: Session, client_id: int) -> User | None:
    """The user who owns a client's account."""
    joined = select(User).join(UserClient, UserClient.auth_user_id == User.id).where(UserClient.client_id == client_id)
    return db.scalar(joined.order_by(UserClient.owner.desc(), UserClient.id).limit(1))


def of_client(db: Session, client_id: int) -> list[tuple[User, UserClient]]:
    """The users of a client with their link rows, the owner first."""
    joined = select(User, UserClient).join(UserClient, UserClient.auth_user_id == User.id)
    joined = joined.where(UserClient.client_id == client_id).order_by(UserClient.owner.desc(), UserClient.id)
    return [(user, row) for user, row in db.execute(joined).all()]


def may_act_for(db: Session, user_id: int, client_id: int) -> bool:
    """Whether a user is linked to a client."""
    wanted = select(UserClient.id).where(UserClient.auth_user_id == user_id, UserClient.client_id == client_id)
    return db.scalar(wanted) is not None


def sign_in(ctx: Ctx, email: str, password: str) -> User | None:
    """The user whom these credentials belong to; None when they are wrong or too many were (see throttle.wait).

    Notes the sign-in at the user and the clients that user acts for, and fires UserLogin; before that, for an unknown
    address, ClientLoginShare.
    """
    ip = throttle.address(ctx)
    if not throttle.attempt(ctx, "user", email, ip):
        return None
    with ctx.unit(read=True) as db:
        user = find(db, email)
    if not verify_password(user.password if user else NOBODY, password) and user is not None:
        return None
    user = user or _shared(ctx, email, password)
    if user is None:
        return None
    throttle.succeeded(ctx, "user", email, ip)
    signed_in(ctx, user.id)
    return user


def _shared(ctx: Ctx, email: str, password: str) -> User | None:
    """ClientLoginShare: a hook that knows an address we do not know vouches for it.

    It answers {id: client}, {email: user} or {create: true, email, firstname, ...}; the first answer counts.
    """
    from modulehost.accounts import clients  # clients.py is built on this file

    answers = hooks.values(hooks.fire(ctx, "ClientLoginShare", username=email, password=password))
    answer = next((one for one in answers if isinstance(one, Mapping) and one), None)
    if answer is None:
        return None
    if answer.get("create"):
        made = clients.add(ctx, {**answer, "password2": answer.get("password") or password, "skipvalidation": True})
        answer = {"id": made.id}
    with ctx.unit(read=True) as db:
        return owner_of(db, int(answer["id"])) if answer.get("id") else find(db, str(answer.get("email") or ""))


def signed_in(ctx: Ctx, user_id: int) -> None:
    """Note that a user has signed in (by password or single sign-on) and fire UserLogin."""
    now, ip = ctx.host.clock.now(), throttle.address(ctx)
    with ctx.unit() as db:
        user = db.get_one(User, user_id)
        user.last_login, user.last_ip, user.last_hostname = now, ip[:64], ip[:255]
        for row in db.scalars(select(UserClient).where(UserClient.auth_user_id == user.id)):
            row.last_login = now
            if row.owner and (client := db.get(Client, row.client_id)) is not None:
                client.lastlogin, client.ip, client.host = now, ip, ip
        owned = next((one.id for one in clients_of(db, user)), 0)
        journal.activity(db, f"User Logged In - User ID: {user.id}", owned, _actor(ctx, user))
    hooks.fire(ctx, "UserLogin", user=user)


def sign_out(ctx: Ctx, user_id: int) -> None:
    """Fire UserLogout; the session itself is the web's."""
    with ctx.unit(read=True) as db:
        user = db.get(User, user_id)
    if user is not None:
        hooks.fire(ctx, "UserLogout", user=user)


def begin_reset(ctx: Ctx, email: str) -> None:
    """Queue a mail with a link for a new password, valid for two hours. Does and says the same for unknown addresses."""
    if not throttle.attempt(ctx, "reset", email, throttle.address(ctx)):
        return
    token = ctx.host.entropy.token(48)
    with ctx.unit() as db:
        user = find(db, email)
        if user is None:
            return
        user.reset_token, user.reset_token_expiry = hash_token(token), ctx.host.clock.now() + RESET_LIFE
        url = settings.system_url(db) + RESET_PATH + token
        client = next(iter(clients_of(db, user)), None)
        fields = {**mail_fields(user), "reset_password_url": url}
        mail.queue(
            db,
            "Password Reset Validation",
            client.id if client else 0,
            fields,
            to=user.email,
            secrets=["reset_password_url"],
        )
        journal.activity(db, f"Password Reset Requested - User ID: {user.id}", client.id if client else 0)


def reset_user(db: Session, token: str) -> User | None:
    """Whom a reset link belongs to; None when it is unknown, used or older than two hours."""
    if not token:
        return None
    user = db.scalar(select(User).where(User.reset_token == hash_token(token)))
    if user is None or user.reset_token_expiry is None or user.reset_token_expiry < ctx_of(db).host.clock.now():
        return None
    return user


def finish_reset(ctx: Ctx, token: str, password: str) -> User | None:
    """Set a new password by a reset link, once. None when the link is unknown, used or too old; Invalid without password."""
    if not password:
        raise Invalid([PASSWORD_MISSING])
    hashed = hash_password(password)
    with ctx.unit() as db:
        user = reset_user(db, token)
        if user is None:
            return None
        _store(db, user, hashed)
    _tell_password(ctx, user.id, password)
    return user


def change_password(ctx: Ctx, user_id: int, existing: str, password: str) -> None:
    """Change a signed-in user's password. Raises Invalid when the existing one is wrong or the new one is empty."""
    if not throttle.attempt(ctx, "user-id", str(user_id), throttle.address(ctx)):
        raise Invalid(["Too many wrong passwords; try again in 15 minutes"])
    with ctx.unit(read=True) as db:
        user = db.get_one(User, user_id)
    if not verify_password(user.password, existing):
        raise Invalid(["Your existing password was incorrect"])
    throttle.succeeded(ctx, "user-id", str(user_id), throttle.address(ctx))
    if not password:
        raise Invalid([PASSWORD_MISSING])
    hashed = hash_password(password)
    with ctx.unit() as db:
        _store(db, db.get_one(User, user_id), hashed)
    _tell_password(ctx, user_id, password)


def _tell_password(ctx: Ctx, user_id: int, password: str) -> None:
    """UserChangePassword, and ClientChangePassword for each client that the user owns."""
    hooks.fire(ctx, "UserChangePassword", userid=user_id, password=password)
    with ctx.unit(read=True) as db:
        owned = select(UserClient.client_id).where(UserClient.auth_user_id == user_id, UserClient.owner == 1)
        ids = db.scalars(owned.order_by(UserClient.client_id)).all()
    for client_id in ids:
        hooks.fire(ctx, "ClientChangePassword", userid=client_id, password=password)


def mail_fields(user: User) -> dict[str, str]:
    """Merge fields of mails to a user."""
    name = f"{user.first_name} {user.last_name}".strip()
    return {
        "user_name": name,
        "user_first_name": user.first_name,
        "user_last_name": user.last_name,
        "user_email": user.email,
    }


def _store(db: Session, user: User, hashed: str) -> None:
    user.password, user.reset_token, user.reset_token_expiry = hashed, "", None
    user.updated_at = ctx_of(db).host.clock.now()
    client = next(iter(clients_of(db, user)), None)
    client_id = client.id if client else 0
    mail.queue(db, "Password Reset Confirmation", client_id, mail_fields(user), to=user.email)
    journal.activity(db, f"User Password Changed - User ID: {user.id}", client_id)


def _actor(ctx: Ctx, user: User) -> Actor:
    return Actor("client", 0, f"{user.first_name} {user.last_name}".strip(), throttle.address(ctx), user_id=user.id)
