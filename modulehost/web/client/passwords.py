"""A forgotten password: ask for a link, follow it, choose a new one.

The link's token is kept in the session while the new password is chosen, so that it stays out of the form and of referrers.
"""

from typing import Any

from flask import request, session

from modulehost.accounts import Invalid, signin
from modulehost.themes import Page
from modulehost.web import frame
from modulehost.web.client.moduleside import SHORTEST_PASSWORD
from modulehost.web.client.show import blueprint, say, show, to, worded


def _page(inner: str, error: str = "", title: str = "", text: str = "", status: int = 200, question: str = "") -> Any:
    variables = {
        "innerTemplate": inner, "errorMessage": error, "successTitle": title, "successMessage": text, "securityAnswer": "",
        "securityQuestion": question, "showCaptchaAfterLimit": False, "maximumPasswordLength": 64,
    }  # fmt: skip
    page = Page("password-reset-container", say("pwreset"), variables, hook="PasswordReset")
    page.crumbs = [("/index.php", say("home")), ("/login", say("loginbutton")), ("", say("pwreset"))]
    return show(page, status)


@blueprint.get("/password/reset")
@blueprint.get("/pwreset.php")
def begin() -> Any:
    """Ask for the address."""
    return _page("email-prompt")


@blueprint.post("/password/reset")
@blueprint.post("/password/reset/email")
@blueprint.post("/pwreset.php")
def send() -> Any:
    """Send the link; the answer is the same for unknown addresses."""
    signin.begin_reset(frame.ctx(), request.form.get("email", ""))
    return _page("", title=say("pwresetrequested"), text=say("pwresetcheckemail"))


@blueprint.get("/password/reset/change")
def change_form() -> Any:
    """Choose the new password; whoever has a security question answers it first."""
    return _asked_first() or _page("change-prompt")


def _asked_first(error: str = "") -> Any:
    """The page that comes before the new password: the link is no good, or its question is open. None when all is well."""
    token = str(session.get("reset", ""))
    with frame.ctx().unit(read=True) as db:
        user = signin.reset_user(db, token)
        question = signin.question_of(db, user) if user is not None else ""
    if user is None:
        return _page("email-prompt", error=say("pwresetkeyexpired"), status=410)
    if question and session.get("resetanswered") != token:
        return _page("security-prompt", error=error, status=400 if error else 200, question=question)
    return None


@blueprint.post("/password/reset/security")
def answer() -> Any:
    """The answer to the security question."""
    token, error = str(session.get("reset", "")), say("pwresetsecurityquestionincorrect")
    try:
        if signin.answer_for_reset(frame.ctx(), token, request.form.get("answer", "")):
            session["resetanswered"] = token
            return to("/password/reset/change")
    except Invalid as wrong:
        error = worded(wrong.errors[0])
    return _asked_first(error) or to("/password/reset/change")


@blueprint.get("/password/reset/<token>")
def follow(token: str) -> Any:
    """The address in the mail."""
    session["reset"] = token[:200]  # a longer one is none of ours, and browsers drop large sessions
    return to("/password/reset/change")


@blueprint.post("/password/reset/change")
def change() -> Any:
    """Store the new password."""
    if before := _asked_first():
        return before
    new = request.form.get("newpw", "")
    if new != request.form.get("confirmpw", ""):
        return _page("change-prompt", error=say("pwdoesnotmatch"), status=400)
    if len(new) < SHORTEST_PASSWORD:
        return _page("change-prompt", error=say("host.passwordShort", count=SHORTEST_PASSWORD), status=400)
    user = signin.finish_reset(frame.ctx(), str(session.get("reset", "")), new)
    if user is None:
        return _page("email-prompt", error=say("pwresetkeyexpired"), status=410)
    session.pop("reset", None)
    session.pop("resetanswered", None)
    return _page("", title=say("pwresetvalidationsuccess"), text=say("pwresetsuccessdesc"))
