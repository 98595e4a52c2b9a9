"""Single sign-on and custom actions on a client's pages: who is offered them, and where they lead."""

from typing import Any
from urllib.parse import quote

from flask import request

from modulehost import lifecycle
from modulehost.lifecycle import signon
from modulehost.lifecycle.signon import Action, Way
from modulehost.runtimes import ModuleFailed
from modulehost.themes import Item
from modulehost.themes.encode import text
from modulehost.web import frame
from modulehost.web import signon as way_page
from modulehost.web.client.parts import Part
from modulehost.web.client.problems import note_failure
from modulehost.web.client.show import say, to


def single_sign_on(part: Part, module: str) -> Any:
    """dosinglesignon=1: ask the module where to, and go there. A refusal is shown on the product's page."""
    if signon.PERMISSION not in frame.client_permissions():
        return _refused(part, say("host.accessDeniedHelp"))
    return _follow(part, signon.of_service(frame.ctx(), part.subject), sign_on_label(module))


def sign_on_label(module: str) -> str:
    """The text of the sign-on link: MetaData's ServiceSingleSignOnLabel."""
    try:
        known = lifecycle.metadata(frame.ctx(), module)
    except ModuleFailed:
        # The label is all that is missing; why MetaData fails is the admin's page to say.
        known = {}
    return str(known.get("ServiceSingleSignOnLabel") or say("host.controlPanel"))


def actions(part: Part) -> list[Action]:
    """The custom actions that this visitor is offered; none when the module does not answer."""
    try:
        return signon.actions(frame.ctx(), part.subject, frame.client_permissions())
    except ModuleFailed as failure:
        note_failure(part.service_id, "CustomActions", failure)
        return []


def custom_action(part: Part, identifier: str, offered: list[Action]) -> Any:
    """A custom action: asked for by GET it waits for a click (template variables), by POST it runs (a response)."""
    chosen = next((one for one in offered if one.identifier == identifier), None)
    if chosen is None or not chosen.active:
        return {"modulecustombuttonresult": say("host.accessDenied")}
    if request.method != "POST":
        fields = {"customaction": identifier, **part.fields}
        return {"customActionToConfirm": {"label": chosen.label, "fields": fields, "newTab": not chosen.same_page}}
    way = signon.run_action(frame.ctx(), part.subject, identifier, frame.client_permissions())
    if way is None:
        return {"modulecustombuttonresult": say("host.accessDenied")}
    return _follow(part, way, chosen.label)


def action_address(part: Part, identifier: str) -> str:
    """The page that asks before it runs an action; for themes that show actions as links."""
    return f"{part.address}&customaction={quote(identifier, safe='')}"


def action_items(sidebar: Item, part: Part, offered: list[Action]) -> None:
    """Put the custom actions into the sidebar's Actions, behind single sign-on and before the module's buttons."""
    if not offered:
        return
    panel = sidebar.getChild("Service Details Actions") or sidebar.addChild(
        "Service Details Actions", {"label": say("actions"), "icon": "fas fa-wrench"}
    )
    for one in reversed(offered):
        options = {
            "label": text(one.label),
            "uri": action_address(part, one.identifier),
            "disabled": not one.active,
            "attributes": {"dataCustomAction": attributes(part, one), "target": "" if one.same_page else "_blank"},
        }
        name = "".join(sign for sign in f"Custom Action {one.identifier}" if sign not in "\"<>")
        panel.addChild(name, options).moveToFront()


def attributes(part: Part, one: Action) -> dict[str, Any]:
    """What stands as data attributes in the page, encoded: identifier, serviceid, active; and how it opens."""
    return {
        "identifier": text(one.identifier),
        "serviceid": part.service_id,
        "addonid": part.addon_id,
        "active": int(one.active),
        "label": text(one.label),
        "samePage": one.same_page,
        "isolated": one.isolated,
    }


def _follow(part: Part, way: Way, title: str) -> Any:
    """Go the way, or say on the product's page why there is none: the inner reason is for the log and the module's author only."""
    if way.failed:
        note_failure(part.service_id, way.call.function if way.call else "single sign-on", way.error)
    answer = way_page.go(way, title, _page(part))
    if answer is not None:
        return answer
    hidden = way.failed and not way_page.inside()
    return _refused(part, say("host.moduleProblem") if hidden or not way.error else way.error)


def _refused(part: Part, why: str) -> Any:
    frame.note("error", say("moduleactionfailed"), why)
    return to(_page(part))


def _page(part: Part) -> str:
    return Part(part.service_id).address
