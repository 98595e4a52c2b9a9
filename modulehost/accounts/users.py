"""Users: the people who sign in to the client area, each for one client or several."""

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from modulehost import hooks, journal
from modulehost.accounts.errors import Invalid
from modulehost.accounts.matching import person
from modulehost.context import Ctx, ctx_of
from modulehost.language import Phrase
from modulehost.schema import Client, User, UserClient, alphabetic, same, table
from modulehost.vault import Vault, hash_password

MAIL = re.compile(r"[^@\s<>\"',;:()\[\]\\]+@[^@\s<>\"',;:()\[\]\\]+\.[^@\s.<>\"',;:()\[\]\\]{2,}\Z")
PASSWORD_MISSING = Phrase("clientareaerrorpassword", "You did not enter a password")
FIRST_NAME_MISSING = Phrase("clientareaerrorfirstname", "You did not enter your first name")
LAST_NAME_MISSING = Phrase("clientareaerrorlastname", "You did not enter your last name")
NAMES_MISSING = {"firstname": FIRST_NAME_MISSING, "lastname": LAST_NAME_MISSING}
MAIL_MISSING = Phrase("clientareaerroremail", "You did not enter your email address")
MAIL_INVALID = Phrase("clientareaerroremailinvalid", "The email address you entered was not valid")
MAIL_BANNED = Phrase("host.error.mailBanned", "The email address entered is not available for use.")
DUPLICATE = Phrase("host.error.userExists", "A user already exists with that email address")


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
    errors: list[str] = []
    if not email:
        errors.append(MAIL_MISSING)
    elif not valid_mail(email):
        errors.append(MAIL_INVALID)
    elif banned_mail(db, email):
        errors.append(MAIL_BANNED)
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


def add(ctx: Ctx, data: Mapping[str, Any]) -> User:
    """Add a user with PreUserAdd and UserAdd. Raises Invalid."""
    told = {"firstname": "firstname", "lastname": "lastname", "email": "email", "password": "password2", "language": "language"}
    arguments = {name: str(data.get(key) or "") for name, key in told.items()}
    hooks.fire(ctx, "PreUserAdd", user_id=0, **arguments)
    with ctx.unit() as db:
        user = create(db, data)
        journal.activity(db, f"Created User - User ID: {user.id}")
    hooks.fire(ctx, "UserAdd", user_id=user.id, **arguments)
    return user


ORDERS = {"id": User.id, "email": User.email, "lastname": User.last_name}


def search(text: str = "", descending: bool = False, orderby: str = "id") -> Select[Any]:
    """The users whose address, first, last or full name begins with a text, by a key of ORDERS."""
    wanted = select(User)
    if text:
        wanted = wanted.where(person(text, User.first_name, User.last_name, User.email))
    column: Any = alphabetic(ORDERS.get(orderby, User.id))
    return wanted.order_by(column.desc() if descending else column, User.id.desc() if descending else User.id)


def edit(ctx: Ctx, user_id: int, data: Mapping[str, Any]) -> User:
    """Change a user's `firstname`, `lastname`, `email`, `language`, as far as named, and fire UserEdit. Raises Invalid."""
    with ctx.unit() as db:
        user = db.get_one(User, user_id)
        old = {"firstname": user.first_name, "lastname": user.last_name, "email": user.email}
        email = str(data.get("email", user.email)).strip()
        known = find(db, email)
        if not valid_mail(email):
            raise Invalid([Phrase("clientareaerroremailinvalid", "The email address entered is not valid")])
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


def mail_fields(user: User) -> dict[str, str]:
    """Merge fields of mails to a user."""
    name = f"{user.first_name} {user.last_name}".strip()
    return {
        "user_name": name,
        "user_first_name": user.first_name,
        "user_last_name": user.last_name,
        "user_email": user.email,
    }
