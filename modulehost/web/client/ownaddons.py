"""Product addons ordered by themselves, for services that the client has: the list, the way into the cart, their lines there."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from flask import request
from sqlalchemy.orm import Session

from modulehost.billing import clientgroups
from modulehost.billing.dates import date_text
from modulehost.ordering import addonlines, addonoffers
from modulehost.ordering import cart as carts
from modulehost.ordering.addonlines import AddonLine, AddonRefused
from modulehost.schema import Addon, Client, Currency, Product, Service
from modulehost.themes import Page
from modulehost.themes.encode import html
from modulehost.web import frame
from modulehost.web.client.cartaddons import custom_fields, price_text
from modulehost.web.client.show import array, change_cart, client_currency, errors_html, number, price, say, to, worded
from modulehost.web.numbers import is_whole

LIST = "/cart.php?gid=addons"


def sign_in_first() -> Any:
    """Guests have no services: send them to the sign-in and back to the list; None for a client."""
    if frame.client_id():
        return None
    back = f"{LIST}&pid={number('pid')}" if number("pid") else LIST
    return to(f"/login?goto={quote(back)}")


def page(errors: list[str]) -> Page:
    """gid=addons: what fits the client's services, or one of them (`pid` is a service's id)."""
    chosen, only = number("productid"), number("pid")
    with frame.ctx().unit(read=True) as db:
        client, currency = db.get_one(Client, frame.client_id()), client_currency(db)
        offers = addonoffers.for_client(db, client, currency, only)
        typed = _typed()
        found = [{**_offer(one, currency, chosen or only), "customfields": custom_fields(db, one.addon.id, typed)} for one in offers]
    variables = {
        "addons": found, "errormessage": errors_html(errors) if errors else "", "gid": "addons", "onlyservice": only,
        "askedaddon": number("aid"), "askedqty": request.values.get("addonqty", "")[:10],
    }  # fmt: skip
    shown = Page("addons", say("cartproductaddons"), variables, hook="Cart")
    shown.crumbs = [("/index.php", say("home")), ("/cart.php", say("navstore")), ("", say("cartproductaddons"))]
    return shown


def _offer(one: addonoffers.Offer, currency: Currency, chosen: int) -> dict[str, Any]:
    services = []
    for line, product in one.lines:
        assert line.service is not None, "for_client makes lines of services"
        services.append({"id": line.service.id, "product": product, "domain": line.service.domain,
                         "selected": line.service.id == chosen, "pricing": price_text(line.price, line.cycle, currency)})  # fmt: skip
    first = one.lines[0][0]
    free = first.cycle.key == "free"
    return {
        "id": one.addon.id, "name": one.addon.name, "description": html(one.addon.description), "free": free,
        "recurringamount": price(first.recurring, currency), "billingcycle": say(f"orderpaymentterm{first.cycle.key}"),
        "setupfee": price(first.setup, currency) if first.setup else "", "productids": services,
        "allowsQuantity": 2 if one.addon.allowqty else 0, "severalprices": len({each["pricing"] for each in services}) > 1,
    }  # fmt: skip


def add() -> list[str]:
    """a=add&aid=&productid=&addonqty=: put the addon into the cart. Returns what is wrong with it."""
    item: dict[str, Any] = {"aid": number("aid"), "serviceid": number("productid"), "customfields": _typed()}
    item["qty"] = request.values.get("addonqty", "").strip() or "1"
    with frame.ctx().unit(read=True) as db:
        client = db.get_one(Client, frame.client_id())
        service = db.get(Service, item["serviceid"])
        if service is None or service.userid != client.id:
            return [say("host.addonServiceMissing")]
        try:
            line = addonlines.check_own(
                db, item, client.id, client_currency(db), less=clientgroups.discount(db, client)
            )
        except AddonRefused as refused:
            return [str(refused)]
    kept_fields = {**item, "qty": line.qty, "customfields": {id_: text for id_, text in line.customfields.items() if text}}
    change_cart(lambda kept: carts.add_addon(kept, kept_fields))
    return []


def _typed() -> dict[int, str]:
    return {int(key): value for key, value in array("customfield").items() if is_whole(key)}


def in_cart(db: Session, kept: carts.Cart, found: carts.Totals, currency: Currency) -> list[dict[str, Any]]:
    """`$addons` of the cart page. Of a service that is not this client's nothing is told."""
    return [
        _line(db, place, item, found.addons.get(place), found.addon_errors.get(place, ""), currency)
        for place, item in enumerate(kept.get("addons") or [])
    ]


def _line(
    db: Session, place: int, item: Mapping[str, Any], line: AddonLine | None, error: str, currency: Currency
) -> dict[str, Any]:
    addon = db.get(Addon, int(item.get("aid") or 0))
    service = db.get(Service, int(item.get("serviceid") or 0))
    if not frame.client_id():
        line, service, error = None, None, say("host.addonSignIn")
    elif service is None or service.userid != frame.client_id():
        line, service, error = None, None, say("host.addonServiceMissing")
    product = db.get(Product, service.packageid) if service else None
    shown = {
        "num": place, "addonid": addon.id if addon else 0, "name": addon.name if addon else "?",
        "serviceid": service.id if service else 0, "productname": product.name if product else "",
        "domainname": service.domain if service else "", "qty": item.get("qty", 1),
        "allowqty": bool(addon and addon.allowqty), "errors": [worded(error)] if error else [],
        "pricingtext": "", "recurring": "", "setup": "", "totaltoday": "", "billingcycle": "", "billingcyclefriendly": "",
        "proratadate": "", "first": "",
    }  # fmt: skip
    if line is None:
        return shown
    return {
        **shown, "setup": price(line.setup, currency) if line.setup else "", "recurring": price(line.recurring, currency),
        "pricingtext": price(line.recurring, currency), "totaltoday": price(line.total, currency),
        "proratadate": date_text(db, line.until), "first": price(line.first, currency),
        "billingcycle": line.cycle.key, "billingcyclefriendly": say(f"orderpaymentterm{line.cycle.key}"),
    }  # fmt: skip
