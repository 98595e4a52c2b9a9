"""A whole page: variables, menus, hooks, then header, template and footer.

Order of the hooks: navigation bars and sidebars, ClientAreaPage, ClientAreaPage<Name>, then the output hooks of head,
header and footer. What a hook returns as variables is printed as it is.
"""

import collections
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from modulehost import hooks, journal, settings
from modulehost.context import Ctx, Host
from modulehost.smarty.errors import TemplateError
from modulehost.themes import alerts, engine, menus
from modulehost.themes.dates import written
from modulehost.themes.encode import encoded
from modulehost.themes.menu import Item
from modulehost.themes.resolve import Choice, shown
from modulehost.themes.theme import ThemeError
from modulehost.themes.variables import Base, base
from modulehost.themes.visit import Page, Visit

#: what the page hooks get of the variables
HOOK_VARIABLES = (
    "companyname", "logo", "systemurl", "charset", "pagetitle", "filename", "template", "language", "LANG", "todaysdate",
    "date_day", "date_month", "date_year", "WEB_ROOT", "BASE_PATH_CSS", "BASE_PATH_JS", "BASE_PATH_FONTS", "BASE_PATH_IMG",
    "token", "servedOverSsl",
)  # fmt: skip
_SHOWN_HOOKS = (
    ("headoutput", "ClientAreaHeadOutput"),
    ("headeroutput", "ClientAreaHeaderOutput"),
    ("footeroutput", "ClientAreaFooterOutput"),
)


class PageBroken(RuntimeError):
    """A page that cannot be shown: a template's or a theme's error is the cause (`__cause__`); `report` is its text."""

    def __init__(self, page: str, report: str) -> None:
        super().__init__(f"page {page} cannot be shown: {report}")
        self.page, self.report = page, report


@dataclass(frozen=True)
class Shown:
    """A page that was shown: its template, and for every template and asset what was considered."""

    page: str
    path: str
    theme: str
    at: str
    choices: tuple[Choice, ...]


class Considered:
    """The last pages of a host: `host.part(Considered)`."""

    def __init__(self, host: Host) -> None:
        self.pages: collections.deque[Shown] = collections.deque(maxlen=30)
        self.lock = threading.Lock()


def considered(host: Host) -> list[dict[str, Any]]:
    """The last pages, newest first, as plain values: page, path, theme, at, and `templates` with every candidate."""
    part = host.part(Considered)
    with part.lock:
        pages = list(reversed(part.pages))
    return [
        {
            "page": one.page,
            "path": one.path,
            "theme": one.theme,
            "at": one.at,
            "templates": [_plain(host, c) for c in one.choices],
        }
        for one in pages
    ]


def _plain(host: Host, choice: Choice) -> dict[str, Any]:
    return {
        "kind": choice.kind,
        "name": choice.name,
        "winner": shown(host, choice.winner) if choice.winner else None,
        "candidates": [
            {"path": shown(host, one.path), "exists": one.exists, "reason": one.reason} for one in choice.candidates
        ],
    }


def render(ctx: Ctx, page: Page, visit: Visit) -> str:
    """The page as HTML. Raises PageBroken when theme or template have an error; it is in the activity log then."""
    return _guarded(ctx, page.template, lambda: _render(ctx, page, visit))


def fragment(ctx: Ctx, page: Page, visit: Visit) -> str:
    """Only the page's own template with all variables: parts of a page that scripts fetch. Raises PageBroken."""

    def make() -> str:
        found = base(ctx, page, visit)
        variables = {**found.variables, **encoded(written(ctx, page.variables))}
        with engine.drawing(ctx.host, found.theme, found.order_form, found.language, visit) as draw:
            body = draw(_name(page, found), variables)
            _remember(ctx, page, visit, draw)
        return body

    return _guarded(ctx, page.template, make)


def _guarded(ctx: Ctx, name: str, make: Callable[[], str]) -> str:
    try:
        return make()
    except (TemplateError, ThemeError) as error:
        report = error.describe() if isinstance(error, TemplateError) else str(error)
        with ctx.unit() as db:
            journal.activity(db, f"Template error on page {name}: {report}")
        raise PageBroken(name, report) from error


def _render(ctx: Ctx, page: Page, visit: Visit) -> str:
    found = base(ctx, page, visit)
    bars = _menus(ctx, page, found, visit)
    variables: dict[str, Any] = {**found.variables, **encoded(written(ctx, page.variables))}
    variables |= {
        "primaryNavbar": bars.primary_navbar,
        "secondaryNavbar": bars.secondary_navbar,
        "primarySidebar": bars.primary_sidebar,
        "secondarySidebar": bars.secondary_sidebar,
    }
    if found.client is not None:
        variables["clientAlerts"] = alerts.collect(ctx, found.client)
    _ask_hooks(ctx, page, variables)
    with engine.drawing(ctx.host, found.theme, found.order_form, found.language, visit) as draw:
        body = draw(_name(page, found), variables)
        if not page.standalone:
            body = draw(f"{found.theme}/header.tpl", variables) + body + draw(f"{found.theme}/footer.tpl", variables)
        _remember(ctx, page, visit, draw)
    return body


def _remember(ctx: Ctx, page: Page, visit: Visit, draw: engine.Drawing) -> None:
    entry = Shown(
        page.template, visit.path, draw.theme, ctx.host.clock.now().isoformat(" "), tuple(draw.choices.values())
    )
    part = ctx.host.part(Considered)
    with part.lock:
        part.pages.append(entry)


def _name(page: Page, found: Base) -> str:
    file = f"{page.template}.tpl"
    if page.module:
        return f"modules/{page.module[0]}/{page.module[1]}/{file}"
    return f"orderforms/{found.order_form}/{file}" if page.order_form else f"{found.theme}/{file}"


def _menus(ctx: Ctx, page: Page, found: Base, visit: Visit) -> menus.Menus:
    groups = [(name, address) for _, name, address in found.groups]
    with ctx.unit(read=True) as db:
        funds = found.client is not None and settings.on(db, "AddFundsEnabled")
    primary, secondary = menus.navbars(found.language, found.client is not None, found.name, groups, found.lone, funds=funds)
    bars = menus.Menus(
        primary, secondary, page.primary or Item("Primary Sidebar"), page.secondary or Item("Secondary Sidebar")
    )
    if visit.may_open is not None and found.client is not None:
        for bar in (bars.primary_navbar, bars.secondary_navbar, bars.primary_sidebar, bars.secondary_sidebar):
            menus.restrict(bar, visit.may_open)
    menus.announce(ctx, bars)
    return bars


def _ask_hooks(ctx: Ctx, page: Page, variables: dict[str, Any]) -> None:
    problems: list[tuple[str, hooks.Result]] = []
    arguments = {**{name: variables.get(name) for name in HOOK_VARIABLES}, "templatefile": page.template}
    for point in ("ClientAreaPage", *([f"ClientAreaPage{page.hook}"] if page.hook else [])):
        # The page's hook gets all its variables, as handlers read what they want to change.
        results = hooks.fire(ctx, point, **{**variables, **arguments} if hooks.heard(ctx, point) else arguments)
        problems += [(point, r) for r in results if r.error]
        for value in hooks.values(results):
            if isinstance(value, dict):
                variables.update(value)
    for variable, point in _SHOWN_HOOKS:
        results = hooks.fire(ctx, point, **arguments)
        problems += [(point, r) for r in results if r.error]
        variables[variable] = "\n".join(str(v) for v in hooks.values(results))
    menus.report(ctx, problems)
