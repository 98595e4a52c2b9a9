"""Addons with a module of their own on the product page of their service: what the module shows, its buttons and functions.

Source: the public notes on provisioning addons, which behave like services. An addon shows while it is Active. Of the forms of
ClientArea, HTML and templates stand in the addon's own section under the addon's name or overrideDisplayTitle; one that would
replace the overview or the page fills the section, because page, breadcrumb and overview are the service's. Addons that are a
feature of the service's module have no output: that of the service shows them.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from markupsafe import Markup
from sqlalchemy import select

from modulehost import lifecycle, themes
from modulehost.lifecycle.signon import PERMISSION, Action
from modulehost.lifecycle.subjects import addon_name, is_feature
from modulehost.runtimes import ModuleFailed
from modulehost.schema import Addon, ServiceAddon
from modulehost.themes import Item
from modulehost.web import frame
from modulehost.web.client import moduleside, signon
from modulehost.web.client.parts import Part
from modulehost.web.client.problems import note_failure, told
from modulehost.web.client.show import number


@dataclass
class Section:
    """One addon: its part, name and module, and what its module defines and offers to this visitor."""

    part: Part
    name: str
    module: str
    known: set[str]
    buttons: list[lifecycle.Button]
    allowed: set[str]
    actions: list[Action]


def sections(service_id: int) -> list[Section]:
    """The Active addons of a service that a module provisions, oldest first."""
    wanted = select(ServiceAddon, Addon.module).join(Addon, Addon.id == ServiceAddon.addonid)
    wanted = wanted.where(ServiceAddon.hostingid == service_id, ServiceAddon.status == "Active", Addon.module != "")
    with frame.ctx().unit(read=True) as db:
        rows = [
            (Part(service_id, row.id), addon_name(db, row), module)
            for row, module in db.execute(wanted.order_by(ServiceAddon.id)).all()
            if not is_feature(db, row.addonid)
        ]
    found = []
    for part, name, module in rows:
        known, buttons, allowed = moduleside.offered(part)
        actions = signon.actions(part) if "CustomActions" in known else []
        found.append(Section(part, name, module, known, buttons, allowed, actions))
    return found


def asked(found: list[Section]) -> Section | None:
    """The addon that `addonId` names; None when it names none of them."""
    return next((one for one in found if one.part.addon_id == number("addonId")), None)


def answer(one: Section, values: Any, sidebar: Item, passed: dict[str, Any]) -> Any:
    """What a request that concerns an addon does: template variables of the page, or a response. Empty: nothing was asked."""
    if values.get("dosinglesignon") and "ServiceSingleSignOn" in one.known:
        return signon.single_sign_on(one.part, one.module)
    if "customaction" in values:
        return signon.custom_action(one.part, values["customaction"], one.actions)
    if values.get("modop") == "custom":
        return moduleside.custom(one.part, values.get("a", ""), one.buttons, one.allowed, sidebar, passed)
    return {}


def show(found: list[Section], variables: dict[str, Any]) -> None:
    """Put what the modules show into the page's `$addons`.

    `managementActions` (publicly listed) is output and links as HTML for themes that know no more; `module` the parts of it.
    """
    rows = {one["id"]: one for one in variables["addons"]}
    overview = {name: value for name, value in variables.items() if name != "addons"}
    for one in found:
        if (row := rows.get(one.part.addon_id)) is None:
            continue
        html, title, problem = _output(one, overview)
        links: list[dict[str, Any]] = [
            {"label": b.label, "uri": f"{one.part.address}&modop=custom&a={quote(b.function, safe='')}", "newTab": False}
            for b in one.buttons
        ]
        if "ServiceSingleSignOn" in one.known and PERMISSION in frame.client_permissions():
            label = signon.sign_on_label(one.module)
            links.insert(0, {"label": label, "uri": f"{one.part.address}&dosinglesignon=1", "newTab": True})
        actions = [signon.attributes(one.part, action) for action in one.actions]
        row["module"] = {
            "title": title, "output": Markup(html), "problem": problem, "links": links, "actions": actions,  # noqa: S704 - its own HTML
            "shown": bool(html or problem or links or actions),
        }  # fmt: skip
        further: list[dict[str, Any]] = [
            {"label": action.label, "uri": signon.action_address(one.part, action.identifier), "newTab": not action.same_page}
            for action in one.actions
            if action.active
        ]
        anchor = '<a class="btn btn-default" href="{}"{}>{}</a> '
        buttons = [Markup(anchor).format(each["uri"], _blank(each["newTab"]), each["label"]) for each in links + further]  # noqa: S704
        row["managementActions"] = Markup(html) + Markup("").join(buttons)  # noqa: S704 - its own HTML


def _blank(new_tab: bool) -> Markup:
    return Markup(' target="_blank"' if new_tab else "")  # noqa: S704 - ours


def _output(one: Section, overview: dict[str, Any]) -> tuple[str, str, str]:
    """HTML, title, and what is wrong, as the client may read it."""
    try:
        shown = lifecycle.clientarea.output(frame.ctx(), one.part.subject)
        if shown.problems:
            note_failure(one.part.service_id, f"ClientArea of addon {one.part.addon_id}", "; ".join(shown.problems))
        html = shown.html
        if shown.template or shown.page:
            html = moduleside.drawn(one.part, shown, shown.template or shown.page, one.name, overview, shown.variables)[0]
        return html, shown.title or one.name, told("; ".join(shown.problems)) if shown.problems else ""
    except ModuleFailed as failure:
        note_failure(one.part.service_id, f"ClientArea of addon {one.part.addon_id}", failure)
        return "", one.name, told(failure)
    except themes.PageBroken as broken:
        return "", one.name, told(broken.report)

