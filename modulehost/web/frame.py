"""What all faces share: the context of a request, sessions, the CSRF guard, sign-in checks, one-time banners, error pages.

The guard runs before every view of the admin area, the client area and modules' own pages: whatever is not GET, HEAD or
OPTIONS must carry the session's token (form field `token` or header X-CSRF-Token). The API endpoint signs in by itself and
is exempt (`exempt`).
"""

import functools
import hmac
import json
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec
from urllib.parse import quote

from flask import Flask, Response, abort, current_app, g, redirect, request, session
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from modulehost.accounts import admins, sessions, twofactor, userpermissions
from modulehost.context import Actor, Ctx, Host
from modulehost.schema import Admin, Client, User

P = ParamSpec("P")
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
NOTES_ROOM = 2400  # bytes of the session's cookie: browsers drop one above 4,093 without a word, and the banner with it


def host() -> Host:
    """The host that this application serves."""
    found: Host = current_app.extensions["modulehost"]
    return found


def ctx() -> Ctx:
    """The context of this request; its actor is the signed-in admin under /admin, else the signed-in client, else System."""
    if "mh_ctx" not in g:
        g.mh_ctx = Ctx(host(), actor=_actor(), request={"ip": request.remote_addr or "", "hook_files": [], "csrf": csrf})
    found: Ctx = g.mh_ctx
    return found


def admin_actor(setting_up: bool = False) -> Actor | None:
    """The signed-in admin, wherever in the host; disabled admins are signed out.

    An admin who must set a second factor up counts as signed in for the page that does it only (`setting_up`).
    """
    if not session.get("adminid"):
        return None
    if "mh_admin" not in g:
        with Ctx(host()).unit(read=True) as db:
            row = db.get(Admin, int(session["adminid"]))
            opened = sessions.find(db, sessions.ADMIN, int(session["adminid"]), str(session.get("adminsession", "")))
            g.mh_admin_must = row is not None and twofactor.missing(db, row)
        g.mh_admin = None
        if row is not None and opened and not row.disabled and session.get("adminkey") == admin_key(row):
            g.mh_admin = Actor("admin", row.id, row.username, request.remote_addr or "", row.roleid)
    found: Actor | None = g.mh_admin
    return found if setting_up or not g.mh_admin_must else None


def admin_key(row: Admin) -> str:
    """Ties a session to the password it was opened with: a changed password ends all other sessions."""
    return host_sign(f"admin {row.id} {row.passwordhash or row.password}")


def user_key(row: User) -> str:
    """The same for client users."""
    return host_sign(f"user {row.id} {row.password}")


def host_sign(text: str) -> str:
    """A short signature of this host."""
    from modulehost.vault import Vault

    return host().part(Vault).sign(text)[:32]


def client_actor() -> Actor | None:
    """The signed-in client with its user; `behind` is set while an administrator acts as them."""
    if not session.get("uid") or not session.get("cid"):
        return None
    if "mh_client" not in g:
        g.mh_client, g.mh_client_must = None, False
        with Ctx(host()).unit(read=True) as db:
            user, client = db.get(User, int(session["uid"])), db.get(Client, int(session["cid"]))
            opened = sessions.find(db, sessions.USER, int(session["uid"]), str(session.get("usersession", "")))
            admin = db.get(Admin, opened.admin_id) if opened and opened.admin_id else None
            if (
                user is not None
                and client is not None
                and opened is not None
                and (link := userpermissions.find(db, user.id, client.id)) is not None
                and (admin is not None and not admin.disabled if opened.admin_id else client.status != "Closed")
                and session.get("userkey") == user_key(user)
            ):
                name = f"{client.firstname} {client.lastname}".strip() or client.companyname
                behind, by = (admin.username, admin.id) if admin else ("", 0)
                g.mh_client = Actor("client", client.id, name, request.remote_addr or "", 0, user.id, behind, by)
                g.mh_client_may = userpermissions.of(link)
                g.mh_client_must = admin is None and twofactor.missing(db, user)
    found: Actor | None = g.mh_client
    return found


def lone_user() -> User | None:
    """The signed-in user who acts for no client: there was none to choose from. None for guests and for those who act for one."""
    if not session.get("uid") or session.get("cid"):
        return None
    if "mh_lone" not in g:
        with Ctx(host()).unit(read=True) as db:
            user = db.get(User, int(session["uid"]))
            opened = sessions.find(db, sessions.USER, int(session["uid"]), str(session.get("usersession", "")))
        good = user is not None and opened is not None and session.get("userkey") == user_key(user)
        g.mh_lone = user if good else None
    found: User | None = g.mh_lone
    return found


def held() -> frozenset[str]:
    """What the signed-in user may do for the client: names of userpermissions.ALL; nothing for guests."""
    found: frozenset[str] = g.mh_client_may if client_actor() is not None else frozenset()
    return found


def must_set_up() -> bool:
    """Whether the signed-in user has to set a second factor up before anything else."""
    return client_actor() is not None and bool(g.get("mh_client_must"))


def _actor() -> Actor:
    found = admin_actor() if request.path.startswith("/admin") else client_actor()
    return found or Actor("system", 0, "System", request.remote_addr or "")


def open_admin_session(row: Admin) -> None:
    """Sign the admin in; the session is made anew so that an earlier one cannot be reused."""
    names = ("uid", "cid", "userkey", "usersession", "cart", "adminlanguage", "language", "currency")
    keep = {k: v for k, v in session.items() if k in names}
    with Ctx(host()).unit() as db:
        sessions.end(db, str(session.get("adminsession", "")))
        key = sessions.begin(db, sessions.ADMIN, row.id, ip=request.remote_addr or "", agent=_agent())
    session.clear()
    session.update(keep, adminid=row.id, adminkey=admin_key(row), adminsession=key)
    g.pop("mh_ctx", None)
    g.pop("mh_admin", None)


def open_user_session(user: User, client_id: int, admin_id: int = 0) -> None:
    """Sign the user in to one of their clients, 0 when there is none; `admin_id` is the administrator who acts as the user."""
    keep = {k: v for k, v in session.items() if k in ("adminid", "adminkey", "adminsession", "adminlanguage", "cart", "language")}
    with Ctx(host()).unit() as db:
        sessions.end(db, str(session.get("usersession", "")))
        ip = request.remote_addr or ""
        key = sessions.begin(db, sessions.USER, user.id, ip=ip, agent=_agent(), admin_id=admin_id)
    session.clear()
    session.update(keep, uid=user.id, cid=client_id, userkey=user_key(user), usersession=key)
    for name in ("mh_ctx", "mh_client", "mh_lone"):
        g.pop(name, None)


def _agent() -> str:
    return request.headers.get("User-Agent", "")[:255]


def close_session(*names: str) -> None:
    """Forget these session keys, and the token with them; what the cookie's copies open ends, too."""
    with Ctx(host()).unit() as db:
        for name in ("usersession", "adminsession"):
            if name in names:
                sessions.end(db, str(session.get(name, "")))
    for name in (*names, "token"):
        session.pop(name, None)
    for name in ("mh_ctx", "mh_admin", "mh_client", "mh_lone"):
        g.pop(name, None)


def csrf() -> str:
    """The session's token; forms carry it in a hidden input named `token`."""
    if "token" not in session:
        session["token"] = host().entropy.token(40)
    return str(session["token"])


def check_csrf() -> None:
    """Refuse a change that does not carry the session's token (403)."""
    if request.method in SAFE_METHODS or getattr(g, "mh_exempt", False):
        return
    given = request.form.get("token", "") or request.headers.get("X-CSRF-Token", "")
    if not hmac.compare_digest(given.encode(), csrf().encode()):
        abort_page(
            403,
            "The form has expired",
            "Its security token is missing or belongs to another session. Go back, reload the page and send it again.",
        )


def check_token(given: str) -> None:
    """Refuse a GET that does something unless it carries the session's token in its address (403)."""
    if not hmac.compare_digest(given.encode(), csrf().encode()):
        abort_page(
            403,
            "The link has expired",
            "Its security token is missing or belongs to another session. Go back, reload the page and use its link again.",
        )


def permission(*names: str) -> Callable[[Callable[P, Any]], Callable[P, Any]]:
    """For admin views: sign-in first, then one of the role's permissions `names` (public English names), else 403 naming it."""

    def decorate(view: Callable[P, Any]) -> Callable[P, Any]:
        @functools.wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> Any:
            if admin_actor() is None and admin_actor(setting_up=True) is not None:
                return redirect("/admin/twofactor.php")
            if admin_actor() is None:
                return redirect(
                    "/admin/login.php?redirect=" + quote(request.full_path if request.query_string else request.path)
                )
            if not any(map(may, names[1:])):
                require(names[0])
            return view(*args, **kwargs)

        return guarded

    return decorate


def may(name: str) -> bool:
    """Whether the signed-in admin's role holds the permission."""
    actor = admin_actor()
    if actor is None:
        return False
    with Ctx(host()).unit(read=True) as db:
        return admins.may(db, actor.role_id, name)


def require(name: str) -> None:
    """403 unless the signed-in admin holds the permission."""
    if not may(name):
        abort_page(
            403,
            "Access denied",
            f"Your role has no permission “{name}”. An administrator with full access can grant it.",
        )


def signed_in(view: Callable[P, Any]) -> Callable[P, Any]:
    """For client views: sign-in first."""

    @functools.wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> Any:
        if client_actor() is None and lone_user() is not None:
            return redirect("/user/accounts", 303)
        if client_actor() is None:
            return redirect("/login?goto=" + quote(request.full_path if request.query_string else request.path))
        return view(*args, **kwargs)

    return guarded


def client_id() -> int:
    """tblclients.id of the signed-in client, 0 for guests."""
    actor = client_actor()
    return actor.id if actor else 0


def client_permissions() -> set[str]:
    """The user permissions of the signed-in person on the client they act for; all of them for the account's owner."""
    return set(held()) - {userpermissions.OWNER}


def local_target(target: str | None, fallback: str) -> str:
    """A redirect target within this host, else `fallback`: `//evil`, `\\\\evil` and full addresses are not followed."""
    if (
        target
        and target.startswith("/")
        and not target.startswith(("//", "/\\"))
        and not any(ord(sign) < 32 for sign in target)  # browsers drop tabs and line breaks, and see // then
    ):
        return target
    return fallback


def note(kind: str, title: str, text: str = "") -> None:
    """A banner for the next page of this session; kind: success, error, info, warning."""
    kept = [*session.get("notes", []), [kind, title[:200], text[:1500]]][-8:]
    while _weight(kept) > NOTES_ROOM:
        if len(kept) > 1:
            kept.pop(0)
        else:
            kept[0][2] = kept[0][2][: len(kept[0][2]) * 3 // 4].rstrip("…") + "…"
    session["notes"] = kept


def _weight(kept: list[list[str]]) -> int:
    """About how many bytes the banners take in the session's cookie."""
    return len(zlib.compress(json.dumps(kept).encode())) * 4 // 3


def notes() -> list[tuple[str, str, str]]:
    """The waiting banners; they are shown once."""
    return [(k, t, x) for k, t, x in session.pop("notes", [])]


def exempt() -> None:
    """Called by a blueprint that authenticates every request by itself."""
    g.mh_exempt = True


class PageError(HTTPException):
    """An error page with a title and a text."""

    def __init__(self, status: int, title: str, text: str) -> None:
        super().__init__(description=text)
        self.code, self.title = status, title


def abort_page(status: int, title: str, text: str) -> Any:
    """End the request with an error page in the house's look."""
    raise PageError(status, title, text)


def error_page(error: HTTPException) -> AnyResponse:
    """An HTTP error as a page."""
    if error.code and 300 <= error.code < 400:
        response: AnyResponse = error.get_response()
        return response
    title = getattr(error, "title", None) or error.name
    page = current_app.jinja_env.get_template("modulehost/error.html").render(
        title=title, text=error.description or "", status=error.code, admin=request.path.startswith("/admin")
    )
    return Response(page, status=error.code or 500, mimetype="text/html")


def not_found(what: str) -> Any:
    """404 with the name of what is missing."""
    abort(404, description=f"{what} does not exist, or is not yours to see.")


def headers(response: Response) -> Response:
    """Headers of every page: no framing by others, no sniffing, no referrer to other sites."""
    response.headers.setdefault("X-Frame-Options", "SAMEORIGIN")
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    if response.mimetype == "text/html":
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def install(app: Flask, guarded: tuple[str, ...] = ()) -> None:
    """Put the error pages, the headers and, for the blueprints named in `guarded`, the CSRF guard onto the application."""

    @app.before_request
    def _guard() -> None:
        if set(request.blueprints) & set(guarded):
            check_csrf()

    app.register_error_handler(HTTPException, error_page)
    app.after_request(headers)


def templates() -> str:
    """The folder of the pages that all faces share."""
    return str(Path(__file__).parent / "templates")
