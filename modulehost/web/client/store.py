"""The store: product groups, putting a product into the cart, configuring it, the cart itself.

/cart.php by `a`: nothing (products of `gid`), add, confproduct, price, view, remove, empty, checkout, complete.
"""

from collections.abc import Callable
from typing import Any

from flask import Response, jsonify, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost import hooks, themes
from modulehost.billing import clientgroups, pricing
from modulehost.money import MoneyError
from modulehost.ordering import cart as carts
from modulehost.schema import Currency, Product, ProductGroup, same
from modulehost.themes import Page
from modulehost.themes.encode import html
from modulehost.themes.menus import ADDONS, categories_sidebar
from modulehost.themes.variables import product_groups
from modulehost.web import frame
from modulehost.web.client import cartoffers, cartviews, checkout, configure, missing, ownaddons
from modulehost.web.client.metricstats import metric_prices
from modulehost.web.client.show import (
    array,
    blueprint,
    broken_page,
    change_cart,
    client_currency,
    client_of,
    forget_cart,
    language,
    load_cart,
    message,
    not_found,
    number,
    price,
    say,
    show,
    to,
    visit,
)
from modulehost.web.numbers import is_whole


@blueprint.route("/cart.php", methods=["GET", "POST"])
def cart() -> Any:
    """The store by `a`."""
    action = request.values.get("a", "")
    if not action:
        return products()
    view = ACTIONS.get(action)
    return view() if view else missing.not_part(f"cart.php?a={action[:60]}")


@blueprint.get("/store")
def store() -> Any:
    """The first product group."""
    return products()


@blueprint.get("/store/<group>")
def store_group(group: str) -> Any:
    """A product group by its slug."""
    with frame.ctx().unit(read=True) as db:
        row = db.scalar(select(ProductGroup).where(same(ProductGroup.slug, group)).order_by(ProductGroup.id).limit(1))
    return products(row.id) if row else not_found()


@blueprint.get("/store/<group>/<product>")
def store_product(group: str, product: str) -> Any:
    """A product by its slugs: the way into the cart."""
    with frame.ctx().unit(read=True) as db:
        row = db.scalar(
            select(Product)
            .join(ProductGroup, ProductGroup.id == Product.gid)
            .where(same(ProductGroup.slug, group), same(Product.slug, product))
            .limit(1)
        )
    return to(f"/cart.php?a=add&pid={row.id}") if row else not_found()


def sidebar(page: Page, gid: int = 0) -> Page:
    """Give an order form page its sidebar."""
    with frame.ctx().unit(read=True) as db:
        groups = product_groups(db)
    page.order_form = True
    with_addons = bool(frame.client_id())
    page.secondary = categories_sidebar(language(), groups, gid, carts.count(load_cart()), addons=with_addons)
    return page


def products(gid: int = 0) -> Any:
    """The products of a group; without one, of the first."""
    wanted = gid or number("gid")
    if request.values.get("gid") == "addons":
        return own_addons()
    if request.args.get("gid") == "renewals":
        return missing.not_part(f"cart.php?gid={request.args['gid']}")
    with frame.ctx().unit(read=True) as db:
        groups = product_groups(db)
        group = db.get(ProductGroup, wanted or (groups[0][0] if groups else 0))
        currency = client_currency(db)
        shown = select(Product).where(
            Product.gid == (group.id if group else 0), Product.hidden == 0, Product.retired == 0
        )
        rows = db.scalars(shown.order_by(Product.order, Product.id)).all()
        found = [_product(db, row, group, currency) for row in rows if group]
    if wanted and group is None:
        return not_found()
    info = (
        {"id": group.id, "name": group.name, "headline": group.headline or "", "tagline": group.tagline or ""}
        if group
        else None
    )
    title = group.name if group else say("carttitle")
    variables = {
        "products": found,
        "productGroup": info,
        "productGroups": [{"id": id_, "name": name, "link": link} for id_, name, link in groups],
        "gid": group.id if group else 0,
        "errormessage": "",
        "idPrefix": "product",
        "showSidebarToggle": False,
    }
    page = Page("products", title, variables, hook="Cart", form=group.orderfrmtpl if group else "")
    page.crumbs = [("/index.php", say("home")), ("/cart.php", say("navstore")), ("", title)]
    return show(sidebar(page, group.id if group else 0))


def own_addons(errors: list[str] | None = None) -> Any:
    """gid=addons: product addons for the services that the client has."""
    shown = ownaddons.sign_in_first()
    if shown is not None:
        return shown
    return show(sidebar(ownaddons.page(errors or []), ADDONS), 400 if errors else 200)


def _product(db: Session, row: Product, group: ProductGroup | None, currency: Currency) -> dict[str, Any]:
    cycles = pricing.cycles_of(db, row, currency)
    lowest = None
    if cycles:
        try:
            options = pricing.read_options(db, row, {}, currency, cycles[0])
            less = clientgroups.discount(db, client_of(db))
            quote = pricing.quote(db, row, currency, cycles[0], options, less=less)
            lowest = {"cycle": cycles[0].key, "price": price(quote.recurring, currency), "rawprice": quote.recurring,
                      "setupFee": price(quote.setup, currency) if quote.setup else None,
                      "simple": price(quote.recurring, currency)}  # fmt: skip
        except (pricing.OptionErrors, pricing.NotOffered, MoneyError):
            # Its options cannot be chosen by default: the page shows the product without a price.
            lowest = None
    features, text = _features(row.description)
    slug = f"/store/{group.slug}/{row.slug}" if group and group.slug and row.slug else f"/cart.php?a=add&pid={row.id}"
    sold_out = bool(row.stockcontrol) and row.qty <= 0
    return {
        "pid": row.id, "bid": 0, "name": row.name, "type": row.type, "description": html(row.description),
        "features": features, "featuresdesc": html(text), "qty": str(row.qty) if row.stockcontrol else "",
        "stockControlEnabled": bool(row.stockcontrol), "soldOut": sold_out, "isFeatured": bool(row.is_featured),
        "paytype": row.paytype, "productUrl": slug, "hasRecommendations": False, "displayprice": "",
        "metrics": metric_prices(db, row, currency),
        "pricing": {"type": row.paytype, "hasconfigoptions": bool(pricing.options_of(db, row)), "minprice": lowest,
                    "rawpricing": {}, "cycles": {one.key: one.label for one in cycles}},
    }  # fmt: skip


def _features(description: str) -> tuple[dict[str, str], str]:
    """Lines `Name: value` of a description as features, the rest as text, as order forms show them."""
    features: dict[str, str] = {}
    rest: list[str] = []
    for line in description.replace("<br>", "\n").replace("<br />", "\n").splitlines():
        name, colon, value = line.partition(":")
        if colon and value.strip() and len(name) < 40 and "//" not in value[:2]:
            features[name.strip()] = value.strip()
        elif line.strip():
            rest.append(line.strip())
    return features, "\n".join(rest)


def add() -> Any:
    """a=add&pid=: put the product into the cart and go on to its configuration, by way of its domain if it needs one.

    a=add&aid=&productid=&addonqty=: an addon for the client's service `productid`.
    """
    if "aid" in request.values:
        errors = ownaddons.add() if frame.client_id() and number("productid") else []
        if errors or not (frame.client_id() and number("productid")):
            return own_addons(errors)
        return to("/cart.php?a=view")
    if "pid" not in request.values:
        return missing.not_part("cart.php?a=add (domains)")
    with frame.ctx().unit(read=True) as db:
        row = db.get(Product, number("pid"))
        group = db.get(ProductGroup, row.gid) if row else None
    if row is None or row.retired:
        return message(404, say("host.cartProductGone"), "", "fas fa-box-open", "/cart.php")
    if row.stockcontrol and row.qty <= 0:
        return message(409, say("host.productSoldOut"), row.name, "fas fa-box-open", "/cart.php")
    domain = _given_domain()
    if row.showdomainoptions and not domain:
        return _ask_domain(row, group, [say("host.domainRequired")] if request.values.get("domainselect") else [])
    if row.showdomainoptions and (refused := carts.check_domain(frame.ctx(), domain)):
        return _ask_domain(row, group, refused)
    item = {"pid": row.id, "domain": domain, "billingcycle": request.values.get("billingcycle", "")}
    item["configoptions"] = {int(k): v for k, v in array("configoption").items() if is_whole(k)}
    item["customfields"] = {int(k): v for k, v in array("customfield").items() if is_whole(k)}
    code = request.values.get("promocode", "").strip()[:100]

    def change(kept: carts.Cart) -> int:
        if code:
            kept["promocode"] = code
        return carts.add(kept, item)

    place = change_cart(change)
    return to(f"/cart.php?a=confproduct&i={place}")


def _given_domain() -> str:
    values = request.values
    if values.get("domain"):
        return values["domain"].strip()
    sld, tld = values.get("sld", ""), values.get("tld", "")
    sld = (array("sld").get("0") or sld).strip()
    tld = (array("tld").get("0") or tld).strip()
    return f"{sld}.{tld.lstrip('.')}" if sld and tld else ""


def _ask_domain(row: Product, group: ProductGroup | None, wrong: list[str]) -> Any:
    variables = {
        "pid": row.id, "productinfo": {"pid": row.id, "name": row.name, "groupname": group.name if group else ""},
        "domainoption": "owndomain", "owndomainenabled": True, "registerdomainenabled": False, "transferdomainenabled": False,
        "subdomains": [], "incartdomains": [], "tlds": [], "registertlds": [], "transfertlds": [], "freedomaintlds": [],
        "sld": "", "message": "\n".join(wrong), "spotlightTlds": [], "showAdvancedSearchOptions": False,
        "searchLengths": [], "selectedTlds": [], "idnLanguages": {}, "maxLength": 63, "safeSearchSelected": False,
    }  # fmt: skip
    page = Page("configureproductdomain", row.name, variables, hook="Cart", form=group.orderfrmtpl if group else "")
    return show(sidebar(page, row.gid))


def confproduct() -> Any:
    """a=confproduct&i=N: choose cycle, options and fields; POST `configure` keeps them, `update` only shows the price."""
    kept = load_cart()
    place = number("i")
    if not 0 <= place < len(kept["items"]):
        return message(404, say("host.cartLineGone"), "", "fas fa-shopping-basket", "/cart.php")
    item = kept["items"][place]
    errors: list[str] = []
    if request.method == "POST":
        item = configure.from_form(item)
        if request.values.get("calctotal"):
            return _fragment(item)
        if not request.form.get("update"):
            with frame.ctx().unit(read=True) as db:
                errors = configure.faults(db, item, client_currency(db))
            errors = errors or carts.check_update(frame.ctx(), request.form.to_dict())
            if not errors:
                change_cart(lambda found: carts.update(found, place, item))
                return Response("", 204) if request.values.get("ajax") else to("/cart.php?a=view")
    with frame.ctx().unit(read=True) as db:
        found = configure.variables(db, item, place, errors, client_currency(db))
    if found is None:
        return message(404, say("host.cartProductGone"), "", "fas fa-box-open", "/cart.php")
    row, variables, form = found
    page = Page("configureproduct", row.name, variables, hook="Cart", form=form)
    page.crumbs = [("/cart.php", say("navstore")), ("", row.name)]
    return show(sidebar(page, row.gid), 400 if errors else 200)


def live_price() -> Any:
    """a=price&i=N: the price of what the form holds, as JSON; `html` is the order summary as the order form shows it."""
    kept = load_cart()
    place = number("i")
    if not 0 <= place < len(kept["items"]):
        return jsonify(ok=False, errors=[say("host.cartLineGone")]), 404
    item = configure.from_form(kept["items"][place])
    with frame.ctx().unit(read=True) as db:
        found = configure.live(db, item, client_currency(db))
    summary = configure.summary_page(item)
    try:
        html = themes.fragment(frame.ctx(), summary, visit()) if summary and found["ok"] else ""
    except themes.PageBroken as broken:
        html, found = "", {**found, "ok": False, "errors": [broken.report]}
    return jsonify(**found, html=html)


def _fragment(item: dict[str, Any]) -> Any:
    """The order summary alone, as the order forms of the emulated system ask for it (`calctotal`)."""
    page = configure.summary_page(item)
    try:
        return Response(themes.fragment(frame.ctx(), page, visit()) if page else "", mimetype="text/html")
    except themes.PageBroken as broken:
        return broken_page(broken)


def view() -> Any:
    """a=view: the cart; POST `qty[N]` and `addonqty[N]` change quantities, `promocode` enters a promotion code."""
    if request.method == "POST" and "promocode" in request.form:
        return cartoffers.enter()
    given = {int(k): v for k, v in array("qty", request.form).items() if is_whole(k)}
    units = {int(k): v for k, v in array("addonqty", request.form).items() if is_whole(k)}
    if request.method == "POST" and (given or units):

        def change(kept: carts.Cart) -> None:
            for place in sorted(units, reverse=True):
                if place < len(kept.get("addons") or []):
                    if units[place].strip() == "0":
                        carts.remove_addon(kept, place)
                    else:
                        carts.update_addon(kept, place, units[place].strip()[:10])
            for place in sorted(given, reverse=True):
                if place < len(kept["items"]):
                    if given[place].strip() == "0":
                        carts.remove(kept, place)
                    else:
                        carts.update(kept, place, {"qty": given[place].strip()})

        change_cart(change)
        return to("/cart.php?a=view")
    variables = cartviews.cart_variables(load_cart())
    cartoffers.tell(variables)
    results = hooks.fire(frame.ctx(), "ShoppingCartViewCartOutput", cartData=variables["hookcart"])
    variables["hookOutput"] = cartviews.as_html(results)
    page = Page("viewcart", say("carttitle"), variables, hook="Cart")
    page.crumbs = [("/cart.php", say("navstore")), ("", say("carttitle"))]
    return show(sidebar(page))


def remove() -> Any:
    """a=remove&i=N: take a product out (r=p), or an addon for a service (r=a)."""
    place = number("i", -1)

    def change(kept: carts.Cart) -> None:
        if request.values.get("r") == "a":
            if 0 <= place < len(kept.get("addons") or []):
                carts.remove_addon(kept, place)
        elif 0 <= place < len(kept["items"]):
            carts.remove(kept, place)

    change_cart(change)
    return to("/cart.php?a=view")


def empty() -> Any:
    """a=empty."""
    forget_cart()
    return to("/cart.php?a=view")


ACTIONS: dict[str, Callable[[], Any]] = {
    "add": add,
    "confproduct": confproduct,
    "price": live_price,
    "view": view,
    "remove": remove,
    "removepromo": cartoffers.remove,
    "setstateandcountry": cartoffers.set_place,
    "empty": empty,
    "checkout": lambda: checkout.checkout(sidebar),
    "complete": lambda: checkout.complete(sidebar),
}
