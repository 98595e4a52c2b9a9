"""What the end of each kind of task does to its server."""

from collections.abc import Callable
from dataclasses import dataclass

from modulehost.sandbox.solusvm2 import meters
from modulehost.sandbox.solusvm2.standing import is_suspended
from modulehost.sandbox.solusvm2.state import Server, State, Task

Change = Callable[[State, Server, Task], None]


def _nothing(state: State, server: Server, task: Task) -> None:
    """The server stays as it was."""


@dataclass(frozen=True)
class Effect:
    """What a task does when it is done, and when it has failed."""

    done: Change
    failed: Change = _nothing


def put(server: Server, status: str, at: int) -> None:
    """Give a server another status."""
    if server.status != status:
        server.status, server.changed = status, at


def _running(state: State, server: Server, task: Task) -> None:
    put(server, "stopped" if is_suspended(state, server) else "started", task.finished)


def _stopped(state: State, server: Server, task: Task) -> None:
    put(server, "stopped", task.finished)


def _not_created(state: State, server: Server, task: Task) -> None:
    put(server, "not exists", task.finished)
    server.backup.enabled = False
    meters.void(state, meters.running(state, server.id))


def _suspended(state: State, server: Server, task: Task) -> None:
    server.suspended = True
    _stopped(state, server, task)


def _resumed(state: State, server: Server, task: Task) -> None:
    server.suspended = False


def _deleted(state: State, server: Server, task: Task) -> None:
    """Charged until the deletion was asked for, however long it took."""
    meters.close(state, meters.running(state, server.id), task.created)
    for table in (state.ips, state.backups, state.snapshots):
        for key in [key for key, one in table.items() if one.server_id == server.id]:
            del table[key]
    del state.servers[str(server.id)]


def _reinstalled(state: State, server: Server, task: Task) -> None:
    server.os_version_id = task.detail["os_version_id"]
    server.application_id = task.detail["application_id"]
    _running(state, server, task)


def _resized(state: State, server: Server, task: Task) -> None:
    server.plan_id = task.detail["plan_id"]
    meters.replan(state, server, task.created)


def _not_added(state: State, server: Server, task: Task) -> None:
    _drop_ips(state, server, task.detail["ids"], void=True, at=task.finished)


def _removed(state: State, server: Server, task: Task) -> None:
    _drop_ips(state, server, task.detail["ids"], void=False, at=task.created)


def _drop_ips(state: State, server: Server, ids: list[int], void: bool, at: int) -> None:
    for id in ids:
        found = meters.running(state, server.id, meters.IP, id)
        if void:
            meters.void(state, found)
        else:
            meters.close(state, found, at)
        state.ips.pop(str(id), None)


EFFECTS = {
    "vm-create": Effect(_running, _not_created),
    "vm-start": Effect(_running),
    "vm-stop": Effect(_stopped),
    "vm-restart": Effect(_running),
    "vm-suspend": Effect(_suspended),
    "vm-resume": Effect(_resumed),
    "vm-reinstall": Effect(_reinstalled),
    "vm-resize": Effect(_resized),
    "vm-delete": Effect(_deleted),
    "vm-ip-add": Effect(_nothing, _not_added),
    "vm-ip-remove": Effect(_removed),
}
