"""Tax Configuration: settings and the rules of both levels."""

from flask import request
from werkzeug.wrappers import Response

from modulehost import settings
from modulehost.accounts.countries import COUNTRIES
from modulehost.billing.catalog import Invalid, taxes
from modulehost.schema import Tax
from modulehost.web import frame
from modulehost.web.admin.paging import paged
from modulehost.web.admin.site import blueprint, delete_row, go, page, problems, sent, unknown_change
from modulehost.web.numbers import is_whole

URL = "/admin/configtax.php"
NEEDED = "Tax Configuration"


@blueprint.get("/configtax.php")
@frame.permission(NEEDED)
def tax_page(found: dict[str, str] | None = None) -> Response:
    """Settings, or with `level=` the rules of that level."""
    text = request.values.get("level", "0")
    level = int(text) if is_whole(text) and int(text) in (1, 2) else 0
    with frame.ctx().unit(read=True) as db:
        names = ("TaxType", "TaxCode", *taxes.SWITCHES)
        stored = {name: settings.get(db, name) for name in names}
        rows = paged(db, taxes.listing(level)) if level else None
    countries = [(one.code, one.name) for one in COUNTRIES.values()]
    return page("taxes.html", "Tax Configuration", level=level, values=stored, page=rows, found=found or {}, given=sent(),
                countries=countries, names=dict(countries), menu_url=URL)  # fmt: skip


@blueprint.post("/configtax.php")
@frame.permission(NEEDED)
def tax_change() -> Response:
    """Save the settings, add a rule, delete one."""
    action, back = request.values.get("action", ""), URL
    if action == "delete":
        return delete_row(Tax, "tax rule", taxes.delete, f"{URL}?level={request.values.get('level', '1')[:1]}")
    try:
        with frame.ctx().unit() as db:
            if action == "save":
                taxes.save_settings(db, request.form)
            elif action == "add":
                back = f"{URL}?level={taxes.add(db, request.form).level}"
            else:
                unknown_change("Tax Configuration knows", action)
    except Invalid as error:
        shown: Response = tax_page(problems(error))
        return shown
    frame.note("success", "Changes Saved Successfully!" if action == "save" else "Tax Rule Added")
    return go(back)
