"""Letting somebody in, and the page before it that asks for the code of the second factor, or the backup code.

Who is asked stands in the session for ten minutes; nobody is signed in before the code was right.
"""

from typing import Any

from flask import request, session
from markupsafe import Markup

from modulehost.accounts import signin, twofactor, users
from modulehost.schema import User
from modulehost.themes import Page
from modulehost.web import frame
from modulehost.web.client.show import blueprint, flash, say, settle, show, to

SECONDS = 10 * 60
FIELD = (
    '<input type="text" name="key" class="form-control code-input" inputmode="numeric" pattern="[0-9 ]*" maxlength="7" '
    'autocomplete="one-time-code" aria-label="{}" required autofocus>'
)


def begin(user: User, goto: str, remember: bool) -> None:
    """Remember whose code is asked for, and where to go after it."""
    until = int(frame.host().clock.time()) + SECONDS
    session["challenge"] = {"uid": user.id, "key": frame.user_key(user), "until": until, "goto": goto, "remember": remember}


def _asked() -> User | None:
    kept = session.get("challenge") or {}
    if not kept or kept.get("until", 0) < frame.host().clock.time():
        return None
    with frame.ctx().unit(read=True) as db:
        user = db.get(User, int(kept["uid"]))
    return user if user is not None and kept.get("key") == frame.user_key(user) else None


def _page(backup: bool = False, incorrect: bool = False, error: str = "") -> Any:
    field = Markup(FIELD).format(say("twofactor.enterCode"))  # noqa: S704 - the field is ours
    variables = {"challenge": field, "usingBackup": backup, "incorrect": incorrect, "error": error, "newbackupcode": ""}
    status = 401 if incorrect or error else 200
    return show(Page("two-factor-challenge", say("twofactorauth"), variables, hook="Login"), status)


@blueprint.get("/login/challenge")
def challenge() -> Any:
    """Ask for the code; `backup` asks for the backup code."""
    if _asked() is None:
        return to("/login")
    return _page(backup=bool(request.args.get("backup")))


@blueprint.post("/login/challenge")
def challenge_verify() -> Any:
    """Check the code and sign in."""
    user = _asked()
    if user is None:
        return _expired()
    if not twofactor.passes(frame.ctx(), twofactor.USER, user.id, request.form.get("key", "")):
        return _wrong(user, backup=False)
    return _enter(user)


@blueprint.post("/login/challenge/backup")
def challenge_backup_verify() -> Any:
    """Check the backup code, show the one that takes its place, and sign in."""
    user = _asked()
    if user is None:
        return _expired()
    new = twofactor.use_backup(frame.ctx(), twofactor.USER, user.id, request.form.get("twofabackupcode", ""))
    if not new:
        return _wrong(user, backup=True)
    answer = _enter(user)
    return show_backup_code(new) if frame.client_actor() is not None else answer


def show_backup_code(code: str) -> Any:
    """The backup code, this once."""
    return show(Page("two-factor-new-backup-code", say("twofactorauth"), {"newBackupCode": code}, hook="Login"))


def let_in(user: User, remember: bool = False) -> str:
    """Open the session of somebody who has proved who they are. Returns the key of what is wrong."""
    signin.signed_in(frame.ctx(), user.id)
    if not open_session(user):
        return "host.accountClosed"
    session.permanent = remember
    return ""


def open_session(user: User, client_id: int = 0) -> bool:
    """Sign a user in to that client, else to the first that is not closed; False when all are closed.

    A user whom no client ever belonged to is let in without one: /user/accounts says how to go on.
    """
    with frame.ctx().unit(read=True) as db:
        every = users.clients_of(db, user)
        fresh = db.get_one(User, user.id)
    rows = [row for row in every if row.status != "Closed"]
    chosen = next((row.id for row in rows if row.id == client_id), rows[0].id if rows else 0)
    if every and not chosen:
        return False
    frame.open_user_session(fresh, chosen)
    settle()
    return True


def _enter(user: User) -> Any:
    kept = session.pop("challenge")
    wrong = let_in(user, bool(kept.get("remember")))
    if wrong:
        flash("error", say(wrong))
        return to("/login")
    return to(frame.local_target(kept.get("goto"), "/clientarea.php"))


def _wrong(user: User, backup: bool) -> Any:
    if seconds := twofactor.wait(frame.ctx(), twofactor.USER, user.id):
        return _page(backup, error=say("host.tooManyCodes", minutes=-(-seconds // 60)))
    return _page(backup, incorrect=True)


def _expired() -> Any:
    flash("error", say("host.challengeExpired"))
    return to("/login")
