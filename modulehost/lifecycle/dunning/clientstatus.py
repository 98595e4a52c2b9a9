"""Clients are Active while they have something that runs, else Inactive: the task AutoClientStatusSync.

Setting AutoClientStatusChange: 1 leaves clients alone, 2 goes by what they have, 3 also waits for 90 days without a sign-in. A closed
client stays closed, and one with `overrideautoclose` stays as it is.
"""

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update

from modulehost import settings
from modulehost.context import Ctx
from modulehost.journal import Report
from modulehost.lifecycle.dunning.naming import named_client
from modulehost.schema import Client, Service, ServiceAddon, table

CHUNK = 500
_RUNS = ("Active", "Suspended")
_DOMAIN_RUNS = ("Active", "Grace", "Redemption", "Pending Transfer")
_AWAY = timedelta(days=90)


def sync_clients(ctx: Ctx, report: Report) -> None:
    """The task AutoClientStatusSync."""
    with ctx.unit(read=True) as db:
        how = settings.get(db, "AutoClientStatusChange")
    if how not in ("2", "3"):
        report.skip("the setting AutoClientStatusChange is off")
        return
    domains = table("tbldomains")
    runs = or_(
        select(Service.id).where(Service.userid == Client.id, Service.domainstatus.in_(_RUNS)).exists(),
        select(ServiceAddon.id).where(ServiceAddon.userid == Client.id, ServiceAddon.status.in_(_RUNS)).exists(),
        select(domains.c.id).where(domains.c.userid == Client.id, domains.c.status.in_(_DOMAIN_RUNS)).exists(),
    )
    away: ColumnElement[bool] = Client.status == "Active"
    if how == "3":
        away = and_(away, or_(Client.lastlogin.is_(None), Client.lastlogin < ctx.host.clock.now() - _AWAY))
    _change(ctx, report, (away, ~runs), "Inactive", "clients made inactive")
    _change(ctx, report, (Client.status == "Inactive", runs), "Active", "clients made active")


def _change(ctx: Ctx, report: Report, wanted: Iterable[ColumnElement[bool]], status: str, what: str) -> None:
    last = 0
    while True:
        with ctx.unit() as db:
            found = select(Client).where(*wanted, Client.id > last).order_by(Client.id).limit(CHUNK)
            rows = db.scalars(found).all()
            kept = [row for row in rows if row.overrideautoclose]
            changed = [row for row in rows if not row.overrideautoclose]
            mine = update(Client).where(Client.id.in_([row.id for row in changed]))
            db.execute(mine.values(status=status, updated_at=ctx.host.clock.now()).execution_options(synchronize_session=False))
        for row in changed:
            report.did(what, named_client(row))
        for row in kept:
            report.skip("the client's automatic status is overridden", named_client(row))
        if not rows:
            return
        last = rows[-1].id
