"""Two-factor sign-in by time-based one-time codes (RFC 6238: SHA-1, six digits, thirty seconds), for users and for staff.

The second factor stands in the row of the person: the module's name and an encrypted configuration (secret, hash of the
backup code, the last step that was used). Codes follow the host's clock; one is taken once, and one step early or late.
"""

import base64
import hmac
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from modulehost import journal, settings
from modulehost.accounts import sessions, throttle
from modulehost.accounts.errors import Invalid
from modulehost.context import Ctx, ctx_of
from modulehost.language import Phrase
from modulehost.schema import Admin, TransientData, User
from modulehost.vault import Vault, hash_token, verify_password

MODULE = "totp"
USER, ADMIN = sessions.USER, sessions.ADMIN
OFF, OFFERED, FORCED = "off", "on", "force"
STEP, WINDOW, SECRET_BYTES, SETUP_SECONDS = 30, 1, 20, 30 * 60
WRONG = Phrase("twofa2ndfactorincorrect", "The code is not right. Please try again.")
TOO_MANY = Phrase("host.tooManyCodes", "Too many wrong codes; try again in 15 minutes", minutes=15)
_BACKUP_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class _Place:
    """Where a kind of person keeps the second factor."""

    table: Any
    module: str
    config: str
    setting: str
    password: str


_PLACES = {
    USER: _Place(User, "second_factor", "second_factor_config", "mh_2fa_client", "password"),
    ADMIN: _Place(Admin, "authmodule", "authdata", "mh_2fa_admin", "passwordhash"),
}


def policy(db: Session, kind: str) -> str:
    """What an administrator decided for users or staff: `off`, `on` (offered), `force`."""
    return settings.get(db, _PLACES[kind].setting)


def set_policy(db: Session, kind: str, value: str) -> None:
    """Decide it. Raises Invalid for another word."""
    if value not in (OFF, OFFERED, FORCED):
        raise Invalid([f"Two-factor authentication is {OFF}, {OFFERED} or {FORCED}, not {value[:20]!r}"])
    settings.put(db, _PLACES[kind].setting, value)


def enabled(row: User | Admin) -> bool:
    """Whether a person has set a second factor up."""
    place = _PLACES[USER if isinstance(row, User) else ADMIN]
    return getattr(row, place.module) == MODULE and bool(getattr(row, place.config))


def asked(db: Session, row: User | Admin) -> bool:
    """Whether a sign-in needs the second factor: it is set up and not switched off for all."""
    return enabled(row) and policy(db, USER if isinstance(row, User) else ADMIN) != OFF


def missing(db: Session, row: User | Admin) -> bool:
    """Whether a person must set a second factor up before anything else."""
    return not enabled(row) and policy(db, USER if isinstance(row, User) else ADMIN) == FORCED


# --- setting up ---------------------------------------------------------------------------------------------------------


def begin(ctx: Ctx, kind: str, person_id: int) -> str:
    """A secret to be confirmed within half an hour, in the base 32 that authenticator apps take; the same one until then."""
    known = _pending(ctx, kind, person_id)
    if known:
        return known
    secret = base64.b32encode(ctx.host.entropy.bytes(SECRET_BYTES)).decode()
    with ctx.unit() as db:
        expires = int(ctx.host.clock.time()) + SETUP_SECONDS
        sealed = ctx.host.part(Vault).encrypt(secret)
        db.execute(delete(TransientData).where(TransientData.name == _name(kind, person_id)))
        db.add(TransientData(name=_name(kind, person_id), data=sealed, expires=expires))
    return secret


def address(ctx: Ctx, secret: str, account: str) -> str:
    """The `otpauth:` address that a QR code carries."""
    with ctx.unit(read=True) as db:
        issuer = settings.get(db, "CompanyName").replace(":", " ")
    return f"otpauth://totp/{quote(issuer)}:{quote(account)}?secret={secret}&issuer={quote(issuer)}&period={STEP}&digits=6"


def confirm(ctx: Ctx, kind: str, person_id: int, code: str, keep: str = "") -> str:
    """Switch the second factor on by a first code; returns the backup code, which is shown this once.

    Ends all sessions but the one with the key `keep`. Raises Invalid.
    """
    with ctx.unit(read=True) as db:
        if policy(db, kind) == OFF:
            raise Invalid([Phrase("host.error.twoFactorOff")])
        row = db.get_one(_PLACES[kind].table, person_id)
    if enabled(row):
        raise Invalid([Phrase("host.error.twoFactorAlready")])
    secret = _pending(ctx, kind, person_id)
    if not secret:
        raise Invalid([Phrase("host.error.setupTooLong")])
    if not throttle.attempt(ctx, f"2fa-{kind}", str(person_id), throttle.address(ctx)):
        raise Invalid([TOO_MANY])
    step = _step_of(ctx, secret, code, 0)
    if step is None:
        raise Invalid([WRONG])
    throttle.succeeded(ctx, f"2fa-{kind}", str(person_id), throttle.address(ctx))
    backup = _new_backup(ctx)
    with ctx.unit() as db:
        _set(db, kind, person_id, {"secret": secret, "step": step, "backup": hash_token(_plain(backup))})
        db.execute(delete(TransientData).where(TransientData.name == _name(kind, person_id)))
        sessions.end_all(db, kind, person_id, keep)
        journal.activity(db, f"Two-Factor Authentication Enabled - {_title(kind)} ID: {person_id}")
    return backup


def disable(ctx: Ctx, kind: str, person_id: int, password: str, keep: str = "") -> None:
    """Switch the second factor off; ends all sessions but `keep`. Raises Invalid when the password is wrong."""
    place = _PLACES[kind]
    if not throttle.attempt(ctx, f"{kind}-id", str(person_id), throttle.address(ctx)):
        raise Invalid([Phrase("host.error.tooManyPasswords", minutes=15)])
    with ctx.unit(read=True) as db:
        row = db.get_one(place.table, person_id)
        forced = policy(db, kind) == FORCED
    if not verify_password(getattr(row, place.password), password):
        raise Invalid([Phrase("host.error.passwordWrong")])
    throttle.succeeded(ctx, f"{kind}-id", str(person_id), throttle.address(ctx))
    if forced:
        raise Invalid([Phrase("host.error.twoFactorRequired")])
    reset(ctx, kind, person_id, keep)


def reset(ctx: Ctx, kind: str, person_id: int, keep: str = "") -> None:
    """Take the second factor away, as staff does for somebody who lost it; ends all sessions but `keep`."""
    with ctx.unit() as db:
        if not enabled(db.get_one(_PLACES[kind].table, person_id)):
            return
        _set(db, kind, person_id, None)
        sessions.end_all(db, kind, person_id, keep)
        journal.activity(db, f"Two-Factor Authentication Disabled - {_title(kind)} ID: {person_id}")


# --- the challenge ------------------------------------------------------------------------------------------------------


def passes(ctx: Ctx, kind: str, person_id: int, code: str) -> bool:
    """Whether a code is the person's, in time, and not used before; counted like sign-ins."""
    if not throttle.attempt(ctx, f"2fa-{kind}", str(person_id), throttle.address(ctx)):
        return False
    stored, config = _read(ctx, kind, person_id)
    step = _step_of(ctx, config.get("secret", ""), code, int(config.get("step", 0)))
    if step is None or not _replace(ctx, kind, person_id, stored, {**config, "step": step}):
        return False
    throttle.succeeded(ctx, f"2fa-{kind}", str(person_id), throttle.address(ctx))
    return True


def use_backup(ctx: Ctx, kind: str, person_id: int, code: str) -> str:
    """Use the backup code up; returns the new one, empty when it was wrong. Counted like sign-ins."""
    if not throttle.attempt(ctx, f"2fa-{kind}", str(person_id), throttle.address(ctx)):
        return ""
    stored, config = _read(ctx, kind, person_id)
    right = hmac.compare_digest(config.get("backup", ""), hash_token(_plain(code)))
    new = _new_backup(ctx)
    if not config or not right or not _replace(ctx, kind, person_id, stored, {**config, "backup": hash_token(_plain(new))}):
        return ""
    throttle.succeeded(ctx, f"2fa-{kind}", str(person_id), throttle.address(ctx))
    with ctx.unit() as db:
        journal.activity(db, f"Two-Factor Backup Code Used - {_title(kind)} ID: {person_id}")
    return new


def wait(ctx: Ctx, kind: str, person_id: int) -> int:
    """Seconds until another code is looked at."""
    return throttle.wait(ctx, f"2fa-{kind}", str(person_id), throttle.address(ctx))


def code_at(secret: str, moment: float) -> str:
    """The code of a secret (base 32) at a Unix time."""
    return _totp(secret).generate(int(moment)).decode()


def _totp(secret: str) -> TOTP:
    return TOTP(base64.b32decode(secret), 6, SHA1(), STEP)  # noqa: S303 - what RFC 6238 and every app use


def _step_of(ctx: Ctx, secret: str, code: str, last: int) -> int | None:
    """The step whose code this is, None when it is none of now or was used already."""
    given = "".join(code.split()).encode()
    if not secret:
        return None
    now = int(ctx.host.clock.time()) // STEP
    if last > now + WINDOW:  # the host's clock was set back: what was used then is no measure now
        last = 0
    for step in range(now - WINDOW, now + WINDOW + 1):
        if hmac.compare_digest(code_at(secret, step * STEP).encode(), given) and step > last:
            return step
    return None


# --- rows ---------------------------------------------------------------------------------------------------------------


def _read(ctx: Ctx, kind: str, person_id: int) -> tuple[str, dict[str, Any]]:
    place = _PLACES[kind]
    with ctx.unit(read=True) as db:
        row = db.get_one(place.table, person_id)
    stored = str(getattr(row, place.config) or "")
    if not enabled(row):
        return stored, {}
    found: dict[str, Any] = json.loads(ctx.host.part(Vault).decrypt(stored))
    return stored, found


def _replace(ctx: Ctx, kind: str, person_id: int, stored: str, config: dict[str, Any]) -> bool:
    """Store a changed configuration unless another request was faster: one code opens one session."""
    place = _PLACES[kind]
    sealed = ctx.host.part(Vault).encrypt(json.dumps(config))
    same = (place.table.id == person_id, getattr(place.table, place.config) == stored)
    with ctx.unit() as db:
        changed = db.execute(update(place.table).where(*same).values({place.config: sealed}))
        return bool(changed.rowcount == 1)  # type: ignore[attr-defined]


def _set(db: Session, kind: str, person_id: int, config: dict[str, Any] | None) -> None:
    place = _PLACES[kind]
    row = db.get_one(place.table, person_id)
    setattr(row, place.module, MODULE if config else "")
    setattr(row, place.config, ctx_of(db).host.part(Vault).encrypt(json.dumps(config)) if config else "")
    row.updated_at = ctx_of(db).host.clock.now()
    db.flush()


def _pending(ctx: Ctx, kind: str, person_id: int) -> str:
    wanted = select(TransientData.data).where(TransientData.name == _name(kind, person_id))
    with ctx.unit(read=True) as db:
        sealed = db.scalar(wanted.where(TransientData.expires > int(ctx.host.clock.time())))
    return ctx.host.part(Vault).decrypt(sealed) if sealed else ""


def _name(kind: str, person_id: int) -> str:
    return f"mh_2fa_setup:{kind}:{person_id}"


def _title(kind: str) -> str:
    return "User" if kind == USER else "Admin"


def _new_backup(ctx: Ctx) -> str:
    letters = ctx.host.entropy.text(_BACKUP_SIGNS, 16)
    return " ".join(letters[at : at + 4] for at in range(0, 16, 4))


def _plain(code: str) -> str:
    return "".join(code.split()).lower()
