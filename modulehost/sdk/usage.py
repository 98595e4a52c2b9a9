"""What UsageUpdate writes: disk space and traffic of a server's services."""

from sqlalchemy import select

from modulehost.schema import Service, same
from modulehost.sdk import calling

_MOST = 2_000_000_000


def update_usage(
    server_id: int,
    domain: str,
    *,
    diskusage: int | None = None,
    disklimit: int | None = None,
    bwusage: int | None = None,
    bwlimit: int | None = None,
) -> int:
    """Store the usage in MB of the services of a server with that domain, and the time as `lastupdate`; returns how many there are.

    What is None stays as it is; a limit of 0 is none. Raises ValueError for what is no whole number of megabytes.
    """
    given = {"diskusage": diskusage, "disklimit": disklimit, "bwusage": bwusage, "bwlimit": bwlimit}
    for name, value in given.items():
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST):
            raise ValueError(f"{name} is {value!r}; expected whole megabytes from 0 to {_MOST}")
    if not domain:
        return 0
    ctx = calling.ctx()
    with ctx.unit() as db:
        rows = db.scalars(select(Service).where(Service.server == server_id, same(Service.domain, domain))).all()
        for row in rows:
            for name, value in given.items():
                if value is not None:
                    setattr(row, name, value)
            row.lastupdate = ctx.host.clock.now()
    return len(rows)
