"""The panel of a user: servers, and the way to the billing system."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from modulehost.sandbox.kit import forms
from modulehost.sandbox.solusvm2 import backups, billing, here, people, prices, servers, standing, tasks
from modulehost.sandbox.solusvm2.refusals import Refused
from modulehost.sandbox.solusvm2.state import Plan, Server, User

blueprint = Blueprint("panel", __name__, template_folder="templates")
blueprint.before_request(forms.guard)
blueprint.before_request(here.catch_up)
blueprint.before_request(people.require)
Page = str | Response | tuple[str, int]


def number(text: str) -> Any:
    """A form's field as a JSON body has it: a number, None if it is empty, and otherwise as it is, to be refused."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() else text or None


@blueprint.get("/")
def index() -> Response:
    """The first page."""
    return redirect("/servers")


@blueprint.get("/servers")
def listing() -> str:
    """The user's servers; who looks at them also asks for what is being done to them."""
    mine = standing.servers_of(here.state(), people.me())
    for one in mine:
        tasks.poll_server(here.world(), one)
    mine = standing.servers_of(here.state(), people.me())
    return render_template("solusvm2/servers.html", rows=[row(one) for one in mine], tab="servers")


def row(one: Server) -> dict[str, Any]:
    """A server with what a table shows beside it."""
    state = here.state()
    return {
        "server": one,
        "plan": state.plans[str(one.plan_id)],
        "location": state.locations[str(one.location_id)],
        "software": _software(one),
        "owner": state.users[str(one.user_id)],
        "ips": [ip for ip in state.ips.values() if ip.server_id == one.id],
        "suspended": standing.is_suspended(state, one),
        "busy": tasks.busy(state, one),
    }


def _software(one: Server) -> str:
    state = here.state()
    if one.application_id is not None:
        return state.applications[str(one.application_id)].name
    version = state.os_versions.get(str(one.os_version_id))
    return f"{state.os_images[str(version.os_image_id)].name} {version.version}" if version else ""


# --- creating ---------------------------------------------------------------------------------------------------------


@blueprint.get("/servers/create")
def form() -> Page:
    """What a new server may be, with prices."""
    return _form(request.args)


def _form(given: Mapping[str, str], error: str = "", preview: bool = False) -> str:
    state, user = here.state(), people.me()
    plans = [one for one in state.plans.values() if one.is_visible]
    asked: dict[str, int] = {}
    for one in plans:
        asked |= {f"{one.id}.{key}": tokens for key, tokens in prices.of_server(one).items()}
    chosen, tokens = _chosen(plans, given), {}
    if preview and chosen:
        tokens = _wanted(chosen, given)
        asked |= {f"preview.{key}": value for key, value in tokens.items()}
    said, problem = _prices(user, asked)
    state = here.state()
    return render_template(
        "solusvm2/server_new.html",
        plans=[(one, prices.of_server(one)) for one in plans],
        locations=[one for one in state.locations.values() if one.is_visible],
        software=[
            (image, [one for one in state.os_versions.values() if one.os_image_id == image.id and one.is_visible])
            for image in state.os_images.values()
            if image.is_visible
        ],
        given=given,
        error=error,
        said=said,
        problem=problem,
        preview=tokens,
        chosen=chosen,
        tab="servers",
    )


def _chosen(plans: list[Plan], given: Mapping[str, str]) -> Plan | None:
    return next((one for one in plans if str(one.id) == given.get("plan")), None)


def _wanted(plan: Plan, given: Mapping[str, str]) -> dict[str, int]:
    count = number(given.get("additional_ip_count", ""))
    return prices.of_server(plan, min(count, 256) if isinstance(count, int) else 0, "backups" in given)


def _prices(user: User, asked: Mapping[str, int]) -> tuple[billing.Prices | None, str]:
    """What the billing side says, or what a person is told in its place."""
    try:
        return billing.prices(here.world(), user, asked), ""
    except billing.BillingError as error:
        return None, str(error)


@blueprint.post("/servers/create")
def create() -> Page:
    """*Show the price* or *Create server*."""
    given = request.form
    if given.get("do") == "preview":
        return _form(given, preview=True)
    body: dict[str, Any] = {
        "name": given.get("name", ""),
        **{name: number(given.get(name, "")) for name in ("plan", "location", "os", "additional_ip_count")},
    }
    if "backups" in given:
        body["backup_settings"] = {"enabled": True}
    try:
        made = servers.create(here.world(), people.me(), body)
    except Refused as error:
        return _form(given, error=error.words), 422
    flash(f"{made.name} is being created.", "notice")
    return redirect("/servers", 303)


# --- one server -------------------------------------------------------------------------------------------------------


def _mine(id: int) -> Server:
    return servers.mine(here.state(), people.me(), id)


@blueprint.get("/servers/<int:id>")
def show(id: int) -> str | Response:
    """One server."""
    one = _mine(id)
    tasks.poll_server(here.world(), one)
    state = here.state()
    if str(id) not in state.servers:
        flash(f"{one.name} is deleted.", "notice")
        return redirect("/servers")
    return render_template(
        "solusvm2/server.html",
        **row(one),
        plans=[plan for plan in state.plans.values() if plan.is_visible and plan.id != one.plan_id],
        snapshots=[row for row in state.snapshots.values() if row.server_id == one.id],
        backups=[row for row in state.backups.values() if row.server_id == one.id],
        tasks=[row for row in reversed(state.tasks.values()) if row.server_id == one.id][:10],
        tab="servers",
    )


def _do(id: int, work: Callable[[Server], str], to_list: bool = False) -> Response:
    """Do something to a server, and say what, or why not."""
    one = _mine(id)
    try:
        flash(work(one), "notice")
    except Refused as error:
        flash(error.words, "error")
    to_list = to_list or request.form.get("back") == "list" or str(id) not in here.state().servers
    return redirect("/servers" if to_list else f"/servers/{id}", 303)


@blueprint.post("/servers/<int:id>/<any(start, stop, restart):action>")
def act(id: int, action: str) -> Response:
    """*Start*, *Stop*, *Restart*."""

    def work(one: Server) -> str:
        servers.act(here.world(), people.me(), one, action)
        return f"{one.name}: {action} has begun."

    return _do(id, work)


@blueprint.post("/servers/<int:id>/delete")
def delete(id: int) -> Response:
    """*Delete*."""

    def work(one: Server) -> str:
        servers.delete(here.world(), people.me(), one)
        return f"{one.name} is being deleted."

    return _do(id, work, to_list=True)


@blueprint.post("/servers/<int:id>/resize")
def resize(id: int) -> Response:
    """*Change plan*."""

    def work(one: Server) -> str:
        servers.resize(here.world(), people.me(), one, {"plan_id": number(request.form.get("plan_id", ""))})
        return f"{one.name} is moving to another plan."

    return _do(id, work)


@blueprint.post("/servers/<int:id>/ips")
def add_ip(id: int) -> Response:
    """*Add an address*."""

    def work(one: Server) -> str:
        servers.add_ips(here.world(), one, 1)
        return f"{one.name} gets one more address."

    return _do(id, work)


@blueprint.post("/servers/<int:id>/ips/<int:ip>/delete")
def remove_ip(id: int, ip: int) -> Response:
    """*Remove* an address."""

    def work(one: Server) -> str:
        servers.remove_ips(here.world(), one, [ip])
        return "The address is being removed."

    return _do(id, work)


@blueprint.post("/servers/<int:id>/backups")
def set_backups(id: int) -> Response:
    """Scheduled backups on or off."""
    enabled, kind = "enabled" in request.form, request.form.get("type", backups.TYPES[-1])

    def work(one: Server) -> str:
        body = {"backup_settings": {"enabled": enabled, "schedule": {"type": kind, "time": {"hour": 3, "minutes": 0}}}}
        servers.change(here.world(), one, body)
        return f"Backups are made {kind}." if enabled else "No backups are made any more."

    return _do(id, work)


@blueprint.post("/servers/<int:id>/snapshots")
def add_snapshot(id: int) -> Response:
    """*Take a snapshot*."""

    def work(one: Server) -> str:
        return f"The snapshot {servers.add_snapshot(here.world(), one, request.form.get('name', '')).name} is taken."

    return _do(id, work)


@blueprint.post("/servers/<int:id>/snapshots/<int:snapshot>/delete")
def remove_snapshot(id: int, snapshot: int) -> Response:
    """*Delete* a snapshot."""

    def work(one: Server) -> str:
        servers.remove_snapshot(here.world(), one, snapshot)
        return "The snapshot is deleted."

    return _do(id, work)


# --- billing ----------------------------------------------------------------------------------------------------------


@blueprint.post("/billing")
def go_to_billing() -> Page:
    """*Go to billing*: ask the billing side for a way in, and go there."""
    try:
        return redirect(billing.portal(here.world(), people.me()), 303)
    except billing.BillingError as error:
        return render_template("solusvm2/billing_error.html", error=str(error)), 502
