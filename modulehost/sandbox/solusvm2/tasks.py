"""Work on servers: a task is begun, and done when it was asked for often enough or enough time has gone by."""

from typing import Any

from modulehost.sandbox.kit.world import World
from modulehost.sandbox.solusvm2 import backups, effects
from modulehost.sandbox.solusvm2.refusals import Refused
from modulehost.sandbox.solusvm2.standing import OPEN
from modulehost.sandbox.solusvm2.state import Server, State, Task, number

KEPT = 500  # of those that are done


def free(state: State, server: Server) -> None:
    """Refuse while there is work on the server."""
    if busy(state, server):
        raise Refused(422, "The server is processing another task.")


def busy(state: State, server: Server) -> bool:
    """Whether there is work on the server."""
    return any(one.server_id == server.id for one in open_tasks(state))


def open_tasks(state: State) -> list[Task]:
    """The tasks that are not done."""
    return [one for one in state.tasks.values() if one.status in OPEN]


def begin(world: World[State], server: Server, action: str, **detail: Any) -> Task:
    """Begin work on a server; the fault `task_failed` makes it end badly."""
    task = Task(
        id=number(world.state, "task"),
        action=action,
        server_id=server.id,
        user_id=server.user_id,
        detail=detail,
        fails=world.fault("task_failed") is not None,
        created=world.now(),
    )
    world.state.tasks[str(task.id)] = task
    for key in [key for key, one in world.state.tasks.items() if one.status not in OPEN][:-KEPT]:
        del world.state.tasks[key]
    if world.state.switches.task_polls <= 0:
        _finish(world, task, world.now())
    return task


def poll(world: World[State], task: Task) -> None:
    """Somebody asks how far the task is."""
    if task.status not in OPEN:
        return
    task.polls, task.status = task.polls + 1, "running"
    if task.polls >= world.state.switches.task_polls:
        _finish(world, task, world.now())


def poll_server(world: World[State], server: Server) -> None:
    """Somebody looks at the server, and so at the work on it."""
    for one in open_tasks(world.state):
        if one.server_id == server.id:
            poll(world, one)


def settle(world: World[State]) -> None:
    """Finish what has taken its time."""
    for one in open_tasks(world.state):
        done = one.created + world.state.switches.task_seconds
        if done <= world.now():
            _finish(world, one, done)


def cancel(world: World[State], task: Task, why: str) -> None:
    """End a task without its effect."""
    task.status, task.output, task.finished = "canceled", why, world.now()


def progress(state: State, task: Task) -> int:
    """How far the task is, in per cent."""
    if task.status not in OPEN:
        return 100
    return min(99, 100 * task.polls // max(1, state.switches.task_polls))


def _finish(world: World[State], task: Task, at: int) -> None:
    task.finished = at
    server = world.state.servers.get(str(task.server_id))
    if server is None:
        task.status, task.output = "canceled", "The server is gone."
        return
    effect = effects.EFFECTS[task.action]
    if task.fails:
        task.status = "failed"
        task.output = task.output or "The compute resource reported an error."
        effect.failed(world.state, server, task)
    else:
        task.status = "done"
        effect.done(world.state, server, task)
    if task.action in ("vm-suspend", "vm-resume"):
        backups.meter(world, server)
