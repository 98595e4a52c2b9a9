"""My Account: an administrator's own data, sessions and second factor; and who must have a second factor."""

from typing import Any

from flask import redirect, request, session
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from modulehost import journal, language
from modulehost.accounts import Invalid, admins, sessions, twofactor
from modulehost.context import Actor
from modulehost.schema import Admin, AdminRole, User
from modulehost.web import frame, qr
from modulehost.web.admin.site import blueprint, go, number, page, problems, sent

URL, FACTOR, POLICY = "/admin/myaccount.php", "/admin/twofactor.php", "/admin/configtwofa.php"
CHOICES = [(twofactor.OFF, "Off"), (twofactor.OFFERED, "Offered"), (twofactor.FORCED, "Required")]


def _key() -> str:
    return str(session.get("adminsession", ""))


@blueprint.get("/myaccount.php")
@frame.permission("My Account")
def my_account(found: dict[str, str] | None = None) -> Response:
    """The form."""
    me = frame.ctx().actor.id
    with frame.ctx().unit(read=True) as db:
        row = db.get_one(Admin, me)
        role = db.get(AdminRole, row.roleid)
        opened = sessions.of(db, sessions.ADMIN, me)
        current = sessions.find(db, sessions.ADMIN, me, _key())
    languages = [(name, name.title()) for name in language.languages()]
    return page(
        "my_account.html", "My Account", row=row, role=role.name if role else "-", languages=languages, opened=opened,
        current=current.id if current else 0, enabled=twofactor.enabled(row), found=found or {}, given=sent(), menu_url=URL,
    )  # fmt: skip


@blueprint.post("/myaccount.php")
@frame.permission("My Account")
def save_my_account() -> Response:
    """Save the form, or end other sessions."""
    ctx, form = frame.ctx(), request.form
    me = ctx.actor.id
    if form.get("action") in ("endsessions", "endsession"):
        with ctx.unit() as db:
            if form["action"] == "endsession":
                sessions.end_one(db, sessions.ADMIN, me, number("id"))
            else:
                sessions.end_all(db, sessions.ADMIN, me, _key())
        frame.note("success", "The sessions have ended")
        return go(URL)
    data: dict[str, Any] = {name: form.get(name, "") for name in ("firstname", "lastname", "email", "language", "signature", "notes")}
    if form.get("newpw"):
        data["password"] = form["newpw"]
    try:
        if form.get("newpw", "") != form.get("confirmpw", ""):
            raise Invalid(["The passwords you entered did not match"])
        row = admins.edit_own(ctx, me, data, form.get("password", ""))
    except Invalid as error:
        shown: Response = my_account(problems(error))
        return shown
    if form.get("newpw"):
        frame.open_admin_session(row)
    frame.note("success", "Changes Saved Successfully!")
    return go(URL)


def _me() -> Actor | None:
    """Whoever is signed in, also those who must set a second factor up first."""
    return frame.admin_actor(setting_up=True)


@blueprint.get("/twofactor.php")
def two_factor(found: dict[str, str] | None = None, secret: str = "") -> Any:
    """An administrator's own second factor."""
    me = _me()
    if me is None:
        return redirect(f"/admin/login.php?redirect={FACTOR}")
    with frame.ctx().unit(read=True) as db:
        row = db.get_one(Admin, me.id)
        policy = twofactor.policy(db, twofactor.ADMIN)
    picture = qr.picture(twofactor.address(frame.ctx(), secret, row.username), "Code for your authenticator app") if secret else ""
    groups = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return page("two_factor.html", "Two-Factor Authentication", enabled=twofactor.enabled(row), secret=groups, qr_code=picture,
                forced=policy == twofactor.FORCED, off=policy == twofactor.OFF, found=found or {}, menu_url=URL)  # fmt: skip


@blueprint.post("/twofactor.php")
def change_two_factor() -> Any:
    """Begin, confirm or disable."""
    ctx, me, form = frame.ctx(), _me(), request.form
    if me is None:
        return redirect(f"/admin/login.php?redirect={FACTOR}")
    action, backup = form.get("action", ""), ""
    try:
        if action == "begin":
            return two_factor(secret=twofactor.begin(ctx, twofactor.ADMIN, me.id))
        if action == "enable":
            backup = twofactor.confirm(ctx, twofactor.ADMIN, me.id, form.get("code", ""), _key())
        elif action == "disable":
            twofactor.disable(ctx, twofactor.ADMIN, me.id, form.get("password", ""), _key())
    except Invalid as error:
        again = twofactor.begin(ctx, twofactor.ADMIN, me.id) if action == "enable" else ""
        return two_factor(problems(error), again)
    if action in ("enable", "disable"):
        with ctx.unit(read=True) as db:
            row = db.get_one(Admin, me.id)
        frame.open_admin_session(row)
    if backup:
        return page("backup_code.html", "Your Backup Code", backup_code=backup, target=FACTOR)
    if action == "disable":
        frame.note("success", "Two-Factor Authentication Disabled")
    return go(FACTOR)


@blueprint.get("/configtwofa.php")
@frame.permission("Configure Two-Factor Authentication")
def two_factor_policy(found: dict[str, str] | None = None) -> Response:
    """Who may, and who must have a second factor."""
    with frame.ctx().unit(read=True) as db:
        values = {kind: twofactor.policy(db, word) for kind, word in _KINDS.items()}
        users = db.scalar(select(func.count()).select_from(User).where(User.second_factor != "")) or 0
        staff = db.scalar(select(func.count()).select_from(Admin).where(Admin.authmodule != "")) or 0
    form = sent()
    values |= {kind: form[kind] for kind in values if kind in form}
    return page("two_factor_policy.html", "Two-Factor Authentication", values=values, choices=CHOICES, users=users, staff=staff,
                found=found or {}, menu_url=POLICY)  # fmt: skip


_KINDS = {"client": twofactor.USER, "admin": twofactor.ADMIN}


@blueprint.post("/configtwofa.php")
@frame.permission("Configure Two-Factor Authentication")
def save_two_factor_policy() -> Response:
    """Store it."""
    try:
        with frame.ctx().unit() as db:
            for kind, word in _KINDS.items():
                twofactor.set_policy(db, word, request.form.get(kind, ""))
            journal.activity(db, "Two-Factor Authentication Settings Modified")
    except Invalid as error:
        shown: Response = two_factor_policy(problems(error))
        return shown
    frame.note("success", "Changes Saved Successfully!")
    return go(POLICY)
