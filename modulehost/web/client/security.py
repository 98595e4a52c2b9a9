"""Security settings of the signed-in user: the second factor, the security question, the open sessions."""

from typing import Any

from flask import request, session

from modulehost.accounts import Invalid, sessions, signin, twofactor
from modulehost.billing.dates import moment_text
from modulehost.context import Actor
from modulehost.schema import User
from modulehost.themes import Page
from modulehost.themes.menus import account_sidebar
from modulehost.themes.variables import user_record
from modulehost.web import frame, qr
from modulehost.web.client.account import crumbs
from modulehost.web.client.challenge import show_backup_code
from modulehost.web.client.show import blueprint, flash, language, number, say, settle, show, to, worded

URL = "/user/security"


def me() -> Actor:
    """The signed-in client actor of a view that is for signed-in users."""
    actor = frame.client_actor()
    assert actor is not None, "the view is for signed-in users"
    return actor


def own_key() -> str:
    """The key of this session, which stays when all others end."""
    return str(session.get("usersession", ""))


@blueprint.get(URL)
@blueprint.get("/account/security")
@frame.signed_in
def security() -> Any:
    """The page."""
    actor = me()
    with frame.ctx().unit(read=True) as db:
        user = db.get_one(User, actor.user_id)
        policy = twofactor.policy(db, twofactor.USER)
        current = sessions.find(db, sessions.USER, user.id, own_key())
        opened = [
            {"id": one.id, "ip": one.ip, "agent": one.agent, "since": moment_text(db, one.created_at), "current": one == current}
            for one in sessions.of(db, sessions.USER, user.id)
        ]
        variables = {
            "user": user_record(user),
            "twoFactorAuthAvailable": policy != twofactor.OFF or twofactor.enabled(user),
            "twoFactorAuthEnabled": twofactor.enabled(user),
            "twoFactorAuthRequired": policy == twofactor.FORCED,
            "securityQuestions": signin.questions(db),
            "currentQuestion": signin.question_of(db, user),
            "sessions": opened,
            "linkableProviders": [],
        }
    title = say("navUserSecurity")
    page = Page("user-security", title, variables, crumbs(("", title)), hook="Security")
    page.primary = account_sidebar(language(), "Security Settings")
    return show(page)


@blueprint.post("/account/security/two-factor/enable")
@frame.signed_in
def two_factor_enable() -> Any:
    """Show the secret; with a `code`, check it, switch the second factor on and show the backup code."""
    ctx, actor = frame.ctx(), me()
    if actor.behind:
        return _not_for_staff()
    with ctx.unit(read=True) as db:
        user = db.get_one(User, actor.user_id)
        off = twofactor.policy(db, twofactor.USER) == twofactor.OFF
    if off or twofactor.enabled(user):
        return to(URL)
    error = ""
    if "code" in request.form:
        try:
            backup = twofactor.confirm(ctx, twofactor.USER, user.id, request.form["code"], own_key())
        except Invalid as wrong:
            error = worded(wrong.errors[0])
        else:
            _renew(actor)
            return show_backup_code(backup)
    secret = twofactor.begin(ctx, twofactor.USER, user.id)
    address = twofactor.address(ctx, secret, user.email)
    groups = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    variables = {"qrCode": qr.picture(address, say("twofactor.scan")), "secret": groups, "error": error}
    title = say("twofactorenable")
    page = Page("user-two-factor-enable", title, variables, crumbs((URL, say("navUserSecurity")), ("", title)), hook="Security")
    page.primary = account_sidebar(language(), "Security Settings")
    return show(page, 400 if error else 200)


@blueprint.get("/account/security/two-factor/enable")
@blueprint.get("/account/security/two-factor/disable")
@frame.signed_in
def two_factor_address() -> Any:
    """Somebody reloaded the address of a form."""
    return to(URL)


@blueprint.post("/account/security/two-factor/disable")
@frame.signed_in
def two_factor_disable() -> Any:
    """Switch the second factor off with the password."""
    actor = me()
    if actor.behind:
        return _not_for_staff()
    try:
        twofactor.disable(frame.ctx(), twofactor.USER, actor.user_id, request.form.get("pwverify", ""), own_key())
    except Invalid as wrong:
        flash("error", wrong.errors[0])
    else:
        _renew(actor)
        flash("success", say("twofadisableconfirmation"))
    return to(URL)


@blueprint.post("/user/security/sessions")
@frame.signed_in
def end_sessions() -> Any:
    """Sign out everywhere else, or end the one session `id`."""
    actor, wanted = me(), number("id")
    if actor.behind:
        return _not_for_staff()
    with frame.ctx().unit() as db:
        if wanted:
            sessions.end_one(db, sessions.USER, actor.user_id, wanted)
        else:
            sessions.end_all(db, sessions.USER, actor.user_id, own_key())
    flash("success", say("host.sessionsEnded"))
    return to(URL)


@blueprint.post("/user/security/question")
@frame.signed_in
def security_question() -> Any:
    """Choose the security question; the answer to the present one is asked for first."""
    actor, form = me(), request.form
    if actor.behind:
        return _not_for_staff()
    answer = form.get("securityqans", "")
    try:
        if answer != form.get("securityqans2", ""):
            raise Invalid([say("securityanswersnotmatch")])
        signin.change_question(frame.ctx(), actor.user_id, number("securityqid"), answer, form.get("currentsecurityqans", ""))
    except Invalid as wrong:
        flash("error", wrong.errors[0])
    else:
        flash("success", say("changessavedsuccessfully"))
    return to(URL)


def _renew(actor: Actor) -> None:
    """A session whose rights changed gets a new key."""
    with frame.ctx().unit(read=True) as db:
        user = db.get_one(User, actor.user_id)
    kept = session.permanent
    frame.open_user_session(user, actor.id)
    session.permanent = kept
    settle()


def _not_for_staff() -> Any:
    flash("error", say("host.notForStaff"))
    return to(URL)
