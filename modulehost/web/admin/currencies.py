"""Currencies: their signs, formats and rates, and the prices that follow from the rates."""

from flask import request
from werkzeug.wrappers import Response

from modulehost.billing.catalog import Invalid, currencies
from modulehost.schema import Currency
from modulehost.web import frame
from modulehost.web.admin.paging import paged
from modulehost.web.admin.site import (
    blueprint,
    confirmed,
    delete_row,
    go,
    number,
    page,
    row_or_404,
    save_row,
    sent,
    unknown_change,
)

URL = "/admin/configcurrencies.php"
NEEDED = "Configure Currencies"


@blueprint.get("/configcurrencies.php")
@frame.permission(NEEDED)
def currency_list() -> Response:
    """All currencies; `action=edit[&id=]` is the form."""
    if request.args.get("action") == "edit":
        return _form({})
    with frame.ctx().unit(read=True) as db:
        rows = paged(db, currencies.listing(), scalars=False)
    return page("currencies.html", "Currencies", page=rows, formats=currencies.FORMATS)


def _form(found: dict[str, str]) -> Response:
    key = number("id", request.args)
    with frame.ctx().unit(read=True) as db:
        row = row_or_404(db, Currency, key, "Currency") if key else Currency(rate=1, format=1, default=0)
    title = f"Edit Currency: {row.code}" if key else "Add Additional Currency"
    return page(
        "currency_form.html", title, row=row, given=sent(), found=found, formats=currencies.FORMATS, menu_url=URL
    )


@blueprint.post("/configcurrencies.php")
@frame.permission(NEEDED)
def currency_change() -> Response:
    """Save one, make it the default, delete it; or update the product prices or the exchange rates."""
    action = request.values.get("action", "")
    changes = {
        "edit": _save, "default": _default, "delete": _delete, "updateprices": _update_prices, "updaterates": _update_rates,
    }  # fmt: skip
    if action not in changes:
        unknown_change("Currencies know", action)
    return changes[action]()


def _code(row: Currency) -> str:
    return row.code


def _save() -> Response:
    return save_row(Currency, "currency", lambda db, old: currencies.save(db, request.form, old), _form, URL,
                    key=number("id", request.args), added="Currency Added", named=_code)  # fmt: skip


def _default() -> Response:
    with frame.ctx().unit(read=True) as db:
        row = row_or_404(db, Currency, number("id"), "Currency")
    question = (
        f"Make {row.code} the default currency? All rates are computed anew to refer to it; prices stay as they are."
    )
    if asked := confirmed(question, URL, "Make Default"):
        return asked
    with frame.ctx().unit() as db:
        currencies.make_default(db, row_or_404(db, Currency, row.id, "Currency"))
    frame.note("success", "Default Currency Changed", row.code)
    return go(URL)


def _delete() -> Response:
    more = "All prices in it are deleted, too."
    return delete_row(Currency, "currency", currencies.delete, URL, named=_code, more=lambda _db, _row: more)


def _update_prices() -> Response:
    question = (
        "Compute the prices of all other currencies anew from the default one's? Prices entered by hand are replaced."
    )
    if asked := confirmed(question, URL, "Update Product Prices"):
        return asked
    with frame.ctx().unit() as db:
        count = currencies.update_prices(db)
    frame.note("success", "Product Prices Updated", f"{count} price row(s) follow from the current rates now.")
    return go(URL)


def _update_rates() -> Response:
    try:
        changed = currencies.update_rates(frame.ctx())
        frame.note("success", "Exchange Rates Updated", ", ".join(changed) or "No rate has changed.")
    except Invalid as error:
        frame.note("error", "The exchange rates were not updated", str(error))
    return go(URL)
