"""Sign-in and sign-out of administrators."""

from flask import request, session
from werkzeug.wrappers import Response

from modulehost.accounts import admins
from modulehost.web import frame
from modulehost.web.admin import wording
from modulehost.web.admin.site import blueprint, go, page


@blueprint.get("/login.php")
def login() -> Response:
    """The sign-in form; whoever is signed in goes on to the home page."""
    target = frame.local_target(request.args.get("redirect"), "/admin/index.php")
    if frame.admin_actor() is not None:
        return go(target)
    return _form(target)


def _form(target: str, username: str = "", error: str = "", code: int = 200) -> Response:
    return page("login.html", "Sign In", code=code, target=target, username=username, error=error,
                languages=wording.choices(), language=wording.spoken())  # fmt: skip


@blueprint.post("/login.php")
@blueprint.post("/dologin.php")
def dologin() -> Response:
    """Check the credentials and open a session."""
    target = frame.local_target(request.form.get("redirect"), "/admin/index.php")
    username = request.form.get("username", "")
    admin = admins.sign_in(frame.ctx(), username, request.form.get("password", ""))
    if admin is None:
        text = "The username or password is wrong, or too many attempts were made. Please try again."
        return _form(target, username, text, 403)
    frame.open_admin_session(admin)
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
    frame.close_session("adminid", "adminkey")
    frame.note("success", "You have been signed out")
    return go("/admin/login.php")
