"""Signing in and out, registration, and single sign-on links."""

from typing import Any

from flask import request, session
from sqlalchemy.orm import Session

from modulehost import hooks, journal, settings
from modulehost.accounts import Invalid, actas, clients, customfields, signin, sso, twofactor, users
from modulehost.accounts.countries import COUNTRIES
from modulehost.context import Actor
from modulehost.schema import Client, CustomField, User
from modulehost.themes import Page
from modulehost.web import frame
from modulehost.web.client import challenge
from modulehost.web.client.account import FIELDS, custom_field
from modulehost.web.client.show import array, blueprint, errors_html, flash, message, number, say, settle, show, to
from modulehost.web.numbers import is_whole

#: what sign_in answers when a code has to follow
SECOND_FACTOR = "host.secondFactor"


def sign_in(email: str, password: str, goto: str = "", remember: bool = False) -> str:
    """Check the password and open the session with the user's first open client. Returns the key of what is wrong.

    A user with a second factor is not signed in yet: SECOND_FACTOR is returned and the challenge page comes next.
    """
    ctx = frame.ctx()
    user = signin.verify(ctx, email, password)
    if user is None:
        return "loginincorrect"
    with ctx.unit(read=True) as db:
        asked = twofactor.asked(db, user)
    if asked:
        challenge.begin(user, goto, remember)
        return SECOND_FACTOR
    return challenge.let_in(user, remember)


@blueprint.get("/login")
@blueprint.get("/login.php")
def login() -> Any:
    """The sign-in form."""
    target = frame.local_target(request.args.get("goto"), "/clientarea.php")
    if frame.client_actor() is not None or frame.lone_user() is not None:
        return to(target)
    goto = request.args.get("goto", "")
    variables = {
        "goto": frame.local_target(goto, "") if goto else "",
        "loginemail": request.args.get("email", ""),
        "incorrect": False,
    }
    return show(Page("login", say("loginbutton"), variables, hook="Login"))


@blueprint.post("/login")
@blueprint.post("/dologin.php")
def login_validate() -> Any:
    """Sign in with `username` (or `email`) and `password`."""
    email = request.form.get("username") or request.form.get("email", "")
    goto = frame.local_target(request.form.get("goto"), "/clientarea.php")
    wrong = sign_in(email, request.form.get("password", ""), goto, bool(request.form.get("rememberme")))
    if wrong == SECOND_FACTOR:
        return to("/login/challenge")
    if not wrong:
        return to(goto)
    flash("error", say(wrong))
    page = Page("login", say("loginbutton"), {"goto": goto, "loginemail": email, "incorrect": True}, hook="Login")
    return show(page, 401)


@blueprint.route("/logout.php", methods=["GET", "POST"])
def logout() -> Any:
    """Sign out; `returntoadmin` leads back to the client's profile in the admin area."""
    actor = frame.client_actor()
    client_id = actor.id if actor else 0
    if actor is not None:
        if actor.behind:
            _owner_left(actor)
        else:
            signin.sign_out(frame.ctx(), actor.user_id)
    elif (lone := frame.lone_user()) is not None:
        signin.sign_out(frame.ctx(), lone.id)
    frame.close_session("uid", "cid", "userkey", "usersession", "cart", "lastorder", "challenge")
    if (request.args.get("returntoadmin") or (actor is not None and actor.behind)) and frame.admin_actor() is not None:
        return to(f"/admin/clientssummary.php?userid={client_id}" if client_id else "/admin/")
    return to("/login")


def _owner_left(actor: Actor) -> None:
    with frame.ctx().unit() as db:
        journal.activity(db, f"Login as Owner Ended - Client ID: {actor.id}", actor.id)


@blueprint.route("/register.php", methods=["GET", "POST"])
def register() -> Any:
    """Create an account and sign in to it."""
    if frame.client_actor() is not None:
        return to("/clientarea.php")
    with frame.ctx().unit(read=True) as db:
        open_ = settings.on(db, "AllowClientRegister")
    errors: list[str] = []
    if open_ and request.method == "POST" and request.form.get("register"):
        errors = create_account()
        if not errors:
            return to("/clientarea.php")
    variables = {**register_variables(), "registrationDisabled": not open_, "errormessage": errors_html(errors)}
    page = Page("clientregister", say("clientregistertitle"), variables, hook="Register")
    page.crumbs = [("/index.php", say("home")), ("", say("clientregistertitle"))]
    return show(page, 400 if errors else 200)


def create_account() -> list[str]:
    """Create client and user from the posted form, sign in, fire ClientAreaRegister. Returns what is wrong.

    A user who is signed in without a client becomes the owner of the new one, and needs no password for it.
    """
    ctx, form, lone = frame.ctx(), request.form, frame.lone_user()
    if lone is None and not form.get("password"):
        return [say("clientareaerrorpassword")]
    if lone is None and form["password"] != form.get("password2", ""):
        return [say("clientareaerrorpasswordconfirm")]
    with ctx.unit(read=True) as db:
        questions, verify = {one["id"] for one in signin.questions(db)}, settings.on(db, "EnableEmailVerification")
    data: dict[str, Any] = {name: form.get(name, "").strip() for name in FIELDS}
    if questions and lone is None:
        if number("securityqid") not in questions or not form.get("securityqans", "").strip():
            return [say("securityquestionrequired")]
        data |= {"securityqid": number("securityqid"), "securityqans": form["securityqans"].strip()[:80]}
    data |= {
        "password2": form.get("password", "") if lone is None else "",
        "owner_user_id": lone.id if lone is not None else 0,
        "customfields": _given_fields(),
        "language": str(session.get("language", "")),
    }
    # At the checkout it is the currency of the prices that were shown.
    if chosen := (number("currency") if form.get("register") else 0) or session.get("currency"):
        data["currency"] = chosen
    try:
        client = clients.add(ctx, data)
    except Invalid as error:
        return error.errors
    with ctx.unit(read=True) as db:
        user = users.owner_of(db, client.id)
    assert user is not None, "a new client has an owner"
    if lone is None:
        signin.signed_in(ctx, user.id)
    challenge.open_session(user, client.id)
    if verify and lone is None:
        signin.begin_verification(ctx, user.id)
    hooks.fire(ctx, "ClientAreaRegister", user_id=user.id, client_id=client.id, userid=client.id)
    return []


def _given_fields() -> dict[int, str]:
    with frame.ctx().unit(read=True) as db:
        own = {row.id for row in _asked(db)}
    return {int(k): v for k, v in array("customfield", request.form).items() if is_whole(k) and int(k) in own}


def _asked(db: Session) -> list[CustomField]:
    """The fields of clients that somebody new is asked for: those of the order form, and what must be filled."""
    rows = [row for row in customfields.fields(db, "client") if row.adminonly != "on"]
    return [row for row in rows if "on" in (row.showorder, row.required)]


def register_variables() -> dict[str, Any]:
    """The fields of a new account with what was posted, for the register page and the checkout."""
    given = array("customfield", request.form)
    with frame.ctx().unit(read=True) as db:
        country = settings.get(db, "DefaultCountry")
        tax_id = settings.on(db, "mh_tax_id_field")
        fields, questions = _asked(db), signin.questions(db)
        optional = [
            name.strip() for name in settings.get(db, "ClientsProfileOptionalFields").split(",") if name.strip()
        ]
    countries = {code: one.name for code, one in COUNTRIES.items()}
    lone = frame.lone_user()
    known = {"firstname": lone.first_name, "lastname": lone.last_name, "email": lone.email} if lone is not None else {}
    values = {f"client{name}": request.form.get(name, known.get(name, "")) for name in FIELDS}
    return {
        **values,
        "clientcountry": request.form.get("country") or country,
        "defaultCountry": country,
        "clientcountries": countries,
        "countries": countries,
        "optionalFields": optional,
        "customfields": [custom_field(row, given.get(str(row.id), "")) for row in fields],
        "securityquestions": questions if lone is None else [],
        "signedInUser": lone.email if lone is not None else "",
        "securityqid": number("securityqid"),
        "accountDetailsExtraFields": [],
        "accepttos": False,
        "showTaxIdField": tax_id,
        "showMarketingEmailOptIn": False,
        "pwStrengthErrorThreshold": 50,
        "pwStrengthWarningThreshold": 75,
        "remote_auth_prelinked": False,
        "password": "",
    }


@blueprint.get("/oauth/singlesignon.php")
def single_sign_on() -> Any:
    """Use a sign-in link once."""
    ctx = frame.ctx()
    row = sso.redeem(ctx, request.args.get("access_token", ""))
    if row is None:
        return message(403, say("host.linkUsed"), say("host.linkUsedHelp"), "fas fa-link", "/login")
    with ctx.unit(read=True) as db:
        user = db.get_one(User, row.user_id)
        client = db.get(Client, row.client_id) if row.client_id else None
    if not challenge.open_session(user, client.id if client else 0):
        return message(403, say("host.accountClosed"), "", "fas fa-lock", "/login")
    return to(frame.local_target("/" + row.destination.lstrip("/"), "/clientarea.php"))


@blueprint.get("/login/owner/<token>")
def login_as_owner(token: str) -> Any:
    """Where Login as Owner of the admin area leads: the administrator goes on as the client's owner."""
    admin = frame.admin_actor()
    if admin is None or not frame.may("Allow Login as Owner"):
        return message(403, say("host.linkUsed"), say("host.linkUsedHelp"), "fas fa-link", "/login")
    found = actas.redeem(frame.ctx().acting_as(admin), token, admin.id)
    if found is None:
        return message(403, say("host.linkUsed"), say("host.linkUsedHelp"), "fas fa-link", "/login")
    owner, client_id = found
    frame.open_user_session(owner, client_id, admin.id)
    settle()
    return to("/clientarea.php")
