"""What a visitor says about the whole cart: a promotion code, and where they live, for an estimate of the taxes."""

from typing import Any

from flask import request, session

from modulehost.accounts.countries import COUNTRIES
from modulehost.billing.promotions import PromotionRefused, check
from modulehost.ordering import cart as carts
from modulehost.web import frame
from modulehost.web.client.show import change_cart, client_of, load_cart, say, to

CART = "/cart.php?a=view"


def enter() -> Any:
    """Check the code and keep it in the cart; a wrong one is told, and the cart keeps what it had."""
    code = request.form.get("promocode", "").strip()[:100]
    if not code:
        return remove()
    kept = load_cart()
    tokens = {str(item.get("pid")) for item in kept["items"]}
    try:
        with frame.ctx().unit(read=True) as db:
            check(db, code, client=client_of(db), tokens=tokens)
    except PromotionRefused as refused:
        session["promotold"] = ["error", say(refused.key), code]
        return to(CART)
    change_cart(lambda found: found.update(promocode=code))
    session["promotold"] = ["success", "", code]
    return to(CART)


def tell(variables: dict[str, Any]) -> None:
    """Put what came of the last code entered into the variables of the cart page, once."""
    told = session.pop("promotold", None)
    variables["promocodeentered"] = told[2] if told and told[0] == "error" else ""
    if told and told[0] == "error":
        variables["promoerrormessage"] = told[1]
    elif told and variables["promotioncode"]:
        variables["promoaddedsuccess"] = True


def remove() -> Any:
    """a=removepromo."""

    def change(kept: carts.Cart) -> None:
        kept.pop("promocode", None)

    change_cart(change)
    return to(CART)


def set_place() -> Any:
    """a=setstateandcountry: the address by which taxes are estimated until the visitor signs in."""
    country, state = request.values.get("country", "").upper(), request.values.get("state", "").strip()[:100]

    def change(kept: carts.Cart) -> None:
        if country in COUNTRIES:
            kept["country"], kept["state"] = country, state

    change_cart(change)
    return to(CART)
