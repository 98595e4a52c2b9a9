"""Users: creating, changing, locking and suspending, deleting."""

from collections.abc import Mapping
from typing import Any

from modulehost.sandbox.kit.world import World
from modulehost.sandbox.solusvm2 import activity, backups, effects, passwords, standing, tasks
from modulehost.sandbox.solusvm2.refusals import Given, Refused
from modulehost.sandbox.solusvm2.state import STATUSES, Project, Role, State, User, number

TAKEN = "The email has already been taken."


def by_email(state: State, email: str) -> User | None:
    """The user of an address; case does not count."""
    return next((one for one in state.users.values() if one.email.lower() == email.strip().lower()), None)


def get(state: State, id: int) -> User:
    """The user. Raises Refused 404."""
    if str(id) not in state.users:
        raise Refused(404, f"There is no user {id}.")
    return state.users[str(id)]


def create(world: World[State], body: Mapping[str, Any]) -> User:
    """A new user with a default project; without a limit group it has no limits. Raises Refused 422."""
    given = Given(body)
    given.email("email", required=True)
    given.text("password", required=True)
    if world.fault("duplicate_user"):
        given.refuse("email", TAKEN)
    user = User(id=0, email="", created=world.now())
    values = _read(world, user, given)
    if values["roles"] is None:
        values["roles"] = [one.id for one in world.state.roles.values() if one.is_default]
    user.id = number(world.state, "user")
    world.state.users[str(user.id)] = user
    project = Project(number(world.state, "project"), "Default project", user.id, is_default=True, created=user.created)
    world.state.projects[str(project.id)] = project
    _write(world, user, values)
    activity.log(world, "user.created", user)
    return user


def change(world: World[State], user: User, body: Mapping[str, Any]) -> None:
    """Change what `body` names; the same for PUT and PATCH. A new status is in force at once. Raises Refused 422."""
    if not body:
        raise Refused(422, "Nothing to change was given.")
    given = Given(body)
    for name in ("email", "password"):
        if name in body:
            given.text(name, required=True)
    values = _read(world, user, given)
    before = user.status
    _write(world, user, values)
    activity.log(world, "user.updated" if before == user.status else f"user.{user.status}", user)


def _read(world: World[State], user: User, given: Given) -> dict[str, Any]:
    """The fields of a body, checked; None stands for those that stay."""
    state = world.state
    email = given.email("email")
    other = by_email(state, email) if email else None
    if other is not None and other is not user and "email" not in given.errors:
        given.refuse("email", TAKEN)
    password = given.text("password")
    status = given.choice("status", STATUSES)
    language, billing = given.number("language_id"), given.number("billing_user_id", least=1)
    roles = given.list_of("roles", int)
    if any(str(one) not in state.roles for one in roles or []):
        given.refuse("roles", "The selected roles is invalid.")
    group = given.row("limit_group_id", state.limit_groups)
    token = given.text("billing_token")
    given.done()
    return {
        "email": email,
        "password": passwords.hashed(world.entropy, password) if password else None,
        "roles": roles,
        "language_id": language,
        "billing_user_id": billing,
        "billing_token": token,
        "limit_group_id": group.id if group else None,
        "status": status,
        # null takes these two away
        "cleared": [one for one in ("limit_group_id", "billing_user_id") if given.body.get(one, "") is None],
    }


def _write(world: World[State], user: User, values: dict[str, Any]) -> None:
    for name, value in values.items():
        if name not in ("status", "cleared") and value is not None:
            setattr(user, name, value)
    for name in values["cleared"]:
        setattr(user, name, None)
    if values["status"]:
        _stand(world, user, values["status"])


def _stand(world: World[State], user: User, status: str) -> None:
    """Lock, suspend or free a user. Suspending stops every server at once; freeing starts none of them."""
    user.status = status
    for server in standing.servers_of(world.state, user):
        if status == "suspended":
            for task in tasks.open_tasks(world.state):
                if task.server_id == server.id and task.action in ("vm-start", "vm-restart"):
                    tasks.cancel(world, task, "The user was suspended.")
            if server.status == "started":
                effects.put(server, "stopped", world.now())
        backups.meter(world, server)


def delete(world: World[State], user: User) -> None:
    """Delete a user who owns no server. What the user's servers have cost stays in the reports."""
    state = world.state
    if standing.servers_of(state, user):
        raise Refused(422, "The user owns servers; delete them first.")
    if standing.is_admin(state, user) and sum(standing.is_admin(state, one) for one in state.users.values()) == 1:
        raise Refused(422, "The last administrator cannot be deleted.")
    for key in [key for key, one in state.tokens.items() if one.user_id == user.id]:
        del state.tokens[key]
    for key in [key for key, one in state.projects.items() if one.owner_id == user.id]:
        del state.projects[key]
    del state.users[str(user.id)]
    activity.log(world, "user.deleted", None, email=user.email)


def count(state: State, role: Role) -> int:
    """How many users have a role."""
    return sum(role.id in one.roles for one in state.users.values())
