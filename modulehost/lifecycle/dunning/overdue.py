"""Suspending and terminating what is overdue: the tasks AutoSuspensions and AutoTerminations.

What counts is the next due date of the service or addon, not an invoice: paying moves that date on, so a date that has passed by
the set number of days is a period that nobody has paid for. Free and one-time items have no such date to miss, and an item
that costs nothing leaves nothing unpaid. An addon shares the exemptions of its service.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from modulehost import settings
from modulehost.billing.cycles import CycleError, cycle
from modulehost.context import Ctx
from modulehost.journal import Report
from modulehost.lifecycle.dunning import marks
from modulehost.lifecycle.dunning.acting import carry_out, standing
from modulehost.lifecycle.dunning.naming import named, named_addon
from modulehost.lifecycle.subjects import OfAddon, OfService, Subject
from modulehost.schema import Addon, Client, ClientGroup, Product, Service, ServiceAddon, unset

#: what an automatic suspension is called; only this reason is lifted by a payment
REASON = "Overdue on Payment"
CHUNK = 200


@dataclass(frozen=True)
class _Policy:
    function: str
    switch: str
    days: str
    statuses: tuple[str, ...]
    word: str


_SUSPENSION = _Policy("SuspendAccount", "AutoSuspension", "AutoSuspensionDays", ("Active",), "suspended")
_TERMINATION = _Policy("TerminateAccount", "AutoTermination", "AutoTerminationDays", ("Active", "Suspended"), "terminated")


@dataclass(frozen=True)
class _Item:
    """A service or addon that is overdue, with what exempts it."""

    whom: Subject
    line: str
    row: Service | ServiceAddon
    service: Service
    exempt: bool


def suspend_overdue(ctx: Ctx, report: Report) -> None:
    """The task AutoSuspensions: services first, then addons that are overdue by themselves."""
    _work(ctx, report, _SUSPENSION)


def terminate_overdue(ctx: Ctx, report: Report) -> None:
    """The task AutoTerminations."""
    _work(ctx, report, _TERMINATION)


def overdue_since(db: Session, today: date) -> date:
    """The latest next due date that has an item suspended today."""
    return today - timedelta(days=settings.number(db, _SUSPENSION.days))


def _work(ctx: Ctx, report: Report, policy: _Policy) -> None:
    with ctx.unit(read=True) as db:
        if not settings.on(db, policy.switch):
            report.skip(f"the setting {policy.switch} is off")
            return
        limit = ctx.host.clock.today() - timedelta(days=settings.number(db, policy.days))
    for kind in ("service", "addon"):
        for chunk in _chunks(ctx, kind, policy, limit):
            with ctx.unit(read=True) as db:
                standing_ones = standing(db, kind, policy.function, [one.whom.id for one in chunk])
            for one in chunk:
                why = _exempt(one, ctx.host.clock.today()) or standing_ones.get(one.whom.id, "")
                if why:
                    report.skip(why, one.line)
                elif _still(ctx, one, policy, limit):
                    _act(ctx, report, policy, one, kind)


def _act(ctx: Ctx, report: Report, policy: _Policy, one: _Item, kind: str) -> None:
    suspends = policy is _SUSPENSION
    if suspends and isinstance(one.whom, OfAddon):
        marks.set_mark(ctx, one.whom.id)
    problem = carry_out(ctx, one.whom, policy.function, REASON if suspends and kind == "service" else "")
    if problem:
        report.skip(f"the module did not do it: the {kind} is not {policy.word}", f"{one.line}: {problem}")
    else:
        report.did(f"{kind}s {policy.word}", one.line)


def _exempt(one: _Item, today: date) -> str:
    row, service = one.row, one.service
    try:
        recurs = cycle(row.billingcycle).recurs
    except CycleError:
        return "its billing cycle is not known"
    if not recurs:
        return "it is free or paid once"
    if not (row.recurring if isinstance(row, ServiceAddon) else row.amount):
        return "it costs nothing"
    if one.exempt:
        return "the client's group is exempt from suspension and termination"
    if service.overideautosuspend:
        return "its automatic suspension is overridden"
    if service.overidesuspenduntil is not None and service.overidesuspenduntil > today:
        return "its automatic suspension is overridden until a later day"
    return ""


def _still(ctx: Ctx, one: _Item, policy: _Policy, limit: date) -> bool:
    """Whether it is overdue at this very moment: others before it may have taken long, and payments do not wait."""
    with ctx.unit(read=True) as db:
        if isinstance(one.whom, OfAddon):
            addon = db.get(ServiceAddon, one.whom.id)
            status, due = (addon.status, addon.nextduedate) if addon else ("", None)
        else:
            service = db.get(Service, one.whom.id)
            status, due = (service.domainstatus, service.nextduedate) if service else ("", None)
    return status in policy.statuses and due is not None and due <= limit


def _chunks(ctx: Ctx, kind: str, policy: _Policy, limit: date) -> Iterator[list[_Item]]:
    """What is overdue, by key, so that a list of any length takes little memory; no unit is open between two chunks."""
    last = 0
    while True:
        query = _addons(policy, limit, last) if kind == "addon" else _services(policy, limit, last)
        with ctx.unit(read=True) as db:
            rows = db.execute(query.limit(CHUNK)).all()
        if not rows:
            return
        last = rows[-1][0].id
        yield [_item(kind, *row) for row in rows]


def _item(kind: str, row: Any, service: Service, name: str | None, exempt: str | None) -> _Item:
    whom: Subject = OfAddon(row.id) if kind == "addon" else OfService(row.id)
    line = named_addon(row, name, service) if kind == "addon" else named(service, name)
    return _Item(whom, f"{line}, due on {row.nextduedate}", row, service, exempt == "on")


def _services(policy: _Policy, limit: date, last: int) -> Any:
    own = select(Service, Service, Product.name, ClientGroup.susptermexempt).outerjoin(Product, Product.id == Service.packageid)
    return (
        own.outerjoin(Client, Client.id == Service.userid)
        .outerjoin(ClientGroup, ClientGroup.id == Client.groupid)
        .where(Service.domainstatus.in_(policy.statuses), Service.nextduedate <= limit, ~unset(Service.nextduedate), Service.id > last)
        .order_by(Service.id)
    )


def _addons(policy: _Policy, limit: date, last: int) -> Any:
    own = select(ServiceAddon, Service, Addon.name, ClientGroup.susptermexempt).join(Service, Service.id == ServiceAddon.hostingid)
    due = (ServiceAddon.nextduedate <= limit, ~unset(ServiceAddon.nextduedate))
    return (
        own.outerjoin(Addon, Addon.id == ServiceAddon.addonid)
        .outerjoin(Client, Client.id == Service.userid)
        .outerjoin(ClientGroup, ClientGroup.id == Client.groupid)
        .where(ServiceAddon.status.in_(policy.statuses), *due, ServiceAddon.id > last)
        .order_by(ServiceAddon.id)
    )
