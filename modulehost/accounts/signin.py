"""Signing in as a user, and passwords: the session itself is the web's."""

import hmac
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from modulehost import hooks, journal, mail, settings
from modulehost.accounts import clients, sessions, throttle
from modulehost.accounts.errors import Invalid
from modulehost.accounts.users import PASSWORD_MISSING, clients_of, find, mail_fields, owner_of
from modulehost.context import Actor, Ctx, ctx_of
from modulehost.language import Phrase
from modulehost.schema import Client, User, UserClient, same, table
from modulehost.vault import NOBODY, Vault, hash_password, hash_token, verify_password

RESET_LIFE = timedelta(hours=2)
RESET_PATH = "password/reset/"
VERIFY_LIFE = timedelta(days=7)
VERIFY_PATH = "user/verify/"


def sign_in(ctx: Ctx, email: str, password: str) -> User | None:
    """`verify` and `signed_in` in one, for a caller that asks for no second factor."""
    user = verify(ctx, email, password)
    if user is not None:
        signed_in(ctx, user.id)
    return user


def verify(ctx: Ctx, email: str, password: str) -> User | None:
    """The user whom these credentials belong to; None when they are wrong or too many were (see throttle.wait).

    Fires ClientLoginShare for an unknown address. Nobody is signed in yet: a second factor may have to follow.
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
    return user


def _shared(ctx: Ctx, email: str, password: str) -> User | None:
    """ClientLoginShare: a hook that knows an address we do not know vouches for it.

    It answers {id: client}, {email: user} or {create: true, email, firstname, ...}; the first answer counts.
    """
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


def begin_verification(ctx: Ctx, user_id: int) -> bool:
    """Queue a mail with a link that verifies a user's address, valid for a week. False when it is verified, or asked for too often."""
    if not throttle.attempt(ctx, "verify", str(user_id), throttle.address(ctx)):
        return False
    token = ctx.host.entropy.token(48)
    with ctx.unit() as db:
        user = db.get_one(User, user_id)
        if user.email_verified_at is not None:
            return False
        user.email_verification_token = hash_token(token)
        user.email_verification_token_expiry = ctx.host.clock.now() + VERIFY_LIFE
        client = next(iter(clients_of(db, user)), None)
        fields = {**mail_fields(user), "verification_url": settings.system_url(db) + VERIFY_PATH + token}
        mail.queue(
            db, "Email Address Verification", client.id if client else 0, fields, to=user.email, secrets=["verification_url"]
        )  # fmt: skip
    return True


def verify_email(ctx: Ctx, token: str) -> User | None:
    """Use a verification link; fires UserEmailVerificationComplete the first time. None when it is unknown or too old."""
    with ctx.unit() as db:
        user = db.scalar(select(User).where(User.email_verification_token == hash_token(token))) if token else None
        expiry = user.email_verification_token_expiry if user else None
        if user is None or expiry is None or expiry < ctx.host.clock.now():
            return None
        first = set_verified(db, user, True)
    if first:
        hooks.fire(ctx, "UserEmailVerificationComplete", userId=user.id)
    return user


def set_verified(db: Session, user: User, verified: bool) -> bool:
    """Note that a user's address is verified or is not; whether that is new. The owner's clients follow."""
    changed = (user.email_verified_at is not None) != verified
    if changed:
        user.email_verified_at = ctx_of(db).host.clock.now() if verified else None
        journal.activity(db, f"User Email Address {'Verified' if verified else 'Set to Unverified'} - User ID: {user.id}")
    owned = select(UserClient.client_id).where(UserClient.auth_user_id == user.id, UserClient.owner == 1)
    for client in db.scalars(select(Client).where(Client.id.in_(owned), same(Client.email, user.email))):
        client.email_verified = int(verified)
    return changed


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
    """Change a signed-in user's password, which ends all sessions of the user.

    Raises Invalid when the existing one is wrong or the new one is empty.
    """
    if not knows_password(ctx, user_id, existing):
        raise Invalid([Phrase("host.error.passwordWrong")])
    if not password:
        raise Invalid([PASSWORD_MISSING])
    hashed = hash_password(password)
    with ctx.unit() as db:
        _store(db, db.get_one(User, user_id), hashed)
    _tell_password(ctx, user_id, password)


def knows_password(ctx: Ctx, user_id: int, password: str) -> bool:
    """Whether that is a user's password; counted like sign-ins. Raises Invalid after too many wrong ones."""
    if not throttle.attempt(ctx, "user-id", str(user_id), throttle.address(ctx)):
        raise Invalid([Phrase("host.error.tooManyPasswords", minutes=15)])
    with ctx.unit(read=True) as db:
        user = db.get_one(User, user_id)
    if not verify_password(user.password, password):
        return False
    throttle.succeeded(ctx, "user-id", str(user_id), throttle.address(ctx))
    return True


def questions(db: Session) -> list[dict[str, Any]]:
    """The security questions that an administrator wrote: id and question."""
    rows = table("tbladminsecurityquestions").c
    return [{"id": key, "question": words} for key, words in db.execute(select(rows.id, rows.question).order_by(rows.id))]


def save_question(db: Session, question: str, question_id: int = 0) -> int:
    """Add a security question, or word one anew; returns its id. Raises Invalid."""
    rows, now, words = table("tbladminsecurityquestions"), ctx_of(db).host.clock.now(), question.strip()
    if not words:
        raise Invalid(["You must enter a question"])
    if any(one["question"].lower() == words.lower() and one["id"] != question_id for one in questions(db)):
        raise Invalid(["This question is on the list already"])
    if question_id:
        db.execute(rows.update().where(rows.c.id == question_id).values(question=words, updated_at=now))
        return question_id
    db.execute(rows.insert().values(question=words, created_at=now, updated_at=now))
    return int(next(one["id"] for one in questions(db) if one["question"] == words))


def delete_question(db: Session, question_id: int) -> None:
    """Take a security question off the list: nobody is asked it any more; users who chose it have none then."""
    rows = table("tbladminsecurityquestions")
    db.execute(rows.delete().where(rows.c.id == question_id))
    gone = update(User).where(User.security_question_id == question_id)
    db.execute(gone.values(security_question_id=0, security_question_answer=""))


def question_of(db: Session, user: User) -> str:
    """The user's security question, empty without one."""
    rows = table("tbladminsecurityquestions").c
    if not user.security_question_id or not user.security_question_answer:
        return ""
    return db.scalar(select(rows.question).where(rows.id == user.security_question_id)) or ""


def answers(db: Session, user: User, answer: str) -> bool:
    """Whether that is the answer to the user's security question, without regard to case and blanks at the ends."""
    stored = ctx_of(db).host.part(Vault).decrypt(user.security_question_answer)
    return bool(stored) and hmac.compare_digest(stored.strip().lower().encode(), answer.strip().lower().encode())


def answer_for_reset(ctx: Ctx, token: str, answer: str) -> bool:
    """Whether a reset link's user gave the right answer to the security question. Raises Invalid after too many wrong ones."""
    with ctx.unit(read=True) as db:
        user = reset_user(db, token)
        right = user is not None and answers(db, user, answer)
    if user is None:
        return False
    if not throttle.attempt(ctx, "question", str(user.id), throttle.address(ctx)):
        raise Invalid([Phrase("host.error.tooManyAnswers", minutes=15)])
    if right:
        throttle.succeeded(ctx, "question", str(user.id), throttle.address(ctx))
    return right


def change_question(ctx: Ctx, user_id: int, question_id: int, answer: str, existing: str = "") -> None:
    """Choose a security question and its answer; whoever has one answers that first. Raises Invalid."""
    if not throttle.attempt(ctx, "question", str(user_id), throttle.address(ctx)):
        raise Invalid([Phrase("host.error.tooManyAnswers", minutes=15)])
    with ctx.unit() as db:
        user = db.get_one(User, user_id)
        if question_of(db, user) and not answers(db, user, existing):
            raise Invalid([Phrase("host.error.answerWrong")])
        if question_id not in {one["id"] for one in questions(db)}:
            raise Invalid([Phrase("host.error.chooseQuestion")])
        if not answer.strip():
            raise Invalid([Phrase("host.error.answerMissing")])
        user.security_question_id = question_id
        user.security_question_answer = ctx.host.part(Vault).encrypt(answer.strip()[:80])
        user.updated_at = ctx.host.clock.now()
        journal.activity(db, f"Security Question Changed - User ID: {user.id}")
    throttle.succeeded(ctx, "question", str(user_id), throttle.address(ctx))


def _tell_password(ctx: Ctx, user_id: int, password: str) -> None:
    """UserChangePassword, and ClientChangePassword for each client that the user owns."""
    hooks.fire(ctx, "UserChangePassword", userid=user_id, password=password)
    with ctx.unit(read=True) as db:
        owned = select(UserClient.client_id).where(UserClient.auth_user_id == user_id, UserClient.owner == 1)
        ids = db.scalars(owned.order_by(UserClient.client_id)).all()
    for client_id in ids:
        hooks.fire(ctx, "ClientChangePassword", userid=client_id, password=password)


def _store(db: Session, user: User, hashed: str) -> None:
    user.password, user.reset_token, user.reset_token_expiry = hashed, "", None
    user.updated_at = ctx_of(db).host.clock.now()
    sessions.end_all(db, sessions.USER, user.id)
    client = next(iter(clients_of(db, user)), None)
    client_id = client.id if client else 0
    mail.queue(db, "Password Reset Confirmation", client_id, mail_fields(user), to=user.email)
    journal.activity(db, f"User Password Changed - User ID: {user.id}", client_id)


def _actor(ctx: Ctx, user: User) -> Actor:
    return Actor("client", 0, f"{user.first_name} {user.last_name}".strip(), throttle.address(ctx), user_id=user.id)
