"""What hooks add to pages of the admin area: variables, HTML, fields in forms. They are code of this host, so their HTML is printed."""

from collections.abc import Mapping
from typing import Any

from flask import request
from sqlalchemy import func, select

from modulehost import hooks, settings
from modulehost.context import Ctx
from modulehost.schema import Admin, AdminLog, unset
from modulehost.web import frame

_OUTPUTS = {
    "headoutput": "AdminAreaHeadOutput",
    "headeroutput": "AdminAreaHeaderOutput",
    "footeroutput": "AdminAreaFooterOutput",
}
#: what hooks may replace of a page's own variables; any other name they add is free for templates
OVERRIDES = ("title", "jscode", *_OUTPUTS)
_ONLINE_SECONDS = 15 * 60


def of_page(ctx: Ctx, template: str, title: str, sidebar: str, permissions: set[str]) -> dict[str, Any]:
    """Ask AdminAreaPage, then the output points; returns what they want as variables of the page.

    `pagetitle` replaces the title, `jscode` is run on the page, everything else is there for templates.
    """
    points = ("AdminAreaPage", *_OUTPUTS.values())
    wanted = any(hooks.heard(ctx, point) for point in points)
    given = _arguments(ctx, template, title, sidebar, permissions) if wanted else {"pagetitle": title}
    found: dict[str, Any] = {}
    for value in hooks.values(hooks.fire(ctx, "AdminAreaPage", **given)):
        if isinstance(value, Mapping):
            found |= {str(name): one for name, one in value.items()}
    if "pagetitle" in found:
        found["title"] = str(found["pagetitle"])
    given |= {name: one for name, one in found.items() if name in given}
    for variable, point in _OUTPUTS.items():
        found[variable] = html(hooks.fire(ctx, point, **given))
    return found


def _arguments(ctx: Ctx, template: str, title: str, sidebar: str, permissions: set[str]) -> dict[str, Any]:
    with ctx.unit(read=True) as db:
        admin = db.get(Admin, ctx.actor.id)
        recent = func.coalesce(AdminLog.lastvisit, AdminLog.logintime)
        online = select(AdminLog.adminusername, recent).where(unset(AdminLog.logouttime)).order_by(AdminLog.id.desc())
        now = ctx.host.clock.now()
        names = [
            name for name, seen in db.execute(online.limit(50)).all()
            if seen is not None and (now - seen).total_seconds() < _ONLINE_SECONDS
        ]  # fmt: skip
        charset, addons = settings.get(db, "Charset"), settings.get(db, "ActiveAddonModules")
        pattern = settings.get(db, "DateFormat").lower().replace("yyyy", "yy")
    name = template.removesuffix(".html")
    return {
        "charset": charset, "template": admin.template if admin else "blend", "pagetemplate": name, "adminid": ctx.actor.id,
        "admin_username": ctx.actor.name, "admin_notes": (admin.notes or "") if admin else "",
        "admin_perms": sorted(permissions), "addon_modules": {one: one for one in addons.split(",") if one},
        "filename": request.path.rsplit("/", 1)[-1].removesuffix(".php"), "pagetitle": title, "helplink": "",
        "sidebar": sidebar.lower(), "minsidebar": False, "jquerycode": "", "jscode": "", "datepickerformat": pattern,
        "adminsonline": ", ".join(dict.fromkeys(names)),
    }  # fmt: skip


def html(results: list[hooks.Result]) -> str:
    """The HTML that listeners returned, one after the other; an array counts part by part."""
    found: list[str] = []
    for value in hooks.values(results):
        found += [str(one) for one in (value if isinstance(value, list | tuple) else [value]) if one]
    return "\n".join(found)


def fields(point: str, **arguments: Any) -> list[tuple[str, str]]:
    """The (label, HTML) pairs that the listeners of a ...Fields point add to a form."""
    found: list[tuple[str, str]] = []
    for value in hooks.values(hooks.fire(frame.ctx(), point, **arguments)):
        if isinstance(value, Mapping):
            found += [(str(label), "" if one is None else str(one)) for label, one in value.items()]
    return found


def saved(point: str, **arguments: Any) -> None:
    """Fire a ...FieldsSave point with the whole request, as documented, and `arguments` above it."""
    sent: dict[str, Any] = {name: value for name, value in request.values.items() if name != "token"}
    hooks.fire(frame.ctx(), point, **{**sent, **arguments})
