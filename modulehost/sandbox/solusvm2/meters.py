"""Meters: what runs and is charged for. Each started hour counts; the arithmetic is in `usage.py`."""

from modulehost.sandbox.kit.world import World
from modulehost.sandbox.solusvm2.state import Meter, Server, Snapshot, Span, State, number

SERVER, IP, BACKUP, SNAPSHOT = "server", "additional_ip", "backup", "snapshot"


def open_meter(world: World[State], kind: str, server: Server, resource_id: int, name: str) -> Meter:
    """Charge for a resource of a server from now on."""
    meter = Meter(
        id=number(world.state, "meter"),
        kind=kind,
        resource_id=resource_id,
        server_id=server.id,
        user_id=server.user_id,
        name=name,
        start=world.now(),
        spans=[Span(world.now(), server.plan_id)],
    )
    world.state.meters[str(meter.id)] = meter
    return meter


def open_snapshot(world: World[State], server: Server, snapshot: Snapshot) -> None:
    """Charge for a snapshot, at the price of today for as long as it is kept."""
    meter = open_meter(world, SNAPSHOT, server, snapshot.id, snapshot.name)
    switches = world.state.switches
    meter.per_hour, meter.per_month = switches.snapshot_per_hour, switches.snapshot_per_month


def running(state: State, server_id: int, kind: str = "", resource_id: int | None = None) -> list[Meter]:
    """The meters of a server that run, of one kind, or of one resource."""
    return [
        one
        for one in state.meters.values()
        if one.server_id == server_id
        and not one.end
        and kind in ("", one.kind)
        and resource_id in (None, one.resource_id)
    ]


def close(state: State, meters: list[Meter], at: int) -> None:
    """Charge for the resources until `at`."""
    for one in meters:
        one.end = max(at, one.start)


def void(state: State, meters: list[Meter]) -> None:
    """Never charge for the resources: they did not come about."""
    for one in meters:
        del state.meters[str(one.id)]


def replan(state: State, server: Server, at: int) -> None:
    """The server belongs to another plan since `at`, and with it its addresses and backups."""
    for one in running(state, server.id):
        if one.kind != SNAPSHOT:
            one.spans = [span for span in one.spans if span.since < at] + [Span(max(at, one.start), server.plan_id)]
