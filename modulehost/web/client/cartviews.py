"""The cart as variables, for the cart page and the checkout."""

from typing import Any

from markupsafe import Markup

from modulehost import hooks, settings
from modulehost.accounts.countries import COUNTRIES
from modulehost.billing import promotions
from modulehost.billing.cycles import RECURRING
from modulehost.billing.dates import date_text
from modulehost.language import Phrase
from modulehost.money import MoneyError
from modulehost.ordering import cart as carts
from modulehost.ordering import hookpoints, lines
from modulehost.schema import Product, ProductGroup
from modulehost.web import frame
from modulehost.web.client import cartaddons, ownaddons
from modulehost.web.client.configure import options_text
from modulehost.web.client.show import client_currency, errors_html, price, say, worded


def as_html(results: list[hooks.Result]) -> list[Markup]:
    """What output hooks returned."""
    return [Markup(str(value)) for value in hooks.values(results)]  # noqa: S704 - hooks return HTML


def cart_variables(kept: carts.Cart) -> dict[str, Any]:
    """Lines, totals and errors of a cart, in the names of the public cart page."""
    ctx = frame.ctx()
    products = hookpoints.products(kept["items"])
    # A guest owns no service: the addons in the cart wait for the sign-in, and are not priced before.
    priceable = kept if frame.client_id() else {**kept, "addons": []}
    hook_problem = ""
    try:
        found = carts.priced(ctx, priceable, frame.client_id())
    except MoneyError as error:
        # A hook answered with something that is no amount: the cart is shown, but cannot be ordered.
        found, hook_problem = carts.Totals(), Phrase("host.error.hookPrice", str(error))
    with ctx.unit(read=True) as db:
        currency = client_currency(db)
        rows = []
        for place, item in enumerate(kept["items"]):
            row = db.get(Product, int(item.get("pid") or 0))
            group = db.get(ProductGroup, row.gid) if row else None
            info = {
                "pid": row.id if row else 0,
                "name": row.name if row else "?",
                "groupname": group.name if group else "",
            }
            line = found.lines.get(place)
            rows.append({"num": place, "pid": info["pid"], "productinfo": info, "domain": item.get("domain", ""),
                         "qty": item.get("qty", 1), "allowqty": row.allowqty if row else 0,
                         "addons": cartaddons.in_cart(db, line.addons if line else (), currency),
                         "proratadate": date_text(db, line.quote.until if line else None),
                         "errors": [worded(one) for one in found.errors.get(place, [])],
                         **_line(found.lines.get(place), currency)})  # fmt: skip
        addons = ownaddons.in_cart(db, kept, found, currency)
        promotion = found.discounts.promotion
        promotext = promotions.describe(db, promotion, currency) if promotion else ""
        names = [one or say("invoicestaxname") for one in found.taxnames]
        taxed = bool(found.tax or found.tax2)
        country = str(kept.get("country") or settings.get(db, "DefaultCountry"))
        estimated = settings.on(db, "TaxEnabled") and not frame.client_id()
    recurring = {one.key: found.recurring.get(one.key) for one in RECURRING}
    problems = [hook_problem] if hook_problem else []
    problems += [text for place in sorted(found.errors) for text in found.errors[place]]
    problems += [text for one in addons for text in one["errors"]]
    return {
        "products": rows, "addons": addons, "domains": [], "upgrades": [], "renewals": {}, "renewalsByType": {}, "bundlewarnings": [],
        "cartitems": carts.count(kept), "errormessage": errors_html(problems) if problems else "",
        "subtotal": price(found.subtotal, currency), "total": price(found.total, currency), "rawtotal": found.total,
        "taxenabled": taxed, "taxname": names[0], "taxname2": names[1],
        "taxestimate": estimated, "country": country, "state": kept.get("state", ""),
        "clientcountries": {code: one.name for code, one in COUNTRIES.items()} if estimated else {},
        "taxrate": f"{found.taxrate.normalize():f}" if found.tax else "", "taxtotal": price(found.tax, currency),
        "taxrate2": f"{found.taxrate2.normalize():f}" if found.tax2 else "", "taxtotal2": price(found.tax2, currency),
        **{f"totalrecurring{key}": price(value, currency) if value is not None else "" for key, value in recurring.items()},
        "recurringtotals": [
            {"label": say(f"orderpaymentterm{key}"), "price": price(value, currency)}
            for key, value in recurring.items()
            if value is not None
        ],
        "adjustments": [{"description": one.description, "amount": price(one.amount, currency)} for one in found.adjustments],
        "promotioncode": kept.get("promocode", "") if promotion else "", "promocodekept": kept.get("promocode", ""),
        "promotiondescription": promotext,
        "discount": price(found.discounts.total, currency) if promotion else "", "rawdiscount": found.discounts.total,
        "promoerrormessage": say(found.promo_error) if found.promo_error else "", "promoaddedsuccess": False,
        "showqtyoptions": any(row["allowqty"] for row in rows), "showAddonQtyOptions": any(one["allowqty"] for one in addons),
        "showUpgradeQtyOptions": False, "expressCheckoutButtons": [], "gatewaysoutput": [], "hookOutput": [], "checkout": False,
        "hookcart": {"products": products, "domains": []}, "orderable": bool(rows or addons) and not problems, "problems": problems,
    }  # fmt: skip


def _line(line: lines.Line | None, currency: Any) -> dict[str, Any]:
    if line is None:
        return {"billingcycle": "", "billingcyclefriendly": "", "configoptions": [], "pricing": None}
    cost = {
        "totaltoday": price(line.quote.total, currency),
        "totalTodayExcludingTaxSetup": price(line.quote.first, currency),
        "productonlysetup": price(line.quote.setup, currency) if line.quote.setup else "",
        "recurring": {line.cycle.key: price(line.quote.recurring, currency)},
    }
    label = say(f"orderpaymentterm{line.cycle.key}")
    return {
        "billingcycle": line.cycle.key,
        "billingcyclefriendly": label,
        "configoptions": options_text(line.selected),
        "pricing": cost,
    }
