"""`plans`, `locations`, `os_images`, `applications`. Clients see what is visible."""

from flask import Blueprint, Response, request

from modulehost.sandbox.solusvm2 import access, catalogue, here, prices, replies, shown
from modulehost.sandbox.solusvm2.refusals import Refused

blueprint = Blueprint("api_catalogue", __name__, url_prefix="/api/v1")


def _search() -> str:
    return request.args.get("filter[search]", "").lower()


@blueprint.get("/plans")
def plans() -> Response:
    """Plans; to a user whom the billing side knows also with their prices in money."""
    who = access.caller()
    found = [
        one for one in here.state().plans.values() if _search() in one.name.lower() and (who.admin or one.is_visible)
    ]
    priced = prices.of_plans(here.world(), who.user, found)
    return replies.listing(found, lambda one: shown.plan(one, priced.get(one.id)))


@blueprint.get("/plans/<int:id>")
def plan(id: int) -> Response:
    """One plan."""
    who = access.caller()
    found = catalogue.plan(here.state(), id)
    if not (who.admin or found.is_visible):
        raise Refused(404, f"There is no plan {id}.")
    return replies.one(shown.plan(found, prices.of_plans(here.world(), who.user, [found]).get(id)))


@blueprint.put("/plans/<int:id>")
def change_plan(id: int) -> Response:
    """Change a plan; a new price in tokens holds for the hours that start from now on."""
    access.administrator()
    found = catalogue.plan(here.state(), id)
    catalogue.change_plan(here.world(), found, replies.body())
    return replies.one(shown.plan(found))


@blueprint.get("/locations")
def locations() -> Response:
    """Locations and their plans."""
    who = access.caller()
    found = [
        one
        for one in here.state().locations.values()
        if _search() in one.name.lower() and (who.admin or one.is_visible)
    ]
    return replies.listing(found, lambda one: shown.location(here.state(), one))


@blueprint.get("/os_images")
def os_images() -> Response:
    """OS images; a version's id is what a server's `os` takes."""
    who = access.caller()
    found = [one for one in here.state().os_images.values() if who.admin or one.is_visible]
    return replies.listing(found, lambda one: shown.os_image(here.state(), one))


@blueprint.get("/applications")
def applications() -> Response:
    """Applications."""
    access.caller()
    return replies.listing(here.state().applications.values(), lambda one: {"id": one.id, "name": one.name})
