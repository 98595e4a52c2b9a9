"""Single sign-on and custom actions on a client's pages: who is offered them, and where they lead."""

from typing import Any
from urllib.parse import quote

from flask import request

from modulehost import lifecycle
from modulehost.lifecycle import signon
from modulehost.lifecycle.signon import Action, Way
from modulehost.runtimes import ModuleFailed
from modulehost.schema import Product
from modulehost.themes import Item
from modulehost.themes.encode import text
from modulehost.web import frame
from modulehost.web import signon as way_page
from modulehost.web.client.problems import note_failure
from modulehost.web.client.show import say, to


def single_sign_on(service_id: int, row: Product) -> Any:
    """dosinglesignon=1: ask the module where to, and go there. A refusal is shown on the product's page."""
    if signon.PERMISSION not in frame.client_permissions():
        return _refused(service_id, say("host.accessDeniedHelp"))
    return _follow(service_id, signon.of_service(frame.ctx(), service_id), sign_on_label(row))


def sign_on_label(row: Product) -> str:
    """The text of the sign-on link: MetaData's ServiceSingleSignOnLabel."""
    try:
        known = lifecycle.metadata(frame.ctx(), row.servertype)
    except ModuleFailed:
        # The label is all that is missing; why MetaData fails is the admin's page to say.
        known = {}
    return str(known.get("ServiceSingleSignOnLabel") or say("host.controlPanel"))


def actions(service_id: int) -> list[Action]:
    """The custom actions that this visitor is offered; none when the module does not answer."""
    try:
        return signon.actions(frame.ctx(), service_id, frame.client_permissions())
    except ModuleFailed as failure:
        note_failure(service_id, "CustomActions", failure)
        return []


def custom_action(service_id: int, identifier: str, offered: list[Action]) -> Any:
    """A custom action: asked for by GET it waits for a click (template variables), by POST it runs (a response)."""
    chosen = next((one for one in offered if one.identifier == identifier), None)
    if chosen is None or not chosen.active:
        return {"modulecustombuttonresult": say("host.accessDenied")}
    if request.method != "POST":
        fields = {"customaction": identifier}
        return {"customActionToConfirm": {"label": chosen.label, "fields": fields, "newTab": not chosen.same_page}}
    way = signon.run_action(frame.ctx(), service_id, identifier, frame.client_permissions())
    if way is None:
        return {"modulecustombuttonresult": say("host.accessDenied")}
    return _follow(service_id, way, chosen.label)


def action_address(service_id: int, identifier: str) -> str:
    """The page that asks before it runs an action; for themes that show actions as links."""
    return f"/clientarea.php?action=productdetails&id={service_id}&customaction={quote(identifier, safe='')}"


def action_items(sidebar: Item, service_id: int, offered: list[Action]) -> None:
    """Put the custom actions into the sidebar's Actions, behind single sign-on and before the module's buttons."""
    if not offered:
        return
    panel = sidebar.getChild("Service Details Actions") or sidebar.addChild(
        "Service Details Actions", {"label": say("actions"), "icon": "fas fa-wrench"}
    )
    for one in reversed(offered):
        options = {
            "label": text(one.label),
            "uri": action_address(service_id, one.identifier),
            "disabled": not one.active,
            "attributes": {"dataCustomAction": attributes(service_id, one), "target": "" if one.same_page else "_blank"},
        }
        name = "".join(sign for sign in f"Custom Action {one.identifier}" if sign not in "\"<>")
        panel.addChild(name, options).moveToFront()


def attributes(service_id: int, one: Action) -> dict[str, Any]:
    """What stands as data attributes in the page, encoded: identifier, serviceid, active; and how it opens."""
    return {
        "identifier": text(one.identifier),
        "serviceid": service_id,
        "active": int(one.active),
        "label": text(one.label),
        "samePage": one.same_page,
        "isolated": one.isolated,
    }


def _follow(service_id: int, way: Way, title: str) -> Any:
    """Go the way, or say on the product's page why there is none: the inner reason is for the log and the module's author only."""
    if way.failed:
        note_failure(service_id, way.call.function if way.call else "single sign-on", way.error)
    answer = way_page.go(way, title, _page(service_id))
    if answer is not None:
        return answer
    hidden = way.failed and not way_page.inside()
    return _refused(service_id, say("host.moduleProblem") if hidden or not way.error else way.error)


def _refused(service_id: int, why: str) -> Any:
    frame.note("error", say("moduleactionfailed"), why)
    return to(_page(service_id))


def _page(service_id: int) -> str:
    return f"/clientarea.php?action=productdetails&id={service_id}"
