"""The panel's administration: users, all servers, limit groups, plans, settings."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from modulehost.sandbox.kit import forms
from modulehost.sandbox.solusvm2 import catalogue, here, panel, people, standing, users
from modulehost.sandbox.solusvm2.panel import Page, number
from modulehost.sandbox.solusvm2.refusals import Refused
from modulehost.sandbox.solusvm2.state import STATUSES, LimitGroup, Plan, User

blueprint = Blueprint("admin", __name__, url_prefix="/admin", template_folder="templates")
blueprint.before_request(forms.guard)
blueprint.before_request(here.catch_up)
blueprint.before_request(people.require)
blueprint.before_request(people.require_admin)


# --- users ------------------------------------------------------------------------------------------------------------


@blueprint.get("/users")
def list_users() -> str:
    """All users, or those whose address holds `q`."""
    state, part = here.state(), request.args.get("q", "").strip()
    rows = [
        (one, standing.group_of(state, one), standing.is_admin(state, one), len(standing.servers_of(state, one)))
        for one in state.users.values()
        if part.lower() in one.email.lower()
    ]
    return render_template("solusvm2/users.html", rows=rows, q=part, tab="users")


def _user_form(user: User | None, given: dict[str, Any], error: str = "") -> str:
    state = here.state()
    return render_template(
        "solusvm2/user.html",
        user=user,
        given=given,
        error=error,
        roles=list(state.roles.values()),
        groups=list(state.limit_groups.values()),
        statuses=STATUSES,
        servers=standing.servers_of(state, user) if user else [],
        tab="users",
    )


def _user_body() -> dict[str, Any]:
    form = request.form
    body: dict[str, Any] = {
        "email": form.get("email", ""),
        "status": form.get("status") or "active",
        "limit_group_id": number(form.get("limit_group_id", "")),
        "billing_user_id": number(form.get("billing_user_id", "")),
    }
    if role := number(form.get("role", "")):
        body["roles"] = [role]
    if form.get("password"):
        body["password"] = form["password"]
    return body


@blueprint.get("/users/create")
def new_user() -> str:
    """A form for a new user."""
    default = next((one.id for one in here.state().roles.values() if one.is_default), None)
    return _user_form(None, {"roles": [default], "status": "active"})


@blueprint.post("/users/create")
def create_user() -> Page:
    """*Create user*."""
    body = _user_body()
    try:
        made = users.create(here.world(), body)
    except Refused as error:
        return _user_form(None, body, error.words), 422
    flash(f"{made.email} is created.", "notice")
    return redirect("/admin/users", 303)


@blueprint.get("/users/<int:id>")
def show_user(id: int) -> str:
    """One user."""
    user = users.get(here.state(), id)
    return _user_form(user, vars(user))


@blueprint.post("/users/<int:id>")
def save_user(id: int) -> Page:
    """*Save*: a new status is in force at once."""
    user, body = users.get(here.state(), id), _user_body()
    try:
        users.change(here.world(), user, body)
    except Refused as error:
        return _user_form(user, body, error.words), 422
    flash(f"{user.email} is saved.", "notice")
    return redirect("/admin/users", 303)


@blueprint.post("/users/<int:id>/delete")
def delete_user(id: int) -> Response:
    """*Delete user*."""
    user = users.get(here.state(), id)
    try:
        users.delete(here.world(), user)
    except Refused as error:
        flash(error.words, "error")
        return redirect(f"/admin/users/{id}", 303)
    flash(f"{user.email} is deleted.", "notice")
    return redirect("/admin/users", 303)


@blueprint.get("/servers")
def list_servers() -> str:
    """The servers of all users."""
    rows = [panel.row(one) for one in here.state().servers.values()]
    return render_template("solusvm2/all_servers.html", rows=rows, tab="all_servers")


# --- limit groups -----------------------------------------------------------------------------------------------------


@blueprint.get("/limit_groups")
def list_groups() -> str:
    """All limit groups."""
    state = here.state()
    rows = [
        (one, sum(user.limit_group_id == one.id for user in state.users.values()))
        for one in state.limit_groups.values()
    ]
    return render_template("solusvm2/limit_groups.html", rows=rows, tab="groups")


def _group_form(group: LimitGroup | None, error: str = "") -> str:
    shown = {one: getattr(group, one) for one in catalogue.LIMITS} if group else {}
    return render_template("solusvm2/limit_group.html", group=group, limits=shown, error=error, tab="groups")


def _group_body() -> dict[str, Any]:
    form = request.form
    return {
        "name": form.get("name", ""),
        **{one: {"limit": number(form.get(one, "")), "is_enabled": f"{one}_on" in form} for one in catalogue.LIMITS},
    }


@blueprint.get("/limit_groups/create")
def new_group() -> str:
    """A form for a new limit group."""
    return _group_form(None)


@blueprint.get("/limit_groups/<int:id>")
def show_group(id: int) -> str:
    """One limit group."""
    return _group_form(catalogue.group(here.state(), id))


@blueprint.post("/limit_groups/create")
@blueprint.post("/limit_groups/<int:id>")
def save_group(id: int | None = None) -> Page:
    """*Save*: lower limits stop nothing that is there."""
    group = None if id is None else catalogue.group(here.state(), id)
    try:
        saved = catalogue.save_group(here.world(), _group_body(), group)
    except Refused as error:
        return _group_form(group, error.words), 422
    flash(f"{saved.name} is saved.", "notice")
    return redirect("/admin/limit_groups", 303)


@blueprint.post("/limit_groups/<int:id>/delete")
def delete_group(id: int) -> Response:
    """*Delete*: its users have no limits then."""
    group = catalogue.group(here.state(), id)
    catalogue.delete_group(here.world(), group)
    flash(f"{group.name} is deleted.", "notice")
    return redirect("/admin/limit_groups", 303)


# --- plans ------------------------------------------------------------------------------------------------------------


@blueprint.get("/plans")
def list_plans() -> str:
    """All plans with their prices in tokens."""
    return render_template("solusvm2/plans.html", plans=list(here.state().plans.values()), tab="plans")


def _plan_form(plan: Plan | None, error: str = "") -> str:
    return render_template("solusvm2/plan.html", plan=plan, error=error, flags=catalogue.FLAGS, tab="plans")


def _plan_body() -> dict[str, Any]:
    form = request.form
    ram = number(form.get("ram", ""))
    body: dict[str, Any] = {
        "name": form.get("name", ""),
        **{one: number(form.get(one, "")) for one in catalogue.TOKENS},
        **{one: one in form for one in catalogue.FLAGS},
        "params": {
            "disk": number(form.get("disk", "")),
            "ram": ram * 1024 * 1024 if isinstance(ram, int) else ram,
            "vcpu": number(form.get("vcpu", "")),
        },
    }
    if form.get("backup_price", "").strip():
        try:
            body["backup_price"] = float(form["backup_price"])
        except ValueError:
            body["backup_price"] = form["backup_price"]
    return body


@blueprint.get("/plans/create")
def new_plan() -> str:
    """A form for a new plan."""
    return _plan_form(None)


@blueprint.get("/plans/<int:id>")
def show_plan(id: int) -> str:
    """One plan with the prices it has had."""
    return _plan_form(catalogue.plan(here.state(), id))


@blueprint.post("/plans/create")
@blueprint.post("/plans/<int:id>")
def save_plan(id: int | None = None) -> Page:
    """*Save*: a new price holds for the hours that start from now on."""
    plan = None if id is None else catalogue.plan(here.state(), id)
    try:
        if plan is None:
            plan = catalogue.create_plan(here.world(), _plan_body())
        else:
            catalogue.change_plan(here.world(), plan, _plan_body())
    except Refused as error:
        return _plan_form(plan, error.words), 422
    flash(f"{plan.name} is saved.", "notice")
    return redirect("/admin/plans", 303)


# --- settings ---------------------------------------------------------------------------------------------------------


@blueprint.get("/settings")
def settings() -> str:
    """The billing integration, which only the billing system writes, and the last calls to it."""
    state = here.state()
    calls = list(reversed(state.callbacks.values()))[:15]
    return render_template("solusvm2/settings.html", settings=state.settings, calls=calls, tab="settings")
