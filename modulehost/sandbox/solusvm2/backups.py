"""Scheduled backups: made as time goes by, kept for a while, and resting while the user or the server is suspended."""

from datetime import UTC, datetime, timedelta

from modulehost.sandbox.kit.world import World
from modulehost.sandbox.solusvm2 import meters
from modulehost.sandbox.solusvm2.refusals import Given
from modulehost.sandbox.solusvm2.standing import is_suspended
from modulehost.sandbox.solusvm2.state import Backup, BackupSettings, Plan, Server, State, number

KEPT = 7  # of each server
TYPES = ("monthly", "weekly", "daily")


def read(body: Given, plan: Plan, name: str = "backup_settings") -> BackupSettings | None:
    """The settings in `body`, or None if it has none; the plan has to allow backups."""
    given = body.part(name)
    if given is None:
        return None
    found = BackupSettings(enabled=bool(given.flag("enabled")))
    if schedule := given.part("schedule"):
        found.type = schedule.choice("type", TYPES) or found.type
        if time := schedule.part("time"):
            found.hour = time.number("hour", most=23) or 0
            found.minutes = time.number("minutes", most=59) or 0
        found.days = schedule.list_of("days", int) or []
    if found.enabled and not plan.is_backup_available:
        given.refuse("enabled", "The plan has no backups.")
    return found


def switch(world: World[State], server: Server, settings: BackupSettings) -> None:
    """Put settings into force; they are charged for while they are on."""
    server.backup = settings
    server.backed_up = world.now()
    meter(world, server)


def meter(world: World[State], server: Server) -> None:
    """Charge for the server's backups while there are any, which is not while it is suspended."""
    wanted = server.backup.enabled and not is_suspended(world.state, server)
    found = meters.running(world.state, server.id, meters.BACKUP)
    if wanted and not found:
        meters.open_meter(world, meters.BACKUP, server, server.id, server.name)
    elif found and not wanted:
        meters.close(world.state, found, world.now())


def settle(world: World[State]) -> None:
    """Make the backups that have come due."""
    state, now = world.state, world.now()
    for server in state.servers.values():
        meter(world, server)
        if server.backup.enabled and not is_suspended(state, server) and server.status != "not exists":
            for at in _due(server.backup, server.backed_up, now)[-KEPT:]:
                backup = Backup(number(state, "backup"), server.id, at)
                state.backups[str(backup.id)] = backup
            mine = [key for key, one in state.backups.items() if one.server_id == server.id]
            for key in mine[:-KEPT]:
                del state.backups[key]
        server.backed_up = max(server.backed_up, now)


def _due(settings: BackupSettings, since: int, now: int) -> list[int]:
    """The moments after `since` and up to `now` at which the schedule asks for a backup, of the last year."""
    found: list[int] = []
    day = datetime.fromtimestamp(max(since, now - 366 * 86400), UTC).replace(
        hour=settings.hour, minute=settings.minutes, second=0, microsecond=0
    )
    while (at := int(day.timestamp())) <= now:
        fits = {
            "daily": True,
            "weekly": day.isoweekday() in (settings.days or [1]),
            "monthly": day.day in (settings.days or [1]),
        }[settings.type]
        if at > since and fits:
            found.append(at)
        day += timedelta(days=1)
    return found
