"""What a user's status and limit group allow.

Locked: no new servers, no new projects. Suspended: also every server is stopped and may not be started, and scheduled
backups rest. Limits stop nothing that is there: they only refuse to create and to start.
"""

from modulehost.sandbox.solusvm2.refusals import Refused, invalid
from modulehost.sandbox.solusvm2.state import ADMINISTRATOR, Ip, LimitGroup, Server, State, User

OPEN = ("pending", "queued", "running")
STARTING = ("vm-create", "vm-start", "vm-restart", "vm-reinstall")


def is_admin(state: State, user: User) -> bool:
    """Whether the user has the role Administrator."""
    return any(state.roles[str(one)].name == ADMINISTRATOR for one in user.roles if str(one) in state.roles)


def is_suspended(state: State, server: Server) -> bool:
    """Whether the server is suspended, by itself or with its user."""
    return server.suspended or state.users[str(server.user_id)].status == "suspended"


def group_of(state: State, user: User) -> LimitGroup | None:
    """The user's limit group; None: no limits."""
    return state.limit_groups.get(str(user.limit_group_id))


def may_create(user: User) -> None:
    """Refuse new servers and projects of a locked or suspended user."""
    if user.status != "active":
        raise Refused(403, f"The user account is {user.status}: it cannot create servers or projects.")


def may_start(state: State, server: Server) -> None:
    """Refuse to start a suspended server, or one more than the limit of running ones."""
    if is_suspended(state, server):
        raise Refused(403, "The server is suspended and cannot be started.")
    user = state.users[str(server.user_id)]
    if not runs(state, server):
        _within(state, user, "running_vms", running(state, user), 1, "running servers")


def room_for_server(state: State, user: User, ips: int) -> None:
    """Refuse a new server, which starts at once and brings additional addresses, where a limit is reached."""
    _within(state, user, "vms", len(servers_of(state, user)), 1, "servers")
    _within(state, user, "running_vms", running(state, user), 1, "running servers")
    room_for_ips(state, user, ips)


def room_for_ips(state: State, user: User, more: int) -> None:
    """Refuse more additional addresses than the limit."""
    if more:
        _within(state, user, "additional_ips", len(additional_ips(state, user)), more, "additional IP addresses")


def servers_of(state: State, user: User) -> list[Server]:
    """The user's servers."""
    return [one for one in state.servers.values() if one.user_id == user.id]


def additional_ips(state: State, user: User) -> list[Ip]:
    """The additional addresses of all of the user's servers."""
    mine = {one.id for one in servers_of(state, user)}
    return [one for one in state.ips.values() if one.server_id in mine and not one.is_primary]


def running(state: State, user: User) -> int:
    """How many of the user's servers run or are about to."""
    return sum(runs(state, one) for one in servers_of(state, user))


def runs(state: State, server: Server) -> bool:
    """Whether the server runs or is about to."""
    if server.status == "started":
        return True
    return any(
        one.server_id == server.id and one.status in OPEN and one.action in STARTING for one in state.tasks.values()
    )


def _within(state: State, user: User, name: str, there: int, more: int, words: str) -> None:
    group = group_of(state, user)
    limit = getattr(group, name) if group else None
    if limit is not None and limit.is_enabled and there + more > limit.limit:
        invalid(name, f"The limit of {limit.limit} {words} is reached ({there} in use).")
