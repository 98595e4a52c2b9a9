"""A page that a module's custom function returned to an admin: its template inside the frame of the admin area."""

from collections.abc import Mapping
from typing import Any

from flask import request
from werkzeug.wrappers import Response

from modulehost import lifecycle, themes
from modulehost.context import Ctx
from modulehost.contract import crumbs
from modulehost.runtimes import ModuleFailed
from modulehost.schema import Client, Product, Service
from modulehost.themes import Page, Visit
from modulehost.web import frame
from modulehost.web.admin.client_frame import client_page
from modulehost.web.modulevars import module_variables


def show(ctx: Ctx, service: Service, function: str, value: Mapping[str, Any]) -> Response:
    """`templatefile` (a file of the module, or the theme's override of it) with `vars` over the service's params."""
    with ctx.unit(read=True) as db:
        client = db.get_one(Client, service.userid)
        product = db.get_one(Product, service.packageid)
        variables = module_variables(db, service.id, dict(value.get("vars") or {}))
    file = str(value.get("templatefile") or function).removesuffix(".tpl")
    back = f"/admin/clientsservices.php?userid={service.userid}&id={service.id}"
    further = crumbs(value.get("breadcrumb") or {}) or []
    title = str(value.get("pagetitle") or (further[-1][1] if further else _label(ctx, service.id, function)))
    visit = Visit(request.path, request.args.to_dict(), token=frame.csrf(), client_id=service.userid, admin=True)
    html, broken = "", ""
    try:
        html = themes.fragment(ctx, Page(file, title, variables, module=("servers", product.servertype)), visit)
    except themes.PageBroken as failure:
        inner = "The module's template has an error; the activity log names it."
        broken = failure.report if frame.host().config.development else inner
    way = [(back, f"{product.name} {service.domain}".strip()), *further]
    return client_page("module_page.html", client, "services", heading=title, html=html, broken=broken, way=way, back=back)


def _label(ctx: Ctx, service_id: int, function: str) -> str:
    """What the button says that led here; people know no names of functions."""
    try:
        return next((one.label for one in lifecycle.admin_buttons(ctx, service_id) if one.function == function), function)
    except ModuleFailed:
        return function
