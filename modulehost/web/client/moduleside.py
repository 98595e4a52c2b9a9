"""The module's side of the product page: its output, its buttons, its pages, sign-on and change of password.

What a module shows appears for Active services only (customary). A module that fails leaves a notice in the page, a line
in the activity log, and everything else standing.
"""

from collections.abc import Iterator
from typing import Any

from flask import redirect, request
from markupsafe import Markup
from sqlalchemy.orm import Session

from modulehost import hooks, journal, lifecycle, themes
from modulehost.runtimes import ModuleFailed
from modulehost.schema import Product, Service
from modulehost.themes import Page
from modulehost.web import frame
from modulehost.web.client.facts import facts
from modulehost.web.client.show import say, show, to, visit

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
        _note_failure(service_id, "client area buttons", failure)
        return set(), [], set()


def custom(service_id: int, function: str, buttons: list[lifecycle.Button], allowed: set[str]) -> Any:
    """A custom function: asked for by GET it waits for a click, by POST it runs. Returns template variables or a page."""
    if function not in allowed:
        return {"modulecustombuttonresult": say("host.accessDenied")}
    label = next((b.label for b in buttons if b.function == function), function)
    if request.method != "POST":
        return {"customActionToConfirm": {"label": label, "function": function}}
    ctx = frame.ctx()
    key = request.form.get("nonce", "")[:64]
    outcome = lifecycle.run(ctx, service_id, function, request_key=f"client:{service_id}:{key}" if key else None)
    if isinstance(outcome.value, dict) and (outcome.value.get("templatefile") or outcome.value.get("vars")):
        return _module_page(service_id, function, outcome.value)
    return {"modulecustombuttonresult": "success" if outcome.ok else outcome.message or say("moduleactionfailed")}


def _module_page(service_id: int, function: str, value: dict[str, Any]) -> Any:
    """A custom function that returned a page of its own: templatefile, vars, breadcrumb."""
    with frame.ctx().unit(read=True) as db:
        service = db.get_one(Service, service_id)
        row = db.get_one(Product, service.packageid)
        variables = _together(
            facts(db, service, row), module_variables(db, service_id, dict(value.get("vars") or {})), value.get("vars")
        )
    crumbs = value.get("breadcrumb") or {}
    way = [
        ("/clientarea.php", say("clientareatitle")),
        (f"/clientarea.php?action=productdetails&id={service_id}", row.name),
    ]
    page = Page(str(value.get("templatefile") or function), row.name, variables, module=("servers", row.servertype))
    page.crumbs = way + [(str(link), str(label)) for link, label in dict(crumbs).items()]
    return show(page)


def single_sign_on(service_id: int) -> Any:
    """dosinglesignon=1: ask the module where to, and go there. A refusal is shown on the product's page."""
    ctx = frame.ctx()
    try:
        value = lifecycle.call(ctx, service_id, "ServiceSingleSignOn").value
    except ModuleFailed as failure:
        _note_failure(service_id, "ServiceSingleSignOn", failure)
        value = {
            "success": False,
            "errorMsg": str(failure) if ctx.host.config.development else say("host.moduleProblem"),
        }
    answer = value if isinstance(value, dict) else {}
    target = str(answer.get("redirectTo") or "")
    if answer.get("success") and target.startswith(("https://", "http://", "/")):
        return redirect(target, 303)
    frame.note("error", say("moduleactionfailed"), str(answer.get("errorMsg") or say("host.moduleProblem")))
    return to(f"/clientarea.php?action=productdetails&id={service_id}")


def sign_on_label(row: Product) -> str:
    """The text of the sign-on link: MetaData's ServiceSingleSignOnLabel."""
    try:
        known = lifecycle.metadata(frame.ctx(), row.servertype)
    except ModuleFailed:
        # The label is all that is missing; why MetaData fails is the admin's page to say.
        known = {}
    return str(known.get("ServiceSingleSignOnLabel") or say("host.controlPanel"))


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
    return {"modulechangepwresult": result, "modulechangepasswordmessage": "" if outcome.ok else outcome.message}


def output(page: Page, service: Service, row: Product, passed: dict[str, Any]) -> None:
    """Put what the module shows into the page; a module that fails leaves a notice and a line in the activity log."""
    ctx = frame.ctx()
    if not row.servertype:
        return
    given = {
        "serviceid": service.id, "groupname": page.variables["groupname"], "product": row.name, "modulename": row.servertype,
        "domain": service.domain, "systemStatus": service.domainstatus, "username": service.username, **passed,
    }  # fmt: skip
    added: dict[str, Any] = {}
    for value in hooks.values(hooks.fire(ctx, "ClientAreaProductDetailsPreModuleTemplate", **given)):
        if isinstance(value, dict):
            added |= value
    try:
        shown = lifecycle.clientarea.output(ctx, service.id)
    except ModuleFailed as failure:
        _note_failure(service.id, "ClientArea", failure)
        text = str(failure) if ctx.host.config.development else say("host.moduleProblem")
        page.variables["moduleproblem"] = text
        return
    html = shown.html
    if shown.template and shown.module:
        file = shown.template.removesuffix(".tpl")
        own = {**added, **shown.variables}
        with ctx.unit(read=True) as db:
            variables = _together(page.variables, module_variables(db, service.id, own), own)
        inner = Page(file, page.title, variables, module=("servers", shown.module.name))
        try:
            html = themes.fragment(ctx, inner, visit())
        except themes.PageBroken as broken:
            page.variables["moduleproblem"] = (
                broken.report if ctx.host.config.development else say("host.moduleProblem")
            )
            return
    target = "tplOverviewTabOutput" if shown.replaces else "moduleclientarea"
    page.variables[target] = Markup(html)  # noqa: S704 - the module's own HTML
    page.crumbs += [(link, label) for link, label in shown.breadcrumb.items()]
    if shown.problems:
        page.variables["moduleproblem"] = (
            "; ".join(shown.problems) if ctx.host.config.development else say("host.moduleProblem")
        )


def module_variables(db: Session, service_id: int, values: dict[str, Any]) -> dict[str, Any]:
    """What a module's template sees: the service's params, and over them the module's own variables.

    The module's own texts are printed as it wrote them, as they may be HTML; but what is word for word a text that the
    client typed (name, address, domain, custom field) is encoded. The server's secrets are left out.
    """
    params = lifecycle.params.service(db, service_id)
    typed = set(_texts([params["clientsdetails"], params["customfields"], params["domain"], params["username"]]))
    found = {
        **params,  # like all variables they are encoded on their way to the template
        **{k: marked(v, typed) for k, v in values.items()},
    }
    return {k: v for k, v in found.items() if k not in ("model", "serverpassword", "serveraccesshash")}


def _together(overview: dict[str, Any], module: dict[str, Any], own: Any) -> dict[str, Any]:
    """The module's own variables win over those of the page, which win over the params."""
    return {**module, **overview, **{k: v for k, v in module.items() if k in (own or {})}}


def marked(value: Any, typed: set[str]) -> Any:
    """The same value with every text marked as HTML, but for texts that are in `typed`."""
    if isinstance(value, str):
        return value if value in typed else Markup(value)  # noqa: S704 - the module's own HTML
    if isinstance(value, dict):
        return {k: marked(v, typed) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [marked(v, typed) for v in value]
    return value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list, tuple)):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)


def _note_failure(service_id: int, what: str, failure: ModuleFailed) -> None:
    ctx = frame.ctx()
    with ctx.unit() as db:
        journal.activity(db, f"Module {what} failed - Service ID: {service_id} - {failure}", frame.client_id())
