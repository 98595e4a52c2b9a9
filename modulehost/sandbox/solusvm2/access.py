"""Signing in, access tokens, and who is calling."""

from dataclasses import dataclass

from flask import request

from modulehost.sandbox.kit.world import World
from modulehost.sandbox.solusvm2 import here, passwords, standing, users
from modulehost.sandbox.solusvm2.refusals import INVALID, Refused
from modulehost.sandbox.solusvm2.state import State, Token, User, number

LOGIN_SECONDS = 86_400


@dataclass(frozen=True)
class Caller:
    """Who sent an API request."""

    user: User
    admin: bool


def sign_in(state: State, email: str, password: str) -> User | None:
    """The user of that address and password. Locked and suspended users may sign in too."""
    user = users.by_email(state, email)
    right = passwords.matches(password, user.password if user else "")
    return user if right else None


def issue(world: World[State], user: User, kind: str, name: str = "") -> Token:
    """A new token; a one-time one ends after a minute, one of a log-in after a day, one for programs never."""
    now = world.now()
    expires = {"api": 0, "login": now + LOGIN_SECONDS, "one_time": now + world.state.switches.one_time_seconds}[kind]
    token = Token(
        token=world.entropy.token(64),
        id=number(world.state, "token"),
        user_id=user.id,
        kind=kind,
        name=name,
        created=now,
        expires=expires,
    )
    world.state.tokens[token.token] = token
    return token


def redeem(world: World[State], text: str) -> User | None:
    """The user of a one-time token, which is used up by this. None if it is unknown, used, or over."""
    token = world.state.tokens.get(text)
    if token is None or token.kind != "one_time":
        return None
    del world.state.tokens[text]
    if token.expires <= world.now():
        return None
    return world.state.users.get(str(token.user_id))


def caller() -> Caller:
    """The user behind the request's token. Raises Refused 401."""
    world = here.world()
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    token = world.state.tokens.get(text.strip()) if scheme.lower() == "bearer" else None
    if token is None or token.kind == "one_time" or (token.expires and token.expires <= world.now()):
        raise Refused(401, "Unauthenticated.")
    user = world.state.users.get(str(token.user_id))
    if user is None:
        raise Refused(401, "Unauthenticated.")
    token.last_used = world.now()
    return Caller(user, standing.is_admin(world.state, user))


def administrator() -> Caller:
    """The caller, if it is an administrator. Raises Refused 401, 403."""
    found = caller()
    if not found.admin:
        raise Refused(403, "This action is unauthorized.")
    return found


def struck() -> None:
    """Act out the faults that concern every call of the API; to be called before each of them."""
    world = here.world()
    if world.fault("unauthorized"):
        raise Refused(401, "Unauthenticated.")
    if world.fault("forbidden"):
        raise Refused(403, "This action is unauthorized.")
    if fault := world.fault("throttled"):
        raise Refused(429, "Too Many Attempts.", headers={"Retry-After": str(int(fault.seconds) or 30)})
    if world.fault("server_error"):
        raise Refused(500, "Server Error")
    if request.method != "GET" and world.fault("invalid"):
        raise Refused(422, INVALID, {"name": ["The name is refused by a fault switch."]})
