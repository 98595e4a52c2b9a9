"""Request cancellation: clientarea.php?action=cancel&id=."""

from typing import Any

from flask import request

from modulehost import settings
from modulehost.ordering import cancellations
from modulehost.schema import Product, ProductGroup, Service
from modulehost.themes import Page
from modulehost.themes.menus import service_sidebar
from modulehost.web import frame
from modulehost.web.client.show import language, not_found, number, say, show, worded


def cancel() -> Any:
    """The form; POST `sub=submit` with `cancellationreason` and `type` files the request."""
    ctx, service_id = frame.ctx(), number("id")
    with ctx.unit(read=True) as db:
        service = db.get(Service, service_id)
        product = db.get(Product, service.packageid) if service else None
        group = db.get(ProductGroup, product.gid) if product else None
        allowed = service is not None and cancellations.may_request(db, service)
        shown = settings.on(db, "ShowCancellationButton")
        waiting = cancellations.open_request(db, service_id) if service else None
    if service is None or service.userid != frame.client_id() or not shown:
        return not_found()
    requested, error, field = False, "", ""
    if request.method == "POST" and request.form.get("sub") == "submit" and allowed and waiting is None:
        reason, kind = request.form.get("cancellationreason", ""), request.form.get("type", "")
        try:
            cancellations.file(ctx, service_id, kind, reason, reason_needed=True)
            requested = True
        except cancellations.CancellationRefused as refused:
            field = refused.field
            error = worded(str(refused))
    name = product.name if product else ""
    variables = {
        "id": service.id, "productname": name, "groupname": group.name if group else "",
        "domain": service.domain, "domainid": 0, "domainnextduedate": "", "domainprice": "", "domainregperiod": "",
        "invalid": not requested and (not allowed or waiting is not None), "alreadyrequested": waiting is not None,
        "requested": requested, "error": error, "errorfield": field,
        "cancellationreason": request.form.get("cancellationreason", ""),
        "cancellationtype": request.form.get("type") or cancellations.END_OF_PERIOD,
        "hasperiod": service.nextduedate is not None,
    }  # fmt: skip
    title = say("clientareacancelrequest")
    page = Page("clientareacancelrequest", title, variables, hook="Cancellation")
    page.crumbs = [
        ("/clientarea.php", say("clientareatitle")),
        ("/clientarea.php?action=services", say("clientareaproducts")),
        (f"/clientarea.php?action=productdetails&id={service.id}", name or say("clientareaproductdetails")),
        ("", title),
    ]
    page.primary = service_sidebar(language(), service.id, [], False, True)
    return show(page, 400 if error else 200)
