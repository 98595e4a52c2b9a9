"""The admin area's blueprint, and how its pages are rendered: menu, banners, dates, confirmation.

Views are thin: they read the request, call functions of the rooms below and hand rows to a template.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

from flask import Blueprint, redirect, render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from modulehost import automation, extensions, lifecycle, money, settings
from modulehost.accounts import admins
from modulehost.billing import dates
from modulehost.billing.catalog.checks import Invalid
from modulehost.db import counted
from modulehost.schema import Client, Currency, Order
from modulehost.web import frame
from modulehost.web.admin import hookoutput, menu, wording
from modulehost.web.numbers import is_whole

__all__ = [
    "MASK", "blueprint", "change_of", "confirmed", "delete_row", "go", "number", "page", "problems", "row_or_404", "save_row",
    "unknown_change", "view_of",
]  # fmt: skip

blueprint = Blueprint(
    "admin",
    __name__,
    url_prefix="/admin",
    template_folder="templates",
    static_folder="static",
    static_url_path="/assets",
)

blueprint.record_once(lambda state: wording.install(state.app))  # type: ignore[arg-type]

Row = TypeVar("Row")
#: what a stored secret looks like in a form; sent back as it is, it means "unchanged"
MASK = "********"
#: who holds one of these finds something with the search field at the top: the permissions of the lists
SEARCHABLE = ("List Clients", "Manage Users", "List Services", "List Invoices", "View Orders")
_STATIC = Path(__file__).parent / "static"


def page(template: str, title: str, *, code: int = 200, menu_url: str = "", **variables: Any) -> Response:
    """The page `admin/<template>` with everything the frame needs.

    `menu_url` names the menu entry that a page without its own entry belongs to.
    """
    actor = frame.admin_actor(setting_up=True)
    with frame.ctx().unit(read=True) as db:
        company, version = settings.get(db, "CompanyName"), settings.version(db)
        pattern = dates.FORMATS.get(settings.get(db, "DateFormat").upper(), "%d/%m/%Y")
        currencies = {row.id: row for row in db.scalars(select(Currency))}
        base = next((row for row in currencies.values() if row.default), None)
        allowed = admins.permissions_of(db, actor.role_id) if actor and frame.admin_actor() else set()
        addons = lifecycle.addons.labels(db, actor.role_id) if actor else {}
        pending = 0
        if "View Orders" in allowed:
            pending = counted(db, select(Order.id).where(Order.status == "Pending"), 999)
    entries = menu.menu(version, allowed, addons)
    url = menu_url or (f"{request.path}?{request.query_string.decode()}" if request.query_string else request.path)
    section, here = menu.place(entries, url, menu_url or request.path)
    if section is None:  # a page with a tile, but no line in the menu
        section, here = menu.place(menu.behind_tiles(entries, url), menu.SETTINGS_URL, "")

    def shown_money(value: Any, currency: int | Currency = 0) -> str:
        row = currencies.get(currency) if isinstance(currency, int) else currency
        row = row or base
        return money.formatted(value, row) if row is not None else money.plain(value)

    def shown_moment(value: datetime | None) -> str:
        return value.strftime(f"{pattern} %H:%M") if value else "-"

    def shown_day(value: date | None) -> str:
        return value.strftime(pattern) if value else "-"

    added: dict[str, Any] = {"headoutput": "", "headeroutput": "", "footeroutput": "", "jscode": ""}
    if actor is not None:
        added |= hookoutput.of_page(frame.ctx(), template, title, section.label if section else "", allowed)
    text = render_template(
        f"admin/{template}",
        **{
            **added, "title": title, "company": company, "version": version, "admin": actor, "client": None, "allowed": allowed,
            "menu": entries, "section": section, "here": here, "side": menu.side(section), "sidebar": "", "pending_orders": pending,
            "notes": frame.notes(), "host_clock": automation.show(frame.ctx()) if actor else None,
            "token": frame.csrf, "asset": _asset, "mask": MASK, "day": shown_day,
            "moment": shown_moment, "money": shown_money, "plain": _plain, "given": {}, "found": {},
            "client_name": client_name, "searchable": SEARCHABLE, "searched": "", "zip": lambda *lists: list(zip(*lists, strict=True)),
            **variables, **{name: added[name] for name in hookoutput.OVERRIDES if name in added},
        },
    )  # fmt: skip
    return Response(text, status=code, mimetype="text/html")


def _asset(name: str) -> str:
    # The time in the address lets browsers keep the file until it changes.
    return f"/admin/assets/{name}?{int((_STATIC / name).stat().st_mtime)}"


def _plain(row: object, column: str) -> str:
    """A price column of a row that may not exist yet."""
    return money.plain(getattr(row, column)) if row is not None else "0.00"


def client_name(client: Client | None) -> str:
    """How a client is called in lists."""
    if client is None:
        return "(deleted client)"
    name = f"{client.firstname} {client.lastname}".strip()
    return name or client.companyname or client.email or f"Client {client.id}"


def go(url: str) -> Response:
    """See Other: a page after a change, so that reloading it does not repeat the change."""
    return redirect(url, 303)


def number(name: str, source: Mapping[str, str] | None = None) -> int:
    """A whole number of the query (or the form), 0 when it is none."""
    text = (request.values if source is None else source).get(name, "")
    return int(text) if is_whole(text) else 0


def row_or_404(db: Session, kind: type[Row], key: int, what: str) -> Row:
    """The row, or a 404 page that says what is missing."""
    row = db.get(kind, key) if key else None
    if row is None:
        text = f"There is no {what.lower()} with the id {key}. It may have been deleted."
        raise frame.PageError(404, f"{what} not found", text)
    return row


def confirmed(question: str, back: str, title: str = "Please confirm") -> Response | None:
    """None once the admin has said Yes; before that, the page that asks (browsers with scripts ask in a dialog)."""
    if request.form.get("confirmed") == "1":
        return None
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in ("token", "confirmed")]
    action = request.full_path if request.query_string else request.path
    return page(
        "confirm.html", title, question=question, back=back, fields=fields, action=action, menu_url=request.path
    )


def view_of(action: str, views: Mapping[str, Callable[[], Response]], who: str) -> Response:
    """The view that `action` of the address names; 404 if `who` (Servers) has none."""
    if action not in views:
        frame.abort_page(404, "Page not found", f"{who} has no page for the action “{action}”.")
    return views[action]()


def change_of(action: str, changes: Mapping[str, tuple[str, Callable[[], Response]]], who: str) -> Response:
    """Make the change that `action` names, once the role holds the permission beside it; 400 if `who` knows none."""
    if action not in changes:
        unknown_change(f"{who} knows", action)
    needed, change = changes[action]
    frame.require(needed)
    return change()


def unknown_change(who_knows: str, action: str) -> Any:
    """400: a form named a change that there is not. `who_knows`: “Currencies know”."""
    frame.abort_page(400, "Unknown action", f"{who_knows} no change named “{action}”.")


def delete_row(
    kind: type[Any],
    noun: str,
    remove: Callable[[Session, Any], None],
    back: str,
    *,
    named: Callable[[Any], str] = lambda row: str(row.name),
    more: Callable[[Session, Any], str] = lambda _db, _row: "",
) -> Response:
    """Delete the named row that `id` means, after asking; what `remove` refuses (Invalid) is told. `noun`: server group.

    `named` says how people call the row, `more` what the question adds about what else goes.
    """
    short = noun.rpartition(" ")[2]
    with frame.ctx().unit(read=True) as db:
        row = row_or_404(db, kind, number("id"), noun.capitalize())
        question = f"Are you sure you want to delete the {noun} “{named(row)}”? {more(db, row)}".strip()
    if asked := confirmed(question, back, f"Delete {short.title()}"):
        return asked
    try:
        with frame.ctx().unit() as db:
            remove(db, row_or_404(db, kind, row.id, noun.capitalize()))
        frame.note("success", f"{noun.title()} Deleted", named(row))
    except Invalid as error:
        frame.note("error", f"The {short} was not deleted", str(error))
    return go(back)


def save_row(
    kind: type[Any],
    noun: str,
    save: Callable[[Session, Any], Any],
    form: Callable[[dict[str, str]], Response],
    back: str,
    *,
    key: int,
    added: str,
    named: Callable[[Any], str],
) -> Response:
    """Change the row `key`, or add one (0): `save(db, row or None)` returns it; what it refuses (Invalid) is shown by `form`."""
    try:
        with frame.ctx().unit() as db:
            row = save(db, row_or_404(db, kind, key, noun.capitalize()) if key else None)
    except Invalid as error:
        return form(problems(error))
    frame.note("success", "Changes Saved Successfully!" if key else added, named(row))
    return go(back)


def problems(error: Exception) -> dict[str, str]:
    """What is wrong with a form, by field name, from the errors of any room."""
    errors = getattr(error, "errors", None)
    if isinstance(errors, Mapping):
        return dict(errors)
    if isinstance(errors, list):
        return {f"error{place}": text for place, text in enumerate(errors)}
    return {"error": str(error)}


def sent() -> "MultiDict[str, str]":
    """The form of this request; an empty one when the page was only asked for."""
    return request.form if request.method == "POST" else MultiDict()


def template_folders(path: str) -> list[str]:
    """Names of the folders in `path` (templates, templates/orderforms) of the host root and of what is bundled."""
    found = set()
    for base in extensions.search_path(frame.host(), path):
        found |= {entry.name for entry in base.iterdir() if entry.is_dir() and not entry.name.startswith((".", "_"))}
    return sorted(found - {"orderforms"})

