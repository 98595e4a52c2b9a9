"""General Settings, and the vendor endpoint map."""

import re
from urllib.parse import urlsplit

from flask import request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from modulehost import journal, language, settings
from modulehost.accounts.countries import COUNTRIES
from modulehost.web import frame
from modulehost.web.admin.site import blueprint, go, page, sent, template_folders
from modulehost.web.numbers import is_whole

NEEDED = "Configure General Settings"
URL = "/admin/configgeneral.php"
ENDPOINTS = "/admin/vendorendpoints.php"
TABS = {1: "General", 2: "Localisation", 3: "Ordering", 10: "Security"}
DATE_FORMATS = ("DD/MM/YYYY", "DD.MM.YYYY", "DD-MM-YYYY", "MM/DD/YYYY", "YYYY/MM/DD", "YYYY-MM-DD")
#: tab -> settings that are texts, and those that are yes/no
FIELDS = {
    1: (("CompanyName", "Email", "SystemURL", "Template", "InvoicePayTo", "Version"), ("ModuleLogEnabled",)),
    2: (("Language", "DateFormat", "ClientDateFormat", "DefaultCountry", "Charset"), ()),
    3: (("OrderFormTemplate", "OrderDaysGrace"), ("AllowClientRegister",)),
    10: (("APIAllowedIPs",), ("EnableEmailVerification",)),
}


@blueprint.get("/configgeneral.php")
@frame.permission(NEEDED)
def general(found: dict[str, str] | None = None) -> Response:
    """One tab of General Settings."""
    tab = _tab()
    with frame.ctx().unit(read=True) as db:
        names = [*FIELDS[tab][0], *FIELDS[tab][1]]
        stored = {name: settings.get(db, name) for name in names}
        effective, url = settings.version(db), settings.system_url(db)
    form = sent()
    values = {name: form.get(name, "") for name in names} if form else stored
    return page("general.html", "General Settings", tab=tab, tabs=TABS, values=values, found=found or {}, effective=effective, url=url,
                themes=template_folders("templates"), order_forms=template_folders("templates/orderforms"), formats=DATE_FORMATS,
                languages=language.languages(), countries=[(one.code, one.name) for one in COUNTRIES.values()], menu_url=URL)  # fmt: skip


def _tab() -> int:
    text = request.args.get("tab", "1")
    return int(text) if is_whole(text) and int(text) in TABS else 1


@blueprint.post("/configgeneral.php")
@frame.permission(NEEDED)
def save_general() -> Response:
    """Save one tab."""
    tab, form = _tab(), request.form
    texts, boxes = FIELDS[tab]
    values = {name: form.get(name, "").replace("\r\n", "\n").strip() for name in texts if name in form}
    errors = _wrong(values)
    if errors:
        shown: Response = general(errors)
        return shown
    values |= {name: "on" if name in form else "" for name in boxes}
    with frame.ctx().unit() as db:
        changed = _put(db, values)
        if changed:
            journal.activity(db, f"General Settings Modified - {', '.join(changed)}")
    frame.note("success", "Changes Saved Successfully!")
    return go(f"{URL}?tab={tab}")


def _put(db: Session, values: dict[str, str]) -> list[str]:
    changed = [name for name, value in values.items() if settings.get(db, name) != value]
    for name in changed:
        settings.put(db, name, values[name])
    return changed


def _wrong(values: dict[str, str]) -> dict[str, str]:
    errors = {}
    url = values.get("SystemURL", "")
    if url and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc):
        errors["SystemURL"] = "System URL must begin with http:// or https:// and name a host, or be empty."
    version = values.get("Version", "8.0")
    if not re.match(r"\d+\.\d+", version):
        errors["Version"] = "The emulated version must look like 8.13.1-release.1 or 7.10."
    if "CompanyName" in values and not values["CompanyName"]:
        errors["CompanyName"] = "Company Name is required."
    for name, folder, what in (
        ("Template", "templates", "theme"),
        ("OrderFormTemplate", "templates/orderforms", "order form"),
    ):
        if values.get(name) and values[name] not in template_folders(folder):
            errors[name] = f"There is no {what} “{values[name]}” in {folder}/ of this host."
    if values.get("Language") and not language.known(values["Language"]):
        errors["Language"] = f"There is no language “{values['Language']}”."
    if not is_whole(values.get("OrderDaysGrace", "0")):
        errors["OrderDaysGrace"] = "Order Days Grace must be a whole number."
    return errors


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
