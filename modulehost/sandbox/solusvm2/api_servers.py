"""`projects`, `servers`, `tasks`. Clients see their own, administrators all."""

from typing import Any

from flask import Blueprint, Response, request

from modulehost.sandbox.solusvm2 import access, activity, here, replies, servers, shown, standing, tasks
from modulehost.sandbox.solusvm2.access import Caller
from modulehost.sandbox.solusvm2.refusals import Given, Refused
from modulehost.sandbox.solusvm2.state import Project, Server, Task, number

blueprint = Blueprint("api_servers", __name__, url_prefix="/api/v1")


def _server(id: int) -> tuple[Caller, Server]:
    who = access.caller()
    return who, servers.mine(here.state(), who.user, id)


def _shown(who: Caller, one: Server, status: int = 200) -> Response:
    return replies.one(shown.server(here.state(), one, who.user), status)


def _task(one: Task) -> Response:
    return replies.one(shown.task(here.state(), one))


# --- projects ---------------------------------------------------------------------------------------------------------


@blueprint.get("/projects")
def projects() -> Response:
    """Projects; `filter[search]` is a part of the name."""
    who = access.caller()
    part = request.args.get("filter[search]", "").lower()
    found = [
        one
        for one in here.state().projects.values()
        if part in one.name.lower() and (who.admin or one.owner_id == who.user.id)
    ]
    return replies.listing(found, lambda one: shown.project(here.state(), one, who.user))


@blueprint.post("/projects")
def create_project() -> Response:
    """A new project of the caller; not for locked and suspended users."""
    who = access.caller()
    given = Given(replies.body())
    name, description = given.text("name", required=True), given.text("description")
    given.done()
    standing.may_create(who.user)
    made = Project(number(here.state(), "project"), name or "", who.user.id, description or "", created=here.now())
    here.state().projects[str(made.id)] = made
    activity.log(here.world(), "project.created", who.user, project=made.name)
    return replies.one(shown.project(here.state(), made, who.user), 201)


def _project(who: Caller, id: int) -> Project:
    found = here.state().projects.get(str(id))
    if found is None or not (who.admin or found.owner_id == who.user.id):
        raise Refused(404, f"There is no project {id}.")
    return found


@blueprint.get("/projects/<int:id>/servers")
def project_servers(id: int) -> Response:
    """The servers of a project."""
    who = access.caller()
    project = _project(who, id)
    found = [one for one in here.state().servers.values() if one.project_id == project.id]
    return replies.listing(found, lambda one: shown.server(here.state(), one, who.user))


_NAMES = {"plan_id": "plan", "location_id": "location", "os_image_version_id": "os", "application_id": "application"}


@blueprint.post("/projects/<int:id>/servers")
def create_in_project(id: int) -> Response:
    """Create a server in a project, for the project's owner; the ids have other names here."""
    who = access.caller()
    project = _project(who, id)
    body: dict[str, Any] = {_NAMES.get(name, name): value for name, value in replies.body().items()}
    body |= {"project": project.id, "user": project.owner_id}
    return _shown(who, servers.create(here.world(), who.user, body), 201)


# --- servers ----------------------------------------------------------------------------------------------------------


@blueprint.get("/servers")
def listing() -> Response:
    """Servers; `filter[user_id]`, `filter[status]`, `filter[compute_resource_id]`."""
    who = access.caller()
    filters = [request.args.get(f"filter[{name}]", "") for name in ("user_id", "status", "compute_resource_id")]
    found = [
        one
        for one in here.state().servers.values()
        if (who.admin or one.user_id == who.user.id)
        and filters[0] in ("", str(one.user_id))
        and filters[1] in ("", one.status)
        and filters[2] in ("", str(shown.COMPUTE_RESOURCE))
    ]
    return replies.listing(found, lambda one: shown.server(here.state(), one, who.user))


@blueprint.post("/servers")
def create() -> Response:
    """Create a server; it is being set up then, and starts."""
    who = access.caller()
    return _shown(who, servers.create(here.world(), who.user, replies.body()), 201)


@blueprint.get("/servers/<int:id>")
def read(id: int) -> Response:
    """One server; whoever asks also asks for the task that works on it."""
    who, one = _server(id)
    tasks.poll_server(here.world(), one)
    if str(id) not in here.state().servers:
        raise Refused(404, f"There is no server {id}.")
    return _shown(who, one)


@blueprint.patch("/servers/<int:id>")
def change(id: int) -> Response:
    """Change name, FQDNs, description, boot mode, backup settings."""
    who, one = _server(id)
    servers.change(here.world(), one, replies.body())
    return _shown(who, one)


@blueprint.delete("/servers/<int:id>")
def delete(id: int) -> Response:
    """Begin to delete a server."""
    who, one = _server(id)
    return _task(servers.delete(here.world(), who.user, one))


@blueprint.post(f"/servers/<int:id>/<any({', '.join(servers.PLAIN)}):action>")
def act(id: int, action: str) -> Response:
    """Begin to start, stop, restart, suspend, resume."""
    who, one = _server(id)
    given = Given(replies.body(optional=True))
    given.flag("force")
    given.done()
    return _task(servers.act(here.world(), who.user, one, action))


@blueprint.post("/servers/<int:id>/reinstall")
def reinstall(id: int) -> Response:
    """Begin to install anew."""
    who, one = _server(id)
    return _task(servers.reinstall(here.world(), who.user, one, replies.body(optional=True)))


@blueprint.post("/servers/<int:id>/resize")
def resize(id: int) -> Response:
    """Begin to move to another plan."""
    who, one = _server(id)
    return _task(servers.resize(here.world(), who.user, one, replies.body()))


@blueprint.post("/servers/<int:id>/reset_password")
def reset_password(id: int) -> Response:
    """A new root password; nothing here can be signed in to with it."""
    who, one = _server(id)
    tasks.free(here.state(), one)
    activity.log(here.world(), "server.reset_password", who.user, server=one.name)
    return replies.one({"password": here.world().entropy.password(16)})


@blueprint.post("/servers/<int:id>/vnc_up")
def console(id: int) -> Response:
    """Where the server's screen would be; a simulated server has none, and the page says so."""
    _, one = _server(id)
    if one.status != "started":
        raise Refused(422, "The server does not run.")
    return replies.one({"url": f"{here.world().url}/servers/{one.id}#console"})


@blueprint.post("/servers/<int:id>/ips")
def add_ips(id: int) -> Response:
    """Begin to add addresses."""
    _, one = _server(id)
    given = Given(replies.body())
    count = given.number("count", required=True, least=1, most=256)
    given.done()
    return _task(servers.add_ips(here.world(), one, count or 0))


@blueprint.delete("/servers/<int:id>/ips")
def remove_ips(id: int) -> Response:
    """Begin to take additional addresses away."""
    _, one = _server(id)
    given = Given(replies.body())
    ids = given.list_of("ids", int)
    if not ids:
        given.refuse("ids", "The ids field is required.")
    given.done()
    return _task(servers.remove_ips(here.world(), one, ids or []))


# --- tasks ------------------------------------------------------------------------------------------------------------


@blueprint.get("/tasks")
def list_tasks() -> Response:
    """Tasks, newest first; `filter[action]`, `filter[status]`, `filter[compute_resource_vm_id]`."""
    who = access.caller()
    action, status, server = (
        request.args.get(f"filter[{name}]", "") for name in ("action", "status", "compute_resource_vm_id")
    )
    found = [
        one
        for one in reversed(here.state().tasks.values())
        if (who.admin or one.user_id == who.user.id)
        and action in ("", one.action)
        and status in ("", one.status)
        and server in ("", str(one.server_id))
    ]
    return replies.listing(found, lambda one: shown.task(here.state(), one))


@blueprint.get("/tasks/<int:id>")
def read_task(id: int) -> Response:
    """One task; it is done when it was asked for often enough."""
    who = access.caller()
    one = here.state().tasks.get(str(id))
    if one is None or not (who.admin or one.user_id == who.user.id):
        raise Refused(404, f"There is no task {id}.")
    tasks.poll(here.world(), one)
    return _task(one)
