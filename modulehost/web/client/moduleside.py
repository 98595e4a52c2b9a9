"""The module's side of the product page: its output, its buttons, its pages, and change of password.

What a module shows appears for Active services only (customary). A module that fails leaves a notice in the page, a line
in the activity log, and everything else standing.
"""

from typing import Any

from flask import request
from markupsafe import Markup

from modulehost import hooks, lifecycle, themes
from modulehost.contract import crumbs
from modulehost.lifecycle.clientarea import ClientOutput
from modulehost.runtimes import ModuleFailed
from modulehost.schema import Product, Service
from modulehost.themes import Item, Page
from modulehost.web import frame
from modulehost.web.client.facts import facts
from modulehost.web.client.parts import Part
from modulehost.web.client.problems import note_failure, outcome_text, told
from modulehost.web.client.show import say, show, visit
from modulehost.web.modulevars import module_variables

SHORTEST_PASSWORD = 6


def offered(part: Part) -> tuple[set[str], list[lifecycle.Button], set[str]]:
    """What the module defines, its buttons, what a client may call; nothing when the module does not answer."""
    ctx = frame.ctx()
    try:
        return (
            lifecycle.supports(ctx, part.subject),
            lifecycle.client_buttons(ctx, part.subject),
            lifecycle.client_functions(ctx, part.subject),
        )
    except ModuleFailed as failure:
        note_failure(part.service_id, "client area buttons", failure)
        return set(), [], set()


def custom(
    part: Part, function: str, buttons: list[lifecycle.Button], allowed: set[str], sidebar: Item, passed: dict[str, Any]
) -> Any:
    """A custom function: asked for by GET it waits for a click, by POST it runs. Returns template variables or a page."""
    if function not in allowed:
        return {"modulecustombuttonresult": say("host.accessDenied")}
    label = next((b.label for b in buttons if b.function == function), function)
    if request.method != "POST":
        fields = {"modop": "custom", "a": function, **part.fields}
        return {"customActionToConfirm": {"label": label, "fields": fields, "newTab": False}}
    ctx = frame.ctx()
    key = request.form.get("nonce", "")[:64]
    request_key = f"client:{part.service_id}:{key}" if key else None
    outcome = lifecycle.run(ctx, part.subject, function, request_key=request_key)
    if outcome.ok and isinstance(outcome.value, dict):
        return _module_page(part, function, outcome.value, sidebar, passed)
    return {"modulecustombuttonresult": "success" if outcome.ok else outcome_text(outcome)}


def _module_page(part: Part, function: str, value: dict[str, Any], sidebar: Item, passed: dict[str, Any]) -> Any:
    """A custom function that returned a page of its own: templatefile, vars, breadcrumb, and pagetitle."""
    ctx = frame.ctx()
    with ctx.unit(read=True) as db:
        service = db.get_one(Service, part.service_id)
        row = db.get_one(Product, service.packageid)
        overview, module = facts(db, service, row), lifecycle.module_of(db, part.subject)
    added = {} if part.addon_id else added_by_hooks(service, row, overview["groupname"], passed)
    own = {**added, **(value.get("vars") or {})}
    with ctx.unit(read=True) as db:
        variables = _together(overview, module_variables(db, part.subject, own), own)
    page = Page(
        template_name(value.get("templatefile") or function),
        str(value.get("pagetitle") or row.name),
        variables,
        primary=sidebar,
        hook="ProductDetails",
        module=("servers", module),
    )
    page.crumbs = [
        ("/clientarea.php", say("clientareatitle")),
        (f"/clientarea.php?action=productdetails&id={part.service_id}", row.name),
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
    if shown.module and (shown.template or shown.page):
        own = {**added, **shown.variables}
        try:
            html, variables = drawn(Part(service.id), shown, shown.template, page.title, page.variables, own)
        except themes.PageBroken as broken:
            page.variables["moduleproblem"] = told(broken.report)
            return
        if shown.page:
            page.template, page.module, page.variables = template_name(shown.page), ("servers", shown.module.name), variables
    page.variables["tplOverviewTabOutput" if shown.replaces else "moduleclientarea"] = Markup(html)  # noqa: S704 - its own HTML
    if shown.breadcrumb is not None:
        page.crumbs = list(shown.breadcrumb)
    page.crumbs += shown.appended
    page.display_title = shown.title or page.display_title


def drawn(
    part: Part, shown: ClientOutput, template: str, title: str, overview: dict[str, Any], own: dict[str, Any]
) -> tuple[str, dict[str, Any]]:
    """A template of the module as HTML (none without a name), and the variables it saw. Raises PageBroken."""
    assert shown.module is not None, "a template is a file of a module"
    ctx = frame.ctx()
    with ctx.unit(read=True) as db:
        variables = _together(overview, module_variables(db, part.subject, own), own)
    inner = Page(template_name(template), title, variables, module=("servers", shown.module.name))
    return themes.fragment(ctx, inner, visit()) if template else "", variables


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
