"""The signed-in person: profile, address and its verification; and accepting an invitation."""

from typing import Any

from flask import request, session

from modulehost import settings
from modulehost.accounts import Invalid, invites, signin, twofactor, users
from modulehost.context import Actor
from modulehost.schema import Client, User
from modulehost.themes import Page
from modulehost.themes.menus import account_sidebar
from modulehost.themes.objects import Record
from modulehost.themes.variables import user_record
from modulehost.web import frame
from modulehost.web.client import challenge
from modulehost.web.client.account import crumbs
from modulehost.web.client.moduleside import SHORTEST_PASSWORD
from modulehost.web.client.show import blueprint, flash, language, message, say, show, to

URL = "/user/profile"


def _me() -> Actor:
    actor = frame.client_actor()
    assert actor is not None, "the view is for signed-in users"
    return actor


@blueprint.get(URL)
@frame.signed_in
def user_profile() -> Any:
    """Name and address of the user."""
    with frame.ctx().unit(read=True) as db:
        user = db.get_one(User, _me().user_id)
        verification = settings.on(db, "EnableEmailVerification")
    title = say("userProfile.profile")
    variables = {"user": user_record(user, verification), "uneditableFields": []}
    page = Page("user-profile", title, variables, crumbs(("", title)), hook="UserProfile")
    page.primary = account_sidebar(language(), "Your Profile")
    return show(page)


@blueprint.post(URL)
@frame.signed_in
def user_profile_save() -> Any:
    """Save the name."""
    names = {name: request.form.get(name, "") for name in ("firstname", "lastname")}
    wrong: list[str] = [text for name, text in users.NAMES_MISSING.items() if not names[name].strip()]
    return _edited(names, wrong)


@blueprint.post(f"{URL}/email")
@frame.signed_in
def user_profile_email_save() -> Any:
    """Save the address; it must be verified anew, and the existing password is asked for."""
    actor = _me()
    if actor.behind:
        flash("error", say("host.notForStaff"))
        return to(URL)
    try:
        known = signin.knows_password(frame.ctx(), actor.user_id, request.form.get("existingpw", ""))
    except Invalid as error:
        return _edited({}, error.errors)
    if not known:
        return _edited({}, [say("existingpasswordincorrect")])
    return _edited({"email": request.form.get("email", "")}, [])


def _edited(data: dict[str, str], wrong: list[str]) -> Any:
    try:
        if wrong:
            raise Invalid(wrong)
        user = users.edit(frame.ctx(), _me().user_id, data)
    except Invalid as error:
        flash("error", error.errors[0])
        return to(URL)
    with frame.ctx().unit(read=True) as db:
        wanted = settings.on(db, "EnableEmailVerification")
    if "email" in data and wanted and user.email_verified_at is None:
        signin.begin_verification(frame.ctx(), user.id)
    flash("success", say("changessavedsuccessfully"))
    return to(URL)


# --- verification of the address ----------------------------------------------------------------------------------------


@blueprint.post("/user/verification/resend")
@frame.signed_in
def user_email_verification_resend() -> Any:
    """Send the verification mail again."""
    if signin.begin_verification(frame.ctx(), _me().user_id):
        flash("success", say("emailSent"))
        frame.note("success", say("emailSent"))
    return to(URL)


@blueprint.post("/dismiss/email-verification")
@blueprint.post("/dismiss/user-validation")
@frame.signed_in
def dismiss_email_verification() -> Any:
    """Hide the banner for this session."""
    session["verifylater"] = True
    return to(frame.local_target(request.form.get("back"), "/clientarea.php"))


@blueprint.get("/user/verify/<token>")
def user_email_verify(token: str) -> Any:
    """The address in the mail asks for a click, so that mail scanners verify nothing."""
    return show(Page("user-verify-email", say("emailVerification.title"), {"key": token[:100], "success": False, "expired": False}))


@blueprint.post("/user/verify")
def user_email_verified() -> Any:
    """Verify the address."""
    user = signin.verify_email(frame.ctx(), request.form.get("key", ""))
    variables = {"success": user is not None, "expired": user is None, "key": ""}
    return show(Page("user-verify-email", say("emailVerification.title"), variables), 200 if user else 410)


# --- invitations --------------------------------------------------------------------------------------------------------


@blueprint.get("/invite/<token>")
def invite_follow(token: str) -> Any:
    """The address in the mail: the token goes into the session, out of the address."""
    session["invite"] = token[:100]
    return to("/invite/validate")


@blueprint.get("/invite/validate")
def invite_page() -> Any:
    """Accept as the signed-in user, as a known one, or as a new one."""
    return _invite_page([])


def _invite_page(errors: list[str]) -> Any:
    with frame.ctx().unit(read=True) as db:
        row = invites.find(db, str(session.get("invite", "")))
        client = db.get(Client, row.client_id) if row else None
        sender = invites.sender(db, row) if row else ""
        terms = settings.get(db, "TermsOfService") if settings.on(db, "EnableTOSAccept") else ""
    if row is None or client is None:
        return message(410, say("accountInvite.notFound"), say("accountInvite.notFoundHelp"), "fas fa-envelope-open", "/login")
    name = invites.client_name(client)
    methods = {"getClientName": lambda: name, "getSenderName": lambda: sender}
    record = Record({"email": row.email, "token": str(session.get("invite", ""))}, methods, class_name="WHMCS\\User\\User\\UserInvite")
    form = request.form
    data = {"firstname": form.get("firstname", ""), "lastname": form.get("lastname", ""), "email": form.get("email", row.email)}
    if errors:
        flash("error", errors[0])
    variables = {
        "invite": record, "formdata": data, "accept_tos": bool(terms), "tos_url": terms, "pwStrengthErrorThreshold": 50,
        "pwStrengthWarningThreshold": 75, "captchaFormRegister": "",
    }  # fmt: skip
    variables["signedInUser"] = lone.email if (lone := frame.lone_user()) is not None else ""
    return show(Page("user-invite-accept", say("accountInvite.title"), variables), 400 if errors else 200)


@blueprint.post("/invite/validate")
def invite_validate() -> Any:
    """Accept: signed in already, with `login` as a known user, with `register` as a new one."""
    ctx, form, token = frame.ctx(), request.form, str(session.get("invite", ""))
    actor = frame.client_actor()
    try:
        if actor is not None:
            if actor.behind:
                raise Invalid([say("host.notForStaff")])
            return _accepted(actor.user_id, invites.accept(ctx, token, actor.user_id))
        if (lone := frame.lone_user()) is not None:
            return _accepted(lone.id, invites.accept(ctx, token, lone.id))
        if form.get("login"):
            user = signin.verify(ctx, form.get("email", ""), form.get("password", ""))
            if user is None:
                raise Invalid([say("loginincorrect")])
            with ctx.unit(read=True) as db:
                asked = twofactor.asked(db, user)
            if asked:
                challenge.begin(user, "/invite/validate", False)
                return to("/login/challenge")
            client_id = invites.accept(ctx, token, user.id)
            signin.signed_in(ctx, user.id)
            return _accepted(user.id, client_id)
        if len(form.get("password", "")) < SHORTEST_PASSWORD:
            raise Invalid([say("host.passwordShort", count=SHORTEST_PASSWORD)])
        with ctx.unit(read=True) as db:
            terms = settings.on(db, "EnableTOSAccept")
        if terms and not form.get("accept"):
            raise Invalid([say("host.termsNeeded")])
        given = {name: form.get(name, "") for name in ("firstname", "lastname", "email")}
        user, client_id = invites.accept_as_new(ctx, token, {**given, "password2": form["password"]})
    except Invalid as error:
        return _invite_page(error.errors)
    signin.signed_in(ctx, user.id)
    return _accepted(user.id, client_id)


def _accepted(user_id: int, client_id: int) -> Any:
    with frame.ctx().unit(read=True) as db:
        user = db.get_one(User, user_id)
    challenge.open_session(user, client_id)
    session.pop("invite", None)
    frame.note("success", say("accountInvite.accepted"))
    return to("/clientarea.php")
