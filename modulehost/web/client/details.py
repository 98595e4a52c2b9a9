"""The product details page: what is known of the service, and the module's part of it."""

from typing import Any

from flask import request
from markupsafe import Markup

from modulehost import hooks
from modulehost.schema import Product, Service
from modulehost.themes import Page
from modulehost.themes.menus import service_changes, service_sidebar, sign_on_item
from modulehost.vault import Vault
from modulehost.web import frame
from modulehost.web.client import moduleside
from modulehost.web.client.facts import facts
from modulehost.web.client.show import language, nonce, not_found, number, say, show


def product() -> Any:
    """clientarea.php?action=productdetails&id=."""
    ctx, service_id = frame.ctx(), number("id")
    with ctx.unit(read=True) as db:
        service = db.get(Service, service_id)
        product_row = db.get(Product, service.packageid) if service else None
    if service is None or product_row is None or service.userid != frame.client_id():
        return not_found()
    active = service.domainstatus == "Active"
    known, buttons, allowed = moduleside.offered(service_id) if active else (set[str](), [], set[str]())
    if request.values.get("dosinglesignon") and "ServiceSingleSignOn" in known:
        return moduleside.single_sign_on(service_id)
    done: dict[str, Any] = {}
    if request.values.get("modop") == "custom" and active:
        answer = moduleside.custom(service_id, request.values.get("a", ""), buttons, allowed)
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
    results = hooks.fire(ctx, "ClientAreaProductDetailsOutput", service=service)
    variables["hookOutput"] = [Markup(str(v)) for v in hooks.values(results)]  # noqa: S704 - hooks return HTML
    hooks.fire(ctx, "ClientAreaProductDetails", service=service)
    crumbs = [
        ("/clientarea.php", say("clientareatitle")),
        ("/clientarea.php?action=services", say("clientareaproducts")),
    ]
    page = Page("clientareaproductdetails", say("clientareaproductdetails"), variables, hook="ProductDetails")
    page.crumbs = [*crumbs, ("", product_row.name)]
    page.primary = service_sidebar(
        language(), service_id, [(b.label, b.function) for b in buttons], "ChangePassword" in known, active
    )
    possible = {"package": "packagesupgrade", "options": "configoptionsupgrade", "cancel": "showcancelbutton"}
    service_changes(language(), page.primary, service_id, **{name: bool(variables[key]) for name, key in possible.items()})
    if "ServiceSingleSignOn" in known:
        sign_on_item(page.primary, service_id, moduleside.sign_on_label(product_row))
    if service.domainstatus == "Active":
        moduleside.output(page, service, product_row, passed)
    return show(page)
