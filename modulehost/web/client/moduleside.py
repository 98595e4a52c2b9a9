"""The module's side of the product page: its output, its buttons, its pages, and change of password.

What a module shows appears for Active services only (customary). A module that fails leaves a notice in the page, a line
in the activity log, and everything else standing.
"""

from typing import Any

from flask import request
from markupsafe import Markup

from modulehost import hooks, lifecycle, themes
from modulehost.contract import crumbs
from modulehost.runtimes import ModuleFailed
from modulehost.schema import Product, Service
from modulehost.themes import Item, Page
from modulehost.web import frame
from modulehost.web.client.facts import facts
from modulehost.web.client.problems import note_failure, outcome_text, told
from modulehost.web.client.show import say, show, visit
from modulehost.web.modulevars import module_variables

SHORTEST_PASSWORD = 6


def offered(service_id: int) -> tuple[set[str], list[lifecycle.Button], set[str]]:
    """What the module defines, its buttons, what a client may call; nothing when the module does not answer."""
    ctx = frame.ctx()
    try:
        return (
            lifecycle.supports(ctx, service_id),
            lifecycle.client_buttons(ctx, service_id),
            lifecycle.client_functions(ctx, service_id),
        )
    except ModuleFailed as failure:
        note_failure(service_id, "client area buttons", failure)
        return set(), [], set()


def custom(
    service_id: int, function: str, buttons: list[lifecycle.Button], allowed: set[str], sidebar: Item, passed: dict[str, Any]
) -> Any:
    """A custom function: asked for by GET it waits for a click, by POST it runs. Returns template variables or a page."""
    if function not in allowed:
        return {"modulecustombuttonresult": say("host.accessDenied")}
    label = next((b.label for b in buttons if b.function == function), function)
    if request.method != "POST":
        return {"customActionToConfirm": {"label": label, "fields": {"modop": "custom", "a": function}, "newTab": False}}
    ctx = frame.ctx()
    key = request.form.get("nonce", "")[:64]
    outcome = lifecycle.run(ctx, service_id, function, request_key=f"client:{service_id}:{key}" if key else None)
    if outcome.ok and isinstance(outcome.value, dict):
        return _module_page(service_id, function, outcome.value, sidebar, passed)
    return {"modulecustombuttonresult": "success" if outcome.ok else outcome_text(outcome)}


def _module_page(service_id: int, function: str, value: dict[str, Any], sidebar: Item, passed: dict[str, Any]) -> Any:
    """A custom function that returned a page of its own: templatefile, vars, breadcrumb, and pagetitle."""
    ctx = frame.ctx()
    with ctx.unit(read=True) as db:
        service = db.get_one(Service, service_id)
        row = db.get_one(Product, service.packageid)
        overview = facts(db, service, row)
    own = {**added_by_hooks(service, row, overview["groupname"], passed), **(value.get("vars") or {})}
    with ctx.unit(read=True) as db:
        variables = _together(overview, module_variables(db, service_id, own), own)
    page = Page(
        template_name(value.get("templatefile") or function),
        str(value.get("pagetitle") or row.name),
        variables,
        primary=sidebar,
        hook="ProductDetails",
        module=("servers", row.servertype),
    )
    page.crumbs = [
        ("/clientarea.php", say("clientareatitle")),
        (f"/clientarea.php?action=productdetails&id={service_id}", row.name),
        *(crumbs(value.get("breadcrumb") or {}) or []),
    ]
    return show(page)


def template_name(given: object) -> str:
    """A module's template as a page names it: relative to the module's folder, without the ending."""
    return str(given).removesuffix(".tpl")


def change_password(service_id: int) -> dict[str, Any]:
    new, again = request.form.get("newpw", ""), request.form.get("confirmpw", "")
    if new != again:
        return {"modulechangepwresult": "error", "modulechangepasswordmessage": say("pwdoesnotmatch")}
    if len(new) < SHORTEST_PASSWORD:
        return {
            "modulechangepwresult": "error",
            "modulechangepasswordmessage": say("host.passwordShort", count=SHORTEST_PASSWORD),
        }
    key = request.form.get("nonce", "")[:64]
    outcome = lifecycle.run(
        frame.ctx(),
        service_id,
        "ChangePassword",
        extra={"password": new},
        request_key=f"client:{service_id}:{key}" if key else None,
    )
    result = "success" if outcome.ok else "error"
    return {"modulechangepwresult": result, "modulechangepasswordmessage": "" if outcome.ok else outcome_text(outcome)}


def output(page: Page, service: Service, row: Product, passed: dict[str, Any]) -> None:
    """Put what the module shows into the page; a module that fails leaves a notice and a line in the activity log."""
    ctx = frame.ctx()
    if not row.servertype:
        return
    added = added_by_hooks(service, row, page.variables["groupname"], passed)
    try:
        shown = lifecycle.clientarea.output(ctx, service.id)
    except ModuleFailed as failure:
        note_failure(service.id, "ClientArea", failure)
        page.variables["moduleproblem"] = told(failure)
        return
    if shown.problems:
        note_failure(service.id, "ClientArea", "; ".join(shown.problems))
        page.variables["moduleproblem"] = told("; ".join(shown.problems))
    html = shown.html
    own = {**added, **shown.variables}
    if shown.module and (shown.template or shown.page):
        with ctx.unit(read=True) as db:
            variables = _together(page.variables, module_variables(db, service.id, own), own)
        inner = Page(template_name(shown.template), page.title, variables, module=("servers", shown.module.name))
        try:
            html = themes.fragment(ctx, inner, visit()) if shown.template else ""
        except themes.PageBroken as broken:
            page.variables["moduleproblem"] = told(broken.report)
            return
        if shown.page:
            page.template, page.module, page.variables = template_name(shown.page), inner.module, variables
    page.variables["tplOverviewTabOutput" if shown.replaces else "moduleclientarea"] = Markup(html)  # noqa: S704 - its own HTML
    if shown.breadcrumb is not None:
        page.crumbs = list(shown.breadcrumb)
    page.crumbs += shown.appended
    page.display_title = shown.title or page.display_title


def added_by_hooks(service: Service, row: Product, group: str, passed: dict[str, Any]) -> dict[str, Any]:
    """The variables that ClientAreaProductDetailsPreModuleTemplate adds to the module's template."""
    given = {
        "serviceid": service.id, "groupname": group, "product": row.name, "modulename": row.servertype, "domain": service.domain,
        "systemStatus": service.domainstatus, "username": service.username, **passed,
    }  # fmt: skip
    added: dict[str, Any] = {}
    for value in hooks.values(hooks.fire(frame.ctx(), "ClientAreaProductDetailsPreModuleTemplate", **given)):
        if isinstance(value, dict):
            added |= value
    return added


def _together(overview: dict[str, Any], module: dict[str, Any], own: Any) -> dict[str, Any]:
    """The module's own variables win over those of the page, which win over the params."""
    return {**module, **overview, **{k: v for k, v in module.items() if k in (own or {})}}
