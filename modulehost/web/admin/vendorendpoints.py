"""Vendor Endpoints: which vendor addresses are sent elsewhere, for example to a sandbox."""

from urllib.parse import urlsplit

from flask import request
from werkzeug.wrappers import Response

from modulehost import journal, settings
from modulehost.web import frame
from modulehost.web.admin.site import blueprint, go, page, sent

NEEDED = "Configure General Settings"
ENDPOINTS = "/admin/vendorendpoints.php"


@blueprint.get("/vendorendpoints.php")
@frame.permission(NEEDED)
def vendor_endpoints(wrong: str = "") -> Response:
    """Which vendor addresses are sent elsewhere, for example to a sandbox."""
    with frame.ctx().unit(read=True) as db:
        pairs = settings.endpoints(db)
    fixed = frame.host().config.endpoints
    form = sent()
    stored = [(vendor, target) for vendor, target in sorted(pairs.items()) if vendor not in fixed]
    if form:
        stored = list(zip(form.getlist("vendor"), form.getlist("target"), strict=False))
    return page(
        "endpoints.html", "Vendor Endpoints", pairs=stored, fixed=sorted(fixed.items()), wrong=wrong, menu_url=ENDPOINTS
    )


@blueprint.post("/vendorendpoints.php")
@frame.permission(NEEDED)
def save_endpoints() -> Response:
    """Store the map. A line whose target is empty is removed."""
    pairs: dict[str, str] = {}
    for vendor, target in zip(request.form.getlist("vendor"), request.form.getlist("target"), strict=False):
        vendor, target = vendor.strip().rstrip("/"), target.strip().rstrip("/")
        if not vendor or not target:
            continue
        for address in (vendor, target):
            parts = urlsplit(address if "://" in address else f"//{address}")
            if not parts.netloc or (parts.scheme and parts.scheme not in ("http", "https")):
                shown: Response = vendor_endpoints(
                    f"“{address}” is not an address; write for example https://mail.example.com"
                )
                return shown
        pairs[vendor] = target
    with frame.ctx().unit() as db:
        settings.put_endpoints(db, pairs)
        journal.activity(db, f"Vendor Endpoints Modified - {len(pairs)} address(es) are redirected")
    frame.note("success", "Changes Saved Successfully!")
    return go(ENDPOINTS)
