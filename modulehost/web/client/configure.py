"""Configuring a product in the cart: what the form shows, what it holds, and what that costs."""

from typing import Any

from flask import request
from sqlalchemy.orm import Session

from modulehost import money
from modulehost.billing import clientgroups, pricing, tax
from modulehost.billing.cycles import CYCLES, Cycle, CycleError, cycle
from modulehost.billing.dates import date_text
from modulehost.billing.options import DROPDOWN, QUANTITY, RADIO, YES_NO, Option, Selected
from modulehost.billing.prices import Price
from modulehost.money import MoneyError
from modulehost.ordering import cart as carts
from modulehost.ordering import fields, lines
from modulehost.schema import Currency, Product, ProductGroup
from modulehost.themes import Page
from modulehost.themes.encode import html
from modulehost.web import frame
from modulehost.web.client import cartaddons
from modulehost.web.client.metricstats import metric_prices
from modulehost.web.client.show import array, client_currency, client_of, errors_html, load_cart_of, price, say, worded
from modulehost.web.numbers import is_whole

_TEXTS = ("billingcycle", "domain", "hostname", "ns1prefix", "ns2prefix", "rootpw", "qty")


def from_form(item: dict[str, Any]) -> dict[str, Any]:
    """The cart item with what the form holds: texts, `configoption[ID]`, `customfield[ID]`.

    A yes/no that is not ticked is not sent by browsers, so an option that is missing counts as not chosen.
    """
    found = dict(item)
    for name in _TEXTS:
        if name in request.form:
            found[name] = request.form[name].strip()
    if request.form.get("configure") or request.form.get("update") or array("configoption", request.form):
        found["configoptions"] = {int(k): v for k, v in array("configoption", request.form).items() if is_whole(k)}
    if given := array("customfield", request.form):
        found["customfields"] = {int(k): v for k, v in given.items() if is_whole(k)}
    if request.form.get("configure") or request.form.get("update") or array("addons", request.form):
        found["addons"] = cartaddons.from_form()
    return found


def faults(db: Session, item: dict[str, Any], currency: Currency) -> list[str]:
    """What keeps the item from being ordered."""
    try:
        lines.check(db, item, currency)
    except lines.ItemErrors as error:
        return error.errors
    return []


def chosen_cycle(db: Session, row: Product, item: dict[str, Any], currency: Currency) -> Cycle | None:
    """The item's cycle when it is offered, else the first one; None when there is no price at all."""
    offered = pricing.cycles_of(db, row, currency)
    try:
        wanted = cycle(str(item.get("billingcycle") or ""))
    except CycleError:
        wanted = None
    return wanted if wanted in offered else (offered[0] if offered else None)


def live(db: Session, item: dict[str, Any], currency: Currency) -> dict[str, Any]:
    """The price of an item whose fields need not be complete: amounts as text, as plain numbers and as people read them."""
    row = db.get(Product, int(item.get("pid") or 0))
    wanted = chosen_cycle(db, row, item, currency) if row else None
    if row is None or wanted is None:
        return {"ok": False, "errors": [say("host.noPrice" if row else "host.cartProductGone")]}
    try:
        quote = _quote(db, row, item, currency, wanted)
    except (pricing.OptionErrors, pricing.NotOffered, MoneyError, ValueError) as error:
        return {"ok": False, "errors": [worded(one) for one in getattr(error, "errors", None) or [str(error)]]}
    taxes, extra = _taxes(db, row, quote), cartaddons.lines_of(db, row, item, quote, currency)
    more = cartaddons.taxed(db, extra, currency)
    amounts = {
        "setup": quote.setup + sum((one.setup for one in extra), money.ZERO),
        "recurring": quote.recurring + sum((one.recurring for one in extra if one.cycle == wanted), money.ZERO),
        "total": taxes.net + taxes.tax + taxes.tax2 + more.net + more.tax + more.tax2,
    }
    return {
        "ok": True,
        "errors": [],
        "cycle": wanted.key,
        "currency": currency.code,
        **{name: money.plain(amount) for name, amount in amounts.items()},
        "shown": {name: money.formatted(amount, currency) for name, amount in amounts.items()},
        "lines": [
            {
                "name": line.description,
                "value": line.shown,
                "setup": money.plain(line.setup),
                "recurring": money.plain(line.recurring),
            }
            for line in quote.lines
        ],
    }


def _quote(db: Session, row: Product, item: dict[str, Any], currency: Currency, wanted: Cycle) -> pricing.Quote:
    selected = pricing.read_options(db, row, fields.as_ids(item.get("configoptions")), currency, wanted)
    text = str(item.get("qty") or "1")
    qty = int(text) if text.isascii() and text.isdigit() and len(text) < 6 and int(text) > 0 and row.allowqty else 1
    less, today = clientgroups.discount(db, client_of(db)), frame.host().clock.today()
    return pricing.quote(db, row, currency, wanted, selected, qty, less=less, start=today)


def _taxes(db: Session, row: Product, quote: pricing.Quote) -> Any:
    if not row.tax:
        return tax.Taxed(quote.total)
    currency = client_currency(db)
    rates = carts.tax_levels(db, load_cart_of(db), client_of(db)).rates
    return tax.of_lines(db, [quote.first, quote.setup], *rates, money.places(currency))


def variables(
    db: Session, item: dict[str, Any], place: int, errors: list[str], currency: Currency
) -> tuple[Product, dict[str, Any], str] | None:
    """The product, the variables of its configuration page and its group's order form; None when it is gone."""
    row = db.get(Product, int(item.get("pid") or 0))
    if row is None or row.retired:
        return None
    group = db.get(ProductGroup, row.gid)
    wanted = chosen_cycle(db, row, item, currency)
    offered = pricing.cycles_of(db, row, currency)
    found: dict[str, Any] = {
        "i": place,
        "productinfo": {
            "pid": row.id, "gid": row.gid, "name": row.name, "groupname": group.name if group else "", "type": row.type,
            "description": html(row.description), "allowqty": row.allowqty > 0,
        },
        "billingcycle": wanted.key if wanted else "",
        "pricing": _pricing(db, row, offered, currency),
        "cycles": [_cycle(db, row, one, currency) for one in offered if one.recurs],
        "configurableoptions": _options(db, row, item, wanted, currency),
        "customfields": _customfields(db, row, item),
        "server": {name: item.get(name, "") for name in ("hostname", "ns1prefix", "ns2prefix", "rootpw")},
        "domain": item.get("domain", ""), "qty": item.get("qty", 1), "allowqty": row.allowqty > 0,
        "needsdomain": bool(row.showdomainoptions),
        "addons": cartaddons.offered(db, row, item, wanted, currency), "addonsPromoOutput": [],
        "metrics": metric_prices(db, row, currency),
        "errormessage": errors_html(errors), "summary": None,
    }  # fmt: skip
    state = live(db, item, currency)
    if state["ok"]:
        found |= totals(db, item, currency)
    else:
        found["summaryproblem"] = " ".join(state["errors"])
    return row, found, group.orderfrmtpl if group else ""


def _cycle(db: Session, row: Product, one: Cycle, currency: Currency) -> dict[str, Any]:
    cost = (pricing.product_price(db, row, currency, one) or Price()).reduced(clientgroups.discount(db, client_of(db)))
    return {
        "key": one.key, "label": say(f"orderpaymentterm{one.key}"), "price": money.formatted(cost.recurring, currency),
        "setup": money.formatted(cost.setup, currency) if cost.setup else "",
    }  # fmt: skip


def _pricing(db: Session, row: Product, offered: list[Cycle], currency: Currency) -> dict[str, Any]:
    shown: dict[str, Any] = {"type": row.paytype, "cycles": {}}
    for one in CYCLES.values():
        if one in offered and one.recurs:
            texts = _cycle(db, row, one, currency)
            text = f"{texts['price']} {texts['label']}"
            shown[one.key] = text + (f" + {texts['setup']} {say('ordersetupfee')}" if texts["setup"] else "")
            shown["cycles"][one.key] = shown[one.key]
        elif one.recurs:
            shown[one.key] = ""
    return shown


def _customfields(db: Session, row: Product, item: dict[str, Any]) -> list[dict[str, Any]]:
    given = fields.as_ids(item.get("customfields"))
    shown = [field for field in fields.of_product(db, row) if field.ordered]
    return [cartaddons.field_variables(field, str(given.get(field.id, ""))) for field in shown]


def _options(
    db: Session, row: Product, item: dict[str, Any], wanted: Cycle | None, currency: Currency
) -> list[dict[str, Any]]:
    if wanted is None:
        return []
    given = {str(k): str(v) for k, v in (item.get("configoptions") or {}).items()}
    return [option_variables(one, given.get(str(one.id)), currency) for one in pricing.options_of(db, row, currency, wanted)]


def option_variables(option: Option, given: str | None, currency: Currency) -> dict[str, Any]:
    """An option as order forms show it, with `given` as its present value."""
    value = str(option.default) if given is None else given
    if option.type in (DROPDOWN, RADIO) and value not in {str(choice.id) for choice in option.choices}:
        value = str(option.choices[0].id)
    choices = [
        {
            "id": choice.id, "nameonly": choice.label, "rawName": choice.name, "price": _cost(choice.price, currency),
            "name": f"{choice.label} {_cost(choice.price, currency)}".strip(),
            "selected": str(choice.id) == value,
        }
        for choice in option.choices
    ]  # fmt: skip
    counted = value if option.type == QUANTITY else ("1" if value.lower() in ("1", "on", "yes", "true") else "0")
    return {
        "id": option.id, "optionname": option.label, "optiontype": option.type, "options": choices,
        "selectedvalue": value, "selectedqty": counted if option.type in (YES_NO, QUANTITY) else "0",
        "selectedoption": next((c["nameonly"] for c in choices if c["selected"]), ""),
        "selectedname": next((c["nameonly"] for c in choices if c["selected"]), ""),
        "qtyminimum": option.minimum, "qtymaximum": option.maximum,
    }  # fmt: skip


def _cost(cost: Price, currency: Currency) -> str:
    parts = [money.formatted(cost.recurring, currency)] if cost.recurring else []
    if cost.setup:
        parts.append(f"+ {money.formatted(cost.setup, currency)} {say('ordersetupfee')}")
    return " ".join(parts)


def totals(db: Session, item: dict[str, Any], currency: Currency) -> dict[str, Any]:
    """`$producttotals` and `$carttotals` of the order summary, for an item that has a price."""
    row = db.get_one(Product, int(item["pid"]))
    group = db.get(ProductGroup, row.gid)
    wanted = chosen_cycle(db, row, item, currency)
    assert wanted is not None, "live() found a price"
    quote = _quote(db, row, item, currency, wanted)
    taxes, extra = _taxes(db, row, quote), cartaddons.lines_of(db, row, item, quote, currency)
    more = cartaddons.taxed(db, extra, currency)
    base = quote.lines[0]
    label = say(f"orderpaymentterm{wanted.key}")
    setup = quote.setup + sum((one.setup for one in extra), money.ZERO)
    tax1, tax2 = taxes.tax + more.tax, taxes.tax2 + more.tax2
    today = taxes.net + more.net + tax1 + tax2
    recurring = {label: quote.recurring} if wanted.recurs else {}
    for one in extra:
        if one.cycle.recurs:
            term = say(f"orderpaymentterm{one.cycle.key}")
            recurring[term] = recurring.get(term, money.ZERO) + one.recurring
    each = {term: price(value, currency) for term, value in recurring.items()}
    return {
        "producttotals": {
            "pid": row.id, "productinfo": {"name": row.name, "groupname": group.name if group else "", "pid": row.id},
            "qty": quote.qty, "allowqty": row.allowqty > 0, "billingcycle": wanted.key, "addons": cartaddons.summary(extra, currency),
            "proratadate": date_text(db, quote.until),
            "configoptions": [
                {"name": line.description, "optionname": line.shown, "recurring": price(line.recurring, currency),
                 "setup": price(line.setup, currency) if line.setup else 0}
                for line in quote.lines[1:]
            ],
            "pricing": {
                "baseprice": price(base.recurring, currency), "setup": price(setup, currency) if setup else 0,
                "recurring": each, "recurringexcltax": each,
                "tax1": price(tax1, currency) if tax1 else "", "tax2": price(tax2, currency) if tax2 else "",
                "totaltoday": price(today, currency), "addons": price(sum((one.recurring for one in extra), money.ZERO), currency),
            },
        },
        "carttotals": {
            "taxname": say("invoicestaxname"), "taxname2": say("invoicestaxname"), "subtotal": price(taxes.net + more.net, currency),
            "taxrate": "", "taxrate2": "", "total": price(today, currency), "renewalsByType": {},
        },
    }  # fmt: skip


def summary_page(item: dict[str, Any]) -> Page | None:
    """The order summary alone; None while the item has no price."""
    with frame.ctx().unit(read=True) as db:
        currency = client_currency(db)
        if not live(db, item, currency)["ok"]:
            return None
        row = db.get_one(Product, int(item["pid"]))
        group = db.get(ProductGroup, row.gid)
        found = totals(db, item, currency)
    return Page(
        "ordersummary", "", {**found, "renewals": False}, order_form=True, form=group.orderfrmtpl if group else ""
    )


def options_text(selected: list[Selected]) -> list[dict[str, Any]]:
    """What was chosen, as `$product.configoptions` of the cart has it."""
    return [
        {
            "name": one.option.label, "type": one.option.type, "qty": one.qty,
            "option": one.choice.label if one.option.type != YES_NO else (say("yes") if one.qty else say("no")),
        }
        for one in selected
    ]  # fmt: skip
