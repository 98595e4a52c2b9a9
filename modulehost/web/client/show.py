"""From a view to the page: the visitor's session, the blueprint with its guard, and how errors look."""

import re
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, current_app, g, redirect, request, session
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from modulehost import language as words
from modulehost import settings, themes
from modulehost.accounts.userpermissions import PERMISSIONS
from modulehost.ordering import cart as carts
from modulehost.schema import Client, Currency, User
from modulehost.themes import Page, Visit
from modulehost.themes.objects import Price
from modulehost.themes.variables import chosen_language, chosen_theme, page_currency
from modulehost.web import frame
from modulehost.web.client import access
from modulehost.web.numbers import is_whole

blueprint = Blueprint("client", __name__)
#: addresses below these are not the client area's to answer
OTHER_FACES = ("/admin", "/_host", "/includes", "/modules", "/assets", "/templates")
_ARRAY = re.compile(r"(?P<name>[A-Za-z_]+)\[(?P<key>[^\[\]]{1,60})\]\Z")


@blueprint.before_request
def _choices() -> None:
    """`?language=`, `?currency=`, `?systpl=` and `?carttpl=` hold for the session."""
    given = request.args
    if "language" in given and words.known(given["language"].lower()) and _languages_offered():
        session["language"] = given["language"].lower()
    if is_whole(given.get("currency")):
        with frame.ctx().unit(read=True) as db:
            if db.get(Currency, int(given["currency"])) is not None:
                session["currency"] = int(given["currency"])
    for name, kind in (("systpl", themes.THEME), ("carttpl", themes.ORDERFORM)):
        if name in given and _usable(given[name], kind):
            session[name] = given[name]
    if not request.path.startswith("/templates/"):
        settle()


@blueprint.before_request
def _maintenance() -> AnyResponse | None:
    """Settings MaintenanceMode...: visitors get the message or are sent elsewhere; administrators who are signed in go on."""
    if request.path.startswith("/templates/") or frame.admin_actor() is not None:
        return None
    with frame.ctx().unit(read=True) as db:
        if not settings.on(db, "MaintenanceMode"):
            return None
        elsewhere, text = settings.get(db, "MaintenanceModeURL"), settings.get(db, "MaintenanceModeMessage")
    if elsewhere:
        return redirect(elsewhere)
    return show(Page("error/maintenance", say("host.maintenance"), {"maintenanceMessage": text}, standalone=True), 503)


def _languages_offered() -> bool:
    with frame.ctx().unit(read=True) as db:
        return settings.on(db, "AllowLanguageChange")


#: what a user who must set a second factor up may open before that
SETTING_UP = ("/user/security", "/account/security/", "/logout.php", "/templates/", "/user/password")


@blueprint.before_request
def _second_factor_first() -> AnyResponse | None:
    """Where a second factor is required, nothing else is shown to those who have none yet."""
    if frame.must_set_up() and not request.path.startswith(SETTING_UP):
        return to("/user/security")
    return None


@blueprint.before_request
def _permitted() -> AnyResponse | None:
    """What the signed-in user may: the table of access.py. Staff acting as the client may what the owner may."""
    actor = frame.client_actor()
    if actor is None or actor.behind or access.needed(request.path, request.values) <= frame.held():
        return None
    allowed = [say(f"userPermissions.{name}") for name in PERMISSIONS if name in frame.held()]
    return show(Page("access-denied", say("accessdenied"), {"allowedpermissions": allowed}), 403)


def _usable(name: str, kind: str) -> bool:
    """Whether a preview can be shown: it exists whole, and an order form finds in the theme what it depends on."""
    host = frame.host()
    try:
        chosen = themes.chain(host, name, kind)
        if kind == themes.THEME:
            return True
        with frame.ctx().unit(read=True) as db:
            theme = chosen_theme(db, str(session.get("systpl", "")), themes.THEME)
        return not themes.missing_dependencies(chosen, themes.chain(host, theme))
    except themes.ThemeError:
        return False


def settle() -> None:
    """Find out who the visitor is and which language to use, before a view opens a unit of its own."""
    frame.client_actor()
    frame.lone_user()
    g.pop("mh_language", None)
    language()


def visit() -> Visit:
    """The visitor as themes know them."""
    actor, lone = frame.client_actor(), frame.lone_user()
    if "mh_cart_count" not in g:
        g.mh_cart_count = carts.count(load_cart()) if session.get("cart") else 0
    return Visit(
        path=request.path,
        query=request.args.to_dict(),
        form=request.form.to_dict(),
        cookies=dict(request.cookies),
        server={"PHP_SELF": request.path, "REQUEST_URI": request.full_path.rstrip("?"), "REQUEST_METHOD": request.method,
                "HTTP_HOST": request.host, "REMOTE_ADDR": request.remote_addr or ""},
        token=frame.csrf(),
        language=str(session.get("language", "")),
        theme=str(session.get("systpl", "")),
        order_form=str(session.get("carttpl", "")),
        user_id=actor.user_id if actor else lone.id if lone else 0,
        client_id=actor.id if actor else 0,
        currency_id=int(session.get("currency", 0)),
        cart_count=g.mh_cart_count,
        secure=request.is_secure,
        admin=frame.admin_actor() is not None,
        masquerading=actor is not None and bool(actor.behind),
        verify_later=bool(session.get("verifylater")),
        may_open=access.may_open if actor is not None and not actor.behind else None,
        notes=frame.notes(),
        flash=take_flash(),
    )  # fmt: skip


def show(page: Page, status: int = 200) -> Response:
    """Draw a page."""
    try:
        html = themes.render(frame.ctx(), page, visit())
    except themes.PageBroken as broken:
        return broken_page(broken)
    return Response(html, status, mimetype="text/html")


def broken_page(broken: themes.PageBroken) -> Response:
    """A page for a template's error: in development with file, line, text and caret, else plain."""
    shown = broken.report if frame.host().config.development else ""
    html = current_app.jinja_env.get_template("modulehost/broken.html").render(
        title=say("host.templateProblem"), text=say("host.templateProblemHelp"), report=shown
    )
    return Response(html, 500, mimetype="text/html")


def message(status: int, title: str, text: str, icon: str = "fas fa-compass", link: str = "") -> Response:
    """A page that only says something."""
    variables = {"errorTitle": title, "errorText": text, "errorIcon": icon, "errorLink": link}
    return show(Page("error/message", title, variables), status)


def not_found() -> Response:
    """The page for what does not exist, and for what belongs to somebody else: nobody can tell the two apart."""
    return show(Page("error/page-not-found", say("host.notFound")), 404)


@blueprint.errorhandler(HTTPException)
def _error(error: HTTPException) -> AnyResponse:
    """Errors of client views in the look of the theme."""
    if error.code is None or error.code < 400:
        return error.get_response()
    if error.code == 404:
        return not_found()
    title = getattr(error, "title", None) or error.name
    return message(error.code, title, error.description or "", "fas fa-exclamation-circle")


@blueprint.app_errorhandler(404)
def _no_address(error: HTTPException) -> AnyResponse:
    """An address that nothing answers: in the look of the theme, unless it belongs to another face of the host."""
    if request.blueprint != blueprint.name and (request.blueprint or request.path.startswith(OTHER_FACES)):
        return frame.error_page(error)
    settle()
    return not_found()


# --- language -----------------------------------------------------------------------------------------------------------


def language() -> str:
    """The language of this request."""
    if "mh_language" not in g:
        actor, lone = frame.client_actor(), frame.lone_user()
        with frame.ctx().unit(read=True) as db:
            user = db.get(User, actor.user_id) if actor else lone
            client = db.get(Client, actor.id) if actor else None
            g.mh_language = chosen_language(db, str(session.get("language", "")), user, client)
    return str(g.mh_language)


@blueprint.before_request
def _tell_language() -> None:
    """Hooks of modules may ask for the visitor's language."""
    frame.ctx().request["language"] = language


def say(key: str, **values: object) -> str:
    """A phrase in the visitor's language."""
    return words.phrase(language(), key, **values)


def worded(text: str) -> str:
    """What a room below refused, in the visitor's language; a text that no phrase stands for as it is."""
    return words.worded(language(), text)


# --- small things that views share ---------------------------------------------------------------------------------------


def to(address: str) -> AnyResponse:
    """Go on by GET."""
    return redirect(address, 303)


def flash(kind: str, text: str) -> None:
    """What `get_flash_message()` gives to the next page; kind: success, error, info, warning."""
    session["flash"] = [kind, worded(text)]


def take_flash() -> tuple[str, str] | None:
    """The waiting message, once."""
    found = session.pop("flash", None)
    return (str(found[0]), str(found[1])) if found else None


def errors_html(errors: list[str]) -> Markup:
    """Error texts as list items, as `$errormessage` has them."""
    return Markup("").join(Markup("<li>{}</li>").format(worded(one)) for one in errors)


def number(name: str, default: int = 0) -> int:
    """A whole number of the query or form."""
    text = request.values.get(name, "")
    return int(text) if is_whole(text) else default


def array(name: str, source: Any = None) -> dict[str, str]:
    """The form's fields `name[key]` as key -> value."""
    found = {}
    for field in source if source is not None else request.values:
        match = _ARRAY.match(field)
        if match and match["name"] == name:
            # A hidden default may stand before a tick box of the same name: the last one counts.
            found[match["key"]] = request.values.getlist(field)[-1]
    return found


def nonce() -> str:
    """A one-time value for a form, so that two clicks on it do one thing."""
    return frame.host().entropy.token(24)


def price(amount: Any, currency: Currency) -> Price:
    """An amount as templates see it."""
    return Price(amount, currency)


def client_of(db: Session) -> Client | None:
    """The signed-in client."""
    return db.get(Client, frame.client_id()) if frame.client_id() else None


def client_currency(db: Session) -> Currency:
    """The currency of this visitor."""
    return page_currency(db, Visit(currency_id=int(session.get("currency", 0))), client_of(db))


# --- the cart ------------------------------------------------------------------------------------------------------------


def load_cart() -> carts.Cart:
    """The visitor's cart, in the currency of this visitor."""
    with frame.ctx().unit(read=True) as db:
        return load_cart_of(db)


def load_cart_of(db: Session) -> carts.Cart:
    """`load_cart` within a unit."""
    found = carts.load(db, str(session.get("cart", "")))
    found["currency"] = client_currency(db).id
    return found


def change_cart(change: Callable[[carts.Cart], Any]) -> Any:
    """Load, change and keep the cart in one unit; a first change opens one. Returns what `change` returns."""
    ctx = frame.ctx()
    key = str(session.get("cart", "")) or carts.new_key(ctx)
    with ctx.unit() as db:
        found = carts.load(db, key)
        found["currency"] = client_currency(db).id
        result = change(found)
        carts.save(db, key, found)
    session["cart"] = key
    g.pop("mh_cart_count", None)
    return result


def forget_cart() -> None:
    """Empty the cart."""
    key = str(session.pop("cart", ""))
    g.pop("mh_cart_count", None)
    if key:
        with frame.ctx().unit() as db:
            carts.forget(db, key)
