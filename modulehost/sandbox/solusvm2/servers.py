"""Servers: creating, changing, the actions, and what hangs on them."""

from collections.abc import Mapping
from typing import Any

from modulehost.sandbox.kit.world import World
from modulehost.sandbox.solusvm2 import activity, backups, meters, standing, tasks
from modulehost.sandbox.solusvm2.refusals import Given, Refused, invalid
from modulehost.sandbox.solusvm2.state import (
    Ip,
    OsVersion,
    Plan,
    Project,
    Server,
    Snapshot,
    State,
    Task,
    User,
    number,
)

BOOT_MODES = ("disk", "rescue")
PLAIN = ("start", "stop", "restart", "suspend", "resume")


def mine(state: State, actor: User, id: int) -> Server:
    """The server, if the actor may see it. Raises Refused 404."""
    server = state.servers.get(str(id))
    if server is None or not (server.user_id == actor.id or standing.is_admin(state, actor)):
        raise Refused(404, f"There is no server {id}.")
    return server


def create(world: World[State], actor: User, body: Mapping[str, Any]) -> Server:
    """Create a server, which starts; an administrator may name its `user`. It is charged for from now on.

    Raises Refused: 403 for a locked or suspended user, 422 for what is wrong and for limits.
    """
    state, given = world.state, Given(body)
    owner = given.row("user", state.users) or actor
    if owner.id != actor.id and not standing.is_admin(state, actor):
        raise Refused(403, "Only an administrator creates servers for others.")
    given.done()
    standing.may_create(owner)
    name = given.text("name", required=True)
    plan = given.row("plan", state.plans, required=True)
    location = given.row("location", state.locations, required=True)
    for name_, hidden in (("plan", plan), ("location", location)):
        if hidden and not hidden.is_visible and not standing.is_admin(state, actor):
            given.refuse(name_, f"The selected {name_} is invalid.")
    if plan and location and location.plan_ids and plan.id not in location.plan_ids:
        given.refuse("location", f"{plan.name} is not available in {location.name}.")
    version, application = _software(state, given, required=True)
    project = _project(state, given, owner)
    fqdns, description = given.list_of("fqdns", str), given.text("description")
    boot_mode, user_data = given.choice("boot_mode", BOOT_MODES), given.text("user_data", longest=65535)
    count = given.number("additional_ip_count", most=256) or 0
    given.text("password")
    if given.list_of("ssh_keys", int):
        given.refuse("ssh_keys", "The selected ssh_keys is invalid: this simulator keeps no SSH keys.")
    if body.get("custom_plan"):
        given.refuse("custom_plan", "Custom plans are not part of this simulator.")
    settings = backups.read(given, plan) if plan else None
    given.done()
    assert name and plan and location
    if count and not plan.is_additional_ips_available:
        invalid("additional_ip_count", "The plan has no additional IP addresses.")
    standing.room_for_server(state, owner, count)
    server = Server(
        id=number(state, "server"),
        uuid=world.entropy.uuid(),
        name=name,
        user_id=owner.id,
        project_id=project.id,
        plan_id=plan.id,
        location_id=location.id,
        os_version_id=version.id if version else None,
        application_id=application,
        description=description or "",
        fqdns=fqdns or [],
        boot_mode=boot_mode or "disk",
        user_data=user_data or "",
        created=world.now(),
        changed=world.now(),
        backed_up=world.now(),
    )
    state.servers[str(server.id)] = server
    meters.open_meter(world, meters.SERVER, server, server.id, server.name)
    _address(world, server, primary=True)
    for _ in range(count):
        _address(world, server)
    if settings:
        backups.switch(world, server, settings)
    tasks.begin(world, server, "vm-create")
    activity.log(world, "server.created", owner, server=server.name, plan=plan.name)
    return server


def _software(state: State, given: Given, required: bool) -> tuple[OsVersion | None, int | None]:
    """The OS version, or the application's id."""
    application = given.row("application", state.applications)
    version = given.row("os", state.os_versions, required=required and application is None)
    return version, application.id if application else None


def _project(state: State, given: Given, owner: User) -> Project:
    project = given.row("project", state.projects)
    if project is not None and project.owner_id != owner.id:
        given.refuse("project", "The selected project is invalid.")
    return project or next(one for one in state.projects.values() if one.owner_id == owner.id and one.is_default)


def _address(world: World[State], server: Server, primary: bool = False) -> Ip:
    """The next address of 198.18.0.0/15, which is set aside for tests; an additional one is charged for."""
    place = number(world.state, "ip")
    ip = Ip(place, server.id, f"198.{18 + place // 65536 % 2}.{place // 256 % 256}.{place % 256}", primary)
    world.state.ips[str(ip.id)] = ip
    if not primary:
        meters.open_meter(world, meters.IP, server, ip.id, ip.address)
    return ip


def change(world: World[State], server: Server, body: Mapping[str, Any]) -> None:
    """Change name, FQDNs, description, boot mode, backup settings."""
    given = Given(body)
    name = given.text("name", required="name" in body)
    fqdns, description = given.list_of("fqdns", str), given.text("description")
    boot_mode = given.choice("boot_mode", BOOT_MODES)
    settings = backups.read(given, plan_of(world.state, server))
    given.done()
    server.name = name or server.name
    server.fqdns = server.fqdns if fqdns is None else fqdns
    server.description = server.description if description is None else description
    server.boot_mode = boot_mode or server.boot_mode
    if settings:
        backups.switch(world, server, settings)


def plan_of(state: State, server: Server) -> Plan:
    """The server's plan."""
    return state.plans[str(server.plan_id)]


def act(world: World[State], actor: User, server: Server, name: str) -> Task:
    """One of PLAIN. Suspending and resuming are for administrators."""
    if name in ("suspend", "resume") and not standing.is_admin(world.state, actor):
        raise Refused(403, "Only an administrator suspends and resumes servers.")
    _ready(world.state, server)
    if name in ("start", "restart"):
        standing.may_start(world.state, server)
    activity.log(world, f"server.{name}", actor, server=server.name)
    return tasks.begin(world, server, f"vm-{name}")


def _ready(state: State, server: Server) -> None:
    tasks.free(state, server)
    if server.status == "not exists":
        raise Refused(422, "The server could not be created; it can only be deleted.")


def delete(world: World[State], actor: User, server: Server) -> Task:
    """Delete a server; what it has cost stays in the reports."""
    tasks.free(world.state, server)
    activity.log(world, "server.deleted", actor, server=server.name)
    return tasks.begin(world, server, "vm-delete")


def reinstall(world: World[State], actor: User, server: Server, body: Mapping[str, Any]) -> Task:
    """Install the operating system or application anew, or another one."""
    _ready(world.state, server)
    standing.may_start(world.state, server)
    given = Given(body)
    version, application = _software(world.state, given, required=False)
    given.done()
    keep = version is None and application is None
    activity.log(world, "server.reinstall", actor, server=server.name)
    return tasks.begin(
        world,
        server,
        "vm-reinstall",
        os_version_id=server.os_version_id if keep else (version.id if version else None),
        application_id=server.application_id if keep else application,
    )


def resize(world: World[State], actor: User, server: Server, body: Mapping[str, Any]) -> Task:
    """Move the server to another plan; hours that start from now on cost what that plan costs."""
    _ready(world.state, server)
    given = Given(body)
    plan = given.row("plan_id", world.state.plans, required=True)
    given.flag("preserve_disk")
    settings = backups.read(given, plan) if plan else None
    given.done()
    assert plan
    if settings:
        backups.switch(world, server, settings)
    activity.log(world, "server.resize", actor, server=server.name, plan=plan.name)
    return tasks.begin(world, server, "vm-resize", plan_id=plan.id)


def add_ips(world: World[State], server: Server, count: int) -> Task:
    """Add addresses, charged for from now on."""
    _ready(world.state, server)
    if not plan_of(world.state, server).is_additional_ips_available:
        invalid("count", "The plan has no additional IP addresses.")
    standing.room_for_ips(world.state, world.state.users[str(server.user_id)], count)
    added = [_address(world, server).id for _ in range(count)]
    return tasks.begin(world, server, "vm-ip-add", ids=added)


def remove_ips(world: World[State], server: Server, ids: list[int]) -> Task:
    """Take additional addresses away."""
    _ready(world.state, server)
    for id in ids:
        ip = world.state.ips.get(str(id))
        if ip is None or ip.server_id != server.id or ip.is_primary:
            invalid("ids", f"{id} is no additional address of this server.")
    return tasks.begin(world, server, "vm-ip-remove", ids=ids)


def add_snapshot(world: World[State], server: Server, name: str) -> Snapshot:
    """Keep the server as it is now."""
    _ready(world.state, server)
    if not plan_of(world.state, server).is_snapshots_enabled:
        raise Refused(422, "The plan has no snapshots.")
    one = Snapshot(number(world.state, "snapshot"), server.id, name.strip() or "Snapshot", world.now())
    world.state.snapshots[str(one.id)] = one
    meters.open_snapshot(world, server, one)
    return one


def remove_snapshot(world: World[State], server: Server, id: int) -> None:
    """Throw a snapshot away."""
    one = world.state.snapshots.get(str(id))
    if one is None or one.server_id != server.id:
        raise Refused(404, f"There is no snapshot {id}.")
    meters.close(world.state, meters.running(world.state, server.id, meters.SNAPSHOT, id), world.now())
    del world.state.snapshots[str(id)]
