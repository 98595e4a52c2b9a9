"""The product details page: what is known of the service, and the module's part of it."""

from typing import Any

from flask import request
from markupsafe import Markup

from modulehost import hooks
from modulehost.lifecycle.signon import PERMISSION
from modulehost.schema import Product, Service
from modulehost.themes import Item, Page
from modulehost.themes.menus import service_changes, service_sidebar, sign_on_item
from modulehost.vault import Vault
from modulehost.web import frame
from modulehost.web.client import addonside, moduleside, signon
from modulehost.web.client.facts import facts
from modulehost.web.client.parts import Part
from modulehost.web.client.show import language, nonce, not_found, number, say, show


def product() -> Any:
    """clientarea.php?action=productdetails&id=."""
    ctx, service_id = frame.ctx(), number("id")
    part = Part(service_id)
    with ctx.unit(read=True) as db:
        service = db.get(Service, service_id)
        product_row = db.get(Product, service.packageid) if service else None
    if service is None or product_row is None or service.userid != frame.client_id():
        return not_found()
    active = service.domainstatus == "Active"
    known, buttons, allowed = moduleside.offered(part) if active else (set[str](), [], set[str]())
    actions = signon.actions(part) if "CustomActions" in known else []
    added = addonside.sections(service_id)
    for_addon = "addonId" in request.values
    if request.values.get("dosinglesignon") and "ServiceSingleSignOn" in known and not for_addon:
        return signon.single_sign_on(part, product_row.servertype)
    sidebar = service_sidebar(
        language(), service_id, [(b.label, b.function) for b in buttons], "ChangePassword" in known, active
    )
    signon.action_items(sidebar, part, actions)
    if "ServiceSingleSignOn" in known and PERMISSION in frame.client_permissions():
        sign_on_item(sidebar, service_id, signon.sign_on_label(product_row.servertype))
    passed = {"password": ctx.host.part(Vault).decrypt(service.password)}
    done: dict[str, Any] = {}
    if for_addon:
        answer = _of_addon(added, sidebar, passed)
        if not isinstance(answer, dict):
            return answer
        done = answer
    elif "customaction" in request.values and active:
        answer = signon.custom_action(part, request.values["customaction"], actions)
        if not isinstance(answer, dict):
            return answer
        done = answer
    elif request.values.get("modop") == "custom" and active:
        answer = moduleside.custom(part, request.values.get("a", ""), buttons, allowed, sidebar, passed)
        if not isinstance(answer, dict):
            return answer
        done = answer
    elif request.method == "POST" and request.form.get("modulechangepassword") and active and "ChangePassword" in known:
        done = moduleside.change_password(service_id)
    with ctx.unit(read=True) as db:
        service = db.get_one(Service, service_id)
        variables = {**facts(db, service, product_row), **done, "nonce": nonce()}
        variables["modulechangepassword"] = active and "ChangePassword" in known
        passed = {"password": ctx.host.part(Vault).decrypt(service.password)}
    addonside.show(added, variables)
    results = hooks.fire(ctx, "ClientAreaProductDetailsOutput", service=service)
    variables["hookOutput"] = [Markup(str(v)) for v in hooks.values(results)]  # noqa: S704 - hooks return HTML
    hooks.fire(ctx, "ClientAreaProductDetails", service=service)
    page = Page("clientareaproductdetails", say("clientareaproductdetails"), variables, hook="ProductDetails")
    page.crumbs = [
        ("/clientarea.php", say("clientareatitle")),
        ("/clientarea.php?action=services", say("clientareaproducts")),
        ("", product_row.name),
    ]
    page.primary = sidebar
    possible = {"package": "packagesupgrade", "options": "configoptionsupgrade", "cancel": "showcancelbutton"}
    service_changes(language(), page.primary, service_id, **{name: bool(variables[key]) for name, key in possible.items()})
    if service.domainstatus == "Active":
        moduleside.output(page, service, product_row, passed)
    return show(page)


def _of_addon(added: list[addonside.Section], sidebar: Item, passed: dict[str, Any]) -> Any:
    """What a request with `addonId` does. One that cannot be asked (not Active, another service's) is refused when something is asked."""
    one = addonside.asked(added)
    if one is not None:
        return addonside.answer(one, request.values, sidebar, passed)
    wanted = {"modop", "customaction", "dosinglesignon"} & set(request.values)
    return {"modulecustombuttonresult": say("host.accessDenied")} if wanted else {}
