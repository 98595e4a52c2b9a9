"""Sign-in and sign-out of administrators."""

from flask import request, session
from werkzeug.wrappers import Response

from modulehost.accounts import admins, twofactor
from modulehost.schema import Admin
from modulehost.web import frame
from modulehost.web.admin import wording
from modulehost.web.admin.site import blueprint, go, page

SECONDS = 10 * 60


@blueprint.get("/login.php")
def login() -> Response:
    """The sign-in form; whoever is signed in goes on to the home page."""
    target = frame.local_target(request.args.get("redirect"), "/admin/index.php")
    if frame.admin_actor(setting_up=True) is not None:
        return go(target)
    return _form(target)


def _form(target: str, username: str = "", error: str = "", code: int = 200) -> Response:
    return page("login.html", "Sign In", code=code, target=target, username=username, error=error,
                languages=wording.choices(), language=wording.spoken())  # fmt: skip


@blueprint.post("/login.php")
@blueprint.post("/dologin.php")
def dologin() -> Response:
    """Check the credentials and open a session; before that, where there is a second factor, ask for it."""
    ctx = frame.ctx()
    target = frame.local_target(request.form.get("redirect"), "/admin/index.php")
    username = request.form.get("username", "")
    admin = admins.verify(ctx, username, request.form.get("password", ""))
    if admin is None:
        text = "The username or password is wrong, or too many attempts were made. Please try again."
        return _form(target, username, text, 403)
    with ctx.unit(read=True) as db:
        asked = twofactor.asked(db, admin)
    if asked:
        until = int(frame.host().clock.time()) + SECONDS
        session["adminchallenge"] = {"id": admin.id, "key": frame.admin_key(admin), "until": until, "target": target}
        return go("/admin/challenge.php")
    frame.open_admin_session(admins.signed_in(ctx, admin.id))
    return go(target)


def _asked() -> Admin | None:
    """Whose code is asked for; nobody's after ten minutes."""
    kept = session.get("adminchallenge") or {}
    if not kept or kept.get("until", 0) < frame.host().clock.time():
        return None
    with frame.ctx().unit(read=True) as db:
        admin = db.get(Admin, int(kept["id"]))
    usable = admin is not None and not admin.disabled and kept.get("key") == frame.admin_key(admin)
    return admin if usable else None


@blueprint.get("/challenge.php")
def challenge() -> Response:
    """The form for the code; `backup` asks for the backup code."""
    if _asked() is None:
        return go("/admin/login.php")
    return page("challenge.html", "Two-Factor Authentication", backup=bool(request.args.get("backup")), error="")


@blueprint.post("/challenge.php")
def challenge_verify() -> Response:
    """Check the code or the backup code, and open the session."""
    ctx, admin, backup = frame.ctx(), _asked(), "backupcode" in request.form
    if admin is None:
        frame.note("error", "The sign-in took too long", "Please begin again.")
        return go("/admin/login.php")
    new = ""
    if backup:
        new = twofactor.use_backup(ctx, twofactor.ADMIN, admin.id, request.form["backupcode"])
    if not new and (backup or not twofactor.passes(ctx, twofactor.ADMIN, admin.id, request.form.get("key", ""))):
        error = twofactor.TOO_MANY if twofactor.wait(ctx, twofactor.ADMIN, admin.id) else twofactor.WRONG
        return page("challenge.html", "Two-Factor Authentication", code=403, backup=backup, error=error)
    target = frame.local_target(session.pop("adminchallenge").get("target"), "/admin/index.php")
    frame.open_admin_session(admins.signed_in(ctx, admin.id))
    if new:
        return page("backup_code.html", "Your Backup Code", backup_code=new, target=target)
    return go(target)


@blueprint.get("/dologin.php")
def dologin_page() -> Response:
    """Somebody reloaded the address the form is sent to."""
    return go("/admin/login.php")


@blueprint.route("/logout.php", methods=["GET", "POST"])
def logout() -> Response:
    """Close the session. A plain link asks first, so that no other site can sign somebody out."""
    if session.get("adminid"):
        if request.method == "GET":
            return page("confirm.html", "Sign Out", question="Do you want to sign out of the admin area?",
                        back="/admin/index.php", fields=[], action="/admin/logout.php")  # fmt: skip
        admins.sign_out(frame.ctx(), int(session["adminid"]))
    acting = frame.client_actor()
    masked = ("uid", "cid", "userkey", "usersession") if acting is not None and acting.behind else ()
    frame.close_session("adminid", "adminkey", "adminsession", "adminchallenge", *masked)
    frame.note("success", "You have been signed out")
    return go("/admin/login.php")
